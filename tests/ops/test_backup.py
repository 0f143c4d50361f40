"""A backup is made under load, checked on the copy, and restores into an empty place (trust.md T-D7)."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker
from support.installation import Answer, Installation

from concordia.kernel.ids import new_id


@pytest.fixture(scope="module")
def first(
    installed: Installation, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Installation]:
    with django_db_blocker.unblock():
        made = installed.copy(tmp_path_factory.mktemp("first") / "data")
        assert made.work("append", 5).status == 0
        yield made
        made.drop()


@pytest.fixture
def lived(first: Installation, tmp_path: Path, db: None) -> Iterator[Installation]:
    """An installation with five entries, a paper, and a copy to break."""
    made = first.copy(tmp_path / "lived")
    paper = made.data / "files" / "papers" / "pap_1"
    paper.parent.mkdir(parents=True, exist_ok=True)
    paper.write_bytes(b"a paper")
    yield made
    made.drop()


@pytest.fixture
def place(lived: Installation, tmp_path: Path) -> Iterator[Installation]:
    """Where a backup is restored."""
    made = lived.empty(tmp_path / "place")
    yield made
    made.drop()


def backed_up(installation: Installation, folder: Path) -> tuple[Path, Path]:
    answer = installation.run("backup", folder / "backups", "--keys", folder / "keys")
    assert answer.status == 0, answer.err
    [backup] = (folder / "backups").iterdir()
    return backup, folder / "keys"


def restored(place: Installation, backup: Path, keys: Path) -> Answer:
    return place.run("restore", backup, "--keys", keys)


def test_a_backup_restores_whole(lived: Installation, place: Installation, tmp_path: Path) -> None:
    before = lived.work("entries").out
    backup, keys = backed_up(lived, tmp_path)
    shutil.copy(lived.data / "partners", place.data / "partners")
    answer = restored(place, backup, keys)
    assert (answer.status, answer.err) == (0, "")
    assert "all is as it was recorded" in answer.out
    assert place.work("entries").out == before
    assert (place.data / "files" / "papers" / "pap_1").read_bytes() == b"a paper"
    assert place.work("append", 1).status == 0


def test_no_key_stands_beside_what_it_opens(lived: Installation, tmp_path: Path) -> None:
    lived.work("publish")
    backup, keys = backed_up(lived, tmp_path)
    held = {path.read_bytes() for path in keys.rglob("*") if path.is_file()} - {b""}
    assert len(held) >= 4  # a subject's, the signer's and its mark, the secret
    content = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    assert not [key for key in held if key in content]


def test_keys_beside_the_database_are_refused(lived: Installation, tmp_path: Path) -> None:
    answer = lived.run("backup", tmp_path / "out", "--keys", tmp_path / "out" / "keys")
    assert (answer.status, answer.out) == (3, "")
    assert "do not belong with the database" in answer.err
    assert not (tmp_path / "out").exists()


def test_only_the_newest_keys_are_kept(lived: Installation, tmp_path: Path) -> None:
    person = new_id("per")
    assert lived.work("say", person, "A chair").status == 0
    _, keys = backed_up(lived, tmp_path)
    assert list(keys.rglob(person))
    assert lived.work("erase", person).status == 0
    assert lived.run("backup", tmp_path / "later", "--keys", keys).status == 0
    assert not list(tmp_path.glob("*keys*/**/" + person))


def test_what_was_erased_stays_erased_after_a_restore(
    lived: Installation, place: Installation, tmp_path: Path
) -> None:
    person = new_id("per")
    lived.work("say", person, "A chair")
    backup, keys = backed_up(lived, tmp_path)
    assert lived.work("erase", person).status == 0
    shutil.copytree(lived.data / "keys", place.data / "keys")
    shutil.copy(lived.data / "partners", place.data / "partners")
    answer = restored(place, backup, keys)
    assert answer.status == 0, answer.err
    assert "1 erased values were erased again" in answer.out
    assert place.work("entries").out.splitlines()[-1] == "5 None"
    assert not list((place.data / "keys").rglob(person))


def test_a_signer_from_a_copy_is_said_to_need_the_bundles_of_the_partners_first(
    lived: Installation, place: Installation, tmp_path: Path
) -> None:
    """It cannot know what it signed after the copy: going on at once would sign those sizes again."""
    lived.work("publish")
    backup, keys = backed_up(lived, tmp_path)
    lived.work("append", 2)
    lived.work("publish")
    shutil.copy(lived.data / "partners", place.data / "partners")

    answer = restored(place, backup, keys)

    assert answer.status == 0, answer.err
    assert "The signer comes from a copy" in answer.out
    assert "Ask every partner for its newest bundle" in answer.out


def test_a_register_behind_its_signer_stands_still(
    lived: Installation, place: Installation, tmp_path: Path
) -> None:
    lived.work("publish")
    backup, keys = backed_up(lived, tmp_path)
    lived.work("append", 2)
    lived.work("publish")
    shutil.copytree(lived.data / "signer", place.data / "signer")
    shutil.copy(lived.data / "partners", place.data / "partners")
    answer = restored(place, backup, keys)
    assert answer.status == 1
    assert "7 entries were signed" in answer.out
    assert "The signer comes from a copy" not in answer.out
    assert "concordia heal" in answer.out
    refused = place.work("append", 1)
    assert refused.status == 9
    assert "The register is stopped" in refused.err


@pytest.mark.parametrize("name", ["database.*", "files/papers/pap_1", "backup.json"])
def test_a_damaged_backup_is_refused(
    lived: Installation, place: Installation, tmp_path: Path, name: str
) -> None:
    backup, keys = backed_up(lived, tmp_path)
    [path] = backup.glob(name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x80
    path.write_bytes(data)
    answer = restored(place, backup, keys)
    assert (answer.status, answer.out) == (3, "")
    assert path.name in answer.err
    assert not (place.data / "concordia.sqlite3").exists()


def test_a_database_that_is_there_is_never_overwritten(lived: Installation, tmp_path: Path) -> None:
    backup, keys = backed_up(lived, tmp_path)
    answer = restored(lived, backup, keys)
    assert answer.status == 3
    assert "not overwritten" in answer.err


def test_a_restore_without_keys_is_refused(lived: Installation, place: Installation, tmp_path: Path) -> None:
    lived.work("publish")
    backup, keys = backed_up(lived, tmp_path)
    answer = place.run("restore", backup)
    assert (answer.status, "keys are missing" in answer.err) == (3, True)
    shutil.rmtree(keys / "signer")
    assert restored(place, backup, keys).status == 3


def test_a_copy_with_something_wrong_is_kept_and_named(lived: Installation, tmp_path: Path) -> None:
    for path in (lived.data / "keys").rglob("par_*"):
        path.write_bytes(bytes(32))
    answer = lived.run("backup", tmp_path / "backups")
    assert answer.status == 1
    assert "entry 0" in answer.out
    [backup] = (tmp_path / "backups").iterdir()
    assert backup.name.endswith("-not-whole")


def test_a_backup_that_cannot_be_written_leaves_nothing(lived: Installation, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    answer = lived.run("backup", blocked)
    assert (answer.status, answer.out) == (3, "")
    assert "Nothing was kept" in answer.err


@pytest.mark.drill
def test_a_backup_under_load_is_of_one_moment(
    lived: Installation, place: Installation, tmp_path: Path
) -> None:
    writers = [lived.start("write", tmp_path / "acknowledged", name) for name in "ab"]
    try:
        while not (tmp_path / "acknowledged").exists():
            assert all(writer.poll() is None for writer in writers)
        backup, keys = backed_up(lived, tmp_path)
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    shutil.copy(lived.data / "partners", place.data / "partners")
    assert restored(place, backup, keys).status == 0
    numbers = [int(line.split()[0]) for line in place.work("entries").out.splitlines()]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > 5


def test_the_description_says_what_it_is(lived: Installation, tmp_path: Path) -> None:
    backup, _ = backed_up(lived, tmp_path)
    body = json.loads((backup / "backup.json").read_text())
    assert (body["format"], body["engine"]) == ("concordia-backup/1", connection.vendor)
    if connection.vendor == "sqlite":
        with sqlite3.connect(backup / body["database"]) as copy:
            assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
