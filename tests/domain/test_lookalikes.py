"""Names that look the same are told apart by nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concordia.domain.lookalikes import skeletons


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
        ("BELASTINGDIENST", "Belastingdienst"),
        ("Il", "ll"),
    ],
)
def test_names_that_look_the_same_share_a_skeleton(real: str, false: str) -> None:
    assert real != false
    assert skeletons(real) & skeletons(false)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("UWV", "SVB"),
        ("Politie Noord", "Politie Zuid"),
        ("Hof 2", "Hof 3"),
        ("Zoë", "Zoe"),
        ("😀", "😁"),
        ("IT", "LT"),
        ("it", "lt"),
    ],
)
def test_names_that_differ_stay_apart(one: str, other: str) -> None:
    assert not skeletons(one) & skeletons(other)


@given(st.text())
def test_every_text_looks_like_itself_whatever_its_case(text: str) -> None:
    assert skeletons(text) & skeletons(text.casefold())
