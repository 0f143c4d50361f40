"""The places of some objects in a message as one tree of nodes, which every reader walks in the same way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from concordia.domain.contracts.xml_mapping import Steps, XmlColumn, XmlPlace, XmlRecord

ELSEWHERE, OUTSIDE = 0, 1


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that a column takes from one node for the rows at `record`, while the element of `scope` is open.

    `attribute` is None for the text of the node. An own slot has its record as scope.
    """

    object: int
    column: int
    node: int
    attribute: str | None
    scope: int
    record: int

    @property
    def own(self) -> bool:
        """Whether the value stands in the record itself."""
        return self.scope == self.record


@dataclass(frozen=True, slots=True)
class Counted:
    """A column that holds the number of elements that have begun at `nodes`."""

    object: int
    column: int
    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """A column that holds the name of what is around the record: by the node of the record."""

    object: int
    column: int
    names: dict[int, str]


@dataclass(slots=True)
class Shape:
    """A tree of nodes. Node 0 is everywhere else and node 1 is the outside of the document.

    `records_of` gives the objects whose rows begin at a node.
    """

    records: tuple[XmlRecord, ...]
    children: list[dict[str, int]] = field(default_factory=lambda: [{}, {}])
    records_of: dict[int, list[int]] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)

    @classmethod
    def of(cls, records: Sequence[XmlRecord]) -> "Shape":
        """The shape of these objects together."""
        shape = cls(tuple(records))
        for number, record in enumerate(records):
            for steps in record.records:
                shape.records_of.setdefault(shape._node(steps), []).append(number)
        for number, record in enumerate(records):
            for position, column in enumerate(record.columns):
                shape._add(number, position, record, column)
        return shape

    @property
    def roots(self) -> tuple[str, ...]:
        """The names a root element may have."""
        return tuple(self.children[OUTSIDE])

    def _node(self, steps: Steps) -> int:
        node = OUTSIDE
        for step in steps:
            node = self.children[node].setdefault(step, len(self.children))
            if node == len(self.children):
                self.children.append({})
        return node

    def _add(self, number: int, position: int, record: XmlRecord, column: XmlColumn) -> None:
        if any(place.kind == "holder" for place in column.places):
            names = {self._node(steps): _local(steps[-2]) for steps in record.records if len(steps) > 1}
            self.holders.append(Holder(number, position, names))
            return
        counts = [place.steps for place in column.places if place.kind == "number"]
        if counts:
            paths = [path for steps in counts for path in ([steps] if steps else record.records)]
            self.counted.append(Counted(number, position, tuple(self._node(path) for path in paths)))
            return
        for steps in record.records:
            for place, scope in _in_reach(column.places, steps):
                node = self._node((*steps, *place.steps) if place.kind == "own" else place.steps)
                slot = Slot(number, position, node, place.attribute, self._node(scope), self._node(steps))
                if slot not in self.slots:
                    self.slots.append(slot)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _in_reach(places: Sequence[XmlPlace], record: Steps) -> Iterator[tuple[XmlPlace, Steps]]:
    """The places that count for a record: its own, else of those around it the nearest; each with its scope."""
    own: list[XmlPlace] = []
    nearest: tuple[XmlPlace, Steps] | None = None
    for place in places:
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(place.steps, record, strict=False))
        shared = tuple(here for here, _ in pairs)
        if place.kind == "own" or shared == record:
            own.append(place)
        elif shared and (nearest is None or len(shared) > len(nearest[1])):
            nearest = place, shared
    yield from ((place, record) for place in own)
    if nearest and not own:
        yield nearest
