"""The files of a delivery as one relation of cells: what SQL reads, and what each column was delivered as."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import duckdb

from concordia.deliveries.embedded.session import rows
from concordia.deliveries.embedded.sql import name, text
from concordia.deliveries.files import LONGEST_LINE, FileError, Source
from concordia.domain.checking.rules import ColumnPlan

FILE, PLACE = "__file", "__row"  # the number of the file, and of the row in it, from 1


@dataclass(frozen=True, slots=True)
class Cell:
    """How a column of the contract is reached: its SQL, the engine's type of it, and whether any file has it.

    `decimal_comma` tells that numbers in it are written with a comma, `only_comma` that none is with a point.
    """

    raw: str
    delivered: str
    present: bool
    decimal_comma: bool = False
    only_comma: bool = False


_ABSENT = Cell("CAST(NULL AS VARCHAR)", "VARCHAR", present=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """Cells of some files. `sql` is what stands behind FROM; `rejecting` the same, keeping a list of unreadable lines.

    `extra` names columns that the contract does not know, `doubled` those that stand twice, or twice but for capitals.
    `unreadable` is a query of how many lines were no row, where the engine keeps no list of them. `ordered` are both
    without the number of each row, where all rows come in their order: counting them is cheaper, and lets the engine
    read on several threads.
    """

    sql: str
    rejecting: str
    cells: dict[str, Cell]
    form: str
    extra: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    unreadable: str = ""
    ordered: tuple[str, str] = ("", "")


def relation_of(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    columns: Sequence[ColumnPlan],
    *,
    numbered: bool,
) -> Relation:
    """The relation over files of one form. Raises FileError when they are of several, or cannot be read.

    `numbered` adds the number of each row, at some cost for text.
    """
    forms = {source.form for source in sources if source.form != "empty"}
    if len(forms) > 1:
        raise FileError(
            "De bestanden zijn van verschillende soort; lever ze in één soort aan.",
            "The files are of different kinds; hand them in as one kind.",
        )
    form = forms.pop() if forms else "empty"
    filled = [source for source in sources if source.form == form]
    if form == "parquet":
        return _parquet(connection, filled, columns, numbered)
    if form == "csv":
        return _csv(filled, columns, numbered)
    if form == "jsonl":
        return _json_lines(connection, filled, columns, numbered)
    if form == "empty":
        return _nothing(columns)
    raise FileError(
        f"Bestanden van de soort {form} worden hier niet gelezen.", f"Files of kind {form} are not read here."
    )


def columns_of(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> list[str]:
    """The columns of a delivery that stand once, in the order in which they are met. Raises FileError."""
    relation = relation_of(connection, sources, (), numbered=False)
    return [name for name in relation.extra if name not in relation.doubled]


def _listed(sources: Sequence[Source]) -> str:
    return "[" + ", ".join(text(str(source.path)) for source in sources) + "]"


def _parquet(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    columns: Sequence[ColumnPlan],
    numbered: bool,
) -> Relation:
    found: dict[str, str] = {}
    doubled: dict[str, None] = {}
    for source in sources:
        here = _parquet_columns(connection, source)
        doubled |= dict.fromkeys(one for one, _ in here if [known for known, _ in here].count(one) > 1)
        for column, kind in (one for one in here if one[0] not in doubled):
            found[column] = kind if found.get(column, kind) == kind else _wider(found[column], kind)
    alike = _alike(found)
    doubled |= dict.fromkeys(sorted(alike))
    found = {column: kind for column, kind in found.items() if column not in alike}
    scan = f"read_parquet({_listed(sources)}, union_by_name = true)"
    cells = _cells(columns, found)
    wanted = [f"{name(column)} AS {name(column)}" for column in found]
    places = [f"file_index AS {FILE}", f"file_row_number + 1 AS {PLACE}"] if numbered else []
    sql = f"(SELECT {', '.join([*wanted, *places]) or '1'} FROM {scan})"
    known = {column.source for column in columns}
    extra = tuple(column for column in found if column not in known)
    return Relation(sql, sql, cells, "parquet", extra, tuple(doubled))


def _alike(names: Iterable[str]) -> set[str]:
    """Names that differ in capitals only: the engine takes them for one."""
    times = Counter(one.lower() for one in names)
    return {one for one in names if times[one.lower()] > 1}


def _parquet_columns(connection: duckdb.DuckDBPyConnection, source: Source) -> list[tuple[str, str]]:
    """The columns with the engine's types, those that stand twice under one name twice."""
    try:
        described = rows(connection, f"DESCRIBE SELECT * FROM read_parquet({text(str(source.path))})")
        tree = rows(connection, f"SELECT name, num_children FROM parquet_schema({text(str(source.path))})")
    except duckdb.Error as error:
        raise FileError(
            f"“{source.name}” is geen goed Parquet-bestand: {said_by(error)}",
            f"“{source.name}” is no proper Parquet file: {said_by(error)}",
        ) from None
    own = _top_level(tree)
    return [(given, str(row[1])) for given, row in zip(own, described, strict=False)]


