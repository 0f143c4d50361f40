"""The charter as prose: sections with paragraphs, lists and tables, rendered on screen and in print alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from concordia.domain.charter.load import SECTIONS
from concordia.domain.charter.model import Charter, Partner
from concordia.domain.charter.words import (
    body_sentences,
    day_of_year,
    long_date,
    procedure_sentences,
    step_words,
)
from concordia.domain.rules.explain import number


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a section: `kind` is paragraph, list, numbered, table, facts or signatures.

    A paragraph may open with a `lead` that stands out; `key` names the procedure it tells about.
    """

    kind: str
    text: str = ""
    lead: str = ""
    key: str = ""
    items: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def data(self) -> dict[str, Any]:
        """Plain values, as a printed document takes them."""
        values: dict[str, dict[str, Any]] = {
            "paragraph": {"text": self.text, "lead": self.lead},
            "table": {"head": self.head, "rows": self.rows},
            "facts": {"facts": self.rows},
            "signatures": {"names": self.rows},
        }
        return {"kind": self.kind, **values.get(self.kind, {"items": self.items})}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of the document. `key` names the section of the charter it comes from."""

    key: str
    heading: str
    blocks: tuple[Block, ...]
    level: int = 2

    def data(self) -> dict[str, Any]:
        """Plain values, as a printed document takes them."""
        return {
            "heading": self.heading,
            "level": self.level,
            "blocks": [block.data() for block in self.blocks],
        }


@dataclass(frozen=True, slots=True)
class Document:
    """A readable document in one language."""

    title: str
    subtitle: str
    language: str
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class BodyWords:
    """A body in words, with what it decides by."""

    key: str
    title: str
    level: str
    sentences: tuple[str, ...]
    procedures: tuple[str, ...]


def read_charter(charter: Charter, language: str) -> Document:
    """The whole charter as prose for a reader."""
    writers = {
        "alliance": _alliance,
        "partners": _partners,
        "groups": _groups,
        "names": _nothing,
        "positions": _positions,
        "bodies": _bodies,
        "procedures": _procedures,
        "escalation": _escalation,
        "reporting": _reporting,
        "settlement": _settlement,
        "evaluation": _evaluation,
        "year": _year,
        "covenant": _covenant,
        "amendment": _amendment,
    }
    chapters = []
    for section in SECTIONS:
        blocks = tuple(writers[section.key](charter, language))
        if blocks:
            chapters.append(Chapter(section.key, section.name.in_language(language), blocks))
    name = charter.alliance.name.in_language(language)
    return Document(name, _objective(charter, language), language, tuple(chapters))


def read_bodies(charter: Charter, language: str) -> tuple[BodyWords, ...]:
    """The bodies in words, in the order of the charter."""
    return tuple(
        BodyWords(
            body.key,
            body.title(language),
            body.level,
            tuple(body_sentences(body, charter, language)),
            tuple(p.title(language) for p in charter.procedures if p.body == body.key),
        )
        for body in charter.bodies
    )


def partner_name(partner: Partner, language: str) -> str:
    """A partner's name for a reader."""
    return partner.name.in_language(language)


def _t(language: str, nl: str, en: str) -> str:
    return nl if language == "nl" else en


def _objective(charter: Charter, language: str) -> str:
    """What the partners work together for; empty where only the name stands in its place."""
    stands_in = charter.alliance.objective == charter.alliance.name
    return "" if stands_in else charter.alliance.objective.in_language(language)


def _alliance(charter: Charter, language: str) -> Iterator[Block]:
    objective = _objective(charter, language) or _t(language, "nog niet beschreven", "not described yet")
    facts = [(_t(language, "Doel", "Objective"), objective)]
    if charter.alliance.since:
        facts.append((_t(language, "Sinds", "Since"), long_date(charter.alliance.since, language)))
    if charter.alliance.basis:
        words = {"imposed": ("opgelegd", "imposed"), "voluntary": ("vrijwillig", "voluntary")}
        facts.append((_t(language, "Grondslag", "Basis"), words[charter.alliance.basis][language != "nl"]))
    yield Block("facts", rows=tuple(facts))


def _partners(charter: Charter, language: str) -> Iterator[Block]:
    measures = list(dict.fromkeys(key for partner in charter.partners for key in partner.measures))
    head = (_t(language, "Partner", "Partner"), *(charter.called(key, language) for key in measures))
    yield Block("table", head=head, rows=tuple(_partner_row(p, measures, language) for p in charter.partners))
    for partner in charter.partners:
        if partner.competences is not None:
            subjects = ", ".join(charter.called(key, language) for key in partner.competences)
            name = partner_name(partner, language)
            yield Block(
                "paragraph",
                _t(language, f"{name} stemt alleen over: {subjects}.", f"{name} votes only on: {subjects}."),
            )


def _partner_row(partner: Partner, measures: list[str], language: str) -> tuple[str, ...]:
    values = [partner.measures.get(key) for key in measures]
    lang = int(language != "nl")
    return (
        partner_name(partner, language),
        *(number(value.value, lang) if value else "–" for value in values),
    )


def _groups(charter: Charter, language: str) -> Iterator[Block]:
    if charter.groups:
        yield Block(
            "list",
            items=tuple(
                f"{charter.called(name, language)}: {_members(charter, members, language)}"
                for name, members in charter.groups.items()
            ),
        )


