"""What came out of checking a delivery: one document that people read and machines merge (C42).

Counts are exact and do not depend on the engine; samples are the first rows that failed. Nothing in the document
depends on the clock except `run`: `schemaSeconds` of processor time, and what else one run had.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from concordia.domain.checking import meanings
from concordia.domain.checking.messages import NO_MESSAGE, Place, SchemaCheck, SchemaFile, not_given, spread
from concordia.domain.checking.rules import (
    KeyRule,
    Norm,
    PresentRule,
    QueryRule,
    ReferenceRule,
    RowRule,
    Rule,
    SchemaRule,
    Severity,
    TotalRule,
    TypeRule,
    Unchecked,
    Unit,
)
from concordia.domain.texts import Text, both

FORM = "delivery-check/1"
HIDDEN = "•••"  # what stands in a sample for a value of a sensitive column


class Verdict(StrEnum):
    """What the contract's norms make of a delivery."""

    ACCEPT = "accept"
    ACCEPT_WITH_REMARKS = "accept_with_remarks"
    REFUSE = "refuse"


class Outcome(StrEnum):
    """What became of one rule."""

    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Sample:
    """A row that failed: its file, its number there (1 is the first), and what stood in the columns of the rule.

    A value is text as it was delivered, None for nothing, or hidden (`•••`) where its column is sensitive. `first` is,
    for a key that stands more than once, the file and number of the first row with it.
    """

    file: str
    row: int
    values: tuple[tuple[str, str | None], ...]
    first: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule counted, held against its norm. `counted` is None where it was not checked.

    `of_rows` tells that it counts rows, so that a share means something; `adds` that the counts of files add up.
    """

    key: str
    kind: str
    meaning: Text
    columns: tuple[str, ...]
    severity: Severity
    norm: Norm
    of_rows: bool
    adds: bool
    outcome: Outcome
    counted: int | Fraction | None
    rows: int
    reason: Text | None = None
    samples: tuple[Sample, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def share(self) -> Fraction | None:
        """Which share of the rows was counted, from 0 to 1; None where it is no share."""
        if self.counted is None or not self.of_rows:
            return None
        return Fraction(self.counted) / self.rows if self.rows else Fraction(0)


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What was seen of a column. `distinct` is an estimate; `lowest` and `highest` are hidden where sensitive."""

    name: str
    present: bool
    delivered_as: str | None = None
    filled: int = 0
    lowest: str | None = None
    highest: str | None = None
    distinct: int | None = None


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file of the delivery, with how it was read and the SHA-256 of its bytes."""

    name: str
    bytes: int
    sha256: str
    form: str
    rows: int
    told: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one check. `remarks` is what people should know and what refuses nothing.

    `schemas` are the files of the XML Schema that messages were held against, the main one first.
    """

    contract_id: str
    contract_version: str
    contract_sha256: str
    object: str
    engine: str
    files: tuple[FileRead, ...]
    rules: tuple[RuleResult, ...]
    columns: tuple[ColumnProfile, ...] = ()
    remarks: tuple[Text, ...] = ()
    schemas: tuple[SchemaFile, ...] = ()
    run: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return sum(file.rows for file in self.files)

    @property
    def verdict(self) -> Verdict:
        """Refused where a rule of severity error failed; with remarks where anything else is to be told."""
        failed = {one.severity for one in self.rules if one.outcome is Outcome.FAILED}
        if Severity.ERROR in failed:
            return Verdict.REFUSE
        unchecked = any(one.outcome is Outcome.UNCHECKED for one in self.rules)
        return Verdict.ACCEPT_WITH_REMARKS if failed or unchecked or self.remarks else Verdict.ACCEPT

    @property
    def exit_code(self) -> int:
        """What a command line ends with: 0 accept, 1 accept with remarks, 2 refuse."""
        return list(Verdict).index(self.verdict)


