"""Amounts as people write them, into whole cents."""

import pytest
from django import forms

from concordia.web.alliances.forms import Money


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("", None),
        ("0", 0),
        ("250000", 25_000_000),
        ("250.000", 25_000_000),
        ("250,000", 25_000_000),
        ("250.000,50", 25_000_050),
        ("250,000.5", 25_000_050),
        ("€ 1 200 000", 120_000_000),
        ("12,5", 1250),
        ("0.05", 5),
    ],
)
def test_an_amount_is_read_as_it_was_meant(text: str, cents: int | None) -> None:
    assert Money(required=False).clean(text) == cents


@pytest.mark.parametrize(
    "text",
    ["0,005", "0.001", "1e9", "-5", "1.00.000", "1.000.5", "12,345.678", "many", "٣", "9" * 17, "1,2,3"],
)
def test_an_amount_that_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(forms.ValidationError):
        Money(required=False).clean(text)
