"""What is wrong with the options of columns: ranges that are empty, bounds that are none, patterns that are none."""

import re
from collections.abc import Iterator
from typing import Any

from concordia.domain.checking.options import bound_of
from concordia.domain.checking.patterns import LONGEST
from concordia.domain.checking.sorts import Kind, Misfit, Sort, sort_of
from concordia.domain.problems import Problem
from concordia.domain.stewardship.places import Spot
from concordia.domain.texts import both

_SIZES = (("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"))
LOWER, UPPER = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")


def option_problems(spot: Spot) -> Iterator[Problem]:
    """Everything that is wrong with the options of a column."""
    options = spot.column.options
    path = f"{spot.path}.logicalTypeOptions"
    yield from _bounds(path, sort_of(spot.column), options)
    for low, high in _SIZES:
        if low in options and high in options and options[low] > options[high]:
            yield _empty(f"{path}.{low}", low, options[low], high, options[high])
    if isinstance(options.get("pattern"), str) and not is_pattern(options["pattern"]):
        yield not_a_pattern(f"{path}.pattern", options["pattern"])
    yield from _parts(spot, path)
    yield from _digits(spot)


def _bounds(path: str, sort: Sort, options: dict[str, Any]) -> Iterator[Problem]:
    read: dict[str, Any] = {}
    for name in (*LOWER, *UPPER):
        if name in options and not isinstance(options[name], bool) and sort.kind in _ORDERED:
            try:
                read[name] = bound_of(sort, options[name])
            except Misfit:
                yield _no_value(f"{path}.{name}", sort, options[name])
    for low in LOWER:
        for high in UPPER:
            if low in read and high in read and _leaves_nothing(read, low, high):
                yield _empty(f"{path}.{low}", low, options[low], high, options[high])


_ORDERED = {Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT, Kind.DATE, Kind.TIMESTAMP, Kind.TIME}
_FORMS = {
    Kind.DATE: "2026-01-31",
    Kind.TIMESTAMP: "2026-01-31T09:00:00Z",
    Kind.TIME: "09:00:00",
}


def _leaves_nothing(read: dict[str, Any], low: str, high: str) -> bool:
    touching = read[low] == read[high] and "exclusive" in low + high
    return bool(read[low] > read[high]) or touching


def _no_value(path: str, sort: Sort, value: Any) -> Problem:
    example = _FORMS.get(sort.kind, "12.5")
    return Problem(
        path,
        both(
            f"De grens “{value}” is geen waarde van deze soort.",
            f"The bound “{value}” is no value of this sort.",
        ),
        both(f"Schrijf bijvoorbeeld {example}.", f"Write for example {example}."),
    )


def _empty(path: str, low: str, first: Any, high: str, last: Any) -> Problem:
    return Problem(
        path,
        both(
            f"Tussen {low} {first} en {high} {last} past niets.",
            f"Nothing fits between {low} {first} and {high} {last}.",
        ),
        both("Verwissel ze, of verruim er een.", "Exchange them, or widen one of them."),
    )


def not_a_pattern(path: str, written: str) -> Problem:
    """That a text is no regular expression."""
    return Problem(
        path,
        both(f"“{written[:60]}” is geen patroon.", f"“{written[:60]}” is no pattern."),
        both("Controleer haakjes, herhalingen en backslashes.", "Check brackets, repeats and backslashes."),
    )


def is_pattern(written: str) -> bool:
    """Whether a text is a regular expression of any engine we know of; a very long one is taken to be."""
    if len(written) > LONGEST:
        return True
    common = re.sub(
        r"\\[pP]\{[A-Za-z_=]+\}|\\[pP][A-Z]|\\c[A-Za-z]|\\u\{[0-9A-Fa-f]+\}|\\[hHRKGzX]", "a", written
    )
    common = re.sub(r"\(\?<(?![=!])", "(?P<", common)
    common = re.sub(r"\\k<(\w+)>", r"(?P=\1)", common)
    try:
        re.compile(common)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _parts(spot: Spot, path: str) -> Iterator[Problem]:
    """What an object asks of its parts, held against the parts themselves."""
    asked = spot.column.options.get("required")
    parts = {part.name: part for part in spot.column.properties}
    if not isinstance(asked, list) or not parts:
        return
    for name in asked:
        if name not in parts:
            yield Problem(
                f"{path}.required",
                both(f"Er is geen deel “{name}”.", f"There is no part “{name}”."),
                both("Noem delen die er zijn.", "Name parts that are there."),
            )
        elif "required" in parts[name].model_fields_set and not parts[name].required:
            yield Problem(
                f"{spot.path}.properties.{name}.required",
                both(
                    f"“{name}” hoeft hier niet, maar volgens “{spot.column.name}” wel.",
                    f"“{name}” may be absent here, but not according to “{spot.column.name}”.",
                ),
                both("Kies er een.", "Choose one of them."),
            )
    for name, part in parts.items():
        if part.required and name not in asked:
            yield Problem(
                f"{path}.required",
                both(
                    f"“{name}” is verplicht, maar staat niet in deze lijst.",
                    f"“{name}” is required, but does not stand in this list.",
                ),
                both("Zet het erbij, of haal required weg.", "Add it, or take required away."),
            )


def _digits(spot: Spot) -> Iterator[Problem]:
    sort = sort_of(spot.column)
    if sort.kind is Kind.DECIMAL and (sort.scale > sort.precision or sort.precision == 0):
        yield Problem(
            f"{spot.path}.physicalType",
            both(
                f"{spot.column.physical_type}: meer cijfers achter de komma dan in totaal.",
                f"{spot.column.physical_type}: more digits behind the point than there are.",
            ),
            both("Schrijf bijvoorbeeld decimal(12,2).", "Write for example decimal(12,2)."),
        )
