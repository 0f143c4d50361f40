"""The files of a delivery: what each is, told from its bytes and not from its name; unpacked within bounds."""

import codecs
import gzip
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from concordia.deliveries.dialects import Dialect, FirstLineError, dialect_of
from concordia.domain.contracts.csv_form import Agreed
from concordia.domain.texts import Text, both

CHUNK = 1 << 20
LONGEST_LINE = 16 * 1024 * 1024
MOST_COLUMNS = 10_000
NOTHING_AGREED = Agreed()
_PARQUET, _GZIP, _ZIP = b"PAR1", b"\x1f\x8b", b"PK\x03\x04"


class FileError(ValueError):
    """Raised for a file that cannot be read as a delivery, with a sentence for people."""

    def __init__(self, nl: str, en: str) -> None:
        self.text = both(nl, en)
        super().__init__(en)


class NoSchemaError(FileError):
    """Raised for a file that is no XML Schema, or that needs files which do not lie beside it."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `name` is what people call it; `path` where it (or its unpacked copy) lies.

    `shown` is the form that people are told, where it was laid out in another. `columns` are those of its first line,
    for CSV; for other forms the engine finds them.
    """

    path: Path
    name: str
    form: str
    bytes: int
    sha256: str
    compressed: bool = False
    dialect: Dialect | None = None
    columns: tuple[str, ...] = ()
    told: tuple[Text, ...] = ()
    longest_line: int = LONGEST_LINE
    shown: str = ""


def open_source(
    path: Path,
    temporary: Path,
    declared: Agreed = NOTHING_AGREED,
    most: int = 1 << 40,
    wanted: Sequence[str] = (),
) -> list[Source]:
    """The file, or the files inside a zip. Raises FileError for what is none, OSError for what cannot be opened.

    `most` bounds what an archive may unpack to, in bytes. `declared` says how a CSV is written by agreement; `wanted`
    names the columns that it should have: of the separators, that one is found which gives most of them.
    """
    size = path.stat().st_size
    digest, longest = read_through(path)
    with path.open("rb") as file:
        start = file.read(4)
    if start == _ZIP:
        return [
            _recognized(part, declared, wanted, temporary, most)
            for part in _unpacked(path, temporary, size, digest, most)
        ]
    source = Source(path, path.name, "", size, digest, longest_line=longest)
    return [_recognized(source, declared, wanted, temporary, most)]


def read_through(path: Path) -> tuple[str, int]:
    """The hexadecimal SHA-256 of a file's bytes, and the most bytes between two line feeds (in whole pieces)."""
    digest = hashlib.sha256()
    longest = waiting = 0
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(CHUNK), b""):
            digest.update(piece)
            waiting += len(piece)
            longest = max(longest, waiting)
            waiting = 0 if b"\n" in piece else waiting
    return digest.hexdigest(), longest + CHUNK


def sha256_of(path: Path) -> str:
    """The hexadecimal SHA-256 of a file's bytes."""
    return read_through(path)[0]


