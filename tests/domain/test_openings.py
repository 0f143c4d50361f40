"""Openings as a file: one order, one form, any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concordia.domain.openings import Opening, OpeningError, decode_openings, encode_openings

SALT = bytes(range(32))
openings = st.builds(
    Opening,
    st.integers(0, 50),
    st.sampled_from(["title", "text", "att/0"]),
    st.binary(min_size=32, max_size=32),
    st.text(max_size=30),
)
LINE = Opening(4, "title", SALT, "Besluit").line()


@given(st.lists(openings, unique_by=lambda opening: (opening.n, opening.field), max_size=8))
@settings(deadline=None)
def test_openings_are_read_back_sorted(given_openings):
    assert list(decode_openings(encode_openings(given_openings))) == sorted(given_openings)


def test_the_line_of_an_opening():
    opening = Opening(1042, "title", bytes(32), "Één “regel”\nen nog een")

    assert opening.line().decode() == (
        '{"field":"title","n":1042,"salt":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",'
        '"value":"Één “regel”\\nen nog een"}\n'
    )


@pytest.mark.parametrize(
    "wrong",
    [
        LINE[:-1],
        LINE + LINE,
        LINE.replace(b":4", b":5") + LINE,
        LINE.replace(b":4", b": 4"),
        LINE.replace(b":4", b":-4"),
        LINE.replace(b":4", b":true"),
        LINE.replace(b":4", b":9007199254740992"),
        LINE.replace(b"title", b"ti tle"),
        LINE.replace(b'"title"', b"5"),
        LINE.replace(b"Besluit", b"\\u0042esluit"),
        LINE.replace(b'"Besluit"', b"5"),
        LINE.replace(b'"value"', b'"other"'),
        LINE.replace(b"}", b',"x":1}'),
        LINE.replace(b"AAEC", b"AA=="),
        LINE.replace(b"AAEC", b""),
        LINE.replace(b"Hh8=", b"Hh9="),
        b"\n",
        b"\xff\n",
    ],
)
def test_a_line_out_of_form_or_place_is_refused(wrong):
    with pytest.raises(OpeningError):
        list(decode_openings(wrong))


def test_the_entry_of_a_malformed_line_is_named_where_it_can_be_read():
    with pytest.raises(OpeningError) as refusal:
        list(decode_openings(LINE.replace(b"title", b"ti tle")))
    assert refusal.value.n == 4


def test_half_a_character_is_not_written():
    with pytest.raises(OpeningError):
        encode_openings([Opening(1, "title", SALT, "\ud800")])
    with pytest.raises(OpeningError):
        encode_openings([Opening(1, "title", SALT, "a"), Opening(1, "title", SALT, "b")])
