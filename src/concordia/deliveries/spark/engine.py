"""One check on a Spark that runs elsewhere, from paths to the same document as the embedded engine gives."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from concordia.deliveries.checking import UnfinishedError
from concordia.deliveries.embedded.engine import unreadable
from concordia.deliveries.embedded.relation import said_by
from concordia.deliveries.files import FileError
from concordia.deliveries.spark.cells import Cells
from concordia.deliveries.spark.counts import (
    TOGETHER,
    Condition,
    condition_of,
    rows_query,
    together,
    whole_query,
)
from concordia.deliveries.spark.files import (
    Frame,
    files_read,
    frames_of,
    local_path,
    require_parquet,
    views_of,
)
from concordia.deliveries.spark.patterns import LONGEST_CLIMBED
from concordia.deliveries.spark.profiles import profiles
from concordia.deliveries.spark.queries import query_of
from concordia.deliveries.spark.samples import failing_rows, repeated_samples, unknown_samples
from concordia.deliveries.spark.session import QueryError, Session, open_session
from concordia.deliveries.spark.sql import UnsupportedError
from concordia.domain.checking.compile import plan_of
from concordia.domain.checking.messages import NO_MESSAGE
from concordia.domain.checking.result import FileRead, Outcome, Result, RuleResult, Sample, judged
from concordia.domain.checking.rules import (
    CountRule,
    KeyRule,
    Plan,
    PresentRule,
    QueryRule,
    ReadableRule,
    ReferenceRule,
    Rule,
    SchemaRule,
    TotalRule,
)
from concordia.domain.contracts.reading import read_contract
from concordia.domain.texts import Text, both

BESIDE = 8  # counts about all rows in one query


@dataclass(frozen=True, slots=True)
class Asked:
    """What is checked against a plan: paths that the cluster sees, and those of the lists that rules look into."""

    plan: Plan
    paths: tuple[str, ...]
    references: Mapping[str, tuple[str, ...]]
    sample: int = 20
    profile: bool = True


def check_on_spark(
    contract: str,
    item: str,
    paths: Sequence[str],
    address: str,
    *,
    references: Mapping[str, Sequence[str]] | None = None,
    sample: int = 20,
    profile: bool = True,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Result:
    """The result of checking Parquet files at paths of the cluster against one object of a contract.

    `address` is `sc://host:port` or `spark://host:port`. Raises NotThisEngineError for what this engine is not there
    for, UnreadError for files that it does not see, UnfinishedError where no server answers or it is lost.
    """
    read = read_contract(contract).contract
    identity = (read.id, read.version, hashlib.sha256(contract.encode()).hexdigest())
    listed = {target: tuple(given) for target, given in (references or {}).items()}
    asked = Asked(plan_of(read, item), tuple(paths), listed, sample, profile)
    require_parquet(path for given in (asked.paths, *listed.values()) for path in given)
    with open_session(address) as session:
        return check(session, asked, identity, progress)


def check(
    session: Session,
    asked: Asked,
    identity: tuple[str, str, str],
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Result:
    """The result in a session that is open. `identity` is the contract's id, version and SHA-256."""
    try:
        return _Run(session, asked, progress).result(identity)
    except FileError as error:
        here = [path for path in map(local_path, asked.paths) if path is not None and path.is_file()]
        refused = unreadable(asked.plan, identity, [str(path) for path in here], error.text)
        return replace(refused, engine=session.engine)