def _top_level(tree: list[tuple[str, int | None]]) -> list[str]:
    """The names right below the root, as written: the engine renames those that stand twice."""
    names: list[str] = []
    place = 1
    while place < len(tree):
        names.append(str(tree[place][0]))
        waiting = 1
        while waiting and place < len(tree):
            waiting += (tree[place][1] or 0) - 1
            place += 1
    return names


def _wider(one: str, other: str) -> str:
    """What files of different types are read as together; text where the engine would."""
    return one if one == other else "VARCHAR" if "VARCHAR" in (one, other) else max(one, other)


def _csv(sources: Sequence[Source], columns: Sequence[ColumnPlan], numbered: bool) -> Relation:
    """Each file by its own first line: columns may stand in another order, or lack, in each.

    They go by numbers, since the engine takes names that differ in capitals for one.
    """
    doubled = {
        column: None for source in sources for column in source.columns if source.columns.count(column) > 1
    }
    found = {column: "VARCHAR" for source in sources for column in source.columns if column not in doubled}
    sql, rejecting, *ordered = (
        _csv_union(sources, list(found), places, rejects=rejects)
        for places in (_PLACES[: 2 * numbered], _PLACES[:1])
        for rejects in (False, True)
    )
    known = {column.source for column in columns}
    extra = tuple(column for column in found if column not in known)
    numbers = {column: f"f{number}" for number, column in enumerate(found)}
    cells = {
        column.name: Cell(numbers[column.source], "VARCHAR", present=True)
        if column.source in numbers
        else _ABSENT
        for column in columns
    }
    if any(source.dialect and source.dialect.decimal_comma for source in sources):
        only = any(source.dialect and source.dialect.only_comma for source in sources)
        cells = {key: replace(cell, decimal_comma=True, only_comma=only) for key, cell in cells.items()}
    return Relation(sql, rejecting, cells, "csv", extra, tuple(doubled), ordered=(ordered[0], ordered[1]))


_PLACES = (f"{{file}} AS {FILE}", f"row_number() OVER () AS {PLACE}")


def _csv_union(sources: Sequence[Source], found: list[str], told: Sequence[str], *, rejects: bool) -> str:
    parts = []
    for number, source in enumerate(sources):
        own = {column: place for place, column in enumerate(source.columns)}
        cells = [
            f"{f'c{own[column]}' if column in own else 'CAST(NULL AS VARCHAR)'} AS f{place}"
            for place, column in enumerate(found)
        ]
        places = [place.format(file=number) for place in told]
        parts.append(
            f"SELECT {', '.join([*cells, *places]) or '1'} FROM {_read_csv(source, rejects=rejects)}"
        )
    return "(" + " UNION ALL ".join(parts) + ")"


def _read_csv(source: Source, *, rejects: bool) -> str:
    dialect = source.dialect
    if dialect is None:
        raise FileError("Dit bestand is geen CSV.", "This file is no CSV.")
    typed = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(source.columns)))
    options = {
        "columns": "{" + typed + "}",
        "delim": text(dialect.delimiter),
        "quote": text(dialect.quote),
        "escape": text(dialect.quote),
        "header": "false",
        "skip": "1" if dialect.header else "0",
        "auto_detect": "false",
        "nullstr": "''",
        "encoding": text(_ENCODINGS.get(dialect.encoding, dialect.encoding)),
        "compression": "'gzip'" if source.compressed else "'none'",
        **_buffers(source),
        ("store_rejects" if rejects else "ignore_errors"): "true",
    }
    written = ", ".join(f"{key} = {given}" for key, given in options.items())
    return f"read_csv({text(str(source.path))}, {written})"


