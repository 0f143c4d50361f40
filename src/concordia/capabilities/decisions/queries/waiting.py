"""What waits for one person, most urgent first: the whole of Today for a busy reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, TextField, When
from django.db.models.functions import Cast, Length

from concordia.capabilities.alliances.queries import partners
from concordia.capabilities.decisions.models import Amendment, Ballot, Decision, Proposal, Proxy, Receipt
from concordia.capabilities.decisions.permissions import CHAIR, INVOLVE, REPORT, SEND, VOTE
from concordia.capabilities.decisions.queries.acting import cover_of, mandates_of, own_keys
from concordia.capabilities.decisions.queries.chairing import chairing
from concordia.capabilities.decisions.queries.procedures import Ruled, ruled_many
from concordia.capabilities.decisions.queries.proposals import gates
from concordia.capabilities.decisions.queries.rolls import RollLine, counts
from concordia.capabilities.decisions.queries.seats import proxies_ended
from concordia.capabilities.decisions.queries.states import is_own
from concordia.domain.involvement import Gate
from concordia.kernel.access import Access

KINDS = (
    *("vote", "proxy", "ratify", "answer", "settle", "open", "close"),
    *("outcome", "again", "receipt", "review"),
)
MOST = 100
RECENT = timedelta(days=90)  # what was decided longer ago no longer asks for an outcome or a first receipt
PER_MINUTE = 1200  # characters that an unhurried reader takes in
_UNREAD = ("paragraphs", "question", "why", "urgent_reason")
_TEXT = Length("question") + Length(Cast("paragraphs", TextField()))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits. `id` is a proposal, or a decision for outcome, again, receipt and review.

    `kind` is one of KINDS; proxy is to vote for who asked you to, again to put up what was carried over. `until`
    is when it ends, None when it has no end.
    `minutes` is about how long its text takes to read, 0 where there is none to read.
    """

    kind: str
    id: str
    title: str
    number: str
    until: datetime | date | None
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class _Running:
    """What runs in the alliance now, fetched once. Rows are proposals with `has_proxies`, `unsettled`, `length`."""

    rows: tuple[Any, ...]
    rules: dict[str, Ruled]
    gates: dict[str, Gate]
    ballots: dict[str, dict[str, Ballot]]

    @property
    def voting(self) -> tuple[Any, ...]:
        return tuple(row for row in self.rows if row.opened_at is not None)

    @property
    def asked(self) -> tuple[Any, ...]:
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
        *_decided(access),
    ]
    return tuple(sorted(found, key=_urgency))


def recent_decisions(access: Access, limit: int = 5) -> tuple[tuple[str, str, str, str, datetime], ...]:
    """The latest decisions: id, number, title, verdict, moment."""
    rows = Decision.objects.visible_to(access).values_list("id", "number", "title", "verdict", "decided_at")
    return tuple(rows[:limit])


def _running(access: Access) -> _Running:
    proxies = Proxy.objects.visible_to(access).filter(proposal_id=OuterRef("id"), revoked_at__isnull=True)
    unsettled = Amendment.objects.visible_to(access).filter(
        proposal_id=OuterRef("id"), settled_at__isnull=True
    )
    rows = Proposal.objects.visible_to(access).annotate(
        has_proxies=Exists(proxies), unsettled=Exists(unsettled), length=_TEXT
    )
    open_rows = rows.filter(sent_at__isnull=False, closed_at__isnull=True, withdrawn_at__isnull=True)
    rows_now = open_rows.defer(*_UNREAD)[:MOST]
    found = tuple(row for row in rows_now if row.closes_at is None or row.closes_at > access.now)
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


def _of(kind: str, row: Any, until: datetime | None) -> Waiting:
    minutes = 0 if row.subject else -(-row.length // PER_MINUTE)  # a charter is read on pages of its own
    return Waiting(kind, row.id, row.title, row.number, until, minutes)


def _votes(access: Access, now: _Running) -> Iterable[Waiting]:
    for row in now.voting:
        keys = own_keys(access, now.rules[row.id], _lines(row))
        if any(_open(now.ballots[row.id].get(key)) for key in keys):
            yield _of("vote", row, row.closes_at)


def _open(ballot: Ballot | None) -> bool:
    return ballot is None or ballot.choice == "present"


def _proxies(access: Access, now: _Running) -> Iterable[Waiting]:
    possible = {row.id: row for row in now.voting if row.has_proxies and now.rules[row.id].procedure.proxy}
    if not possible or access.person is None:
        return
    given = Proxy.objects.visible_to(access).filter(
        proposal_id__in=list(possible), to_id=access.person, revoked_at__isnull=True
    )
    for proxy in given:
        row = possible[proxy.proposal_id]
        if not _open(now.ballots[row.id].get(proxy.voter)):
            continue
        if not proxies_ended(access, row, now.rules[row.id], _lines(row).values(), [proxy]):
            yield _of("proxy", row, row.closes_at)


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
    if SEND not in access.permissions:
        return
    for row in now.asked:
        if row.unsettled and is_own(access, row):
            yield _of("settle", row, now.gates[row.id].until)


def _chairing(access: Access, now: _Running) -> Iterable[Waiting]:
    for row in now.rows:
        if not chairing(access, now.rules[row.id]).ok:
            continue
        if row.opened_at is None:
            if now.gates[row.id].open and not row.unsettled:
                yield _of("open", row, None)
        elif row.closes_at is None:
            yield _of("close", row, None)


def _decided(access: Access) -> Iterable[Waiting]:
    """Decisions that ask for an outcome in words, for this partner's receipt, or to be looked at again.

    What was carried over waits for who puts it before the next meeting: its proposer, or who serves the bodies.
    """
    recently = Q(decided_at__gte=access.now - RECENT)
    told = Receipt.objects.visible_to(access).filter(decision_id=OuterRef("id"), owner_id=access.partner)
    replaced = Decision.objects.visible_to(access).filter(replaces_id=OuterRef("id"))
    rounds = Proposal.objects.visible_to(access).filter(
        previous_id=OuterRef("proposal_id"), withdrawn_at__isnull=True
    )
    asks = {
        "outcome": _if(CHAIR in access.permissions) & recently & Q(outcome=""),
        "again": (_if(CHAIR in access.permissions) | Q(proposer_id=access.partner or "-"))
        & _if(SEND in access.permissions)
        & recently
        & Q(~Exists(rounds), verdict="carried_over"),
        "receipt": _if(access.partner is not None and REPORT in access.permissions)
        & recently
        & Q(~Exists(told), verdict="adopted"),
        # For who sees to a decision, and for who may write its outcome anew.
        "review": (_if(CHAIR in access.permissions) | Q(outcome_owner_id=access.person or "-"))
        & Q(~Exists(replaced), review_date__lte=access.today),
    }
    marks = {f"asks_{kind}": Case(When(asked, then=True), default=False) for kind, asked in asks.items()}
    rows = Decision.objects.visible_to(access).filter(reduce(or_, asks.values()))
    kept = ("id", "title", "number", "effective_date", "review_date")
    until = {"receipt": "effective_date", "review": "review_date"}
    for row in rows.annotate(**marks).values(*kept, *marks)[:MOST]:
        for kind in (kind for kind in asks if row[f"asks_{kind}"]):
            yield Waiting(kind, row["id"], row["title"], row["number"], row.get(until.get(kind, "")))


def _if(certain: bool) -> Q:
    """All rows, or none; an empty Q would be left out of an `or`."""
    return Q(pk__isnull=False) if certain else Q(pk__in=[])
