"""Papers: the same files for all partners, kept under our own names, never trusted by theirs."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from support.cast import NOW
from support.deciding import drafted, page, sent
from support.files import PDF

from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import (
    add_paper,
    clear_stray_papers,
    remove_paper,
    send_for_consultation,
    start_new_round,
)
from concordia.capabilities.decisions.commands.papers import LARGEST_PAPER, paper_label
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotFoundError, RefusalError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(monkeypatch):
    """Files in memory, gone after the test."""
    storage = InMemoryStorage()
    monkeypatch.setattr(default_storage, "_wrapped", storage)
    return storage


def add(cast, proposal, *, by="tax", name="plan.pdf", content=PDF):
    return add_paper(cast.members[by].at(), proposal_id=proposal, name=name, content=content)


def stored(files):
    return files.listdir("papers")[1] if files.exists("papers") else []


def test_a_paper_is_kept_whole_under_our_own_name(cast, files):
    paper = add(cast, drafted(cast))

    found = queries.paper_file(cast.tax_coordinator.at(), paper)
    assert found.content.read() == PDF
    assert (found.line.name, found.line.media_type, found.line.size) == (
        "plan.pdf",
        "application/pdf",
        len(PDF),
    )
    assert found.line.sha256 == hashlib.sha256(PDF).hexdigest()
    assert stored(files) == [paper]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("..\\..\\x.pdf", "x.pdf"),
        ("/etc/plan.pdf", "plan.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("plan\n\0.pdf", "plan.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("=cmd|' /C calc'!A0.pdf", "C calc'!A0.pdf"),
        ("CON.pdf", "CON.pdf"),
        ("half\ud800.pdf", "half.pdf"),
        ("", "paper"),
        ("...", "paper"),
    ],
)
def test_a_hostile_name_becomes_a_label(name, label):
    assert paper_label(name) == label


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.pdf", b""),
        ("page.pdf", b"<html>"),
        ("drawing.svg", b"<svg/>"),
        ("large.pdf", b"x" * (LARGEST_PAPER + 1)),
    ],
)
def test_a_faulty_file_leaves_nothing_behind(cast, files, name, content):
    with pytest.raises(RefusalError) as refused:
        add(cast, drafted(cast), name=name, content=content)

    assert refused.value.field == "file"
    assert stored(files) == []


def test_a_file_of_exactly_the_limit_is_kept(cast):
    content = PDF[:-6].ljust(LARGEST_PAPER - 6, b" ") + b"%%EOF\n"

    assert add(cast, drafted(cast), content=content)


def test_there_is_room_for_twenty_papers(cast):
    proposal = drafted(cast)
    for number in range(20):
        add(cast, proposal, name=f"{number}.txt", content=b"text")

    with pytest.raises(RefusalError):
        add(cast, proposal, name="21.txt", content=b"text")


def test_the_same_file_twice_is_one_paper(cast):
    proposal = drafted(cast)

    assert add(cast, proposal) == add(cast, proposal)


@pytest.mark.parametrize("role", ["social", "manager"])
def test_a_paper_of_a_draft_is_invisible_to_others(cast, role):
    paper = add(cast, drafted(cast))

    for look in (queries.paper, queries.paper_file):
        with pytest.raises(NotFoundError):
            look(cast.members[role].at(), paper)
    with pytest.raises(NotFoundError):
        remove_paper(cast.members[role].at(), paper_id=paper)


def test_nobody_else_adds_a_paper(cast, other):
    proposal = drafted(cast)

    with pytest.raises(NotFoundError):
        add(cast, proposal, by="social")
    with pytest.raises(NotFoundError):
        add(other, proposal)


def test_sending_shows_the_papers_to_all_and_puts_them_in_the_register(cast, other):
    proposal = drafted(cast)
    paper = add(cast, proposal)
    send_for_consultation(cast.tax.at(), proposal_id=proposal)

    assert queries.paper(cast.figures.at(), paper).name == "plan.pdf"
    with pytest.raises(NotFoundError):
        queries.paper(other.tax.at(), paper)
    values = ledger.entries_of(cast.social.at(), proposal)[0].values
    assert values["att/0"] == hashlib.sha256(PDF).hexdigest()


def test_papers_of_what_was_sent_stay(cast):
    proposal = drafted(cast)
    paper = add(cast, proposal)
    send_for_consultation(cast.tax.at(), proposal_id=proposal)

    with pytest.raises(RefusalError):
        remove_paper(cast.tax.at(), paper_id=paper)
    with pytest.raises(RefusalError):
        add(cast, proposal, name="late.pdf")


def test_a_removed_paper_takes_its_file_along(cast, files, django_capture_on_commit_callbacks):
    proposal = drafted(cast)
    paper = add(cast, proposal)

    with django_capture_on_commit_callbacks(execute=True):
        remove_paper(cast.tax.at(), paper_id=paper)

    assert page(cast, proposal, "tax", at=NOW).papers == ()
    assert stored(files) == []


def test_a_file_that_another_round_uses_stays(cast, files, django_capture_on_commit_callbacks):
    from support.deciding import LATER, close, vote

    from concordia.capabilities.decisions.commands import open_voting

    proposal = drafted(cast, "consent")
    add(cast, proposal)
    send_for_consultation(cast.tax.at(), proposal_id=proposal)
    open_voting(cast.manager.at(LATER), proposal_id=proposal)
    vote(cast, "tax", proposal, "against")
    close(cast, proposal)
    again = start_new_round(cast.social.at(LATER), proposal_id=proposal)
    copy = page(cast, again).papers[0]

    with django_capture_on_commit_callbacks(execute=True):
        remove_paper(cast.social.at(LATER), paper_id=copy.id)

    assert queries.paper_file(cast.tax.at(LATER), page(cast, proposal).papers[0].id).content.read() == PDF


def test_what_an_upload_left_behind_is_cleared_after_an_hour(cast, files):
    kept = add(cast, drafted(cast))
    files.save("papers/pap_stray", ContentFile(b"cut off"))
    soon, late = (datetime.now(UTC) + timedelta(minutes=wait) for wait in (30, 90))

    assert clear_stray_papers(soon) == 0
    assert clear_stray_papers(late) == 1
    assert stored(files) == [kept]


def test_a_paper_whose_file_is_gone_is_not_found(cast, files):
    paper = add(cast, drafted(cast))
    files.delete(f"papers/{paper}")

    with pytest.raises(NotFoundError):
        queries.paper_file(cast.tax.at(), paper)


def test_an_unknown_paper_is_not_found(cast):
    sent(cast)

    with pytest.raises(NotFoundError):
        queries.paper(cast.tax.at(), "pap_unknown")
