"""Checkpoints: a real foreign log, our two signatures, and everything that must be refused."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from support.registers import ORIGIN, signer_of
from support.shared import shared_data

from concordia.domain.checkpoint import (
    Checkpoint,
    CheckpointError,
    add_line,
    cosign,
    cosigned_message,
    parse_body,
    parse_checkpoint,
    verify_checkpoint,
)
from concordia.domain.merkle import EMPTY_ROOT, RootBuilder, leaf_hash
from concordia.domain.notes import (
    COSIGNATURE,
    ML_DSA_44,
    Note,
    NoteError,
    Signature,
    VerifierKey,
    format_note,
    parse_note,
)
from concordia.domain.tiles import decode_entries

NOW = 1_795_424_400
SIGNER = signer_of()
CHECKPOINT = Checkpoint(ORIGIN, 1043, bytes(range(32)))
NOTE = SIGNER.sign(CHECKPOINT, NOW)
WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
WITNESS_KEY = VerifierKey("oost.example/w1", COSIGNATURE, WITNESS.public_key().public_bytes_raw())


@pytest.mark.parametrize("size", range(1, 9))
def test_the_signed_example_log_verifies_and_its_entries_hash_to_its_roots(size):
    log = shared_data("merkle/tessera_log")
    key = VerifierKey.parse((log / "VERIFIER_KEY.txt").read_text())
    checkpoint = verify_checkpoint((log / f"checkpoint.{size}").read_bytes(), [key]).checkpoint
    builder = RootBuilder()
    builder.add_all(map(leaf_hash, decode_entries((log / f"tile/entries/000.p/{size}").read_bytes(), size)))

    assert (checkpoint.size, checkpoint.root) == (size, builder.root())


def test_the_example_log_does_not_verify_under_another_key():
    note = shared_data("merkle/tessera_log/checkpoint.8").read_bytes()
    other = VerifierKey("example.com/log/testdata", 0x01, SIGNER.keys[0].public)

    with pytest.raises(CheckpointError, match="missing"):
        verify_checkpoint(note, [other])


def test_a_checkpoint_is_signed_twice():
    verified = verify_checkpoint(NOTE, SIGNER.keys)

    assert verified.checkpoint == parse_checkpoint(NOTE) == CHECKPOINT
    assert [(signed.key.kind, signed.time) for signed in verified.signed] == [(0x01, None), (0x06, NOW)]
    assert parse_note(NOTE).text == f"{ORIGIN}\n1043\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
@settings(deadline=None, max_examples=20)
def test_every_signed_checkpoint_verifies(size, time, root):
    checkpoint = Checkpoint(ORIGIN, size, root)

    assert verify_checkpoint(SIGNER.sign(checkpoint, time), SIGNER.keys).checkpoint == checkpoint


def test_the_message_of_the_lasting_signature_is_laid_out_as_specified():
    name = ORIGIN.encode()
    expected = b"subtree/v1\n\x00" + bytes([len(name)]) + name + NOW.to_bytes(8, "big")
    expected += bytes([len(name)]) + name + bytes(8) + (1043).to_bytes(8, "big") + bytes(range(32))

    assert cosigned_message(ORIGIN, CHECKPOINT, NOW) == expected


def test_neither_signature_can_be_left_out():
    note = parse_note(NOTE)
    for line in note.signatures:
        with pytest.raises(CheckpointError, match="missing"):
            verify_checkpoint(format_note(Note(note.text, (line,))), SIGNER.keys)


def test_lines_of_unknown_keys_are_ignored_even_seventeen():
    note = NOTE
    for number in range(17):
        note = add_line(note, Signature(f"stranger.example/{number}", b"1234", b"x").line())
    note = add_line(note, Signature(ORIGIN, b"1234", b"same name, other key").line())

    assert verify_checkpoint(note, SIGNER.keys).checkpoint == CHECKPOINT


def test_one_failing_signature_of_a_known_key_refuses_the_note():
    for key in SIGNER.keys:
        wrong = add_line(NOTE, Signature(key.name, key.key_id, bytes(72)).line())
        with pytest.raises(CheckpointError, match="does not fit"):
            verify_checkpoint(wrong, SIGNER.keys)
        short = add_line(NOTE, Signature(key.name, key.key_id, b"1").line())
        with pytest.raises(CheckpointError, match="does not fit"):
            verify_checkpoint(short, SIGNER.keys)


def test_a_change_anywhere_in_a_signed_checkpoint_is_refused():
    for place in range(len(NOTE)):
        wrong = bytearray(NOTE)
        wrong[place] ^= 1
        with pytest.raises((CheckpointError, NoteError)):
            verify_checkpoint(bytes(wrong), SIGNER.keys)


def test_the_keys_of_another_log_do_not_count():
    other = signer_of("concordia.example/alliance/other/shared/1")

    for keys in ((), other.keys, (*SIGNER.keys, *other.keys)):
        with pytest.raises(CheckpointError, match="no key for"):
            verify_checkpoint(NOTE, keys)
    with pytest.raises(CheckpointError, match="another log"):
        other.sign(CHECKPOINT, NOW)


def test_a_partner_cosigns_what_it_verified():
    note = add_line(NOTE, cosign(CHECKPOINT, WITNESS_KEY.name, WITNESS, NOW + 60))
    verified = verify_checkpoint(note, SIGNER.keys, [WITNESS_KEY])

    assert [(signed.key, signed.time) for signed in verified.cosigned] == [(WITNESS_KEY, NOW + 60)]
    assert verify_checkpoint(NOTE, SIGNER.keys, [WITNESS_KEY]).cosigned == ()


def test_a_partner_may_cosign_with_the_lasting_signature():
    private = signer_of("oost.example/w2", seed=9)._mldsa44
    key = VerifierKey("oost.example/w2", ML_DSA_44, private.public_key().public_bytes_raw())
    value = NOW.to_bytes(8) + private.sign(cosigned_message(key.name, CHECKPOINT, NOW))
    note = add_line(NOTE, Signature(key.name, key.key_id, value).line())

    assert verify_checkpoint(note, SIGNER.keys, [key]).cosigned[0].key == key


def test_a_cosignature_of_another_checkpoint_or_moment_is_refused():
    other = cosign(Checkpoint(ORIGIN, 1044, bytes(32)), WITNESS_KEY.name, WITNESS, NOW)
    late = Signature(WITNESS_KEY.name, WITNESS_KEY.key_id, (2**63).to_bytes(8) + bytes(64)).line()

    for line in (other, late):
        with pytest.raises(CheckpointError, match="does not fit"):
            verify_checkpoint(add_line(NOTE, line), SIGNER.keys, [WITNESS_KEY])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log.example\n1\n",
        f"log.example\n1\n{'A' * 43}=\nextension\n",
        f"log.example\n01\n{'A' * 43}=\n",
        f"log.example\n-1\n{'A' * 43}=\n",
        f"log.example\n+1\n{'A' * 43}=\n",
        f"log.example\n1 \n{'A' * 43}=\n",
        f"log.example\n١\n{'A' * 43}=\n",
        f"log.example\n\n{'A' * 43}=\n",
        f"log.example\n{2**63}\n{'A' * 43}=\n",
        f"log.example\n{10**30}\n{'A' * 43}=\n",
        f"\n1\n{'A' * 43}=\n",
        f"log example\n1\n{'A' * 43}=\n",
        f"log+example\n1\n{'A' * 43}=\n",
        f"{'a' * 256}\n1\n{'A' * 43}=\n",
        f"log.example\n1\n{'A' * 42}B=\n",
        f"log.example\n1\n{'A' * 43}\n",
        "log.example\n1\nAAAA\n",
        f"log.example\n1\n{'A' * 43}=",
    ],
)
def test_what_is_not_exactly_a_checkpoint_is_refused(text):
    with pytest.raises(CheckpointError):
        parse_body(text)


def test_the_empty_log_has_size_zero():
    assert parse_body(Checkpoint(ORIGIN, 0, EMPTY_ROOT).body()).size == 0


@pytest.mark.parametrize("time", [-1, 2**63])
def test_a_moment_that_cannot_be_written_is_not_signed(time):
    with pytest.raises(CheckpointError, match="moment"):
        SIGNER.sign(CHECKPOINT, time)


def test_a_name_longer_than_the_format_allows_signs_nothing():
    with pytest.raises(CheckpointError, match="too long"):
        cosigned_message("n" * 256, CHECKPOINT, NOW)
