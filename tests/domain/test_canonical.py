"""One text for one value, and nothing outside the profile."""

import json
import unicodedata

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from concordia.domain import canonical
from concordia.domain.canonical import ProfileError, canonical_json, parse_canonical, parse_json

letters = st.characters(exclude_categories=("Cs", "Cc"))
strings = st.text(letters, max_size=20).map(lambda text: unicodedata.normalize("NFC", text))
keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
scalars = st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | strings
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
)
objects = st.dictionaries(keys, values, max_size=6)


@given(objects)
@settings(deadline=None)
def test_what_is_written_is_read_back(value):
    data = canonical_json(value)

    assert parse_canonical(data) == value
    assert data == rfc8785.dumps(value)


@given(objects)
@settings(deadline=None)
def test_only_the_canonical_text_is_read(value):
    canonical = canonical_json(value)
    for other in (json.dumps(value), json.dumps(value, indent=1), json.dumps(value, ensure_ascii=True)):
        if other.encode() != canonical:
            with pytest.raises(ProfileError):
                parse_canonical(other.encode())


plain_values = st.recursive(
    st.booleans() | st.integers(-20, 20) | st.text("abn:,", max_size=4),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text("abc", max_size=2), part, max_size=3),
)


@given(st.dictionaries(st.text("abc", max_size=2), plain_values, max_size=3), st.data())
@settings(deadline=None, max_examples=400)
def test_the_quick_way_reads_nothing_that_the_careful_way_would_not(value, data):
    text = bytearray(canonical_json(value))
    for _ in range(data.draw(st.integers(0, 2))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.sampled_from(b'"{}[],:-01aeb.'))
    quick = canonical._parse_plain(bytes(text))

    assert quick is None or quick == canonical._parse_with_care(bytes(text), False)


def test_the_quick_way_reads_what_entries_are():
    assert canonical._parse_plain(b'{"a":[{"b":-1}],"c":"d"}') == {"a": [{"b": -1}], "c": "d"}
    for other in (
        b'{"":1}',
        b'{"a":-0}',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b"[]",
        b'{"a":1}x',
        b'{"a":null}',
    ):
        assert canonical._parse_plain(other) is None


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": 1.5}, "a"),
        ({"a": 1.0}, "a"),
        ({"a": float("nan")}, "a"),
        ({"a": None}, "a"),
        ({"a": {"b": [True, None]}}, "a.b[1]"),
        ({"a": 2**53}, "a"),
        ({"a": -(2**53)}, "a"),
        ({"a": "e\u0301"}, "a"),
        ({"a": "line\nline"}, "a"),
        ({"a": "\x7f"}, "a"),
        ({"a": "\x85"}, "a"),
        ({"a": "\ud800"}, "a"),
        ({"a": b"bytes"}, "a"),
        ({"é": 1}, ""),
        ({"a\n": 1}, ""),
        ({1: 1}, ""),
        ([1], ""),
        ("text", ""),
    ],
)
def test_a_value_outside_the_profile_is_refused_with_its_place(value, path):
    with pytest.raises(ProfileError) as refusal:
        canonical_json(value)

    assert refusal.value.path == path
    assert refusal.value.sentence("nl") != refusal.value.sentence("en")


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1} ',
        b' {"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":1e999}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":NaN}',
        b'{"a":null}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\\n"}',
        b'{"a":"\n"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        '{"a":"e\u0301"}'.encode(),
        '\ufeff{"a":1}'.encode(),
        '{"a":1}'.encode("utf-16"),
        '{"é":1}'.encode(),
        b'{"a":"\x7f"}',
        b"[]",
        b'"a"',
        b"1",
        b"",
        b"{",
        b'{"a":' + b"[" * 100_000,
        b'{"a":' + b"[" * 40 + b"]" * 40 + b"}",
    ],
)
def test_a_text_outside_the_profile_is_refused(text):
    with pytest.raises(ProfileError):
        parse_canonical(text)


def test_a_key_that_appears_twice_is_named():
    with pytest.raises(ProfileError, match="votes: this key appears twice"):
        parse_canonical(b'{"votes":1,"votes":1}')


def test_the_largest_numbers_are_read():
    value = {"a": 2**53 - 1, "b": -(2**53) + 1}

    assert parse_canonical(canonical_json(value)) == value


def test_the_word_null_inside_a_text_is_only_a_word():
    assert parse_canonical(b'{"a":"null"}') == {"a": "null"}


def test_line_feeds_are_for_opened_values_only():
    value = {"reason": "first\nsecond"}
    data = canonical_json(value, multiline=True)

    assert parse_canonical(data, multiline=True) == value
    with pytest.raises(ProfileError):
        parse_canonical(data)
    with pytest.raises(ProfileError):
        canonical_json({"reason": "a\rb"}, multiline=True)


def test_json_of_any_layout_is_read_for_what_stands_beside_the_entries():
    assert parse_json(b' {"b": [1, null], "a": "tab\\t"} ') == {"a": "tab\t", "b": [1, None]}


@pytest.mark.parametrize(
    "text", [b"[]", b'{"a":1,"a":1}', b'{"a":{"b":1,"b":2}}', b'{"a":1.5}', b'{"a":"\\ud800"}', b"\xff", b"{"]
)
def test_even_there_keys_differ_and_texts_are_texts(text):
    with pytest.raises(ProfileError):
        parse_json(text)
