"""Proposals as one reader may see them: where they stand, who is still to answer, where everybody stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from concordia.capabilities.alliances.queries import (
    PartnerLine,
    Representative,
    every_partner,
    partners,
    person_names,
    representatives,
)
from concordia.capabilities.decisions.models import (
    Amendment,
    Ballot,
    Decision,
    Involvement,
    Paper,
    PartnerNote,
    Proposal,
    Proxy,
)
from concordia.capabilities.decisions.permissions import CHAIR, INVOLVE, NOTE, PROPOSE, RECORD, VOTE
from concordia.capabilities.decisions.queries.procedures import procedure_for
from concordia.domain.involvement import Gate, Involved, gate, minimum_period
from concordia.domain.mandates import Cover, covers
from concordia.domain.rules.procedure import Procedure
from concordia.domain.texts import Text
from concordia.kernel.access import Access
from concordia.kernel.scoping import Audience
from concordia.kernel.subject import Subject

PAGE = 30
STATES = ("draft", "consultation", "voting", "decided", "withdrawn")


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal in a list. `until` is the moment its present state asks for something."""

    id: str
    number: str
    title: str
    state: str
    partner: str | None
    until: datetime | None
    changed_at: datetime
    urgent: bool


@dataclass(frozen=True, slots=True)
class ProposalList:
    """A page of proposals, newest first; `older` is the moment from which the next page goes on."""

    open: tuple[ProposalLine, ...]
    closed: tuple[ProposalLine, ...]
    older: str
    may_propose: bool


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A file beside a proposal; `size` in bytes."""

    id: str
    name: str
    size: int
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class AmendmentLine:
    """Another wording of a paragraph, counted from 0."""

    id: str
    paragraph: int
    partner: str
    old_text: str
    new_text: str
    reason: str
    outcome: str
    promoted: str


@dataclass(frozen=True, slots=True)
class InvolvementLine:
    """What a partner said beforehand. `state`: proposer, given, waived or waiting."""

    partner: PartnerLine
    state: str
    note: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class PositionCard:
    """Where a voter stands, as an equal card. `choice` empty: not voted yet."""

    key: str
    name: Text
    partner: str | None
    choice: str
    reason: str
    how: str
    cast_by: str
    at: datetime | None
    to_ratify: bool
    eligible: bool
    own: bool
    changes: int
    entry: int | None


@dataclass(frozen=True, slots=True)
class MyVote:
    """For whom the reader votes, under what mandate, and what they chose."""

    voter: str
    name: Text
    cover: Cover
    card: PositionCard | None
    by_proxy: bool


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note inside one's own organization."""

    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """Everything the reader may see of a proposal, and what they may do now."""

    id: str
    number: str
    title: str
    question: str
    paragraphs: tuple[str, ...]
    state: str
    own: bool
    procedure: Procedure
    subjects: tuple[str, ...]
    amount_cents: int | None
    effective_date: date | None
    urgent: bool
    urgent_reason: str
    subject: Subject | None
    partner: str | None
    drafted_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    text_hash: str
    papers: tuple[PaperLine, ...]
    amendments: tuple[AmendmentLine, ...]
    involvement: tuple[InvolvementLine, ...]
    my_note: str
    gate: Gate
    positions: tuple[PositionCard, ...]
    my_votes: tuple[MyVote, ...]
    proxy_to: str
    people: tuple[tuple[str, str], ...]
    notes: tuple[NoteLine, ...]
    decision: str
    previous: str
    replaces: tuple[str, str] | None
    may: frozenset[str]
    period: Text | None


