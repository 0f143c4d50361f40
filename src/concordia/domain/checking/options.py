"""The options of a logical type as rules: bounds, lengths, patterns, semantic types."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from concordia.domain.checking import meanings
from concordia.domain.checking.expressions import (
    And,
    Arithmetic,
    Call,
    Column,
    Compare,
    Comparison,
    Expression,
    Length,
    Literal,
    Matches,
    Not,
    Passes,
)
from concordia.domain.checking.patterns import Pattern, PatternError
from concordia.domain.checking.rules import NONE_FAILS, ColumnPlan, RowRule, Rule, Severity, Unchecked
from concordia.domain.checking.semantic_types import NINE_DIGITS, SEMANTIC_TYPES
from concordia.domain.checking.sorts import DATE_FORMS, TIME_FORMS, Kind, Misfit, Sort, read_text
from concordia.domain.contracts.model import Property
from concordia.domain.texts import Text, both

_FAILS: dict[str, Comparison] = {
    "minimum": "<",
    "maximum": ">",
    "exclusiveMinimum": "<=",
    "exclusiveMaximum": ">=",
}
_INDIFFERENT = {"timezone", "defaultTimezone", "format"}


def option_rules(key: str, part: Property, column: ColumnPlan) -> Iterator[Rule]:
    """A rule for each option of a column; what cannot be checked is told."""
    for name, value in _told(part.options):
        made = _MAKERS.get(name, _other)(column, name, value)
        if made is None:
            continue
        said, fails = made
        common = (NONE_FAILS, Severity.ERROR, (column.name,))
        if isinstance(fails, Text):
            yield Unchecked(f"{key}.{name}", name, said, *common, reason=fails)
        else:
            yield RowRule(f"{key}.{name}", name, said, *common, fails=fails)
    named = part.custom("semanticType")
    if isinstance(named, str):
        yield _semantic_rule(key, column, named)


def _told(options: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The options as 3.1 writes them: 3.0 said with true or false whether `minimum` itself is allowed."""
    for name, value in options.items():
        side = name.removeprefix("exclusive").lower()
        if isinstance(value, bool) and name.startswith("exclusive"):
            continue
        exclusive = options.get(f"exclusive{name.capitalize()}") is True and side == name
        yield (f"exclusive{name.capitalize()}" if exclusive else name), value


type _Made = tuple[Text, Expression | Text] | None


def _length(column: ColumnPlan, name: str, value: Any) -> _Made:
    operator: Comparison = "<" if name == "minLength" else ">"
    said = meanings.bound(column.label, name, int(value))
    return said, Compare(operator, Length(Column(column.name)), Literal(int(value)))


def _bound(column: ColumnPlan, name: str, value: Any) -> _Made:
    said = meanings.bound(column.label, name, value)
    try:
        literal = Literal(bound_of(column.sort, value))
    except Misfit:
        why = (
            f"De grens “{value}” is geen waarde van deze soort.",
            f"The bound “{value}” is no value of this sort.",
        )
        return said, both(*why)
    return said, Compare(_FAILS[name], Column(column.name), literal)


def bound_of(sort: Sort, written: Any) -> Any:
    """The bound that a contract writes, as a value of the sort. Raises Misfit."""
    if sort.numeric:
        if isinstance(written, bool) or not isinstance(written, int | Decimal):
            raise Misfit(written)
        if sort.kind is Kind.FLOAT:
            return _finite(written)
        return int(written) if written == int(written) else written
    if not isinstance(written, str) or not written.strip():
        raise Misfit(written)
    iso = Sort(sort.kind)
    for form in (sort, iso):
        try:
            return read_text(form, written)
        except Misfit:
            continue
    if sort.kind is Kind.TIMESTAMP:
        return read_text(iso, f"{written}T00:00:00")
    raise Misfit(written)


def _finite(written: int | Decimal) -> float:
    try:
        value = float(written)
    except OverflowError:
        raise Misfit(written) from None
    if value in (float("inf"), float("-inf")):
        raise Misfit(written)
    return value


def _multiple(column: ColumnPlan, name: str, value: Any) -> _Made:
    said = meanings.bound(column.label, name, value)
    cell = Column(column.name)
    if column.sort.kind is Kind.INTEGER and value == int(value):
        return said, Compare("<>", Arithmetic("%", cell, Literal(int(value))), Literal(0))
    if column.sort.kind is Kind.FLOAT and abs(value) < Decimal("1e300"):
        rest = Call("abs", (Arithmetic("%", cell, Literal(float(value))),))
        nearly = float(value) * 1e-9
        between = And(
            (Compare(">", rest, Literal(nearly)), Compare("<", rest, Literal(float(value) - nearly)))
        )
        return said, between
    return said, both(
        "Een veelvoud van een breuk wordt niet nagegaan.", "A multiple of a fraction is not checked."
    )


def _pattern(column: ColumnPlan, name: str, value: Any) -> _Made:  # noqa: ARG001
    said = meanings.matches(column.label, str(value))
    try:
        return said, Not(Matches(Column(column.name), Pattern.read(str(value))))
    except PatternError as error:
        return said, both(
            f"Dit patroon kan niet overal gelijk worden nagegaan ({error}).",
            f"This pattern cannot be checked alike everywhere ({error}).",
        )


def _format(column: ColumnPlan, name: str, value: Any) -> _Made:  # noqa: ARG001
    """A known semantic type is checked; the form of a date is part of its sort; another word is told."""
    if column.sort.kind is Kind.TEXT and value in SEMANTIC_TYPES:
        said = meanings.semantic(column.label, SEMANTIC_TYPES[value].name)
        return said, Not(Passes(value, Column(column.name)))
    if column.sort.numeric or value in (*DATE_FORMS, *TIME_FORMS):
        return None
    said = both(f"“{column.label}” heeft de vorm {value}.", f"“{column.label}” has the form {value}.")
    return said, both(f"De vorm “{value}” is hier niet bekend.", f"The form “{value}” is not known here.")


def _other(column: ColumnPlan, name: str, value: Any) -> _Made:
    if name in _INDIFFERENT:
        return None
    said = both(f"“{column.label}”: {name} {value}.", f"“{column.label}”: {name} {value}.")
    return said, both("Deze eis is hier niet bekend.", "This demand is not known here.")


def _semantic_rule(key: str, column: ColumnPlan, named: str) -> Rule:
    numbers = column.sort.kind is Kind.INTEGER and named in NINE_DIGITS
    common = (NONE_FAILS, Severity.ERROR, (column.name,))
    if named in SEMANTIC_TYPES and (column.sort.kind is Kind.TEXT or numbers):
        said = meanings.semantic(column.label, SEMANTIC_TYPES[named].name)
        fails = Not(Passes(named, Column(column.name)))
        return RowRule(f"{key}.semanticType", "semanticType", said, *common, fails=fails)
    said = both(f"“{column.label}” is een {named}.", f"“{column.label}” is a {named}.")
    why = both(f"De soort “{named}” is hier niet bekend.", f"The type “{named}” is not known here.")
    return Unchecked(f"{key}.semanticType", "semanticType", said, *common, reason=why)


_MAKERS: dict[str, Callable[[ColumnPlan, str, Any], _Made]] = {
    "minLength": _length,
    "maxLength": _length,
    **dict.fromkeys(_FAILS, _bound),
    "multipleOf": _multiple,
    "pattern": _pattern,
    "format": _format,
}
