"""What waits for one person, most urgent first: the whole of Today for a busy reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate

from concordia.capabilities.alliances.queries import partners
from concordia.capabilities.decisions.models import Amendment, Ballot, Decision, Proposal, Proxy, Receipt
from concordia.capabilities.decisions.permissions import CHAIR, INVOLVE, REPORT, SEND, VOTE
from concordia.capabilities.decisions.queries.acting import cover_of, mandates_of, own_keys
from concordia.capabilities.decisions.queries.chairing import chairing
from concordia.capabilities.decisions.queries.procedures import Ruled, ruled_many
from concordia.capabilities.decisions.queries.proposals import gates
from concordia.capabilities.decisions.queries.rolls import RollLine, counts
from concordia.capabilities.decisions.queries.states import is_own
from concordia.domain.involvement import Gate
from concordia.kernel.access import Access

KINDS = (
    *("vote", "proxy", "ratify", "answer", "settle", "open", "close"),
    *("outcome", "receipt", "review"),
)
MOST = 100
RECENT = timedelta(days=90)  # what was decided longer ago no longer asks for an outcome or a first receipt
_UNREAD = ("paragraphs", "question", "why", "urgent_reason")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits. `id` is a proposal, or a decision for outcome, receipt and review.

    `kind` is one of KINDS; proxy is to vote for who asked you to. `until` is when it ends, None when it has no end.
    """

    kind: str
    id: str
    title: str
    number: str
    until: datetime | date | None


@dataclass(frozen=True, slots=True)
class _Running:
    """What runs in the alliance now, fetched once."""

    rows: tuple[Proposal, ...]
    rules: dict[str, Ruled]
    gates: dict[str, Gate]
    ballots: dict[str, dict[str, Ballot]]

    @property
    def voting(self) -> tuple[Proposal, ...]:
        return tuple(row for row in self.rows if row.opened_at is not None)

    @property
    def asked(self) -> tuple[Proposal, ...]:
        return tuple(row for row in self.rows if row.opened_at is None)


def waiting(access: Access) -> tuple[Waiting, ...]:
    """What waits for this person now, what has an end first."""
    now = _running(access)
    found = [
        *_votes(access, now),
        *_proxies(access, now),
        *_ratifications(access, now),
        *_answers(access, now),
        *_amendments(access, now),
        *_chairing(access, now),
        *_following(access),
        *_reviews(access),
    ]
    return tuple(sorted(found, key=_urgency))


def recent_decisions(access: Access, limit: int = 5) -> tuple[tuple[str, str, str, str, datetime], ...]:
    """The latest decisions: id, number, title, verdict, moment."""
    rows = Decision.objects.visible_to(access).values_list("id", "number", "title", "verdict", "decided_at")
    return tuple(rows[:limit])


def _running(access: Access) -> _Running:
    rows = Proposal.objects.visible_to(access).defer(*_UNREAD)
    open_rows = rows.filter(sent_at__isnull=False, closed_at__isnull=True, withdrawn_at__isnull=True)
    found = tuple(row for row in open_rows[:MOST] if row.closes_at is None or row.closes_at > access.now)
    rules = ruled_many(access, found)
    asked = [row for row in found if row.opened_at is None]
    voting = [row.id for row in found if row.opened_at is not None]
    ballots: dict[str, dict[str, Ballot]] = {key: {} for key in voting}
    if voting:
        current = Ballot.objects.visible_to(access).filter(proposal_id__in=voting, replaced_at__isnull=True)
        for ballot in current:
            ballots[ballot.proposal_id][ballot.voter] = ballot
    return _Running(found, rules, gates(access, asked, rules, partners(access)) if asked else {}, ballots)


def _urgency(item: Waiting) -> tuple[bool, str]:
    return (item.until is None, str(item.until or ""))


def _lines(row: Proposal) -> dict[str, RollLine]:
    lines = (RollLine.of(plain) for plain in row.roll or ())
    return {line.key: line for line in lines if line.competent}


def _of(kind: str, row: Proposal, until: datetime | None) -> Waiting:
    return Waiting(kind, row.id, row.title, row.number, until)


