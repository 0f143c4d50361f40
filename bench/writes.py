"""How long a binding write takes when many come at once: eight processes, all on one alliance."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import chain
from statistics import median

from bench import alliance
from bench.lines import Line, judged

PROCESSES = 8
_SLOWEST = 250
_WHAT = {"append": "write: append to the register", "vote": "write: cast a vote"}


def measure(*, quick: bool) -> list[Line]:
    """The median and the slowest of 1,000 writes, for bare entries and for votes."""
    stage = alliance.found()
    start = datetime.now(UTC) - timedelta(days=12)
    proposals = [alliance.open_vote(stage, f"Voorstel {i}", start) for i in range(PROCESSES)]
    count = 10 if quick else 125
    return [_line(kind, count, stage, proposals) for kind in _WHAT]


def _line(kind: str, count: int, stage: alliance.Stage, proposals: list[str]) -> Line:
    taken = _at_once(kind, count, stage, proposals)
    return Line(
        what=_WHAT[kind],
        with_=f"{len(taken):,} writes by {PROCESSES} processes at once",
        typical=f"{median(taken):.0f} ms",
        worst=f"{max(taken):.0f} ms",
        aim=f"slowest < {_SLOWEST} ms",
        verdict=judged(max(taken) < _SLOWEST),
    )


def _at_once(kind: str, count: int, stage: alliance.Stage, proposals: list[str]) -> list[float]:
    """What each write took in milliseconds, waiting for the others included."""
    writers = [_start(kind, count, stage, i, proposal) for i, proposal in enumerate(proposals)]
    for writer in writers:
        assert writer.stdout is not None
        if writer.stdout.readline() != "ready\n":
            raise RuntimeError("a writer did not start")
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    answers = [json.loads(writer.communicate()[0]) for writer in writers]
    return list(chain.from_iterable(answers))


def _start(kind: str, count: int, stage: alliance.Stage, place: int, proposal: str) -> subprocess.Popen[str]:
    partner = alliance.PARTNERS[place % len(alliance.PARTNERS)]
    words = {
        "kind": kind,
        "count": count,
        "alliance": stage.founded.alliance,
        "partners": stage.founded.partners,
        "partner": partner,
        "user": stage.users[f"{partner}-board-member"],
        "proposal": proposal,
    }
    command = [sys.executable, "-m", "bench.writer", json.dumps(words)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
