"""Checkpoints: the signed state of a log (C2SP tlog-checkpoint and tlog-cosignature).

A log signs twice under its own origin: Ed25519 over the text (0x01), which every verifier reads, and
ML-DSA-44 over the cosigned message (0x06), which stands when Ed25519 falls. Partners cosign (0x04 or 0x06).
Checkpoints of this register have no extension lines.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from concordia.domain.faults import RegisterError
from concordia.domain.leafshape import is_origin
from concordia.domain.notes import (
    COSIGNATURE,
    ED25519,
    ML_DSA_44,
    Note,
    NoteError,
    Signature,
    VerifierKey,
    decode_base64,
    encode_base64,
    format_note,
    key_id,
    parse_note,
)

TIME_LIMIT = 2**63
SIZE_LIMIT = 2**63


class CheckpointError(RegisterError):
    """A text that is no checkpoint of this register, or a signature that fails or is missing."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log `origin` has `size` entries, and their tree the 32-byte `root`."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The three lines that are signed, final newline included."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Signed:
    """A verified signature; `time` is what the signer claims (POSIX seconds), None for plain Ed25519."""

    key: VerifierKey
    time: int | None


@dataclass(frozen=True, slots=True)
class VerifiedCheckpoint:
    """A checkpoint whose log keys all signed. `cosigned` holds the given witnesses' valid signatures."""

    checkpoint: Checkpoint
    note: bytes
    signed: tuple[Signed, ...]
    cosigned: tuple[Signed, ...]


class LogSigner:
    """Signs checkpoints of the log `name` with its two private keys. It has no memory."""

    def __init__(self, name: str, ed25519: Ed25519PrivateKey, mldsa44: MLDSA44PrivateKey) -> None:
        self._ed25519 = ed25519
        self._mldsa44 = mldsa44
        self.keys = (
            VerifierKey(name, ED25519, ed25519.public_key().public_bytes_raw()),
            VerifierKey(name, ML_DSA_44, mldsa44.public_key().public_bytes_raw()),
        )

    def sign(self, checkpoint: Checkpoint, time: int) -> bytes:
        """The signed note; `time` is POSIX seconds. Raises CheckpointError, NoteError."""
        first, second = self.keys
        if checkpoint.origin != first.name:
            raise CheckpointError(
                "Deze sleutels horen bij een ander register.", "These keys belong to another log."
            )
        text = checkpoint.body()
        parse_body(text)
        stamp = _stamp(time)
        plain = self._ed25519.sign(text.encode())
        lasting = self._mldsa44.sign(cosigned_message(second.name, checkpoint, time))
        lines = (
            Signature(first.name, first.key_id, plain),
            Signature(second.name, second.key_id, stamp + lasting),
        )
        return format_note(Note(text, lines))


def parse_checkpoint(note: bytes) -> Checkpoint:
    """The checkpoint that a note states, its signatures not looked at. Raises CheckpointError, NoteError."""
    return parse_body(parse_note(note).text)


def parse_body(text: str) -> Checkpoint:
    """Read the three lines of a checkpoint. Raises CheckpointError, also for extension lines."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise CheckpointError(
            "Een stand bestaat uit precies drie regels.", "A checkpoint has exactly three lines."
        )
    origin, size, root = lines[:3]
    if not is_origin(origin):
        raise CheckpointError("De naam van het register klopt niet.", "The origin line is malformed.")
    return Checkpoint(origin, _parse_size(size), _parse_root(root))


def cosign(checkpoint: Checkpoint, name: str, private: Ed25519PrivateKey, time: int) -> str:
    """A witness's cosignature/v1 line (0x04) for a checkpoint it has verified; `time` in POSIX seconds."""
    value = private.sign(_cosignature_message(checkpoint.body(), time))
    identifier = key_id(name, COSIGNATURE, private.public_key().public_bytes_raw())
    return Signature(name, identifier, _stamp(time) + value).line()


def add_line(note: bytes, line: str) -> bytes:
    """The note with one more signature line. Raises NoteError when the line does not belong in a note."""
    return format_note(parse_note(note + line.encode()))


