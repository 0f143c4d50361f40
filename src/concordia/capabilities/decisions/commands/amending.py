"""Amendments per paragraph: side by side; accepted, rejected, or promoted to a proposal of its own."""

from dataclasses import dataclass

from django.db import transaction

from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.commands.drafting import begin
from concordia.capabilities.decisions.commands.involving import before_voting, consulted
from concordia.capabilities.decisions.models import Amendment, Proposal
from concordia.capabilities.decisions.permissions import PROPOSE, SEND
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience, ScopedQuerySet

OUTCOMES = ("accepted", "rejected", "promoted")


@dataclass(frozen=True, slots=True)
class Settled:
    """The proposal an amendment was of, and the new draft when it was promoted and is one's own, else empty."""

    proposal: str
    draft: str


@transaction.atomic
def propose_amendment(
    access: Access, *, proposal_id: str, paragraph: int, text: str, reason: str = ""
) -> str:
    """Put another wording of a paragraph (counted from 0) beside the first; the amendment's id."""
    proposal, partner = consulted(access, proposal_id)
    if not 0 <= paragraph < len(proposal.paragraphs):
        raise NotFoundError
    new_text = _wording(text, proposal.paragraphs[paragraph])
    why = support.clean(reason, field="reason", longest=2000)
    same = _pending(access, proposal).filter(owner_id=partner, paragraph=paragraph, new_text=new_text).first()
    if same is not None:
        return same.id

    amendment = Amendment.objects.create(
        id=new_id("ame"),
        alliance_id=proposal.alliance_id,
        owner_id=partner,
        audience=Audience.SHARED,
        proposal=proposal,
        paragraph=paragraph,
        old_text=proposal.paragraphs[paragraph],
        new_text=new_text,
        reason=why,
        proposed_at=access.now,
    )

    support.shared(access, facts.amendment_proposed(proposal.id, paragraph, new_text, why))
    return amendment.id


@transaction.atomic
def settle_amendment(access: Access, *, amendment_id: str, outcome: str, text: str = "") -> Settled:
    """Accept, reject or promote an amendment.

    Only who put the proposal forward settles it, and only before voting. Accepting puts its wording into the
    text, or `text` when that joins several wordings; the merged text is what is voted on. A promoted one
    becomes a draft of the partner that wrote it.
    """
    amendment, proposal = _held(access, amendment_id)
    access.require(SEND)
    support.own(access, proposal)
    if outcome not in OUTCOMES:
        raise NotFoundError
    if amendment.outcome == outcome:
        return _settled(access, amendment)
    before_voting(proposal)
    _require_open(amendment)

    if outcome == "accepted":
        _merge(proposal, amendment, text)
    if outcome == "promoted":
        amendment.promoted_id = _promote(access, proposal, amendment)
    amendment.outcome, amendment.settled_at = outcome, access.now
    amendment.save()

    fact = facts.amendment_settled(proposal.id, amendment.paragraph, outcome, proposal.text_hash)
    support.shared(access, fact)
    return _settled(access, amendment)


@transaction.atomic
def promote_amendment(access: Access, *, amendment_id: str) -> str:
    """Make a rejected amendment of one's own organization a proposal of its own; the id of its draft."""
    amendment, proposal = _held(access, amendment_id)
    access.require(PROPOSE)
    if amendment.owner_id != access.partner:
        raise NotFoundError
    if amendment.promoted_id is not None:
        return amendment.promoted_id
    support.require_state(
        amendment.outcome == "rejected",
        "Over dit amendement is nog niet beslist, of het is overgenomen.",
        "This amendment was not settled yet, or was accepted.",
    )

    amendment.promoted_id = _promote(access, proposal, amendment)
    amendment.outcome = "promoted"
    amendment.save(update_fields=["promoted", "outcome"])

    fact = facts.amendment_settled(proposal.id, amendment.paragraph, "promoted", proposal.text_hash)
    support.shared(access, fact)
    return amendment.promoted_id


def unsettled(access: Access, proposal: Proposal) -> int:
    """How many amendments nobody decided on yet."""
    return _pending(access, proposal).count()


def _pending(access: Access, proposal: Proposal) -> ScopedQuerySet[Amendment]:
    return Amendment.objects.visible_to(access).filter(proposal=proposal, settled_at__isnull=True)


def _held(access: Access, amendment_id: str) -> tuple[Amendment, Proposal]:
    """An amendment with its proposal, the proposal held first: one order of locks."""
    seen = Amendment.objects.visible_to(access).one(id=amendment_id)
    proposal = support.held(access, seen.proposal_id)
    return Amendment.objects.visible_to(access).select_for_update().one(id=amendment_id), proposal


def _settled(access: Access, amendment: Amendment) -> Settled:
    own = amendment.owner_id == access.partner
    return Settled(amendment.proposal_id, (amendment.promoted_id or "") if own else "")


def _wording(text: str, old: str) -> str:
    needed = both("Schrijf hoe de alinea dan luidt.", "Write how the paragraph would read.")
    found = support.clean(text, field="text", longest=10_000, needed=needed)
    if found == old:
        raise RefusalError(
            both(
                "Deze tekst is gelijk aan de alinea. Wijzig eerst de woorden.",
                "This text equals the paragraph. Change the words first.",
            ),
            field="text",
        )
    return found


def _require_open(amendment: Amendment) -> None:
    support.require_state(
        not amendment.outcome,
        "Over dit amendement is al beslist. Ververs de pagina om te zien hoe.",
        "This amendment was already settled. Refresh the page to see how.",
    )


def _merge(proposal: Proposal, amendment: Amendment, text: str) -> None:
    current = proposal.paragraphs[amendment.paragraph]
    if not text and current != amendment.old_text:
        raise RefusalError(
            both(
                "Deze alinea is intussen gewijzigd. Schrijf de tekst waarin beide wijzigingen staan.",
                "This paragraph was changed meanwhile. Write the text that holds both changes.",
            ),
            field="text",
        )
    paragraphs = list(proposal.paragraphs)
    paragraphs[amendment.paragraph] = _wording(text, current) if text else amendment.new_text
    proposal.paragraphs = paragraphs
    proposal.text_hash = support.text_hash(proposal)
    proposal.save(update_fields=["paragraphs", "text_hash"])


def _promote(access: Access, proposal: Proposal, amendment: Amendment) -> str:
    """A draft of the amendment's partner: the whole text, with the paragraph as the amendment says."""
    draft = begin(access)
    draft.owner_id, draft.audience = amendment.owner_id, Audience.PRIVATE
    for name in ("title", "question", "why", "procedure", "subjects", "amount_cents", "effective_date"):
        setattr(draft, name, getattr(proposal, name))
    paragraphs = list(proposal.paragraphs)
    paragraphs[amendment.paragraph] = amendment.new_text
    draft.paragraphs, draft.changed_at = paragraphs, access.now
    draft.save()
    return draft.id
