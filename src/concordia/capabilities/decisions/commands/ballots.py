"""Keeping a ballot: one counts for each voter, earlier ones stay, each is an entry of the register."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from concordia.capabilities.alliances.queries import person_names
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import signatures, support
from concordia.capabilities.decisions.models import Ballot, Proposal
from concordia.capabilities.decisions.queries.acting import Acting
from concordia.capabilities.decisions.queries.rolls import counts
from concordia.capabilities.ledger.queries import log_of
from concordia.domain.assertions import challenge
from concordia.domain.canonical import canonical_json
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience

CHOICES = ("for", "against", "block", "abstain")


@dataclass(frozen=True, slots=True)
class Cast:
    """The receipt of a vote: the entry of the register it stands in."""

    ballot: str
    entry: int
    to_ratify: bool


@dataclass(frozen=True, slots=True)
class Vote:
    """A position taken: for whom and how, what, why, and whether it waits for ratification.

    `answer` is what the browser says that a passkey of the person signed; None for a vote without a signature.
    """

    me: Acting
    choice: str
    reason: str = ""
    to_ratify: bool = False
    answer: Mapping[str, Any] | None = None


def require_choice(choice: str, reason: str) -> None:
    """Refuse what is not a position, and a block without its reason."""
    if choice not in CHOICES:
        raise RefusalError(
            both("Kies voor, tegen, blokkeren of onthouden.", "Choose for, against, block or abstain."),
            field="choice",
        )
    if choice == "block" and not support.clean(reason, field="reason"):
        raise RefusalError(
            both(
                "Wie blokkeert, zegt waarom. Uw keuze staat er nog; vul de reden in.",
                "Who blocks says why. Your choice is still here; fill in the reason.",
            ),
            field="reason",
        )


def current_ballot(access: Access, proposal: Proposal, voter: str) -> Ballot | None:
    """The ballot of a voter that stands now."""
    rows = Ballot.objects.visible_to(access).filter(proposal=proposal, voter=voter, replaced_at__isnull=True)
    return rows.first()


def keep(access: Access, proposal: Proposal, vote: Vote) -> Cast:
    """Replace the voter's current ballot, keeping it as history, and record the new one.

    The caller holds the proposal. The very same ballot again changes nothing and gives the same receipt; signed
    where it was not, it is another. Raises RefusalError for a signature that is not of this person or this vote.
    """
    current, ballot = _next(access, proposal, vote)
    if current is not None and _same(current, ballot):
        return Cast(current.id, current.entry or 0, current.to_ratify)
    whole = _whole(access, proposal, ballot, vote)
    said = facts.vote_text(whole)
    signed = None if vote.answer is None else signatures.signed_by(access, vote.answer, said)
    if current is not None:
        current.replaced_at = access.now
        current.save(update_fields=["replaced_at"])
    ballot.save()

    assertion = "" if signed is None else signatures.recorded(access, signed, said)
    entry = support.shared(access, _fact(access, whole, ballot, assertion))
    Ballot.objects.unscoped().filter(id=ballot.id).update(entry=entry.n)
    return Cast(ballot.id, entry.n, ballot.to_ratify)


def to_sign(access: Access, proposal: Proposal, vote: Vote) -> bytes:
    """What a passkey is asked to sign for this vote, as it would be recorded now: 32 bytes."""
    _, ballot = _next(access, proposal, vote)
    return challenge(facts.vote_text(_whole(access, proposal, ballot, vote)))


def ratified(access: Access, proposal: Proposal, ballot: Ballot) -> None:
    """Make a ballot count, by the reader's word."""
    ballot.ratified_at, ballot.ratified_by_id = access.now, access.person or ""
    ballot.save(update_fields=["ratified_at", "ratified_by_id"])

    person = access.person or ""
    name = person_names(access, [person]).get(person, "")
    support.shared(access, facts.ballot_ratified(proposal.id, ballot.voter, ballot.rev, person, name))


