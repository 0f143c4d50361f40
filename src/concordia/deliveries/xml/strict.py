"""The strict reader: libxml2 behind the guard, one element at a time. Slow, obvious, and the last word.

No network, no document type, no entities, and limits of our own on depth, attributes, names and values.
"""

from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from concordia.deliveries.xml import limits
from concordia.deliveries.xml.faults import XmlFaultError
from concordia.deliveries.xml.guard import Guard
from concordia.deliveries.xml.shape import ELSEWHERE, OUTSIDE, Shape, Slot
from concordia.deliveries.xml.tables import Tables, Yielded

_FARTHEST_LINE = 65_535  # where libxml2 may stop counting lines


def read_strictly(source: IO[bytes], shape: Shape) -> Iterator[Yielded]:
    """The rows of a message, in batches. Raises XmlFaultError at the first thing that is wrong."""
    guard, walk = Guard(), _Walk(shape)
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    while piece := source.read(limits.CHUNK):
        guard.take(piece)
        walk.line = guard.line
        _fed(parser, piece, guard, walk)
        yield from walk.tables.full()
    guard.take(b"", last=True)
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _refused(error, guard) from None
    walk.take(parser.read_events())
    yield from walk.tables.rest()


def _fed(parser: Any, piece: bytes, guard: Guard, walk: "_Walk") -> None:
    try:
        parser.feed(piece)
    except etree.XMLSyntaxError as error:
        walk.take(parser.read_events())  # what was wrong before comes first
        raise _refused(error, guard) from None
    walk.take(parser.read_events())


def _refused(error: Any, guard: Guard) -> XmlFaultError:
    """What libxml2 would not take though expat did: nearly always a limit of size."""
    words = str(error.msg or "")
    line = error.lineno or guard.line
    if "depth" in words.lower():
        return XmlFaultError("too-deep", line, most=str(limits.DEEPEST))
    if "huge" in words.lower() or "too long" in words.lower() or "limit" in words.lower():
        return XmlFaultError("too-large", line)
    return XmlFaultError("ill-formed", line, detail=words.split(", line")[0])


class _Walk:
    """Where we are in the tree of nodes, and what was found on the way."""

    def __init__(self, shape: Shape) -> None:
        self.tables = Tables(shape)
        self.line = 1
        self._shape = shape
        self._path = [OUTSIDE]
        self._names: set[str] = set()
        self._at: dict[int, list[Slot]] = {}
        self._scoped: dict[int, list[Slot]] = {}
        self._outer: dict[tuple[int, int], list[Slot]] = {}
        self._texts = {slot.node for slot in shape.slots if slot.attribute is None}
        self._counts = dict.fromkeys((node for counted in shape.counted for node in counted.nodes), 0)
        self._values: dict[Slot, str | None] = {}
        self._late: set[Slot] = set()
        for slot in shape.slots:
            self._at.setdefault(slot.node, []).append(slot)
            self._scoped.setdefault(slot.scope, []).append(slot)
            if not slot.own:
                self._outer.setdefault((slot.object, slot.record), []).append(slot)
        self._rivals = {
            slot: [other for other in self._scoped[slot.scope] if _same(slot, other)] for slot in shape.slots
        }

    def take(self, events: Any) -> None:
        """Walk on along elements that begin and end. Raises XmlFaultError."""
        for event, element in events:
            if event == "start":
                self._begin(element)
            else:
                self._end(element)

    def _begin(self, element: Any) -> None:
        self._within_limits(element)
        here = self._path[-1]
        node = self._shape.children[here].get(element.tag, ELSEWHERE)
        if here == OUTSIDE and node == ELSEWHERE:
            expected = _shown(self._shape.roots[0])
            raise XmlFaultError(
                "other-root", self._line_of(element), found=_shown(element.tag), expected=expected
            )
        self._path.append(node)
        if node == ELSEWHERE:
            return
        for slot in self._scoped.get(node, ()):
            self._values.pop(slot, None)
            self._late.discard(slot)
        if node in self._counts:
            self._counts[node] += 1
        for number in self._shape.records_of.get(node, ()):
            self._begin_row(number, node)
        for slot in self._at.get(node, ()):
            if slot.attribute is not None and slot.attribute in element.attrib:
                self._found(slot, element.attrib[slot.attribute], element)

    def _begin_row(self, number: int, node: int) -> None:
        row = self.tables.begin(number)
        for counted in self._shape.counted:
            if counted.object == number:
                row[counted.column] = str(sum(self._counts[node] for node in counted.nodes))
        for holder in self._shape.holders:
            if holder.object == number:
                row[holder.column] = holder.names.get(node)
        for slot in self._outer.get((number, node), ()):
            row[slot.column] = self._values.get(slot)
            self._late.add(slot)

    def _end(self, element: Any) -> None:
        node = self._path.pop()
        if node in self._texts:
            text = "".join([element.text or "", *(child.tail or "" for child in element)])
            for slot in self._at[node]:
                if slot.attribute is None:
                    self._found(slot, text, element)
        for number in self._shape.records_of.get(node, ()):
            self.tables.end(number)
        _forget(element, with_those_before=self._path[-1] not in self._texts)

    def _found(self, slot: Slot, text: str, element: Any) -> None:
        if len(text) > limits.LONGEST_VALUE // 4 and len(text.encode()) > limits.LONGEST_VALUE:
            raise XmlFaultError("too-long", self._line_of(element), most=f"{limits.LONGEST_VALUE:,}")
        name = slot.attribute or etree.QName(element).localname
        if any(rival in self._values for rival in self._rivals[slot]):
            raise XmlFaultError("repeated", self._line_of(element), name=name)
        if slot in self._late:
            raise XmlFaultError("too-late", self._line_of(element), name=name)
        self._values[slot] = text or None
        if slot.own:
            self.tables.open_row(slot.object)[slot.column] = text or None

    def _within_limits(self, element: Any) -> None:
        if len(self._path) > limits.DEEPEST:
            raise XmlFaultError("too-deep", self._line_of(element), most=str(limits.DEEPEST))
        if len(element.attrib) > limits.MOST_ATTRIBUTES:
            most = f"{limits.MOST_ATTRIBUTES:,}"
            raise XmlFaultError("too-many-attributes", self._line_of(element), most=most)
        self._names.add(element.tag)
        if len(self._names) > limits.MOST_NAMES:
            raise XmlFaultError("too-many-names", self._line_of(element), most=f"{limits.MOST_NAMES:,}")

    def _line_of(self, element: Any) -> int:
        line = element.sourceline or 0
        return line if 0 < line < _FARTHEST_LINE else self.line


def _shown(name: str) -> str:
    """A name for people: `Message (urn:namespace)`."""
    namespace, _, local = name.removeprefix("{").rpartition("}")
    return f"{local} ({namespace})" if namespace else local


def _same(slot: Slot, other: Slot) -> bool:
    """Whether two places rival to be the value of one column of one row."""
    return (slot.object, slot.column, slot.record) == (other.object, other.column, other.record)


def _forget(element: Any, *, with_those_before: bool) -> None:
    """Let go of what stood in and before this element: only the way to it is kept, and text that is still needed."""
    element.clear(keep_tail=True)
    while with_those_before and element.getprevious() is not None:
        del element.getparent()[0]
