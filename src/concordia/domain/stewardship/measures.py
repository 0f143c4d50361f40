"""What is wrong with the quality checks of a contract: arguments that are missing, norms that can never hold."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic.alias_generators import to_camel

from concordia.domain.contracts.model import Contract, Property, Quality, SchemaObject
from concordia.domain.problems import Problem
from concordia.domain.stewardship.options import is_pattern, not_a_pattern
from concordia.domain.stewardship.places import checks
from concordia.domain.texts import both

PERCENT = frozenset({"percent", "percentage", "%"})
UNITS = frozenset({"rows", *PERCENT})
_OF_COLUMN = ("nullValues", "missingValues", "invalidValues")


def measure_problems(contract: Contract) -> Iterator[Problem]:
    """Every fault of a quality check."""
    for path, item, column, check in checks(contract):
        if check.measured:
            yield from _place(path, check.measured, column)
            yield from _arguments(path, check, item, column)
        yield from _norm(path, check)


def _place(path: str, metric: str, column: Property | None) -> Iterator[Problem]:
    if metric == "rowCount" and column is not None:
        yield Problem(
            f"{path}.metric",
            both("rowCount telt de regels van een hele tabel.", "rowCount counts the rows of a whole table."),
            both("Zet deze controle bij de tabel.", "Put this check with the table."),
        )
    if metric in _OF_COLUMN and column is None:
        yield Problem(
            f"{path}.metric",
            both(f"{metric} kijkt naar één kolom.", f"{metric} looks at one column."),
            both("Zet deze controle bij de kolom.", "Put this check with the column."),
        )


def _arguments(path: str, check: Quality, item: SchemaObject, column: Property | None) -> Iterator[Problem]:
    given = check.arguments or {}
    match check.measured:
        case "missingValues":
            yield from _list(path, "missingValues", given)
        case "invalidValues":
            yield from _valid(path, given)
        case "duplicateValues" if column is None:
            yield from _list(path, "properties", given)
            yield from _named(path, given, item)


def _list(path: str, name: str, given: dict[str, Any]) -> Iterator[Problem]:
    if not isinstance(given.get(name), list) or not given[name]:
        yield Problem(
            f"{path}.arguments.{name}",
            both(f"Hier hoort een lijst {name}.", f"A list {name} belongs here."),
            both(f"Schrijf arguments met {name}: [...].", f"Write arguments with {name}: [...]."),
        )


def _valid(path: str, given: dict[str, Any]) -> Iterator[Problem]:
    if "validValues" in given:
        yield from _list(path, "validValues", given)
    if "pattern" in given and not (isinstance(given["pattern"], str) and is_pattern(given["pattern"])):
        yield not_a_pattern(f"{path}.arguments.pattern", str(given["pattern"]))
    if "validValues" not in given and "pattern" not in given:
        yield Problem(
            f"{path}.arguments",
            both("Er staat niet bij welke waarden geldig zijn.", "It does not say which values are valid."),
            both(
                "Schrijf arguments met validValues of pattern.",
                "Write arguments with validValues or pattern.",
            ),
        )


def _named(path: str, given: dict[str, Any], item: SchemaObject) -> Iterator[Problem]:
    known = {part.name for part in item.properties}
    names = given.get("properties")
    for name in names if isinstance(names, list) else ():
        if not isinstance(name, str) or name not in known:
            yield Problem(
                f"{path}.arguments.properties",
                both(f"“{item.name}” heeft geen kolom “{name}”.", f"“{item.name}” has no column “{name}”."),
                both("Noem kolommen van deze tabel.", "Name columns of this table."),
            )


def _norm(path: str, check: Quality) -> Iterator[Problem]:
    unit = (check.unit or "rows").lower()
    if check.measured and unit not in UNITS:
        yield Problem(
            f"{path}.unit",
            both(f"“{check.unit}” is hier geen eenheid.", f"“{check.unit}” is no unit here."),
            both("Kies uit: rows, percent.", "Choose from: rows, percent."),
        )
    if check.operator is None:
        return
    given = getattr(check, check.operator)
    bounds = given if isinstance(given, tuple) else (given,)
    where = f"{path}.{to_camel(check.operator)}"
    if not all(_is_number(bound) for bound in bounds):
        if check.measured:
            yield Problem(
                where,
                both("De norm is geen getal.", "The norm is no number."),
                both("Schrijf hier een getal.", "Write a number here."),
            )
        return
    yield from _range(where, bounds)
    if check.measured:
        yield from _possible(where, bounds, percent=unit in PERCENT)


def _range(where: str, bounds: tuple[Any, ...]) -> Iterator[Problem]:
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        yield Problem(
            where,
            both(
                f"{bounds[0]} is meer dan {bounds[1]}: daar ligt niets tussen.",
                f"{bounds[0]} is more than {bounds[1]}: nothing lies between.",
            ),
            both("Schrijf het kleinste getal eerst.", "Write the smallest number first."),
        )


def _possible(where: str, bounds: tuple[Any, ...], *, percent: bool) -> Iterator[Problem]:
    if any(bound < 0 for bound in bounds):
        yield Problem(
            where,
            both("Een aantal is nooit onder nul.", "A count is never below zero."),
            both("Schrijf nul of meer.", "Write zero or more."),
        )
    if percent and any(bound > 100 for bound in bounds):
        yield Problem(
            where,
            both("Een aandeel is nooit meer dan 100 procent.", "A share is never over 100 percent."),
            both("Schrijf 100 of minder.", "Write 100 or less."),
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
