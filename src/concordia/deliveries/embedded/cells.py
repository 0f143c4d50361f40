"""The rows of a relation with, for each column, what was delivered and the value it stands for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from concordia.deliveries.embedded.relation import FILE, PLACE, Cell, Relation
from concordia.deliveries.embedded.sql import Forms
from concordia.deliveries.embedded.values import cast_sql, is_always_value, nothing_sql, value_sql
from concordia.domain.checking.rules import ColumnPlan, Plan

SHIFT = 40  # bits for the number of a row within its file


@dataclass(frozen=True, slots=True)
class Cells:
    """Names for the cells of a delivery: `v0` the value of the first column, `n0` whether nothing stands there."""

    plan: Plan
    relation: Relation

    def place(self, column: str) -> int:
        """The number of a column in the plan."""
        return next(number for number, one in enumerate(self.plan.columns) if one.name == column)

    def value(self, column: str) -> str:
        """The name of a column's value."""
        return f"v{self.place(column)}"

    def written(self, column: str) -> str:
        """What was delivered in a column, as text where it is text; NULL where nothing stands there."""
        place = self.place(column)
        is_json = self.relation.cells[column].delivered == "JSON"
        return f"(CASE WHEN NOT n{place} THEN {f"r{place} ->> '$'" if is_json else f'r{place}'} END)"

    def misfit(self, column: str) -> str:
        """Whether something stands in a column that is no value of its sort; empty where that cannot be."""
        plan, cell = self.plan.column(column), self.relation.cells[column]
        if not cell.present or is_always_value(plan.sort, cell.delivered):
            return ""
        place = self.place(column)
        return f"(v{place} IS NULL AND NOT n{place})"

    def is_text(self, column: str) -> bool:
        """Whether a column was delivered as text."""
        return self.relation.cells[column].delivered in {"VARCHAR", "JSON"}

    def forms(self) -> Forms:
        """Expressions over these cells."""
        sorts = {column.name: column.sort for column in self.plan.columns}
        return Forms(sorts, self.value, self.written, self.is_text)

    def rows(
        self, columns: Iterable[str], *, numbered: bool, rejecting: bool = False, ordered: bool = False
    ) -> str:
        """A query of these columns' cells, with the place of each row where `numbered`.

        With `ordered` there is the number of its `file` instead, and rows come in their order.
        """
        named = set(columns)
        raws: list[str] = []
        values: list[str] = []
        parts: list[str] = []
        for number, column in enumerate(self.plan.columns):
            if column.name in named:
                cell = self.relation.cells[column.name]
                raw, given = f"r{number}", _number_text(column, replace(cell, raw=f"r{number}"))
                cast = cast_sql(column.sort, _number_text(column, cell), cell.delivered)
                raws += [f"{cell.raw} AS {raw}", *([f"{cast} AS t{number}"] if cast else [])]
                made = f"t{number}" if cast else ""
                values += [raw, f"{value_sql(column.sort, given, cell.delivered, made)} AS v{number}"]
                nothing = nothing_sql(column.sort, raw, cell.delivered, f"v{number}")
                parts += [raw, f"v{number}", f"{nothing} AS n{number}"]
        if numbered or ordered:
            place = "file" if ordered else "place"
            given = f"{FILE}::BIGINT" if ordered else f"(({FILE}::BIGINT << {SHIFT}) | {PLACE})"
            raws.append(f"{given} AS {place}")
            values.append(place)
            parts.append(place)
        relation = self.relation
        source = relation.ordered[rejecting] if ordered else relation.rejecting if rejecting else relation.sql
        for listed in (raws or ["1 AS one"], values or ["one"], parts or ["one"]):
            source = f"(SELECT {', '.join(listed)} FROM {source})"
        return source


def _number_text(column: ColumnPlan, cell: Cell) -> str:
    """What is read as a value: a number that is written with a comma, with a point."""
    if cell.decimal_comma and column.sort.numeric and cell.delivered == "VARCHAR":
        turned = "translate({}, ',.', '.,')" if cell.only_comma else "replace({}, ',', '.')"
        return turned.format(cell.raw)
    return cell.raw
