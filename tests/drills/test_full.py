"""A disk that is full: a calm refusal, nothing half-written, and on it goes once there is room."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from support.installation import Answer, Installation

from .aftermath import acknowledged, assert_sound, entries_of, lost

on_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the disk of a PostgreSQL server is not ours to fill"
)


def limited(place: Installation, size: int, *words: object) -> Answer:
    """Run `concordia` where no file may grow beyond a size."""
    return _limited(place, size, [sys.executable, "-m", "concordia", *map(str, words)])


def _limited(place: Installation, size: int, command: list[str]) -> Answer:
    limit = f"import os, resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({size}, {size}))"
    start = f"{limit}; os.execv({command[0]!r}, {command!r})"
    return _run(place.environment, [sys.executable, "-c", start])


def _run(environment: dict[str, str], command: list[str]) -> Answer:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)


def taken(place: Installation) -> int:
    """The size of the largest file of the database."""
    return max(path.stat().st_size for path in place.data.glob("concordia.sqlite3*"))


@on_sqlite
def test_a_database_that_cannot_grow_takes_nothing_half_and_goes_on_with_room(
    place: Installation, notes: Path, tmp_path: Path
) -> None:
    told = tmp_path / "acknowledged"
    assert place.work("write", told, "before", 3).status == 0
    stopped = _limited(place, taken(place) + 60_000, place.command("write", told, "full", 1000))
    assert stopped.status != 0
    assert "OperationalError" in stopped.err

    count = len(acknowledged(tmp_path))
    assert 3 <= count < 1000
    assert len(entries_of(place)) == count  # not one more than was said
    assert lost(place, acknowledged(tmp_path)) == {}
    assert place.work("write", told, "after", 3).status == 0
    assert lost(place, acknowledged(tmp_path)) == {}
    assert_sound(place, notes)


def test_a_backup_without_room_is_refused_and_leaves_nothing(place: Installation, tmp_path: Path) -> None:
    assert place.work("append", 3).status == 0
    room = 100_000 if connection.vendor == "sqlite" else 10_000  # what is already there fits
    answer = limited(place, room, "backup", tmp_path / "backups", "--keys", tmp_path / "kept")
    assert (answer.status, answer.out) == (3, ""), answer.err
    assert "Traceback" not in answer.err
    assert not (tmp_path / "kept").exists()
    assert list((tmp_path / "backups").iterdir()) == []
    assert place.run("backup", tmp_path / "backups", "--keys", tmp_path / "kept").status == 0


def test_a_signer_without_room_signs_nothing_and_signs_later(place: Installation, notes: Path) -> None:
    for words in (("append", 3), ("publish",), ("append", 2)):
        assert place.work(*words).status == 0
    marks = {path: path.read_bytes() for path in (place.data / "signer").rglob("*.json")}
    signer = f"{sys.executable} -m concordia.signer --state {place.data / 'signer'}"
    tight = shlex.join(["sh", "-c", f'ulimit -f 1; exec {signer} "$@"', "signer"])

    answer = _run(place.environment | {"CONCORDIA_SIGNER_COMMAND": tight}, place.command("publish"))
    assert answer.status != 0
    assert "Nothing was signed" in answer.err
    assert {path: path.read_bytes() for path in marks} == marks
    assert_sound(place, notes)
