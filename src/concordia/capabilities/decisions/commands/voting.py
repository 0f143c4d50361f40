"""Voting: under one's own mandate, by proxy, or recorded by the agency; changeable until closing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from concordia.capabilities.alliances.queries import Representative, partners, person_names, representatives
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.commands.rolls import make_roll
from concordia.capabilities.decisions.models import Ballot, Involvement, Proposal, Proxy
from concordia.capabilities.decisions.permissions import CHAIR, RECORD, VOTE
from concordia.capabilities.decisions.queries.procedures import procedure_for
from concordia.domain.involvement import Involved, gate
from concordia.domain.mandates import covers
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience

CHOICES = ("for", "against", "block", "abstain")


@dataclass(frozen=True, slots=True)
class Cast:
    """The receipt of a vote: the entry of the register it stands in."""

    ballot: str
    entry: int
    to_ratify: bool


@transaction.atomic
def open_voting(access: Access, *, proposal_id: str) -> None:
    """Put a proposal to decision, when the gate of prior involvement is open. Opening twice opens once."""
    proposal = support.held(access, proposal_id)
    access.require(CHAIR)
    access.require_recent()
    if proposal.opened_at is not None:
        return
    support.require_state(
        proposal.sent_at is not None and proposal.withdrawn_at is None,
        "Dit voorstel is niet verstuurd of is ingetrokken.",
        "This proposal was not sent or was withdrawn.",
    )
    procedure = procedure_for(access, proposal)
    state = gate(
        procedure,
        involved(access, proposal),
        sent_at=proposal.sent_at,
        now=access.now,
        urgent=proposal.urgent,
    )
    if not state.open:
        raise RefusalError(state.reason)

    roll = make_roll(access, proposal, procedure)
    proposal.opened_at = access.now
    proposal.closes_at = procedure.term.after(access.now) if procedure.term else None
    proposal.rule = procedure.model_dump(mode="json", by_alias=True, exclude_unset=True)
    proposal.roll = roll
    proposal.text_hash = support.text_hash(proposal)
    proposal.save()

    eligible = [row["key"] for row in roll if row["competent"]]
    support.shared(access, facts.voting_opened(proposal.id, proposal.text_hash, proposal.rule, eligible))


@transaction.atomic
def extend_voting(access: Access, *, proposal_id: str) -> datetime:
    """Give a vote the extra time its procedure allows; until when it now runs."""
    proposal = running(access, proposal_id)
    access.require(CHAIR)
    procedure = procedure_for(access, proposal)
    if procedure.extend is None or proposal.closes_at is None or proposal.extended >= procedure.extend.times:
        raise RefusalError(
            both(
                "Deze stemming kan niet (nog eens) worden verlengd volgens het handvest.",
                "By the charter this vote cannot be extended (again).",
            )
        )

    proposal.closes_at = procedure.extend.by.after(proposal.closes_at)
    proposal.extended += 1
    proposal.save(update_fields=["closes_at", "extended"])

    support.shared(access, facts.voting_extended(proposal.id, proposal.closes_at.isoformat()))
    return proposal.closes_at


@transaction.atomic
def cast_ballot(
    access: Access, *, proposal_id: str, choice: str, reason: str = "", ratify: bool = False, voter: str = ""
) -> Cast:
    """Take position for the voter one represents, or for `voter` by proxy. The same vote twice counts once.

    Beyond one's mandate the vote is refused, unless given subject to ratification (`ratify`): then it counts
    when the partner ratifies it. Raises RefusalError, NotAllowedError, StepUpError.
    """
    proposal = running(access, proposal_id)
    _require_choice(choice, reason)
    me = _representing(access, proposal, voter)
    access.require_recent()
    if me.how == "mandate":
        access.require(VOTE)

    to_ratify = _to_ratify(access, proposal, me, ratify=ratify)

    return _keep(access, proposal, me, choice, reason, to_ratify=to_ratify)


@transaction.atomic
def record_ballot(access: Access, *, proposal_id: str, voter: str, choice: str, reason: str = "") -> Cast:
    """Record a vote received by phone or on paper, or that a voter is present. The principal may change it."""
    proposal = running(access, proposal_id)
    access.require(RECORD)
    access.require_recent()
    if choice not in {*CHOICES, "present"}:
        raise NotFoundError
    if choice != "present":
        _require_choice(choice, reason)
    row = _row(proposal, voter)
    current = current_ballot(proposal, voter)
    if current is not None and current.how == "mandate":
        raise RefusalError(
            both(
                "Deze stemmer heeft zelf al gestemd. Alleen de stemmer kan dat wijzigen.",
                "This voter has already voted in person. Only the voter can change that.",
            )
        )

    me = _Me(row["key"], row["partner"], "recorded", access.person or "", None)
    return _keep(access, proposal, me, choice, reason, to_ratify=False)


@transaction.atomic
def recuse(access: Access, *, proposal_id: str, reason: str) -> Cast:
    """Step aside: the voter leaves the eligible whole. Changing one's mind until closing is possible."""
    proposal = running(access, proposal_id)
    me = _representing(access, proposal, "")
    access.require(VOTE)
    access.require_recent()
    needed = both("Schrijf op waarom u zich terugtrekt.", "Write why you step aside.")
    text = support.clean(reason, field="reason", longest=2000, needed=needed)

    return _keep(access, proposal, me, "recused", text, to_ratify=False)


