"""The first rows that each failed rule counted on Spark, with what stood in its columns, as many as were asked for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from concordia.deliveries.spark.cells import PATH, ROW, Cells
from concordia.deliveries.spark.counts import Condition, repeated_rows, unknown_rows
from concordia.deliveries.spark.session import Session
from concordia.domain.checking.result import Sample
from concordia.domain.checking.rules import KeyRule, ReferenceRule


def failing_rows(
    session: Session, cells: Cells, conditions: Sequence[Condition], most: int, named: Callable[[str], str]
) -> dict[str, tuple[Sample, ...]]:
    """Samples by rule key, in one reading of the columns that these rules need. Raises QueryError."""
    if not conditions or most < 1:
        return {}
    columns = list(dict.fromkeys(column for one in conditions for column in one.rule.columns))
    needed = frozenset(columns).union(*(one.columns for one in conditions))
    failed = ", ".join(f"CASE WHEN {one.sql} THEN {number} END" for number, one in enumerate(conditions))
    rows = cells.rows(needed, (PATH, ROW), columns)
    marked = f"SELECT *, explode(array_compact(array({failed}))) AS rule FROM {rows}"
    ranked = f"SELECT *, row_number() OVER (PARTITION BY rule ORDER BY {PATH}, {ROW}) AS rank FROM ({marked})"
    listed = ", ".join(f"s{number}" for number in range(len(columns)))
    wanted = ", ".join(["rule", PATH, ROW, *([listed] if listed else [])])
    found = session.rows(f"SELECT {wanted} FROM ({ranked}) WHERE rank <= {most} ORDER BY rule, rank")
    samples: dict[str, tuple[Sample, ...]] = {}
    for place, path, row, *values in found:
        rule = conditions[int(place)].rule
        stood = dict(zip(columns, values, strict=True))
        made = _sample(named(path), row, rule.columns, stood)
        samples[rule.key] = (*samples.get(rule.key, ()), made)
    return samples


def unknown_samples(
    session: Session,
    cells: Cells,
    rule: ReferenceRule,
    other: Cells,
    most: int,
    named: Callable[[str], str],
) -> tuple[Sample, ...]:
    """The first rows whose values a reference does not know. Raises QueryError."""
    if most < 1:
        return ()
    rows = unknown_rows(cells, rule, other, (PATH, ROW), rule.columns)
    listed = ", ".join(f"s{number}" for number in range(len(rule.columns)))
    found = session.rows(f"SELECT {PATH}, {ROW}, {listed} FROM {rows} ORDER BY {PATH}, {ROW} LIMIT {most}")
    return tuple(
        _sample(named(path), row, rule.columns, dict(zip(rule.columns, values, strict=True)))
        for path, row, *values in found
    )


def repeated_samples(
    session: Session, cells: Cells, rule: KeyRule, most: int, named: Callable[[str], str]
) -> tuple[Sample, ...]:
    """The first rows beyond the first of each key, each with that first. Raises QueryError."""
    if most < 1:
        return ()
    listed = [f"s{number}" for number in range(len(rule.columns))]
    shown = ", ".join([PATH, ROW, *listed])
    firsts = f"first.{PATH} AS first_path, first.{ROW} AS first_row"
    found = session.rows(
        f"SELECT {shown}, {firsts} FROM ({repeated_rows(cells, rule, listed)}) "
        f"WHERE nth > 1 ORDER BY {PATH}, {ROW} LIMIT {most}"
    )
    return tuple(
        replace(
            _sample(named(path), row, rule.columns, dict(zip(rule.columns, values, strict=True))),
            first=(named(first), int(first_row)),
        )
        for path, row, *values, first, first_row in found
    )


def _sample(file: str, row: Any, columns: Sequence[str], stood: dict[str, Any]) -> Sample:
    return Sample(file, int(row), tuple((column, stood[column]) for column in columns))
