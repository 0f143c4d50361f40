"""What waits for one person, most urgent first: the whole of Today for a busy reader."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from concordia.capabilities.alliances.queries import charter_in_force, representatives
from concordia.capabilities.decisions.models import Ballot, Decision, Involvement, Proposal, Receipt
from concordia.capabilities.decisions.permissions import CHAIR, INVOLVE, REPORT, VOTE
from concordia.capabilities.decisions.queries.procedures import procedure_for
from concordia.domain.involvement import minimum_period
from concordia.kernel.access import Access

MOST = 50
RECENT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits. `kind`: vote, ratify, answer, open, close, outcome, receipt or review."""

    kind: str
    id: str
    title: str
    number: str
    until: datetime | date | None


def waiting(access: Access) -> tuple[Waiting, ...]:
    """What waits for this person now, what has an end first."""
    rows = list(
        Proposal.objects.visible_to(access).filter(
            sent_at__isnull=False, closed_at__isnull=True, withdrawn_at__isnull=True
        )[:MOST]
    )
    found = [*_votes(access, rows), *_answers(access, rows), *_chairing(access, rows), *_following(access)]
    return tuple(sorted(found, key=_urgency))


def recent_decisions(access: Access, limit: int = 5) -> tuple[tuple[str, str, str, str, datetime], ...]:
    """The latest decisions: id, number, title, verdict, moment."""
    rows = Decision.objects.visible_to(access).values_list("id", "number", "title", "verdict", "decided_at")
    return tuple(rows[:limit])


def _urgency(item: Waiting) -> tuple[bool, str]:
    return (item.until is None, str(item.until or ""))


def _votes(access: Access, rows: list[Proposal]) -> list[Waiting]:
    voting = [row for row in rows if row.opened_at is not None]
    if not voting or VOTE not in access.permissions:
        return []
    held = {one.person: one for one in representatives(access)}
    mine = held.get(access.person or "")
    if mine is None:
        return []
    ballots = {
        (ballot.proposal_id, ballot.voter): ballot
        for ballot in Ballot.objects.visible_to(access).filter(proposal__in=voting, replaced_at__isnull=True)
    }
    keys = (mine.partner_key or "", mine.appointment, mine.person)
    found = []
    for row in voting:
        voters = {item["key"] for item in row.roll or [] if item["competent"]}
        key = next((key for key in keys if key in voters), None)
        if key is None or not _sits(access, row, mine.position):
            continue
        ballot = ballots.get((row.id, key))
        if ballot is None:
            found.append(Waiting("vote", row.id, row.title, row.number, row.closes_at))
        elif ballot.to_ratify and ballot.ratified_at is None:
            found.append(Waiting("ratify", row.id, row.title, row.number, row.closes_at))
    return found


def _sits(access: Access, row: Proposal, position: str) -> bool:
    body = charter_in_force(access).charter.body(procedure_for(access, row).body)
    return any(seat.position == position and seat.vote for seat in body.seats)


def _answers(access: Access, rows: list[Proposal]) -> list[Waiting]:
    asked = [row for row in rows if row.opened_at is None and row.owner_id != access.partner]
    if not asked or access.partner is None or INVOLVE not in access.permissions:
        return []
    answered = set(
        Involvement.objects.visible_to(access)
        .filter(proposal__in=asked, owner_id=access.partner, audience="shared")
        .values_list("proposal_id", flat=True)
    )
    found = []
    for row in asked:
        if row.id in answered or row.sent_at is None:
            continue
        period = minimum_period(procedure_for(access, row), urgent=row.urgent)
        until = period.after(row.sent_at) if period else None
        if until is None or until > access.now:
            found.append(Waiting("answer", row.id, row.title, row.number, until))
    return found


def _chairing(access: Access, rows: list[Proposal]) -> list[Waiting]:
    if CHAIR not in access.permissions:
        return []
    unsaid = Decision.objects.visible_to(access).filter(outcome="", decided_at__gte=access.now - RECENT)
    found = [Waiting("outcome", row.id, row.title, row.number, None) for row in unsaid[:MOST]]
    for row in rows:
        if row.opened_at is None and row.sent_at is not None:
            period = minimum_period(procedure_for(access, row), urgent=row.urgent)
            if period is None or period.after(row.sent_at) <= access.now:
                found.append(Waiting("open", row.id, row.title, row.number, None))
        elif row.opened_at is not None and row.closes_at is None:
            found.append(Waiting("close", row.id, row.title, row.number, None))
    return found


def _following(access: Access) -> list[Waiting]:
    if access.partner is None or REPORT not in access.permissions:
        return []
    adopted = Decision.objects.visible_to(access).filter(
        verdict="adopted", decided_at__gte=access.now - RECENT
    )
    rows = list(adopted.only("id", "title", "number", "review_date")[:MOST])
    told = set(
        Receipt.objects.visible_to(access)
        .filter(decision__in=[row.id for row in rows], owner_id=access.partner)
        .values_list("decision_id", flat=True)
    )
    return [Waiting("receipt", row.id, row.title, row.number, None) for row in rows if row.id not in told]