@transaction.atomic
def ratify_ballot(access: Access, *, proposal_id: str) -> None:
    """Make a vote count that was given subject to ratification, by somebody whose mandate covers it."""
    proposal = running(access, proposal_id)
    me = _representing(access, proposal, "")
    access.require(VOTE)
    access.require_recent()
    ballot = current_ballot(proposal, me.voter)
    if ballot is None or not ballot.to_ratify or ballot.ratified_at is not None:
        return
    _to_ratify(access, proposal, me, ratify=False)

    ballot.ratified_at = access.now
    ballot.save(update_fields=["ratified_at"])

    support.shared(access, facts.ballot_ratified(proposal.id, me.voter))


@transaction.atomic
def grant_proxy(access: Access, *, proposal_id: str, to: str) -> None:
    """Let one other person vote for the voter one represents, where the procedure allows it: one step only."""
    proposal = running(access, proposal_id)
    me = _representing(access, proposal, "")
    access.require(VOTE)
    access.require_recent()
    if not procedure_for(access, proposal).proxy:
        raise RefusalError(
            both(
                "In deze procedure kan niemand bij volmacht stemmen.",
                "In this procedure nobody votes by proxy.",
            )
        )
    name = person_names(access, [to]).get(to)
    if name is None or to == access.person:
        raise NotFoundError

    active = Proxy.objects.unscoped().filter(proposal=proposal, voter=me.voter, revoked_at__isnull=True)
    active.update(revoked_at=access.now)
    Proxy.objects.create(
        alliance_id=proposal.alliance_id,
        owner_id=access.partner or access.person,
        audience=Audience.SHARED,
        proposal=proposal,
        voter=me.voter,
        to_id=to,
        granted_by_id=access.person,
        granted_at=access.now,
    )

    support.shared(access, facts.proxy_granted(proposal.id, me.voter, to, name))


@transaction.atomic
def revoke_proxy(access: Access, *, proposal_id: str) -> None:
    """Take a proxy back; a vote already cast under it stays until it is changed."""
    proposal = running(access, proposal_id)
    me = _representing(access, proposal, "")
    access.require(VOTE)

    active = Proxy.objects.unscoped().filter(proposal=proposal, voter=me.voter, revoked_at__isnull=True)
    if active.update(revoked_at=access.now):
        support.shared(access, facts.proxy_revoked(proposal.id, me.voter))


@dataclass(frozen=True, slots=True)
class _Me:
    """For which voter somebody acts, and how."""

    voter: str
    partner: str | None
    how: str
    person: str
    representative: Representative | None


def running(access: Access, proposal_id: str) -> Proposal:
    """A proposal being voted on, held. Raises RefusalError after closing, NotFoundError when not visible."""
    proposal = support.held(access, proposal_id)
    support.require_state(
        proposal.opened_at is not None,
        "De stemming over dit voorstel is nog niet begonnen.",
        "Voting on this proposal has not begun yet.",
    )
    over = proposal.closes_at is not None and access.now >= proposal.closes_at
    support.require_state(
        proposal.closed_at is None and proposal.withdrawn_at is None and not over,
        "De stemming is gesloten. Wat u invulde is niet meegeteld; de uitslag staat op de pagina van het besluit.",
        "Voting is closed. What you filled in was not counted; the result is on the page of the decision.",
    )
    return proposal


def involved(access: Access, proposal: Proposal) -> list[Involved]:
    """Each partner's part in the involvement; who puts forward needs no note of its own."""
    rows = Involvement.objects.visible_to(access).filter(proposal=proposal, audience=Audience.SHARED)
    given = {row.owner_id: row for row in rows}
    return [
        Involved(
            partner.id,
            answered_at=proposal.sent_at
            if partner.id == proposal.owner_id
            else _at(given, partner.id, "answered_at"),
            waived_at=_at(given, partner.id, "waived_at"),
        )
        for partner in partners(access)
    ]


def _at(given: dict[str, Involvement], partner: str, name: str) -> datetime | None:
    found: datetime | None = getattr(given[partner], name) if partner in given else None
    return found


