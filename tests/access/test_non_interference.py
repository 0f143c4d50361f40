"""What a partner keeps to itself changes nothing for anybody else: not a page, not a file, not a count (trust.md 4.3).

The same alliance is looked at twice by other partners and by the alliance's own people. In between, one partner
fills its private rows: drafts, papers, notes, a draft charter, an unsent answer, contact data, a way
back that was asked, a private log.
"""

import io
import re
from collections.abc import Iterator

import pikepdf
import pytest
from django.test import Client
from support.cast import Cast
from support.deciding import LATER, decided, drafted, opened, rich_cast, sent
from support.pages import signed_in

from concordia.capabilities.accounts.models import User
from concordia.capabilities.alliances.commands import ask_return, draft_charter
from concordia.capabilities.alliances.models import Contact
from concordia.capabilities.decisions.commands import (
    add_paper,
    write_impact_note,
    write_partner_note,
)
from concordia.web.accounts import clock

pytestmark = pytest.mark.django_db
CANARY = "Zeldzaamheidje"
NEW_EACH_TIME = re.compile(rb'(nonce="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"|data-csrf="[^"]+")')


def crawl(client: Client, start: str) -> dict[str, bytes]:
    """Every page and file behind the links, without what is new on every page."""
    found: dict[str, bytes] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer = client.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found[path] = str(answer.status_code).encode() + b" " + plain(answer["Content-Type"], content)
        if answer["Content-Type"].startswith("text/html"):
            links = re.findall(r'href="(/a/[^"#]*)', content.decode())
            waiting += [link.replace("&amp;", "&") for link in links]
    return found


def plain(kind: str, content: bytes) -> bytes:
    """A page without nonce and form token; of a document its drawn content, without the moment of making."""
    if kind.startswith("application/pdf"):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return b"\n".join(bytes(page.Contents.read_bytes()) for page in pdf.pages)
    return NEW_EACH_TIME.sub(b"", content)


def looks(cast: Cast) -> Iterator[tuple[str, dict[str, bytes]]]:
    for role in ("social", "figures_coordinator", "manager"):
        yield role, crawl(signed_in(cast.members[role].user), f"/a/{cast.key}/")


def fill_private_rows(cast: Cast, shared: str) -> None:
    """The tax office keeps something of every kind to itself."""
    draft = drafted(cast, title=f"{CANARY} titel", question=f"{CANARY} vraag?", text=f"{CANARY} tekst")
    paper = f"{CANARY} stuk".encode()
    add_paper(cast.tax.at(LATER), proposal_id=draft, name=f"{CANARY}.txt", content=paper)
    write_partner_note(cast.tax_coordinator.at(LATER), proposal_id=shared, text=f"{CANARY} notitie")
    write_impact_note(cast.tax_coordinator.at(LATER), proposal_id=shared, note=f"{CANARY} antwoord")
    draft_charter(cast.tax.at(LATER))
    User.objects.filter(id=cast.clerk.user).update(example=False)
    ask_return(cast.tax.at(clock.now()), person_id=cast.clerk.person)
    contact = Contact.objects.unscoped().filter(person_id=cast.clerk.person)
    assert contact.update(email=f"{CANARY}@tax.example".lower()) == 1


@pytest.fixture
def alliance() -> tuple[Cast, str]:
    cast = rich_cast()
    opened(cast)
    decided(cast)
    return cast, sent(cast, by="social", title="Shared with all")


def test_private_rows_of_one_partner_change_no_byte_for_others(alliance: tuple[Cast, str]) -> None:
    cast, shared = alliance
    for _ in looks(cast):
        pass  # what is recorded is signed now: both looks are at the same signed state
    before = dict(looks(cast))

    fill_private_rows(cast, shared)

    for role, pages in looks(cast):
        assert len(pages) > 40, role
        assert sorted(pages) == sorted(before[role])
        assert [path for path, page in pages.items() if page != before[role][path]] == []


def test_no_private_word_reaches_anybody_else(
    alliance: tuple[Cast, str], caplog: pytest.LogCaptureFixture
) -> None:
    cast, shared = alliance
    fill_private_rows(cast, shared)
    outsider = rich_cast("far")

    pages = dict(looks(cast))
    pages["outsider"] = crawl(signed_in(outsider.tax.user), "/a/far/")

    for role, found in pages.items():
        spoken = [path for path, page in found.items() if CANARY.lower().encode() in page.lower()]
        assert spoken == [], role
    assert CANARY.lower() not in caplog.text.lower()


def test_the_partner_itself_sees_all_of_it(alliance: tuple[Cast, str]) -> None:
    cast, shared = alliance
    fill_private_rows(cast, shared)

    found = b"".join(crawl(signed_in(cast.tax.user), f"/a/{cast.key}/").values()).decode(errors="replace")

    for word in ("titel", "vraag", "tekst", "stuk", "notitie", "antwoord"):
        assert f"{CANARY} {word}" in found, word
    assert f"{CANARY}@tax.example".lower() in found
