"""Where the columns of an object stand in an XML message: what its custom properties say (docs/decisions, XML).

On an object: `xmlRecord`, the path of the element that makes a row, or a list of paths where the same record stands
in several places; `xmlNamespace`, the namespace of names without prefix; `xmlNamespaces`, a map from prefix to
namespace. A path is written as its names would be in a document in which just these prefixes are declared:
`/Loonaangifte/AdministratieveEenheid/la:TijdvakAangifte`. Attributes without prefix have no namespace.

On a property: `xmlPath`. `A/B`, `A/@c`, `@c` and `.` are looked for in the record itself. `/Root/A/B` is looked for
around the record, in the nearest element that holds both: what stood there before the record began is on its row.
`#` is the number of the record in the message, from 1, and `/Root/A#` that of the element A around the record. `..`
is the name of the element that holds the record. A list names alternatives. Without `xmlPath` a property is looked
for as an element or attribute of its source name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from concordia.domain.contracts.model import Property, SchemaObject
from concordia.domain.problems import DocumentError, Problem
from concordia.domain.texts import both

RECORD, PATH, WHITE_SPACE = "xmlRecord", "xmlPath", "xmlWhiteSpace"
NAMESPACE, NAMESPACES = "xmlNamespace", "xmlNamespaces"
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_NAME = re.compile(r"(?:([^\W\d][\w.-]*):)?([^\W\d][\w.-]*)")
_DEEPEST = 60

type Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class XmlPlace:
    """A place: names of elements from the outside in, each `{namespace}name` or `name`, then perhaps an attribute.

    `kind` is `own` (below the record), `outer` (from the root), `number` (how many such elements have begun) or
    `holder` (the name of the element around the record).
    """

    kind: str
    steps: Steps
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class XmlColumn:
    """A column, and the places where its value may stand. `collapsed`: blanks around a value do not count."""

    name: str
    places: tuple[XmlPlace, ...]
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class XmlRecord:
    """How the rows of an object stand in a message: the paths of its record element, and its columns."""

    object: str
    records: tuple[Steps, ...]
    columns: tuple[XmlColumn, ...]


def xml_record(item: SchemaObject) -> XmlRecord | None:
    """How an object stands in XML; None where it has no `xmlRecord`. Raises DocumentError with every fault."""
    if item.custom(RECORD) is None:
        return None
    reader = _Reader(item)
    records = tuple(dict.fromkeys(reader.records()))
    columns = tuple(reader.column(column, records) for column in item.properties)
    if reader.problems:
        raise DocumentError(reader.problems)
    return XmlRecord(item.name, records, columns)


class _Reader:
    def __init__(self, item: SchemaObject) -> None:
        self.item = item
        self.problems: list[Problem] = []
        given, main = item.custom(NAMESPACES) or {}, item.custom(NAMESPACE) or ""
        if not isinstance(given, dict) or not all(isinstance(uri, str) for uri in (main, *given.values())):
            self._problem(NAMESPACES, str(given))
            given, main = {}, ""
        self.namespaces = {"xml": XML_NAMESPACE, **given, "": main}

    def records(self) -> Iterator[Steps]:
        found: list[Steps] = []
        for written in _listed(self.item.custom(RECORD)):
            place = self._place(written, RECORD)
            if place and place.kind == "outer" and place.attribute is None:
                found.append(place.steps)
            elif place:
                self._problem(RECORD, str(written))
        for steps in found:
            if any(other != steps and steps[: len(other)] == other for other in found):
                self._problem(RECORD, "/".join(steps))
        yield from found

    def column(self, column: Property, records: tuple[Steps, ...]) -> XmlColumn:
        written = column.custom(PATH)
        where = f"properties.{column.name}"
        if written is None:
            named = [column.source_name, f"@{column.source_name}"]
            places = [self._place(path, where) for path in named]
        else:
            places = [self._place(path, f"{where}.{PATH}") for path in _listed(written)]
        known = tuple(place for place in places if place)
        for place in known:
            if (
                place.kind == "outer"
                and place.attribute is None
                and any(_holds(place.steps, one) for one in records)
            ):
                self._problem(where, "/".join(place.steps))
        text = column.logical_type in (None, "string") and column.custom(WHITE_SPACE) is None
        return XmlColumn(column.source_name, tuple(dict.fromkeys(known)), collapsed=not text)

    def _place(self, written: Any, where: str) -> XmlPlace | None:
        text = written if isinstance(written, str) else ""
        try:
            place = self._read(text)
        except (ValueError, KeyError):
            self._problem(where, str(written))
            return None
        if len(place.steps) > _DEEPEST:
            self._problem(where, text)
        return place

    def _read(self, text: str) -> XmlPlace:
        if text == "#":
            return XmlPlace("number", ())
        if text in {".", ".."}:
            return XmlPlace("own" if text == "." else "holder", ())
        rooted, number = text.startswith("/"), text.endswith("#")
        if number and not rooted:
            raise ValueError(text)
        *steps, last = text.removeprefix("/").removesuffix("#").split("/")
        attribute = None
        if last.startswith("@") and not number:
            attribute = self._name(last[1:], "")
        else:
            steps.append(last)
        names = tuple(self._name(step, self.namespaces[""]) for step in steps)
        if rooted and not names:
            raise ValueError(text)
        return XmlPlace("number" if number else "outer" if rooted else "own", names, attribute)

    def _name(self, written: str, otherwise: str) -> str:
        match = _NAME.fullmatch(written)
        if match is None:
            raise ValueError(written)
        namespace = self.namespaces[match[1]] if match[1] else otherwise
        return f"{{{namespace}}}{match[2]}" if namespace else match[2]

    def _problem(self, where: str, written: str) -> None:
        what = both(
            f"“{written[:80]}” zegt niet waar dit in een XML-bericht staat.",
            f"“{written[:80]}” does not say where this stands in an XML message.",
        )
        mend = both(
            "Schrijf een pad zoals /Bericht/Record, Onderdeel/Veld, @kenmerk, ., .. of #, met voorvoegsels uit "
            "xmlNamespaces.",
            "Write a path such as /Message/Record, Part/Field, @attribute, ., .. or #, with prefixes from "
            "xmlNamespaces.",
        )
        self.problems.append(Problem(f"schema.{self.item.name}.{where}", what, mend))


def _holds(outer: Steps, record: Steps) -> bool:
    """Whether an element has the record within it: then its own text is not known when the record begins."""
    return len(outer) < len(record) and record[: len(outer)] == outer


def _listed(written: Any) -> list[Any]:
    return written if isinstance(written, list) and written else [written]
