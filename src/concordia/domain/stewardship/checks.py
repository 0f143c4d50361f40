"""What is wrong with a contract beyond its form: what contradicts itself, points nowhere or can never hold."""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from concordia.domain.contracts.model import (
    Contract,
    Property,
    Relationship,
    SchemaObject,
    column_of,
)
from concordia.domain.problems import Problem
from concordia.domain.stewardship.csv_files import csv_problems
from concordia.domain.stewardship.measures import measure_problems
from concordia.domain.stewardship.options import option_problems
from concordia.domain.stewardship.places import path_of, spots
from concordia.domain.texts import Text, both


def problems(contract: Contract) -> Iterator[Problem]:
    """Every fault beyond form, in the order of the document."""
    yield from _twice("schema", [item.name for item in contract.objects], _OBJECT)
    for item in contract.objects:
        path = path_of(item)
        yield from _columns(item)
        yield from _key_positions(path, item.properties)
        for spot in spots(item):
            yield from option_problems(spot)
        yield from _relationships(contract, item)
    yield from measure_problems(contract)
    yield from csv_problems(contract)


_OBJECT = ("Een tabel", "A table")
_COLUMN = ("Een kolom", "A column")


def _twice(path: str, names: Sequence[str], thing: tuple[str, str]) -> Iterator[Problem]:
    for name, times in Counter(names).items():
        if times > 1:
            nl, en = thing
            yield Problem(
                f"{path}.{name}",
                both(
                    f"{nl} met de naam “{name}” staat er {times} keer.",
                    f"{en} with the name “{name}” stands here {times} times.",
                ),
                both("Geef elk een eigen naam.", "Give each a name of its own."),
            )


def _columns(item: SchemaObject) -> Iterator[Problem]:
    path = f"{path_of(item)}.properties"
    yield from _twice(path, [column.name for column in item.properties], _COLUMN)
    for spot in spots(item):
        inside = [part.name for part in spot.column.properties]
        yield from _twice(f"{spot.path}.properties", inside, _COLUMN)
    by_source: dict[str, list[str]] = {}
    for column in item.properties:
        by_source.setdefault(column.source_name, []).append(column.name)
    for source, names in by_source.items():
        if len(set(names)) > 1:
            listed = ", ".join(f"“{name}”" for name in names)
            yield Problem(
                f"{path}.{names[1]}.physicalName",
                both(
                    f"{listed} lezen dezelfde kolom “{source}” van het bestand.",
                    f"{listed} read the same column “{source}” of the file.",
                ),
                both("Geef elk een eigen physicalName.", "Give each a physicalName of its own."),
            )


def _key_positions(path: str, columns: Sequence[Property]) -> Iterator[Problem]:
    taken: dict[int, str] = {}
    for column in columns:
        position = column.primary_key_position
        if not column.primary_key or position < 0:
            continue
        if position in taken:
            yield Problem(
                f"{path}.properties.{column.name}.primaryKeyPosition",
                both(
                    f"Plaats {position} in de sleutel is al van “{taken[position]}”.",
                    f"Position {position} in the key is already that of “{taken[position]}”.",
                ),
                both("Nummer de kolommen van de sleutel 1, 2, 3.", "Number the columns of the key 1, 2, 3."),
            )
        taken.setdefault(position, column.name)


def _relationships(contract: Contract, item: SchemaObject) -> Iterator[Problem]:
    path = path_of(item)
    for column in item.properties:
        for number, relation in enumerate(column.relationships):
            where = f"{path}.properties.{column.name}.relationships[{number}]"
            yield from _ends(contract, where, relation, from_count=1)
    for number, relation in enumerate(item.relationships):
        where = f"{path}.relationships[{number}]"
        ours = listed(relation.from_)
        for end in ours:
            yield from _own_end(item, f"{where}.from", end)
        yield from _ends(contract, where, relation, from_count=len(ours))


def listed(written: str | tuple[str, ...]) -> tuple[str, ...]:
    """The columns of one end of a relationship."""
    return (written,) if isinstance(written, str) else written


def _own_end(item: SchemaObject, path: str, end: str) -> Iterator[Problem]:
    named = column_of(end)
    if named is None:
        return
    if named[0] not in {item.name, item.physical_name}:
        yield Problem(
            path,
            both(f"“{end}” is geen kolom van “{item.name}”.", f"“{end}” is no column of “{item.name}”."),
            both(
                "Een verwijzing van een tabel begint bij haar eigen kolommen.",
                "A reference of a table starts at its own columns.",
            ),
        )
    elif named[1] not in {column.name for column in item.properties}:
        yield no_column(path, named[1], item)


def _ends(contract: Contract, path: str, relation: Relationship, from_count: int) -> Iterator[Problem]:
    ends = listed(relation.to)
    if len(ends) != from_count:
        yield Problem(
            path,
            both(
                f"Van {from_count} naar {len(ends)} kolommen: dat gaat niet.",
                f"From {from_count} to {len(ends)} columns: that cannot be.",
            ),
            both(
                "Noem aan beide kanten evenveel kolommen, in dezelfde volgorde.",
                "Name as many columns on both sides, in the same order.",
            ),
        )
    for end in ends:
        named = column_of(end)
        target = target_of(contract, named[0]) if named else None
        if named and target and named[1] not in {column.name for column in target.properties}:
            yield no_column(f"{path}.to", named[1], target)


def target_of(contract: Contract, name: str) -> SchemaObject | None:
    """The object of a contract that a reference names; None where it is one of elsewhere."""
    return next((item for item in contract.objects if name in {item.name, item.physical_name}), None)


def no_column(path: str, name: str, item: SchemaObject) -> Problem:
    """That an object has no such column, with the one that may be meant."""
    return Problem(
        path,
        both(f"“{item.name}” heeft geen kolom “{name}”.", f"“{item.name}” has no column “{name}”."),
        meant(name, [column.name for column in item.properties]),
    )


def meant(name: str, known: Sequence[str]) -> Text:
    """The word that may be meant, or those there are."""
    close = get_close_matches(name.lower(), [word.lower() for word in known], n=1, cutoff=0.7)
    for word in known:
        if close and word.lower() == close[0]:
            return both(f"Bedoelde u “{word}”?", f"Did you mean “{word}”?")
    shown = ", ".join(known[:12]) or "–"
    return both(f"Kies uit: {shown}.", f"Choose from: {shown}.")
