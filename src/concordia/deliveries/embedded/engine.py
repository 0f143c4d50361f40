"""One check on the embedded engine, from files to a result. Runs in the worker process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import duckdb

from concordia.deliveries.embedded.asked import asked_of
from concordia.deliveries.embedded.cells import SHIFT, Cells
from concordia.deliveries.embedded.passes import Means, RowCounts, read_rows
from concordia.deliveries.embedded.profiles import profiles
from concordia.deliveries.embedded.quarantine import Wanted, quarantine, with_places
from concordia.deliveries.embedded.relation import FILE, Relation, relation_of
from concordia.deliveries.embedded.samples import shown_cells
from concordia.deliveries.embedded.session import one, open_session, rows
from concordia.deliveries.embedded.showing import Shown
from concordia.deliveries.embedded.wholes import (
    NotCheckedError,
    differing,
    keep_known,
)
from concordia.deliveries.files import Source, sha256_of
from concordia.domain.checking.messages import SchemaCheck
from concordia.domain.checking.result import (
    ColumnProfile,
    FileRead,
    Result,
    RuleResult,
    Sample,
    judged,
    judged_messages,
)
from concordia.domain.checking.rules import (
    ColumnPlan,
    CountRule,
    Plan,
    PresentRule,
    QueryRule,
    ReadableRule,
    ReferenceRule,
    Rule,
    SchemaRule,
    TotalRule,
    TypeRule,
    Unchecked,
)
from concordia.domain.texts import Text, both

ENGINE = f"concordia embedded 1 (DuckDB {duckdb.__version__})"


@dataclass(frozen=True, slots=True)
class Counted:
    """What one rule counted, and the places of the first rows that failed, in order."""

    count: int | Fraction
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """How to check: the engine's memory, threads, how many failing rows to show, whether to profile the columns,
    where to write the failing rows."""

    memory: str = "512MB"
    threads: int = 2
    sample: int = 20
    profile: bool = True
    quarantine: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is checked against a plan: files, and the other deliveries or lists that rules look into.

    `messages` says what the files have that their XML Schema has not; None where no schema was given.
    """

    plan: Plan
    sources: tuple[Source, ...]
    references: Mapping[str, tuple[Source, ...]]
    messages: SchemaCheck | None = None