def proposals(access: Access, before: datetime | None = None) -> ProposalList:
    """What is open, all of it, and a page of what is closed."""
    rows = Proposal.objects.visible_to(access)
    open_rows = rows.filter(closed_at__isnull=True, withdrawn_at__isnull=True)[:200]
    closed = rows.filter(Q(closed_at__isnull=False) | Q(withdrawn_at__isnull=False))
    if before is not None:
        closed = closed.filter(drafted_at__lt=before)
    page = list(closed[: PAGE + 1])
    older = page[PAGE - 1].drafted_at.isoformat() if len(page) > PAGE else ""
    return ProposalList(
        tuple(line_of(row) for row in open_rows) if before is None else (),
        tuple(line_of(row) for row in page[:PAGE]),
        older,
        PROPOSE in access.permissions,
    )


def line_of(row: Proposal) -> ProposalLine:
    """A proposal in a list."""
    return ProposalLine(
        row.id,
        row.number,
        row.title,
        state_of(row),
        row.owner_id if row.owner_id.startswith("par_") else None,
        row.closes_at if row.opened_at and not row.closed_at else None,
        row.closed_at or row.opened_at or row.sent_at or row.changed_at,
        row.urgent,
    )


def state_of(row: Proposal) -> str:
    """Where a proposal stands, from its moments."""
    if row.withdrawn_at:
        return "withdrawn"
    if row.closed_at:
        return "decided"
    if row.opened_at:
        return "voting"
    return "consultation" if row.sent_at else "draft"


def proposal(access: Access, proposal_id: str) -> ProposalPage:
    """The whole page of a proposal. Raises NotFoundError for whoever may not see it."""
    row = Proposal.objects.visible_to(access).select_related("replaces").one(id=proposal_id)
    procedure = procedure_for(access, row)
    everybody = every_partner(access)
    here = partners(access)
    involvement, my_note = _involvement(access, row, here)
    held = representatives(access, procedure.body)
    state = state_of(row)
    ballots = _ballots(access, row)
    proxies = list(Proxy.objects.visible_to(access).filter(proposal=row, revoked_at__isnull=True))
    notes = list(PartnerNote.objects.visible_to(access).filter(proposal=row)[:100])
    names = _names(access, ballots, proxies, notes)
    cards = _cards(access, row, ballots, names)
    decision = Decision.objects.visible_to(access).filter(proposal=row).values_list("id", flat=True).first()
    period = minimum_period(procedure, urgent=row.urgent)
    mine = next((one for one in held if one.person == access.person), None)
    votes = _my_votes(access, row, procedure, mine, cards, proxies)
    state_gate = gate(
        procedure, _involved(involvement), sent_at=row.sent_at, now=access.now, urgent=row.urgent
    )
    return ProposalPage(
        id=row.id,
        number=row.number,
        title=row.title,
        question=row.question,
        paragraphs=tuple(row.paragraphs),
        state=state,
        own=row.owner_id in {access.partner, access.person},
        procedure=procedure,
        subjects=tuple(row.subjects),
        amount_cents=row.amount_cents,
        effective_date=row.effective_date,
        urgent=row.urgent,
        urgent_reason=row.urgent_reason,
        subject=Subject.parse(row.subject) if row.subject else None,
        partner=next((line.key for line in everybody if line.id == row.owner_id), None),
        drafted_at=row.drafted_at,
        sent_at=row.sent_at,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        closed_at=row.closed_at,
        text_hash=row.text_hash,
        papers=_papers(access, row),
        amendments=_amendments(access, row, everybody),
        involvement=involvement,
        my_note=my_note,
        gate=state_gate,
        positions=cards,
        my_votes=votes,
        proxy_to=_proxy_to(votes, proxies, names),
        people=_proxy_people(access, procedure, held, mine),
        notes=tuple(NoteLine(names.get(note.author_id, ""), note.text, note.written_at) for note in notes),
        decision=decision or "",
        previous=row.previous_id or "",
        replaces=(row.replaces.id, row.replaces.title) if row.replaces else None,
        may=_may(access, row, state, procedure, involvement, votes, gate_open=state_gate.open),
        period=period.text() if period else None,
    )


