"""Signed notes: text, a blank line, and signature lines (C2SP signed-note).

Read strictly: what is not exactly of the format is refused, lines of unknown keys are ignored, and one
failing signature of a known key refuses the whole note.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from concordia.domain.curve import is_sound_key
from concordia.domain.faults import RegisterError

ED25519 = 0x01
COSIGNATURE = 0x04
ML_DSA_44 = 0x06

# The format asks that 16 signatures are accepted; with post-quantum lines of 3.3 kB, 128 stay under 1 MB.
SIGNATURE_LIMIT = 128
LENGTH_LIMIT = 1_000_000

_PUBLIC_LENGTHS = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}
_DASH = "— "
_KEY_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(RegisterError):
    """Bytes that are not a signed note, or text that is not a verifier key."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, its 4-byte id, and what follows the id, not yet verified."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line as it stands in a note, newline included."""
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text (it ends in a newline) and its signature lines, not yet verified."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under. `kind` is the signature type byte: 0x01, 0x04 or 0x06."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || newline || kind || public key), the first 4 bytes."""
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        """The vkey: `name+hex(key id)+base64(kind || public key)`."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read a vkey. Raises NoteError for another form, an unknown kind, or a key nobody may trust."""
        return _parse_key(text.strip())


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The 4 bytes that, with the name, say which key signed (C2SP signed-note, Signatures)."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def parse_note(data: bytes) -> Note:
    """Read a signed note of at most 1 MB and 128 signatures. Raises NoteError; verifies nothing yet."""
    text = _text_of(data)
    body, separator, tail = text.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteError("Er staan geen handtekeningen onder.", "There are no signature lines.")
    lines = tail[:-1].split("\n")
    if len(lines) > SIGNATURE_LIMIT:
        raise NoteError(
            f"Er staan meer dan {SIGNATURE_LIMIT} handtekeningen onder.",
            f"There are more than {SIGNATURE_LIMIT} signatures.",
        )
    return Note(f"{body}\n", tuple(_parse_signature(line) for line in lines))


def format_note(note: Note) -> bytes:
    """The bytes of a note. Raises NoteError where parse_note would not read them back."""
    data = f"{note.text}\n{''.join(signature.line() for signature in note.signatures)}".encode()
    if parse_note(data) != note:
        raise NoteError("Deze tekst kan niet ondertekend worden.", "This text cannot be a signed note.")
    return data


def is_key_name(name: str) -> bool:
    """Whether a key may have this name: UTF-8, not empty, no space of any sort, plus or control character."""
    return _KEY_NAME.fullmatch(name) is not None


def encode_base64(value: bytes) -> str:
    """Standard base64 with padding (RFC 4648, section 4)."""
    return b64encode(value).decode()


def decode_base64(text: str) -> bytes:
    """The bytes of canonical base64. Raises NoteError for other alphabets, padding or stray bits."""
    try:
        value = b64decode(text, validate=True)
    except ValueError:
        value = b""
    if not value or encode_base64(value) != text:
        raise NoteError("Dit is geen base64 in de vaste vorm.", "This is not canonical base64.")
    return value


def _text_of(data: bytes) -> str:
    if len(data) > LENGTH_LIMIT:
        raise NoteError("De tekst is te groot.", f"The note is larger than {LENGTH_LIMIT:,} bytes.")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise NoteError("De tekst is geen UTF-8.", "The note is not UTF-8.") from None
    if _CONTROL.search(text):
        raise NoteError("Er staat een stuurteken in de tekst.", "The note holds a control character.")
    return text


def _parse_signature(line: str) -> Signature:
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != 2 or not is_key_name(parts[0]):
        raise NoteError("Een regel met een handtekening klopt niet.", "A signature line is malformed.")
    value = decode_base64(parts[1])
    if len(value) < 5:
        raise NoteError("Een handtekening is te kort.", "A signature is too short.")
    return Signature(parts[0], value[:4], value[4:])


@lru_cache(maxsize=256)
def _parse_key(text: str) -> VerifierKey:
    # Names hold no plus sign, base64 may.
    name, _, rest = text.partition("+")
    identifier, separator, encoded = rest.partition("+")
    if not separator or not is_key_name(name):
        raise NoteError("Dit is geen vkey: naam+id+sleutel.", "This is not a vkey: name+id+key.")
    material = decode_base64(encoded)
    key = VerifierKey(name, material[0], material[1:])
    if _PUBLIC_LENGTHS.get(key.kind) != len(key.public):
        raise NoteError("Deze soort sleutel kennen wij niet.", "This kind of key is not known.")
    if identifier != key.key_id.hex():
        raise NoteError("De id hoort niet bij deze sleutel.", "The id does not belong to this key.")
    if key.kind != ML_DSA_44 and not is_sound_key(key.public):
        raise NoteError(
            "Met deze sleutel kan iedereen tekenen; gebruik hem niet.",
            "Anyone can sign under this key; do not use it.",
        )
    return key
