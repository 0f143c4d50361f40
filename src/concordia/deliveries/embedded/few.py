"""Texts of which there are few different ones: each is judged once, and every row takes the judgement of its text."""

import threading
from collections.abc import Callable, Collection, Sequence

import duckdb
import numpy as np
from numpy.typing import NDArray

from concordia.deliveries.embedded.batches import Batch, Predicate, Truth
from concordia.deliveries.embedded.cells import Cells
from concordia.deliveries.embedded.from_parquet import different
from concordia.deliveries.embedded.session import one
from concordia.deliveries.files import Source
from concordia.domain.checking.expressions import Expression, Written, columns_in, walk
from concordia.domain.checking.rules import ColumnPlan
from concordia.domain.checking.sorts import Kind

FEW = 200
LOOKED_AT = 20_000  # rows in which different texts are counted beforehand
_REMEMBERED = 5_000
_TOGETHER = 20  # columns looked at beforehand at once
_FALSE, _TRUE, _UNKNOWN = 0, 1, 2


def few_valued(
    connection: duckdb.DuckDBPyConnection, cells: Cells, sources: Sequence[Source], straight: Collection[str]
) -> frozenset[str]:
    """The columns of text that have few different ones in their first rows. More may follow: that only costs time.

    Those in `straight` are read from the files themselves.
    """
    texts = [column for column in cells.plan.columns if column.sort.kind is Kind.TEXT]
    here = frozenset(
        column.name
        for column in texts
        if column.name in straight and different(sources, column.source, LOOKED_AT) <= FEW
    )
    return here | _asked(connection, cells, [column for column in texts if column.name not in straight])


def _asked(
    connection: duckdb.DuckDBPyConnection, cells: Cells, texts: Sequence[ColumnPlan]
) -> frozenset[str]:
    found: set[str] = set()
    for start in range(0, len(texts), _TOGETHER):
        found |= _few(connection, cells, texts[start : start + _TOGETHER])
    return frozenset(found)


def _few(connection: duckdb.DuckDBPyConnection, cells: Cells, texts: Sequence[ColumnPlan]) -> set[str]:
    names = [column.name for column in texts]
    first = f"(SELECT * FROM {cells.rows(names, numbered=False)} LIMIT {LOOKED_AT})"
    counted = ", ".join(f"count(DISTINCT {cells.value(name)})" for name in names)
    times = one(connection, f"SELECT {counted} FROM {first}")
    return {name for name, different in zip(names, times, strict=True) if different <= FEW}


class Few:
    """The judgements of the different texts of one column, for all expressions that look at it alone."""

    def __init__(self, cursor: Callable[[], duckdb.DuckDBPyConnection], cells: Cells, column: str) -> None:
        self.cursor, self.cells, self.column = cursor, cells, column
        self.conditions: list[str] = []
        self._known: dict[str | None, tuple[int, ...]] = {}
        self._lock = threading.Lock()

    def takes(self, expression: Expression) -> bool:
        """Whether an expression looks at the values of this column alone."""
        if columns_in(expression) != {self.column}:
            return False
        return not self.cells.misfit(self.column) or not any(
            isinstance(part, Written) for part in walk(expression)
        )

    def predicate(self, condition: str) -> Predicate:
        """The form of a condition in SQL; all of one column are asked together, once for each text."""
        number = len(self.conditions)
        self.conditions.append(condition)

        def test(batch: Batch) -> Truth:
            indices, _ = batch.dictionary(self.cells.value(self.column))
            judged = self._judged(batch)[number]
            unknown = judged == _UNKNOWN
            return Truth((judged == _TRUE)[indices], unknown[indices] if unknown.any() else None)

        return test

    def _judged(self, batch: Batch) -> NDArray[np.int8]:
        """For each condition, its judgement of each text of the batch, and at last of nothing, where it occurs."""
        kept = batch.kept.get(self.column)
        if kept is None:
            indices, values = batch.dictionary(self.cells.value(self.column))
            is_filled = not len(indices) or indices.min() >= 0
            judged = self._judgements([*values, values[0] if values and is_filled else None])
            kept = batch.kept[self.column] = np.ascontiguousarray(np.array(judged, np.int8).T)
        return kept

    def _judgements(self, values: list[str | None]) -> list[tuple[int, ...]]:
        with self._lock:
            new = [value for value in values if value not in self._known]
            if new:
                if len(self._known) > _REMEMBERED:
                    self._known.clear()
                    new = values
                self._known |= dict(zip(new, self._asked(new), strict=True))
            return [self._known[value] for value in values]

    def _asked(self, values: list[str | None]) -> list[tuple[int, ...]]:
        """What the engine says of texts."""
        place = self.cells.place(self.column)
        wanted = ", ".join(
            f"coalesce(CAST({condition} AS TINYINT), {_UNKNOWN})" for condition in self.conditions
        )
        found = self.cursor().execute(
            f"SELECT {wanted} FROM (SELECT v{place}, v{place} AS r{place}, v{place} IS NULL AS n{place}, n "
            f"FROM (SELECT unnest(?::VARCHAR[]) AS v{place}, unnest(?::INTEGER[]) AS n)) ORDER BY n",
            [values, list(range(len(values)))],
        )
        return [tuple(row) for row in found.fetchall()]