def current_ballot(proposal: Proposal, voter: str) -> Ballot | None:
    """The ballot of a voter that counts now."""
    return Ballot.objects.unscoped().filter(proposal=proposal, voter=voter, replaced_at__isnull=True).first()


def _row(proposal: Proposal, voter: str) -> dict[str, Any]:
    for row in proposal.roll or []:
        if row["key"] == voter:
            found: dict[str, Any] = row
            if not row["competent"]:
                raise RefusalError(
                    both(
                        "Deze partner is voor dit onderwerp niet bevoegd en stemt hier niet mee.",
                        "This partner is not competent for this subject and does not vote here.",
                    )
                )
            return found
    raise NotFoundError


def _representing(access: Access, proposal: Proposal, voter: str) -> _Me:
    """The voter somebody acts for: their own, or `voter` by a proxy given to them."""
    procedure = procedure_for(access, proposal)
    if voter:
        given = Proxy.objects.visible_to(access).filter(
            proposal=proposal, voter=voter, to_id=access.person, revoked_at__isnull=True
        )
        if given.exists():
            row = _row(proposal, voter)
            return _Me(row["key"], row["partner"], "proxy", access.person or "", None)
    mine = next((row for row in representatives(access, procedure.body) if row.person == access.person), None)
    if mine is None:
        raise NotAllowedError(
            both(
                "U heeft in dit orgaan geen stem. Op de pagina Mensen staat wie uw organisatie hier vertegenwoordigt.",
                "You have no vote in this body. The page People shows who represents your organization here.",
            )
        )
    keys = {"partners": mine.partner_key, "seats": mine.appointment, "people": mine.person}
    row = _row(proposal, keys[procedure.voters] or "")
    if voter and voter != row["key"]:
        raise NotFoundError
    return _Me(row["key"], row["partner"], "mandate", mine.person, mine)


def _to_ratify(access: Access, proposal: Proposal, me: _Me, *, ratify: bool) -> bool:
    """Whether the vote waits for ratification. Raises NotAllowedError beyond the mandate without it."""
    if me.representative is None:
        return False
    cover = covers(me.representative.mandates, proposal.subjects, proposal.amount_cents, access.now.date())
    if cover.ok:
        return False
    if not ratify:
        raise NotAllowedError(
            both(
                f"{cover.reason.in_language('nl')} U kunt stemmen onder voorbehoud van bekrachtiging: "
                "uw stem telt dan zodra uw organisatie haar bekrachtigt.",
                f"{cover.reason.in_language('en')} You can vote subject to ratification: "
                "your vote then counts as soon as your organization ratifies it.",
            ),
            field="ratify",
        )
    return True


def _require_choice(choice: str, reason: str) -> None:
    if choice not in CHOICES:
        raise RefusalError(
            both("Kies voor, tegen, blokkeren of onthouden.", "Choose for, against, block or abstain."),
            field="choice",
        )
    if choice == "block" and not reason.strip():
        raise RefusalError(
            both(
                "Wie blokkeert, zegt waarom. Uw keuze is bewaard; vul de reden in.",
                "Who blocks says why. Your choice is kept; fill in the reason.",
            ),
            field="reason",
        )


def _keep(access: Access, proposal: Proposal, me: _Me, choice: str, reason: str, *, to_ratify: bool) -> Cast:
    """Replace the voter's current ballot, keeping it as history, and record the new one."""
    text = support.clean(reason, field="reason", longest=2000)
    current = current_ballot(proposal, me.voter)
    if current is not None and _same(current, choice, text, me, to_ratify):
        return Cast(current.id, current.entry or 0, current.to_ratify)
    if current is not None:
        current.replaced_at = access.now
        current.save(update_fields=["replaced_at"])
    ballot = Ballot(
        id=new_id("bal"),
        alliance_id=proposal.alliance_id,
        owner_id=access.partner or access.person,
        audience=Audience.SHARED,
        proposal=proposal,
        voter=me.voter,
        choice=choice,
        reason=text,
        how=me.how,
        cast_by_id=me.person,
        cast_at=access.now,
        to_ratify=to_ratify,
    )
    ballot.save()

    whole = {
        "decision": proposal.id,
        "text": proposal.text_hash,
        "voter": me.voter,
        "choice": choice,
        "mandate": me.representative.appointment if me.representative else me.how,
    }
    name = person_names(access, [me.person]).get(me.person, "")
    entry = support.shared(access, facts.ballot_cast(proposal.id, whole, text, me.person, name, me.how))
    Ballot.objects.unscoped().filter(id=ballot.id).update(entry=entry.n)
    return Cast(ballot.id, entry.n, to_ratify)


def _same(current: Ballot, choice: str, reason: str, me: _Me, to_ratify: bool) -> bool:
    given = (current.choice, current.reason, current.how, current.cast_by_id, current.to_ratify)
    return given == (choice, reason, me.how, me.person, to_ratify)