def _votes(access: Access, now: _Running) -> Iterable[Waiting]:
    for row in now.voting:
        keys = own_keys(access, now.rules[row.id], _lines(row))
        if any(_open(now.ballots[row.id].get(key)) for key in keys):
            yield _of("vote", row, row.closes_at)


def _open(ballot: Ballot | None) -> bool:
    return ballot is None or ballot.choice == "present"


def _proxies(access: Access, now: _Running) -> Iterable[Waiting]:
    possible = {row.id: row for row in now.voting if now.rules[row.id].procedure.proxy}
    if not possible or access.person is None:
        return
    given = Proxy.objects.visible_to(access).filter(
        proposal_id__in=list(possible), to_id=access.person, revoked_at__isnull=True
    )
    for proposal_id, voter in given.values_list("proposal_id", "voter"):
        if _open(now.ballots[proposal_id].get(voter)):
            yield _of("proxy", possible[proposal_id], possible[proposal_id].closes_at)


def _ratifications(access: Access, now: _Running) -> Iterable[Waiting]:
    """Votes of one's own partner that wait for somebody whose mandate covers them."""
    if VOTE not in access.permissions or access.partner is None:
        return
    open_rows = [
        row
        for row in now.voting
        if any(
            not counts(ballot) and _lines(row)[voter].partner == access.partner_key
            for voter, ballot in now.ballots[row.id].items()
            if voter in _lines(row)
        )
    ]
    mandates = mandates_of(access, [seat.appointment for seat in access.seats]) if open_rows else ()
    for row in open_rows:
        if cover_of(access, mandates, row).ok:
            yield _of("ratify", row, row.closes_at)


def _answers(access: Access, now: _Running) -> Iterable[Waiting]:
    if access.partner_key is None or INVOLVE not in access.permissions:
        return
    for row in now.asked:
        gate = now.gates[row.id]
        if access.partner_key in gate.waiting_for and (gate.until is None or gate.until > access.now):
            yield _of("answer", row, gate.until)


def _amendments(access: Access, now: _Running) -> Iterable[Waiting]:
    mine = {row.id: row for row in now.asked if is_own(access, row)}
    if not mine or SEND not in access.permissions:
        return
    unsettled = Amendment.objects.visible_to(access).filter(
        proposal_id__in=list(mine), settled_at__isnull=True
    )
    for proposal_id in unsettled.order_by("proposal_id").values_list("proposal_id", flat=True).distinct():
        yield _of("settle", mine[proposal_id], now.gates[proposal_id].until)


def _chairing(access: Access, now: _Running) -> Iterable[Waiting]:
    for row in now.rows:
        if not chairing(access, now.rules[row.id]).ok:
            continue
        if row.opened_at is None:
            if now.gates[row.id].open:
                yield _of("open", row, None)
        elif row.closes_at is None:
            yield _of("close", row, None)
    if CHAIR not in access.permissions:
        return
    unsaid = Decision.objects.visible_to(access).filter(outcome="", decided_at__gte=access.now - RECENT)
    for decision in unsaid.only("id", "title", "number", "decided_at")[:MOST]:
        yield Waiting("outcome", decision.id, decision.title, decision.number, None)


def _following(access: Access) -> Iterable[Waiting]:
    if access.partner is None or REPORT not in access.permissions:
        return
    told = Receipt.objects.visible_to(access).filter(decision_id=OuterRef("id"), owner_id=access.partner)
    adopted = Decision.objects.visible_to(access).filter(
        ~Exists(told), verdict="adopted", decided_at__gte=access.now - RECENT
    )
    for decision in adopted.only("id", "title", "number", "decided_at", "effective_date")[:MOST]:
        yield Waiting("receipt", decision.id, decision.title, decision.number, decision.effective_date)


def _reviews(access: Access) -> Iterable[Waiting]:
    """Decisions to look at again: for who sees to them, and for who may write their outcome anew."""
    due = Decision.objects.visible_to(access).filter(review_date__lte=localdate(access.now))
    if CHAIR not in access.permissions:
        due = due.filter(outcome_owner_id=access.person or "-")
    replaced = Decision.objects.visible_to(access).filter(replaces_id=OuterRef("id"))
    for decision in due.filter(~Exists(replaced)).only("id", "title", "number", "review_date")[:MOST]:
        yield Waiting("review", decision.id, decision.title, decision.number, decision.review_date)
