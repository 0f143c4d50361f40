"""From an idea to papers with all partners on the same minute."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from concordia.capabilities.alliances import commands as alliances
from concordia.capabilities.alliances.queries import charter_in_force, charter_version
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.models import Decision, Paper, Proposal
from concordia.capabilities.decisions.permissions import PROPOSE
from concordia.domain.filetypes import sniff
from concordia.domain.problems import DocumentError
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience
from concordia.kernel.subject import Subject

LARGEST = 20 * 1024 * 1024  # bytes of one paper
MOST_PAPERS = 20
MOST_PARAGRAPHS = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """What a proposal says. Empty subjects and amount ask nothing of mandates."""

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


@transaction.atomic
def draft_proposal(access: Access, *, draft: Draft) -> str:
    """Begin a proposal, seen by one's own organization only; its id.

    Raises RefusalError when title or question is missing, or the charter has no such procedure.
    """
    access.require(PROPOSE)

    charter = charter_in_force(access)

    proposal = Proposal(
        id=new_id("pro"),
        alliance_id=access.require_alliance(),
        owner_id=access.partner or access.person,
        audience=Audience.PRIVATE if access.partner else Audience.PERSONAL,
        charter_version=charter.id,
        drafted_by_id=access.person or "",
        drafted_at=access.now,
    )
    _fill(access, proposal, draft)
    proposal.save()

    support.in_private(access, facts.proposal_drafted(proposal.id, proposal.title))
    return proposal.id


@transaction.atomic
def change_draft(access: Access, *, proposal_id: str, draft: Draft) -> None:
    """Change a draft that was not sent yet. Raises RefusalError as drafting does."""
    proposal = _draft(access, proposal_id)

    _fill(access, proposal, draft)
    proposal.save()


@transaction.atomic
def add_paper(access: Access, *, proposal_id: str, name: str, content: bytes) -> str:
    """Add a file; its id. Raises RefusalError for what is empty, too large, or not what it says it is."""
    proposal = _draft(access, proposal_id)
    if Paper.objects.visible_to(access).filter(proposal_id=proposal.id).count() >= MOST_PAPERS:
        raise RefusalError(
            both(
                f"Een voorstel heeft hoogstens {MOST_PAPERS} stukken. Voeg stukken samen.",
                f"A proposal has at most {MOST_PAPERS} papers. Combine some.",
            ),
            field="file",
        )
    label = paper_label(name)
    if len(content) > LARGEST:
        raise RefusalError(
            both(
                f"“{label}” is groter dan 20 MB. Maak het bestand kleiner of splits het.",
                f"“{label}” is larger than 20 MB. Make the file smaller or split it.",
            ),
            field="file",
        )
    kind = _kind(label, content)

    identifier = new_id("pap")
    paper = Paper.objects.create(
        id=identifier,
        alliance_id=proposal.alliance_id,
        owner_id=proposal.owner_id,
        audience=proposal.audience,
        proposal=proposal,
        name=label,
        media_type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        added_at=access.now,
    )
    default_storage.save(f"papers/{identifier}", ContentFile(content))
    return paper.id


@transaction.atomic
def remove_paper(access: Access, *, paper_id: str) -> None:
    """Take a file away from a draft."""
    paper = Paper.objects.visible_to(access).one(id=paper_id)
    _draft(access, paper.proposal_id)

    paper.delete()
    transaction.on_commit(lambda: default_storage.delete(f"papers/{paper_id}"))


@transaction.atomic
def send_for_consultation(access: Access, *, proposal_id: str) -> str:
    """Give all partners the same papers on the same minute; the proposal's number.

    From now on every partner sees it, and the period of involvement runs. Sending twice sends once.
    """
    proposal = support.held(access, proposal_id)
    access.require(PROPOSE)
    support.own(access, proposal)
    if proposal.sent_at is not None:
        return proposal.number
    support.require_state(
        proposal.withdrawn_at is None,
        "Dit voorstel is ingetrokken. Begin een nieuw voorstel.",
        "This proposal was withdrawn. Start a new proposal.",
    )

    support.hold_alliance(access)
    year = access.now.year
    numbers = Proposal.objects.unscoped().filter(
        alliance_id=proposal.alliance_id, number__startswith=f"{year}-"
    )
    number = support.next_number(numbers.values_list("number", flat=True), year, "")

    proposal.number, proposal.sent_at, proposal.audience = number, access.now, Audience.SHARED
    proposal.text_hash = support.text_hash(proposal)
    proposal.save()
    Paper.objects.unscoped().filter(proposal_id=proposal.id).update(audience=Audience.SHARED)
    if proposal.subject:
        _put_subject_forward(access, Subject.parse(proposal.subject))

    support.shared(
        access,
        facts.proposal_sent(proposal.id, number, proposal.title, proposal.text_hash, proposal.question),
    )
    return number


@transaction.atomic
def propose_amended_charter(access: Access, *, version_id: str) -> str:
    """Begin a proposal to adopt a draft of the charter, under the amendment procedure; its id."""
    access.require(PROPOSE)
    version = charter_version(access, version_id)
    if not version.own or version.number is not None:
        raise NotFoundError
    current = charter_in_force(access)

    name = version.charter.alliance.name.in_language(access.language)
    titles = {"nl": f"Wijziging van het handvest: {name}", "en": f"Amendment of the charter: {name}"}
    questions = {
        "nl": "Nemen de partners deze versie van het handvest aan?",
        "en": "Do the partners adopt this version of the charter?",
    }
    identifier = draft_proposal(
        access,
        draft=Draft(
            title=titles[access.language][:200],
            question=questions[access.language],
            text="",
            procedure=current.charter.amendment.procedure,
        ),
    )
    Proposal.objects.unscoped().filter(id=identifier).update(
        subject=str(Subject("alliances.charter", version_id)), subject_hash=version.content_hash
    )
    return identifier


@transaction.atomic
def withdraw_proposal(access: Access, *, proposal_id: str) -> None:
    """Take a proposal back before it is decided. Withdrawing twice withdraws once."""
    proposal = support.held(access, proposal_id)
    access.require(PROPOSE)
    support.own(access, proposal)
    if proposal.withdrawn_at is not None:
        return
    support.require_state(
        proposal.closed_at is None,
        "Over dit voorstel is al besloten; het kan niet meer worden ingetrokken. "
        "Een nieuw voorstel kan het besluit vervangen.",
        "This proposal was already decided; it can no longer be withdrawn. "
        "A new proposal can replace the decision.",
    )

    proposal.withdrawn_at = access.now
    proposal.save(update_fields=["withdrawn_at"])

    if proposal.sent_at is not None:
        support.shared(access, facts.proposal_withdrawn(proposal.id))


@transaction.atomic
def start_new_round(access: Access, *, proposal_id: str) -> str:
    """Begin a new round of a closed proposal, linked to it; nothing is reset, nothing deleted; its id."""
    access.require(PROPOSE)
    old = Proposal.objects.visible_to(access).one(id=proposal_id)
    support.require_state(
        old.closed_at is not None,
        "Een nieuwe ronde begint als de vorige gesloten is.",
        "A new round begins when the one before is closed.",
    )

    text = "\n\n".join(old.paragraphs)
    identifier = draft_proposal(
        access,
        draft=Draft(
            old.title,
            old.question,
            text,
            old.procedure,
            tuple(old.subjects),
            old.amount_cents,
            old.effective_date,
        ),
    )
    Proposal.objects.unscoped().filter(id=identifier).update(
        previous_id=old.id, subject=old.subject, subject_hash=old.subject_hash
    )
    return identifier


def paper_label(name: str) -> str:
    """A name to show: without paths, control and direction signs, of a length people can read."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(
        sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C"
    )
    stem, dot, suffix = shown.strip(" .").rpartition(".")
    label = f"{stem[:100]}{dot}{suffix[:10]}" if dot else shown.strip(" .")[:110]
    return label or "paper"


