"""Rules about all rows together: keys, references, totals per group, and queries that stand alone."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from concordia.deliveries.embedded.cells import Cells
from concordia.deliveries.embedded.session import one
from concordia.deliveries.embedded.sketches import Hashes
from concordia.domain.checking.rules import KeyRule, TotalRule
from concordia.domain.texts import Text


class NotCheckedError(ValueError):
    """Raised with why a rule could not be checked."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(str(text))


def surplus(connection: duckdb.DuckDBPyConnection, cells: Cells, rule: KeyRule) -> int:
    """The rows beyond the first of each key; rows with a null are left out."""
    filled, hashed = _filled(cells, rule), _hashed(cells, rule)
    source = cells.rows(rule.columns, numbered=False)
    twice = (
        f"SELECT h FROM (SELECT {hashed} AS h FROM {source} WHERE {filled}) GROUP BY h HAVING count(*) > 1"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE twice AS {twice}")
    if one(connection, "SELECT count(*) FROM twice")[0] == 0:
        return 0
    return _beyond_first(connection, cells, rule, "twice")


def surplus_among(connection: duckdb.DuckDBPyConnection, cells: Cells, rule: KeyRule, twice: Hashes) -> int:
    """The same, where the engine's own hashes that stand twice are known already.

    Equal keys have equal hashes, so only rows with these are looked at again, by the keys themselves.
    """
    if not len(twice):
        return 0
    connection.register("hashed_twice", pa.table({"h": twice}))
    try:
        return _beyond_first(connection, cells, rule, "hashed_twice")
    finally:
        connection.unregister("hashed_twice")


def _beyond_first(connection: duckdb.DuckDBPyConnection, cells: Cells, rule: KeyRule, twice: str) -> int:
    source = cells.rows(rule.columns, numbered=False)
    again = f"{_filled(cells, rule)} AND {_hashed(cells, rule)} IN (SELECT h FROM {twice})"
    values = ", ".join(cells.value(column) for column in rule.columns)
    keys = f"SELECT count(*) AS n FROM {source} WHERE {again} GROUP BY {values}"
    return int(one(connection, f"SELECT coalesce(sum(n - 1), 0) FROM ({keys})")[0])


def _filled(cells: Cells, rule: KeyRule) -> str:
    return " AND ".join(f"{cells.value(column)} IS NOT NULL" for column in rule.columns)


def _hashed(cells: Cells, rule: KeyRule) -> str:
    return f"hash({', '.join(cells.value(column) for column in rule.columns)})"


def hash_of(cells: Cells, rule: KeyRule) -> str:
    """The hash of a key in each row; NULL where one of its columns is."""
    return f"(CASE WHEN {_filled(cells, rule)} THEN {_hashed(cells, rule)} END)"


def keep_known(
    connection: duckdb.DuckDBPyConnection,
    cells: Cells,
    table: str,
    theirs: Sequence[str],
) -> None:
    """Keep the values that a reference knows, each combination once and without nulls, in a table of that name."""
    values = [f"{cells.value(column)} AS k{number}" for number, column in enumerate(theirs)]
    filled = " AND ".join(f"{cells.value(column)} IS NOT NULL" for column in theirs)
    source = cells.rows(theirs, numbered=False)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT DISTINCT {', '.join(values)} FROM {source} WHERE {filled}"
    )


def differing(connection: duckdb.DuckDBPyConnection, ours: Cells, theirs: Cells, rule: TotalRule) -> int:
    """The groups whose total is not what the other list says; a group on one side only differs."""
    left = _totals(ours, rule.columns, rule.total)
    right = _totals(theirs, rule.target_columns, rule.equals)
    keys = " AND ".join(f"l.k{number} = r.k{number}" for number in range(len(rule.columns)))
    joined = f"FROM ({left}) l FULL OUTER JOIN ({right}) r ON {keys}"
    return int(one(connection, f"SELECT count(*) {joined} WHERE l.total IS DISTINCT FROM r.total")[0])


def _totals(cells: Cells, groups: Sequence[str], total: str) -> str:
    values = [cells.value(column) for column in groups]
    named = ", ".join(f"{value} AS k{number}" for number, value in enumerate(values))
    filled = " AND ".join(f"{value} IS NOT NULL" for value in values)
    source = cells.rows([*groups, total], numbered=False)
    summed = f"sum(coalesce({cells.value(total)}, 0))"
    return f"SELECT {named}, {summed} AS total FROM {source} WHERE {filled} GROUP BY {', '.join(values)}"
