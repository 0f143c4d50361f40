"""The rows that fail a rule about rows, all of them in one file: where each stands, why, and its cells as delivered.

The pass that counts keeps the first few places of each rule only. So the rows are looked at once more, and only by the
rules that failed and the columns that these need; what is kept of a row is its place and the numbers of those rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from concordia.deliveries.embedded.asked import BITS, Asked, clusters_of, mask, width_for_engine
from concordia.deliveries.embedded.cells import SHIFT, Cells
from concordia.deliveries.embedded.session import one
from concordia.deliveries.embedded.sql import name, text
from concordia.deliveries.embedded.wholes import Surplus
from concordia.domain.checking.result import HIDDEN
from concordia.domain.checking.rules import Rule

OWN = ("_file", "_row", "_rules", "_why")
_WRITTEN = {"csv": "FORMAT csv, HEADER true", "parquet": "FORMAT parquet", "jsonl": "FORMAT json"}
FORMS = tuple(_WRITTEN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where to write failing rows, in which form (`FORMS`), at most how many, and the language of the reasons."""

    path: Path
    form: str
    most: int
    language: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """How many rows were written, and whether there are more that fail."""

    rows: int
    more: bool


def quarantine(
    connection: duckdb.DuckDBPyConnection,
    cells: Cells,
    asked: Sequence[Asked],
    files: Sequence[str],
    wanted: Wanted,
) -> Quarantined:
    """Write the first rows that fail any of what is asked, in order. `files` are the names of the files by number.

    Raises duckdb.Error where it cannot be written.
    """
    bits = [one_of for one_of in asked if one_of.condition]
    sql = {asked.rule.key: len(asked.condition) for asked in bits}
    parts = [cluster.asked for cluster in clusters_of(cells, bits, sql, width_for_engine(connection))]
    numbers = {id(bit): number for number, bit in enumerate(bits, 1)}
    for number, cluster in enumerate(parts):
        connection.execute(_failing(cells, cluster, numbers, f"failing_{number}", wanted.most))
    connection.execute(_together(len(parts), wanted.most))
    (found,) = one(connection, "SELECT count(*) FROM quarantined")
    connection.execute(f"DELETE FROM quarantined WHERE number > {wanted.most}")
    rows = _rows(cells, [bit.rule for bit in bits], files, wanted)
    connection.execute(f"COPY ({rows}) TO {text(str(wanted.path))} ({_WRITTEN[wanted.form]})")
    return Quarantined(min(int(found), wanted.most), int(found) > wanted.most)


def with_places(asked: Iterable[Asked], surplus: Mapping[str, Surplus]) -> list[Asked]:
    """What is asked, keys as the places of the rows beyond the first of each."""
    return [
        replace(one_of, condition=f"place IN (SELECT place FROM {found.table})")
        if (found := surplus.get(one_of.rule.key)) and found.table
        else one_of
        for one_of in asked
    ]


def _failing(
    cells: Cells, cluster: Sequence[Asked], numbers: Mapping[int, int], table: str, most: int
) -> str:
    """The first places at which some of these rules fail, with the numbers of the rules that do."""
    words = [cluster[start : start + BITS] for start in range(0, len(cluster), BITS)]
    masks = ", ".join(
        f"{mask([asked.condition for asked in word])} AS m{number}" for number, word in enumerate(words)
    )
    listed = ", ".join(
        f"CASE WHEN m{at // BITS} & {1 << (at % BITS)} <> 0 THEN {numbers[id(bit)]} END"
        for at, bit in sorted(enumerate(cluster), key=lambda placed: numbers[id(placed[1])])
    )
    failed = f"list_filter([{listed}], lambda number: number IS NOT NULL)"
    bad = " OR ".join(f"m{number} <> 0" for number in range(len(words)))
    columns = frozenset().union(*(bit.columns for bit in cluster))
    source = f"(SELECT {masks}, place FROM {cells.rows(columns, numbered=True)})"
    first = f"(SELECT * FROM {source} WHERE {bad} ORDER BY place LIMIT {most + 1})"
    return f"CREATE TEMP TABLE {table} AS SELECT place, {failed} AS failed FROM {first}"


def _together(parts: int, most: int) -> str:
    """The first places of all clusters, each with every rule that fails there; one more than asked tells of others."""
    every = " UNION ALL ".join(f"SELECT place, failed FROM failing_{number}" for number in range(parts))
    nothing = "SELECT 0::BIGINT AS place, []::INTEGER[] AS failed WHERE FALSE"
    grouped = f"SELECT place, list_sort(flatten(list(failed))) AS failed FROM ({every}) GROUP BY place"
    found = grouped if parts > 1 else every or nothing
    return (
        "CREATE TEMP TABLE quarantined AS SELECT row_number() OVER (ORDER BY place) AS number, place, failed "
        f"FROM (FROM ({found}) ORDER BY place LIMIT {most + 1})"
    )


def _rows(cells: Cells, rules: Sequence[Rule], files: Sequence[str], wanted: Wanted) -> str:
    """The rows as they are written: where, which rules, why, and every column of the contract as text."""
    columns = cells.plan.columns
    keys = _named([rule.key for rule in rules], wanted.form)
    reasons = _named([rule.meaning.in_language(wanted.language) for rule in rules], wanted.form)
    values = [
        f"[{', '.join(map(text, files))}][(place >> {SHIFT}) + 1]",
        f"place & {(1 << SHIFT) - 1}",
        keys,
        reasons,
        *(_shown(cells, column.name) for column in columns),
    ]
    names = _apart([*OWN, *(column.source for column in columns)])
    listed = ", ".join(f"{value} AS {name(given)}" for value, given in zip(values, names, strict=True))
    source = cells.rows([column.name for column in columns], numbered=True)
    return f"SELECT {listed} FROM quarantined JOIN {source} USING (place) ORDER BY number"


def _named(words: Sequence[str], form: str) -> str:
    """What the numbers of the failed rules stand for: a list, or in a CSV one text."""
    listed = ", ".join(map(text, words))
    found = f"list_transform(failed, lambda number: ([{listed}]::VARCHAR[])[number])"
    return f"array_to_string({found}, '; ')" if form == "csv" else found


def _shown(cells: Cells, column: str) -> str:
    raw = f"r{cells.place(column)}"
    if cells.plan.column(column).sensitive:
        return f"CASE WHEN {raw} IS NOT NULL THEN {text(HIDDEN)} END"
    if cells.relation.cells[column].delivered == "JSON":
        return f"({raw} ->> '$')"
    return f"CAST({raw} AS VARCHAR)"


def _apart(names: Sequence[str]) -> list[str]:
    """Names of which no two are equal but for capitals: the later one gets a line behind it."""
    taken: set[str] = set()
    made = []
    for given in names:
        while given.lower() in taken:
            given += "_"
        taken.add(given.lower())
        made.append(given)
    return made
