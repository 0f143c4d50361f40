"""The shape of an entry, version 1 (docs/register-format.md, section 3): what may stand where."""

import re
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, NoReturn

from concordia.domain.canonical import INTEGER_LIMIT, Json
from concordia.domain.commitments import is_field
from concordia.domain.faults import RegisterError

VERSION = 1
LENGTH_LIMIT = 16 * 1024
ERASED = "opening.erased"

_REQUIRED = frozenset(("v", "log", "n", "t", "kind", "obj", "rev", "by", "aud", "c", "att"))
_ALLOWED = _REQUIRED | {"prev", "refs"}
_BY = frozenset(("org", "role"))
_FILE = frozenset(("c", "len"))
_WORD = re.compile(r"[!-~]{1,128}")
# 32 bytes in base64 are 43 characters and one for padding; the last of the 43 holds two bits that are zero.
_COMMITMENT = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_ORIGIN = re.compile(r"[!-*,-~]{1,255}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")


class LeafError(RegisterError):
    """An entry outside the format; the sentence names the member that is wrong."""


@lru_cache(maxsize=256)
def is_origin(name: str) -> bool:
    """Whether `name` can be the origin of a log: 1 to 255 visible ASCII characters without a plus sign."""
    return _ORIGIN.fullmatch(name) is not None


def check_length(data: bytes) -> None:
    """Refuse an entry of more than 16 KiB. Raises LeafError."""
    if len(data) > LENGTH_LIMIT:
        raise LeafError(
            f"De regel is {len(data)} bytes; er passen er {LENGTH_LIMIT}.",
            f"The entry is {len(data)} bytes; at most {LENGTH_LIMIT} fit.",
        )


def check_shape(body: Json) -> None:
    """Refuse a parsed entry whose members are not those of version 1, each in its form. Raises LeafError."""
    names = body.keys()
    if not names >= _REQUIRED or not names <= _ALLOWED or body["v"] is True or body["v"] != VERSION:
        refuse("v", "de delen passen niet bij versie 1", "the members are not those of version 1")
    _check_place(body)
    _check_who(body)
    _check_contents(body)


def _check_place(body: Json) -> None:
    if not isinstance(body["log"], str) or not is_origin(body["log"]):
        refuse("log", "dit is geen naam van een register", "this is no origin of a log")
    n = _number(body["n"], "n", below=INTEGER_LIMIT)
    if "prev" in body:
        _number(body["prev"], "prev", below=n)
    _number(body["rev"], "rev", below=INTEGER_LIMIT)
    if not isinstance(body["t"], str) or not _is_moment(body["t"]):
        refuse("t", "dit is geen tijdstip in UTC", "this is no moment in UTC")


def _check_who(body: Json) -> None:
    kind, by, parties = body["kind"], body["by"], body["aud"]
    if not isinstance(kind, str) or not _is_kind(kind):
        refuse("kind", "dit is geen soort regel", "this is no kind of entry")
    if not isinstance(by, dict) or by.keys() != _BY:
        refuse("by", "hier horen org en role", "org and role are needed")
    if not isinstance(body["obj"], str) or not _WORD.fullmatch(body["obj"]):
        refuse("obj", "hier hoort een sleutel in ASCII", "a key in ASCII is needed")
    _check_word(by["org"], "by.org")
    _check_word(by["role"], "by.role")
    for party in _list(parties, "aud"):
        _check_word(party, "aud")
    _check_sorted(parties, "aud")


def _check_contents(body: Json) -> None:
    if not isinstance(body["c"], dict):
        refuse("c", "hier hoort een object", "an object is needed")
    for field, text in body["c"].items():
        if not _is_own_field(field):
            refuse(f"c.{field}", "dit is geen veld", "this is no field")
        if not _is_commitment(text):
            refuse(f"c.{field}", "hier horen 32 bytes in base64", "32 bytes in base64 are needed")
    for item in _list(body["att"], "att"):
        _check_file(item)
    if "refs" in body:
        _check_refs(body)


def _check_file(item: object) -> None:
    if not isinstance(item, dict) or item.keys() != _FILE:
        refuse("att", "hier horen c en len", "c and len are needed")
    if not _is_commitment(item["c"]):
        refuse("att", "hier horen 32 bytes in base64", "32 bytes in base64 are needed")
    _number(item["len"], "att.len", below=INTEGER_LIMIT)


def _check_refs(body: Json) -> None:
    refs = _list(body["refs"], "refs")
    if not refs or body["kind"] != ERASED:
        refuse("refs", "alleen een wissing verwijst zo", "only an erasure refers like this")
    for ref in refs:
        if not isinstance(ref, list) or len(ref) != 2 or not isinstance(ref[1], str) or not is_field(ref[1]):
            refuse("refs", "hier horen een nummer en een veld", "a number and a field are needed")
        _number(ref[0], "refs", below=body["n"])
    _check_sorted(refs, "refs")


def _is_commitment(text: object) -> bool:
    return isinstance(text, str) and _COMMITMENT.fullmatch(text) is not None


def _check_word(value: object, path: str) -> None:
    if not isinstance(value, str) or not _is_word(value):
        refuse(path, "hier hoort een sleutel in ASCII", "a key in ASCII is needed")


# The same few partners, roles and kinds stand in nearly every entry: what was found of them is kept.


@lru_cache(maxsize=64)
def _are_members(names: tuple[str, ...]) -> bool:
    return _REQUIRED <= set(names) <= _ALLOWED


@lru_cache(maxsize=1024)
def _is_own_field(name: str) -> bool:
    return is_field(name) and not name.startswith("att/")


@lru_cache(maxsize=1024)
def _is_word(value: str) -> bool:
    return _WORD.fullmatch(value) is not None


@lru_cache(maxsize=256)
def _is_kind(value: str) -> bool:
    return len(value) <= 64 and _KIND.fullmatch(value) is not None


def _check_sorted(values: list[Any], path: str) -> None:
    for before, after in pairwise(values):
        if before >= after:
            refuse(
                path,
                "dit staat niet op volgorde, of iets staat er dubbel",
                "this is not sorted, or holds a double",
            )


def _number(value: object, path: str, below: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < below:
        refuse(path, "dit getal kan hier niet", "this number cannot be here")
    return value


def _list(value: object, path: str) -> list[Any]:
    if not isinstance(value, list):
        refuse(path, "hier hoort een lijst", "a list is needed")
    return value


def _is_moment(text: str) -> bool:
    if not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def refuse(path: str, nl: str, en: str) -> NoReturn:
    """Raise LeafError about the member `path`."""
    raise LeafError(f"Regel, {path}: {nl}.", f"Entry, {path}: {en}.")
