"""What each reading of the rows is to find, and in which form; all that they tell together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from concordia.deliveries.embedded import from_engine, from_parquet
from concordia.deliveries.embedded.asked import (
    WIDEST,
    Asked,
    Cluster,
    Width,
    clusters_of,
    megabytes_of,
    width_for_engine,
)
from concordia.deliveries.embedded.batches import Predicate
from concordia.deliveries.embedded.cells import Cells
from concordia.deliveries.embedded.few import Few, few_valued
from concordia.deliveries.embedded.kernels import Kernels, has_vector, is_exact
from concordia.deliveries.embedded.keys import KeyHashes
from concordia.deliveries.embedded.session import one
from concordia.deliveries.embedded.showing import Showing
from concordia.deliveries.embedded.sketches import Hashes
from concordia.deliveries.embedded.stream import Found, Judging, batch_rows
from concordia.deliveries.embedded.summaries import Summary
from concordia.deliveries.embedded.wholes import Surplus, surplus_of, surplus_rows
from concordia.deliveries.files import Source
from concordia.domain.checking.expressions import Expression, columns_in
from concordia.domain.checking.rules import ColumnPlan, KeyRule
from concordia.domain.checking.sorts import Kind

_MOST_KNOWN = 200_000  # values of a reference that a batch is held against itself
_MOST_REPEATED = 300  # rows with a hash that stands twice, held in memory for each MB that the engine may use
_SHARE = 16  # of what the engine may use, the part that one batch may
_FEWEST, _OF_A_COLUMN = 4, 6  # columns of Parquet read together, and MB that one of them takes


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What reading the rows told: counts and the places of the first failing rows by rule key, and how many rows.

    `surplus` has what each key rule found, `summaries` what was seen of columns.
    """

    found: Found
    surplus: dict[str, Surplus]
    summaries: dict[str, Summary]


@dataclass(frozen=True, slots=True)
class Means:
    """What reading may use: threads, rows shown, a folder for what does not fit memory, whether to sum up columns.

    `aside` is how many failing rows may be put aside.
    """

    threads: int
    sample: int
    temporary: Path
    profile: bool
    aside: int = 0


def read_rows(
    connection: duckdb.DuckDBPyConnection,
    cells: Cells,
    sources: Sequence[Source],
    asked: Sequence[Asked],
    means: Means,
) -> RowCounts:
    """Read the rows, each column as few times as can be."""
    return _Passes(connection, cells, sources, means).over(asked)


