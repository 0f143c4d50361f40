"""What a file really is: its name, its first bytes and its structure must agree (ASVS 5.2.2)."""

import io
import zipfile

from concordia.domain.problems import DocumentError, Problem
from concordia.domain.texts import both

_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/plain",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_STARTS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
_INSIDE = {
    "docx": "word/",
    "xlsx": "xl/",
    "pptx": "ppt/",
    "odt": "mimetype",
    "ods": "mimetype",
    "odp": "mimetype",
}
_TEXT = {"txt", "csv", "md"}
_MOST_ENTRIES = 5_000
_MOST_UNPACKED = 500 * 1024 * 1024
_MARKUP = (b"<script", b"<html", b"<!doctype html", b"<svg")


def sniff(name: str, content: bytes) -> str:
    """The media type of a file. Raises DocumentError when it is empty, unknown, or not what it says."""
    suffix = name.rpartition(".")[2].lower()
    if not content:
        raise _refused("Dit bestand is leeg.", "This file is empty.", _CHOOSE)
    if suffix not in _TYPES:
        listed = ", ".join(_TYPES)
        raise _refused(
            f"“{name}” is van een soort die hier niet kan.",
            f"“{name}” is of a kind that is not possible here.",
            (f"Kies een van: {listed}.", f"Choose one of: {listed}."),
        )
    if not _agrees(suffix, content):
        raise _refused(
            f"De inhoud van “{name}” is geen {suffix}.",
            f"The contents of “{name}” are not {suffix}.",
            ("Sla het bestand opnieuw op in de juiste vorm.", "Save the file again in the right form."),
        )
    return _TYPES[suffix]


_CHOOSE = ("Kies een ander bestand.", "Choose another file.")


def _agrees(suffix: str, content: bytes) -> bool:
    if suffix in _STARTS:
        return content.startswith(_STARTS[suffix]) and _ends_well(suffix, content)
    if suffix in _TEXT:
        return _is_text(content)
    return _is_office(suffix, content)


def _ends_well(suffix: str, content: bytes) -> bool:
    if suffix == "pdf":
        return b"%%EOF" in content[-2048:]
    head = content[:4096].lower()
    return not any(mark in head for mark in _MARKUP)


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return "\0" not in text and not any(mark in content[:4096].lower() for mark in _MARKUP)


def _is_office(suffix: str, content: bytes) -> bool:
    """An office file is an archive of bounded size that holds the part its kind has."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    names = [entry.filename for entry in entries]
    safe = not any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names)
    bounded = len(entries) <= _MOST_ENTRIES and sum(entry.file_size for entry in entries) <= _MOST_UNPACKED
    whole = len(set(names)) == len(names)
    return safe and bounded and whole and any(name.startswith(_INSIDE[suffix]) for name in names)


def _refused(nl: str, en: str, mend: tuple[str, str]) -> DocumentError:
    return DocumentError([Problem("file", both(nl, en), both(*mend))])
