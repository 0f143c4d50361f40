"""From an idea to a draft: seen by one's own organization only."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from concordia.capabilities.alliances.queries import CharterInForce, charter_in_force, charter_version
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.models import Decision, Proposal
from concordia.capabilities.decisions.permissions import DRAFT_CHARTER, PROPOSE
from concordia.domain.charter import Charter
from concordia.domain.rules.procedure import Procedure
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience
from concordia.kernel.subject import Subject

MOST_PARAGRAPHS = 60
CHARTER = "alliances.charter"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a proposal says. Empty subjects and amount ask nothing of mandates. `text` has its paragraphs
    apart by empty lines; `replaces` is the id of an earlier decision.
    """

    title: str
    question: str
    text: str
    procedure: str
    subjects: tuple[str, ...] = ()
    amount_cents: int | None = None
    effective_date: date | None = None
    urgent: bool = False
    urgent_reason: str = ""
    replaces: str = ""
    why: str = ""


@transaction.atomic
def draft_proposal(access: Access, *, draft: Draft) -> str:
    """Begin a proposal, seen by one's own organization only; its id. The same draft sent twice is one draft.

    Raises RefusalError when title or question is missing, or the charter has no such procedure.
    """
    access.require(PROPOSE)

    proposal = begin(access)
    fill(access, proposal, draft)
    support.one_at_a_time(access)
    same = _same_draft(access, proposal)
    if same is not None:
        return same

    proposal.save()

    support.in_private(access, facts.proposal_drafted(proposal.id, proposal.title))
    return proposal.id


@transaction.atomic
def change_draft(access: Access, *, proposal_id: str, draft: Draft) -> None:
    """Change a draft that was not sent yet. Raises RefusalError as drafting does."""
    proposal = own_draft(access, proposal_id)

    fill(access, proposal, draft)
    proposal.save()


@transaction.atomic
def propose_amended_charter(access: Access, *, version_id: str) -> str:
    """Begin a proposal to adopt a draft of the charter, under the amendment procedure; its id."""
    access.require(DRAFT_CHARTER)
    version = charter_version(access, version_id)
    if not version.own or version.number is not None:
        raise NotFoundError
    support.one_at_a_time(access)
    begun = _begun_for(access, version)
    if begun is not None:
        return begun

    proposal = begin(access)
    proposal.subject, proposal.subject_hash = str(Subject(CHARTER, version_id)), version.content_hash
    fill(access, proposal, _charter_draft(access, version))
    proposal.save()

    support.in_private(access, facts.proposal_drafted(proposal.id, proposal.title))
    return proposal.id


def begin(access: Access) -> Proposal:
    """A new draft of one's own organization, or of oneself for who works for the alliance as a whole."""
    return Proposal(
        id=new_id("pro"),
        alliance_id=access.require_alliance(),
        owner_id=access.partner or access.person or access.require_alliance(),
        audience=Audience.PRIVATE if access.partner else Audience.PERSONAL,
        charter_version=charter_in_force(access).id,
        drafted_by_id=access.person or "",
        drafted_at=access.now,
    )


def fill(access: Access, proposal: Proposal, draft: Draft) -> None:
    """Check what a draft says and put it into the proposal. Raises RefusalError naming the field."""
    charter = charter_in_force(access).charter
    procedure = chosen_procedure(charter, proposal, draft.procedure)
    title = both("Geef het voorstel een titel.", "Give the proposal a title.")
    question = both(
        "Schrijf op wat u de partners vraagt te besluiten.", "Write what you ask the partners to decide."
    )
    proposal.title = support.clean(draft.title, field="title", longest=200, needed=title, line=True)
    proposal.question = support.clean(draft.question, field="question", longest=2000, needed=question)
    proposal.why = support.clean(draft.why, field="why", longest=5000)
    proposal.paragraphs = paragraphs(draft.text)
    proposal.procedure = procedure.key
    proposal.subjects = _subjects(charter, procedure, draft)
    proposal.amount_cents = _amount(draft.amount_cents)
    proposal.effective_date = draft.effective_date
    proposal.urgent, proposal.urgent_reason = _urgency(procedure, draft)
    proposal.replaces_id = _replaced(access, draft.replaces)
    proposal.changed_at = access.now


def chosen_procedure(charter: Charter, proposal: Proposal, key: str) -> Procedure:
    """The procedure of that key. The charter itself changes under its amendment procedure only."""
    known = {procedure.key: procedure for procedure in charter.procedures}
    if proposal.subject.startswith(f"{CHARTER}:"):
        known = {charter.amendment.procedure: known[charter.amendment.procedure]}
    if key not in known:
        listed = ", ".join(known)
        raise RefusalError(
            both(
                f"Dit voorstel kan niet via de procedure “{key[:60]}”. Kies uit: {listed}.",
                f"This proposal cannot follow the procedure “{key[:60]}”. Choose from: {listed}.",
            ),
            field="procedure",
        )
    return known[key]


