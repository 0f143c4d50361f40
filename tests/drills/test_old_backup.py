"""An old backup, restored: nothing is signed twice, partners bring back what is lost, what was erased stays so."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker
from support.bundles import Partner
from support.installation import Installation

from concordia.kernel.ids import new_id

from .aftermath import acknowledged, assert_sound, drill, entries_of, given, lost


@dataclass(frozen=True)
class Disaster:
    """An old backup restored where only the keys and the signer outlived the database."""

    place: Installation
    folder: Path
    told: dict[int, str]
    older: Path  # the bundle a partner took before a person was erased
    newest: Path
    person: str


def backed_up(place: Installation, folder: Path) -> Path:
    answer = place.run("backup", folder / "backups", "--keys", folder / "kept keys")
    assert answer.status == 0, answer.err
    [backup] = (folder / "backups").iterdir()
    return backup


def worked(place: Installation, *words: object) -> None:
    answer = place.work(*words)
    assert answer.status == 0, answer.err


def lived_on(place: Installation, notes: Path, folder: Path) -> tuple[Path, Path, str]:
    """Entries, one about a person who is then erased, and more; two bundles and the person."""
    person, older, newest = new_id("per"), folder / "older.zip", folder / "newest.zip"
    worked(place, "write", folder / "acknowledged", "later", 7)
    worked(place, "say", person, "A chair")
    published(place, notes)
    worked(place, "bundle", "tax", older)
    worked(place, "erase", person)
    worked(place, "write", folder / "acknowledged", "last", 5)
    published(place, notes)
    worked(place, "bundle", "tax", newest)
    return older, newest, person


def published(place: Installation, notes: Path) -> None:
    answer = drill(place, notes, "publish")
    assert answer.status == 0, answer.err


@pytest.fixture(scope="module")
def after(
    installed: Installation, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Disaster]:
    folder = tmp_path_factory.mktemp("after")
    with django_db_blocker.unblock():
        place, there = installed.copy(folder / "place"), installed.empty(folder / "there")
        yield restored(place, there, folder)
        place.drop()
        there.drop()


def restored(place: Installation, there: Installation, folder: Path) -> Disaster:
    worked(place, "write", folder / "acknowledged", "first", 4)
    published(place, folder / "notes")
    backup = backed_up(place, folder)
    older, newest, person = lived_on(place, folder / "notes", folder)
    for name in ("keys", "signer"):
        shutil.copytree(place.data / name, there.data / name)
    shutil.copy(place.data / "partners", there.data)
    answer = there.run("restore", backup, "--keys", folder / "kept keys")
    assert answer.status == 1, answer.err  # restored, and stopped
    return Disaster(there, folder, acknowledged(folder), older, newest, person)


@pytest.fixture
def disaster(after: Disaster, notes: Path, tmp_path: Path, db: None) -> Iterator[Disaster]:
    made = replace(after, place=after.place.copy(tmp_path / "there"))
    shutil.copy(after.folder / "notes", notes)
    yield made
    made.place.drop()


def test_a_register_behind_its_signer_gets_no_second_signature(disaster: Disaster, notes: Path) -> None:
    before = given(notes)
    assert lost(disaster.place, disaster.told) != {}
    assert disaster.place.work("append", 1).status == 9
    forged = drill(disaster.place, notes, "forge")
    assert forged.status != 0
    assert "do not contain" in forged.err
    assert given(notes) == before
    assert disaster.place.work("append", 1).status == 9  # it stands still again


def test_a_partners_bundle_brings_every_acknowledged_entry_back(disaster: Disaster, notes: Path) -> None:
    answer = disaster.place.run("heal", disaster.newest)
    assert answer.status == 0, answer.err
    assert lost(disaster.place, disaster.told) == {}
    assert_sound(disaster.place, notes)


def test_a_partners_witness_sees_one_history_before_and_after(disaster: Disaster, tmp_path: Path) -> None:
    partner = Partner(tmp_path / "partner")
    for path in (disaster.place.data / "signer").rglob("keys.json"):
        assert partner.run("pin", json.loads(path.read_text())["vkeys"][0]).status == 0
    before = partner.run("check", str(disaster.newest))
    disaster.place.run("heal", disaster.newest)
    worked(disaster.place, "append", 3)
    worked(disaster.place, "publish")
    worked(disaster.place, "bundle", "tax", tmp_path / "after.zip")
    after = partner.run("check", str(tmp_path / "after.zip"))
    assert (before.status, after.status) == (0, 0), before.err + before.out + after.out + after.err
    assert disaster.place.run("verify", tmp_path / "after.zip").status == 0


def test_an_older_bundle_does_not_bring_back_who_was_erased(disaster: Disaster) -> None:
    assert disaster.place.run("heal", disaster.older).status == 1  # helps as far as it goes
    assert disaster.place.run("heal", disaster.newest).status == 0
    assert disaster.place.run("heal", disaster.older).status == 0
    assert "A chair" not in entries_of(disaster.place).values()
    assert not list((disaster.place.data / "keys").rglob(disaster.person))
    assert lost(disaster.place, disaster.told) == {}


def test_where_the_signer_is_lost_too_healing_first_keeps_one_history(
    disaster: Disaster, notes: Path
) -> None:
    place = disaster.place
    shutil.rmtree(place.data / "signer")
    shutil.copytree(disaster.folder / "kept keys" / "signer", place.data / "signer")
    assert place.run("heal", disaster.newest).status == 0
    assert lost(place, disaster.told) == {}
    assert_sound(place, notes)
    assert place.run("verify", disaster.newest).status == 0
