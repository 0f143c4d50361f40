"""Closing a vote, by hand or by time: the rule decides, a snapshot goes into the register."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.timezone import get_default_timezone

from concordia.capabilities.alliances import commands as alliances
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.commands.drafting import CHARTER
from concordia.capabilities.decisions.models import Ballot, Decision, Proposal, Proxy
from concordia.capabilities.decisions.queries.procedures import Ruled, ruled
from concordia.capabilities.decisions.queries.rolls import RollLine, counts, gone_since, roll_of, voters_of
from concordia.capabilities.decisions.queries.seats import unseated
from concordia.capabilities.decisions.queries.subjects import subject_holds
from concordia.domain.rules.engine import Line, Outcome, Verdict, decide
from concordia.domain.rules.roll import Voter
from concordia.domain.searching import searchable
from concordia.domain.texts import Text, both
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience
from concordia.kernel.subject import Subject

log = logging.getLogger("concordia.decisions")


@transaction.atomic
def close_voting(access: Access, *, proposal_id: str) -> str:
    """Close a vote by hand; the decision's id. Closing twice gives the same decision.

    Where a term runs, closing before its end needs everybody's vote: a chair cannot cut short who may still
    speak.
    """
    proposal = support.held(access, proposal_id)
    rules = ruled(access, proposal)
    support.require_chair(access, rules)
    access.require_recent()
    if proposal.closed_at is not None:
        return str(Decision.objects.visible_to(access).values_list("id", flat=True).get(proposal=proposal))
    support.require_state(
        proposal.opened_at is not None and proposal.withdrawn_at is None,
        "De stemming over dit voorstel is niet begonnen, of het is ingetrokken.",
        "Voting on this proposal has not begun, or it was withdrawn.",
    )
    counted = _Counted.of(access, proposal, rules)
    term_over = proposal.closes_at is not None and access.now >= proposal.closes_at
    if proposal.closes_at is not None and not term_over and counted.silent:
        raise RefusalError(
            both(
                "Nog niet iedereen heeft gestemd en de termijn loopt nog. Sluiten kan als iedereen gestemd heeft, "
                "of als de termijn voorbij is.",
                "Not everybody has voted and the term is still running. Closing is possible when everybody has "
                "voted, or when the term is over.",
            )
        )

    return _close(access, proposal, rules, counted, term_over=term_over)


def close_due(now: datetime) -> int:
    """Close every vote whose term is over; how many. One that fails does not stop the others."""
    due = Proposal.objects.unscoped().filter(
        closes_at__lte=now, closed_at__isnull=True, withdrawn_at__isnull=True
    )
    closed = 0
    in_turn = due.order_by("closes_at", "opened_at", "id")  # decisions are numbered in this order
    for alliance_id, proposal_id in list(in_turn.values_list("alliance_id", "id")):
        try:
            closed += _close_one(Access(now, alliance=alliance_id, system=True), proposal_id)
        except Exception:
            log.exception("a vote could not be closed: %s", proposal_id)
    return closed


@transaction.atomic
def _close_one(access: Access, proposal_id: str) -> bool:
    proposal = support.held(access, proposal_id)
    over = proposal.closes_at is not None and proposal.closes_at <= access.now
    if proposal.closed_at is not None or proposal.withdrawn_at is not None or not over:
        return False
    rules = ruled(access, proposal)
    _close(access, proposal, rules, _Counted.of(access, proposal, rules), term_over=True)
    return True


@dataclass(frozen=True, slots=True)
class _Counted:
    """Everything that is counted at closing."""

    lines: tuple[RollLine, ...]
    ballots: dict[str, Ballot]
    proxies: dict[str, str]
    gone: tuple[str, ...]
    unseated: tuple[str, ...]

    @classmethod
    def of(cls, access: Access, proposal: Proposal, rules: Ruled) -> "_Counted":
        lines = roll_of(access, proposal, rules)
        rows = Ballot.objects.visible_to(access).filter(proposal=proposal, replaced_at__isnull=True)
        current = list(rows)
        given = Proxy.objects.visible_to(access).filter(proposal=proposal, revoked_at__isnull=True)
        return cls(
            lines,
            {ballot.voter: ballot for ballot in current},
            dict(given.values_list("voter", "to_id")),
            gone_since(access, lines),
            unseated(access, rules, lines, current),
        )

    def outcome(self, rules: Ruled, *, term_over: bool) -> Outcome:
        """What the rule says, with what a reader should know besides."""
        found = decide(rules.procedure, self.voters, term_over=term_over, names=rules.charter.names)
        return replace(found, lines=(*found.lines, *self._notes()))

    @property
    def silent(self) -> bool:
        """Whether somebody who may still vote has not, or waits for ratification."""
        return any(voter.eligible and voter.vote is None for voter in self.voters)

    @property
    def voters(self) -> tuple[Voter, ...]:
        """The voters with what counts of what they did."""
        return voters_of(self.lines, self.ballots.values(), self.gone, self.unseated)

    def _notes(self) -> Iterable[Line]:
        here = [line for line in self.lines if line.partner not in self.gone]
        waits = {key for key, ballot in self.ballots.items() if not counts(ballot)}
        said = (
            (
                "Is geen partner meer en telt niet mee",
                "No longer a partner, not counted",
                [line.name for line in self.lines if line.partner in self.gone],
            ),
            (
                "Stem niet bekrachtigd en niet geteld",
                "Vote not ratified and not counted",
                [line.name for line in here if line.key in waits],
            ),
            (
                "Bij volmacht gestemd, maar heeft niemand meer in dit orgaan en is niet geteld",
                "Voted by proxy, but has nobody left in this body and was not counted",
                [line.name for line in here if line.key in self.unseated],
            ),
        )
        for nl, en, names in said:
            if names:
                yield Line(True, _named(nl, en, names))

    def tally(self) -> list[dict[str, Any]]:
        """The snapshot: each voter, whether entitled, what it did, how and by whom."""
        return [self._row(line) for line in self.lines]

    def _row(self, line: RollLine) -> dict[str, Any]:
        ballot = self.ballots.get(line.key)
        left = line.partner in self.gone
        heard = ballot is not None and counts(ballot) and line.key not in self.unseated
        recused = ballot is not None and ballot.choice == "recused"
        return {
            "key": line.key,
            "partner": line.partner or "",
            "name": line.name.plain(),
            "eligible": line.competent and not left and not recused,
            "competent": line.competent,
            "left": left,
            "choice": ballot.choice if ballot else "absent",
            "reason": ballot.reason if ballot else "",
            "how": ballot.how if ballot else "",
            "cast_by": ballot.cast_by_id if ballot else "",
            "told_by": ballot.told_by_id if ballot else "",
            "proxy_to": self.proxies.get(line.key, ""),
            "counted": heard and not left,
            "signed": ballot is not None and ballot.signed,
            "unseated": line.key in self.unseated,
            "weights": dict(line.weights),
        }


def _close(access: Access, proposal: Proposal, rules: Ruled, counted: _Counted, *, term_over: bool) -> str:
    outcome = counted.outcome(rules, term_over=term_over)
    holds = subject_holds(access, proposal)
    if outcome.adopted and not holds.ok:
        outcome = Outcome(Verdict.NOT_VALID, (Line(False, holds.reason, 0), *outcome.lines[1:]))

    decision = Decision.objects.create(
        id=new_id("dec"),
        alliance_id=proposal.alliance_id,
        owner_id=proposal.alliance_id,
        audience=Audience.SHARED,
        proposal=proposal,
        number=support.next_number(access, Decision, "B"),
        verdict=outcome.verdict.value,
        lines=[{"ok": line.ok, "depth": line.depth, "text": line.text.plain()} for line in outcome.lines],
        tally=counted.tally(),
        title=proposal.title,
        body=rules.procedure.body,
        proposer_id=proposal.owner_id if proposal.owner_id != proposal.alliance_id else "",
        subject_keys="".join(f",{subject}" for subject in proposal.subjects) + ",",
        decided_at=access.now,
        effective_date=proposal.effective_date,
        replaces_id=_replaced(access, proposal) if outcome.adopted else None,
    )
    decision.search = searched(decision, proposal)
    decision.save(update_fields=["search"])
    proposal.closed_at = access.now
    proposal.save(update_fields=["closed_at"])

    entry = support.shared(access, *_facts(proposal, decision, outcome))
    Decision.objects.unscoped().filter(id=decision.id).update(entry=entry.n)
    if outcome.adopted and proposal.subject:
        _carry_out(access, proposal, decision)
    return decision.id


def _replaced(access: Access, proposal: Proposal) -> str | None:
    """The decision whose place this takes; none where another took it while this one was voted on."""
    taken = Decision.objects.visible_to(access).filter(replaces_id=proposal.replaces_id or "-")
    return None if taken.exists() else proposal.replaces_id


def searched(decision: Decision, proposal: Proposal) -> str:
    """The words by which a decision is found."""
    texts = (proposal.title, decision.outcome, proposal.question, proposal.why, *proposal.paragraphs)
    return searchable(decision.number, proposal.number, *texts, *proposal.subjects)


def _facts(proposal: Proposal, decision: Decision, outcome: Outcome) -> list[facts.Happened]:
    rows = decision.tally
    snapshot = {
        "proposal": proposal.id,
        "text": proposal.text_hash,
        "entitled": [row["key"] for row in rows if row["eligible"]],
        "present": [row["key"] for row in rows if row["counted"] and row["choice"] != "recused"],
        "represented": {row["key"]: row["how"] for row in rows if row["how"] in {"proxy", "recorded"}},
        "voted": {row["key"]: row["choice"] for row in rows if row["counted"]},
        "left": [row["key"] for row in rows if row["left"]],
        "explanation": [line.text.in_language("en") for line in outcome.lines],
        "uitleg": [line.text.in_language("nl") for line in outcome.lines],
    }
    found = [
        facts.decision_taken(decision.id, decision.verdict, decision.number, decision.title, snapshot),
    ]
    if decision.replaces_id is not None:
        found.insert(0, facts.decision_replaced(decision.replaces_id, decision.number))
    return found


def _carry_out(access: Access, proposal: Proposal, decision: Decision) -> None:
    """What the decision is about becomes valid: an adopted charter comes into force at its date."""
    subject = Subject.parse(proposal.subject)
    if subject.kind == CHARTER:
        day = proposal.effective_date
        begins = datetime.combine(day, time(), get_default_timezone()) if day else access.now
        alliances.enact_charter(
            access,
            subject.id,
            decision=Subject("decisions.decision", decision.id),
            in_force_from=max(begins, access.now),
        )


def _named(nl: str, en: str, names: list[Text]) -> Text:
    listed = {language: ", ".join(name.in_language(language) for name in names) for language in ("nl", "en")}
    return both(f"{nl}: {listed['nl']}.", f"{en}: {listed['en']}.")