def paper(access: Access, paper_id: str) -> PaperLine:
    """A file one may read. Raises NotFoundError."""
    return _paper(Paper.objects.visible_to(access).one(id=paper_id))


def _papers(access: Access, row: Proposal) -> tuple[PaperLine, ...]:
    return tuple(_paper(item) for item in Paper.objects.visible_to(access).filter(proposal=row))


def _paper(row: Paper) -> PaperLine:
    return PaperLine(row.id, row.name, row.size, row.sha256, row.media_type)


def _amendments(access: Access, row: Proposal, everybody: Iterable[PartnerLine]) -> tuple[AmendmentLine, ...]:
    keys = {line.id: line.key for line in everybody}
    rows = Amendment.objects.visible_to(access).filter(proposal=row)
    return tuple(
        AmendmentLine(
            item.id,
            item.paragraph,
            keys.get(item.owner_id, ""),
            item.old_text,
            item.new_text,
            item.reason,
            item.outcome,
            item.promoted_id or "",
        )
        for item in rows
    )


def _involvement(
    access: Access, row: Proposal, here: Iterable[PartnerLine]
) -> tuple[tuple[InvolvementLine, ...], str]:
    rows = list(Involvement.objects.visible_to(access).filter(proposal=row))
    given = {item.owner_id: item for item in rows if item.audience == Audience.SHARED}
    drafts = {item.owner_id: item for item in rows}
    lines = tuple(_involved_line(row, partner, given.get(partner.id)) for partner in here)
    mine = drafts.get(access.partner or "")
    return lines, mine.note if mine else ""


def _involved_line(row: Proposal, partner: PartnerLine, given: Involvement | None) -> InvolvementLine:
    if partner.id == row.owner_id:
        return InvolvementLine(partner, "proposer", "", row.sent_at)
    if given is None:
        return InvolvementLine(partner, "waiting", "", None)
    if given.waived_at:
        return InvolvementLine(partner, "waived", given.reason, given.waived_at)
    return InvolvementLine(partner, "given", given.note, given.answered_at)


def _involved(lines: Iterable[InvolvementLine]) -> list[Involved]:
    return [
        Involved(
            line.partner.key,
            answered_at=line.at if line.state in {"given", "proposer"} else None,
            waived_at=line.at if line.state == "waived" else None,
        )
        for line in lines
    ]


def _ballots(access: Access, row: Proposal) -> list[Ballot]:
    return list(Ballot.objects.visible_to(access).filter(proposal=row))


def _names(
    access: Access, ballots: Iterable[Ballot], proxies: Iterable[Proxy], notes: Iterable[PartnerNote]
) -> dict[str, str]:
    ids = [ballot.cast_by_id for ballot in ballots] + [proxy.to_id for proxy in proxies]
    return person_names(access, [*ids, *(note.author_id for note in notes)])


def _cards(
    access: Access, row: Proposal, ballots: list[Ballot], names: dict[str, str]
) -> tuple[PositionCard, ...]:
    """Equal cards in an order that rotates with the day, since nobody comes first."""
    current = {ballot.voter: ballot for ballot in ballots if ballot.replaced_at is None}
    earlier: dict[str, int] = {}
    for ballot in ballots:
        if ballot.replaced_at is not None:
            earlier[ballot.voter] = earlier.get(ballot.voter, 0) + 1
    cards = [_card(access, voter, current.get(voter["key"]), earlier, names) for voter in row.roll or []]
    turn = access.now.toordinal() % len(cards) if cards else 0
    return tuple(cards[turn:] + cards[:turn])


