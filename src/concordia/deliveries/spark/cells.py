"""The rows of a delivery with, for each column, what was delivered and the value it stands for; in Spark's SQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from concordia.deliveries.spark.forms import Forms
from concordia.deliveries.spark.sql import Typed, UnsupportedError, text
from concordia.deliveries.spark.values import is_always_value, nothing_sql, typed_value, value_sql
from concordia.domain.checking.result import HIDDEN
from concordia.domain.checking.rules import ColumnPlan, Plan
from concordia.domain.texts import Text

PATH, SIZE, ROW = "path", "size", "row"  # of the file of a row, and the row's number in it from 1
LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class View:
    """A part of a delivery whose files have one form: a view, and Spark's type of each column of the plan it has.

    The view calls the columns of the plan `r0`, `r1`, … by their places there.
    """

    name: str
    delivered: dict[str, str]


@dataclass(frozen=True, slots=True)
class Cells:
    """Names for the cells of a delivery: `v0` the value of the first column, `n0` whether nothing stands there.

    `w0` is its text where it was delivered as text.
    """

    plan: Plan
    views: tuple[View, ...]

    def place(self, column: str) -> int:
        """The number of a column in the plan."""
        return next(number for number, one in enumerate(self.plan.columns) if one.name == column)

    def present(self, column: str) -> bool:
        """Whether any file has a column."""
        return any(column in view.delivered for view in self.views)

    def delivered(self, column: str) -> str | None:
        """Spark's types of a column, as people are told them."""
        kinds = dict.fromkeys(view.delivered[column] for view in self.views if column in view.delivered)
        return ", ".join(kinds) or None

    def value(self, column: str) -> Typed:
        """A column's value."""
        return typed_value(self.plan.column(column).sort, f"v{self.place(column)}")

    def misfit(self, column: str) -> str:
        """Whether something stands in a column that is no value of its sort; empty where that cannot be."""
        sort = self.plan.column(column).sort
        kinds = [view.delivered[column] for view in self.views if column in view.delivered]
        if all(is_always_value(sort, kind) for kind in kinds):
            return ""
        return f"(v{self.place(column)} IS NULL AND NOT n{self.place(column)})"

    def texts(self) -> tuple[str, ...]:
        """The columns that were delivered as text in some file."""
        return tuple(
            column.name
            for column in self.plan.columns
            if any(view.delivered.get(column.name) == "string" for view in self.views)
        )

    def forms(self) -> Forms:
        """Expressions over these cells."""
        return Forms(
            self.value, lambda column: f"w{self.place(column)}", lambda column: f"n{self.place(column)}"
        )

    def unsupported(self) -> dict[str, Text]:
        """The columns whose values Spark cannot hold exactly, with why."""
        found = {}
        for column in self.plan.columns:
            for view in self.views:
                try:
                    value_sql(column.sort, "r", view.delivered.get(column.name, "string"))
                except UnsupportedError as error:
                    found[column.name] = error.text
        return found

    def rows(self, columns: Iterable[str], more: Sequence[str] = (), shown: Sequence[str] = ()) -> str:
        """A query of these columns' cells, with more of what a view has (`path`, `row`).

        `shown` gives as `s0`, `s1`, … what stood in those columns, for people.
        """
        named = set(columns)
        parts = [self._selected(view, named, more, shown) for view in self.views]
        return "(" + " UNION ALL ".join(parts) + ")"

    def _selected(self, view: View, named: set[str], more: Sequence[str], shown: Sequence[str]) -> str:
        parts = list(more)
        for number, column in enumerate(self.plan.columns):
            if column.name in named:
                parts += _cell(column, number, view.delivered.get(column.name))
        parts += [f"{self._display(view, column)} AS s{number}" for number, column in enumerate(shown)]
        return f"SELECT {', '.join(parts) or '1 AS one'} FROM {view.name}"

    def _display(self, view: View, column: str) -> str:
        raw = f"r{self.place(column)}"
        if column not in view.delivered:
            return "CAST(NULL AS STRING)"
        if self.plan.column(column).sensitive:
            return f"CASE WHEN {raw} IS NOT NULL THEN {text(HIDDEN)} END"
        return f"left(CAST({raw} AS STRING), {LONGEST_SHOWN})"


def _cell(column: ColumnPlan, number: int, kind: str | None) -> list[str]:
    raw = "CAST(NULL AS STRING)" if kind is None else f"r{number}"
    delivered = kind or "string"
    written = raw if delivered == "string" else "CAST(NULL AS STRING)"
    return [
        f"{value_sql(column.sort, raw, delivered)} AS v{number}",
        f"{nothing_sql(column.sort, raw, delivered)} AS n{number}",
        f"{written} AS w{number}",
    ]
