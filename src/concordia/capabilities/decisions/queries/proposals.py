"""Proposals in a list: what is open with what it waits for, and pages of what is closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from concordia.capabilities.alliances.queries import PartnerLine, partners
from concordia.capabilities.decisions.models import Proposal
from concordia.capabilities.decisions.permissions import PROPOSE
from concordia.capabilities.decisions.queries.gates import gate_of, involvement_lines, involvements
from concordia.capabilities.decisions.queries.procedures import Ruled, ruled_many
from concordia.capabilities.decisions.queries.states import is_own, state_of
from concordia.domain.involvement import Gate
from concordia.kernel.access import Access

PAGE = 30
_MOST_OPEN = 200
_UNREAD = ("roll", "paragraphs", "question", "why", "urgent_reason")


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal in a list. `until` is the moment its present state asks for something.

    `waiting_for` are the keys of the partners that are still to answer beforehand.
    """

    id: str
    number: str
    title: str
    state: str
    partner: str | None
    until: datetime | None
    changed_at: datetime
    urgent: bool
    own: bool
    procedure: str
    waiting_for: tuple[str, ...]
    decision: str
    verdict: str


@dataclass(frozen=True, slots=True)
class ProposalList:
    """What is open and a page of what is closed, newest first; `older` is what the next page is asked with."""

    open: tuple[ProposalLine, ...]
    closed: tuple[ProposalLine, ...]
    older: str
    may_propose: bool


def proposals(access: Access, before: str = "") -> ProposalList:
    """What is open, all of it, and a page of what is closed. `before` is what `older` said."""
    rows = Proposal.objects.visible_to(access).defer(*_UNREAD).select_related("decision")
    open_rows = (
        list(rows.filter(closed_at__isnull=True, withdrawn_at__isnull=True)[:_MOST_OPEN])
        if not before
        else []
    )
    closed = rows.filter(Q(closed_at__isnull=False) | Q(withdrawn_at__isnull=False))
    if before:
        last = rows.one(id=before)
        same = Q(drafted_at=last.drafted_at, id__gt=last.id)
        closed = closed.filter(Q(drafted_at__lt=last.drafted_at) | same)
    page = list(closed[: PAGE + 1])
    older = page[PAGE - 1].id if len(page) > PAGE else ""
    return ProposalList(
        _open_lines(access, open_rows),
        tuple(_line(access, row) for row in page[:PAGE]),
        older,
        PROPOSE in access.permissions,
    )


def gates(
    access: Access, rows: Iterable[Proposal], rules: dict[str, Ruled], here: tuple[PartnerLine, ...]
) -> dict[str, Gate]:
    """The gate of each proposal that was sent and is not voted on yet, in one query."""
    asked = [row for row in rows if row.sent_at and not row.opened_at and row.id in rules]
    given = involvements(access, asked)
    return {
        row.id: gate_of(access, row, rules[row.id], involvement_lines(row, here, given[row.id]))
        for row in asked
    }


def _open_lines(access: Access, rows: list[Proposal]) -> tuple[ProposalLine, ...]:
    if not rows:
        return ()
    rules = ruled_many(access, rows)
    found = gates(access, rows, rules, partners(access))
    return tuple(_line(access, row, found.get(row.id)) for row in rows)


def _line(access: Access, row: Proposal, gate: Gate | None = None) -> ProposalLine:
    decision = getattr(row, "decision", None)
    verdict = decision.verdict if decision else ""
    until = row.closes_at if row.opened_at and not row.closed_at else None
    if gate is not None and not gate.open:
        until = gate.until
    return ProposalLine(
        id=row.id,
        number=row.number,
        title=row.title,
        state=state_of(row, access.now, gate_open=gate is not None and gate.open, verdict=verdict),
        partner=row.owner_id if row.owner_id.startswith("par_") else None,
        until=until,
        changed_at=row.withdrawn_at or row.closed_at or row.opened_at or row.sent_at or row.changed_at,
        urgent=row.urgent,
        own=is_own(access, row),
        procedure=row.procedure,
        waiting_for=gate.waiting_for if gate is not None and not gate.open else (),
        decision=decision.id if decision else "",
        verdict=verdict,
    )