def _members(charter: Charter, keys: tuple[str, ...], language: str) -> str:
    partners = {partner.key: partner_name(partner, language) for partner in charter.partners}
    return ", ".join(partners.get(key) or charter.called(key, language) for key in keys)


def _nothing(_charter: Charter, _language: str) -> Iterator[Block]:
    """Names show where they are used."""
    return iter(())


def _positions(charter: Charter, language: str) -> Iterator[Block]:
    levels = {
        "strategic": ("strategisch", "strategic"),
        "tactical": ("tactisch", "tactical"),
        "operational": ("uitvoerend", "operational"),
    }
    per = {"partner": ("per partner", "per partner"), "alliance": ("voor de alliantie", "for the alliance")}
    head = (
        _t(language, "Functie", "Position"),
        _t(language, "Niveau", "Level"),
        _t(language, "Aantal", "Number"),
    )
    rows = tuple(
        (
            position.title(language),
            levels[position.level][language != "nl"],
            f"{position.holders} {per[position.per][language != 'nl']}",
        )
        for position in charter.positions
    )
    yield Block("table", head=head, rows=rows)
    for position in charter.positions:
        if position.mandate:
            yield Block(
                "paragraph", position.mandate.in_language(language), lead=f"{position.title(language)}."
            )


def _bodies(charter: Charter, language: str) -> Iterator[Block]:
    for body in charter.bodies:
        sentences = " ".join(body_sentences(body, charter, language))
        yield Block("paragraph", sentences, lead=f"{body.title(language)}.")


def _procedures(charter: Charter, language: str) -> Iterator[Block]:
    for procedure in charter.procedures:
        sentences = " ".join(procedure_sentences(procedure, charter, language))
        yield Block("paragraph", sentences, lead=f"{procedure.title(language)}.", key=procedure.key)


def _escalation(charter: Charter, language: str) -> Iterator[Block]:
    if charter.escalation:
        yield Block(
            "paragraph",
            _t(
                language,
                "Een knelpunt dat de mensen zelf niet oplossen, gaat stap voor stap omhoog:",
                "A bottleneck that people cannot solve themselves climbs step by step:",
            ),
        )
        yield Block(
            "numbered", items=tuple(step_words(step, charter, language) for step in charter.escalation)
        )


def _reporting(charter: Charter, language: str) -> Iterator[Block]:
    if charter.reporting:
        every = charter.reporting.every.every().in_language(language)
        due = charter.reporting.due.text().in_language(language)
        to = ", ".join(charter.body(key).title(language) for key in charter.reporting.to)
        yield Block(
            "paragraph",
            _t(
                language,
                f"Elke partner rapporteert {every}, binnen {due} na afloop, aan: {to}.",
                f"Each partner reports {every}, within {due} after it ends, to: {to}.",
            ),
        )


def _settlement(charter: Charter, language: str) -> Iterator[Block]:
    methods = {
        "own": ("ieder draagt de eigen kosten", "each bears its own costs"),
        "equal": ("gelijk verdeeld", "shared equally"),
        "shares": ("naar verdeelsleutel", "by key"),
        "usage": ("naar gebruik", "by usage"),
        "fixed": ("vaste bedragen", "fixed amounts"),
    }
    if charter.settlement:
        items = []
        for item in charter.settlement:
            name = item.name.in_language(language) if item.name else item.key
            by = f" ({charter.called(item.by, language)})" if item.by else ""
            items.append(f"{name}: {methods[item.method][language != 'nl']}{by}")
        yield Block("list", items=tuple(items))


def _evaluation(charter: Charter, language: str) -> Iterator[Block]:
    if charter.evaluation:
        every = charter.evaluation.every.every().in_language(language)
        least = charter.evaluation.smallest_group
        yield Block(
            "paragraph",
            _t(
                language,
                f"De samenwerking wordt {every} geëvalueerd. "
                f"Groepen kleiner dan {least} worden niet getoond.",
                f"The collaboration is evaluated {every}. Groups smaller than {least} are not shown.",
            ),
        )


def _year(charter: Charter, language: str) -> Iterator[Block]:
    if charter.year:
        rows = [(day_of_year(item.by, language), item.what.in_language(language)) for item in charter.year]
        head = [_t(language, "Uiterlijk", "By"), _t(language, "Wat", "What")]
        if any(item.who for item in charter.year):
            head.append(_t(language, "Wie", "Who"))
            who = [item.who.in_language(language) if item.who else "–" for item in charter.year]
            yield Block(
                "table", head=tuple(head), rows=tuple((*row, by) for row, by in zip(rows, who, strict=True))
            )
        else:
            yield Block("table", head=tuple(head), rows=tuple(rows))


def _covenant(charter: Charter, language: str) -> Iterator[Block]:
    given = charter.covenant
    if given is None:
        return
    if given.obligations:
        yield Block("numbered", items=tuple(item.in_language(language) for item in given.obligations))
    named = (given.costs, given.disputes, given.duration, given.termination, given.publication)
    for text in named:
        if text is not None:
            yield Block("paragraph", text.in_language(language))


def _amendment(charter: Charter, language: str) -> Iterator[Block]:
    name = charter.procedure(charter.amendment.procedure).title(language)
    yield Block(
        "paragraph",
        _t(
            language,
            f"Dit handvest verandert alleen door een besluit volgens de procedure “{name}”. "
            "Wat loopt, eindigt volgens de versie waaronder het begon.",
            f"This charter changes only by a decision under the procedure “{name}”. "
            "What runs finishes under the version it began with.",
        ),
    )
