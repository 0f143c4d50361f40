"""A commitment binds every input and shows none."""

from hashlib import sha256

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.registers import ORIGIN

from concordia.domain.commitments import CommitmentError, commit, is_field, verify_opening

SALT = bytes(range(32))
origins = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
fields = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
inputs = st.tuples(
    origins,
    st.integers(0, 2**53 - 1),
    fields,
    st.binary(min_size=32, max_size=32),
    st.binary(max_size=40),
)


def test_the_formula_is_that_of_the_format():
    hashed = (
        b"alliance-commit/v1\x00"
        + ORIGIN.encode()
        + b"\x00"
        + (1042).to_bytes(8, "big")
        + b"title\x00"
        + SALT
        + b"Besluit"
    )

    assert commit(ORIGIN, 1042, "title", SALT, b"Besluit") == sha256(hashed).digest()


@given(inputs, inputs)
@settings(deadline=None)
def test_different_inputs_have_different_commitments(one, other):
    assume(one != other)

    assert commit(*one) != commit(*other)


@given(inputs, st.data())
@settings(deadline=None)
def test_every_input_is_bound(one, data):
    place = data.draw(st.integers(0, 4))
    changed = list(one)
    changed[place] = data.draw(inputs)[place]
    assume(changed[place] != one[place])

    assert verify_opening(commit(*one), *one)
    assert not verify_opening(commit(*one), *changed)


@pytest.mark.parametrize(
    ("origin", "n", "field", "salt"),
    [
        ("", 1, "title", SALT),
        ("a\x00b", 1, "title", SALT),
        (ORIGIN, -1, "title", SALT),
        (ORIGIN, 2**53, "title", SALT),
        (ORIGIN, 1, "", SALT),
        (ORIGIN, 1, "ti tle", SALT),
        (ORIGIN, 1, "ti\x00tle", SALT),
        (ORIGIN, 1, "titél", SALT),
        (ORIGIN, 1, "t" * 129, SALT),
        (ORIGIN, 1, "title", SALT[1:]),
        (ORIGIN, 1, "title", SALT + b"\x00"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(origin, n, field, salt):
    with pytest.raises(CommitmentError):
        commit(origin, n, field, salt, b"")
    assert not verify_opening(b"\x00" * 32, origin, n, field, salt, b"")


def test_attachments_are_fields_too():
    assert is_field("att/0")
    assert not is_field("title\n")
