"""A contract as a document that a supplier's data steward understands; nl and en.

It has the form of every readable document here (chapters of blocks), so that a page and a print show the same.
"""

import re
import textwrap
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from concordia.domain.charter.readable import Block, Chapter, Document
from concordia.domain.checking import meanings
from concordia.domain.checking.compile import plan_of
from concordia.domain.checking.rules import (
    CountRule,
    KeyRule,
    Plan,
    PresentRule,
    ReferenceRule,
    Rule,
    Severity,
    TypeRule,
    Unchecked,
)
from concordia.domain.contracts.model import Contract, Property, SchemaObject, ServiceLevel, Team
from concordia.domain.stewardship.csv_files import csv_words

_QUALITY = re.compile(r"\.quality\.")


def read_aloud(contract: Contract, language: str) -> Document:
    """The whole contract as prose for a reader."""
    nl = language == "nl"
    title = contract.name or contract.id
    subtitle = (
        f"{'Datacontract, versie' if nl else 'Data contract, version'} {contract.version} ({contract.status})"
    )
    chapters = [
        Chapter("about", "Waar het over gaat" if nl else "What it is about", tuple(_about(contract, nl))),
        Chapter("ground", "Waarom het mag" if nl else "Why it is allowed", tuple(_ground(contract, nl))),
    ]
    for item in contract.objects:
        chapters += _object(contract, item, language)
    chapters += [
        Chapter(
            "files",
            "Hoe een CSV-bestand is geschreven" if nl else "How a CSV file is written",
            tuple(_files(contract, nl)),
        ),
        Chapter(
            "levels",
            "Waar u op kunt rekenen" if nl else "What you can count on",
            tuple(_levels(contract, nl)),
        ),
        Chapter("people", "Wie u kunt vragen" if nl else "Whom to ask", tuple(_people(contract, nl))),
        Chapter("version", "Deze versie" if nl else "This version", tuple(_version(contract, nl))),
    ]
    return Document(title, subtitle, language, tuple(chapter for chapter in chapters if chapter.blocks))


def _about(contract: Contract, nl: bool) -> Iterator[Block]:
    told = contract.description
    rows = _facts(
        ("Bedoeld voor" if nl else "Meant for", told and told.purpose),
        ("Te gebruiken voor" if nl else "To be used for", told and told.usage),
        ("Niet geschikt voor" if nl else "Not fit for", told and told.limitations),
        ("Gebied" if nl else "Domain", contract.domain),
        ("Eigenaar" if nl else "Owner", ", ".join(_owners(contract)) or contract.tenant),
        ("Gebruikers" if nl else "Users", ", ".join(dict.fromkeys(role.role for role in contract.roles))),
        ("Prijs" if nl else "Price", _price(contract, nl)),
    )
    if rows:
        yield Block("facts", rows=rows)


