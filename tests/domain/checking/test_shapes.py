"""A pattern told as shapes takes the texts that the pattern takes."""

import re

import hypothesis.strategies as st
import pytest
from hypothesis import given

from concordia.domain.checking.patterns import Pattern
from concordia.domain.checking.semantic_types import SEMANTIC_TYPES
from concordia.domain.checking.shapes import Shape, shapes_of

PATTERNS = (
    r"^[0-9]{9}$",
    r"^[1-9]\d{3} ?[A-Z]{2}$",
    r"^(A|BC|x1)$",
    r"^A$",
    r"^[a-cX-Z]{0,2}-?$",
    r"^(ab){1,3}$",
    r"^$",
    r"^20[0-9]{2}-(0[1-9]|1[0-2])$",
)
NO_SHAPES = (r"[0-9]{9}", r"^a*$", r"^a+", r"^[^a]$", r"^.$", r"^é$", r"^a{100}$", r"^[ab]{0,20}$", r"^a|b$")


def fits(shapes: tuple[Shape, ...], text: str) -> bool:
    return any(
        len(shape) == len(text)
        and all(
            any(low <= ord(sign) <= high for low, high in place)
            for sign, place in zip(text, shape, strict=True)
        )
        for shape in shapes
    )


@pytest.mark.parametrize("written", PATTERNS)
@given(data=st.data())
def test_a_text_fits_a_shape_where_it_matches_the_pattern(written, data):
    pattern = Pattern.read(written)
    shapes = shapes_of(pattern.python, whole=False)
    text = data.draw(
        st.one_of(st.from_regex(written, fullmatch=True), st.text("019AZabcxX -é\n٣", max_size=10))
    )
    assert shapes is not None
    assert fits(shapes, text) == bool(re.search(pattern.python, text))


@pytest.mark.parametrize("written", NO_SHAPES)
def test_what_is_no_few_shapes_is_left_to_an_engine(written):
    assert shapes_of(Pattern.read(written).python, whole=False) is None


@pytest.mark.parametrize("key", ["bsn", "rsin", "lhnr", "kvk", "oin", "lei", "postcode-nl", "uuid"])
def test_semantic_types_of_one_form_are_shapes(key):
    assert shapes_of(SEMANTIC_TYPES[key].form, whole=True)
