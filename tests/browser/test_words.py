"""Every Dutch sentence says “u hebt”, and calls one thing by one name."""

import re

import pytest

from .sentences import _of_modules, _of_templates

NOT_OURS = {
    "u hebt": r"\bu heeft\b",
    "u": r"\b(je|jij|jouw)\b",
    "hetzelfde moment": r"\bdezelfde minuut\b",
    "reservekopie": r"\bback-?up",
    "handvest": r"\b(charter|statuut)\b(?!/)",
    "register": r"\b(logboek|grootboek)\b",
    "what happened": r"\b(succesvol|met succes)\b",
    "no exclamation": r"!(\s|$)",
    "plain words": r"\b(tenant|workspace|token|sessie)\b",
}


@pytest.mark.parametrize("right", NOT_OURS)
def test_dutch_sentences_call_one_thing_by_one_name(right: str) -> None:
    dutch = {nl for nl, _ in [*_of_templates(), *_of_modules()]}
    assert len(dutch) > 300
    assert [nl for nl in sorted(dutch) if re.search(NOT_OURS[right], nl, re.IGNORECASE)] == []
