"""One program run and measured: processor seconds, wall seconds and memory of it and everything it starts."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

_EVERY = 0.02  # seconds between two looks at memory


@dataclass(frozen=True)
class Run:
    """What a program took. `peak` is the memory of all its processes at one moment, `largest` of the largest; in MB."""

    status: int
    cpu: float
    wall: float
    peak: float
    largest: float
    said: str


def run(
    command: Sequence[str], log: Path, *, environment: Mapping[str, str] | None = None, most: int = 1800
) -> Run:
    """Run a program to its end, or for `most` seconds. What it says goes to the log; its last lines are kept."""
    begun = perf_counter()
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=environment,
            start_new_session=True,
        )
        watch = _Watch(process.pid)
        watch.start()
        end = threading.Timer(most, os.killpg, (process.pid, signal.SIGKILL))
        end.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)  # it has a session of its own, which Ctrl+C does not reach
            raise
        finally:
            end.cancel()
            watch.done.set()
            process.returncode = 0  # it was waited for here
        wall = perf_counter() - begun
    watch.join()
    lines = log.read_text(errors="replace").strip().splitlines()
    return Run(
        status=os.waitstatus_to_exitcode(status),
        cpu=used.ru_utime + used.ru_stime,
        wall=wall,
        peak=max(watch.peak, watch.largest) / 1e6,
        largest=watch.largest / 1e6,
        said=" ".join(lines[-3:])[-300:],
    )


class _Watch(threading.Thread):
    """Looks again and again at what a process and its descendants hold in memory.

    The kernel's own account of a process that ended counts what its parent held when it was started.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.done = pid, threading.Event()
        self.peak, self.largest = 0, 0

    def run(self) -> None:
        """Look until told that it is over."""
        while not self.done.is_set():
            held = [_resident(one) for one in _tree(self.pid)]
            self.peak = max(self.peak, sum(now for now, _ in held))
            self.largest = max(self.largest, *(most for _, most in held))
            sleep(_EVERY)


def _tree(pid: int) -> list[int]:
    """A process and its descendants, told by the kernel."""
    found = [pid]
    for one in found:
        try:
            tasks = list(Path(f"/proc/{one}/task").iterdir())
            found += [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _resident(pid: int) -> tuple[int, int]:
    """What a process holds now and held at most, in bytes."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0, 0
    sizes = {
        name: int(rest.split()[0]) * 1024
        for name, _, rest in (line.partition(":") for line in status.splitlines())
        if name in {"VmRSS", "VmHWM"}
    }
    return sizes.get("VmRSS", 0), sizes.get("VmHWM", 0)
