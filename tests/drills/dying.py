"""Processes that append, acknowledge and publish until they are killed; how each of them ended is in DEATHS.

python dying.py load FOLDER SEED KILLS     four at a time, killed at moments of chance
python dying.py steps FOLDER COUNT         one act each, killed at COUNT different steps, beside one that writes
python dying.py publish                    as working.py does
python dying.py roots                      the root of every log at every size: origin, size, root
python dying.py forge                      take away that the log stands still, fill it anew, ask for a signature
"""

import inspect
import mmap
import os
import random
import signal
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import NoReturn

import django

django.setup()

from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402
from support.house import NOW  # noqa: E402
from support.working import publish, the_house  # noqa: E402

from concordia.capabilities.ledger.commands import appending, logs, publishing  # noqa: E402
from concordia.capabilities.ledger.models import Log  # noqa: E402
from concordia.capabilities.ledger.queries.tree import stored_root  # noqa: E402
from concordia.domain import leaves  # noqa: E402
from concordia.kernel import keystore, signing  # noqa: E402

_AT_ONCE = 4
_STARTING = "starting"


class Slot:
    """A number that a process leaves behind when it is killed."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8)

    @property
    def value(self) -> int:
        return int.from_bytes(self._shared[:8])

    @value.setter
    def value(self, number: int) -> None:
        self._shared[:8] = number.to_bytes(8)


class Life:
    """A process of its own, in a group of its own with the signers it starts."""

    def __init__(self, live: Callable[["Life"], None]) -> None:
        self.slot = Slot()
        self.pid = os.fork()
        if not self.pid:
            _end_after(live, self)
        os.setpgid(self.pid, self.pid)

    def kill(self, *, group: bool) -> None:
        """Kill it, perhaps with the signer at work for it."""
        (os.killpg if group else os.kill)(self.pid, signal.SIGKILL)

    def signers(self) -> list[int]:
        """The signers that are at work for it."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def wait(self) -> bool:
        """Whether it was killed, once it is over."""
        return os.WIFSIGNALED(os.waitpid(self.pid, 0)[1])


def _end_after(live: Callable[[Life], None], life: Life) -> NoReturn:
    with suppress(ProcessLookupError, PermissionError):
        os.setpgid(0, 0)
    try:
        live(life)
    finally:
        sys.stderr.flush()
        os._exit(0)


class Worker:
    """One who appends, acknowledges after the commit, and publishes."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / "acknowledged"
        self._name, self._count = name, 0

    def write(self) -> None:
        """Append an entry, and say so once it is there."""
        self._count += 1
        house, title = the_house(), f"{self._name} {self._count}"
        entry = house.record(house.fact(f"dec_{self._name}", title=title))
        self._acknowledge(f"{entry.n} {title}\n")

    def publish(self) -> None:
        """Sign the shared log; a signer that was killed is asked again another time."""
        with suppress(signing.SigningError):
            publishing.publish(the_house().log.id, NOW)

    def _acknowledge(self, line: str) -> None:
        file = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, line.encode())
        os.close(file)


_PHASES = {
    "take the log": logs.hold_log,
    "seal a value": keystore.seal,
    "build the entry": leaves.build_leaf,
    "write the rows": appending._store,
    "commit": inspect.unwrap(BaseDatabaseWrapper.commit),
    "acknowledge": Worker._acknowledge,
    "record the size": publishing._recorded,
    "ask for a signature": signing._ask,
    "keep the note": publishing._kept,
}
_NAMES = [_STARTING, *_PHASES]


def load(folder: Path, seed: str, kills: str) -> None:
    """Kill one of four, again and again; of three in turn: alone, with its signer, or only its signer.

    The moments lie within a few rounds of work as long as they take here: on a busy machine nothing would get done
    between one death and the next.
    """
    chance, number = random.Random(seed), 0
    pause = max(0.5, 2 * _round(folder))
    deaths: list[str] = []
    alive: list[Life] = []
    while len(deaths) < int(kills):
        while len(alive) < _AT_ONCE:
            number += 1
            alive.append(Life(_laborer(folder, f"w{number}", writes=1 + number % 3)))
        time.sleep(chance.uniform(0.02, pause))
        life, how = alive[chance.randrange(_AT_ONCE)], chance.randrange(3)
        if how == 2 and _killed_signer(life):
            deaths.append("signer")
            continue
        alive.remove(life)
        life.kill(group=how == 1)
        assert life.wait()
        deaths.append(_NAMES[life.slot.value])
    _kill_all(alive)
    (folder / "deaths").write_text("\n".join(deaths), encoding="utf-8")


def _round(folder: Path) -> float:
    """How many seconds one act and its signature take on this machine just now."""
    began = time.monotonic()
    assert not Life(_actor(folder, "first", last=sys.maxsize)).wait()
    return time.monotonic() - began


def _killed_signer(life: Life) -> bool:
    for pid in life.signers():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def _laborer(folder: Path, name: str, writes: int) -> Callable[[Life], None]:
    def live(life: Life) -> None:
        numbers = {function.__code__: n for n, function in enumerate(_PHASES.values(), start=1)}
        sys.setprofile(_noting(life.slot, numbers))
        worker = Worker(folder, name)
        while True:
            for _ in range(writes):
                worker.write()
            worker.publish()

    return live


def _noting(slot: Slot, numbers: dict[CodeType, int]) -> Callable[[FrameType, str, object], None]:
    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in numbers:
            slot.value = numbers[frame.f_code]

    return note


def steps(folder: Path, count: str) -> None:
    """Let each process die by its own hand at another step of the same act."""
    whole = Life(_actor(folder, "whole", last=sys.maxsize))
    assert not whole.wait()
    writer = Life(_laborer(folder, "beside", writes=5))
    deaths = []
    for i in range(int(count)):
        last = 1 + whole.slot.value * i // int(count)
        life = Life(_actor(folder, f"s{i}", last))
        deaths.append(f"{last if life.wait() else 'lived'}")
    _kill_all([writer])
    (folder / "deaths").write_text("\n".join(deaths), encoding="utf-8")


def _actor(folder: Path, name: str, last: int) -> Callable[[Life], None]:
    def live(life: Life) -> None:
        sys.setprofile(_counting(life.slot, last))
        worker = Worker(folder, name)
        worker.write()
        worker.publish()

    return live


def _counting(slot: Slot, last: int) -> Callable[[FrameType, str, object], None]:
    """Count the calls and returns in the product, also those into the libraries, and die at the last."""

    def count(frame: FrameType, _: str, __: object) -> None:
        if "concordia" in frame.f_globals.get("__name__", ""):
            slot.value += 1
            if slot.value >= last:
                os.kill(os.getpid(), signal.SIGKILL)

    return count


def _kill_all(lives: list[Life]) -> None:
    for life in lives:
        life.kill(group=True)
        life.wait()


def roots() -> None:
    """What every log was at every size, a line each."""
    for log in Log.objects.unscoped().order_by("origin"):
        for size in range(1, log.size + 1):
            print(log.origin, size, b64encode(stored_root(log, size)).decode())


def forge() -> None:
    """Do what nobody may: give the log other entries where some were signed before, up to that very size."""
    house = the_house()
    size, _ = signing.mark(house.log.origin)
    logs.resume_log(house.log.id)
    house.fill(size - house.log.size)
    publish()


if __name__ == "__main__":
    word, *rest = sys.argv[1:]
    globals()[word](*([Path(rest[0])] if rest else []), *rest[1:])