_ENCODINGS = {"iso-8859-1": "latin-1"}  # as the engine calls it


def _json_lines(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    columns: Sequence[ColumnPlan],
    numbered: bool,
) -> Relation:
    """A JSON object on each line; a line that is none counts as unreadable, an empty one as nothing."""
    alike = _alike(dict.fromkeys(column.source for column in columns))
    wanted = list(dict.fromkeys(column.source for column in columns if column.source not in alike))
    shape = text(json.dumps(dict.fromkeys(wanted, "JSON"), ensure_ascii=False))
    given = f"from_json(line, {shape})" if wanted else "NULL"
    parts = []
    for number, source in enumerate(sources):
        places = f", {number} AS {FILE}, row_number() OVER () AS {PLACE}" if numbered else ""
        kept = f", {FILE}, {PLACE}" if numbered else ""
        lines = f"(SELECT line{places} FROM {_lines(source)})"
        parts.append(f"SELECT {given} AS j{kept} FROM {lines} WHERE {_IS_OBJECT}")
    sql = "(" + " UNION ALL ".join(parts) + ")"
    unread = [
        f"SELECT count(*) AS n FROM {_lines(one)} WHERE line IS NOT NULL AND NOT ({_IS_OBJECT})"
        for one in sources
    ]
    present = _keys_of(connection, sources)
    cells = {
        column.name: Cell(f"struct_extract(j, {text(column.source)})", "JSON", present=True)
        if column.source in present - alike
        else _ABSENT
        for column in columns
    }
    extra = tuple(sorted(present - set(wanted) - alike))
    doubled = tuple(sorted(present & alike))
    return Relation(sql, sql, cells, "jsonl", extra, doubled, unreadable=f"({' UNION ALL '.join(unread)})")


# Whether a line is a JSON object; the engine's functions fail on what is no JSON, so the kind is asked second.
_IS_OBJECT = "coalesce(CASE WHEN json_valid(line) THEN json_type(line) END = 'OBJECT', FALSE)"


def _keys_of(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> set[str]:
    """Every key that some line has."""
    found: set[str] = set()
    for source in sources:
        keys = (
            "SELECT DISTINCT unnest(json_keys(line)) FROM (SELECT DISTINCT ON (json_keys(line)) line "
            f"FROM {_lines(source)} WHERE {_IS_OBJECT})"
        )
        found |= {str(row[0]) for row in rows(connection, keys)}
    return found


def _lines(source: Source) -> str:
    """The lines of a text file, each as one cell."""
    packed = "gzip" if source.compressed else "none"
    return (
        f"read_csv({text(str(source.path))}, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '', "
        f"escape = '', header = false, auto_detect = false, nullstr = '', compression = '{packed}', "
        f"{', '.join(f'{key} = {size}' for key, size in _buffers(source).items())}, ignore_errors = true)"
    )


def _buffers(source: Source) -> dict[str, str]:
    """Room for the longest line and no more: each thread takes a buffer."""
    line = min(source.longest_line, LONGEST_LINE)
    return {"max_line_size": str(line), "buffer_size": str(2 * line + 1024)}


def _nothing(columns: Sequence[ColumnPlan]) -> Relation:
    sql = f"(SELECT 0 AS {FILE}, 0 AS {PLACE} WHERE FALSE)"
    return Relation(sql, sql, _cells(columns, {}), "empty")


def _cells(columns: Sequence[ColumnPlan], found: dict[str, str]) -> dict[str, Cell]:
    return {
        column.name: Cell(name(column.source), found[column.source], present=True)
        if column.source in found
        else _ABSENT
        for column in columns
    }


def said_by(error: Exception) -> str:
    """The first line of an engine's error, without the paths of this machine."""
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return re.sub(r"['\"]?/[^\s'\":]+['\"]?", "…", first)[:160]
