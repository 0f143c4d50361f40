"""Patterns mean the same on every engine, or are refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concordia.domain.checking.patterns import Pattern, PatternError, like


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        (r"^\d{9}$", "123456789", True),
        (r"^\d{9}$", "123456789\n", False),
        (r"\d", "٣", False),
        (r"^.$", "\n", False),
        (r"^.$", "👍", True),
        (r"[^\D]", "x", False),
        (r"[^\s]", " \t", False),
        (r"^a|b$", "xb", True),
        (r"a{2,3}", "aa", True),
        (r"(ab)+c", "ababc", True),
        (r"[a-c\-]", "-", True),
        (r"\.", "x", False),
        (r"é", "é", True),
    ],
)
def test_a_pattern_is_found_anywhere_and_ascii_is_ascii(written, text, found):
    assert (re.search(Pattern.read(written).python, text) is not None) is found


LOOKING = [r"(?=a)", r"(?!a)", r"(?<=a)b", r"\bword", r"(a)\1", r"(?i)a", r"(?P<n>a)(?P=n)", r"[\D\W]"]
NONE = ["[", "*", "a{5000}", r"(a{40}){40}", "(" * 500, "a" * 2_000]


@pytest.mark.parametrize("written", LOOKING + NONE)
def test_what_not_every_engine_has_is_refused(written):
    with pytest.raises(PatternError):
        Pattern.read(written)


@given(st.text(alphabet="ab%_\\é\n", max_size=6), st.text(alphabet="ab%_é\n", max_size=6))
def test_like_is_like_the_obvious_one(template, text):
    def obvious(left: str, right: str) -> bool:
        if not left:
            return not right
        if left[0] == "\\" and len(left) > 1:
            return right[:1] == left[1] and obvious(left[2:], right[1:])
        if left[0] == "%":
            return any(obvious(left[1:], right[start:]) for start in range(len(right) + 1))
        return bool(right) and (left[0] == "_" or left[0] == right[0]) and obvious(left[1:], right[1:])

    if not template.endswith("\\"):
        assert (re.search(like(template, "\\").python, text) is not None) is obvious(template, text)


@given(st.from_regex(r"[a-z.*+?()|\[\]{}^$\\0-9]{0,12}", fullmatch=True))
def test_any_text_is_a_pattern_or_refused(written):
    try:
        pattern = Pattern.read(written)
    except PatternError:
        return
    re.compile(pattern.python)