class _Passes:
    """The readings of one delivery."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        cells: Cells,
        sources: Sequence[Source],
        means: Means,
    ) -> None:
        self.connection, self.cells, self.means = connection, cells, means
        self.sources = tuple(source for source in sources if source.form == cells.relation.form)
        self.straight = from_parquet.straight(sources, cells)
        self.kernels = Kernels(cells, self._judged_once)
        self.few = few_valued(connection, cells, self.sources, self.straight)
        self.fews = {name: Few(connection.cursor, cells, name) for name in self.few}
        self.forms = cells.forms()
        self.predicates: dict[str, Predicate] = {}
        self.summaries: dict[str, Summary] = {}

    def over(self, asked: Sequence[Asked]) -> RowCounts:
        """What all readings told. What cannot fail is not asked."""
        found = Found(counts={one_of.rule.key: 0 for one_of in asked if one_of.condition == "FALSE"})
        open_ones = [one_of for one_of in asked if one_of.condition != "FALSE"]
        self.predicates = {
            one_of.rule.key: predicate
            for one_of in open_ones
            if (predicate := self._predicate(one_of)) is not None
        }
        keys = {
            one_of.rule.key: KeyHashes(self.means.temporary / f"key-{number}")
            for number, one_of in enumerate(asked)
            if one_of.hashed
        }
        straight = [one_of for one_of in open_ones if self._goes_straight(one_of)]
        for cluster in self._clusters(straight, self.straight, self._width()):
            reading = self._straight(cluster)
            found.join(from_parquet.read(reading, keys, threads=self.means.threads, rows=self._rows(reading)))
        others = [one_of for one_of in open_ones if one_of not in straight]
        columns = {column.name for column in self.cells.plan.columns} - self.straight
        clusters = self._clusters(others, columns, width_for_engine(self.connection))
        if not clusters and not found.rows:
            clusters = [Cluster(set(), [])]
        for number, cluster in enumerate(clusters):
            found.join(self._by_engine(cluster, keys, rejecting=number == 0))
        surplus = {
            one_of.rule.key: self._surplus(
                one_of.rule, keys[one_of.rule.key], f"surplus_{number}", straight=one_of in straight
            )
            for number, one_of in enumerate(asked)
            if one_of.hashed and isinstance(one_of.rule, KeyRule)
        }
        return RowCounts(found, surplus, self.summaries)

    def _predicate(self, asked: Asked) -> Predicate | None:
        """The fastest form there is: few different texts are judged once each."""
        if asked.known and len(asked.columns) == 1:
            (column,) = asked.columns
            return (
                self._unknown(column, asked.known) if is_exact(self.cells.plan.column(column).sort) else None
            )
        return None if asked.expression is None else self.kernels.of(asked.expression)

    def _judged_once(self, expression: Expression) -> Predicate | None:
        """The form of what looks at one column of few texts, alone or as part of more."""
        columns = columns_in(expression)
        few = self.fews.get(next(iter(columns))) if len(columns) == 1 else None
        return few.predicate(self.forms.of(expression)) if few and few.takes(expression) else None

    def _unknown(self, column: str, table: str) -> Predicate | None:
        (count,) = one(self.connection, f"SELECT count(*) FROM {table}")
        if count > _MOST_KNOWN:
            return None
        known = self.connection.sql(f"SELECT k0 FROM {table}").to_arrow_table()
        return self.kernels.unknown(column, known.column(0).combine_chunks())

    def _surplus(self, rule: KeyRule, hashes: KeyHashes, table: str, *, straight: bool) -> Surplus:
        """The rows beyond the first of each key, of those whose hash stands twice."""
        most = _MOST_REPEATED * megabytes_of(self.connection) * self.means.threads
        twice = hashes.twice(most // 2)
        if twice is not None and not len(twice):
            return Surplus()
        if twice is None or not straight:
            return self._surplus_rows(rule, None if straight else twice, table)
        hashed = self.kernels.key(rule.columns)
        reading = replace(
            self._straight(Cluster(set(rule.columns), [])), judging=Judging((), (), 0, ((rule.key, hashed),))
        )
        keys = from_parquet.keys_with(
            reading,
            rule.key,
            twice,
            rows=self._rows(reading),
            threads=self.means.threads,
            most=most,
        )
        if keys is None:
            return self._surplus_rows(rule, None, table)
        return surplus_of(self.connection, keys, table, told=self.means.sample)

    def _surplus_rows(self, rule: KeyRule, twice: Hashes | None, table: str) -> Surplus:
        told, kept = self.means.sample, self.means.aside
        return surplus_rows(self.connection, self.cells, rule, twice, table, told=told, kept=kept)

    def _goes_straight(self, asked: Asked) -> bool:
        has_form = bool(asked.hashed) or asked.rule.key in self.predicates
        return bool(asked.columns) and has_form and asked.columns <= self.straight

    def _clusters(self, asked: Sequence[Asked], columns: Collection[str], width: Width) -> list[Cluster]:
        """What is read together, with columns that nothing is asked of but that are summed up."""
        sql = {
            one_of.rule.key: 0 if one_of.rule.key in self.predicates else len(one_of.condition)
            for one_of in asked
        }
        clusters = clusters_of(self.cells, asked, sql, width)
        seen = set().union(*(cluster.columns for cluster in clusters))
        for column in self.cells.plan.columns:
            if column.name in columns and column.name not in seen and self._is_summed_up(column):
                if not clusters or len(clusters[-1].columns) >= width.columns:
                    clusters.append(Cluster(set(), []))
                clusters[-1].columns.add(column.name)
        return clusters

    def _is_summed_up(self, column: ColumnPlan) -> bool:
        return self.means.profile and (column.sort.kind is Kind.TEXT or has_vector(column.sort))

    def _judging(self, cluster: Cluster) -> Judging:
        tests = [
            (one_of.rule.key, self.predicates[one_of.rule.key])
            for one_of in cluster.asked
            if one_of.rule.key in self.predicates
        ]
        summaries = [
            self._summary(column)
            for column in self.cells.plan.columns
            if self._is_summed_up(column)
            and column.name in cluster.columns
            and column.name not in self.summaries
        ]
        self.summaries |= {summary.column: summary for summary in summaries}
        return Judging(tuple(tests), tuple(summaries), self.means.sample)

    def _summary(self, column: ColumnPlan) -> Summary:
        is_text, few = column.sort.kind is Kind.TEXT, column.name in self.few
        return Summary(
            column.name, self.cells.value(column.name), not column.sensitive, is_text=is_text, few=few
        )

    def _width(self) -> Width:
        """How many columns of Parquet are decoded side by side: each holds a page, and a dictionary of its own."""
        return Width(max(_FEWEST, min(WIDEST, megabytes_of(self.connection) // _OF_A_COLUMN)))

    def _rows(self, reading: from_parquet.Reading) -> int:
        return self._batch_rows(len(reading.columns))

    def _batch_rows(self, columns: int) -> int:
        room = megabytes_of(self.connection) * self.means.threads * 2**20 // _SHARE
        return batch_rows(room, columns)

    def _straight(self, cluster: Cluster) -> from_parquet.Reading:
        columns = {
            column.source: self.cells.value(column.name)
            for column in self.cells.plan.columns
            if column.name in cluster.columns
        }
        few = frozenset(column.source for column in self.cells.plan.columns if column.name in self.few)
        keys = tuple(
            (one_of.rule.key, self.kernels.key(one_of.rule.columns))
            for one_of in cluster.asked
            if one_of.hashed
        )
        judging = replace(self._judging(cluster), keys=keys, shown=self._shown(cluster))
        return from_parquet.Reading(self.sources, columns, few, judging)

    def _shown(self, cluster: Cluster) -> dict[str, tuple[Showing, ...]]:
        """The columns that are shown of rows that fail a rule."""
        return {
            one_of.rule.key: tuple(
                Showing(name, self.cells.value(name), self.cells.plan.column(name).sensitive)
                for name in one_of.rule.columns
                if name in cluster.columns
            )
            for one_of in cluster.asked
        }

    def _by_engine(self, cluster: Cluster, keys: Mapping[str, KeyHashes], *, rejecting: bool) -> Found:
        judging = self._judging(cluster)
        hashed = tuple(one_of for one_of in cluster.asked if one_of.hashed)
        judged = {key for key, _ in judging.tests}
        exported = {
            self.cells.value(name)
            for one_of in cluster.asked
            if one_of.rule.key in judged
            for name in one_of.columns
        }
        conditions = tuple(
            one_of for one_of in cluster.asked if one_of.condition and one_of.rule.key not in judged
        )
        places = bool(self.means.sample and (conditions or judged))
        joins = any(one_of.known for one_of in conditions)  # what is joined comes in any order
        ordered = places and not joins and bool(self.cells.relation.ordered[0])
        source = self.cells.rows(
            cluster.columns, numbered=places and not ordered, rejecting=rejecting, ordered=ordered
        )
        place = "file" if ordered else "place" if places else ""
        reading = from_engine.Reading(source, tuple(sorted(exported)), judging, conditions, hashed, place)
        rows = self._batch_rows(len(exported) + len(hashed))
        return from_engine.read(self.connection, reading, keys, threads=self.means.threads, rows=rows)
