"""One JSON text for one value: RFC 8785 (JCS) under the profile of the register.

The profile (docs/register-format.md, section 2): an object; keys in ASCII without control characters;
strings in Unicode normal form C without control characters; integers smaller than 2**53 either way;
booleans; arrays. No fractions, no null, no key twice.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import rfc8785

from concordia.domain.faults import RegisterError

INTEGER_LIMIT = 2**53
DEPTH_LIMIT = 32

type Json = dict[str, Any]


class ProfileError(RegisterError):
    """A value or text outside the profile. `path` points at the place, as in `by.role` or `aud[2]`."""

    def __init__(self, path: str, nl: str, en: str) -> None:
        where = path or "JSON"
        super().__init__(f"{where}: {nl}", f"{where}: {en}")
        self.path = path


def canonical_json(value: Mapping[str, Any], *, multiline: bool = False) -> bytes:
    """The canonical UTF-8 bytes of an object (RFC 8785, section 3.2). Raises ProfileError.

    `multiline` allows line feeds in strings: for structures that are opened values and hold people's texts,
    never for entries.
    """
    _check_object(value, "", 0, multiline)
    return rfc8785.dumps(dict(value))


def parse_canonical(data: bytes, *, multiline: bool = False) -> Json:
    """The object whose canonical bytes are `data`. Raises ProfileError for every other text."""
    value = _parse_plain(data)
    return _parse_with_care(data, multiline) if value is None else value


def _parse_plain(data: bytes) -> Json | None:
    """The object in a text of the simplest sort, which nearly every entry is; None for any other.

    Without spaces, escapes and bytes beyond visible ASCII there is one way to write each text and no room
    between; with the keys of every object in order and numbers as they are, nothing else is left to vary.
    """
    if data.translate(None, _VISIBLE) or b"null" in data or data.count(b"[") + data.count(b"{") > DEPTH_LIMIT:
        return None
    try:
        value, end = _PLAIN_DECODER.raw_decode(data.decode())
    except ValueError:
        return None
    return value if isinstance(value, dict) and end == len(data) else None


def _parse_with_care(data: bytes, multiline: bool) -> Json:
    value = _decode(data)
    _check_object(value, "", 0, multiline)
    if _ENCODER.encode(value).encode() != data:
        _refuse_twice(data)
        raise ProfileError("", "de tekst is niet in de vaste vorm.", "the text is not in canonical form.")
    return value


def parse_json(data: bytes) -> Json:
    """The object in a JSON text of any layout whose keys all differ. Raises ProfileError.

    For what stands beside the entries: requests, state files, openings. Whole numbers have the same limits;
    texts may be any that UTF-8 can hold.
    """
    value = _decode(data)
    try:
        _refuse_twice(data)
        _ENCODER.encode(value).encode()
    except (UnicodeEncodeError, RecursionError):
        raise ProfileError("", "een tekst is geen UTF-8.", "a text is not UTF-8.") from None
    if not isinstance(value, dict):
        raise ProfileError("", "hier hoort een object.", "an object is needed here.")
    return value


def _check_object(value: object, path: str, depth: int, multiline: bool) -> None:
    if not isinstance(value, dict):
        raise ProfileError(path, "hier hoort een object.", "an object is needed here.")
    for key, item in value.items():
        if not isinstance(key, str) or not key.isascii() or not key.isprintable():
            raise ProfileError(path, "een sleutel is niet in ASCII.", "a key is not in ASCII.")
        _check(item, f"{path}.{key}" if path else key, depth + 1, multiline)


def _check(value: object, path: str, depth: int, multiline: bool) -> None:
    if depth > DEPTH_LIMIT:
        raise ProfileError(path, "te diep genest.", "nested too deeply.")
    match value:
        case bool():
            return
        case int():
            _check_integer(value, path)
        case str():
            _check_string(value, path, multiline)
        case dict():
            _check_object(value, path, depth, multiline)
        case list() | tuple():
            for index, item in enumerate(value):
                _check(item, f"{path}[{index}]", depth + 1, multiline)
        case _:
            raise ProfileError(
                path,
                "alleen tekst, gehele getallen, waar of onwaar, lijsten en objecten zijn toegestaan.",
                "only text, whole numbers, true or false, lists and objects are allowed.",
            )


def _check_integer(value: int, path: str) -> None:
    if abs(value) >= INTEGER_LIMIT:
        raise ProfileError(path, "het getal is te groot.", "the number is too large.")


def _check_string(value: str, path: str, multiline: bool) -> None:
    # Printable ASCII is in normal form and holds no control character: by far the usual case.
    if value.isascii() and value.isprintable():
        return
    for character in value:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and not (multiline and character == "\n")):
            raise ProfileError(path, "een teken is niet toegestaan.", "a character is not allowed.")
    if not unicodedata.is_normalized("NFC", value):
        raise ProfileError(path, "de tekst is niet in NFC.", "the text is not in NFC.")


def _decode(data: bytes) -> Json:
    try:
        value: Json = _DECODER.decode(data.decode())
    except ProfileError:
        raise
    except (ValueError, RecursionError):
        raise ProfileError("", "dit is geen JSON in UTF-8.", "this is not JSON in UTF-8.") from None
    return value


def _refuse_twice(data: bytes) -> None:
    json.loads(data.decode(), object_pairs_hook=_object_without_doubles)


def _object_without_doubles(pairs: Iterable[tuple[str, Any]]) -> Json:
    seen: Json = {}
    for key, value in pairs:
        if key in seen:
            raise ProfileError(key, "deze sleutel staat er twee keer.", "this key appears twice.")
        seen[key] = value
    return seen


def _refuse_fraction(text: str) -> None:
    raise ProfileError("", f"{text[:20]} is geen geheel getal.", f"{text[:20]} is not a whole number.")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(number := int(text)) >= INTEGER_LIMIT:
        raise ProfileError("", "een getal is te groot.", "a number is too large.")
    return number


def _object_in_order(pairs: Iterable[tuple[str, Any]]) -> Json:
    before = ""
    for key, _ in pairs:
        if key <= before:
            raise ValueError(key)
        before = key
    return dict(pairs)


def _plain_integer(text: str) -> int:
    if len(text) > 15 or text == "-0":  # with so few signs no number is too large
        raise ValueError(text)
    return int(text)


_DECODER = json.JSONDecoder(parse_float=_refuse_fraction, parse_constant=_refuse_fraction, parse_int=_integer)

# Within the profile this writes what RFC 8785 asks (a property test compares the two), ten times as fast.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)

_VISIBLE = bytes(byte for byte in range(0x21, 0x7F) if byte != ord("\\"))
_PLAIN_DECODER = json.JSONDecoder(
    object_pairs_hook=_object_in_order,
    parse_float=_refuse_fraction,
    parse_constant=_refuse_fraction,
    parse_int=_plain_integer,
)
