"""Closing a vote, by hand or by time: the rule decides, a snapshot goes into the register."""

import logging
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from concordia.capabilities.alliances import commands as alliances
from concordia.capabilities.alliances.queries import partners
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.commands.rolls import voters_of
from concordia.capabilities.decisions.models import Ballot, Decision, Proposal
from concordia.capabilities.decisions.permissions import CHAIR
from concordia.capabilities.decisions.queries.procedures import procedure_for
from concordia.domain.canonical import canonical_json
from concordia.domain.rules.engine import Outcome, Verdict, decide
from concordia.domain.rules.roll import Voter
from concordia.domain.searching import searchable
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience
from concordia.kernel.subject import Subject

log = logging.getLogger("concordia.decisions")
_HOME = ZoneInfo("Europe/Amsterdam")


@transaction.atomic
def close_voting(access: Access, *, proposal_id: str) -> str:
    """Close a vote by hand; the decision's id. Closing twice gives the same decision.

    Where silence means something at the end of a term, closing before that end needs everybody's vote: a
    chair cannot cut short who may still speak.
    """
    proposal = support.held(access, proposal_id)
    access.require(CHAIR)
    access.require_recent()
    if proposal.closed_at is not None:
        return str(Decision.objects.visible_to(access).values_list("id", flat=True).get(proposal=proposal))
    support.require_state(
        proposal.opened_at is not None and proposal.withdrawn_at is None,
        "De stemming over dit voorstel is niet begonnen, of het is ingetrokken.",
        "Voting on this proposal has not begun, or it was withdrawn.",
    )
    term_over = proposal.closes_at is not None and access.now >= proposal.closes_at
    if proposal.closes_at is not None and not term_over and _silent(proposal):
        raise RefusalError(
            both(
                "Nog niet iedereen heeft gestemd en de termijn loopt nog. Sluiten kan als iedereen gestemd heeft, "
                "of als de termijn voorbij is.",
                "Not everybody has voted and the term is still running. Closing is possible when everybody has "
                "voted, or when the term is over.",
            )
        )

    return _close(access, proposal, term_over=term_over)


def close_due(now: datetime) -> int:
    """Close every vote whose term is over; how many. One that fails does not stop the others."""
    due = Proposal.objects.unscoped().filter(
        closes_at__lte=now, closed_at__isnull=True, withdrawn_at__isnull=True
    )
    closed = 0
    for alliance_id, proposal_id in list(due.values_list("alliance_id", "id")):
        try:
            with transaction.atomic():
                access = Access(now, alliance=alliance_id, system=True)
                proposal = support.held(access, proposal_id)
                if proposal.closed_at is None and proposal.withdrawn_at is None:
                    _close(access, proposal, term_over=True)
                    closed += 1
        except RefusalError:
            log.warning("a vote could not be closed: %s", proposal_id, exc_info=True)
    return closed


def _close(access: Access, proposal: Proposal, *, term_over: bool) -> str:
    procedure = procedure_for(access, proposal)
    ballots = _current(proposal)
    voters = _still_party(access, voters_of(proposal, ballots))
    outcome = decide(procedure, voters, term_over=term_over)

    support.hold_alliance(access)
    year = access.now.year
    numbers = Decision.objects.unscoped().filter(
        alliance_id=proposal.alliance_id, number__startswith=f"B{year}-"
    )
    number = support.next_number(numbers.values_list("number", flat=True), year, "B")
    decision = Decision.objects.create(
        id=new_id("dec"),
        alliance_id=proposal.alliance_id,
        owner_id=proposal.alliance_id,
        audience=Audience.SHARED,
        proposal=proposal,
        number=number,
        verdict=outcome.verdict.value,
        lines=[{"ok": line.ok, "depth": line.depth, "text": line.text.plain()} for line in outcome.lines],
        tally=_tally(voters, ballots),
        title=proposal.title,
        body=procedure.body,
        decided_at=access.now,
        effective_date=proposal.effective_date,
        replaces_id=proposal.replaces_id if outcome.adopted else None,
        search=searchable(proposal.title, proposal.question, number, proposal.number, *proposal.paragraphs),
    )
    proposal.closed_at = access.now
    proposal.save(update_fields=["closed_at"])

    entry = support.shared(access, _fact(proposal, decision, outcome))
    Decision.objects.unscoped().filter(id=decision.id).update(entry=entry.n)
    if outcome.verdict is Verdict.ADOPTED and proposal.subject:
        _carry_out(access, proposal, decision)
    return decision.id


def _fact(proposal: Proposal, decision: Decision, outcome: Outcome) -> Any:
    snapshot = {
        "text": proposal.text_hash,
        "entitled": [row["key"] for row in decision.tally if row["eligible"]],
        "votes": {row["key"]: row["choice"] for row in decision.tally},
        "how": {row["key"]: row["how"] for row in decision.tally if row["how"]},
        "lines": [line.text.in_language("en") for line in outcome.lines],
    }
    return facts.decision_taken(
        decision.id,
        decision.verdict,
        decision.number,
        decision.title,
        canonical_json(snapshot, multiline=True).decode(),
    )


def _carry_out(access: Access, proposal: Proposal, decision: Decision) -> None:
    """What the decision is about becomes valid: an adopted charter comes into force at its date."""
    subject = Subject.parse(proposal.subject)
    if subject.kind == "alliances.charter":
        day = proposal.effective_date
        begins = datetime.combine(day, time(), _HOME) if day else access.now
        alliances.enact_charter(
            access,
            subject.id,
            decision=Subject("decisions.decision", decision.id),
            in_force_from=max(begins, access.now),
        )


def _still_party(access: Access, voters: tuple[Voter, ...]) -> tuple[Voter, ...]:
    """A partner that left while the vote ran is no longer among the voters."""
    here = {partner.key for partner in partners(access)}
    return tuple(voter for voter in voters if voter.key in here or not _is_partner(voter))


def _is_partner(voter: Voter) -> bool:
    return not voter.key.startswith(("app_", "per_"))


def _current(proposal: Proposal) -> list[Ballot]:
    return list(Ballot.objects.unscoped().filter(proposal=proposal, replaced_at__isnull=True))


def _silent(proposal: Proposal) -> bool:
    return any(voter.eligible and voter.vote is None for voter in voters_of(proposal, _current(proposal)))


def _tally(voters: tuple[Voter, ...], ballots: list[Ballot]) -> list[dict[str, Any]]:
    cast = {ballot.voter: ballot for ballot in ballots}
    rows = []
    for voter in voters:
        ballot = cast.get(voter.key)
        rows.append(
            {
                "key": voter.key,
                "name": voter.name.plain(),
                "eligible": voter.eligible,
                "competent": voter.competent,
                "choice": ballot.choice if ballot else "absent",
                "reason": ballot.reason if ballot else "",
                "how": ballot.how if ballot else "",
                "cast_by": ballot.cast_by_id if ballot else "",
                "counted": ballot is not None and (not ballot.to_ratify or ballot.ratified_at is not None),
            }
        )
    return rows
