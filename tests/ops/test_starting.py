"""Nothing is added to a register that is not all there, and nothing erased comes back (trust.md 5, 61 and 64)."""

import sys
from base64 import b64decode
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import Settings
from support.house import NOW, House

from concordia.capabilities.ledger.commands import append, publish, stop_log
from concordia.capabilities.ledger.facts import ALTERED
from concordia.capabilities.ledger.models import Opening
from concordia.kernel import keystore, signing
from concordia.kernel.errors import RefusalError
from concordia.kernel.ids import new_id
from concordia.ops.starting import database_version, open_register

from .test_fsck import flip_root, lose_node, tamper


def test_a_register_that_is_all_there_opens(house: House) -> None:
    house.fill(4)
    publish(house.log.id, NOW)
    house.fill(2)
    found = open_register()
    assert (found.logs, found.stopped, found.lines("nl")) == (4, (), [])


def test_a_log_behind_its_mark_is_stopped(house: House) -> None:
    house.fill(4)
    signing.sign(house.log.origin, 9, b"9" * 32, [], NOW)
    found = open_register()
    assert [origin for origin, _ in found.stopped] == [house.log.origin]
    assert "9 handelingen" in found.lines("nl")[0]
    with pytest.raises(RefusalError), transaction.atomic():
        append(house.system(), house.fact(title="x"))


def test_a_log_that_was_rewritten_is_stopped(house: House) -> None:
    house.fill(4)
    signing.sign(house.log.origin, 3, b"3" * 32, [], NOW)
    open_register()
    assert house.log.stopped == "diverged 3"


def test_a_log_that_does_not_fit_its_checkpoint_is_stopped(house: House) -> None:
    house.fill(4)
    publish(house.log.id, NOW)
    flip_root(house)
    open_register()
    assert house.log.stopped == "diverged 4"


def test_a_log_without_part_of_its_tree_is_stopped(house: House) -> None:
    house.fill(5)
    lose_node(house)
    open_register()
    assert house.log.stopped == "altered 0"


def test_without_the_signer_nothing_is_added_until_it_answers(house: House, settings: Settings) -> None:
    house.fill(2)
    settings.SIGNER_COMMAND = f"{sys.executable} -c raise(SystemExit(3))"
    assert len(open_register().stopped) == 4
    assert house.log.stopped == "unsure"
    settings.SIGNER_COMMAND = ""
    assert open_register().stopped == ()
    assert house.log.stopped == ""


def test_a_log_that_is_whole_again_goes_on(house: House) -> None:
    house.fill(4)
    publish(house.log.id, NOW)
    stop_log(house.log.id, "behind", 4)
    assert open_register().stopped == ()


def test_what_fsck_found_only_fsck_takes_back(house: House) -> None:
    stop_log(house.log.id, ALTERED, 1)
    assert len(open_register().stopped) == 1


def test_what_was_erased_is_erased_again_before_anybody_comes_in(house: House) -> None:
    person = new_id("per")
    house.record(house.fact(personal={"person": (person, "A chair")}))
    keystore.destroy(person)
    found = open_register()
    assert found.erased_again == 1
    assert "1 gewiste" in found.lines("nl")[0]
    assert not Opening.objects.filter(subject=person).exists()


def test_a_database_that_may_forget_commits_is_refused(db: None) -> None:
    weak = "PRAGMA synchronous=OFF" if connection.vendor == "sqlite" else "SET synchronous_commit = off"
    strong = "PRAGMA synchronous=FULL" if connection.vendor == "sqlite" else "SET synchronous_commit = on"
    if connection.vendor == "sqlite":
        pytest.skip("SQLite changes this outside a transaction only; tests/kernel asserts it")
    tamper(weak)
    with pytest.raises(RuntimeError, match="synced"):
        open_register()
    tamper(strong)


def test_the_database_says_its_version(db: None) -> None:
    assert database_version().split()[0] in {"SQLite", "PostgreSQL"}


def test_the_signers_mark_is_that_of_the_last_publication(house: House) -> None:
    house.fill(3)
    checkpoint = publish(house.log.id, NOW)
    size, root = signing.mark(house.log.origin)
    assert checkpoint is not None
    assert (size, b64decode(root)) == (3, bytes(checkpoint.root))


def test_the_signer_keeps_its_state_apart(house: House, settings: Settings) -> None:
    house.fill(1)
    publish(house.log.id, NOW)
    assert Path(settings.SIGNER).is_dir()
    assert not list(Path(settings.KEYS).rglob("mark.json"))
