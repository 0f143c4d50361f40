"""Openings as a file: one JSON object a line, sorted by entry and field (docs/register-format.md, section 7).

An opening reveals one committed value. The value is always text; of an attachment it is the lower-case hex
SHA-256 of the file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from json import JSONEncoder

from concordia.domain.canonical import INTEGER_LIMIT, parse_json
from concordia.domain.commitments import SALT_LENGTH, is_field
from concordia.domain.faults import RegisterError
from concordia.domain.notes import decode_base64, encode_base64


class OpeningError(RegisterError):
    """A line that is no opening. `n` is the entry it speaks of, None where that cannot be read."""

    def __init__(self, nl: str, en: str, n: int | None = None) -> None:
        super().__init__(nl, en)
        self.n = n


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Salt (32 bytes) and value that open field `field` of entry `n`."""

    n: int
    field: str
    salt: bytes
    value: str

    def line(self) -> bytes:
        """The line as it stands in `openings.jsonl`, newline included. Raises OpeningError."""
        body = {"field": self.field, "n": self.n, "salt": encode_base64(self.salt), "value": self.value}
        try:
            return _ENCODER.encode(body).encode() + b"\n"
        except UnicodeEncodeError:
            nl, en = f"Een waarde bij regel {self.n} is geen tekst.", f"A value of entry {self.n} is no text."
            raise OpeningError(nl, en, self.n) from None


def encode_openings(openings: Iterable[Opening]) -> bytes:
    """The bytes of `openings.jsonl`: sorted, one for each entry and field. Raises OpeningError."""
    lines = b"".join(opening.line() for opening in sorted(openings))
    for _ in decode_openings(lines):
        pass
    return lines


def decode_openings(data: bytes) -> Iterator[Opening]:
    """The openings in `data`, in their order. Raises OpeningError at the first line that is not in place."""
    before: tuple[int, str] | None = None
    for number, line in enumerate(BytesIO(data), start=1):
        opening = _parse(line, number)
        if before is not None and (opening.n, opening.field) <= before:
            raise OpeningError(
                f"Opening {number} staat niet op volgorde of dubbel.",
                f"Opening {number} is not in order, or there twice.",
                opening.n,
            )
        before = (opening.n, opening.field)
        yield opening


def _parse(line: bytes, number: int) -> Opening:
    n: int | None = None
    try:
        body = parse_json(line)
        n = body["n"] if _is_number(body["n"]) else None
        opening = Opening(body["n"], body["field"], decode_base64(body["salt"]), body["value"])
        if n is None or not isinstance(opening.value, str) or opening.line() != line:
            raise ValueError(number)
        if len(opening.salt) != SALT_LENGTH or not is_field(opening.field):
            raise ValueError(number)
    except (ValueError, TypeError, KeyError):
        raise OpeningError(f"Opening {number} klopt niet.", f"Opening {number} is malformed.", n) from None
    return opening


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < INTEGER_LIMIT


_ENCODER = JSONEncoder(ensure_ascii=False, separators=(",", ":"))