def own_draft(access: Access, proposal_id: str) -> Proposal:
    """A draft of one's own that was not sent yet, held. Raises NotFoundError, NotAllowedError, RefusalError."""
    proposal = support.held(access, proposal_id)
    access.require(PROPOSE)
    support.own(access, proposal)
    support.require_state(
        proposal.sent_at is None and proposal.withdrawn_at is None,
        "Dit voorstel is al verstuurd of ingetrokken en verandert niet meer. Een amendement kan wel.",
        "This proposal was already sent or withdrawn and changes no more. An amendment is possible.",
    )
    return proposal


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: what empty lines keep apart."""
    cleaned = support.clean(text, field="text", longest=60_000)
    found = [part.strip() for part in cleaned.split("\n\n") if part.strip()]
    if len(found) > MOST_PARAGRAPHS:
        raise RefusalError(
            both(
                f"Een voorstel heeft hoogstens {MOST_PARAGRAPHS} alinea's. Voeg de rest als stuk toe.",
                f"A proposal has at most {MOST_PARAGRAPHS} paragraphs. Add the rest as a paper.",
            ),
            field="text",
        )
    return found


def _same_draft(access: Access, proposal: Proposal) -> str | None:
    """A form sent twice gives the same draft: equal in everything, by the same person, not yet sent."""
    rows = Proposal.objects.visible_to(access).filter(
        owner_id=proposal.owner_id,
        drafted_by_id=proposal.drafted_by_id,
        sent_at__isnull=True,
        withdrawn_at__isnull=True,
        title=proposal.title,
        procedure=proposal.procedure,
        question=proposal.question,
    )
    return next((row.id for row in rows[:20] if _says(row) == _says(proposal)), None)


def _says(row: Proposal) -> tuple[object, ...]:
    texts = (row.why, row.paragraphs, row.subjects, row.amount_cents, row.effective_date, row.urgent_reason)
    return (*texts, row.replaces_id, row.previous_id, row.subject)


def _begun_for(access: Access, version: CharterInForce) -> str | None:
    rows = Proposal.objects.visible_to(access).filter(
        subject=str(Subject(CHARTER, version.id)), withdrawn_at__isnull=True, closed_at__isnull=True
    )
    return rows.values_list("id", flat=True).first()


def _charter_draft(access: Access, version: CharterInForce) -> Draft:
    name = version.charter.alliance.name.in_language(access.language)
    titles = {"nl": f"Wijziging van het handvest: {name}", "en": f"Amendment of the charter: {name}"}
    questions = {
        "nl": "Nemen de partners deze versie van het handvest aan?",
        "en": "Do the partners adopt this version of the charter?",
    }
    language = access.language if access.language in titles else "en"
    procedure = charter_in_force(access).charter.amendment.procedure
    return Draft(titles[language][:200], questions[language], "", procedure)


def _subjects(charter: Charter, procedure: Procedure, draft: Draft) -> list[str]:
    """Subjects the charter knows; where it names none, any key will do."""
    given = support.keys(draft.subjects, field="subjects")
    known = procedure.subjects or charter.subjects
    unknown = [item for item in given if known and item not in known]
    if unknown:
        listed = ", ".join(known)
        raise RefusalError(
            both(
                f"“{unknown[0]}” is hier geen onderwerp. Kies uit: {listed}.",
                f"“{unknown[0]}” is not a subject here. Choose from: {listed}.",
            ),
            field="subjects",
        )
    return given


def _amount(cents: int | None) -> int | None:
    if cents is not None and not 0 <= cents < 2**53:
        raise RefusalError(
            both(
                "Het bedrag moet nul of meer zijn. Laat het leeg als het niet om geld gaat.",
                "The amount must be zero or more. Leave it empty when it is not about money.",
            ),
            field="amount",
        )
    return cents


def _urgency(procedure: Procedure, draft: Draft) -> tuple[bool, str]:
    if not draft.urgent:
        return False, ""
    if procedure.urgency is None:
        raise RefusalError(
            both(
                "Deze procedure kent geen spoed. Kies een andere procedure of laat spoed weg.",
                "This procedure has no urgency. Choose another procedure or leave urgency out.",
            ),
            field="urgent",
        )
    needed = both(
        "Spoed vraagt een reden die alle partners zien.", "Urgency needs a reason all partners see."
    )
    return True, support.clean(draft.urgent_reason, field="urgent_reason", longest=2000, needed=needed)


def _replaced(access: Access, decision_id: str) -> str | None:
    if not decision_id:
        return None
    decision = Decision.objects.visible_to(access).one(id=decision_id)
    later = Decision.objects.visible_to(access).filter(replaces_id=decision.id).first()
    if decision.verdict != "adopted" or later is not None:
        by = f" ({later.number})" if later else ""
        raise RefusalError(
            both(
                f"Alleen een besluit dat geldt kan worden vervangen; dit geldt niet of niet meer{by}.",
                f"Only a decision that holds can be replaced; this one does not, or no longer{by}.",
            ),
            field="replaces",
        )
    return decision.id
