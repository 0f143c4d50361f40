"""Predicates in Spark's SQL. No part of them raises with ANSI on, in whatever order Spark takes them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from concordia.deliveries.spark.semantics import semantic_sql
from concordia.deliveries.spark.sql import (
    DIGITS,
    Typed,
    UnsupportedError,
    alike,
    as_decimal,
    as_float,
    compared,
    literal,
    text,
)
from concordia.deliveries.spark.values import finite
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
from concordia.domain.checking.sorts import Kind


@dataclass(frozen=True, slots=True)
class Forms:
    """A writer of expressions. `cell` gives a column's value, `written` its text as delivered, `nothing` whether
    nothing stands there.

    Every method raises UnsupportedError for what Spark cannot count exactly.
    """

    cell: Callable[[str], Typed]
    written: Callable[[str], str]
    nothing: Callable[[str], str]

    def truth(self, node: Expression) -> str:
        """A predicate."""
        return self.of(node).sql

    def of(self, node: Expression) -> Typed:
        """An expression, with what it gives."""
        match node:
            case Column(named):
                return self.cell(named)
            case Written(named):
                return Typed(self.written(named), Kind.TEXT)
            case Literal(given):
                return literal(given)
            case Length(part):
                return Typed(f"char_length({self.of(part).sql})", Kind.INTEGER, 10, whole=True)
            case Arithmetic():
                return self._calculated(node)
            case Call(called, arguments):
                return self._called(called, arguments)
            case Case(branches, otherwise):
                return self._chosen(branches, otherwise)
        return Typed(self._truth(node), Kind.BOOLEAN)

    def _truth(self, node: Expression) -> str:
        match node:
            case Compare(operator, left, right):
                return compared(operator, self.of(left), self.of(right))
            case IsNull(part):
                return self._is_null(part)
            case Not(part):
                return f"(NOT {self.truth(part)})"
            case And(parts) | Or(parts):
                word = " AND " if isinstance(node, And) else " OR "
                return "(" + word.join(self.truth(part) for part in parts) + ")"
            case In(part, listed):
                return self._in(self.of(part), listed)
            case Matches(part, pattern):
                return f"({self.of(part).sql} RLIKE {text(pattern.neutral)})"
            case Passes(key, part):
                found = self.of(part)
                return semantic_sql(key, found.sql, whole=found.exact)
        raise TypeError(node)

    def _is_null(self, part: Expression) -> str:
        return self.nothing(part.name) if isinstance(part, Written) else f"({self.of(part).sql} IS NULL)"

    def _in(self, found: Typed, listed: tuple[Value, ...]) -> str:
        """One of a list. Beside a whole number, what is no whole number is never found."""
        given = [literal(item) for item in listed]
        if found.exact and not found.scale:
            given = [item for item in given if not item.scale]
        if not given:
            return f"(CASE WHEN {found.sql} IS NOT NULL THEN FALSE END)"
        first, *others = alike([found, *given])
        return f"({first.sql} IN ({', '.join(other.sql for other in others)}))"

    def _calculated(self, node: Arithmetic) -> Typed:
        left, right = self.of(node.left), self.of(node.right)
        if node.operator == "/" or Kind.FLOAT in {left.kind, right.kind}:
            by = as_float(right)
            divided = f"nullif({by}, 0D)" if node.operator in "/%" else by
            return Typed(finite(f"({as_float(left)} {node.operator} {divided})"), Kind.FLOAT)
        first, second = as_decimal(left), as_decimal(right)
        if left.scale or right.scale:
            raise UnsupportedError(
                "Met breuken wordt hier niet gerekend.", "Fractions are not calculated with here."
            )
        if node.operator == "%":
            return Typed(f"({first} % nullif({second}, 0))", Kind.INTEGER, DIGITS)
        return Typed(f"{_EXACT[node.operator]}({first}, {second})", Kind.INTEGER, DIGITS)

    def _chosen(self, branches: tuple[tuple[Expression, Expression], ...], otherwise: Expression) -> Typed:
        *thens, last = alike([*(self.of(then) for _, then in branches), self.of(otherwise)])
        conditions = [self.truth(when) for when, _ in branches]
        whens = " ".join(f"WHEN {when} THEN {then.sql}" for when, then in zip(conditions, thens, strict=True))
        return Typed(f"(CASE {whens} ELSE {last.sql} END)", last.kind, last.before, last.scale, last.whole)

    def _called(self, called: str, arguments: tuple[Expression, ...]) -> Typed:
        if called == "substring":
            return self._substring(arguments)
        given = [self.of(argument) for argument in arguments]
        if called == "coalesce":
            given = alike(given)
            listed = ", ".join(one.sql for one in given)
            return Typed(
                f"coalesce({listed})", given[0].kind, given[0].before, given[0].scale, given[0].whole
            )
        first = given[0]
        if called == "nullif":
            same = compared("=", first, given[1])
            found = f"(CASE WHEN {same} THEN NULL ELSE {first.sql} END)"
            return Typed(found, first.kind, first.before, first.scale, first.whole)
        if called == "abs":
            return _absolute(first)
        kind, form = _CALLS[called]
        return Typed(form(first.sql), kind, 5 if kind is Kind.INTEGER else 0, whole=kind is Kind.INTEGER)

    def _substring(self, arguments: tuple[Expression, ...]) -> Typed:
        ends: list[Any] = [one.value if isinstance(one, Literal) else None for one in arguments[1:]]
        if not all(isinstance(end, int) for end in ends):
            raise UnsupportedError("Een deel van een tekst staat vast.", "A part of a text is fixed.")
        if ends[0] < 1 or any(end < 0 for end in ends[1:]):
            return Typed("CAST(NULL AS STRING)", Kind.TEXT)
        places = ", ".join(str(min(end, 2**31 - 1)) for end in ends)
        return Typed(f"substring({self.of(arguments[0]).sql}, {places})", Kind.TEXT)


def _absolute(one: Typed) -> Typed:
    if one.kind is Kind.FLOAT:
        return Typed(f"abs({one.sql})", Kind.FLOAT)
    return Typed(f"abs({as_decimal(one, one.before, one.scale)})", one.kind, one.before, one.scale)


def _ascii(given: str, low: bool) -> str:
    """Only the letters A to Z change: engines do not agree on the others."""
    small, large = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    source, target = (large, small) if low else (small, large)
    return f"translate({given}, '{source}', '{target}')"


_EXACT = {"+": "try_add", "-": "try_subtract", "*": "try_multiply"}
_CALLS: dict[str, tuple[Kind, Callable[[str], str]]] = {
    "lower": (Kind.TEXT, lambda given: _ascii(given, low=True)),
    "upper": (Kind.TEXT, lambda given: _ascii(given, low=False)),
    "trim": (Kind.TEXT, lambda given: f"trim(BOTH ' ' FROM {given})"),
    "year": (Kind.INTEGER, lambda given: f"year({given})"),
    "month": (Kind.INTEGER, lambda given: f"month({given})"),
    "day": (Kind.INTEGER, lambda given: f"day({given})"),
}
