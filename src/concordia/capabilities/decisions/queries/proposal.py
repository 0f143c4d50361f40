"""A proposal as one reader may see it: who is still to answer, where everybody stands, what one may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef

from concordia.capabilities.alliances.queries import (
    PartnerLine,
    every_partner,
    person_names,
)
from concordia.capabilities.decisions.models import Amendment, Ballot, Paper, PartnerNote, Proposal, Proxy
from concordia.capabilities.decisions.queries.acting import Acting, acting
from concordia.capabilities.decisions.queries.allowing import Action, Situation, actions
from concordia.capabilities.decisions.queries.cards import MyVote, PositionCard, Votes, cards, my_votes
from concordia.capabilities.decisions.queries.gates import (
    InvolvementLine,
    gate_of,
    involvement_lines,
    involvements,
)
from concordia.capabilities.decisions.queries.papers import PaperLine, papers_of
from concordia.capabilities.decisions.queries.procedures import Ruled, ruled
from concordia.capabilities.decisions.queries.rolls import members, roll_of
from concordia.capabilities.decisions.queries.seats import proxies_ended, sitting_for, unseated
from concordia.capabilities.decisions.queries.states import is_own, state_of
from concordia.domain.involvement import Gate, minimum_period
from concordia.domain.rules.procedure import Procedure
from concordia.domain.texts import Text
from concordia.kernel.access import Access
from concordia.kernel.subject import Subject

_MOST_NOTES = 100
_BEFORE_VOTING = {"draft", "consultation", "ready"}
_COPIED = (
    *(
        "id",
        "number",
        "title",
        "question",
        "why",
        "amount_cents",
        "effective_date",
        "urgent",
        "urgent_reason",
    ),
    *("drafted_at", "sent_at", "opened_at", "closes_at", "closed_at", "withdrawn_at", "text_hash"),
)


@dataclass(frozen=True, slots=True)
class AmendmentLine:
    """Another wording of a paragraph, counted from 0. `old_text` is what it read when proposed."""

    id: str
    paragraph: int
    partner: str
    old_text: str
    new_text: str
    reason: str
    outcome: str
    promoted: str
    own: bool


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note inside one's own organization."""

    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """Another proposal or decision this one is tied to."""

    id: str
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class RecordFor:
    """A voter whose vote can be recorded, and the people on whose word."""

    voter: str
    name: Text
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """Everything the reader may see of a proposal, and what they may do now.

    `may` are the keys of the allowed `actions`. `period` is the minimum period of involvement. `replaces` and
    `decision` point at decisions, `previous` and `next_rounds` at proposals.
    """

    id: str
    number: str
    title: str
    question: str
    why: str
    paragraphs: tuple[str, ...]
    state: str
    own: bool
    procedure: Procedure
    body: Text
    charter_number: int | None
    subjects: tuple[str, ...]
    amount_cents: int | None
    effective_date: date | None
    urgent: bool
    urgent_reason: str
    subject: Subject | None
    partner: str | None
    drafted_by: str
    drafted_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    withdrawn_at: datetime | None
    text_hash: str
    papers: tuple[PaperLine, ...]
    amendments: tuple[AmendmentLine, ...]
    involvement: tuple[InvolvementLine, ...]
    my_note: str
    gate: Gate
    positions: tuple[PositionCard, ...]
    my_votes: tuple[MyVote, ...]
    people: tuple[tuple[str, str], ...]
    record_for: tuple[RecordFor, ...]
    notes: tuple[NoteLine, ...]
    decision: str
    verdict: str
    previous: str
    previous_round: Link | None
    next_rounds: tuple[Link, ...]
    replaces: tuple[str, str] | None
    actions: tuple[Action, ...]
    may: frozenset[str]
    period: Text | None


def proposal(access: Access, proposal_id: str) -> ProposalPage:
    """The whole page of a proposal. Raises NotFoundError for whoever may not see it."""
    row = _row(access, proposal_id)
    rules = ruled(access, row)
    everybody = every_partner(access)
    here = tuple(line for line in everybody if _party(line, access.now))
    answers = involvements(access, [row])[row.id]
    involved = involvement_lines(row, here, answers)
    state_gate = gate_of(access, row, rules, involved)
    decision = getattr(row, "decision", None)
    verdict = decision.verdict if decision else ""
    state = state_of(row, access.now, gate_open=state_gate.open, verdict=verdict)
    votes = _votes(access, row, rules, here, state)
    amendments = _amendments(access, row, everybody) if row.has_amendments else ()
    notes = _notes(access, row) if row.has_notes else []
    names = person_names(access, [*_named(votes), *(note.author_id for note in notes), row.drafted_by_id])
    positions = cards(access, votes, names)
    mine = my_votes(access, row, _acting(access, rules, votes, state), positions)
    own = is_own(access, row)
    unsettled = sum(1 for item in amendments if not item.outcome)
    allowed = actions(
        access,
        Situation(row, state, rules, state_gate, involved, unsettled, positions, mine, own),
    )
    may = frozenset(action.key for action in allowed if action.allowed)
    period = minimum_period(rules.procedure, urgent=row.urgent)
    return ProposalPage(
        **_said(row, rules),
        state=state,
        own=own,
        partner=next((line.key for line in everybody if line.id == row.owner_id), None),
        drafted_by=names.get(row.drafted_by_id, ""),
        papers=papers_of(access, row) if row.has_papers else (),
        amendments=amendments,
        involvement=involved,
        my_note=next((item.note for item in answers if item.owner_id == access.partner), ""),
        gate=state_gate,
        positions=positions,
        my_votes=mine,
        people=_members(access, rules) if "proxy" in may else (),
        record_for=_record_for(access, rules, votes, positions) if "record" in may else (),
        notes=tuple(
            NoteLine(names.get(note.author_id, ""), note.text, note.written_at) for note in reversed(notes)
        ),
        decision=decision.id if decision else "",
        verdict=verdict,
        next_rounds=_next_rounds(access, row),
        actions=allowed,
        may=may,
        period=period.text() if period else None,
    )


