"""What the commands of this capability share: finding, holding, hashing, recording."""

import hashlib
from collections.abc import Iterable

from concordia.capabilities.alliances.commands.recording import everyone
from concordia.capabilities.alliances.facts import Happened
from concordia.capabilities.alliances.models import Alliance
from concordia.capabilities.decisions.models import Paper, Proposal
from concordia.capabilities.ledger.commands import Entry, append
from concordia.domain.canonical import canonical_json
from concordia.domain.texts import Text, both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError

LONGEST = 20_000  # characters of one text


def held(access: Access, proposal_id: str) -> Proposal:
    """The proposal, held until the end of the transaction. Raises NotFoundError."""
    return Proposal.objects.visible_to(access).select_for_update().one(id=proposal_id)


def own(access: Access, proposal: Proposal) -> None:
    """Only who puts a proposal forward changes it. Raises NotFoundError for others."""
    if proposal.owner_id not in {access.partner, access.person}:
        raise NotFoundError


def hold_alliance(access: Access) -> Alliance:
    """One numbering at a time: the alliance's row is held until the end of the transaction."""
    return Alliance.objects.visible_to(access).select_for_update().one(id=access.require_alliance())


def next_number(numbers: Iterable[str], year: int, mark: str) -> str:
    """The next number of a year, such as 2026-014 or B2026-003."""
    prefix = f"{mark}{year}-"
    used = [int(number[len(prefix) :]) for number in numbers if number.startswith(prefix)]
    return f"{prefix}{max(used, default=0) + 1:03d}"


def text_hash(proposal: Proposal) -> str:
    """The SHA-256 of everything one votes on: the question, the text, the papers, the subject's content."""
    papers = Paper.objects.unscoped().filter(proposal_id=proposal.id).order_by("sha256")
    whole = {
        "title": proposal.title,
        "question": proposal.question,
        "paragraphs": list(proposal.paragraphs),
        "papers": list(papers.values_list("sha256", flat=True)),
        "subject": proposal.subject,
        "content": proposal.subject_hash,
    }
    return hashlib.sha256(canonical_json(whole, multiline=True)).hexdigest()


def shared(access: Access, *facts: Happened) -> Entry:
    """Append to the shared log; the last entry. The caller wrote everything else."""
    audience = everyone(access)
    entries = [append(access, fact.recorded_by(access, audience)) for fact in facts]
    return entries[-1]


def in_private(access: Access, fact: Happened) -> None:
    """Append to the private log of one's own partner; people of the alliance as a whole have none."""
    if access.partner is not None:
        append(access, fact.recorded_by(access, (access.partner,)), private_to=access.partner)


def clean(text: str, *, field: str, longest: int = LONGEST, needed: Text | None = None) -> str:
    """Text as it will be kept: without stray spaces, not endless. Raises RefusalError naming the field."""
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if needed is not None and not cleaned:
        raise RefusalError(needed, field=field)
    if len(cleaned) > longest:
        raise RefusalError(
            both(
                f"Deze tekst is langer dan {longest} tekens. Kort hem in of voeg hem als stuk toe.",
                f"This text is longer than {longest} characters. Shorten it or add it as a paper.",
            ),
            field=field,
        )
    return cleaned


def require_state(ok: bool, nl: str, en: str) -> None:
    """Refuse with a sentence unless the proposal is where this act belongs."""
    if not ok:
        raise RefusalError(both(nl, en))