def _facts(*facts: tuple[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((label, str(value)) for label, value in facts if value)


def _owners(contract: Contract) -> Iterator[str]:
    if isinstance(contract.team, Team) and contract.team.name:
        yield contract.team.name
    for member in _members(contract):
        if "owner" in (member.role or "").lower():
            yield member.name or member.username or ""


def _members(contract: Contract) -> tuple[Any, ...]:
    return contract.team.members if isinstance(contract.team, Team) else contract.team or ()


def _price(contract: Contract, nl: bool) -> str:
    if contract.price is None:
        return ""
    amount, currency, unit = (
        contract.price.price_amount,
        contract.price.price_currency,
        contract.price.price_unit,
    )
    per = f"per {_UNITS.get(unit.lower(), (unit, unit))[not nl]}" if unit else ""
    return " ".join(part for part in (currency or "", _said(amount, nl), per) if part)


def own_word(contract: Contract, name: str) -> str:
    """What the contract says under a word of its own; empty where it says nothing."""
    found = next((item.value for item in contract.custom_properties if item.property == name), None)
    return "" if found is None else str(found)


def _ground(contract: Contract, nl: bool) -> Iterator[Block]:
    rows = _facts(
        ("Grondslag in de wet" if nl else "Legal ground", own_word(contract, "legalGround")),
        ("De ethische vraag" if nl else "The ethical question", own_word(contract, "ethicalQuestion")),
        ("Het antwoord" if nl else "The answer", own_word(contract, "ethicalAnswer")),
    )
    if rows:
        yield Block("facts", rows=rows)


def _object(contract: Contract, item: SchemaObject, language: str) -> Iterator[Chapter]:
    nl = language == "nl"
    plan = plan_of(contract, item.name)
    name = item.business_name or item.name
    alone: dict[str, list[Rule]] = {}
    for rule in plan.rules:
        if len(rule.columns) == 1 and not isinstance(rule, PresentRule):
            alone.setdefault(rule.columns[0], []).append(rule)
    yield Chapter(
        f"object.{item.name}", f"{'Tabel' if nl else 'Table'}: {name}", tuple(_object_blocks(item, nl))
    )
    for column in item.properties:
        asked = alone.get(column.name, [])
        blocks = tuple(_column(column, asked, language))
        yield Chapter(
            f"column.{item.name}.{column.name}", column.business_name or column.name, blocks, level=3
        )
    together = tuple(_together(plan, language))
    if together:
        heading = "Wat van de tabel wordt gevraagd" if nl else "What is asked of the table"
        yield Chapter(f"rules.{item.name}", heading, together, level=3)


def _object_blocks(item: SchemaObject, nl: bool) -> Iterator[Block]:
    if item.description:
        yield Block("paragraph", item.description)
    rows = _facts(
        ("Naam in de levering" if nl else "Name in the delivery", item.physical_name or item.name),
        ("Eén regel is" if nl else "One row is", item.data_granularity_description),
        ("Aantal kolommen" if nl else "Number of columns", len(item.properties)),
    )
    yield Block("facts", rows=rows)
    if item.properties:
        yield Block(
            "paragraph",
            "Elke kolom zit in de levering, ook als zij leeg mag zijn."
            if nl
            else "Every column is in the delivery, also where it may be empty.",
        )


def _column(column: Property, rules: list[Rule], language: str) -> Iterator[Block]:
    nl = language == "nl"
    if column.description:
        yield Block("paragraph", column.description)
    shown = ", ".join(
        str(example) for example in column.examples if not isinstance(example, dict | tuple | list)
    )
    rows = _facts(
        ("Naam in de levering" if nl else "Name in the delivery", column.source_name),
        ("Vertrouwelijkheid" if nl else "Classification", column.classification),
        ("Voorbeelden" if nl else "Examples", shown),
    )
    if rows:
        yield Block("facts", rows=rows)
    items = tuple(
        _asked(rule, language) for rule in sorted(rules, key=lambda rule: not isinstance(rule, TypeRule))
    )
    if items:
        yield Block("list", items=items)


def _asked(rule: Rule, language: str) -> str:
    """A rule in words: what it asks, its norm where that is not simply all, and what a fault does."""
    nl = language == "nl"
    said = rule.meaning.in_language(language)
    if isinstance(rule, Unchecked):
        why = rule.reason.in_language(language)
        return f"{said} {'(Wordt niet gecontroleerd:' if nl else '(Not checked:'} {why})"
    if _QUALITY.search(rule.key):
        said = f"{said} ({_counted(rule, nl)}: {meanings.norm(rule.norm).in_language(language)})"
    if rule.severity is not Severity.ERROR:
        said += " Een fout geeft een opmerking." if nl else " A fault gives a remark."
    return said


_COUNTED = {
    "nullValues": ("het aantal lege waarden", "the number of empty values"),
    "missingValues": ("het aantal ontbrekende waarden", "the number of missing values"),
    "invalidValues": ("het aantal afwijkende waarden", "the number of deviating values"),
    "duplicateValues": ("het aantal dubbele regels", "the number of double rows"),
    "duplicateCount": ("het aantal dubbele regels", "the number of double rows"),
}


def _counted(rule: Rule, nl: bool) -> str:
    rows = ("het aantal regels", "the number of rows") if isinstance(rule, CountRule) else None
    dutch, english = rows or _COUNTED.get(rule.kind, ("wat wordt geteld", "what is counted"))
    return f"norm voor {dutch}" if nl else f"norm for {english}"


def _together(plan: Plan, language: str) -> Iterator[Block]:
    """Keys over several columns, references, and checks of the table as a whole."""
    rules = [rule for rule in plan.rules if len(rule.columns) != 1]
    keys = tuple(_asked(rule, language) for rule in rules if isinstance(rule, KeyRule | ReferenceRule))
    others = tuple(_asked(rule, language) for rule in rules if not isinstance(rule, KeyRule | ReferenceRule))
    if keys or others:
        yield Block("list", items=keys + others)


def _files(contract: Contract, nl: bool) -> Iterator[Block]:
    rows = tuple(csv_words(contract, nl))
    if rows:
        yield Block("facts", rows=rows)


def _levels(contract: Contract, nl: bool) -> Iterator[Block]:
    rows = tuple(
        (_level_name(level, nl), _level_value(level, nl), level.description or "")
        for level in contract.sla_properties
    )
    if rows:
        head = ("Afspraak", "Waarde", "Toelichting") if nl else ("Service level", "Value", "Explanation")
        yield Block("table", head=head, rows=rows)


_LEVELS = {
    "latency": ("uiterlijk na", "at the latest after"),
    "frequency": ("hoe vaak", "how often"),
    "retention": ("bewaard", "kept"),
    "availability": ("beschikbaar", "available"),
    "generalAvailability": ("beschikbaar vanaf", "available from"),
    "endOfSupport": ("hulp tot", "support until"),
    "endOfLife": ("beschikbaar tot", "available until"),
    "timeOfAvailability": ("tijdstip", "time of day"),
    "timeToDetect": ("storing opgemerkt binnen", "failure noticed within"),
    "timeToNotify": ("storing gemeld binnen", "failure told within"),
    "timeToRepair": ("storing verholpen binnen", "failure mended within"),
    "throughput": ("hoeveelheid", "throughput"),
    "errorRate": ("fouten hoogstens", "errors at most"),
}
_UNITS = {
    **dict.fromkeys(("d", "day", "days"), ("dagen", "days")),
    **dict.fromkeys(("m", "month", "months"), ("maanden", "months")),
    **dict.fromkeys(("y", "yr", "year", "years"), ("jaar", "years")),
    **dict.fromkeys(("h", "hour", "hours"), ("uur", "hours")),
    **dict.fromkeys(("min", "minute", "minutes"), ("minuten", "minutes")),
    **dict.fromkeys(("w", "week", "weeks"), ("weken", "weeks")),
    **dict.fromkeys(("percent", "%"), ("%", "%")),
}


def _level_name(level: ServiceLevel, nl: bool) -> str:
    word = _LEVELS.get(level.property, (level.property, level.property))[not nl]
    return f"{word} ({level.element})" if level.element else word


def _level_value(level: ServiceLevel, nl: bool) -> str:
    unit = _UNITS.get((level.unit or "").lower(), (level.unit or "", level.unit or ""))[not nl]
    parts = [_said(level.value, nl), _said(level.value_ext, nl)]
    return " ".join([" – ".join(part for part in parts if part), unit]).strip() or "–"


def _said(value: Any, nl: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("ja" if nl else "yes") if value else ("nee" if nl else "no")
    return str(value).replace(".", ",") if nl and isinstance(value, Decimal) else str(value)


def _people(contract: Contract, nl: bool) -> Iterator[Block]:
    channels = tuple((item.channel, item.url or "", item.description or "") for item in contract.support)
    if channels:
        head = ("Kanaal", "Adres", "Toelichting") if nl else ("Channel", "Address", "Explanation")
        yield Block("table", head=head, rows=channels)
    people = tuple(
        (member.name or member.username or "–", member.role or "") for member in _members(contract)
    )
    if people:
        yield Block("table", head=("Wie", "Rol") if nl else ("Who", "Role"), rows=people)


def _version(contract: Contract, nl: bool) -> Iterator[Block]:
    rows = _facts(
        ("Versie" if nl else "Version", contract.version),
        ("Stand" if nl else "State", contract.status),
        ("Kenmerk" if nl else "Identifier", contract.id),
        ("Gemaakt op" if nl else "Made at", contract.contract_created_ts),
        ("Standaard" if nl else "Standard", f"Open Data Contract Standard {contract.api_version}"),
    )
    yield Block("facts", rows=rows)


def as_text(document: Document, width: int = 90) -> str:
    """The document for a terminal: headings, lists and tables in plain characters."""
    lines = [document.title, "=" * len(document.title), document.subtitle]
    for chapter in document.chapters:
        lines += ["", *_heading(chapter)]
        for place, block in enumerate(chapter.blocks):
            lines += [""] if place and "list" not in (block.kind, chapter.blocks[place - 1].kind) else []
            lines += _lines(block, width)
    return "\n".join(lines) + "\n"


def _heading(chapter: Chapter) -> list[str]:
    if chapter.level > 2:
        return [f"### {chapter.heading}"]
    return [chapter.heading, "-" * len(chapter.heading), ""]


def _lines(block: Block, width: int) -> list[str]:
    match block.kind:
        case "paragraph":
            return [line for part in block.text.splitlines() for line in textwrap.wrap(part, width) or [""]]
        case "facts":
            wide = max(len(label) for label, *_ in block.rows) + 2
            return [
                line for label, value in block.rows for line in _hung(f"{label}:".ljust(wide), value, width)
            ]
        case "table":
            return _table((block.head, *block.rows))
    return [line for item in block.items for line in _hung("- ", item, width)]


def _hung(first: str, text: str, width: int) -> list[str]:
    """Wrapped text, its further lines below the first."""
    return textwrap.wrap(
        " ".join(text.split()) or "–", width, initial_indent=first, subsequent_indent=" " * len(first)
    )


def _table(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    flat = [[" ".join(cell.split()) for cell in row] for row in rows]
    wide = [max(len(row[place]) for row in flat) for place in range(len(flat[0]))]
    made = [
        "  ".join(cell.ljust(size) for cell, size in zip(row, wide, strict=True)).rstrip() for row in flat
    ]
    return [made[0], "  ".join("-" * size for size in wide), *made[1:]]
