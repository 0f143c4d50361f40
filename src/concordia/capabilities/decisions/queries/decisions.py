"""The decision register: searched by part of a word, filtered, each decision with its proof (C23)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from concordia.capabilities.alliances.queries import (
    PartnerLine,
    partners,
    person_names,
    representatives,
)
from concordia.capabilities.decisions.models import Decision, Paper, Receipt
from concordia.capabilities.decisions.permissions import CHAIR, REPORT
from concordia.capabilities.decisions.queries.proposals import PaperLine
from concordia.capabilities.ledger.queries import EntryLine, entries_of
from concordia.domain.searching import search_terms
from concordia.domain.texts import Text
from concordia.kernel.access import Access

PAGE = 25


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision in a list."""

    id: str
    number: str
    title: str
    verdict: str
    outcome: str
    decided_at: datetime
    review_date: date | None
    replaced: bool


@dataclass(frozen=True, slots=True)
class DecisionList:
    """A page of decisions, newest first; `older` is where the next page goes on."""

    lines: tuple[DecisionLine, ...]
    older: str
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A partner's lamp: waiting, adopted, started or done, with only that partner's own word."""

    partner: PartnerLine
    state: str
    word: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ExplanationLine:
    """A line of the explanation; `depth` 0 is the result."""

    ok: bool
    depth: int
    text: Text


@dataclass(frozen=True, slots=True)
class TallyLine:
    """What a voter did, as the snapshot at closing tells it."""

    name: Text
    choice: str
    reason: str
    how: str
    cast_by: str
    eligible: bool
    counted: bool


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A decision with everything a partner needs to know and to prove it."""

    id: str
    number: str
    title: str
    question: str
    paragraphs: tuple[str, ...]
    verdict: str
    lines: tuple[ExplanationLine, ...]
    tally: tuple[TallyLine, ...]
    outcome: str
    owner: str
    review_date: date | None
    effective_date: date | None
    decided_at: datetime
    proposal: str
    proposal_number: str
    replaces: tuple[str, str] | None
    replaced_by: tuple[str, str] | None
    receipts: tuple[ReceiptLine, ...]
    papers: tuple[PaperLine, ...]
    entries: tuple[EntryLine, ...]
    entry: int | None
    may: frozenset[str]
    people: tuple[tuple[str, str], ...]


def decisions(
    access: Access,
    *,
    words: str = "",
    verdict: str = "",
    year: int | None = None,
    before: datetime | None = None,
) -> DecisionList:
    """A page of the register. Every word must occur, whole, in part or by its stem."""
    rows = Decision.objects.visible_to(access)
    found = _matching(rows, words, verdict, year)
    if before is not None:
        found = found.filter(decided_at__lt=before)
    page = list(found.defer("lines", "tally", "search")[: PAGE + 1])
    replaced = set(rows.filter(replaces__in=[row.id for row in page]).values_list("replaces_id", flat=True))
    older = page[PAGE - 1].decided_at.isoformat() if len(page) > PAGE else ""
    return DecisionList(tuple(_line(row, replaced) for row in page[:PAGE]), older, _years(rows, access))


def decision(access: Access, decision_id: str) -> DecisionPage:
    """One decision, whole. Raises NotFoundError for whoever may not see it."""
    row = Decision.objects.visible_to(access).select_related("proposal", "replaces").one(id=decision_id)
    successor = Decision.objects.visible_to(access).filter(replaces=row).first()
    receipts = {item.owner_id: item for item in Receipt.objects.visible_to(access).filter(decision=row)}
    here = partners(access) if row.verdict == "adopted" else ()
    papers = Paper.objects.visible_to(access).filter(proposal=row.proposal)
    cast_by = [item["cast_by"] for item in row.tally if item["cast_by"]]
    names = person_names(access, [*cast_by, row.outcome_owner_id])
    return DecisionPage(
        id=row.id,
        number=row.number,
        title=row.title,
        question=row.proposal.question,
        paragraphs=tuple(row.proposal.paragraphs),
        verdict=row.verdict,
        lines=tuple(ExplanationLine(line["ok"], line["depth"], Text.of(line["text"])) for line in row.lines),
        tally=tuple(_tally(item, names) for item in row.tally),
        outcome=row.outcome,
        owner=names.get(row.outcome_owner_id, ""),
        review_date=row.review_date,
        effective_date=row.effective_date,
        decided_at=row.decided_at,
        proposal=row.proposal_id,
        proposal_number=row.proposal.number,
        replaces=(row.replaces.id, row.replaces.title) if row.replaces else None,
        replaced_by=(successor.id, successor.title) if successor else None,
        receipts=tuple(_receipt(partner, receipts.get(partner.id)) for partner in here),
        papers=tuple(
            PaperLine(item.id, item.name, item.size, item.sha256, item.media_type) for item in papers
        ),
        entries=(*entries_of(access, row.proposal_id), *entries_of(access, row.id)),
        entry=row.entry,
        may=_may(access, row),
        people=_people(access) if CHAIR in access.permissions else (),
    )


def _matching(rows: QuerySet[Decision], words: str, verdict: str, year: int | None) -> QuerySet[Decision]:
    for terms in search_terms(words):
        either = Q()
        for term in terms:
            either |= Q(search__contains=term)
        rows = rows.filter(either)
    if verdict:
        rows = rows.filter(verdict=verdict)
    if year is not None:
        rows = rows.filter(number__startswith=f"B{year}-")
    return rows


def _years(rows: QuerySet[Decision], access: Access) -> tuple[int, ...]:
    first = rows.order_by("decided_at").values_list("decided_at", flat=True).first()
    return tuple(range(access.now.year, (first or access.now).year - 1, -1))


def _line(row: Decision, replaced: set[str | None]) -> DecisionLine:
    return DecisionLine(
        row.id,
        row.number,
        row.title,
        row.verdict,
        row.outcome,
        row.decided_at,
        row.review_date,
        row.id in replaced,
    )


def _tally(item: dict[str, Any], names: dict[str, str]) -> TallyLine:
    return TallyLine(
        Text.of(item["name"]),
        item["choice"],
        item["reason"],
        item["how"],
        names.get(item["cast_by"], ""),
        item["eligible"],
        item["counted"],
    )


def _receipt(partner: PartnerLine, row: Receipt | None) -> ReceiptLine:
    if row is None:
        return ReceiptLine(partner, "waiting", "", None)
    return ReceiptLine(partner, row.state, row.word, row.reported_at)


def _may(access: Access, row: Decision) -> frozenset[str]:
    possible = {
        "outcome": CHAIR in access.permissions,
        "report": REPORT in access.permissions and access.partner is not None and row.verdict == "adopted",
    }
    return frozenset(name for name, ok in possible.items() if ok)


def _people(access: Access) -> tuple[tuple[str, str], ...]:
    return tuple({one.person: one.name for one in representatives(access)}.items())
