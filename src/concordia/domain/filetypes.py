"""What a file really is: its name and its whole structure must agree (ASVS 5.2.2; trust.md 5, 7 to 16).

Allowed are PDF, PNG and JPEG images, plain text and the office documents of OOXML and ODF without macros. Files
that are two things at once, such as an archive behind an image, are refused: nothing may stand before or after.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from itertools import pairwise

from concordia.domain.problems import DocumentError, Problem
from concordia.domain.texts import both

_OPENXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/plain",
    "docx": f"{_OPENXML}.wordprocessingml.document",
    "xlsx": f"{_OPENXML}.spreadsheetml.sheet",
    "pptx": f"{_OPENXML}.presentationml.presentation",
    "odt": f"{_ODF}.text",
    "ods": f"{_ODF}.spreadsheet",
    "odp": f"{_ODF}.presentation",
}
WIDEST = 20_000  # pixels of one side of an image
_MOST_PIXELS = 100_000_000
_MOST_ENTRIES = 5_000
_MOST_UNPACKED = 500 * 1024 * 1024
_MOST_RATIO = 200  # times an entry may grow, once it is larger than a megabyte
_MARKUP = (b"<script", b"<html", b"<!doctype html", b"<svg", b"<?php", b"<iframe")
_MACROS = ("vbaproject", "basic/", "scripts/", "macrosheets/", "activex/")


def sniff(name: str, content: bytes) -> str:
    """The media type of a file. Raises DocumentError when it is empty, unknown, or not what it says."""
    suffix = name.rpartition(".")[2].lower()
    if not content:
        raise _refused(
            "Dit bestand is leeg.", "This file is empty.", ("Kies een ander bestand.", "Choose another file.")
        )
    if suffix not in TYPES:
        listed = ", ".join(TYPES)
        raise _refused(
            f"“{name}” is van een soort die hier niet kan.",
            f"“{name}” is of a kind that is not possible here.",
            (f"Kies een van: {listed}.", f"Choose one of: {listed}."),
        )
    if not _agrees(suffix, content):
        raise _refused(
            f"De inhoud van “{name}” is geen gewone {suffix}.",
            f"The contents of “{name}” are not a plain {suffix}.",
            (
                "Sla het bestand opnieuw op in die vorm, zonder macro's, of maak er een pdf van.",
                "Save the file again in that form, without macros, or make it a pdf.",
            ),
        )
    return TYPES[suffix]


def _agrees(suffix: str, content: bytes) -> bool:
    checks: dict[str, Callable[[bytes], bool]] = {
        "pdf": _is_pdf,
        "png": _is_png,
        "jpg": _is_jpeg,
        "jpeg": _is_jpeg,
        "txt": _is_text,
        "csv": _is_text,
        "md": _is_text,
    }
    if suffix in checks:
        return checks[suffix](content)
    return _is_office(suffix, content)


def _marked(head: bytes) -> bool:
    lowered = head.lower()
    return any(mark in lowered for mark in _MARKUP)


def _is_pdf(content: bytes) -> bool:
    tail = content[-1024:].rstrip(b"\r\n\0 \t")
    return content.startswith(b"%PDF-") and tail.endswith(b"%%EOF") and not _marked(content[:1024])


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    start = text.lstrip()[:200].lower().encode()
    return "\0" not in text and not start.startswith((*_MARKUP, b"<?xml", b"<!doctype", b"<body", b"<head"))


def _is_png(content: bytes) -> bool:
    """A PNG whose chunks follow one another to the last byte, of a size that can be shown."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or content[12:16] != b"IHDR":
        return False
    place, kind = 8, b""
    while place + 12 <= len(content) and kind != b"IEND":
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind = content[place + 4 : place + 8]
        place += 12 + length
    ends = kind == b"IEND" and place == len(content)
    return ends and _showable(*struct.unpack(">II", content[16:24])) and not _marked(content[:1024])


def _is_jpeg(content: bytes) -> bool:
    """A JPEG that ends with its own end, of a size that can be shown."""
    if not content.startswith(b"\xff\xd8\xff") or not content.rstrip(b"\0").endswith(b"\xff\xd9"):
        return False
    size = _jpeg_size(content)
    return size is not None and _showable(*size) and not _marked(content[:1024])


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height from the frame header, found by stepping over the segments before it."""
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        place += 2 + max(2, length)
    return None


def _showable(width: int, height: int) -> bool:
    return 0 < width <= WIDEST and 0 < height <= WIDEST and width * height <= _MOST_PIXELS


def _is_office(suffix: str, content: bytes) -> bool:
    """An office document: an archive of bounded size, from the first byte to the last, of its own kind."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _is_sound(archive, content) and _is_kind(suffix, archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error):
        return False


def _is_sound(archive: zipfile.ZipFile, content: bytes) -> bool:
    entries = archive.infolist()
    if not 0 < len(entries) <= _MOST_ENTRIES or len({entry.filename for entry in entries}) != len(entries):
        return False
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED or archive.comment:
        return False
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    apart = all(a.header_offset + a.compress_size < b.header_offset for a, b in pairwise(ordered))
    whole = (
        ordered[0].header_offset == 0
        and content.startswith(b"PK\x03\x04")
        and content[-22:-18] == b"PK\x05\x06"
    )
    return apart and whole and all(_is_plain(entry) for entry in entries)


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """An entry with an ordinary name, unencrypted, no link, no macro, that does not grow beyond measure."""
    name = entry.filename
    ordinary = (
        not name.startswith("/") and ".." not in name.split("/") and "\\" not in name and ":" not in name
    )
    link = (entry.external_attr >> 28) == 0xA
    macro = any(mark in name.lower() for mark in _MACROS)
    grows = entry.file_size > 1024 * 1024 and entry.file_size > _MOST_RATIO * max(1, entry.compress_size)
    return ordinary and not link and not macro and not grows and not entry.flag_bits & 1


def _is_kind(suffix: str, archive: zipfile.ZipFile) -> bool:
    if TYPES[suffix].startswith(_ODF):
        first = archive.infolist()[0]
        return first.filename == "mimetype" and _start_of(archive, "mimetype") == TYPES[suffix].encode()
    if "[Content_Types].xml" not in archive.namelist():
        return False
    types = _start_of(archive, "[Content_Types].xml")
    return f"{TYPES[suffix]}.main+xml".encode() in types and b"macroEnabled" not in types


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """The first part of an entry, whatever size it says it has."""
    with archive.open(name) as file:
        return file.read(256 * 1024)


def _refused(nl: str, en: str, mend: tuple[str, str]) -> DocumentError:
    return DocumentError([Problem("file", both(nl, en), both(*mend))])
