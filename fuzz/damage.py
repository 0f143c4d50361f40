"""Ways to damage bytes, and the plain values of a document. The same chance gives the same damage."""

from collections.abc import Callable
from random import Random
from typing import Any

_WORDS = (
    b"",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b'"',
    b"'",
    b";",
    b"\n",
    b"\r\n",
    b"<",
    b">",
    b"</m>",
    b"<r>",
    b"<!DOCTYPE m>",
    b"<![CDATA[",
    b"]]>",
    b"&#0;",
    b"&#x10ffff;",
    b"&amp;",
    b'xmlns="u"',
    b"{",
    b"}",
    b"[",
    b"]",
    b"null",
    b"1e999",
    b"NaN",
    b"-0",
    b"9" * 400,
    b"\\u0000",
    b"\\ud800",
    "é".encode(),
    "👍".encode(),
    b"PAR1",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"\xff" * 8,
    b"\x7f\xff\xff\xff",
    b"\x80\x80\x80\x80\x10",
    b": ",
    b"- ",
    b"&a ",
    b"*a",
    b"!!python/object:os.system ",
    b"? ",
    b"|\n",
    b"%YAML 9.9\n",
    b"\t",
)
_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**63,
    10**400,
    1.5,
    "",
    "x" * 5_000,
    "\0",
    "(" * 200,
    "(a+)+$",
    "[",
    "9999-99-99",
    "SELECT",
    "SELECT COUNT(*) FROM lines WHERE " + "(" * 300,
    "{object}",
    [],
    {},
    [[]],
    [1, "a", None],
    {"a": {"b": []}},
)


def damaged(chance: Random, content: bytes, *others: bytes) -> bytes:
    """Bytes with a few places changed; `others` is what parts are taken from."""
    made = bytearray(content)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 8, 30))):
        chance.choice(_WAYS)(chance, made, others)
    return bytes(made[: 4 << 20])


def _place(chance: Random, made: bytearray) -> int:
    """A place: at the end as often as anywhere, since there lies what leads the reading of many forms."""
    if made and chance.random() < 0.4:
        return max(0, len(made) - chance.randrange(1, min(len(made), 800) + 1))
    return chance.randrange(len(made) + 1)


def _turn(chance: Random, made: bytearray, _: tuple[bytes, ...]) -> None:
    if made:
        at = min(_place(chance, made), len(made) - 1)
        made[at] ^= 1 << chance.randrange(8)


def _overwrite(chance: Random, made: bytearray, _: tuple[bytes, ...]) -> None:
    at, word = _place(chance, made), chance.choice(_WORDS)
    made[at : at + len(word)] = word


def _insert(chance: Random, made: bytearray, _: tuple[bytes, ...]) -> None:
    at = _place(chance, made)
    made[at:at] = chance.choice(_WORDS)


def _cut(chance: Random, made: bytearray, _: tuple[bytes, ...]) -> None:
    at = _place(chance, made)
    del made[at : at + chance.choice((1, 4, 50, 5_000))]


def _truncate(chance: Random, made: bytearray, _: tuple[bytes, ...]) -> None:
    del made[_place(chance, made) :]


def _repeat(chance: Random, made: bytearray, _: tuple[bytes, ...]) -> None:
    at = _place(chance, made)
    piece = bytes(made[at : at + chance.choice((1, 10, 200))])
    made[at:at] = piece * chance.choice((1, 3, 200))


def _noise(chance: Random, made: bytearray, _: tuple[bytes, ...]) -> None:
    at = _place(chance, made)
    made[at : at + 16] = chance.randbytes(chance.randrange(1, 17))


def _splice(chance: Random, made: bytearray, others: tuple[bytes, ...]) -> None:
    if others:
        other = chance.choice(others)
        start = chance.randrange(len(other) + 1)
        at = _place(chance, made)
        made[at:at] = other[start : start + chance.choice((10, 300, 10_000))]


_WAYS: tuple[Callable[[Random, bytearray, tuple[bytes, ...]], None], ...] = (
    _turn,
    _turn,
    _overwrite,
    _insert,
    _cut,
    _truncate,
    _repeat,
    _noise,
    _splice,
)


def changed(chance: Random, plain: Any) -> Any:
    """A document with one of its values put, replaced, doubled or taken away, somewhere in it."""
    if chance.random() < 0.15 or not isinstance(plain, dict | list) or not plain:
        return chance.choice(_VALUES)
    if isinstance(plain, list):
        at = chance.randrange(len(plain))
        return _in_list(chance, list(plain), at)
    key = chance.choice(list(plain))
    match chance.randrange(6):
        case 0:
            return {name: value for name, value in plain.items() if name != key}
        case 1:
            other = chance.choice(list(plain))
            return plain | {other: plain[key]}
        case _:
            return plain | {key: changed(chance, plain[key])}


def _in_list(chance: Random, plain: list[Any], at: int) -> list[Any]:
    match chance.randrange(6):
        case 0:
            return plain[:at] + plain[at + 1 :]
        case 1:
            return plain[:at] + [plain[at]] * chance.choice((2, 40)) + plain[at + 1 :]
        case _:
            return [*plain[:at], changed(chance, plain[at]), *plain[at + 1 :]]
