"""A disk that turns read-only while people work: they read on, a refusal keeps what was typed, and on it goes later."""

import errno
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from support.installation import Installation
from support.served import Visitor, token_in

from .aftermath import acknowledged, assert_sound, lost
from .disk import MAKING, WRITING, make_disk
from .example import DRAFT, example_on


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the disk of a PostgreSQL server is its own")
@pytest.mark.parametrize("error", [errno.EROFS, errno.ENOSPC])
def test_who_reads_goes_on_reading_and_no_typed_word_is_lost(tmp_path: Path, error: int) -> None:
    disk, visitor = make_disk(tmp_path, tmp_path / "data"), Visitor()
    with example_on("", tmp_path, disk.environment) as door:
        status, today, _ = visitor.ask(door)
        assert status == 200
        new = f"{today}proposals/new/"
        token = {"csrfmiddlewaretoken": token_in(visitor.ask(new)[2])}

        disk.fail(WRITING | MAKING, error)
        for page in (today, f"{today}register/", new):
            assert visitor.ask(page)[0] == 200, page
        status, _, page = visitor.ask(new, DRAFT | token)
        assert status == 503
        assert "De gegevens zijn nu even niet bereikbaar." in page
        assert all(DRAFT[typed] in unescape(page) for typed in ("title", "question"))

        disk.work()
        status, where, page = visitor.ask(new, DRAFT | token)
        assert (status, "Een loket" in page) == (200, True), where


@pytest.fixture
def mounted(place: Installation, tmp_path: Path) -> Iterator[Installation]:
    """The installation on a file system of its own. Skips where nobody may mount one."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    if not _ran("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder):
        pytest.skip("mounting takes more rights than there are here")
    try:
        made = place.copy(folder / "data")
        yield made
        made.drop()
    finally:
        assert _ran("umount", folder)


def _ran(*command: object) -> bool:
    return subprocess.run([*map(str, command)], capture_output=True, timeout=60, check=False).returncode == 0


def test_a_file_system_mounted_read_only_is_read_signs_and_takes_nothing_and_is_whole_afterwards(
    mounted: Installation, notes: Path, tmp_path: Path
) -> None:
    told = tmp_path / "acknowledged"
    assert mounted.work("write", told, "before", 3).status == 0
    assert mounted.work("publish").status == 0

    folder = mounted.data.parent
    assert _ran("mount", "-o", "remount,ro", folder)
    recomputed, read = mounted.run("fsck"), mounted.work("entries")
    stopped = mounted.work("write", told, "during", 3)
    signed = mounted.work("publish")
    assert _ran("mount", "-o", "remount,rw", folder)

    assert recomputed.status == 0, recomputed.err
    assert len(read.out.splitlines()) == 3, read.err
    if connection.vendor == "sqlite":
        assert stopped.status != 0
    assert signed.status != 0 or connection.vendor == "sqlite"
    assert lost(mounted, acknowledged(tmp_path)) == {}
    assert mounted.work("write", told, "after", 3).status == 0
    assert lost(mounted, acknowledged(tmp_path)) == {}
    assert_sound(mounted, notes)
