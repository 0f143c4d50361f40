"""A tree of elements as flat tables: a table for each element that repeats, with what stands around it filled down.

A record has the values below it that stand there at most once; what repeats below it is a record of its own. It also
carries, from each element around it, the attributes, and the single values that stand before it where those are few:
they are its keys.
Records that are declared alike in several places are one table, with the place as a column.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from concordia.domain.texts import both
from concordia.domain.xsd.components import SchemaError, local_name
from concordia.domain.xsd.simple import Simple
from concordia.domain.xsd.tree import Attribute, Part

_MOST_KEYS = 8  # an element with more single values is a body of figures, not a heading

type Way = tuple[Part, ...]  # from the root down to a part


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single value: the parts above it, and its attribute where it is one. `sure`: it is never left out."""

    way: Way
    attribute: Attribute | None
    sure: bool

    @property
    def simple(self) -> Simple:
        """What its values are."""
        found = self.attribute.simple if self.attribute else self.way[-1].simple
        if found is None:
            raise ValueError(self.name)
        return found

    @property
    def name(self) -> str:
        """Its own name, without namespace."""
        return local_name(self.attribute.name if self.attribute else self.way[-1].name)

    @property
    def documentation(self) -> tuple[str, ...]:
        """What the schema says of it."""
        return self.attribute.documentation if self.attribute else self.way[-1].documentation

    def names(self) -> list[str]:
        """The names that lead to it, the nearest last."""
        steps = [local_name(part.name) for part in self.way]
        return [*steps, self.name] if self.attribute else steps


@dataclass(slots=True)
class Table:
    """A kind of record. `places` are the ways to it; `own` its values, each way beginning at the record."""

    name: str
    part: Part
    places: list[Way] = field(default_factory=list)
    own: list[Leaf] = field(default_factory=list)
    outer: list[tuple[str, tuple[Leaf, ...]]] = field(default_factory=list)
    around: "Table | None" = None


def tables_of(roots: Sequence[Part], wanted: str | None) -> list[Table]:
    """The tables of messages that begin with one of these. Raises SchemaError when nothing is a record."""
    found: dict[tuple[str, ...], Table] = {}
    for root in roots:
        for way in _records((root,), wanted):
            table = found.setdefault(way[-1].origin, Table(local_name(way[-1].name), way[-1]))
            table.places.append(way)
    tables = [table for table in found.values() if _filled(table, wanted)]
    if not tables:
        raise SchemaError(
            both(
                f"Het schema heeft geen record “{wanted or ''}”.",
                f"The schema has no record “{wanted or ''}”.",
            ),
            both(f"Kies uit: {_known(roots)}.", f"Choose from: {_known(roots)}."),
        )
    for table in tables:
        table.around = _around(table, tables)
        table.outer = list(_outer(table))
    _name(tables)
    return tables


def _records(way: Way, wanted: str | None) -> Iterator[Way]:
    part = way[-1]
    is_wanted = local_name(part.name) == wanted if wanted else (len(way) == 1 or part.repeats)
    if is_wanted:
        yield way
    for child in part.parts:
        yield from _records((*way, child), wanted)


def _filled(table: Table, wanted: str | None) -> bool:
    table.own = list(_leaves((table.part,), sure=True))
    return bool(table.own) or wanted is not None


def _leaves(way: Way, *, sure: bool) -> Iterator[Leaf]:
    part = way[-1]
    for attribute in part.attributes:
        yield Leaf(way, attribute, sure and attribute.required)
    if part.simple is not None:
        yield Leaf(way, None, sure and not part.nillable)
    for child in part.parts:
        if not child.repeats:
            yield from _leaves((*way, child), sure=sure and child.least > 0)


def _outer(table: Table) -> Iterator[tuple[str, tuple[Leaf, ...]]]:
    """What is filled down, by the name it gets: only what stands around the record in each of its places."""
    by_place = [list(_around_leaves(way)) for way in table.places]
    keyed = [{_key(leaf, leaves): leaf for leaf in leaves} for leaves in by_place]
    for key in keyed[0]:
        if all(key in one for one in keyed):
            yield key, tuple(one[key] for one in keyed)


def _key(leaf: Leaf, beside: Sequence[Leaf]) -> str:
    is_single = sum(other.name == leaf.name for other in beside) == 1
    return leaf.name if is_single else "_".join(leaf.names()[-2:])


def _around_leaves(way: Way) -> Iterator[Leaf]:
    for depth in range(1, len(way)):
        part, following = way[depth - 1], way[depth].name
        for attribute in part.attributes:
            yield Leaf(way[:depth], attribute, attribute.required)
        until = next(at for at, child in enumerate(part.parts) if child.name == following)
        values = [child for child in part.parts[:until] if child.simple is not None and not child.repeats]
        for child in values if len(values) <= _MOST_KEYS else ():
            yield Leaf((*way[:depth], child), None, child.least > 0 and not child.nillable)


def steps_of(way: Way) -> tuple[str, ...]:
    """The names on a way."""
    return tuple(part.name for part in way)


def _around(table: Table, tables: Sequence[Table]) -> Table | None:
    """The table whose records hold those of this one in every place, the nearest; not the message itself."""
    holders, places = [], {steps_of(way): other for other in tables for way in other.places}
    for way in table.places:
        inside = [
            places[up] for depth in range(len(way) - 1, 1, -1) if (up := steps_of(way[:depth])) in places
        ]
        holders.append(inside[0] if inside else None)
    return holders[0] if holders and all(holder is holders[0] for holder in holders) else None


def _name(tables: list[Table]) -> None:
    """Tables that are called alike get the name of what they stand in before theirs."""
    taken: set[str] = set()
    for table in tables:
        steps = [local_name(part.name) for part in table.places[0]]
        names = ["_".join(steps[-length:]) for length in range(1, len(steps) + 1)]
        names += [f"{steps[-1]}_{number}" for number in range(2, len(tables) + 2)]
        table.name = next(name for name in map(identifier, names) if name.lower() not in taken)
        taken.add(table.name.lower())


def identifier(name: str) -> str:
    """A name of letters, digits and underscores."""
    made = "".join(sign if sign.isascii() and (sign.isalnum() or sign == "_") else "_" for sign in name)
    return made if made[:1].isalpha() or made[:1] == "_" else f"_{made}"


def _known(roots: Sequence[Part]) -> str:
    names = dict.fromkeys(local_name(way[-1].name) for root in roots for way in _records((root,), None))
    return ", ".join(list(names)[:20])
