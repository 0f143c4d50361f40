"""Files beside a proposal: checked by what they are, kept under our own name, the same for all partners."""

import hashlib
import logging
import unicodedata
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.commands.drafting import own_draft
from concordia.capabilities.decisions.models import Paper, Proposal
from concordia.domain.filetypes import sniff
from concordia.domain.problems import DocumentError
from concordia.domain.texts import both
from concordia.kernel import scanner
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError
from concordia.kernel.ids import new_id

_security = logging.getLogger("concordia.security")

LARGEST_PAPER = 20 * 1024 * 1024  # bytes of one paper
MOST_PAPERS = 20
STRAY_AFTER = timedelta(hours=1)


def add_paper(access: Access, *, proposal_id: str, name: str, content: bytes) -> str:
    """Add a file; its id. The same file twice is one paper.

    Raises RefusalError (field `file`) for what is empty, too large, of another kind than it says, infected, or
    one too many, and while a scanner that is set does not answer.
    """
    label = paper_label(name)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        same = _same_paper(access, own_draft(access, proposal_id), label, digest, len(content))
    if same is not None:
        return same

    kind = _kind(label, content)  # both take their time, and hold up nobody meanwhile
    _require_clean(label, content)
    return _keep(access, proposal_id, label, digest, kind, content)


@transaction.atomic
def _keep(access: Access, proposal_id: str, label: str, digest: str, kind: str, content: bytes) -> str:
    """Write a checked file; looked at anew, for somebody else may have gone on meanwhile."""
    proposal = own_draft(access, proposal_id)
    same = _same_paper(access, proposal, label, digest, len(content))
    if same is not None:
        return same

    identifier = new_id("pap")
    paper = Paper.objects.create(
        id=identifier,
        alliance_id=proposal.alliance_id,
        owner_id=proposal.owner_id,
        audience=proposal.audience,
        proposal=proposal,
        name=label,
        stored=identifier,
        media_type=kind,
        size=len(content),
        sha256=digest,
        added_at=access.now,
    )
    default_storage.save(paper.place, ContentFile(content))
    return paper.id


@transaction.atomic
def remove_paper(access: Access, *, paper_id: str) -> str:
    """Take a file away from a draft; the draft's id. Its file goes when no round uses it any more."""
    paper = Paper.objects.visible_to(access).one(id=paper_id)
    own_draft(access, paper.proposal_id)

    place, stored = paper.place, paper.stored
    paper.delete()

    if not stored or not Paper.objects.unscoped().filter(stored=stored).exists():
        transaction.on_commit(lambda: default_storage.delete(place))
    return paper.proposal_id


def copy_papers(old: Proposal, new: Proposal, now: datetime) -> None:
    """Give a new round the same papers; the files themselves are shared."""
    Paper.objects.bulk_create(
        Paper(
            id=new_id("pap"),
            alliance_id=new.alliance_id,
            owner_id=new.owner_id,
            audience=new.audience,
            proposal=new,
            name=row.name,
            stored=row.stored or row.id,
            media_type=row.media_type,
            size=row.size,
            sha256=row.sha256,
            added_at=now,
        )
        for row in Paper.objects.unscoped().filter(proposal=old)
    )


def clear_stray_papers(now: datetime) -> int:
    """Remove files no paper names, left by an upload that was cut off; how many. Fresh ones are left alone."""
    try:
        _, names = default_storage.listdir("papers")
    except FileNotFoundError:
        return 0
    old = [name for name in names if default_storage.get_modified_time(f"papers/{name}") < now - STRAY_AFTER]
    known = set(Paper.objects.unscoped().filter(stored__in=old).values_list("stored", flat=True))
    known |= set(Paper.objects.unscoped().filter(id__in=old).values_list("id", flat=True))
    stray = [name for name in old if name not in known]
    for name in stray:
        default_storage.delete(f"papers/{name}")
    return len(stray)


def paper_label(name: str) -> str:
    """A name to show: without paths, control and direction signs, of a length people can read."""
    last = name.encode(errors="ignore").decode().replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(
        sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C"
    )
    stem, dot, suffix = shown.strip(" .").rpartition(".")
    label = f"{stem[:100].strip(' .')}{dot}{suffix[:10]}" if dot else shown.strip(" .")[:110]
    return support.clean(label, field="file", line=True) or "paper"


def _same_paper(access: Access, proposal: Proposal, label: str, digest: str, size: int) -> str | None:
    """The id of this very paper, None when it is new. Raises RefusalError when there is no room for it."""
    papers = list(Paper.objects.visible_to(access).filter(proposal_id=proposal.id))
    same = next((row.id for row in papers if (row.name, row.sha256) == (label, digest)), None)
    if same is None:
        _require_room(len(papers), label, size)
    return same


def _require_room(number: int, label: str, size: int) -> None:
    if number >= MOST_PAPERS:
        raise RefusalError(
            both(
                f"Een voorstel heeft hoogstens {MOST_PAPERS} stukken. Voeg stukken samen.",
                f"A proposal has at most {MOST_PAPERS} papers. Combine some.",
            ),
            field="file",
        )
    if size > LARGEST_PAPER:
        raise RefusalError(
            both(
                f"“{label}” is groter dan 20 MB. Maak het bestand kleiner of splits het.",
                f"“{label}” is larger than 20 MB. Make the file smaller or split it.",
            ),
            field="file",
        )


def _kind(label: str, content: bytes) -> str:
    try:
        return sniff(label, content)
    except DocumentError as error:
        problem = error.problems[0]
        sentences = [
            f"{problem.what.in_language(language)} {problem.mend.in_language(language)}"
            for language in ("nl", "en")
        ]
        raise RefusalError(both(*sentences), field="file") from None


def _require_clean(label: str, content: bytes) -> None:
    try:
        found = scanner.found_in(content)
    except scanner.ScannerError as error:
        _security.error("paper not scanned: %s", error)
        raise RefusalError(_NOT_SCANNED, field="file") from None
    if found:
        _security.warning("paper refused: the scanner found %s", found)
        raise RefusalError(
            both(
                f"In “{label}” vond de virusscanner “{found}”. Het bestand is niet bewaard. "
                "Waarschuw uw eigen beheerder en kies een ander bestand.",
                f"The virus scanner found “{found}” in “{label}”. The file was not kept. "
                "Warn your own administrator and choose another file.",
            ),
            field="file",
        )


_NOT_SCANNED = both(
    "De virusscanner antwoordt nu niet, en ongezien wordt geen bestand bewaard. De rest van uw voorstel is er "
    "nog. Probeer het later opnieuw.",
    "The virus scanner does not answer now, and no file is kept unseen. The rest of your proposal is still "
    "there. Try again later.",
)
