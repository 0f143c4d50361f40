"""Before a decision: each partner says what it means for it, or waives its own period (C22)."""

from django.db import transaction

from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.models import Involvement, PartnerNote, Proposal
from concordia.capabilities.decisions.permissions import INVOLVE, NOTE
from concordia.capabilities.decisions.queries.procedures import ruled
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience


@transaction.atomic
def write_impact_note(access: Access, *, proposal_id: str, note: str) -> None:
    """Keep what one's organization is writing; nobody else sees it until it is given."""
    proposal, partner = consulted(access, proposal_id)
    mine = _mine(access, proposal, partner)
    _still_to_answer(mine)

    text = support.clean(note, field="note")
    if mine.note == text and not mine._state.adding:
        return
    mine.note, mine.written_at = text, access.now
    mine.save()

    support.in_private(access, facts.note_written(proposal.id))


@transaction.atomic
def give_impact_note(access: Access, *, proposal_id: str, note: str) -> None:
    """Tell all partners what the proposal means for one's organization. Giving twice gives once."""
    proposal, partner = consulted(access, proposal_id)
    mine = _mine(access, proposal, partner)
    needed = both(
        "Schrijf op wat dit voorstel voor uw organisatie betekent, ook als dat niets is.",
        "Write what this proposal means for your organization, also when that is nothing.",
    )
    text = support.clean(note, field="note", needed=needed)
    if mine.answered_at is not None and mine.note == text:
        return
    _still_to_answer(mine)

    mine.note, mine.written_at, mine.answered_at = text, access.now, access.now
    mine.audience = Audience.SHARED
    mine.save()

    support.shared(access, facts.impact_given(proposal.id, text))


@transaction.atomic
def waive_involvement(access: Access, *, proposal_id: str, reason: str) -> None:
    """Give up one's own period of involvement. Waiving another's right is impossible: there is no such door."""
    proposal, partner = consulted(access, proposal_id)
    access.require_recent()
    procedure = ruled(access, proposal).procedure
    if procedure.involve is None or not procedure.involve.waivable:
        raise RefusalError(
            both(
                "In deze procedure kan niemand van de termijn afzien.",
                "In this procedure nobody can waive the period.",
            )
        )
    mine = _mine(access, proposal, partner)
    if mine.waived_at is not None:
        return
    _still_to_answer(mine)

    needed = both("Schrijf op waarom u van de termijn afziet.", "Write why you waive the period.")
    mine.reason = support.clean(reason, field="reason", longest=2000, needed=needed)
    mine.note, mine.written_at, mine.waived_at = "", access.now, access.now
    mine.audience = Audience.SHARED
    mine.save()

    support.shared(access, facts.involvement_waived(proposal.id, mine.reason))


@transaction.atomic
def write_partner_note(access: Access, *, proposal_id: str, text: str) -> None:
    """Note something for one's own organization only; it never leaves it. The same note twice is one note."""
    proposal = Proposal.objects.visible_to(access).one(id=proposal_id)
    access.require(NOTE)
    if access.partner is None:
        raise NotFoundError
    cleaned = support.clean(
        text, field="text", needed=both("Schrijf eerst een notitie.", "Write a note first.")
    )
    support.one_at_a_time(access)
    last = PartnerNote.objects.visible_to(access).filter(proposal=proposal).last()
    if last is not None and (last.author_id, last.text) == (access.person, cleaned):
        return

    PartnerNote.objects.create(
        id=new_id("not"),
        alliance_id=proposal.alliance_id,
        owner_id=access.partner,
        audience=Audience.PRIVATE,
        proposal=proposal,
        author_id=access.person or "",
        text=cleaned,
        written_at=access.now,
    )

    support.in_private(access, facts.note_written(proposal.id))


def consulted(access: Access, proposal_id: str) -> tuple[Proposal, str]:
    """A proposal in consultation, held, and one's own partner. Raises as its callers say."""
    proposal = support.held(access, proposal_id)
    access.require(INVOLVE)
    if access.partner is None or proposal.sent_at is None:
        raise NotFoundError
    before_voting(proposal)
    return proposal, access.partner


def before_voting(proposal: Proposal) -> None:
    """Refuse what belongs before voting once it has begun."""
    support.require_state(
        proposal.opened_at is None and proposal.withdrawn_at is None,
        "De stemming is al begonnen of het voorstel is ingetrokken; dit kan niet meer.",
        "Voting has begun or the proposal was withdrawn; this is no longer possible.",
    )


def _mine(access: Access, proposal: Proposal, partner: str) -> Involvement:
    support.require_state(
        proposal.owner_id != partner,
        "Uw organisatie doet dit voorstel zelf; een antwoord vooraf is niet nodig.",
        "Your organization makes this proposal itself; no answer beforehand is needed.",
    )
    found = Involvement.objects.visible_to(access).filter(proposal=proposal, owner_id=partner).first()
    return found or Involvement(
        alliance_id=proposal.alliance_id,
        owner_id=partner,
        audience=Audience.PRIVATE,
        proposal=proposal,
        written_at=access.now,
    )


def _still_to_answer(mine: Involvement) -> None:
    support.require_state(
        mine.answered_at is None and mine.waived_at is None,
        "Uw organisatie heeft hier al geantwoord. Alle partners zien dat antwoord.",
        "Your organization has already answered here. All partners see that answer.",
    )
