"""Contenders run by turns, and what their runs come to."""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.deliveries.contenders import Contender
from bench.deliveries.data import Made
from bench.deliveries.running import Run, run
from bench.environments import ROOT, UnavailableError

_ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}


@dataclass
class Measured:
    """What a contender did with a delivery; `why` tells why it did not."""

    contender: Contender
    delivery: Made
    runs: list[Run] = field(default_factory=list)
    given: int = 0
    exact: int = 0
    wrong: dict[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def cpu(self) -> float:
        """Processor seconds, the median of the rounds."""
        return median(one.cpu for one in self.runs)

    @property
    def wall(self) -> float:
        """Seconds on the clock, the median of the rounds."""
        return median(one.wall for one in self.runs)

    @property
    def peak(self) -> float:
        """MB of all its processes together at their highest, the median of the rounds."""
        return median(one.peak for one in self.runs)

    @property
    def largest(self) -> float:
        """MB of its largest process, the most of all rounds."""
        return max(one.largest for one in self.runs)

    @property
    def speed(self) -> float:
        """Millions of cells for each processor second."""
        return self.delivery.cells / 1e6 / self.cpu


def by_turns(jobs: Sequence[tuple[Contender, Made]], rounds: int) -> list[Measured]:
    """Run each once, then each again: what slows the machine for a while slows all of them."""
    found = [Measured(*job) for job in jobs]
    for number in range(rounds):
        for one in found:
            if not one.why and (number == 0 or not one.contender.slow):
                _once(one, f"{number + 1} of {rounds}")
    return found


def _once(one: Measured, turn: str) -> None:
    with tempfile.TemporaryDirectory(prefix="concordia-bench-") as folder:
        answer, log = Path(folder, "answer.json"), Path(folder, "log")
        try:
            command = one.contender.command(one.delivery, answer)
        except UnavailableError as why:
            one.why = str(why)
            return
        done = run(command, log, environment=_ENVIRONMENT)
        if done.status not in one.contender.accepted or not answer.exists():
            one.why = f"ended with {done.status}: {done.said}"
        else:
            one.runs.append(done)
            _judge(one, answer)
    said = (
        one.why or f"{done.cpu:.1f} CPU s, {done.wall:.1f} s, {done.peak:.0f} MB, {one.exact} of {one.given}"
    )
    wrong = json.dumps(one.wrong) if one.wrong else ""
    rows = f"{one.delivery.rows:,} rows"
    print(f"  {one.contender.name}, {rows}, {turn}: {said} {wrong}", file=sys.stderr, flush=True)


def _judge(one: Measured, answer: Path) -> None:
    """Hold every count against what is known."""
    counts, truth = one.contender.counts(one.delivery, answer), one.delivery.truth
    one.given = len(counts)
    one.wrong = {name: f"{n} for {truth[name]}" for name, n in counts.items() if n != truth[name]}
    one.exact = len(counts) - len(one.wrong)
    one.wrong |= dict.fromkeys(one.contender.others_than_nought(one.delivery, answer), "not nought")
