"""One partner's private fields, each with a word of its own that must turn up nowhere else."""

import io
import re
import zipfile
from collections.abc import Sequence

from django.http import HttpResponseBase
from support.cast import Cast
from support.deciding import LATER, drafted
from support.printed import words_in

from concordia.capabilities.alliances.commands import change_charter_section, draft_charter
from concordia.capabilities.alliances.models import Contact
from concordia.capabilities.alliances.queries import charter_version
from concordia.capabilities.decisions.commands import (
    add_paper,
    withdraw_proposal,
    write_impact_note,
    write_partner_note,
)
from concordia.domain.charter import dump_section

BIRD = "kanarie"
FIELDS = (
    "title",
    "question",
    "text",
    "urgency",
    "paper",
    "name",
    "note",
    "impact",
    "charter",
    "mail",
    "phone",
)
NOWHERE_SHOWN = {"phone"}  # it is kept, and no page shows it yet


def word(field: str) -> str:
    """The word that stands in a field."""
    return f"{BIRD}{field}"


def hide(cast: Cast, shared: str, over: Sequence[str] = ()) -> dict[str, object]:
    """Let the tax office keep something in every private field; the identifiers by the name they have in addresses.

    It notes something about `shared`, and about each of `over`: proposals that are being voted on or decided.
    """
    texts = {name: f"A {word(name)} here?" for name in ("title", "question", "text")}
    draft = drafted(cast, **texts, urgent=True, urgent_reason=word("urgency"))
    paper = add_paper(
        cast.tax.at(LATER), proposal_id=draft, name=f"{word('name')}.txt", content=word("paper").encode()
    )
    withdrawn = drafted(cast, **texts)
    withdraw_proposal(cast.tax.at(LATER), proposal_id=withdrawn)
    for proposal in (shared, *over):
        write_partner_note(cast.tax_coordinator.at(LATER), proposal_id=proposal, text=word("note"))
    write_impact_note(cast.tax_coordinator.at(LATER), proposal_id=shared, note=word("impact"))
    reach = Contact.objects.unscoped().filter(person_id=cast.clerk.person)
    reach.update(email=f"{word('mail')}@tax.example", phone=word("phone"))
    return {
        "proposal_id": draft,
        "paper_id": paper,
        "version_id": _draft_charter(cast),
        "withdrawn": withdrawn,
    }


def _draft_charter(cast: Cast) -> str:
    """A draft of the charter with the word in its name."""
    access = cast.tax.at(LATER)
    version = draft_charter(access)
    section = dump_section(charter_version(access, version).charter, "alliance")
    changed = section.replace("One declaration used by all.", f"One {word('charter')} used by all.")
    assert changed != section
    change_charter_section(access, version_id=version, section="alliance", text=changed)
    return version


def spoken(answer: HttpResponseBase) -> str:
    """Everything an answer says: its headers, its text, and what its archives and documents hold."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    said = [str(answer.headers), *_unpacked(content)]
    return "\n".join(said).lower()


def _unpacked(content: bytes) -> list[str]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [_unpacked(archive.read(name)) for name in archive.namelist()]
        return [*archive.namelist(), *(text for texts in inside for text in texts)]
    if content.startswith(b"%PDF"):
        return [words_in(content)]
    return [content.decode("utf-8", "replace")]


def links(answer: HttpResponseBase) -> list[str]:
    """The addresses inside alliances that a page points to."""
    if not answer["Content-Type"].startswith("text/html"):
        return []
    page = answer.content.decode()  # type: ignore[attr-defined]
    return [link.replace("&amp;", "&") for link in re.findall(r'(?:href|action)="(/a/[^"#]*)', page)]
