"""Signed notes: C2SP's own example, and everything that must not be read."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from concordia.domain.curve import ORDER, PRIME, is_sound_key
from concordia.domain.notes import (
    SIGNATURE_LIMIT,
    Note,
    NoteError,
    Signature,
    VerifierKey,
    encode_base64,
    format_note,
    is_key_name,
    parse_note,
)

# The example of C2SP signed-note, section Verifier keys.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Zt"
    "g1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
LINE = "— example.com/foo AAAAAAAA\n"

names = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=12)
signatures = st.builds(
    Signature,
    names.filter(is_key_name),
    st.binary(min_size=4, max_size=4),
    st.binary(min_size=1, max_size=80),
)
texts = st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n"), max_size=60)


@given(texts, st.lists(signatures, min_size=1, max_size=4))
@settings(deadline=None)
def test_a_note_is_read_back_as_written(text, lines):
    note = Note(f"{text}\n", tuple(lines))

    assert parse_note(format_note(note)) == note


def test_the_example_of_the_specification():
    key, note = VerifierKey.parse(EXAMPLE_KEY), parse_note(EXAMPLE_NOTE)

    assert note.text == "This is an example message.\n"
    assert (note.signatures[0].name, note.signatures[0].key_id) == (key.name, key.key_id)
    assert str(key) == EXAMPLE_KEY
    assert format_note(note) == EXAMPLE_NOTE


def test_the_text_may_hold_empty_lines():
    assert parse_note(f"a\n\nb\n\n{LINE}".encode()).text == "a\n\nb\n"


def test_sixteen_signatures_and_more_are_read_up_to_the_limit():
    for count in (16, 17, SIGNATURE_LIMIT):
        assert len(parse_note(f"a\n\n{LINE * count}".encode()).signatures) == count
    with pytest.raises(NoteError, match="more than 128"):
        parse_note(f"a\n\n{LINE * (SIGNATURE_LIMIT + 1)}".encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a\n",
        b"a\n\n",
        f"a\n{LINE}".encode(),
        f"a\n\n{LINE}".encode()[:-1],
        f"a\n\n{LINE}\n".encode(),
        f"a\r\n\r\n{LINE}".encode(),
        f"a\n\n{LINE}".replace("\n", "\r\n").encode(),
        f"a\tb\n\n{LINE}".encode(),
        f"a\x00\n\n{LINE}".encode(),
        b"\xff\n\n" + LINE.encode(),
        f"a\n\n{LINE}x\n".encode(),
        b"a\n\n- name AAAAAAAA\n",
        "a\n\n— name\n".encode(),
        "a\n\n—  AAAAAAAA\n".encode(),
        "a\n\n— name AAAAAAAA more\n".encode(),
        "a\n\n— na+me AAAAAAAA\n".encode(),
        "a\n\n— na\u00a0me AAAAAAAA\n".encode(),
        "a\n\n— name AAAAAAAA=\n".encode(),
        "a\n\n— name AAAAAAA\n".encode(),
        "a\n\n— name AAAAAAB=\n".encode(),
        "a\n\n— name AAAA-_AA\n".encode(),
        "a\n\n— name AAAAAA==\n".encode(),
        b"a" * 1_000_001,
    ],
)
def test_what_is_not_exactly_a_note_is_refused(data):
    with pytest.raises(NoteError):
        parse_note(data)


def test_a_key_id_of_another_length_is_not_formatted():
    with pytest.raises(NoteError, match="cannot be a signed note"):
        format_note(Note("a\n", (Signature("name", b"123", b"45"),)))


@pytest.mark.parametrize("text", ["no newline at the end", "", "a\rb\n"])
def test_a_text_that_could_not_be_read_back_is_not_formatted(text):
    with pytest.raises(NoteError):
        format_note(Note(text, (Signature("name", b"1234", b"5"),)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
        "example.com/foo+530d903a+",
        "example.com/foo+530d903a+AQ==",
        str(VerifierKey("example.com/foo", 0x02, bytes(32))),
        str(VerifierKey("example.com/foo", 0x06, bytes(32))),
    ],
)
def test_what_is_not_exactly_a_verifier_key_is_refused(text):
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


def encoded(y, sign=0):
    return (y | sign << 255).to_bytes(32, "little")


SMALL_ORDER = [
    encoded(1),
    encoded(PRIME - 1),
    encoded(0),
    encoded(0, 1),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
]
NO_POINT = [encoded(1, 1), encoded(PRIME), encoded(PRIME + 1), encoded(2), b"\xff" * 32, b"short"]


@pytest.mark.parametrize("public", SMALL_ORDER + NO_POINT)
def test_a_key_under_which_anyone_can_sign_is_refused(public):
    assert not is_sound_key(public)
    for kind in (0x01, 0x04):
        with pytest.raises(NoteError):
            VerifierKey.parse(str(VerifierKey("example.com/foo", kind, public)))


@given(st.binary(min_size=32, max_size=32))
@settings(deadline=None, max_examples=20)
def test_every_key_of_a_key_pair_is_sound(seed):
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    key = VerifierKey("example.com/foo", 0x01, public)

    assert VerifierKey.parse(str(key)) == key


def test_the_group_has_the_order_of_rfc_8032():
    base = encoded(4 * pow(5, -1, PRIME) % PRIME)

    assert is_sound_key(base)
    assert ORDER.bit_length() == 253


def test_base64_of_nothing_is_no_signature():
    with pytest.raises(NoteError):
        parse_note(f"a\n\n— name {encode_base64(b'1234')}\n".encode())