class _Run:
    """A check under way."""

    def __init__(self, session: Session, asked: Asked, progress: Callable[[str, int, int], None]) -> None:
        self.session, self.asked, self.progress = session, asked, progress
        self.plan = asked.plan
        self.frames = {self.plan.object: frames_of(session, asked.paths)}
        self.frames |= {target: frames_of(session, given) for target, given in asked.references.items()}
        self.cells = self._cells(self.plan, "rows")
        self.unsupported = self.cells.unsupported()
        self.conditions: dict[str, Condition] = {}
        self.counted: dict[str, int | Fraction] = {}
        self.reasons: dict[str, Text] = {}

    def _cells(self, plan: Plan, label: str) -> Cells:
        return Cells(plan, views_of(self.frames[plan.object], plan.columns, label))

    def result(self, identity: tuple[str, str, str]) -> Result:
        files = self._files()
        self.progress("rows", 0, 1)
        total = self._count_rows()
        if total != sum(file.rows for file in files.values()):
            raise FileError(
                "Een bestand noemt een ander aantal rijen dan het heeft.",
                "A file tells of another number of rows than it has.",
            )
        self._count_wholes(total)
        rules = tuple(self._judged(rule, total) for rule in self.plan.rules)
        shown = self._with_samples(rules, files)
        self.progress("profile", 0, 1)
        left_out = frozenset(self.unsupported)
        seen = profiles(self.session, self.cells, total, left_out) if self.asked.profile else ()
        return Result(
            *identity,
            object=self.plan.object,
            engine=self.session.engine,
            files=tuple(files.values()),
            rules=shown,
            columns=seen,
            remarks=self._remarks(),
        )

    def _files(self) -> dict[str, FileRead]:
        try:
            return files_read(self.session, self.frames[self.plan.object], self.cells.views)
        except QueryError as error:
            raise _damaged(error) from None

    def _count_rows(self) -> int:
        """Count every rule about single rows, as many in one reading as Spark can compile; give the rows there are."""
        for rule in self.plan.rules:
            made = self._tried(rule, lambda rule=rule: self._condition(rule))  # type: ignore[misc]
            if made is not None:
                self.conditions[rule.key] = made
        every = list(self.conditions.values())
        texts = set(self.cells.texts()) - set(self.unsupported)
        total = 0
        for start in range(0, max(1, len(every)), TOGETHER):
            some = every[start : start + TOGETHER]
            here = sorted(texts & frozenset[str]().union(*(one.columns for one in some)))
            texts -= set(here)
            total = self._count_some(some, here)
        return total

    def _condition(self, rule: Rule) -> Condition | None:
        made = condition_of(self.cells, rule)
        for column in sorted(made.columns & self.unsupported.keys()) if made else ():
            why = self.unsupported[column]
            raise UnsupportedError(why.in_language("nl"), why.in_language("en"))
        return made

    def _count_some(self, some: list[Condition], texts: list[str]) -> int:
        try:
            total, *found = self.session.one(rows_query(self.cells, some, texts))
        except QueryError:
            total, *found = self._one_by_one(some, texts)
        spared, broken_texts = found[len(some) : 2 * len(some)], found[2 * len(some) :]
        broken = [column for column, count in zip(texts, broken_texts, strict=True) if count]
        if broken:
            listed = ", ".join(broken[:10])
            raise FileError(
                f"In {listed} staan bytes die geen tekst (UTF-8) zijn.",
                f"In {listed} stand bytes that are no text (UTF-8).",
            )
        for one, count, left_out in zip(some, found[: len(some)], spared, strict=True):
            if left_out:
                self.reasons[one.rule.key] = _too_long(left_out)
                del self.conditions[one.rule.key]
            elif count is not None:
                self.counted[one.rule.key] = int(count)
        return int(total)

    def _one_by_one(self, some: list[Condition], texts: list[str]) -> list[int | None]:
        """Where Spark gives up on many rules together: each alone, so that only what it cannot do is left out."""
        try:
            total, *broken = self.session.one(rows_query(self.cells, [], texts))
        except QueryError as error:
            raise _damaged(error) from None
        found: list[int | None] = []
        spared: list[int] = []
        for one in some:
            try:
                _, count, left_out = self.session.one(rows_query(self.cells, [one]))
            except QueryError as error:
                self.reasons[one.rule.key] = _gave_up(error)
                count, left_out = None, 0
            found.append(count)
            spared.append(left_out)
        return [total, *found, *spared, *broken]

    def _tried[Made](self, rule: Rule, make: Callable[[], Made]) -> Made | None:
        """What is made of a rule; None, and the reason kept, where this engine cannot count it exactly."""
        hindered = [self.unsupported[column] for column in rule.columns if column in self.unsupported]
        try:
            if hindered and not isinstance(rule, PresentRule):
                self.reasons[rule.key] = hindered[0]
                return None
            return make()
        except UnsupportedError as error:
            self.reasons[rule.key] = error.text
        except QueryError as error:
            self.reasons[rule.key] = _gave_up(error)
        return None

    def _count_wholes(self, total: int) -> None:
        """Count what is about all rows together, several at once: Spark runs them beside each other."""
        waiting: list[tuple[Rule, str]] = []
        for rule in self.plan.rules:
            count = self._tried(rule, lambda rule=rule: self._known_count(rule, total))  # type: ignore[misc]
            query = self._tried(rule, lambda rule=rule: self._whole_query(rule))  # type: ignore[misc]
            if count is not None:
                self.counted[rule.key] = count
            elif query is not None:
                waiting.append((rule, query))
        for start in range(0, len(waiting), BESIDE):
            self.progress("key", start, len(waiting))
            self._count_beside(waiting[start : start + BESIDE])

    def _known_count(self, rule: Rule, total: int) -> int | Fraction | None:
        match rule:
            case CountRule():
                return total
            case ReadableRule():
                return 0
            case PresentRule():
                return 0 if self.cells.present(rule.columns[0]) else 1
            case QueryRule():
                return self._query(rule)
        return None

    def _whole_query(self, rule: Rule) -> str | None:
        other = self._other(rule) if isinstance(rule, ReferenceRule | TotalRule) else None
        return whole_query(self.cells, rule, other)

    def _count_beside(self, some: list[tuple[Rule, str]]) -> None:
        try:
            found = dict(self.session.rows(together([query for _, query in some])))
            self.counted |= {rule.key: int(found[place]) for place, (rule, _) in enumerate(some)}
        except QueryError:
            for rule, query in some:
                count = self._tried(rule, lambda query=query: int(self.session.one(query)[0]))  # type: ignore[misc]
                if count is not None:
                    self.counted[rule.key] = count

    def _query(self, rule: QueryRule) -> Fraction:
        found = self.session.rows(query_of(rule.query, self.cells))
        if len(found) != 1 or isinstance(found[0][0], str | bool | None):
            raise UnsupportedError("De query geeft geen enkel getal.", "The query does not give one number.")
        return Fraction(found[0][0])

    def _other(self, rule: ReferenceRule | TotalRule) -> Cells | None:
        """The cells of another delivery or list, its columns read as ours are; None where it was not given."""
        ours, theirs = rule.columns, rule.target_columns
        if isinstance(rule, TotalRule):
            ours, theirs = (*ours, rule.total), (*theirs, rule.equals)
        frames = self.frames.get(rule.target, ())
        if not frames or not all(any(column in frame.kinds for frame in frames) for column in theirs):
            self.reasons[rule.key] = _not_given(rule.target)
            return None
        sorts = dict(zip(theirs, (self.plan.column(column) for column in ours), strict=True))
        columns = tuple(replace(column, name=name, source=name) for name, column in sorts.items())
        label = f"list_{self.plan.rules.index(rule)}"
        cells = self._cells(Plan(rule.target, columns, ()), label)
        for why in cells.unsupported().values():
            raise UnsupportedError(why.in_language("nl"), why.in_language("en"))
        return cells

    def _judged(self, rule: Rule, total: int) -> RuleResult:
        if isinstance(rule, SchemaRule):
            return judged(rule, None, total, reason=NO_MESSAGE)
        found = self.counted.get(rule.key)
        return judged(rule, found, total, reason=self.reasons.get(rule.key) if found is None else None)

    def _with_samples(
        self, rules: tuple[RuleResult, ...], files: dict[str, FileRead]
    ) -> tuple[RuleResult, ...]:
        """The first rows that failed. Where Spark gives up on these, the counts stand all the same."""
        failed = {one.key for one in rules if one.outcome is Outcome.FAILED and one.counted}
        some = [one for key, one in self.conditions.items() if key in failed]
        most = self.asked.sample

        def named(path: str) -> str:
            return files[path].name

        found: dict[str, tuple[Sample, ...]] = {}
        try:
            for start in range(0, len(some), TOGETHER):
                part = some[start : start + TOGETHER]
                found |= failing_rows(self.session, self.cells, part, most, named)
            for rule in self.plan.rules:
                if isinstance(rule, KeyRule) and rule.key in failed:
                    found[rule.key] = repeated_samples(self.session, self.cells, rule, most, named)
                if isinstance(rule, ReferenceRule) and rule.key in failed and (other := self._other(rule)):
                    shown = unknown_samples(self.session, self.cells, rule, other, most, named)
                    found[rule.key] = shown
        except QueryError:
            pass
        return tuple(replace(one, samples=found.get(one.key, ())) for one in rules)

    def _remarks(self) -> tuple[Text, ...]:
        known = {column.source for column in self.plan.columns}
        frames: tuple[Frame, ...] = self.frames[self.plan.object]
        extra = dict.fromkeys(column for frame in frames for column in frame.kinds if column not in known)
        if not extra:
            return ()
        listed = ", ".join(list(extra)[:10])
        return (
            both(
                f"Niet in het contract, en niet bekeken: {listed}.",
                f"Not in the contract, and not looked at: {listed}.",
            ),
        )


