"""The fast reader: plain XML as columns, some ten times as fast as one element at a time (docs/decisions, XML).

It judges nothing: what is not plain, or may be wrong, it leaves to the strict reader by NotPlainError.
"""

import codecs
import re
from collections.abc import Iterator
from typing import IO

from concordia.deliveries.xml import limits
from concordia.deliveries.xml.plain_tables import Columns
from concordia.deliveries.xml.plain_tags import Kinds, Levels, NotPlainError, check_characters, octets_of
from concordia.deliveries.xml.shape import Shape
from concordia.deliveries.xml.tables import Yielded

_DECLARATION = re.compile(
    rb"<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*([\"'])1\.0\1"
    rb"(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*([\"'])([A-Za-z][A-Za-z0-9._-]*)\2)?"
    rb"(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*([\"'])(?:yes|no)\4)?[ \t\n]*\?>"
)
_BEFORE_ROOT = re.compile(rb"(?:[ \t\n]|<!--(?:(?!--).)*-->)*(?=<[A-Za-z_])", re.DOTALL)
_ENCODINGS = {"utf-8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1"}
_HEAD = 4_096  # bytes in which a declaration ends
_MOST_BEFORE_ROOT = 1 << 16


def read_plainly(source: IO[bytes], shape: Shape) -> Iterator[Yielded]:
    """The rows of a message, in batches. Raises NotPlainError, perhaps after some batches."""
    kinds = Kinds(shape)
    levels = Levels(kinds)
    columns = Columns(shape, kinds, levels)
    rest, is_begun = b"", False
    for piece in _pieces(source):
        rest = rest + piece if rest else piece
        if not is_begun:
            rest, is_begun = _after_prolog(rest)
        end = _end_of_last_element(rest)
        if not is_begun or end == 0:
            if len(rest) > 4 * limits.WINDOW:
                raise NotPlainError("a large piece without an end")
            continue
        window, rest = rest[:end], rest[end:]
        if levels.depth == 0 and levels.is_begun:
            raise NotPlainError("something after the end")
        yield from columns.read(window)
    if rest.strip(b" \t\n") or levels.depth or not levels.is_begun:
        raise NotPlainError("an end that is none")


def _end_of_last_element(text: bytes) -> int:
    """Where a window can end: no value is open there. 0 where there is no such place."""
    if (closing := text.rfind(b"</")) >= 0:
        return text.find(b">", closing) + 1
    return text.rfind(b"/>") + 2 if len(text) >= limits.WINDOW and b"/>" in text else 0


def _after_prolog(text: bytes) -> tuple[bytes, bool]:
    declared = _DECLARATION.match(text)
    begun = _BEFORE_ROOT.match(text, declared.end() if declared else 0)
    if begun is None:
        if len(text) > _MOST_BEFORE_ROOT:
            raise NotPlainError("a long prolog")
        return text, False
    prolog = text[: begun.end()]
    check_characters(prolog.replace(b"&", b" "), octets_of(prolog))
    return text[begun.end() :], True


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    """The message in UTF-8 with plain ends of lines, piece by piece."""
    head = source.read(_HEAD)
    encoding = _encoding(head)
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)()
    held = b""
    for octets in _octets(head.removeprefix(codecs.BOM_UTF8), source):
        try:
            piece = held + (decoder.decode(octets).encode() if decoder else octets)
        except UnicodeError:
            raise NotPlainError("the encoding") from None
        held = b"\r" if piece.endswith(b"\r") else b""
        piece = piece[: len(piece) - len(held)]
        yield piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in piece else piece
    if decoder and decoder.getstate()[0]:
        raise NotPlainError("the encoding")
    yield held.replace(b"\r", b"\n")


def _octets(head: bytes, source: IO[bytes]) -> Iterator[bytes]:
    for at in range(0, len(head), limits.WINDOW):
        yield head[at : at + limits.WINDOW]
    while piece := source.read(limits.WINDOW):
        yield piece


def _encoding(first: bytes) -> str:
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        declared = _DECLARATION.match(first[:400].decode("utf-16", "ignore").replace("\r", "\n").encode())
        if declared and declared[3] and declared[3].lower() != b"utf-16":
            raise NotPlainError("the encoding")
        return "utf-16"
    declared = _DECLARATION.match(first[:400].removeprefix(codecs.BOM_UTF8).replace(b"\r", b"\n"))
    if first.removeprefix(codecs.BOM_UTF8).startswith(b"<?xml") and declared is None:
        raise NotPlainError("a declaration")
    named = declared[3].decode().lower() if declared and declared[3] else "utf-8"
    if named not in _ENCODINGS or (first.startswith(codecs.BOM_UTF8) and named != "utf-8"):
        raise NotPlainError("the encoding")
    return _ENCODINGS[named]
