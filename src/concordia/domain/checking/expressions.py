"""Predicates over the columns of one row, with three truth values: true, false and unknown (None).

A comparison with nothing is unknown; `and`, `or` and `not` follow Kleene, as SQL does. An arithmetic that has no
result (a division by zero, a number that no longer fits) is nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal as OneOf

from concordia.domain.checking.patterns import Pattern

type Value = str | int | Decimal | float | bool | date | datetime | time | None
type Comparison = OneOf["=", "<>", "<", "<=", ">", ">="]
type Operator = OneOf["+", "-", "*", "/", "%"]
type Name = OneOf["lower", "upper", "trim", "abs", "coalesce", "nullif", "substring", "year", "month", "day"]


@dataclass(frozen=True, slots=True)
class Column:
    """The value of a column in this row, of the sort its contract gives it."""

    name: str


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the column as it was delivered, before it is read as a value of its sort."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that the rule itself names."""

    value: Value


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values held against each other. Text by code points, numbers by value, false before true."""

    operator: Comparison
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether there is nothing. Never unknown."""

    of: "Expression"


@dataclass(frozen=True, slots=True)
class In:
    """Whether a value is one of a list of values without nulls; unknown for nothing."""

    of: "Expression"
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """Whether a pattern is found anywhere in a text."""

    of: "Expression"
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Length:
    """How many characters (code points) a text has."""

    of: "Expression"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Exact for whole and decimal numbers except `/`, which divides as binary floats; `%` has the sign of the left."""

    operator: Operator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a short list; see docs/contract-semantics.md."""

    name: Name
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Passes:
    """Whether a value passes the test of a semantic type (`bsn`, `iban`); unknown for nothing."""

    semantic_type: str
    of: "Expression"


@dataclass(frozen=True, slots=True)
class Not:
    """The other truth; unknown stays unknown."""

    of: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """True where every part is, false where one is false."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where one part is, false where every part is false."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Case:
    """The value behind the first condition that is true, else `otherwise`."""

    branches: tuple[tuple["Expression", "Expression"], ...]
    otherwise: "Expression"


type Expression = (
    Column
    | Written
    | Literal
    | Compare
    | IsNull
    | In
    | Matches
    | Length
    | Arithmetic
    | Call
    | Passes
    | Not
    | And
    | Or
    | Case
)


def columns_in(expression: Expression) -> frozenset[str]:
    """The names of every column an expression looks at."""
    return frozenset(part.name for part in walk(expression) if isinstance(part, Column | Written))


def walk(expression: Expression) -> Iterator[Expression]:
    """An expression and everything inside it."""
    yield expression
    for field in fields(expression):
        yield from _inside(getattr(expression, field.name))


def _inside(value: object) -> Iterator[Expression]:
    if isinstance(value, tuple):
        for item in value:
            yield from _inside(item)
    elif type(value) in _EXPRESSIONS:
        yield from walk(value)  # type: ignore[arg-type]


_EXPRESSIONS = frozenset(
    {
        Column,
        Written,
        Literal,
        Compare,
        IsNull,
        In,
        Matches,
        Length,
        Arithmetic,
        Call,
        Passes,
        Not,
        And,
        Or,
        Case,
    }
)
