"""What was seen in each column: how many cells are filled, the lowest and highest value, about how many different."""

from collections.abc import Mapping
from dataclasses import replace

import duckdb

from concordia.deliveries.embedded.cells import Cells
from concordia.deliveries.embedded.session import one
from concordia.deliveries.embedded.sql import text
from concordia.deliveries.embedded.summaries import Summary
from concordia.domain.checking.result import ColumnProfile
from concordia.domain.checking.rules import ColumnPlan
from concordia.domain.checking.sorts import Kind

LONGEST = 100  # characters of an end that are told


def profiles(
    connection: duckdb.DuckDBPyConnection,
    cells: Cells,
    summaries: Mapping[str, Summary],
    misfits: Mapping[str, int],
) -> tuple[ColumnProfile, ...]:
    """A profile of every column of the contract, in its order. `misfits` counts what is no value of a column's sort.

    What reading the rows did not sum up (numbers wider than 64 bits, times, nested values) is asked of the engine.
    """
    return tuple(
        _told(connection, cells, column, summaries[column.name], misfits.get(column.name, 0))
        if column.name in summaries
        else _asked(connection, cells, column)
        for column in cells.plan.columns
    )


def _told(
    connection: duckdb.DuckDBPyConnection, cells: Cells, column: ColumnPlan, summary: Summary, misfits: int
) -> ColumnProfile:
    ends = [_shown(connection, column.sort.kind, end) for end in (summary.lowest, summary.highest)]
    found = replace(_nothing(cells, column), filled=summary.filled + misfits, lowest=ends[0], highest=ends[1])
    return (
        replace(found, distinct=min(summary.distinct.estimate(), summary.filled)) if found.present else found
    )


def _shown(connection: duckdb.DuckDBPyConnection, kind: Kind, end: object) -> str | None:
    """An end as the engine writes it."""
    if end is None:
        return None
    match kind:
        case Kind.DATE:
            written = f"DATE '1970-01-01' + CAST({end} AS INTEGER)"
        case Kind.TIMESTAMP:
            written = f"make_timestamp({end})"
        case Kind.FLOAT:
            written = f"CAST({text(repr(end))} AS DOUBLE)"
        case Kind.BOOLEAN:
            written = f"{end}"
        case _:
            return str(end)[:LONGEST]
    return str(one(connection, f"SELECT CAST({written} AS VARCHAR)")[0])


def _asked(connection: duckdb.DuckDBPyConnection, cells: Cells, column: ColumnPlan) -> ColumnProfile:
    place = cells.place(column.name)
    hidden = column.sort.kind is Kind.NESTED or column.sensitive
    ends = ", ".join(
        "NULL" if hidden else f"left(CAST({end}(v{place}) AS VARCHAR), {LONGEST})" for end in ("min", "max")
    )
    filled, lowest, highest, distinct = one(
        connection,
        f"SELECT count(*) FILTER (WHERE NOT n{place}), {ends}, approx_count_distinct(v{place}) "
        f"FROM {cells.rows([column.name], numbered=False)}",
    )
    found = replace(_nothing(cells, column), filled=filled, lowest=lowest, highest=highest)
    return replace(found, distinct=min(distinct, filled)) if found.present else found


def _nothing(cells: Cells, column: ColumnPlan) -> ColumnProfile:
    cell = cells.relation.cells[column.name]
    return ColumnProfile(
        column.name, present=cell.present, delivered_as=cell.delivered if cell.present else None
    )
