"""Papers to all partners on the same minute; taking back; beginning again."""

from datetime import datetime

from django.db import transaction

from concordia.capabilities.alliances import commands as alliances
from concordia.capabilities.alliances.models import CharterVersion
from concordia.capabilities.alliances.queries import charter_in_force, partners
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.commands.drafting import CHARTER, begin, chosen_procedure
from concordia.capabilities.decisions.commands.papers import copy_papers
from concordia.capabilities.decisions.models import Decision, Paper, Proposal
from concordia.capabilities.decisions.permissions import PROPOSE, SEND
from concordia.capabilities.ledger.facts import Attached
from concordia.kernel.access import Access
from concordia.kernel.scoping import Audience
from concordia.kernel.subject import Subject

_AGAIN = (
    *("title", "question", "why", "paragraphs", "procedure", "subjects", "amount_cents", "effective_date"),
    *("subject", "subject_hash", "replaces_id"),
)


@transaction.atomic
def send_for_consultation(access: Access, *, proposal_id: str) -> str:
    """Give all partners the same papers on the same minute; the proposal's number.

    From now on every partner sees it, the period of involvement runs, and it finishes under the charter of
    this moment. Sending twice sends once.
    """
    proposal = support.held(access, proposal_id)
    access.require(SEND)
    support.own(access, proposal)
    if proposal.sent_at is not None:
        return proposal.number
    support.require_state(
        proposal.withdrawn_at is None,
        "Dit voorstel is ingetrokken. Begin een nieuw voorstel.",
        "This proposal was withdrawn. Start a new proposal.",
    )
    current = charter_in_force(access)
    chosen_procedure(current.charter, proposal, proposal.procedure)
    papers = list(Paper.objects.visible_to(access).filter(proposal_id=proposal.id))

    proposal.number = support.next_number(access, Proposal)
    proposal.charter_version = current.id
    proposal.audience = Audience.SHARED
    proposal.owner_id = access.partner or access.require_alliance()
    proposal.text_hash = support.text_hash(proposal)
    proposal.sent_at, proposal.consulted_at = access.now, access.now
    if proposal.previous_id is not None:
        proposal.consulted_at = _consulted_before(access, proposal) or access.now
    proposal.save()
    rows = Paper.objects.unscoped().filter(proposal_id=proposal.id)
    rows.update(audience=Audience.SHARED, owner_id=proposal.owner_id)
    if proposal.subject:
        _put_subject_forward(access, Subject.parse(proposal.subject))

    attached = tuple(Attached(row.sha256, row.size) for row in papers)
    fact = facts.proposal_sent(
        proposal.id, proposal.number, proposal.title, proposal.text_hash, proposal.question, attached
    )
    support.shared(access, fact)
    return proposal.number


@transaction.atomic
def withdraw_proposal(access: Access, *, proposal_id: str) -> None:
    """Take a proposal back before it is decided. Withdrawing twice withdraws once."""
    proposal = support.held(access, proposal_id)
    access.require(SEND if proposal.sent_at else PROPOSE)
    support.own(access, proposal)
    if proposal.withdrawn_at is not None:
        return
    # Who put it forward knows the votes: once the term is over, it is not theirs to undo before the count.
    over = proposal.closes_at is not None and access.now >= proposal.closes_at
    support.require_state(
        proposal.closed_at is None and not over,
        "De stemming over dit voorstel is voorbij; het kan niet meer worden ingetrokken. "
        "Een nieuw voorstel kan het besluit vervangen.",
        "Voting on this proposal is over; it can no longer be withdrawn. "
        "A new proposal can replace the decision.",
    )

    proposal.withdrawn_at = access.now
    proposal.save(update_fields=["withdrawn_at"])

    if proposal.sent_at is not None:
        support.shared(access, facts.proposal_withdrawn(proposal.id))


@transaction.atomic
def start_new_round(access: Access, *, proposal_id: str) -> str:
    """Begin a new round of a closed proposal, linked to it; nothing is reset, nothing deleted; its id.

    The draft has the same text and papers. Left unchanged, partners need no second period: they have had it.
    """
    access.require(PROPOSE)
    old = Proposal.objects.visible_to(access).one(id=proposal_id)
    support.require_state(
        old.closed_at is not None,
        "Een nieuwe ronde begint als de vorige gesloten is.",
        "A new round begins when the one before is closed.",
    )
    support.one_at_a_time(access)
    mine = Proposal.objects.visible_to(access).filter(
        previous_id=old.id, sent_at__isnull=True, withdrawn_at__isnull=True, drafted_by_id=access.person
    )
    begun = mine.values_list("id", flat=True).first()
    if begun is not None:
        return begun

    proposal = begin(access)
    for name in _AGAIN:
        setattr(proposal, name, getattr(old, name))
    if Decision.objects.visible_to(access).filter(replaces_id=old.replaces_id or "-").exists():
        proposal.replaces_id = None
    proposal.procedure = chosen_procedure(charter_in_force(access).charter, old, old.procedure).key
    proposal.previous, proposal.changed_at = old, access.now
    proposal.save()
    copy_papers(old, proposal, access.now)

    support.in_private(access, facts.proposal_drafted(proposal.id, proposal.title))
    return proposal.id


def _consulted_before(access: Access, proposal: Proposal) -> datetime | None:
    """Since when all partners have these same papers, when the round before was about the very same text."""
    old = Proposal.objects.visible_to(access).filter(id=proposal.previous_id).first()
    if old is None or old.text_hash != proposal.text_hash:
        return None
    since = old.consulted_at or old.sent_at
    return since if all(since and partner.joined_at <= since for partner in partners(access)) else None


def _put_subject_forward(access: Access, subject: Subject) -> None:
    """A draft of the charter is shown to every partner with the proposal; in a later round it was already."""
    if subject.kind == CHARTER:
        drafts = CharterVersion.objects.visible_to(access).filter(id=subject.id, proposed_at__isnull=True)
        if drafts.exists():
            alliances.propose_charter(access, version_id=subject.id)
