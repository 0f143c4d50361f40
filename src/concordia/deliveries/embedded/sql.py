"""SQL for the embedded engine. Every name and value of a contract or file passes `name` or `text`."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from concordia.deliveries.embedded.semantics import semantic_sql
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
    Value,
    Written,
)
from concordia.domain.checking.sorts import Kind, Sort

_BOTTOM, _TOP = "-99999999999999999999999999999999999999", "99999999999999999999999999999999999999"


def name(written: str) -> str:
    """An identifier."""
    return '"' + written.replace('"', '""') + '"'


def text(written: str) -> str:
    """A text between quotes. NUL, which SQL text cannot hold, is written by its number."""
    parts = ["'" + part.replace("'", "''") + "'" for part in written.split("\0")]
    return parts[0] if len(parts) == 1 else "(" + " || chr(0) || ".join(parts) + ")"


def value(given: Value) -> str:  # noqa: C901 - one line for each kind of value
    """A literal value of a rule."""
    match given:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if given else "FALSE"
        case int():
            return str(given) if abs(given) < 2**63 else f"CAST({text(str(given))} AS {_wide(given)})"
        case float():
            return f"CAST({text(repr(given))} AS DOUBLE)"
        case Decimal():
            return f"CAST({text(format(given, 'f'))} AS {_decimal(given)})"
        case datetime():
            return f"CAST({text(given.isoformat(sep=' '))} AS TIMESTAMP)"
        case date():
            return f"CAST({text(given.isoformat())} AS DATE)"
        case time():
            return f"CAST({text(given.isoformat())} AS TIME)"
    return text(given)


def _wide(number: int) -> str:
    return "HUGEINT" if -(2**127) <= number < 2**127 else "UHUGEINT" if 0 <= number < 2**128 else "DOUBLE"


def _decimal(number: Decimal) -> str:
    """The narrowest decimal type that holds a number; a number that no such type holds becomes a float."""
    digits, exponent = number.as_tuple().digits, int(number.as_tuple().exponent)
    scale = max(0, -exponent)
    width = max(len(digits) + max(0, exponent), scale, 1)
    return f"DECIMAL({width},{scale})" if width <= 38 else "DOUBLE"


class Forms:
    """Expressions of one delivery as SQL. `cell` names the value of a column, `delivered` what came.

    `is_text` tells whether a column was delivered as text; only then can a written text stand in it.
    """

    def __init__(
        self,
        sorts: dict[str, Sort],
        cell: Callable[[str], str],
        delivered: Callable[[str], str],
        is_text: Callable[[str], bool],
    ) -> None:
        self.sorts, self.cell, self.delivered, self.is_text = sorts, cell, delivered, is_text

    def of(self, node: Expression) -> str:  # noqa: C901 - one line for each kind of expression
        """An expression."""
        match node:
            case Column(named):
                return self.cell(named)
            case Written(named):
                return self.delivered(named)
            case Literal(given):
                return value(given)
            case Compare(operator, left, right):
                return f"({self.of(left)} {operator} {self.of(right)})"
            case IsNull(part):
                return f"({self.of(part)} IS NULL)"
            case Not(part):
                return f"(NOT {self.of(part)})"
            case And(parts) | Or(parts):
                word = " AND " if isinstance(node, And) else " OR "
                return "(" + word.join(self.of(part) for part in parts) + ")"
            case In(part, listed):
                return self._in(part, listed)
            case Matches(part, pattern):
                return f"regexp_matches({self.of(part)}, {text(pattern.neutral)})"
            case Length(part):
                return f"length({self.of(part)})"
            case Case(branches, otherwise):
                whens = " ".join(f"WHEN {self.of(when)} THEN {self.of(then)}" for when, then in branches)
                return f"(CASE {whens} ELSE {self.of(otherwise)} END)"
        return self._other(node)

    def _other(self, node: Expression) -> str:
        match node:
            case Arithmetic():
                return self._calculate(node)
            case Call(called, arguments):
                return _CALLS[called]([self.of(argument) for argument in arguments])
            case Passes(key, part):
                return semantic_sql(key, self.of(part), whole=self._is_whole(part))
        raise TypeError(node)

    def _is_whole(self, part: Expression) -> bool:
        return isinstance(part, Column) and self.sorts[part.name].kind is Kind.INTEGER

    def _in(self, part: Expression, listed: tuple[Value, ...]) -> str:
        if isinstance(part, Written) and not self.is_text(part.name):
            return "FALSE"
        return f"({self.of(part)} IN ({', '.join(value(item) for item in listed)}))"

    def _calculate(self, node: Arithmetic) -> str:
        left, right = self.of(node.left), self.of(node.right)
        if node.operator == "/":
            found = f"(CAST({left} AS DOUBLE) / nullif(CAST({right} AS DOUBLE), 0))"
            return f"(CASE WHEN isfinite({found}) THEN {found} END)"
        if self._is_float(node.left) or self._is_float(node.right):
            divided = (
                f"nullif(CAST({right} AS DOUBLE), 0)" if node.operator == "%" else f"CAST({right} AS DOUBLE)"
            )
            found = f"(CAST({left} AS DOUBLE) {node.operator} {divided})"
            return f"(CASE WHEN isfinite({found}) THEN {found} END)"
        divided = (
            f"nullif(CAST({right} AS HUGEINT), 0)" if node.operator == "%" else f"CAST({right} AS HUGEINT)"
        )
        found = f"TRY(CAST({left} AS HUGEINT) {node.operator} {divided})"
        return f"(CASE WHEN {found} BETWEEN {_BOTTOM} AND {_TOP} THEN {found} END)"

    def _is_float(self, node: Expression) -> bool:
        match node:
            case Column(named):
                return self.sorts[named].kind is Kind.FLOAT
            case Literal(given):
                return isinstance(given, float)
            case Arithmetic(operator, left, right):
                return operator == "/" or self._is_float(left) or self._is_float(right)
            case Call(called, arguments):
                return called in {"abs", "coalesce", "nullif"} and self._is_float(arguments[0])
            case Case(branches, otherwise):
                return any(self._is_float(then) for _, then in branches) or self._is_float(otherwise)
        return False


def _ascii(called: str, given: str) -> str:
    """Only the letters A to Z change: engines do not agree on the others."""
    low, high = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    source, target = (high, low) if called == "lower" else (low, high)
    return f"translate({given}, '{source}', '{target}')"


_CALLS: dict[str, Callable[[list[str]], str]] = {
    "lower": lambda given: _ascii("lower", given[0]),
    "upper": lambda given: _ascii("upper", given[0]),
    "trim": lambda given: f"trim({given[0]}, ' ')",
    "abs": lambda given: f"(CASE WHEN {given[0]} < 0 THEN 0 - {given[0]} ELSE {given[0]} END)",
    "coalesce": lambda given: f"coalesce({', '.join(given)})",
    "nullif": lambda given: f"nullif({given[0]}, {given[1]})",
    "substring": lambda given: f"substring({', '.join(given)})",
    "year": lambda given: f"year({given[0]})",
    "month": lambda given: f"month({given[0]})",
    "day": lambda given: f"day({given[0]})",
}
