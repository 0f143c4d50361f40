"""Rules about all rows together: keys, references, totals per group, and queries that stand alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from concordia.deliveries.embedded.cells import Cells
from concordia.deliveries.embedded.session import one, rows
from concordia.deliveries.embedded.sketches import Hashes
from concordia.domain.checking.rules import KeyRule, TotalRule
from concordia.domain.texts import Text


class NotCheckedError(ValueError):
    """Raised with why a rule could not be checked."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(str(text))


@dataclass(frozen=True, slots=True)
class Surplus:
    """The rows beyond the first of each key: how many, and the first of them, each with the place of its first row.

    `table` has their places, as many as were asked for; empty where there are none.
    """

    count: int = 0
    rows: tuple[tuple[int, int], ...] = ()
    table: str = ""


def surplus(connection: duckdb.DuckDBPyConnection, cells: Cells, rule: KeyRule) -> int:
    """How many rows there are beyond the first of each key; rows with a null are left out."""
    if not _find_twice(connection, cells, rule):
        return 0
    source = cells.rows(rule.columns, numbered=False)
    keys = f"SELECT count(*) AS n FROM {source} WHERE {_again(cells, rule)} GROUP BY {_values(cells, rule)}"
    return int(one(connection, f"SELECT coalesce(sum(n - 1), 0) FROM ({keys})")[0])


def surplus_rows(
    connection: duckdb.DuckDBPyConnection,
    cells: Cells,
    rule: KeyRule,
    twice: Hashes | None,
    table: str,
    *,
    told: int,
    kept: int,
) -> Surplus:
    """The same rows: the first `told` of them, and the places of the first `kept` in a table of that name.

    `twice` are the engine's own hashes that stand twice, where they are known already. Equal keys have equal hashes, so
    only rows with these are looked at again, by the keys themselves. There may be as many as the delivery has: they lie
    where the engine can put them on disk, and no key is sorted.
    """
    if twice is None:
        _find_twice(connection, cells, rule)
    else:
        _keep(connection, _TWICE, pa.table({"h": twice}))
    keys = [f"k{number}" for number in range(len(rule.columns))]
    listed = ", ".join(keys)
    named = ", ".join(
        f"{cells.value(column)} AS {key}" for column, key in zip(rule.columns, keys, strict=True)
    )
    source = (
        f"(SELECT place, {named} FROM {cells.rows(rule.columns, numbered=True)} WHERE {_again(cells, rule)})"
    )
    firsts = (
        f"SELECT {listed}, min(place) AS first, count(*) AS n FROM {source} GROUP BY {listed} HAVING n > 1"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE firsts AS {firsts}")
    (count,) = one(connection, "SELECT coalesce(sum(n - 1), 0) FROM firsts")
    later = f"SELECT place, first FROM {source} JOIN firsts USING ({listed}) WHERE place > first"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS {later} ORDER BY place LIMIT {max(told, kept)}"
    )
    connection.execute("DROP TABLE firsts")
    return _told(connection, int(count), table, told)


def surplus_of(
    connection: duckdb.DuckDBPyConnection,
    keys: Sequence[tuple[int, tuple[Any, ...]]],
    table: str,
    *,
    told: int,
) -> Surplus:
    """The same of keys that are at hand, each with its place, in order."""
    firsts: dict[tuple[Any, ...], int] = {}
    found = [(place, first) for place, key in keys if (first := firsts.setdefault(key, place)) != place]
    places, before = zip(*found, strict=True) if found else ((), ())
    columns = {"place": pa.array(places, pa.int64()), "first": pa.array(before, pa.int64())}
    _keep(connection, table, pa.table(columns))
    return _told(connection, len(found), table, told)


_TWICE = "twice"


def _find_twice(connection: duckdb.DuckDBPyConnection, cells: Cells, rule: KeyRule) -> int:
    """Keep the hashes that stand more than once; how many."""
    source = cells.rows(rule.columns, numbered=False)
    hashes = f"SELECT {_hashed(cells, rule)} AS h FROM {source} WHERE {_filled(cells, rule)}"
    twice = f"SELECT h FROM ({hashes}) GROUP BY h HAVING count(*) > 1"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {_TWICE} AS {twice}")
    return int(one(connection, f"SELECT count(*) FROM {_TWICE}")[0])


def _keep(connection: duckdb.DuckDBPyConnection, table: str, given: pa.Table) -> None:
    connection.register("given", given)
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM given")
    finally:
        connection.unregister("given")


def _told(connection: duckdb.DuckDBPyConnection, count: int, table: str, most: int) -> Surplus:
    told = rows(connection, f"SELECT place, first FROM {table} ORDER BY place LIMIT {most}")
    return Surplus(count, tuple((int(place), int(first)) for place, first in told), table)


def _again(cells: Cells, rule: KeyRule) -> str:
    return f"{_filled(cells, rule)} AND {_hashed(cells, rule)} IN (SELECT h FROM {_TWICE})"


def _values(cells: Cells, rule: KeyRule) -> str:
    return ", ".join(cells.value(column) for column in rule.columns)


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
