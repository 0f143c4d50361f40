"""A disk that gives errors, or turns read-only: what was acknowledged stays, and on it goes once the disk works."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from support.installation import Answer, Installation

from .aftermath import acknowledged, assert_sound, entries_of, given, lost, noted
from .disk import MAKING, READING, WRITING, Disk, make_disk

POINTS = 36
HERE = Path(__file__).parent


@pytest.fixture
def disk(place: Installation, tmp_path: Path) -> Disk:
    """The disk that the installation is on; on PostgreSQL that of everything but the database."""
    return make_disk(tmp_path, place.data)


def on(disk: Disk, place: Installation, notes: Path, *command: object) -> Answer:
    """Run a command of the installation on its disk."""
    environment = noted(place, notes) | disk.environment
    done = subprocess.run(
        [*map(str, command)], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def test_a_disk_that_fails_at_any_write_or_sync_of_an_act_leaves_all_of_it_or_nothing(
    place: Installation, notes: Path, disk: Disk, tmp_path: Path
) -> None:
    words = ("steps", tmp_path, POINTS, disk.library, disk.control, disk.under)
    answer = on(disk, place, notes, sys.executable, HERE / "failing.py", *words)
    assert answer.status == 0, answer.err

    ends = [line.split() for line in (tmp_path / "ends").read_text(encoding="utf-8").splitlines()]
    assert len({at for at, _ in ends}) >= 30  # each at a call of its own
    told = acknowledged(tmp_path)
    assert len(told) == 1 + sum(1 for _, end in ends if end == "acknowledged")
    if connection.vendor == "sqlite":
        assert {end for _, end in ends} == {"refused", "acknowledged"}
    assert lost(place, told) == {}
    assert len(given(notes)) > 3
    assert_sound(place, notes)


@pytest.mark.parametrize("error", [errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing_more_takes_no_word_that_was_not_kept(
    place: Installation, notes: Path, disk: Disk, tmp_path: Path, error: int
) -> None:
    told = tmp_path / "acknowledged"
    assert place.work("write", told, "before", 3).status == 0
    assert place.work("publish").status == 0
    marks = {path: path.read_bytes() for path in (place.data / "signer").rglob("*.json")}
    before = entries_of(place)

    disk.fail(WRITING | MAKING, error)
    stopped = on(disk, place, notes, *place.command("write", told, "during", 3))
    unsigned = on(disk, place, notes, *place.command("publish"))
    disk.work()

    if connection.vendor == "sqlite":
        assert stopped.status != 0
        assert entries_of(place) == before
    assert unsigned.status != 0 or entries_of(place) == before
    assert {path: path.read_bytes() for path in marks} == marks
    assert lost(place, acknowledged(tmp_path)) == {}
    assert place.work("write", told, "after", 3).status == 0
    assert lost(place, acknowledged(tmp_path)) == {}
    assert_sound(place, notes)


@pytest.mark.parametrize("after", [0, 20, 60])
def test_a_disk_that_cannot_be_read_answers_nothing_wrong_and_loses_nothing(
    place: Installation, notes: Path, disk: Disk, tmp_path: Path, after: int
) -> None:
    told = tmp_path / "acknowledged"
    assert place.work("write", told, "before", 20).status == 0
    assert place.work("publish").status == 0

    whole = tmp_path / "whole.zip"
    assert place.work("bundle", "tax", whole).status == 0
    disk.fail(READING, errno.EIO, after=after)
    bundle = tmp_path / "bundle.zip"
    answer = on(disk, place, notes, *place.command("bundle", "tax", bundle))
    checked = on(disk, place, notes, sys.executable, "-m", "concordia", "fsck")
    on(disk, place, notes, *place.command("write", told, "during", 2))
    disk.work()

    assert answer.status != 0 or bundle.read_bytes() == whole.read_bytes()
    assert checked.status != 0 or "recomputed: all is as it was recorded" in checked.out
    assert "Traceback" not in checked.err
    assert checked.status == 0 or "What was recorded stays." in checked.err or checked.status == 1
    assert lost(place, acknowledged(tmp_path)) == {}
    assert_sound(place, notes)
