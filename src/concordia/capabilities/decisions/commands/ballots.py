"""Keeping a ballot: one counts for each voter, earlier ones stay, each is an entry of the register."""

from dataclasses import dataclass

from concordia.capabilities.alliances.queries import person_names
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.models import Ballot, Proposal
from concordia.capabilities.decisions.queries.acting import Acting
from concordia.capabilities.decisions.queries.rolls import counts
from concordia.capabilities.ledger.queries import log_of
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
    """A position taken: for whom and how, what, why, and whether it waits for ratification."""

    me: Acting
    choice: str
    reason: str = ""
    to_ratify: bool = False


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
                "Wie blokkeert, zegt waarom. Uw keuze is bewaard; vul de reden in.",
                "Who blocks says why. Your choice is kept; fill in the reason.",
            ),
            field="reason",
        )


def current_ballot(access: Access, proposal: Proposal, voter: str) -> Ballot | None:
    """The ballot of a voter that stands now."""
    rows = Ballot.objects.visible_to(access).filter(proposal=proposal, voter=voter, replaced_at__isnull=True)
    return rows.first()


def keep(access: Access, proposal: Proposal, vote: Vote) -> Cast:
    """Replace the voter's current ballot, keeping it as history, and record the new one.

    The caller holds the proposal. The very same ballot again changes nothing and gives the same receipt.
    """
    reason = support.clean(vote.reason, field="reason", longest=2000)
    ballot = _ballot(access, proposal, vote, reason)
    current = current_ballot(access, proposal, ballot.voter)
    if current is not None:
        if _same(current, ballot):
            return Cast(current.id, current.entry or 0, current.to_ratify)
        _require_may_replace(current, ballot)
        current.replaced_at = access.now
        current.save(update_fields=["replaced_at"])
        ballot.rev = current.rev + 1
    ballot.save()

    entry = support.shared(access, _fact(access, proposal, ballot, vote))
    Ballot.objects.unscoped().filter(id=ballot.id).update(entry=entry.n)
    return Cast(ballot.id, entry.n, ballot.to_ratify)


def ratified(access: Access, proposal: Proposal, ballot: Ballot) -> None:
    """Make a ballot count, by the reader's word."""
    ballot.ratified_at, ballot.ratified_by_id = access.now, access.person or ""
    ballot.save(update_fields=["ratified_at", "ratified_by_id"])

    person = access.person or ""
    name = person_names(access, [person]).get(person, "")
    support.shared(access, facts.ballot_ratified(proposal.id, ballot.voter, ballot.rev, person, name))


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
    )


def _fact(access: Access, proposal: Proposal, ballot: Ballot, vote: Vote) -> facts.Happened:
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
    names = person_names(access, filter(None, [ballot.cast_by_id, ballot.told_by_id]))
    people = {"person": (ballot.cast_by_id, names.get(ballot.cast_by_id, ""))}
    if ballot.told_by_id:
        people["told_by"] = (ballot.told_by_id, names.get(ballot.told_by_id, ""))
    return facts.ballot_cast(proposal.id, whole, ballot.reason, ballot.how, people)


def _same(current: Ballot, new: Ballot) -> bool:
    names = ("choice", "reason", "how", "cast_by_id", "told_by_id", "to_ratify")
    return all(getattr(current, name) == getattr(new, name) for name in names)


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
