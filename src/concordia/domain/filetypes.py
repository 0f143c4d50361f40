"""What a file really is: its name and its whole structure must agree (ASVS 5.2.2; trust.md 5, 7 to 16).

Allowed are PDF, PNG and JPEG images, plain text and the office documents of OOXML and ODF without macros. Files
that are two things at once, such as an archive behind an image, are refused: nothing may stand before or after.
"""

import struct
from collections.abc import Callable

from concordia.domain.office import ODF as _ODF
from concordia.domain.office import OPENXML as _OPENXML
from concordia.domain.office import FetchingError, NotPlainError, require_plain
from concordia.domain.problems import DocumentError, Problem
from concordia.domain.texts import both

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
_MARKUP = (b"<script", b"<html", b"<!doctype html", b"<svg", b"<?php", b"<iframe")


def sniff(name: str, content: bytes) -> str:
    """The media type of a file.

    Raises DocumentError when it is empty, unknown, not what it says, or fetches something when it is opened.
    """
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
    try:
        agrees = _agrees(suffix, content)
    except FetchingError as error:
        raise _fetching(name, str(error)) from None
    if not agrees:
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
    try:
        require_plain(TYPES[suffix], content)
    except NotPlainError:
        return False
    return True


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


def _fetching(name: str, target: str) -> DocumentError:
    place = target if len(target) < 80 else target[:79] + "…"
    return _refused(
        f"“{name}” haalt bij het openen vanzelf iets op van een andere computer ({place}).",
        f"“{name}” fetches something from another computer as soon as it is opened ({place}).",
        (
            "Verbreek die koppeling, bijvoorbeeld van een sjabloon of plaatje, of maak er een pdf van.",
            "Break that link, for example to a template or picture, or make it a pdf.",
        ),
    )


def _refused(nl: str, en: str, mend: tuple[str, str]) -> DocumentError:
    return DocumentError([Problem("file", both(nl, en), both(*mend))])