def _unpacked(path: Path, temporary: Path, size: int, digest: str, most: int) -> Iterator[Source]:
    """The files of an archive, each copied out under a name of our own."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if not entries or len(entries) > 1000 or sum(entry.file_size for entry in entries) > most:
                raise FileError(
                    f"“{path.name}” is leeg, of pakt uit tot te veel. Lever de bestanden zelf aan.",
                    f"“{path.name}” is empty, or unpacks to too much. Hand in the files themselves.",
                )
            left = most
            for number, entry in enumerate(entries):
                place = temporary / f"unpacked-{number}"
                with archive.open(entry) as packed, place.open("wb") as out:
                    left = _copy(packed, out, left, path.name)
                yield Source(place, Path(entry.filename).name, "", size, digest)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError) as error:
        raise FileError(
            f"“{path.name}” is beschadigd of versleuteld: het is niet uit te pakken.",
            f"“{path.name}” is damaged or encrypted: it cannot be unpacked.",
        ) from error


def _copy(packed: IO[bytes], out: IO[bytes], left: int, name: str) -> int:
    for piece in iter(lambda: packed.read(CHUNK), b""):
        left -= len(piece)
        if left < 0:
            raise FileError(f"“{name}” pakt uit tot te veel.", f"“{name}” unpacks to too much.")
        out.write(piece)
    return left


def _recognized(
    source: Source, declared: Agreed, wanted: Sequence[str], temporary: Path, most: int
) -> Source:
    with source.path.open("rb") as file:
        start = file.read(4)
    if start == _PARQUET:
        return replace(source, form="parquet")
    compressed = start[:2] == _GZIP
    if compressed:
        source = replace(source, longest_line=LONGEST_LINE)
    head = _head(source, compressed)
    if not head.strip(b"\xef\xbb\xbf \t\r\n\0"):
        return replace(source, form="empty", compressed=compressed)
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if first == b"<":
        return replace(source, form="xml", compressed=compressed)
    if first in (b"{", b"[") and (kind := _json_kind(head)):
        return replace(source, form=kind, compressed=compressed)
    return _csv(replace(source, form="csv", compressed=compressed), head, declared, wanted, temporary, most)


def _json_kind(head: bytes) -> str:
    """`jsonl` where the first line is an object, `json` where the file is a list; empty where it is neither."""
    text = head.removeprefix(codecs.BOM_UTF8).strip()
    if text.startswith(b"["):
        return "json"
    try:
        json.loads(text.splitlines()[0])
    except ValueError:
        return "jsonl" if len(text.splitlines()[0]) >= CHUNK - 4 else ""
    return "jsonl"


def _head(source: Source, compressed: bool) -> bytes:
    """The first megabyte, unpacked. Raises FileError when it cannot be unpacked."""
    try:
        with unpacked(replace(source, compressed=compressed)) as file:
            return file.read(CHUNK)
    except (OSError, EOFError, zlib.error) as error:
        if compressed:
            raise _damaged(source) from error
        raise


def _csv(
    source: Source, head: bytes, declared: Agreed, wanted: Sequence[str], temporary: Path, most: int
) -> Source:
    if source.longest_line > LONGEST_LINE:
        raise FileError(
            f"“{source.name}” heeft een regel van meer dan 16 MB. Controleer de aanhalingstekens.",
            f"“{source.name}” has a line of more than 16 MB. Check the quotes.",
        )
    try:
        dialect, columns, told = dialect_of(head, declared.form, wanted)
    except FirstLineError:
        raise FileError("De eerste regel is niet te lezen.", "The first line cannot be read.") from None
    if len(columns) > MOST_COLUMNS:
        raise FileError(
            f"“{source.name}” heeft {len(columns)} kolommen; hoogstens {MOST_COLUMNS} worden gelezen.",
            f"“{source.name}” has {len(columns)} columns; at most {MOST_COLUMNS} are read.",
        )
    found = replace(source, dialect=dialect, columns=tuple(columns), told=(*declared.told, *told))
    return found if dialect.encoding in _READ else _recoded(found, dialect, temporary, most)


_READ = {"utf-8", "utf-16", "iso-8859-1"}  # what the engine reads by itself


def _recoded(source: Source, dialect: Dialect, temporary: Path, most: int) -> Source:
    """A copy in UTF-8. A byte that is no character stays as it is, so that its line is none that can be read."""
    place = temporary / f"recoded-{len(list(temporary.iterdir()))}"
    errors = "replace" if dialect.encoding.startswith("utf-16") else "surrogateescape"
    decoder = codecs.getincrementaldecoder(dialect.encoding)(errors=errors)
    try:
        with unpacked(source) as file, place.open("wb") as out:
            for piece in iter(lambda: file.read(CHUNK), b""):
                most -= out.write(decoder.decode(piece).encode(errors="surrogateescape"))
                if most < 0:
                    raise FileError(
                        f"“{source.name}” pakt uit tot te veel.", f"“{source.name}” unpacks to too much."
                    )
            out.write(decoder.decode(b"", final=True).encode(errors="surrogateescape"))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise _damaged(source) from error
    longest = source.longest_line * 3
    return replace(
        source,
        path=place,
        dialect=replace(dialect, encoding="utf-8"),
        longest_line=longest,
        compressed=False,
        shown="csv+gzip" if source.compressed else "",
    )


def unpacked(source: Source) -> IO[bytes]:
    """The bytes of a source, unpacked, from the beginning; they can be read twice."""
    if source.compressed:
        return gzip.open(source.path, "rb")  # type: ignore[return-value]
    return source.path.open("rb")


def _damaged(source: Source) -> FileError:
    return FileError(
        f"“{source.name}” is beschadigd: het is niet uit te pakken.",
        f"“{source.name}” is damaged: it cannot be unpacked.",
    )
