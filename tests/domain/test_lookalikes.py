"""Names that look the same are told apart by nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concordia.domain.lookalikes import skeleton


@pytest.mark.parametrize(
    ("real", "false"),
    [
        ("Kadaster", "Kаdaster"),  # a Cyrillic a
        ("UWV", "UWѴ"),
        ("CBS", "СВЅ"),  # all Cyrillic
        ("Politie", "Politіe"),
        ("Belastingdienst", "Be1astingdienst"),
        ("OM", "0M"),
        ("RIVM", "ＲＩＶＭ"),
        ("Sociale Dienst", "Sociale-Dienst"),
    ],
)
def test_names_that_look_the_same_have_one_skeleton(real: str, false: str) -> None:
    assert real != false
    assert skeleton(real) == skeleton(false)


@pytest.mark.parametrize(
    ("one", "other"),
    [("UWV", "SVB"), ("Politie Noord", "Politie Zuid"), ("Hof 2", "Hof 3"), ("Zoë", "Zoe"), ("😀", "😁")],
)
def test_names_that_differ_stay_apart(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(st.text())
def test_every_text_has_a_skeleton_that_does_not_depend_on_case(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)