def judged(
    rule: Rule,
    counted: int | Fraction | None,
    rows: int,
    *,
    samples: Sequence[Sample] = (),
    reason: Text | None = None,
) -> RuleResult:
    """One rule with what it counted; without a count it was not checked, and says why."""
    blank = RuleResult(
        rule.key,
        rule.kind,
        rule.meaning,
        rule.columns,
        rule.severity,
        rule.norm,
        of_rows=isinstance(rule, RowRule | TypeRule | KeyRule | ReferenceRule),
        adds=not isinstance(rule, KeyRule | TotalRule | QueryRule | PresentRule),
        outcome=Outcome.UNCHECKED,
        counted=None,
        rows=rows,
    )
    if isinstance(rule, Unchecked) or counted is None:
        why = reason or (
            rule.reason if isinstance(rule, Unchecked) else both("Niet nagegaan.", "Not checked.")
        )
        return replace(blank, reason=why)
    return _held(replace(blank, counted=counted, reason=reason, samples=tuple(samples)))


def judged_messages(rule: SchemaRule, found: SchemaCheck | None, rows: int) -> RuleResult:
    """The rule on XML messages with what was found in them; None where no schema was given."""
    if found is None or not (found.files and found.messages):
        is_xml = found is None or found.messages
        return judged(rule, None, rows, reason=not_given(rule.schema) if is_xml else NO_MESSAGE)
    return replace(judged(rule, found.failed, rows, reason=found.words), places=found.places)


def _held(one: RuleResult) -> RuleResult:
    """A counted rule held against its norm; samples stay with what failed."""
    if one.counted is not None and one.norm.holds(one.counted, one.rows):
        return replace(one, outcome=Outcome.PASSED, samples=())
    return replace(one, outcome=Outcome.FAILED)


def merged(results: Sequence[Result], *, sample: int = 20) -> Result:
    """The result of several deliveries of one contract together, as if they had been checked as one.

    Counts and rows add up. A key, and a total per group, say something about all rows together: these are left
    unchecked, with why. Raises ValueError for no results, or results of different contracts or objects.
    """
    if not results or len({(one.contract_sha256, one.object) for one in results}) != 1:
        raise ValueError("results of one object of one contract")
    rules = [
        _merged_rule([one.rules[place] for one in results], sample) for place in range(len(results[0].rules))
    ]
    return replace(
        results[0],
        files=tuple(file for one in results for file in one.files),
        rules=tuple(rules),
        columns=(),
        remarks=tuple(dict.fromkeys(remark for one in results for remark in one.remarks)),
    )


def _merged_rule(parts: list[RuleResult], sample: int) -> RuleResult:
    first = replace(parts[0], rows=sum(part.rows for part in parts), counted=None, samples=(), places=())
    first = replace(first, reason=None) if first.kind == "xsd" else first
    unchecked = next((part for part in parts if part.counted is None), None)
    if unchecked:
        return replace(first, outcome=Outcome.UNCHECKED, reason=unchecked.reason)
    if len(parts) > 1 and not first.adds:
        why = both(
            "Dit is alleen na te gaan over alle bestanden samen.",
            "This can only be checked over all files together.",
        )
        return replace(first, outcome=Outcome.UNCHECKED, reason=why)
    counted = sum((Fraction(part.counted or 0) for part in parts), Fraction(0))
    samples = tuple(one for part in parts for one in part.samples)[:sample]
    places = spread([one for part in parts for one in part.places], sample)
    return _held(replace(first, counted=_whole(counted), samples=samples, places=places))


def to_plain(result: Result, previous: "Result | None" = None) -> dict[str, Any]:
    """The document as plain values, for JSON. `previous` adds to each rule what it counted the time before."""
    before = {one.key: one for one in previous.rules} if previous else {}
    return {
        "concordia": FORM,
        "contract": {
            "id": result.contract_id,
            "version": result.contract_version,
            "sha256": result.contract_sha256,
            "object": result.object,
        },
        "engine": result.engine,
        "verdict": result.verdict.value,
        "rows": result.rows,
        "files": [_plain_file(file) for file in result.files],
        "rules": [_plain_rule(one, before.get(one.key)) for one in result.rules],
        "columns": [_plain_column(column) for column in result.columns],
        "remarks": [remark.plain() for remark in result.remarks],
        "run": dict(result.run),
        **({"schemas": [asdict(file) for file in result.schemas]} if result.schemas else {}),
    }


def _plain_file(file: FileRead) -> dict[str, Any]:
    told = [sentence.plain() for sentence in file.told]
    return {
        "name": file.name,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "format": file.form,
        "rows": file.rows,
        "told": told,
    }


