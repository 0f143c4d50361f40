"""What was seen in each column on Spark: how many cells are filled, the ends, about how many different values."""

from datetime import timedelta
from typing import Any

from concordia.deliveries.spark.cells import Cells
from concordia.deliveries.spark.session import Session
from concordia.domain.checking.result import ColumnProfile
from concordia.domain.checking.rules import ColumnPlan
from concordia.domain.checking.sorts import Kind

WIDEST = 20  # columns summed up together
_LONGEST = 100


def profiles(
    session: Session, cells: Cells, total: int, left_out: frozenset[str]
) -> tuple[ColumnProfile, ...]:
    """A profile of every column of the contract; of those left out only that they are there. Raises QueryError."""
    wanted = [column for column in cells.plan.columns if column.name not in left_out]
    found: dict[str, tuple[Any, ...]] = {}
    for start in range(0, len(wanted), WIDEST):
        some = wanted[start : start + WIDEST]
        parts = [part for column in some for part in _aggregates(cells, column)]
        row = session.one(f"SELECT {', '.join(parts)} FROM {cells.rows(column.name for column in some)}")
        found |= {column.name: row[place * 4 : place * 4 + 4] for place, column in enumerate(some)}
    nothing = (0, None, None, None)
    return tuple(
        _profile(cells, column, found.get(column.name, nothing), total) for column in cells.plan.columns
    )


def _aggregates(cells: Cells, column: ColumnPlan) -> list[str]:
    place = cells.place(column.name)
    filled = f"count_if(NOT n{place})"
    distinct = f"approx_count_distinct(v{place})"
    if column.sort.kind is Kind.NESTED or column.sensitive:
        return [filled, "NULL", "NULL", distinct]
    return [
        filled,
        *(f"left(CAST({end}(v{place}) AS STRING), {_LONGEST})" for end in ("min", "max")),
        distinct,
    ]


def _profile(cells: Cells, column: ColumnPlan, row: tuple[Any, ...], total: int) -> ColumnProfile:
    present = cells.present(column.name)
    low, high = (_told(column, end) for end in row[1:3])
    distinct = min(int(row[3] or 0), total) if present and column.sort.kind is not Kind.NESTED else None
    return ColumnProfile(
        column.name,
        present=present,
        delivered_as=cells.delivered(column.name),
        filled=int(row[0] or 0),
        lowest=low,
        highest=high,
        distinct=distinct,
    )


def _told(column: ColumnPlan, end: str | None) -> str | None:
    if end is None or column.sort.kind is not Kind.TIME:
        return end
    return str(timedelta(microseconds=int(end))).rjust(8, "0")