def _card(
    access: Access,
    voter: dict[str, Any],
    ballot: Ballot | None,
    earlier: dict[str, int],
    names: dict[str, str],
) -> PositionCard:
    return PositionCard(
        key=voter["key"],
        name=Text.of(voter["name"]),
        partner=voter["partner"],
        choice=ballot.choice if ballot else "",
        reason=ballot.reason if ballot else "",
        how=ballot.how if ballot else "",
        cast_by=names.get(ballot.cast_by_id, "") if ballot else "",
        at=ballot.cast_at if ballot else None,
        to_ratify=bool(ballot and ballot.to_ratify and ballot.ratified_at is None),
        eligible=voter["competent"],
        own=voter["partner"] == access.partner_key,
        changes=earlier.get(voter["key"], 0),
        entry=ballot.entry if ballot else None,
    )


def _my_votes(
    access: Access,
    row: Proposal,
    procedure: Procedure,
    mine: Representative | None,
    cards: tuple[PositionCard, ...],
    proxies: Iterable[Proxy],
) -> tuple[MyVote, ...]:
    """The voters the reader acts for: their own, and those that gave them a proxy."""
    found = []
    by_key = {card.key: card for card in cards}
    if mine is not None:
        key = {"partners": mine.partner_key, "seats": mine.appointment, "people": mine.person}[
            procedure.voters
        ]
        card = by_key.get(key or "")
        if card is not None and card.eligible:
            cover = covers(mine.mandates, row.subjects, row.amount_cents, access.now.date())
            found.append(MyVote(card.key, card.name, cover, card, by_proxy=False))
    for proxy in proxies:
        card = by_key.get(proxy.voter)
        if proxy.to_id == access.person and card is not None and card.eligible:
            cover = Cover(True, _BY_PROXY)
            found.append(MyVote(card.key, card.name, cover, card, by_proxy=True))
    return tuple(found)


_BY_PROXY = Text((("nl", "U stemt hier bij volmacht."), ("en", "You vote here by proxy.")))


def _proxy_to(votes: Iterable[MyVote], proxies: Iterable[Proxy], names: dict[str, str]) -> str:
    own = {vote.voter for vote in votes if not vote.by_proxy}
    return next((names.get(proxy.to_id, "") for proxy in proxies if proxy.voter in own), "")


def _proxy_people(
    access: Access, procedure: Procedure, held: Iterable[Representative], mine: Representative | None
) -> tuple[tuple[str, str], ...]:
    if not procedure.proxy or mine is None:
        return ()
    return tuple((one.person, one.name) for one in held if one.person != access.person)


def _may(
    access: Access,
    row: Proposal,
    state: str,
    procedure: Procedure,
    involvement: Iterable[InvolvementLine],
    votes: tuple[MyVote, ...],
    *,
    gate_open: bool,
) -> frozenset[str]:
    """What the reader may do now; what is absent here is not shown as a button."""
    has = access.permissions
    own = row.owner_id in {access.partner, access.person} and PROPOSE in has
    waiting = any(line.partner.id == access.partner and line.state == "waiting" for line in involvement)
    possible = {
        "change": own and state == "draft",
        "send": own and state == "draft",
        "withdraw": own and state in {"draft", "consultation", "voting"},
        "amend": state == "consultation"
        and INVOLVE in has
        and access.partner is not None
        and bool(row.paragraphs),
        "settle": own and state == "consultation",
        "answer": state == "consultation" and INVOLVE in has and waiting,
        "waive": state == "consultation"
        and INVOLVE in has
        and waiting
        and bool(procedure.involve and procedure.involve.waivable),
        "open": state == "consultation" and CHAIR in has and gate_open,
        "chair": state == "consultation" and CHAIR in has,
        "vote": state == "voting" and bool(votes) and (VOTE in has or any(vote.by_proxy for vote in votes)),
        "record": state == "voting" and RECORD in has,
        "close": state == "voting" and CHAIR in has,
        "extend": state == "voting"
        and CHAIR in has
        and procedure.extend is not None
        and row.extended < procedure.extend.times,
        "note": NOTE in has and access.partner is not None,
        "again": state == "decided" and PROPOSE in has,
    }
    return frozenset(name for name, ok in possible.items() if ok)
