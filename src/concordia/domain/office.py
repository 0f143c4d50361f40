"""Office documents: an archive of bounded size, whole to the last byte, of one kind, that does nothing by itself.

Refused are macros, encryption, links, entries that hide in or overlap one another, archives in archives without
end, and what fetches something from another machine as soon as it is opened (trust.md 5, items 1, 2, 7, 8, 16).
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote
from xml.parsers import expat

OPENXML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
MOST_ENTRIES = 5_000
MOST_UNPACKED = 500 * 1024 * 1024  # bytes of all parts together, also of archives inside
DEEPEST = 2  # a sheet inside a text is one deep
_MOST_RATIO = 200  # times an entry may grow, once it is larger than a megabyte
_LARGEST_READ = 64 * 1024 * 1024  # bytes of a part that is looked into
_MACROS = ("vbaproject", "basic/", "scripts/", "macrosheets/", "activex/")
_ARCHIVE = b"PK\x03\x04"
_END = struct.Struct("<4sHHHHIIH")
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, expat.ExpatError),
    *(ValueError, NotImplementedError, RuntimeError, OSError, EOFError),
)
_ASKED_FOR = {"hyperlink", "a"}  # these go somewhere only when a reader presses them


class NotPlainError(ValueError):
    """A file that is not a plain document of its kind."""


class FetchingError(ValueError):
    """A document that fetches something from another machine by itself; the message is from where."""


@dataclass
class _Room:
    """How much may still be unpacked."""

    left: int = MOST_UNPACKED

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise NotPlainError


def require_plain(media_type: str, content: bytes) -> None:
    """Read a document of this type to its last byte. Raises NotPlainError and FetchingError."""
    try:
        _require_sound(content, _Room(), media_type)
    except (NotPlainError, FetchingError):
        raise
    except _BROKEN:
        raise NotPlainError from None


def _require_sound(content: bytes, room: _Room, media_type: str = "", depth: int = 0) -> None:
    _require_end(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        _require_apart(entries)
        if not all(_is_plain(entry) for entry in entries):
            raise NotPlainError
        room.take(sum(entry.file_size for entry in entries))
        if media_type:
            _require_kind(media_type, archive)
        for entry in entries:
            _read_through(archive, entry, room, depth)


def _require_end(content: bytes) -> None:
    """The directory is one that may be read: its size is bounded before it is."""
    if not content.startswith(_ARCHIVE) or len(content) < _END.size:
        raise NotPlainError
    mark, disk, first, here, count, _, _, comment = _END.unpack(content[-_END.size :])
    if mark != b"PK\x05\x06" or disk or first or comment or here != count or not 0 < count <= MOST_ENTRIES:
        raise NotPlainError
    if content[-_END.size - 20 :].startswith(
        b"PK\x06\x07"
    ):  # a second, larger directory would be read instead
        raise NotPlainError


def _require_apart(entries: list[zipfile.ZipInfo]) -> None:
    if not 0 < len(entries) <= MOST_ENTRIES or len({entry.filename for entry in entries}) != len(entries):
        raise NotPlainError
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    apart = all(a.header_offset + a.compress_size < b.header_offset for a, b in pairwise(ordered))
    if not apart or ordered[0].header_offset != 0:
        raise NotPlainError


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """An entry with an ordinary name, packed as documents are, no link, no macro, that grows within measure."""
    name = entry.filename
    ordinary = (
        not name.startswith("/") and ".." not in name.split("/") and "\\" not in name and ":" not in name
    )
    packed = entry.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} and not entry.flag_bits & 1
    link = (entry.external_attr >> 28) == 0xA
    macro = any(mark in name.lower() for mark in _MACROS)
    grows = entry.file_size > 1024 * 1024 and entry.file_size > _MOST_RATIO * max(1, entry.compress_size)
    return ordinary and packed and not link and not macro and not grows


def _require_kind(media_type: str, archive: zipfile.ZipFile) -> None:
    if media_type.startswith(ODF):
        first = archive.infolist()[0]
        fits = first.filename == "mimetype" and _start_of(archive, "mimetype") == media_type.encode()
    else:
        types = (
            _start_of(archive, "[Content_Types].xml") if "[Content_Types].xml" in archive.namelist() else b""
        )
        fits = f"{media_type}.main+xml".encode() in types and b"macroEnabled" not in types
    if not fits:
        raise NotPlainError


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """The first part of an entry, whatever size it says it has."""
    with archive.open(name) as file:
        return file.read(256 * 1024)


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: _Room, depth: int) -> None:
    """Read an entry to its end, where its checksum is compared, and look into what may hide something."""
    look = _tells_links(entry.filename)
    kept = b""
    with archive.open(entry) as file:
        start = file.read(64 * 1024)
        nested = start.startswith(_ARCHIVE)
        if (look or nested) and entry.file_size > _LARGEST_READ:
            raise NotPlainError
        if look or nested:
            kept = start + file.read()
        else:
            while file.read(1024 * 1024):
                pass
    if nested:
        if depth == DEEPEST:
            raise NotPlainError
        _require_sound(kept, room, depth=depth + 1)
    elif look:
        _require_staying(kept)


def _tells_links(name: str) -> bool:
    """Whether a part says what the document is linked to: relationships of OOXML, contents of ODF."""
    return name.lower().endswith((".rels", "content.xml", "styles.xml", "meta.xml", "settings.xml"))


def _require_staying(part: bytes) -> None:
    """Refuse a part that links to another machine without being asked, or that defines words of its own."""
    elsewhere: list[str] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        elsewhere.extend(_fetched(name, attributes))

    def definitions(*_: object) -> None:
        raise NotPlainError

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = definitions
    parser.Parse(part, True)
    if elsewhere:
        raise FetchingError(elsewhere[0])


def _fetched(name: str, attributes: dict[str, str]) -> Iterator[str]:
    """The targets on another machine that an element fetches by itself."""
    word = name.rpartition(" ")[2]
    kind = attributes.get("Type", "").rpartition("/")[2] if word == "Relationship" else word
    if kind in _ASKED_FOR:
        return
    outside = word == "Relationship" and attributes.get("TargetMode", "").lower() == "external"
    targets = [attributes.get("Target", "")] if outside else []
    targets += [value for key, value in attributes.items() if key == "http://www.w3.org/1999/xlink href"]
    yield from (target for target in targets if leads_elsewhere(target))


def leads_elsewhere(target: str) -> bool:
    """Whether a target lies on another machine: a drive, a folder or a place in the document does not."""
    path = unquote(target).strip().replace("\\", "/").lower()
    scheme = re.match(r"[a-z][a-z0-9+.-]+:", path)
    if scheme and scheme.group() != "file:":
        return True
    path = path.removeprefix("file:")
    rest = path.lstrip("/")
    slashes = len(path) - len(rest)
    on_this_one = re.match(r"[a-z][:|](/|$)", rest) or slashes < 2 or (bool(scheme) and slashes == 3)
    return not on_this_one
