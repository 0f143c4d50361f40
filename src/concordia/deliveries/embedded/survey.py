"""What stands in the columns of a file that no contract describes yet: sorts that fit every cell, ends, few values."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from concordia.deliveries.embedded.cells import Cells
from concordia.deliveries.embedded.relation import columns_of, relation_of
from concordia.deliveries.embedded.semantics import semantic_sql
from concordia.deliveries.embedded.session import one, open_session, rows
from concordia.deliveries.embedded.wholes import surplus
from concordia.deliveries.files import Source
from concordia.domain.checking.rules import NONE_FAILS, ColumnPlan, KeyRule, Plan, Severity
from concordia.domain.checking.semantic_types import SEMANTIC_TYPES
from concordia.domain.checking.sorts import DATE_FORMS, Kind, Sort
from concordia.domain.contracts.sampling import ENOUGH, FEW, Candidate, ColumnSeen
from concordia.domain.texts import both

_TEXT = Sort(Kind.TEXT)
_ANYTHING = {"kvk", "oin", "hostname", "uri"}  # tests that so much passes that they tell nothing of a column
_SCALES = (0, 2, 3, 4, 6)


def survey(
    sources: Sequence[Source], temporary: Path, *, memory: str, threads: int
) -> tuple[ColumnSeen, ...]:
    """What was seen of every column, in the order of the first file. Raises FileError, duckdb.Error."""
    connection = open_session([source.path for source in sources], temporary, memory=memory, threads=threads)
    try:
        names = columns_of(connection, sources)
        return tuple(_seen(connection, sources, name) for name in names)
    finally:
        connection.close()


def _seen(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], name: str) -> ColumnSeen:
    text = _cells(connection, sources, name, _TEXT)
    source = text.rows([name], numbered=False)
    total, filled, longest, distinct = one(
        connection,
        f"SELECT count(*), count(*) FILTER (WHERE NOT n0), max(length(v0)), approx_count_distinct(r0) FROM {source}",
    )
    is_text = text.relation.cells[name].delivered in {"VARCHAR", "JSON"}
    blanks = _blanks(connection, sources, name) if is_text else 0
    found = [
        candidate
        for sort, words in _candidates()
        if (candidate := _fitting(connection, sources, name, sort, words, filled - blanks)) is not None
    ]
    if is_text and (
        _has_leading_zeros(connection, source) or _are_codes(connection, source, filled - blanks)
    ):
        found = []
    filled -= blanks if found else 0  # blanks are a text, and nothing of every other sort
    key = KeyRule(name, "unique", both("", ""), NONE_FAILS, Severity.ERROR, (name,))
    plan = _cells(connection, sources, name, _TEXT if is_text else _first_sort(found))
    return ColumnSeen(
        name,
        total,
        filled,
        tuple(found),
        longest=longest,
        values=_values(connection, source, total, distinct) if is_text and not found else (),
        semantic_type=_semantic(connection, source, name, filled) if is_text and not found else None,
        once=bool(filled) and surplus(connection, plan, key) == 0,
    )


def _first_sort(found: Sequence[Candidate]) -> Sort:
    kinds = {"integer": Kind.INTEGER, "number": Kind.FLOAT, "date": Kind.DATE, "timestamp": Kind.TIMESTAMP}
    kinds |= {"boolean": Kind.BOOLEAN, "time": Kind.TIME}
    return Sort(kinds[found[0].logical_type]) if found else _TEXT


def _cells(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], name: str, sort: Sort) -> Cells:
    column = ColumnPlan(name, name, sort, None, name)
    return Cells(Plan("sample", (column,), ()), relation_of(connection, sources, [column], numbered=False))


def _candidates() -> list[tuple[Sort, tuple[str, str | None, dict[str, Any]]]]:
    """Sorts from the narrowest to the widest, with how a contract writes them."""
    made: list[tuple[Sort, tuple[str, str | None, dict[str, Any]]]] = [
        (Sort(Kind.BOOLEAN), ("boolean", None, {})),
        (Sort(Kind.INTEGER), ("integer", None, {"format": "i64"})),
    ]
    for scale in _SCALES[1:]:
        made.append((Sort(Kind.DECIMAL, precision=18, scale=scale), ("number", f"decimal(18,{scale})", {})))
    made.append((Sort(Kind.FLOAT), ("number", None, {})))
    for form in DATE_FORMS:
        made.append(
            (Sort(Kind.DATE, form=form), ("date", None, {} if form == "yyyy-MM-dd" else {"format": form}))
        )
    made.append((Sort(Kind.TIMESTAMP), ("timestamp", None, {})))
    made.append((Sort(Kind.TIME), ("time", None, {})))
    return made


def _fitting(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    name: str,
    sort: Sort,
    words: tuple[str, str | None, dict[str, Any]],
    filled: int,
) -> Candidate | None:
    cells = _cells(connection, sources, name, sort)
    source = cells.rows([name], numbered=False)
    fits, low, high = one(
        connection, f"SELECT count(v0), CAST(min(v0) AS VARCHAR), CAST(max(v0) AS VARCHAR) FROM {source}"
    )
    if not filled or fits != filled:
        return None
    logical, physical, options = words
    return Candidate(logical, physical, tuple(options.items()), low, high)


def _blanks(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], name: str) -> int:
    """Cells of blanks alone: nothing for every sort but text."""
    source = _cells(connection, sources, name, Sort(Kind.INTEGER)).rows([name], numbered=False)
    return int(one(connection, f"SELECT count(*) FILTER (WHERE n0 AND r0 IS NOT NULL) FROM {source}")[0])


def _has_leading_zeros(connection: duckdb.DuckDBPyConnection, source: str) -> bool:
    """Digits that begin with a zero are a code and no number."""
    found = one(connection, f"SELECT count(*) FROM {source} WHERE regexp_matches(v0, '^[+-]?0[0-9]')")
    return int(found[0]) > 0


def _values(connection: duckdb.DuckDBPyConnection, source: str, total: int, distinct: int) -> tuple[str, ...]:
    if total < ENOUGH or not 0 < distinct <= FEW + 2:
        return ()
    listed = rows(
        connection, f"SELECT DISTINCT v0 FROM {source} WHERE v0 IS NOT NULL ORDER BY v0 LIMIT {FEW + 1}"
    )
    return tuple(str(row[0]) for row in listed) if len(listed) <= FEW else ()


def _are_codes(connection: duckdb.DuckDBPyConnection, source: str, filled: int) -> bool:
    """Many numbers that all pass the eleven-test are codes: of others one in eleven would."""
    passed = one(
        connection, f"SELECT count(*) FILTER (WHERE {semantic_sql('bsn', 'v0', whole=False)}) FROM {source}"
    )
    return filled >= ENOUGH and int(passed[0]) == filled


def _semantic(connection: duckdb.DuckDBPyConnection, source: str, column: str, filled: int) -> str | None:
    """The semantic type whose test every value passes; of several alike the one that the column is named after."""
    keys = [key for key in SEMANTIC_TYPES if key not in _ANYTHING]
    keys.sort(key=lambda key: key not in column.lower())
    wanted = ", ".join(f"count(*) FILTER (WHERE {semantic_sql(key, 'v0', whole=False)})" for key in keys)
    passed = one(connection, f"SELECT {wanted} FROM {source}")
    return next((key for key, count in zip(keys, passed, strict=True) if filled and count == filled), None)