def verify_checkpoint(
    note: bytes, keys: Sequence[VerifierKey], witnesses: Iterable[VerifierKey] = ()
) -> VerifiedCheckpoint:
    """The checkpoint of a note that every one of `keys` signed under the log's origin.

    Asking all of them means that nobody can strip the lasting signature. Witnesses need not have signed, but
    a signature of theirs that fails refuses the note. Raises NoteError, CheckpointError.
    """
    parsed = parse_note(note)
    checkpoint = parse_body(parsed.text)
    if not keys or any(key.name != checkpoint.origin for key in keys):
        raise CheckpointError(
            f"Er is geen sleutel voor {checkpoint.origin}.", f"There is no key for {checkpoint.origin}."
        )
    signed = [_verified_lines(parsed, key) for key in keys]
    if not all(signed):
        raise CheckpointError(
            "Een handtekening van het register ontbreekt.", "A signature of the log is missing."
        )
    cosigned = [line for key in witnesses for line in _verified_lines(parsed, key)]
    return VerifiedCheckpoint(checkpoint, note, tuple(chain(*signed)), tuple(cosigned))


def cosigned_message(name: str, checkpoint: Checkpoint, time: int) -> bytes:
    """What ML-DSA-44 signs: the cosigned_message structure of C2SP tlog-cosignature, for a whole tree.

    Label, name, time, origin, 0, size, root; names with a length byte, numbers as 8 bytes big-endian.
    """
    return b"".join(
        (
            b"subtree/v1\n\x00",
            _with_length(name),
            struct.pack(">Q", time),
            _with_length(checkpoint.origin),
            struct.pack(">QQ", 0, checkpoint.size),
            checkpoint.root,
        )
    )


def verify_signature(key: VerifierKey, text: str, value: bytes) -> Signed | None:
    """The signature `value` of `key` over a checkpoint's text, or None where it fails."""
    try:
        if key.kind == ED25519:
            Ed25519PublicKey.from_public_bytes(key.public).verify(value, text.encode())
            return Signed(key, None)
        time = int.from_bytes(value[:8])
        if len(value) < 8 or time >= TIME_LIMIT:
            return None
        if key.kind == COSIGNATURE:
            message = _cosignature_message(text, time)
            Ed25519PublicKey.from_public_bytes(key.public).verify(value[8:], message)
        else:
            message = cosigned_message(key.name, parse_body(text), time)
            MLDSA44PublicKey.from_public_bytes(key.public).verify(value[8:], message)
    except (InvalidSignature, ValueError):
        return None
    return Signed(key, time)


def _verified_lines(note: Note, key: VerifierKey) -> list[Signed]:
    """The lines of `key`; raises where one fails (signed-note: reject the whole note)."""
    identifier = key.key_id
    found = []
    for line in note.signatures:
        if (line.name, line.key_id) != (key.name, identifier):
            continue
        signed = verify_signature(key, note.text, line.value)
        if signed is None:
            raise CheckpointError(
                f"Een handtekening van {key.name} klopt niet bij deze stand.",
                f"A signature of {key.name} does not fit this checkpoint.",
            )
        found.append(signed)
    return found


def _cosignature_message(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _stamp(time: int) -> bytes:
    if not 0 <= time < TIME_LIMIT:
        raise CheckpointError("Dit tijdstip kan niet.", "This moment cannot be signed.")
    return struct.pack(">Q", time)


def _with_length(name: str) -> bytes:
    data = name.encode()
    if not 0 < len(data) < 256:
        raise CheckpointError("De naam is te lang.", "The name is too long.")
    return bytes([len(data)]) + data


def _parse_size(text: str) -> int:
    if not text.isascii() or not text.isdigit() or (len(text) > 1 and text[0] == "0") or len(text) > 19:
        raise CheckpointError("De lengte van het register klopt niet.", "The tree size is malformed.")
    size = int(text)
    if size >= SIZE_LIMIT:
        raise CheckpointError("De lengte van het register klopt niet.", "The tree size is too large.")
    return size


def _parse_root(text: str) -> bytes:
    try:
        value = decode_base64(text)
    except NoteError:
        value = b""
    if len(value) != 32:
        raise CheckpointError("De wortel klopt niet.", "The root hash is malformed.")
    return value
