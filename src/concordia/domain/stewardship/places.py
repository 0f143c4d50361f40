"""Where something stands in a contract, in the paths that problems are told by."""

from collections.abc import Iterator
from dataclasses import dataclass

from concordia.domain.contracts.model import Contract, Property, Quality, SchemaObject


@dataclass(frozen=True, slots=True)
class Spot:
    """A column, or a part of one, with its path (`schema.declarations.properties.amount`)."""

    path: str
    item: SchemaObject
    column: Property


def path_of(item: SchemaObject) -> str:
    """The path of an object."""
    return f"schema.{item.name}"


def spots(item: SchemaObject) -> Iterator[Spot]:
    """Every column of an object, and what lies inside it."""
    for column in item.properties:
        yield from _inside(Spot(f"{path_of(item)}.properties.{column.name}", item, column))


def _inside(spot: Spot) -> Iterator[Spot]:
    yield spot
    for part in spot.column.properties:
        yield from _inside(Spot(f"{spot.path}.properties.{part.name}", spot.item, part))


def check_path(owner: str, check: Quality, number: int) -> str:
    """The path of a quality check below that of its owner: by its name where it has one."""
    return f"{owner}.quality.{check.name}" if check.name else f"{owner}.quality[{number}]"


def checks(contract: Contract) -> Iterator[tuple[str, SchemaObject, Property | None, Quality]]:
    """Every quality check, with its path, its object and its column."""
    for item in contract.objects:
        for number, check in enumerate(item.quality):
            yield check_path(path_of(item), check, number), item, None, check
        for spot in spots(item):
            for number, check in enumerate(spot.column.quality):
                yield check_path(spot.path, check, number), item, spot.column, check


def rule_paths(item: SchemaObject) -> dict[str, str]:
    """The path in the contract of each rule that is made of it, by the key of the rule."""
    found: dict[str, str] = {}
    owners = [(item.name, path_of(item), item.quality)]
    for column in item.properties:
        key, path = f"{item.name}.{column.name}", f"{path_of(item)}.properties.{column.name}"
        found[f"{key}.inside"] = path
        found[f"{key}.semanticType"] = f"{path}.customProperties.semanticType"
        found |= {f"{key}.{name}": f"{path}.logicalTypeOptions.{name}" for name in column.options}
        found |= {
            f"{key}.relationships[{n}]": f"{path}.relationships[{n}]"
            for n, _ in enumerate(column.relationships)
        }
        owners.append((key, path, column.quality))
    for key, path, listed in owners:
        for number, check in enumerate(listed):
            found[f"{key}.quality.{check.id or check.name or number}"] = check_path(path, check, number)
    for number, _ in enumerate(item.relationships):
        found[f"{item.name}.relationships[{number}]"] = f"{path_of(item)}.relationships[{number}]"
    return found
