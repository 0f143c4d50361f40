"""Before a decision: each partner says what it means for it, amends, or waives its own period (C22)."""

from django.db import transaction

from concordia.capabilities.alliances.queries import charter_version
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.commands.drafting import Draft, draft_proposal
from concordia.capabilities.decisions.models import Amendment, Involvement, PartnerNote, Proposal
from concordia.capabilities.decisions.permissions import INVOLVE, NOTE, PROPOSE
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience


@transaction.atomic
def write_impact_note(access: Access, *, proposal_id: str, note: str) -> None:
    """Keep what one's organization is writing; nobody else sees it until it is given."""
    proposal, partner = _consulted(access, proposal_id)
    mine = _mine(access, proposal, partner)
    _still_to_answer(mine)

    mine.note = support.clean(note, field="note")
    mine.written_at = access.now
    mine.save()

    support.in_private(access, facts.note_written(proposal.id))


@transaction.atomic
def give_impact_note(access: Access, *, proposal_id: str, note: str) -> None:
    """Tell all partners what the proposal means for one's organization. Giving twice gives once."""
    proposal, partner = _consulted(access, proposal_id)
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
    proposal, partner = _consulted(access, proposal_id)
    access.require_recent()
    procedure = charter_version(access, proposal.charter_version).charter.procedure(proposal.procedure)
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
    """Note something for one's own organization only; it never leaves it."""
    proposal = Proposal.objects.visible_to(access).one(id=proposal_id)
    access.require(NOTE)
    if access.partner is None:
        raise NotFoundError

    needed = both("Schrijf eerst een notitie.", "Write a note first.")
    note = PartnerNote.objects.create(
        id=new_id("not"),
        alliance_id=proposal.alliance_id,
        owner_id=access.partner,
        audience=Audience.PRIVATE,
        proposal=proposal,
        author_id=access.person or "",
        text=support.clean(text, field="text", needed=needed),
        written_at=access.now,
    )

    support.in_private(access, facts.note_written(note.proposal_id))


@transaction.atomic
def propose_amendment(
    access: Access, *, proposal_id: str, paragraph: int, text: str, reason: str = ""
) -> str:
    """Put another wording of a paragraph (counted from 0) beside the first; the amendment's id."""
    proposal, partner = _consulted(access, proposal_id)
    if not 0 <= paragraph < len(proposal.paragraphs):
        raise NotFoundError
    needed = both("Schrijf hoe de alinea dan luidt.", "Write how the paragraph would read.")
    new_text = support.clean(text, field="text", longest=5000, needed=needed)
    if new_text == proposal.paragraphs[paragraph]:
        raise RefusalError(
            both("Deze tekst is gelijk aan de alinea.", "This text equals the paragraph."), field="text"
        )

    amendment = Amendment.objects.create(
        id=new_id("ame"),
        alliance_id=proposal.alliance_id,
        owner_id=partner,
        audience=Audience.SHARED,
        proposal=proposal,
        paragraph=paragraph,
        old_text=proposal.paragraphs[paragraph],
        new_text=new_text,
        reason=support.clean(reason, field="reason", longest=2000),
        proposed_at=access.now,
    )

    support.shared(access, facts.amendment_proposed(proposal.id, paragraph, new_text))
    return amendment.id


@transaction.atomic
def settle_amendment(access: Access, *, amendment_id: str, outcome: str) -> str:
    """Accept, reject or promote an amendment; the id of the new proposal when promoted, else empty.

    Only who put the proposal forward settles it, and only before voting. Accepting merges the text.
    """
    amendment = Amendment.objects.visible_to(access).select_for_update().one(id=amendment_id)
    proposal = support.held(access, amendment.proposal_id)
    access.require(PROPOSE)
    support.own(access, proposal)
    if outcome not in {"accepted", "rejected", "promoted"}:
        raise NotFoundError
    if amendment.settled_at is not None:
        return amendment.promoted_id or ""
    _before_voting(proposal)

    if outcome == "accepted":
        _merge(proposal, amendment)
    if outcome == "promoted":
        amendment.promoted_id = _promote(access, proposal, amendment)
    amendment.outcome, amendment.settled_at = outcome, access.now
    amendment.save()

    support.shared(
        access, facts.amendment_settled(proposal.id, amendment.paragraph, outcome, proposal.text_hash)
    )
    return amendment.promoted_id or ""


def _merge(proposal: Proposal, amendment: Amendment) -> None:
    if proposal.paragraphs[amendment.paragraph] != amendment.old_text:
        raise RefusalError(
            both(
                "Deze alinea is intussen gewijzigd. Verwerp dit amendement en vraag om een nieuw.",
                "This paragraph was changed meanwhile. Reject this amendment and ask for a new one.",
            )
        )
    paragraphs = list(proposal.paragraphs)
    paragraphs[amendment.paragraph] = amendment.new_text
    proposal.paragraphs = paragraphs
    proposal.text_hash = support.text_hash(proposal)
    proposal.save(update_fields=["paragraphs", "text_hash"])


def _promote(access: Access, proposal: Proposal, amendment: Amendment) -> str:
    draft = Draft(
        title=proposal.title,
        question=proposal.question,
        text=amendment.new_text,
        procedure=proposal.procedure,
        subjects=tuple(proposal.subjects),
        amount_cents=proposal.amount_cents,
    )
    return draft_proposal(access, draft=draft)


def _consulted(access: Access, proposal_id: str) -> tuple[Proposal, str]:
    """A proposal in consultation and one's own partner."""
    proposal = support.held(access, proposal_id)
    access.require(INVOLVE)
    if access.partner is None or proposal.sent_at is None:
        raise NotFoundError
    _before_voting(proposal)
    return proposal, access.partner


def _before_voting(proposal: Proposal) -> None:
    support.require_state(
        proposal.opened_at is None and proposal.withdrawn_at is None,
        "De stemming is al begonnen of het voorstel is ingetrokken; dit kan niet meer.",
        "Voting has begun or the proposal was withdrawn; this is no longer possible.",
    )


def _mine(access: Access, proposal: Proposal, partner: str) -> Involvement:
    found = Involvement.objects.unscoped().filter(proposal=proposal, owner_id=partner).first()
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
