"""ZIP files in exactly one form: the same members give the same bytes, and other bytes are not read.

Stored without compression, names sorted, every date 1980-01-01, no comments, no extra fields, members end to
end. The reader asks for precisely that form (APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16), so there is
nothing to be unpacked, hidden, doubled, overlapping or linked in what it accepts.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, NoReturn
from zlib import crc32

from concordia.domain.faults import RegisterError

MEMBER_LIMIT = 1024 * 1024 * 1024
ARCHIVE_LIMIT = 4_000_000_000
COUNT_LIMIT = 65_535
NAME_LIMIT = 128

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_VERSION = 10
_MADE_BY = 3 << 8 | 20
_DATE = 1 << 5 | 1
_REGULAR_FILE = 0o100644 << 16
_LINK = 0o120000

type Content = bytes | Callable[[], bytes]


class ArchiveError(RegisterError):
    """A file that is not an archive in the one form, or members that it cannot hold."""


class DamagedError(ArchiveError):
    """A member whose bytes are not those that were written; `data` is what stands there now."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__(f"{name} is beschadigd.", f"{name} is damaged.")
        self.name = name
        self.data = data


@dataclass(frozen=True, slots=True)
class Member:
    """Where a member's header starts, how many bytes it holds, and their CRC-32."""

    name: str
    offset: int
    size: int
    crc: int

    def header(self) -> bytes:
        """The local header, name included."""
        name = self.name.encode()
        return _LOCAL.pack(
            b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE, self.crc, self.size, self.size, len(name), 0
        ) + name  # fmt: skip

    def entry(self) -> bytes:
        """The entry in the central directory, name included."""
        name = self.name.encode()
        return _CENTRAL.pack(
            b"PK\x01\x02", _MADE_BY, _VERSION, 0, 0, 0, _DATE, self.crc, self.size, self.size, len(name),
            0, 0, 0, 0, _REGULAR_FILE, self.offset,
        ) + name  # fmt: skip

    @property
    def end(self) -> int:
        """Where the next member starts."""
        return self.offset + _LOCAL.size + len(self.name) + self.size


def write_archive(out: BinaryIO, members: Mapping[str, Content]) -> None:
    """Write an archive; contents that are functions are called one at a time. Raises ArchiveError.

    An archive holds 65,535 members of at most 1 GiB each, and 4 GB in all.
    """
    if len(members) > COUNT_LIMIT:
        _refuse("er zijn te veel bestanden", "there are too many files")
    written: list[Member] = []
    offset = 0
    for name in sorted(members):
        content = members[name]
        data = content if isinstance(content, bytes) else content()
        member = Member(name, offset, len(data), crc32(data))
        if len(name) > NAME_LIMIT or not name.isascii():
            _refuse("een naam is te lang", "a name is too long")
        _check_size(member)
        out.write(member.header())
        out.write(data)
        written.append(member)
        offset = member.end
    directory = b"".join(member.entry() for member in written)
    out.write(directory)
    out.write(_end(len(written), len(directory), offset))


class Archive:
    """An archive being read from a seekable binary file, which stays open as long as members are read.

    Raises ArchiveError where the directory is not in the one form, or holds a name that `may_hold` refuses.
    """

    def __init__(self, file: BinaryIO, may_hold: Callable[[str], bool]) -> None:
        self._file = file
        size = file.seek(0, 2)
        if size > ARCHIVE_LIMIT:
            _refuse("het is groter dan 4 GB", "it is larger than 4 GB")
        self._members = {member.name: member for member in _directory(self._at, size, may_hold)}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all members, sorted."""
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """The bytes of a member. Raises KeyError when absent, DamagedError when they are not as written."""
        member = self._members[name]
        header = member.header()
        found = self._at(member.offset, len(header) + member.size)
        data = found[len(header) :]
        if not found.startswith(header) or crc32(data) != member.crc:
            raise DamagedError(name, data)
        return data

    def _at(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)


def _directory(
    at: Callable[[int, int], bytes], size: int, may_hold: Callable[[str], bool]
) -> Iterable[Member]:
    """The members that the directory names, checked against each other and the size of the file."""
    end = at(max(0, size - _END.size), _END.size)
    if len(end) < _END.size:
        _refuse("het is te kort", "it is too short")
    _, _, _, _, count, length, offset, _ = _END.unpack(end)
    if end != _end(count, length, offset) or offset + length + _END.size != size:
        _refuse("het einde klopt niet", "its end is not in place")
    if length > count * (_CENTRAL.size + NAME_LIMIT):
        _refuse("de inhoudsopgave is te groot", "its directory is too large")
    members = list(_entries(at(offset, length), may_hold))
    if len(members) != count or (members[-1].end if members else 0) != offset:
        _refuse("de inhoudsopgave klopt niet", "its directory does not fit")
    return members


def _entries(directory: bytes, may_hold: Callable[[str], bool]) -> Iterator[Member]:
    place, offset, before = 0, 0, ""
    while place < len(directory):
        fixed = directory[place : place + _CENTRAL.size]
        if len(fixed) < _CENTRAL.size:
            _refuse("de inhoudsopgave is niet af", "its directory is cut short")
        fields = _CENTRAL.unpack(fixed)
        start = place + _CENTRAL.size
        place = start + fields[10]
        member = _member(directory[start:place], fields, may_hold)
        if member.name <= before:
            _refuse(f"{member.name} staat er dubbel", f"{member.name} is there twice or out of order")
        if member.offset != offset:
            _refuse(f"{member.name} overlapt", f"{member.name} overlaps another file or leaves a gap")
        _check_size(member)
        if member.entry() != fixed + directory[start:place]:
            _refuse(f"{member.name} is anders opgeslagen", f"{member.name} is stored in another way")
        yield member
        offset, before = member.end, member.name


def _member(name_bytes: bytes, fields: tuple[int, ...], may_hold: Callable[[str], bool]) -> Member:
    name = name_bytes.decode("ascii", "replace")
    method, crc, packed, size = fields[4], fields[7], fields[8], fields[9]
    attributes, offset = fields[15], fields[16]
    if not may_hold(name):
        _refuse("er is een bestand dat er niet hoort", "it holds a file that does not belong in it")
    if method != 0 or packed != size:
        _refuse(f"{name} is samengeperst", f"{name} is compressed")
    if attributes >> 16 & 0o170000 == _LINK:
        _refuse(f"{name} is een verwijzing", f"{name} is a link")
    return Member(name, offset, size, crc)


def _check_size(member: Member) -> None:
    if member.size > MEMBER_LIMIT or member.end > ARCHIVE_LIMIT:
        _refuse(f"{member.name} is te groot", f"{member.name} is too large")


def _end(count: int, length: int, offset: int) -> bytes:
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, length, offset, 0)


def _refuse(nl: str, en: str) -> NoReturn:
    raise ArchiveError(f"Dit bestand is geen bundel: {nl}.", f"This file is not a bundle: {en}.")