def _row(access: Access, proposal_id: str) -> Any:
    """The proposal with what it is tied to, and which of its parts there are, so that only those are asked for."""
    parts: dict[str, Any] = {
        "papers": Paper,
        "amendments": Amendment,
        "notes": PartnerNote,
        "proxies": Proxy,
    }
    has = {
        f"has_{name}": Exists(model.objects.visible_to(access).filter(proposal_id=OuterRef("id")))
        for name, model in parts.items()
    }
    rows = Proposal.objects.visible_to(access).select_related("replaces", "previous", "decision")
    return rows.annotate(**has).one(id=proposal_id)


def _notes(access: Access, row: Proposal) -> list[PartnerNote]:
    """The latest notes of one's own organization, newest first."""
    rows = PartnerNote.objects.visible_to(access).filter(proposal=row)
    return list(rows.reverse()[:_MOST_NOTES])


def _said(row: Proposal, rules: Ruled) -> dict[str, Any]:
    """What the row itself says, and the procedure it runs under."""
    return {
        **{name: getattr(row, name) for name in _COPIED},
        "paragraphs": tuple(row.paragraphs),
        "procedure": rules.procedure,
        "body": rules.body,
        "charter_number": rules.number,
        "subjects": tuple(row.subjects),
        "subject": Subject.parse(row.subject) if row.subject else None,
        "previous": row.previous_id or "",
        "previous_round": _link(row.previous) if row.previous else None,
        "replaces": (row.replaces.id, row.replaces.title) if row.replaces else None,
    }


def _votes(access: Access, row: Any, rules: Ruled, here: tuple[PartnerLine, ...], state: str) -> Votes:
    """The voters with everything that was cast, fetched only once voting is near."""
    if state in _BEFORE_VOTING or row.roll is None:
        return Votes()
    lines = roll_of(access, row, rules)
    ballots = tuple(Ballot.objects.visible_to(access).filter(proposal=row))
    proxies: tuple[Proxy, ...] = ()
    if rules.procedure.proxy and row.has_proxies:
        proxies = tuple(Proxy.objects.visible_to(access).filter(proposal=row, revoked_at__isnull=True))
    if row.closed_at is not None:
        return Votes(lines, ballots, proxies)
    keys = {line.key for line in here}
    named = dict.fromkeys(line.partner for line in lines if line.partner)
    return Votes(
        lines,
        ballots,
        proxies,
        tuple(key for key in named if key not in keys),
        proxies_ended(access, row, rules, lines, proxies),
        unseated(access, rules, lines, ballots),
    )


def _acting(access: Access, rules: Ruled, votes: Votes, state: str) -> tuple[Acting, ...]:
    """The voters the reader may vote for now."""
    if state != "voting":
        return ()
    holding = [proxy for proxy in votes.proxies if proxy.voter not in votes.ended]
    return acting(access, rules, votes.lines, holding)


def _named(votes: Votes) -> set[str]:
    """Everybody to be named."""
    cast = {person for ballot in votes.ballots for person in (ballot.cast_by_id, ballot.told_by_id)}
    return (cast | {proxy.to_id for proxy in votes.proxies}) - {""}


def _party(line: PartnerLine, now: datetime) -> bool:
    return line.joined_at <= now and (line.left_at is None or line.left_at > now)


def _amendments(access: Access, row: Proposal, everybody: Iterable[PartnerLine]) -> tuple[AmendmentLine, ...]:
    if row.sent_at is None:
        return ()
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
            item.owner_id == access.partner,
        )
        for item in rows
    )


def _members(access: Access, rules: Ruled) -> tuple[tuple[str, str], ...]:
    """Who a proxy can be given to: the others who vote in the body."""
    found = {one.person: one.name for one in members(access, rules) if one.person != access.person}
    return tuple(found.items())


def _record_for(
    access: Access, rules: Ruled, votes: Votes, positions: tuple[PositionCard, ...]
) -> tuple[RecordFor, ...]:
    """The voters whose vote can be recorded, each with who sits for it now."""
    seated = sitting_for(access, rules, votes.lines)
    return tuple(
        RecordFor(card.key, card.name, tuple({one.person: one.name for one in seated[card.key]}.items()))
        for card in positions
        if card.eligible
    )


def _next_rounds(access: Access, row: Proposal) -> tuple[Link, ...]:
    if row.closed_at is None:
        return ()
    rows = Proposal.objects.visible_to(access).filter(previous_id=row.id, withdrawn_at__isnull=True)
    return tuple(_link(item) for item in rows.only("id", "number", "title")[:20])


def _link(row: Proposal) -> Link:
    return Link(row.id, row.number, row.title)
