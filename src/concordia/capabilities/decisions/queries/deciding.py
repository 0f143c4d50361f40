"""One decision, whole: its explanation, votes, papers, receipts and what the register says of it (C23)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef

from concordia.capabilities.alliances.queries import (
    PartnerLine,
    every_partner,
    person_names,
    seated,
)
from concordia.capabilities.decisions.models import Decision, Paper, Proposal, Receipt
from concordia.capabilities.decisions.permissions import PROPOSE, REPORT
from concordia.capabilities.decisions.queries.chairing import chairing
from concordia.capabilities.decisions.queries.papers import PaperLine, papers_of
from concordia.capabilities.decisions.queries.procedures import Ruled, ruled
from concordia.capabilities.decisions.queries.proposal import Link
from concordia.capabilities.ledger.queries import EntryLine, entries_of
from concordia.domain.rules.procedure import Procedure
from concordia.domain.texts import Text
from concordia.kernel.access import Access
from concordia.kernel.subject import Subject


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A partner's lamp: waiting, adopted, started or done, with only that partner's own word, and earlier ones."""

    partner: PartnerLine
    state: str
    word: str
    at: datetime | None
    earlier: tuple[tuple[str, str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class ExplanationLine:
    """A line of the explanation; `depth` 0 is the result."""

    ok: bool
    depth: int
    text: Text


@dataclass(frozen=True, slots=True)
class TallyLine:
    """What a voter did, as the snapshot at closing tells it.

    `choice` is for, against, block, abstain, present, recused or absent; `left` when the partner was gone; `signed`
    with the own key of who cast it; `unseated` when it was given by proxy and nobody sits for the voter any more.
    """

    name: Text
    partner: str | None
    choice: str
    reason: str
    how: str
    cast_by: str
    told_by: str
    eligible: bool
    competent: bool
    counted: bool
    left: bool
    signed: bool
    unseated: bool


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A decision with everything a partner needs to know and to prove it."""

    id: str
    number: str
    title: str
    question: str
    why: str
    paragraphs: tuple[str, ...]
    verdict: str
    lines: tuple[ExplanationLine, ...]
    tally: tuple[TallyLine, ...]
    outcome: str
    outcome_at: datetime | None
    owner: str
    owner_id: str
    review_date: date | None
    effective_date: date | None
    decided_at: datetime
    procedure: Procedure
    body: Text
    charter_number: int | None
    subjects: tuple[str, ...]
    amount_cents: int | None
    subject: Subject | None
    partner: str | None
    proposal: str
    proposal_number: str
    previous_round: Link | None
    next_rounds: tuple[Link, ...]
    replaces: tuple[str, str] | None
    replaced_by: tuple[str, str] | None
    receipts: tuple[ReceiptLine, ...]
    papers: tuple[PaperLine, ...]
    entries: tuple[EntryLine, ...]
    entry: int | None
    may: frozenset[str]
    people: tuple[tuple[str, str], ...]


def decision(access: Access, decision_id: str) -> DecisionPage:
    """One decision. Raises NotFoundError for whoever may not see it."""
    row = _row(access, decision_id)
    rules = ruled(access, row.proposal)
    everybody = every_partner(access)
    given = list(Receipt.objects.visible_to(access).filter(decision=row))
    named = [person for item in row.tally for person in (item["cast_by"], item.get("told_by", ""))]
    names = person_names(access, filter(None, [*named, row.outcome_owner_id]))
    may = _may(access, row, rules)
    return DecisionPage(
        **{name: getattr(row, name) for name in _COPIED},
        question=row.proposal.question,
        why=row.proposal.why,
        paragraphs=tuple(row.proposal.paragraphs),
        lines=tuple(ExplanationLine(line["ok"], line["depth"], Text.of(line["text"])) for line in row.lines),
        tally=tuple(_tally(item, names) for item in row.tally),
        owner=names.get(row.outcome_owner_id, ""),
        owner_id=row.outcome_owner_id,
        procedure=rules.procedure,
        body=rules.body,
        charter_number=rules.number,
        subjects=tuple(row.proposal.subjects),
        amount_cents=row.proposal.amount_cents,
        subject=Subject.parse(row.proposal.subject) if row.proposal.subject else None,
        partner=next((line.key for line in everybody if line.id == row.proposer_id), None),
        proposal=row.proposal_id,
        proposal_number=row.proposal.number,
        previous_round=_link(row.proposal.previous) if row.proposal.previous else None,
        next_rounds=_next_rounds(access, row) if row.again else (),
        replaces=(row.replaces.id, row.replaces.title) if row.replaces else None,
        replaced_by=_successor(access, row) if row.replaced else None,
        receipts=_receipts(access, row, everybody, given),
        papers=papers_of(access, row.proposal) if row.papers else (),
        entries=entries_of(access, row.proposal_id, row.id, limit=200),
        may=may,
        people=_people(access) if "outcome" in may else (),
    )


def _row(access: Access, decision_id: str) -> Any:
    """The decision with its proposal, and whether there are papers, a next round or a successor to ask for."""
    papers = Paper.objects.visible_to(access).filter(proposal_id=OuterRef("proposal_id"))
    again = Proposal.objects.visible_to(access).filter(previous_id=OuterRef("proposal_id"))
    replaced = Decision.objects.visible_to(access).filter(replaces_id=OuterRef("id"))
    rows = Decision.objects.visible_to(access).select_related("proposal__previous", "replaces")
    return rows.annotate(papers=Exists(papers), again=Exists(again), replaced=Exists(replaced)).one(
        id=decision_id
    )


_COPIED = (
    *("id", "number", "title", "verdict", "outcome", "outcome_at", "review_date", "effective_date"),
    *("decided_at", "entry"),
)


def _tally(item: Mapping[str, Any], names: Mapping[str, str]) -> TallyLine:
    return TallyLine(
        Text.of(item["name"]),
        item.get("partner"),
        item["choice"],
        item["reason"],
        item["how"],
        names.get(item["cast_by"], ""),
        names.get(item.get("told_by", ""), ""),
        item["eligible"],
        item["competent"],
        item["counted"],
        item.get("left", False),
        item.get("signed", False),
        item.get("unseated", False),
    )


def _receipts(
    access: Access, row: Decision, everybody: Iterable[PartnerLine], given: list[Receipt]
) -> tuple[ReceiptLine, ...]:
    """A lamp for each partner of now, and of each that once said something."""
    if row.verdict != "adopted":
        return ()
    by_partner: dict[str, list[Receipt]] = {}
    for item in given:
        by_partner.setdefault(item.owner_id, []).append(item)
    shown = [
        line
        for line in everybody
        if line.id in by_partner or (line.left_at is None or line.left_at > access.now)
    ]
    return tuple(_receipt(line, by_partner.get(line.id, [])) for line in shown)


def _receipt(partner: PartnerLine, rows: list[Receipt]) -> ReceiptLine:
    if not rows:
        return ReceiptLine(partner, "waiting", "", None)
    last = rows[-1]
    earlier = tuple((row.state, row.word, row.reported_at) for row in rows[:-1])
    return ReceiptLine(partner, last.state, last.word, last.reported_at, earlier)


def _may(access: Access, row: Decision, rules: Ruled) -> frozenset[str]:
    possible = {
        "outcome": chairing(access, rules).ok,
        "report": REPORT in access.permissions and access.partner is not None and row.verdict == "adopted",
        "again": PROPOSE in access.permissions,
        "replace": PROPOSE in access.permissions and row.verdict == "adopted",
    }
    return frozenset(name for name, ok in possible.items() if ok)


def _people(access: Access) -> tuple[tuple[str, str], ...]:
    return tuple({one.person: one.name for one in seated(access)}.items())


def _successor(access: Access, row: Decision) -> tuple[str, str] | None:
    found = Decision.objects.visible_to(access).filter(replaces=row).only("id", "title").first()
    return (found.id, found.title) if found else None


def _next_rounds(access: Access, row: Decision) -> tuple[Link, ...]:
    rows = Proposal.objects.visible_to(access).filter(previous_id=row.proposal_id, withdrawn_at__isnull=True)
    return tuple(_link(item) for item in rows.only("id", "number", "title")[:20])


def _link(row: Proposal) -> Link:
    return Link(row.id, row.number, row.title)
