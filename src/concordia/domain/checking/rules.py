"""The rules of a contract: what is counted in a delivery, and the norm that the count is held against."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from concordia.domain.checking.expressions import Expression
from concordia.domain.checking.sorts import Sort
from concordia.domain.texts import Text


class Severity(StrEnum):
    """What a rule that fails does to a delivery: `error` refuses it, the others remark on it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Unit(StrEnum):
    """What is held against a norm: how many, or which share of the rows in percent."""

    ROWS = "rows"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Norm:
    """A comparison of ODCS (`mustBe`, `mustBeLessThan`, …) with its one or two numbers, exact."""

    operator: str
    bounds: tuple[Fraction, ...]
    unit: Unit = Unit.ROWS

    def holds(self, counted: int | Fraction, rows: int) -> bool:
        """Whether a count is within the norm. A share of no rows is zero."""
        measured = Fraction(counted)
        if self.unit is Unit.PERCENT:
            measured = Fraction(0) if rows == 0 else measured * 100 / rows
        first, last = self.bounds[0], self.bounds[-1]
        return {
            "mustBe": measured == first,
            "mustNotBe": measured != first,
            "mustBeGreaterThan": measured > first,
            "mustBeGreaterOrEqualTo": measured >= first,
            "mustBeLessThan": measured < first,
            "mustBeLessOrEqualTo": measured <= first,
            "mustBeBetween": first <= measured <= last,
            "mustNotBeBetween": not first <= measured <= last,
        }[self.operator]


NONE_FAILS = Norm("mustBe", (Fraction(0),))


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """A column of a delivery: what it is called in the contract and in the file, and what it holds.

    Where a delivery lacks the whole column, it counts as empty in every row.
    """

    name: str
    source: str
    sort: Sort
    classification: str | None
    label: str

    @property
    def sensitive(self) -> bool:
        """Whether its values are kept out of samples: anything but public and internal is."""
        return (self.classification or "internal").lower() not in {"public", "internal"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What every rule has. `key` stays the same between versions of a contract: the path of what it comes from.

    `kind` is the word of the contract that asks it (`required`, `pattern`, `sql`); `meaning` says it to people.
    """

    key: str
    kind: str
    meaning: Text
    norm: Norm
    severity: Severity
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowRule(Rule):
    """Counts the rows for which `fails` is true; a row for which it is unknown passes."""

    fails: Expression


@dataclass(frozen=True, slots=True)
class ReadableRule(Rule):
    """Counts the lines of a file that are no row: too many or too few cells, a quote without its end, other bytes."""


@dataclass(frozen=True, slots=True)
class PresentRule(Rule):
    """Counts one where no file of the delivery has the column at all."""


@dataclass(frozen=True, slots=True)
class TypeRule(Rule):
    """Counts the rows in which something stands in a column that is no value of its sort."""


@dataclass(frozen=True, slots=True)
class KeyRule(Rule):
    """Counts the rows beyond the first with the same values in these columns; rows with a null are left out."""


@dataclass(frozen=True, slots=True)
class ReferenceRule(Rule):
    """Counts the rows whose values, none of them null, do not stand together in `target`'s columns."""

    target: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TotalRule(Rule):
    """Counts the groups (equal in `columns`) whose sum of `total` differs from `equals` in `target`.

    `target` is a reference with the same grouping columns, each group once. A group that stands on one side only
    differs. `total` is exact for whole and decimal numbers.
    """

    total: str
    target: str
    target_columns: tuple[str, ...]
    equals: str


@dataclass(frozen=True, slots=True)
class SchemaRule(Rule):
    """Counts the XML messages that do not follow their XML Schema, which is called `schema`."""

    schema: str


@dataclass(frozen=True, slots=True)
class CountRule(Rule):
    """The number of rows itself is held against the norm."""


@dataclass(frozen=True, slots=True)
class QueryRule(Rule):
    """A query that could not be lifted to a predicate; the one number it gives is held against the norm."""

    query: str


@dataclass(frozen=True, slots=True)
class Unchecked(Rule):
    """What is agreed and cannot be checked here, with why: a visible result, never silence."""

    reason: Text


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is asked of one object of a contract."""

    object: str
    columns: tuple[ColumnPlan, ...]
    rules: tuple[Rule, ...]

    def column(self, name: str) -> ColumnPlan:
        """A column by its name in the contract. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def references(self) -> tuple[str, ...]:
        """The names of the other deliveries or lists that rules look into."""
        named = [rule.target for rule in self.rules if isinstance(rule, ReferenceRule | TotalRule)]
        return tuple(dict.fromkeys(named))


def exact(number: Any) -> Fraction:
    """A written number as an exact fraction. Raises ValueError for what is none."""
    if isinstance(number, bool) or not isinstance(number, int | Decimal | Fraction):
        raise ValueError(number)
    return Fraction(number)