def _too_long(rows: int) -> Text:
    return both(
        f"In {rows} rijen staat een tekst van meer dan {LONGEST_CLIMBED} tekens, en zo'n patroon kan Spark daar niet "
        "veilig op zoeken. Controleer deze eis met --engine embedded.",
        f"In {rows} rows stands a text of more than {LONGEST_CLIMBED} characters; Spark cannot safely look in it for "
        "such a pattern. Check this demand with --engine embedded.",
    )


def _damaged(error: QueryError) -> FileError | UnfinishedError:
    """A file that cannot be read refuses a delivery; a Spark that gives up for another reason says nothing of it."""
    said = said_by(error)
    if not error.of_file:
        return UnfinishedError(
            both(
                f"Spark gaf het op, en er is geen oordeel: {said}",
                f"Spark gave up, and there is no verdict: {said}",
            )
        )
    return FileError(
        f"Een bestand is beschadigd of anders dan het lijkt. Spark meldt: {said}",
        f"A file is damaged, or other than it seems. Spark says: {said}",
    )


def _gave_up(error: QueryError) -> Text:
    said = said_by(error)
    return both(f"Spark kan deze eis niet natellen: {said}", f"Spark cannot count this demand: {said}")


def _not_given(target: str) -> Text:
    return both(
        f"De lijst “{target}” is niet meegegeven, of mist een kolom. Geef haar met --reference {target}=BESTAND.",
        f"The list “{target}” was not given, or lacks a column. Give it with --reference {target}=FILE.",
    )
