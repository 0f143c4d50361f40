"""A result in words that a supplier's data steward understands: what is wrong, in which rows, and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from concordia.domain.checking import meanings
from concordia.domain.checking.messages import Place
from concordia.domain.checking.result import Outcome, Result, RuleResult, Sample, Verdict
from concordia.domain.checking.rules import Severity, Unit
from concordia.domain.texts import Text, both


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule in the report: what it asks, what was found, why it was not checked, and rows that show it."""

    meaning: Text
    found: Text
    rows: tuple[Text, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report, with a mark that stands before each of its rules."""

    title: Text
    mark: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one delivery: the verdict in a sentence, what was read, the rules by how they came out."""

    verdict: Text
    read: tuple[Text, ...]
    parts: tuple[Part, ...]
    remarks: tuple[Text, ...]
    next: Text


def report_of(result: Result, previous: Result | None = None) -> Report:
    """The report of a result; `previous` tells beside each rule what it was the time before."""
    before = {one.key: one for one in previous.rules} if previous else {}
    failed = [one for one in result.rules if one.outcome is Outcome.FAILED]
    parts = (
        (_REFUSING, "✗", [one for one in failed if one.severity is Severity.ERROR]),
        (_REMARKED, "!", [one for one in failed if one.severity is not Severity.ERROR]),
        (_UNCHECKED, "?", [one for one in result.rules if one.outcome is Outcome.UNCHECKED]),
        (_IN_ORDER, "✓", [one for one in result.rules if one.outcome is Outcome.PASSED]),
    )
    return Report(
        _verdict(result, len(failed)),
        _read(result),
        tuple(
            Part(title, mark, tuple(_finding(one, before.get(one.key)) for one in rules))
            for title, mark, rules in parts
            if rules
        ),
        result.remarks,
        _NEXT[result.verdict],
    )


def report_lines(report: Report, language: str, *, whole: bool = False) -> list[str]:
    """The report for a terminal. What is in order is only counted, unless `whole`."""
    lines = [report.verdict.in_language(language), ""]
    lines += [sentence.in_language(language) for sentence in report.read]
    for part in report.parts:
        lines += ["", f"{part.title.in_language(language)} ({len(part.findings)})"]
        if part.mark == "✓" and not whole:
            continue
        for finding in part.findings:
            lines += _finding_lines(finding, part.mark, language)
    if report.remarks:
        lines += ["", {"nl": "Verder", "en": "Besides"}[language]]
        lines += [f"  {remark.in_language(language)}" for remark in report.remarks]
    return [*lines, "", report.next.in_language(language)]


def _finding_lines(finding: Finding, mark: str, language: str) -> list[str]:
    lines = [
        f"  {mark} {finding.meaning.in_language(language)}",
        f"    {finding.found.in_language(language)}",
    ]
    lines += [f"      {row.in_language(language)}" for row in finding.rows]
    if finding.more:
        more = {
            "nl": f"… en nog {_count(finding.more, 'nl')}",
            "en": f"… and {_count(finding.more, 'en')} more",
        }
        lines.append(f"      {more[language]}")
    return lines


def _verdict(result: Result, failed: int) -> Text:
    total = len(result.rules)
    if result.verdict is Verdict.REFUSE:
        return both(
            f"Geweigerd: {failed} van de {total} eisen van het contract "
            f"{'is' if failed == 1 else 'zijn'} niet gehaald.",
            f"Refused: {failed} of the {total} demands of the contract {'is' if failed == 1 else 'are'} not met.",
        )
    if result.verdict is Verdict.ACCEPT_WITH_REMARKS:
        return both(
            f"Aanvaard met opmerkingen: aan alle strenge eisen is voldaan ({total} eisen in het contract).",
            f"Accepted with remarks: every strict demand is met ({total} demands in the contract).",
        )
    return both(
        f"Aanvaard: alle {total} eisen van het contract zijn gehaald.",
        f"Accepted: all {total} demands of the contract are met.",
    )


def _read(result: Result) -> tuple[Text, ...]:
    count = len(result.files)
    first = both(
        f"Contract {result.contract_id} {result.contract_version}, {result.object}: "
        f"{_count(result.rows, 'nl')} rijen in {count} {'bestand' if count == 1 else 'bestanden'}.",
        f"Contract {result.contract_id} {result.contract_version}, {result.object}: "
        f"{_count(result.rows, 'en')} rows in {count} {'file' if count == 1 else 'files'}.",
    )
    told = [
        both(f"{file.name}: {sentence.in_language('nl')}", f"{file.name}: {sentence.in_language('en')}")
        for file in result.files
        for sentence in file.told
    ]
    return (first, *told, *_schema_cost(result))


def _schema_cost(result: Result) -> Iterator[Text]:
    """Which schema messages were held against, and what that cost."""
    seconds = dict(result.run).get("schemaSeconds")
    if result.schemas and seconds:
        name, dutch = result.schemas[0].name, seconds.replace(".", ",")
        yield both(
            f"Ook getoetst aan het XML-schema “{name}”: {dutch} seconden rekentijd.",
            f"Also held against the XML Schema “{name}”: {seconds} seconds of processor time.",
        )


def _finding(one: RuleResult, before: RuleResult | None) -> Finding:
    if one.counted is None:
        return Finding(one.meaning, one.reason or both("Niet nagegaan.", "Not checked."))
    found = both(_found(one, before, "nl"), _found(one, before, "en"))
    shown = tuple(_row(sample, many=len({each.file for each in one.samples}) > 1) for sample in one.samples)
    shown = shown or tuple(_line(place) for place in one.places)
    more = int(one.counted) - len(shown) if one.samples and one.outcome is Outcome.FAILED else 0
    return Finding(one.meaning, found, shown, max(0, more))


def _found(one: RuleResult, before: RuleResult | None, language: str) -> str:
    nl = language == "nl"
    if one.kind == "present":
        return _present(language) if one.counted == 0 else _absent(language)
    if one.reason and (one.outcome is Outcome.FAILED or one.kind == "xsd"):
        return one.reason.in_language(language)
    norm = meanings.norm(one.norm).in_language(language)
    measured = _measured(one, language)
    told = f"{measured}; {'de norm is' if nl else 'the norm is'} {norm}."
    if before and before.counted is not None:
        last = _measured(before, language)
        told += f" {'De vorige keer' if nl else 'The time before'}: {last}."
    return told


def _present(language: str) -> str:
    return "De kolom is er." if language == "nl" else "The column is there."


def _absent(language: str) -> str:
    if language == "nl":
        return "De kolom ontbreekt. Voeg haar toe, of spreek af dat zij uit het contract gaat."
    return "The column is missing. Add it, or agree that it leaves the contract."


def _measured(one: RuleResult, language: str) -> str:
    counted = one.counted if one.counted is not None else 0
    if not one.of_rows:
        return _count(counted, language)
    rows = "rijen" if language == "nl" else "rows"
    of = "van" if language == "nl" else "of"
    told = f"{_count(counted, language)} {of} {_count(one.rows, language)} {rows}"
    if counted or one.norm.unit is Unit.PERCENT:
        told += f" ({_percent(one.share or Fraction(0), language)})"
    return told


def _line(place: Place) -> Text:
    nl, en = (place.words.in_language(language) for language in ("nl", "en"))
    return both(
        f"{place.file}, regel {place.line}, {place.path}: {nl}",
        f"{place.file}, line {place.line}, {place.path}: {en}",
    )


def _row(sample: Sample, *, many: bool) -> Text:
    return both(_row_words(sample, many, "nl"), _row_words(sample, many, "en"))


def _row_words(sample: Sample, many: bool, language: str) -> str:
    nothing, also = ("leeg", "ook in") if language == "nl" else ("empty", "also in")
    values = ", ".join(
        f"{column} {nothing}" if value is None else f"{column} “{value}”" for column, value in sample.values
    )
    said = f"{_stands(sample.file if many else '', sample.row, language)}: {values}"
    if sample.first is None:
        return said
    file, row = sample.first
    return f"{said} ({also} {_stands(file if many or file != sample.file else '', row, language)})"


def _stands(file: str, row: int, language: str) -> str:
    number = f"{'rij' if language == 'nl' else 'row'} {_count(row, language)}"
    return f"{file}, {number}" if file else number


def _count(number: int | Fraction, language: str) -> str:
    if isinstance(number, Fraction) and number.denominator != 1:
        shown = f"{Decimal(number.numerator) / Decimal(number.denominator):.6f}".rstrip("0")
        return shown.replace(".", ",") if language == "nl" else shown
    shown = f"{int(number):,}"
    return shown.replace(",", ".") if language == "nl" else shown


def _percent(share: Fraction, language: str) -> str:
    """A share in percent; what is more than nothing is never shown as nothing, less than all never as all."""
    percent = share * 100
    if 0 < percent < Fraction(1, 1000):
        shown = "< 0.001"
    elif Fraction(99999, 1000) < percent < 100:
        shown = "> 99.999"
    else:
        shown = f"{Decimal(percent.numerator) / Decimal(percent.denominator):.3f}".rstrip("0").rstrip(".")
    return f"{shown.replace('.', ',') if language == 'nl' else shown} %"


_REFUSING = both("Niet in orde", "Not in order")
_REMARKED = both("Opmerkingen", "Remarks")
_UNCHECKED = both("Niet nagegaan", "Not checked")
_IN_ORDER = both("In orde", "In order")
_NEXT = {
    Verdict.REFUSE: both(
        "Herstel deze rijen bij de bron en controleer de levering opnieuw, voordat u haar aanbiedt.",
        "Mend these rows at their source and check the delivery again before you hand it in.",
    ),
    Verdict.ACCEPT_WITH_REMARKS: both(
        "U kunt deze levering aanbieden. Bekijk de opmerkingen voor een volgende keer.",
        "You can hand in this delivery. See the remarks for the next one.",
    ),
    Verdict.ACCEPT: both("U kunt deze levering aanbieden.", "You can hand in this delivery."),
}
