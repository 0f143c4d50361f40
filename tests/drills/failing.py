"""Processes that append, acknowledge and publish on a disk that fails; started by test_failing.py.

python failing.py steps FOLDER COUNT DISK      one act each, the disk failing once at COUNT different calls
"""

import errno
import sys
from contextlib import suppress
from pathlib import Path

from disk import ALWAYS, MAKING, WRITING, Disk
from dying import Life, Worker

CHANGES = WRITING | MAKING
ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS)


def steps(folder: Path, count: str, *disk: str) -> None:
    """Let the disk fail at one call of each act, at another each time; write down how the acts ended."""
    library, control, under = map(Path, disk)
    place, ends = Disk(library, control, under), []
    place.count(CHANGES)
    _act(folder, "whole")
    calls = place.counted
    for i in range(int(count)):
        at = calls * i // int(count)
        place.fail(CHANGES, ERRORS[i % len(ERRORS)], after=at, times=1 if i % 2 else ALWAYS)
        ends.append(f"{at} {_act(folder, f's{i}')}")
        place.work()
    (folder / "ends").write_text("\n".join(ends), encoding="utf-8")


def _act(folder: Path, name: str) -> str:
    """How an act ended in a process of its own: with an acknowledgement or without one."""
    told = folder / "acknowledged"
    before = told.read_bytes() if told.exists() else b""
    life = Life(lambda _: _write_and_publish(folder, name))
    assert not life.wait()
    return "refused" if not told.exists() or told.read_bytes() == before else "acknowledged"


def _write_and_publish(folder: Path, name: str) -> None:
    """Any refusal is one: what counts is what was acknowledged."""
    worker = Worker(folder, name)
    with suppress(Exception):
        worker.write()
    with suppress(Exception):
        worker.publish()


if __name__ == "__main__":
    folder, count, *disk = sys.argv[2:]
    steps(Path(folder), count, *disk)
