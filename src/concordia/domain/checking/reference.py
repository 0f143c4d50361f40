"""The meaning of every rule in plain Python: slow, obvious, and what engines are held to.

Rows are maps from column names to what was delivered: text, or a value of Python's own.
"""

import math
import operator as operators
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from concordia.domain.checking.expressions import (
    And,
    Arithmetic,
    Call,
    Case,
    Column,
    Compare,
    Expression,
    In,
    IsNull,
    Length,
    Literal,
    Matches,
    Not,
    Or,
    Passes,
    Written,
)
from concordia.domain.checking.rules import (
    CountRule,
    KeyRule,
    Plan,
    ReferenceRule,
    RowRule,
    Rule,
    TotalRule,
    TypeRule,
)
from concordia.domain.checking.semantic_types import passes
from concordia.domain.checking.sorts import Kind, Misfit, Sort, read_text

FLOAT_SCALE = 15  # a binary float has no more decimals than this to stand for

type Row = Mapping[str, Any]


def counts(
    plan: Plan, rows: Sequence[Row], references: Mapping[str, Sequence[Row]] | None = None
) -> dict[str, int | None]:
    """What each rule counts in these rows, by its key; None for what cannot be checked by reading rows."""
    read = [_read_row(plan, row) for row in rows]
    return {rule.key: _count(rule, read, references or {}) for rule in plan.rules}


def _read_row(plan: Plan, row: Row) -> tuple[Row, Row, frozenset[str]]:
    """What was written, the values, and the columns in which something stands that is no value."""
    values: dict[str, Any] = {}
    written: dict[str, Any] = {}
    misfits = set()
    for column in plan.columns:
        given = row.get(column.name)
        try:
            values[column.name] = read_value(column.sort, given)
            written[column.name] = None if values[column.name] is None else given
        except Misfit:
            values[column.name], written[column.name] = None, given
            misfits.add(column.name)
    return written, values, frozenset(misfits)


def read_value(sort: Sort, given: Any) -> Any:
    """A delivered value as one of the sort; None for nothing. Raises Misfit."""
    if given is None:
        return None
    if isinstance(given, str):
        return read_text(sort, given)
    return _typed(sort, given)


def _typed(sort: Sort, given: Any) -> Any:
    if sort.kind is Kind.TEXT:
        raise Misfit(given)
    if sort.numeric and isinstance(given, int | float | Decimal) and not isinstance(given, bool):
        return _number(sort, given)
    wanted = {Kind.BOOLEAN: bool, Kind.TIMESTAMP: datetime, Kind.DATE: date, Kind.TIME: time}.get(sort.kind)
    is_day = sort.kind is Kind.DATE and isinstance(given, datetime)
    if wanted and isinstance(given, wanted) and not is_day:
        return given
    raise Misfit(given)


def _number(sort: Sort, given: int | float | Decimal) -> Any:
    if given != given or given in (float("inf"), float("-inf")):
        raise Misfit(given)
    if sort.kind is Kind.FLOAT:
        return float(given)
    if isinstance(given, float) and sort.kind is Kind.DECIMAL:
        return _from_float(sort, given)
    exact = Fraction(given)
    if sort.kind is Kind.INTEGER:
        if exact.denominator != 1 or not sort.low <= exact <= sort.high:
            raise Misfit(given)
        return int(exact)
    scaled = exact * 10**sort.scale
    if scaled.denominator != 1 or abs(scaled) >= 10**sort.precision:
        raise Misfit(given)
    with localcontext(prec=80):
        return Decimal(int(scaled)).scaleb(-sort.scale)


def _from_float(sort: Sort, given: float) -> Decimal:
    """A binary float stands for the decimal number of this scale that it is nearest to, if it is that one's float."""
    if sort.scale > FLOAT_SCALE:
        raise Misfit(given)
    with localcontext(prec=400):
        found = Decimal(given).quantize(Decimal(1).scaleb(-sort.scale))
    if float(found) != given or abs(found.scaleb(sort.scale)) >= 10**sort.precision:
        raise Misfit(given)
    return found


def _count(rule: Rule, rows: list[Any], references: Mapping[str, Sequence[Row]]) -> int | None:
    values = [value for _, value, _ in rows]
    match rule:
        case RowRule():
            return sum(truth(rule.fails, value, written) is True for written, value, _ in rows)
        case TypeRule():
            return sum(rule.columns[0] in misfits for _, _, misfits in rows)
        case CountRule():
            return len(rows)
        case KeyRule():
            keys = Counter(_keys(values, rule.columns))
            return sum(times - 1 for times in keys.values())
        case ReferenceRule():
            known = set(_keys(references[rule.target], rule.target_columns))
            return sum(key not in known for key in _keys(values, rule.columns))
        case TotalRule():
            return _differing(rule, values, references[rule.target])
    return None