def check(
    delivery: Delivery,
    identity: tuple[str, str, str],
    temporary: Path,
    options: Options,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Result:
    """The result of a delivery. `identity` is the contract's id, version and SHA-256.

    Raises FileError for files that cannot be read as a delivery, duckdb.Error where the engine itself gives up.
    """
    paths = [source.path for source in _every(delivery)]
    connection = open_session(paths, temporary, memory=options.memory, threads=options.threads)
    try:
        return _Run(connection, delivery, options, temporary, progress).result(identity)
    finally:
        connection.close()


def unreadable(
    plan: Plan,
    identity: tuple[str, str, str],
    files: Sequence[str],
    why: Text,
    messages: SchemaCheck | None = None,
) -> Result:
    """The result of files that could not be read as a delivery: refused, with why; of the rest only the schema says."""
    rules = tuple(_unread(rule, why, messages) for rule in plan.rules)
    read = tuple(
        FileRead(Path(file).name, Path(file).stat().st_size, sha256_of(Path(file)), "", 0) for file in files
    )
    return Result(*identity, object=plan.object, engine=ENGINE, files=read, rules=rules)


def _unread(rule: Rule, why: Text, messages: SchemaCheck | None) -> RuleResult:
    if isinstance(rule, ReadableRule):
        return judged(rule, 1, 0, reason=why)
    if isinstance(rule, SchemaRule) and messages is not None:
        return judged_messages(rule, messages, 0)
    nothing = both("De levering kon niet worden gelezen.", "The delivery could not be read.")
    return judged(rule, None, 0, reason=nothing)


def _every(delivery: Delivery) -> list[Source]:
    return [*delivery.sources, *(source for sources in delivery.references.values() for source in sources)]


class _Run:
    """A check under way."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        delivery: Delivery,
        options: Options,
        temporary: Path,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self.connection, self.delivery, self.options, self.progress = connection, delivery, options, progress
        aside = options.quarantine.most + 1 if options.quarantine else 0  # one more tells that there are more
        self.means = Means(options.threads, options.sample, temporary, options.profile, aside)
        self.plan = delivery.plan
        self.cells = Cells(self.plan, self._relation(delivery.sources, self.plan.columns))
        self.counted: dict[str, Counted] = {}
        self.reasons: dict[str, Text] = {}
        self.firsts: dict[tuple[str, int], int] = {}

    def _relation(self, sources: Sequence[Source], columns: Sequence[ColumnPlan]) -> Relation:
        return relation_of(self.connection, sources, columns, numbered=True)

    def result(self, identity: tuple[str, str, str]) -> Result:
        known = self._references()
        self.progress("rows", 0, 1)
        asked = asked_of(self.cells, self.plan.rules, known)
        read = read_rows(self.connection, self.cells, self.delivery.sources, asked, self.means)
        self._keep(read)
        total = read.found.rows
        files = self._files(total)
        self._rejected()
        for rule in self.plan.rules:
            self._whole(rule, read)
        judgements = tuple(self._judged(rule, total) for rule in self.plan.rules)
        shown = self._with_samples(judgements, read.found.shown)
        run = self._quarantined(judgements, known, read)
        return Result(
            *identity,
            object=self.plan.object,
            engine=ENGINE,
            files=files,
            rules=shown,
            columns=self._profiles(read),
            remarks=self._remarks(),
            run=run,
        )

    def _keep(self, read: RowCounts) -> None:
        """What the rows told of each rule about single rows."""
        for key, count in read.found.counts.items():
            self.counted[key] = Counted(count, tuple(read.found.places.get(key, ())))
        for key, surplus in read.surplus.items():
            self.counted[key] = Counted(surplus.count, tuple(place for place, _ in surplus.rows))
            self.firsts |= {(key, place): first for place, first in surplus.rows}

    def _profiles(self, read: RowCounts) -> tuple[ColumnProfile, ...]:
        if not self.options.profile:
            return ()
        self.progress("profile", 0, 1)
        misfits = {
            rule.columns[0]: read.found.counts[rule.key]
            for rule in self.plan.rules
            if isinstance(rule, TypeRule)
        }
        return profiles(self.connection, self.cells, read.summaries, misfits)

    def _quarantined(
        self, judgements: tuple[RuleResult, ...], known: dict[str, str], read: RowCounts
    ) -> tuple[tuple[str, str], ...]:
        """Write the rows that fail, where asked. What a norm asks more of is no fault."""
        if self.options.quarantine is None:
            return ()
        self.progress("quarantine", 0, 1)
        failed = {one.key for one in judgements if one.outcome == "failed" and one.norm.holds(0, one.rows)}
        rules = [rule for rule in self.plan.rules if rule.key in failed]
        asked = with_places(asked_of(self.cells, rules, known), read.surplus)
        found = quarantine(self.connection, self.cells, asked, self._names(), self.options.quarantine)
        return (("quarantineRows", str(found.rows)), ("quarantineMore", str(found.more).lower()))

    def _names(self) -> list[str]:
        """The names of the files by the number that rows know them by."""
        return [source.name for source in self.delivery.sources if source.form == self.cells.relation.form]

    def _references(self) -> dict[str, str]:
        """The known values of each reference rule, as a table; a reference that was not given leaves it unchecked."""
        known: dict[str, str] = {}
        for number, rule in enumerate(self.plan.rules):
            if isinstance(rule, ReferenceRule):
                cells = self._other(rule.target, rule.columns, rule.target_columns)
                if cells is None:
                    self.reasons[rule.key] = _not_given(rule.target)
                    continue
                self.progress("reference", number, len(self.plan.rules))
                known[rule.key] = f"known_{number}"
                keep_known(self.connection, cells, known[rule.key], rule.target_columns)
        return known

    def _other(self, target: str, ours: Sequence[str], theirs: Sequence[str]) -> Cells | None:
        """The cells of another delivery or list, its columns read as ours are; None where it was not given."""
        sources = self.delivery.references.get(target)
        if sources is None and target == self.plan.object:
            sources = self.delivery.sources
        if sources is None:
            return None
        sorts = dict(zip(theirs, (self.plan.column(column) for column in ours), strict=True))
        columns = tuple(replace(column, name=name, source=name) for name, column in sorts.items())
        plan = Plan(target, columns, ())
        relation = relation_of(self.connection, sources, columns, numbered=False)
        missing = [name for name in theirs if not relation.cells[name].present]
        return None if missing else Cells(plan, relation)

    def _files(self, total: int) -> tuple[FileRead, ...]:
        """Each file with its rows. With one file that is all of them; with more they are counted."""
        by_file = {0: total}
        if len(self.delivery.sources) > 1:
            source = self.cells.relation.ordered[0] or self.cells.relation.sql
            counted = rows(self.connection, f"SELECT {FILE}, count(*) FROM {source} GROUP BY 1")
            by_file = {int(file): int(count) for file, count in counted}
        filled = [source for source in self.delivery.sources if source.form == self.cells.relation.form]
        return tuple(
            FileRead(
                source.name,
                source.bytes,
                source.sha256,
                (source.shown or source.form) + ("+gzip" if source.compressed else ""),
                by_file.get(filled.index(source), 0) if source in filled else 0,
                source.told,
            )
            for source in self.delivery.sources
        )

    def _rejected(self) -> None:
        """How many lines were no row."""
        key = next((rule.key for rule in self.plan.rules if isinstance(rule, ReadableRule)), None)
        if key is None:
            return
        count = 0
        if self.cells.relation.form == "csv":
            count = int(one(self.connection, "SELECT count(DISTINCT (file_id, line)) FROM reject_errors")[0])
        if self.cells.relation.unreadable:
            count = int(one(self.connection, f"SELECT sum(n) FROM {self.cells.relation.unreadable}")[0])
        self.counted[key] = Counted(count)

    def _whole(self, rule: Rule, read: RowCounts) -> None:
        try:
            count = self._count_whole(rule, read)
        except NotCheckedError as error:
            self.reasons[rule.key] = error.text
            return
        if count is not None:
            self.counted[rule.key] = Counted(count)

    def _count_whole(self, rule: Rule, read: RowCounts) -> int | Fraction | None:
        match rule:
            case CountRule():
                return read.found.rows
            case PresentRule():
                return 0 if self.cells.relation.cells[rule.columns[0]].present else 1
            case TotalRule():
                names = (*rule.target_columns, rule.equals)
                other = self._other(rule.target, (*rule.columns, rule.total), names)
                if other is None:
                    raise NotCheckedError(_not_given(rule.target))
                return differing(self.connection, self.cells, other, rule)
            case QueryRule():
                from concordia.deliveries.embedded.queries import query_result  # and what reads SQL with it

                return query_result(self.connection, rule, {self.plan.object: self.cells})
        return None

    def _judged(self, rule: Rule, total: int) -> RuleResult:
        if isinstance(rule, SchemaRule):
            return judged_messages(rule, self.delivery.messages, total)
        found = self.counted.get(rule.key)
        if isinstance(rule, Unchecked) or found is None:
            return judged(rule, None, total, reason=self.reasons.get(rule.key))
        return judged(rule, found.count, total)

    def _with_samples(self, judgements: tuple[RuleResult, ...], seen: Shown) -> tuple[RuleResult, ...]:
        """The first rows that each failed rule counted, with what stood in its columns; some was seen already."""
        nothing = Counted(0)
        failed = [
            one for one in judgements if one.outcome == "failed" and self.counted.get(one.key, nothing).places
        ]
        wanted: dict[str, frozenset[int]] = {}
        for judgement in failed:
            for column in judgement.columns:
                places = {
                    place for place in self.counted[judgement.key].places if (place, column) not in seen
                }
                if places:
                    wanted[column] = wanted.get(column, frozenset()) | places
        shown = seen | shown_cells(self.connection, self.cells, self.delivery.sources, wanted)
        return tuple(
            replace(judgement, samples=self._samples(judgement, shown)) if judgement in failed else judgement
            for judgement in judgements
        )

    def _samples(self, judgement: RuleResult, shown: Shown) -> tuple[Sample, ...]:
        names = self._names()

        def stands(place: int) -> tuple[str, int]:
            return names[place >> SHIFT], place & ((1 << SHIFT) - 1)

        return tuple(
            Sample(
                *stands(place),
                tuple((column, shown.get((place, column))) for column in judgement.columns),
                stands(first) if (first := self.firsts.get((judgement.key, place))) else None,
            )
            for place in self.counted[judgement.key].places
        )

    def _remarks(self) -> tuple[Text, ...]:
        relation = self.cells.relation
        found = []
        if relation.extra:
            listed = ", ".join(relation.extra[:10])
            found.append(
                both(
                    f"Niet in het contract, en niet bekeken: {listed}.",
                    f"Not in the contract, and not looked at: {listed}.",
                )
            )
        if relation.doubled:
            listed = ", ".join(relation.doubled[:10])
            found.append(
                both(
                    f"Deze kolommen staan er twee keer in en zijn niet gelezen: {listed}.",
                    f"These columns stand twice and were not read: {listed}.",
                )
            )
        return tuple(found)


def _not_given(target: str) -> Text:
    return both(
        f"De lijst “{target}” is niet meegegeven, of mist een kolom. Geef haar met --reference {target}=BESTAND.",
        f"The list “{target}” was not given, or lacks a column. Give it with --reference {target}=FILE.",
    )
