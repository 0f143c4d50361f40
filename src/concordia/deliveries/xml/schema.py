"""Hold a message against its XML Schema: streaming, in bounded memory, with findings in plain words.

One pass at the speed of libxml2 tells whether all is well and, if not, in which pieces of the file it is not. Only
then a second pass takes those pieces tag by tag, to tell line and path.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from lxml import etree

from concordia.deliveries.xml import limits
from concordia.deliveries.xml.faults import XmlFaultError
from concordia.deliveries.xml.findings import Finding, finding_of
from concordia.deliveries.xml.guard import Guard

MOST_FINDINGS = 200
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
}


class Schema:
    """A schema that was read, with what it includes from its own folder. Raises XmlFaultError for one that is none.

    `beside` holds the files that it includes.
    """

    def __init__(self, path: str | Path) -> None:
        folder = Path(path).resolve().parent
        parser = etree.XMLParser(**_SAFE)
        self.beside: set[Path] = set()
        parser.resolvers.add(_Beside(folder, self.beside))
        try:
            self.compiled = etree.XMLSchema(etree.parse(Path(path).resolve(), parser))
        except (etree.LxmlError, OSError) as error:
            raise XmlFaultError("no-schema", detail=str(error).split("\n")[0]) from None


class _Beside(etree.Resolver):  # type: ignore[misc]
    """Finds what a schema refers to in its own folder, and nothing anywhere else."""

    def __init__(self, folder: Path, found: set[Path]) -> None:
        self._folder, self._found = folder, found

    def resolve(self, url: str | None, _public: str | None, context: Any) -> Any:
        """The file that is meant, or an error."""
        place = Path((url or "").removeprefix("file://"))
        found = (place if place.is_absolute() else self._folder / place).resolve()
        if found.is_relative_to(self._folder) and found.is_file():
            self._found.add(found)
            return self.resolve_filename(str(found), context)
        raise OSError(f"{url} is not beside the schema")


def validate(source: str | Path | IO[bytes], schema: Schema, *, most: int = MOST_FINDINGS) -> list[Finding]:
    """What in a message does not follow the schema, in order; empty where all is well. `most` findings at most.

    A file that is handed in must be seekable. Raises XmlFaultError for what is no XML, or none that we read.
    """
    if isinstance(source, str | Path):
        with open(source, "rb") as file:
            return validate(file, schema, most=most)
    start = source.tell()
    pieces = _suspect_pieces(source, schema, most)
    if not pieces:
        return []
    source.seek(start)
    return list(_located(source, schema, pieces, most))


def _suspect_pieces(source: IO[bytes], schema: Schema, most: int) -> set[int]:
    """The numbers of the pieces at which something was found."""
    guard, found, told = Guard(), set[int](), 0
    parser = root = None
    waiting = b""
    number = -1
    for number, piece in enumerate(_pieces(source)):
        guard.take(piece)
        waiting += piece
        if parser is None and guard.root is None:
            continue
        if parser is None:
            parser = etree.XMLPullParser(events=("start",), tag=guard.root, schema=schema.compiled, **_SAFE)
        _feed(parser, waiting, guard)
        waiting = b""
        if root is None:
            root = next((element for _, element in parser.read_events()), None)
        _prune(root)
        if (now := len(parser.feed_error_log)) > told:
            told = now
            found.add(number)
        if told > most:
            return found
    guard.take(b"", last=True)
    if parser is not None and (_close(parser, guard) > told):
        found.add(number)
    return found


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(limits.CHUNK):
        yield piece


def _prune(root: Any) -> None:
    """Let go of everything but the way to where the parser is."""
    while root is not None and len(root):
        if len(root) > 1:
            del root[:-1]
        root = root[-1]


def _feed(parser: Any, piece: bytes, guard: Guard) -> None:
    try:
        parser.feed(piece)
    except etree.XMLSyntaxError as error:
        if not _is_finding(error):
            raise XmlFaultError("too-large", guard.line) from None


def _close(parser: Any, guard: Guard) -> int:
    """The number of findings when all was read."""
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        if not parser.feed_error_log and not _is_finding(error):
            raise XmlFaultError("ill-formed", guard.line, detail=str(error.msg)) from None
    return len(parser.feed_error_log)


def _is_finding(error: Any) -> bool:
    return any(entry.domain_name == "SCHEMASV" for entry in error.error_log)


def _located(source: IO[bytes], schema: Schema, pieces: set[int], most: int) -> Iterator[Finding]:
    """Findings with line and path: pieces in which there are any are taken tag by tag."""
    guard, walk = Guard(), _Walk()
    parser = etree.XMLPullParser(events=("start", "end"), schema=schema.compiled, **_SAFE)
    told = 0
    for number, piece in enumerate(_pieces(source)):
        for part in _tags(piece) if number in pieces or number + 1 in pieces else [piece]:
            guard.take(part)
            _feed(parser, part, guard)
            walk.take(parser.read_events())
            entries = list(parser.feed_error_log)[told:] if len(parser.feed_error_log) > told else []
            for entry in entries:
                yield finding_of(guard.line, walk.path, entry.type_name, entry.message)
                told += 1
                if told >= most:
                    return
    for entry in list(parser.feed_error_log)[told:] if _close(parser, guard) > told else []:
        yield finding_of(guard.line, walk.path, entry.type_name, entry.message)


def _tags(piece: bytes) -> Iterator[bytes]:
    start = 0
    while (end := piece.find(b">", start)) >= 0:
        yield piece[start : end + 1]
        start = end + 1
    if start < len(piece):
        yield piece[start:]


class _Walk:
    """The path of the element that was touched last: `/Message/Record[2]/Value`."""

    def __init__(self) -> None:
        self.path = "/"
        self._steps: list[str] = []
        self._counts: list[dict[str, int]] = [{}]

    def take(self, events: Any) -> None:
        """Walk on."""
        for event, element in events:
            if event == "start":
                name = etree.QName(element).localname
                count = self._counts[-1][name] = self._counts[-1].get(name, 0) + 1
                self._steps.append(name if count == 1 else f"{name}[{count}]")
                self._counts.append({})
                self.path = "/" + "/".join(self._steps)
            else:
                self.path = "/" + "/".join(self._steps)
                self._steps.pop()
                self._counts.pop()
                element.clear(keep_tail=True)
                while self._steps and element.getprevious() is not None:
                    del element.getparent()[0]
