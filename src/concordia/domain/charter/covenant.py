"""The charter as a covenant that a board would sign: what the Dutch instructions for covenants ask for.

Parties and who represents them, considerations, objective, obligations, decision-making, consultation, costs,
evaluation, disputes, entry into force, duration and ending, amendment, publication, signatures.
"""

from collections.abc import Iterator
from datetime import date

from concordia.domain.charter.model import Charter
from concordia.domain.charter.readable import Block, Chapter, Document, read_charter
from concordia.domain.charter.words import long_date


def read_covenant(charter: Charter, language: str, *, number: int | None, in_force: date | None) -> Document:
    """The covenant in one language, numbered article by article. `in_force` is its first day."""
    read = read_charter(charter, language)
    nl = language == "nl"
    chapters = [
        Chapter("parties", "Partijen" if nl else "Parties", tuple(_parties(charter, language))),
        Chapter(
            "considerations",
            "Overwegingen" if nl else "Considerations",
            tuple(_considerations(charter, language)),
        ),
    ]
    chapters += [chapter for chapter in read.chapters if chapter.key not in {"partners"}]
    chapters.append(
        Chapter(
            "force",
            "Inwerkingtreding" if nl else "Entry into force",
            tuple(_force(language, number, in_force)),
        )
    )
    numbered = tuple(
        Chapter(chapter.key, f"{'Artikel' if nl else 'Article'} {index}. {chapter.heading}", chapter.blocks)
        for index, chapter in enumerate(chapters, start=1)
    )
    signing = Chapter(
        "signing",
        "Ondertekening" if nl else "Signatures",
        (
            Block(
                "paragraph",
                "Schrijf bij elke handtekening de naam, de plaats en de datum."
                if nl
                else "Write the name, the place and the date with each signature.",
            ),
            Block("signatures", rows=_signatures(charter, language)),
        ),
    )
    title = f"{'Convenant' if nl else 'Covenant'} {read.title}"
    return Document(title, read.subtitle, language, (*numbered, signing))


def _parties(charter: Charter, language: str) -> Iterator[Block]:
    items = []
    for partner in charter.partners:
        name = partner.name.in_language(language)
        if partner.represented_by:
            word = "te dezen vertegenwoordigd door" if language == "nl" else "represented here by"
            name = f"{name}, {word} {partner.represented_by.in_language(language)}"
        items.append(name)
    yield Block("numbered", items=tuple(items))
    yield Block(
        "paragraph", "Hierna samen: de partners." if language == "nl" else "Hereafter together: the partners."
    )


def _considerations(charter: Charter, language: str) -> Iterator[Block]:
    given = charter.covenant.considerations if charter.covenant else ()
    items = [text.in_language(language) for text in given]
    if not items:
        items = [
            "De partners hebben elkaar nodig om het gezamenlijke doel te bereiken; "
            "geen van hen staat boven een ander."
            if language == "nl"
            else "The partners need each other to reach the joint objective; "
            "none of them stands above another."
        ]
    yield Block("list", items=tuple(items))


def _force(language: str, number: int | None, in_force: date | None) -> Iterator[Block]:
    if in_force is None:
        text = (
            "Deze versie is een ontwerp en geldt nog niet."
            if language == "nl"
            else "This version is a draft and is not in force yet."
        )
    elif language == "nl":
        text = f"Versie {number} van dit convenant geldt vanaf {long_date(in_force, 'nl')}."
    else:
        text = f"Version {number} of this covenant is in force from {long_date(in_force, language)}."
    yield Block("paragraph", text)


def _signatures(charter: Charter, language: str) -> tuple[tuple[str, str], ...]:
    capacity = "bestuurder" if language == "nl" else "board member"
    return tuple(
        (
            partner.name.in_language(language),
            partner.represented_by.in_language(language) if partner.represented_by else capacity,
        )
        for partner in charter.partners
    )