def _next(access: Access, proposal: Proposal, vote: Vote) -> tuple[Ballot | None, Ballot]:
    """The voter's current ballot and the one that may take its place. Raises RefusalError."""
    reason = support.clean(vote.reason, field="reason", longest=2000)
    ballot = _ballot(access, proposal, vote, reason)
    current = current_ballot(access, proposal, ballot.voter)
    if current is not None:
        ballot.rev = current.rev + 1
        if not _same(current, ballot):
            _require_may_replace(current, ballot)
    return current, ballot


def _ballot(access: Access, proposal: Proposal, vote: Vote, reason: str) -> Ballot:
    recorded = vote.me.how == "recorded"
    mandate = {} if vote.choice == "present" else vote.me.under(access, proposal)
    return Ballot(
        id=new_id("bal"),
        alliance_id=proposal.alliance_id,
        owner_id=access.partner or access.require_alliance(),
        audience=Audience.SHARED,
        proposal=proposal,
        voter=vote.me.line.key,
        choice=vote.choice,
        reason=reason,
        how=vote.me.how,
        cast_by_id=access.person or "",
        told_by_id=vote.me.person if recorded else "",
        mandate=canonical_json(mandate).decode(),
        cast_at=access.now,
        to_ratify=vote.to_ratify,
        signed=vote.answer is not None,
    )


def _whole(access: Access, proposal: Proposal, ballot: Ballot, vote: Vote) -> dict[str, Any]:
    """Everything a vote says (trust.md 4.1): one cannot be taken for another, nor for an earlier one."""
    whole = {
        "log": log_of(access).origin,
        "decision": proposal.id,
        "rev": ballot.rev,
        "text-hash": proposal.text_hash,
        "voter": ballot.voter,
        "choice": ballot.choice,
        "mandate": {} if ballot.choice == "present" else vote.me.under(access, proposal),
        "to-ratify": ballot.to_ratify,
    }
    if ballot.reason:
        whole["reason-hash"] = hashlib.sha256(ballot.reason.encode()).hexdigest()
    return whole


def _fact(access: Access, whole: dict[str, Any], ballot: Ballot, assertion: str) -> facts.Happened:
    names = person_names(access, filter(None, [ballot.cast_by_id, ballot.told_by_id]))
    people = {"person": (ballot.cast_by_id, names.get(ballot.cast_by_id, ""))}
    if ballot.told_by_id:
        people["told_by"] = (ballot.told_by_id, names.get(ballot.told_by_id, ""))
    if assertion:
        people["assertion"] = (ballot.cast_by_id, assertion)
    return facts.ballot_cast(ballot.proposal_id, whole, ballot.reason, ballot.how, people)


def _same(current: Ballot, new: Ballot) -> bool:
    names = ("choice", "reason", "how", "cast_by_id", "told_by_id", "to_ratify")
    is_signed_now = new.signed and not current.signed
    return not is_signed_now and all(getattr(current, name) == getattr(new, name) for name in names)


def _require_may_replace(current: Ballot, new: Ballot) -> None:
    """What the voter said itself stands above what others say for it, a vote that counts above one that waits."""
    if current.choice == "present":
        return
    if new.choice == "present":
        raise RefusalError(
            both(
                "Deze stemmer heeft al gestemd en telt daarmee als aanwezig.",
                "This voter has already voted, and so counts as present.",
            )
        )
    itself = {"proxy": {"mandate", "recorded"}, "recorded": {"mandate"}, "mandate": set[str]()}[new.how]
    if current.how in itself:
        raise RefusalError(
            both(
                "Deze stemmer heeft zelf al gestemd. Alleen de stemmer kan dat wijzigen.",
                "This voter has already voted itself. Only the voter can change that.",
            )
        )
    if new.to_ratify and counts(current):
        raise RefusalError(
            both(
                "Uw organisatie heeft al binnen een mandaat gestemd. Wie dat wijzigt, heeft ook een mandaat nodig.",
                "Your organization has already voted within a mandate. Who changes that needs a mandate too.",
            )
        )
