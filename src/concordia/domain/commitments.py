"""Salted commitments: an entry binds a value without showing it (docs/register-format.md, section 4).

An opening is what turns a commitment into a readable value: entry number, field, salt and value. Whoever
lacks the opening learns nothing from the commitment, since every field has a fresh salt of 256 bits.
"""

import re
from hashlib import sha256
from hmac import compare_digest

from concordia.domain.canonical import INTEGER_LIMIT
from concordia.domain.faults import RegisterError

SALT_LENGTH = 32
_LABEL = b"alliance-commit/v1"
_FIELD = re.compile(r"[!-~]{1,128}")


class CommitmentError(RegisterError):
    """A field name, salt, entry number or origin that no commitment can be made with."""


def commit(origin: str, n: int, field: str, salt: bytes, value: bytes) -> bytes:
    """The 32-byte commitment of `value` in field `field` of entry `n` of the log `origin`.

    SHA-256("alliance-commit/v1" || 0 || origin || 0 || uint64be(n) || field || 0 || salt || value). No two
    different inputs give the same hashed bytes. Raises CommitmentError.
    """
    _check(origin, n, field, salt)
    parts = (_LABEL, b"\x00", origin.encode(), b"\x00", n.to_bytes(8), field.encode(), b"\x00", salt, value)
    return sha256(b"".join(parts)).digest()


def verify_opening(commitment: bytes, origin: str, n: int, field: str, salt: bytes, value: bytes) -> bool:
    """Whether salt and value open `commitment`; False too for inputs that no commitment is made with."""
    try:
        return compare_digest(commitment, commit(origin, n, field, salt, value))
    except CommitmentError:
        return False


def is_field(name: str) -> bool:
    """Whether `name` can name a field: 1 to 128 visible ASCII characters."""
    return _FIELD.fullmatch(name) is not None


def _check(origin: str, n: int, field: str, salt: bytes) -> None:
    if not origin or "\x00" in origin:
        raise CommitmentError("De naam van het register klopt niet.", "The origin of the log is not valid.")
    if not 0 <= n < INTEGER_LIMIT:
        raise CommitmentError(f"Nummer {n} kan geen regel zijn.", f"Number {n} cannot be an entry.")
    if not is_field(field):
        raise CommitmentError(f"{field!r} kan geen veld zijn.", f"{field!r} cannot be a field.")
    if len(salt) != SALT_LENGTH:
        raise CommitmentError("Het zout is niet 32 bytes lang.", "The salt is not 32 bytes long.")