def _plain_rule(one: RuleResult, before: RuleResult | None) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "key": one.key,
        "kind": one.kind,
        "meaning": one.meaning.plain(),
        "columns": list(one.columns),
        "severity": one.severity.value,
        "norm": plain_norm(one.norm),
        "of_rows": one.of_rows,
        "adds": one.adds,
        "result": one.outcome.value,
        "counted": _number(one.counted),
        "rows": one.rows,
        "share": None if one.share is None else _decimals(one.share),
        "samples": [
            {"file": sample.file, "row": sample.row, "values": dict(sample.values)}
            | ({"first": {"file": sample.first[0], "row": sample.first[1]}} if sample.first else {})
            for sample in one.samples
        ],
    }
    if one.places:
        plain["places"] = [place.plain() for place in one.places]
    if one.reason:
        plain["reason"] = one.reason.plain()
    if before:
        plain["previous"] = {"counted": _number(before.counted), "rows": before.rows}
    return plain


def _plain_column(column: ColumnProfile) -> dict[str, Any]:
    return {
        "name": column.name,
        "present": column.present,
        "type": column.delivered_as,
        "filled": column.filled,
        "lowest": column.lowest,
        "highest": column.highest,
        "distinct": column.distinct,
    }


def plain_norm(norm: Norm) -> dict[str, Any]:
    """A norm as plain values, with its words."""
    return {
        "operator": norm.operator,
        "bounds": [_number(bound) for bound in norm.bounds],
        "unit": norm.unit.value,
        "words": meanings.norm(norm).plain(),
    }


def from_plain(plain: dict[str, Any]) -> Result:
    """The result that a document says, as `to_plain` wrote it. Raises ValueError for another document."""
    if plain.get("concordia") != FORM:
        raise ValueError(FORM)
    contract = plain["contract"]
    return Result(
        contract["id"],
        contract["version"],
        contract["sha256"],
        contract["object"],
        plain["engine"],
        files=tuple(_file_of(file) for file in plain["files"]),
        rules=tuple(_rule_of(rule) for rule in plain["rules"]),
        columns=tuple(ColumnProfile(**_renamed(column)) for column in plain["columns"]),
        remarks=tuple(Text.of(remark) for remark in plain["remarks"]),
        schemas=tuple(SchemaFile(**file) for file in plain.get("schemas", ())),
        run=tuple(plain["run"].items()),
    )


def _file_of(plain: dict[str, Any]) -> FileRead:
    told = tuple(Text.of(sentence) for sentence in plain["told"])
    return FileRead(plain["name"], plain["bytes"], plain["sha256"], plain["format"], plain["rows"], told)


def _renamed(plain: dict[str, Any]) -> dict[str, Any]:
    return {"delivered_as" if key == "type" else key: value for key, value in plain.items()}


def _rule_of(plain: dict[str, Any]) -> RuleResult:
    norm = plain["norm"]
    return RuleResult(
        plain["key"],
        plain["kind"],
        Text.of(plain["meaning"]),
        tuple(plain["columns"]),
        Severity(plain["severity"]),
        Norm(norm["operator"], tuple(Fraction(bound) for bound in norm["bounds"]), Unit(norm["unit"])),
        of_rows=plain["of_rows"],
        adds=plain["adds"],
        outcome=Outcome(plain["result"]),
        counted=None if plain["counted"] is None else _whole(Fraction(plain["counted"])),
        rows=plain["rows"],
        reason=Text.of(plain["reason"]) if "reason" in plain else None,
        samples=tuple(
            Sample(
                one["file"],
                one["row"],
                tuple(one["values"].items()),
                (one["first"]["file"], one["first"]["row"]) if "first" in one else None,
            )
            for one in plain["samples"]
        ),
        places=tuple(Place.of(one) for one in plain.get("places", ())),
    )


def _whole(number: Fraction) -> int | Fraction:
    return int(number) if number.denominator == 1 else number


def _number(number: int | Fraction | None) -> int | str | None:
    if number is None or isinstance(number, int):
        return number
    return int(number) if number.denominator == 1 else _decimals(number)


def _decimals(number: Fraction) -> str:
    """A fraction in at most nine decimals, rounded half up, without trailing zeros."""
    scaled = (number.numerator * 10**9 * 2 + number.denominator) // (2 * number.denominator)
    text = f"{scaled // 10**9}.{scaled % 10**9:09d}".rstrip("0")
    return text.rstrip(".")