def _kind(label: str, content: bytes) -> str:
    try:
        return sniff(label, content)
    except DocumentError as error:
        problem = error.problems[0]
        nl, en = (
            f"{problem.what.in_language(code)} {problem.mend.in_language(code)}" for code in ("nl", "en")
        )
        raise RefusalError(both(nl, en), field="file") from None


def _fill(access: Access, proposal: Proposal, draft: Draft) -> None:
    charter = charter_in_force(access).charter
    keys = [procedure.key for procedure in charter.procedures]
    if draft.procedure not in keys:
        raise RefusalError(
            both(
                f"Het handvest kent geen procedure “{draft.procedure}”. Kies uit: {', '.join(keys)}.",
                f"The charter has no procedure “{draft.procedure}”. Choose from: {', '.join(keys)}.",
            ),
            field="procedure",
        )
    proposal.title = support.clean(
        draft.title,
        field="title",
        longest=200,
        needed=both("Geef het voorstel een titel.", "Give the proposal a title."),
    )
    proposal.question = support.clean(
        draft.question,
        field="question",
        longest=2000,
        needed=both(
            "Schrijf op wat u de partners vraagt te besluiten.", "Write what you ask the partners to decide."
        ),
    )
    proposal.paragraphs = _paragraphs(draft.text)
    proposal.procedure = draft.procedure
    proposal.subjects = list(draft.subjects)
    proposal.amount_cents = draft.amount_cents
    proposal.effective_date = draft.effective_date
    proposal.urgent, proposal.urgent_reason = _urgency(charter.procedure(draft.procedure).urgency, draft)
    proposal.replaces_id = _replaced(access, draft.replaces)
    proposal.changed_at = access.now


def _paragraphs(text: str) -> list[str]:
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


def _urgency(allowed: object, draft: Draft) -> tuple[bool, str]:
    if not draft.urgent:
        return False, ""
    if allowed is None:
        raise RefusalError(
            both(
                "Deze procedure kent geen spoed. Kies een andere procedure of laat spoed weg.",
                "This procedure has no urgency. Choose another procedure or leave urgency out.",
            ),
            field="urgent",
        )
    reason = support.clean(
        draft.urgent_reason,
        field="urgent_reason",
        longest=2000,
        needed=both(
            "Spoed vraagt een reden die alle partners zien.", "Urgency needs a reason all partners see."
        ),
    )
    return True, reason


def _replaced(access: Access, decision_id: str) -> str | None:
    if not decision_id:
        return None
    return Decision.objects.visible_to(access).one(id=decision_id).id


def _draft(access: Access, proposal_id: str) -> Proposal:
    proposal = support.held(access, proposal_id)
    access.require(PROPOSE)
    support.own(access, proposal)
    support.require_state(
        proposal.sent_at is None and proposal.withdrawn_at is None,
        "Dit voorstel is al verstuurd of ingetrokken en verandert niet meer. Een amendement kan wel.",
        "This proposal was already sent or withdrawn and changes no more. An amendment is possible.",
    )
    return proposal


def _put_subject_forward(access: Access, subject: Subject) -> None:
    if subject.kind == "alliances.charter":
        version = charter_version(access, subject.id)
        if version.own and version.number is None:
            alliances.propose_charter(access, version_id=subject.id)