def _keys(rows: Iterable[Row], columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The values of these columns together, of the rows in which none of them is null."""
    keys = (tuple(row.get(name) for name in columns) for row in rows)
    return [key for key in keys if None not in key]


def _differing(rule: TotalRule, rows: list[Row], target: Sequence[Row]) -> int:
    ours: dict[tuple[Any, ...], Fraction] = {}
    for row in rows:
        key = tuple(row.get(name) for name in rule.columns)
        if None not in key:
            ours[key] = ours.get(key, Fraction(0)) + Fraction(row.get(rule.total) or 0)
    theirs = {
        tuple(row.get(name) for name in rule.target_columns): Fraction(row.get(rule.equals) or 0)
        for row in target
    }
    return sum(ours.get(key) != theirs.get(key) for key in ours.keys() | theirs.keys())


def truth(expression: Expression, values: Row, written: Row) -> bool | None:
    """The truth of a predicate for one row: True, False, or None for unknown."""
    found = value(expression, values, written)
    return found if isinstance(found, bool) else None


def value(expression: Expression, values: Row, written: Row) -> Any:  # noqa: C901 - one line for each kind
    """The value of an expression for one row."""

    def of(part: Expression) -> Any:
        return value(part, values, written)

    match expression:
        case Column(name):
            return values.get(name)
        case Written(name):
            return written.get(name)
        case Literal(given):
            return given
        case IsNull(part):
            return of(part) is None
        case Not(part):
            return None if (found := of(part)) is None else not found
        case And(parts):
            return _kleene([of(part) for part in parts], decisive=False)
        case Or(parts):
            return _kleene([of(part) for part in parts], decisive=True)
        case Compare(operator, left, right):
            return _compare(operator, of(left), of(right))
        case In(part, listed):
            found = of(part)
            return None if found is None else any(_same(found, item) for item in listed)
        case Matches(part, pattern):
            return None if (found := of(part)) is None else re.search(pattern.python, found) is not None
        case Length(part):
            return None if (found := of(part)) is None else len(found)
        case Arithmetic(operator, left, right):
            return _calculate(operator, of(left), of(right))
        case Passes(semantic_type, part):
            return None if (found := of(part)) is None else passes(semantic_type, found)
        case Call(name, arguments):
            return _call(name, [of(argument) for argument in arguments])
        case Case(branches, otherwise):
            return next((of(then) for when, then in branches if of(when) is True), of(otherwise))
    raise TypeError(expression)


def _kleene(truths: list[bool | None], *, decisive: bool) -> bool | None:
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive


def _same(first: Any, second: Any) -> bool:
    return _compare("=", first, second) is True


def _compare(operator: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    elif isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        left, right = Fraction(left), Fraction(right)
    return _COMPARED[operator](left, right)


def _calculate(operator: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if operator in "/%" and right == 0:
        return None
    if operator == "/":
        return _finite(float(left) / float(right))
    if isinstance(left, float) or isinstance(right, float):
        return _finite(_FLOATS[operator](float(left), float(right)))
    with localcontext(prec=80):
        found = _EXACT[operator](Decimal(left), Decimal(right))
        return None if abs(found) >= Decimal(10) ** 38 else found


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operators.eq,
    "<>": operators.ne,
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}


def _finite(number: float) -> float | None:
    return number if abs(number) != float("inf") and number == number else None


_FLOATS: dict[str, Callable[[float, float], float]] = {
    "+": operators.add,
    "-": operators.sub,
    "*": operators.mul,
    "%": math.fmod,
}
_EXACT: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": operators.add,
    "-": operators.sub,
    "*": operators.mul,
    "%": operators.mod,
}


def _call(name: str, given: list[Any]) -> Any:
    if name == "coalesce":
        return next((item for item in given if item is not None), None)
    if name == "nullif":
        return None if _compare("=", given[0], given[1]) is True else given[0]
    if None in given:
        return None
    return _CALLS[name](*given)


def _substring(text: str, start: Any, size: Any = None) -> str | None:
    start, size = int(start), None if size is None else int(size)
    if start < 1 or (size is not None and size < 0):
        return None
    return text[start - 1 :] if size is None else text[start - 1 : start - 1 + size]


def _ascii(text: str, low: bool) -> str:
    turn = str.lower if low else str.upper
    return "".join(turn(sign) if sign.isascii() else sign for sign in text)


_CALLS: dict[str, Callable[..., Any]] = {
    "lower": lambda text: _ascii(text, low=True),
    "upper": lambda text: _ascii(text, low=False),
    "trim": lambda text: text.strip(" "),
    "abs": abs,
    "substring": _substring,
    "year": lambda moment: moment.year,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
}
