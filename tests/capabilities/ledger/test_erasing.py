"""What is erased is gone for good, and every proof stays as it was."""

from threading import Event, Thread
from time import sleep

import pytest
from django.db import connection, transaction
from support.house import House, make_house

from concordia.capabilities.ledger.commands import append, erase_subject, replay_erasures
from concordia.capabilities.ledger.models import Leaf, Opening
from concordia.capabilities.ledger.queries import entry, register_page
from concordia.capabilities.ledger.queries.tree import entries_between, stored_root
from concordia.domain.leaves import Leaf as Entry
from concordia.kernel import keystore
from concordia.kernel.ids import new_id


@pytest.fixture
def person(house: House) -> str:
    """Somebody of whom two shared entries and a private one speak."""
    person = new_id("per")
    for title in ("Appointed", "Voted"):
        house.record(house.fact(title=title, personal={"person": (person, "A chair")}))
    house.record(house.fact(personal={"note": (person, "on leave")}), private_to="social")
    return person


def erase(house: House, person: str, captured: object) -> int:
    with captured(execute=True), transaction.atomic():  # type: ignore[operator]
        return erase_subject(house.access("tax"), person, "on request")


def test_openings_and_key_go_and_the_tree_stays(
    house: House, person: str, django_capture_on_commit_callbacks: object
) -> None:
    root = stored_root(house.log, 2)
    assert erase(house, person, django_capture_on_commit_callbacks) == 3
    assert not Opening.objects.filter(subject=person).exists()
    assert keystore.is_erased(person)
    assert stored_root(house.log, 2) == root
    assert entry(house.access("social"), 0).values == {"person": None, "title": "Appointed"}


def test_the_log_says_what_was_erased_and_not_from_whom(
    house: House, person: str, django_capture_on_commit_callbacks: object
) -> None:
    erase(house, person, django_capture_on_commit_callbacks)
    shared = Entry.from_bytes(entries_between(house.log, 2, 3)[0])
    private = Entry.from_bytes(entries_between(house.private("social"), 1, 2)[0])
    assert (shared.kind, shared.refs) == ("opening.erased", ((0, "person"), (1, "person")))
    assert (private.kind, private.refs) == ("opening.erased", ((0, "note"),))
    assert entry(house.access("tax"), 2).values == {"ground": "on request"}
    assert entry(house.access("social"), 2).values == {}


def test_the_key_goes_after_the_commit_only(house: House, person: str) -> None:
    with transaction.atomic():
        erase_subject(house.access("tax"), person, "on request")
        transaction.set_rollback(True)
    assert not keystore.is_erased(person)
    assert entry(house.access("tax"), 0).values["person"] == "A chair"


def test_a_person_of_many_entries_is_erased_in_entries_that_fit(
    house: House, django_capture_on_commit_callbacks: object
) -> None:
    person = new_id("per")
    long = {f"{'name' * 20}{i}": (person, "x") for i in range(60)}
    for _ in range(8):
        house.record(house.fact(personal=long))
    assert erase(house, person, django_capture_on_commit_callbacks) == 480
    entries = [Entry.from_bytes(bytes(row.bytes)) for row in Leaf.objects.filter(kind="opening.erased")]
    assert len(entries) > 1
    assert sum(len(one.refs) for one in entries) == 480


def test_others_keep_what_is_theirs(
    house: House, person: str, django_capture_on_commit_callbacks: object
) -> None:
    other = make_house()
    other.record(other.fact(title="Elsewhere"))
    erase(house, person, django_capture_on_commit_callbacks)
    assert entry(other.access("tax"), 0).values == {"title": "Elsewhere"}
    assert entry(house.access("figures"), 1).values["title"] == "Voted"


def test_somebody_of_whom_nothing_is_said_leaves_no_entry(
    house: House, django_capture_on_commit_callbacks: object
) -> None:
    unknown = new_id("per")
    assert erase(house, unknown, django_capture_on_commit_callbacks) == 0
    assert register_page(house.access("tax")).size == 0
    assert keystore.is_erased(unknown)


def test_what_a_restored_backup_brings_back_is_erased_again(
    house: House, person: str, django_capture_on_commit_callbacks: object
) -> None:
    kept = list(Opening.objects.filter(subject=person))
    erase(house, person, django_capture_on_commit_callbacks)
    for row in kept:
        row.pk = None
    Opening.objects.bulk_create(kept)
    assert replay_erasures() == 3
    assert not Opening.objects.filter(subject=person).exists()
    assert replay_erasures() == 0


def test_the_key_folder_remembers_what_an_older_database_forgot(house: House, person: str) -> None:
    keystore.destroy(person)
    assert replay_erasures() == 3
    assert Opening.objects.exists()


def test_the_log_remembers_what_an_older_key_folder_forgot(
    house: House, person: str, django_capture_on_commit_callbacks: object
) -> None:
    with transaction.atomic():  # the machine stops before the key is destroyed
        erase_subject(house.access("tax"), person, "on request")
    assert not keystore.is_erased(person)
    replay_erasures()
    assert keystore.is_erased(person)


@pytest.mark.django_db(transaction=True)
def test_what_is_being_written_about_somebody_who_is_erased_is_erased_and_named() -> None:
    if connection.vendor == "sqlite":
        pytest.skip(
            "SQLite lets one write at a time, which kernel/test_sqlite.py shows; this asks PostgreSQL"
        )
    house, person, written = make_house(), new_id("per"), Event()

    def write() -> None:
        with transaction.atomic():
            append(house.system(), house.fact(personal={"holder": (person, "The controller")}))
            written.set()
            sleep(0.5)  # long enough for the other to have looked, were it not waiting
        connection.close()

    writer = Thread(target=write)
    writer.start()
    written.wait()
    with transaction.atomic():
        erase_subject(house.access("tax"), person, "on request")
    writer.join()

    assert not Opening.objects.filter(subject=person).exists()
    assert Entry.from_bytes(entries_between(house.log, 1, 2)[0]).refs == ((0, "holder"),)
