"""What was delivered in single cells, as it is shown: of the first rows that fail, in the columns of their rules."""

from collections.abc import Mapping, Sequence

import duckdb

from concordia.deliveries.embedded import from_parquet
from concordia.deliveries.embedded.cells import Cells
from concordia.deliveries.embedded.session import rows
from concordia.deliveries.embedded.showing import LONGEST_SHOWN, Shown, as_shown
from concordia.deliveries.files import Source
from concordia.domain.checking.result import HIDDEN


def shown_cells(
    connection: duckdb.DuckDBPyConnection,
    cells: Cells,
    sources: Sequence[Source],
    wanted: Mapping[str, frozenset[int]],
) -> Shown:
    """The text of cells by place and column. `wanted` has the places of rows by column.

    Of Parquet only the row groups are read in which these rows stand; of other forms all rows up to the last of them.
    """
    straight = from_parquet.straight(sources, cells)
    files = [source for source in sources if source.form == cells.relation.form]
    found: Shown = {}
    for column in sorted(wanted.keys() & straight):
        plan = cells.plan.column(column)
        for places, values in from_parquet.values_at(files, plan.source, sorted(wanted[column])):
            texts = as_shown(values, hidden=plan.sensitive)
            found |= {(place, column): text for place, text in zip(places, texts, strict=True)}
    others = sorted(wanted.keys() - straight)
    return found | _asked(connection, cells, {column: wanted[column] for column in others})


def _asked(
    connection: duckdb.DuckDBPyConnection, cells: Cells, wanted: Mapping[str, frozenset[int]]
) -> Shown:
    places = sorted(frozenset().union(*wanted.values()))
    if not places:
        return {}
    source = cells.rows(wanted, numbered=True)
    listed = ", ".join(str(place) for place in places)
    texts = "".join(f", {_display(cells, column)}" for column in wanted)
    query = f"SELECT place{texts} FROM {source} WHERE place IN ({listed}) LIMIT {len(places)}"
    return {
        (int(place), column): text
        for place, *row in rows(connection, query)
        for column, text in zip(wanted, row, strict=True)
    }


def _display(cells: Cells, column: str) -> str:
    raw = f"r{cells.place(column)}"
    if cells.plan.column(column).sensitive:
        return f"CASE WHEN {raw} IS NULL THEN NULL ELSE '{HIDDEN}' END"
    if cells.relation.cells[column].delivered == "JSON":
        raw = f"({raw} ->> '$')"  # without the quotes of JSON
    return f"left(CAST({raw} AS VARCHAR), {LONGEST_SHOWN})"
