"""Give cases to readers, follow them, and keep what they fall over."""

import json
import os
import select
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from fuzz.cases import TARGETS, Case, case_of

PATIENCE = 60.0  # seconds after which a case counts as one that hangs
_FRESH = 400  # cases after which a reader makes place for a new one
_WHOLE = 150  # one in so many cases is also read by the whole command line
_STATUSES = {0, 1, 2, 3, 4}


@dataclass(frozen=True, slots=True)
class Found:
    """A case that made something fall over, what happened, and where its input is kept."""

    number: int
    target: str
    what: str
    kept: Path


@dataclass(slots=True)
class Run:
    """What was tried, by target, and what was found."""

    seed: int
    tried: Counter[str] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)


def run(
    seed: int,
    seconds: float,
    keep: Path,
    *,
    targets: tuple[str, ...] = TARGETS,
    only: int | None = None,
    told: Callable[[Run], None] = lambda _: None,
) -> Run:
    """Try cases from the first on for so many seconds, or the only one that is named."""
    made, ends = Run(seed), monotonic() + seconds
    number = 0 if only is None else only
    with tempfile.TemporaryDirectory(prefix="concordia-fuzz-") as folder:
        reader = _Reader()
        try:
            while monotonic() < ends:
                case = case_of(seed, number, targets)
                if (what := _tried(reader, case, Path(folder, str(number)), only is not None)) is not None:
                    made.found.append(_kept(made, case, what, keep))
                made.tried[case.target] += 1
                told(made)
                if only is not None:
                    break
                number += 1
        finally:
            reader.stop()
    return made


def _tried(reader: "_Reader", case: Case, folder: Path, whole: bool) -> str | None:
    """What was wrong with reading a case, or None."""
    folder.mkdir()
    path, contract = folder / "input", folder / "contract.yaml"
    path.write_bytes(case.content)
    contract.write_bytes(case.contract)
    wrong = reader.read(case, path, contract)
    if wrong is None and (whole or case.number % _WHOLE == _WHOLE - 1):
        wrong = _by_command(case, path, contract)
    for left in (path, contract, folder / "agreed.xsd"):
        left.unlink(missing_ok=True)
    return wrong


def _by_command(case: Case, path: Path, contract: Path) -> str | None:
    """The whole command line: a status from 0 to 4, and no error of the program itself."""
    words = (
        ["contract", "lint", str(path)] if case.target == "contract" else ["check", str(contract), str(path)]
    )
    command = [sys.executable, "-m", "concordia", *words]
    try:
        done = subprocess.run(command, capture_output=True, timeout=2 * PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return f"hangs: {' '.join(words[:2])}"
    if done.returncode not in _STATUSES or b"Traceback" in done.stderr + done.stdout:
        return f"status {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}"
    return None


def _kept(made: Run, case: Case, what: str, keep: Path) -> Found:
    place = keep / f"{case.target}-{made.seed}-{case.number}"
    place.mkdir(parents=True, exist_ok=True)
    (place / "input").write_bytes(case.content)
    (place / "contract.yaml").write_bytes(case.contract)
    (place / "what.txt").write_text(f"{what}\n", encoding="utf-8")
    return Found(case.number, case.target, what, place)


class _Reader:
    """A process that reads one case after another; a new one where the last was lost."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0

    def read(self, case: Case, path: Path, contract: Path) -> str | None:
        """What was wrong with reading this case, or None."""
        if self._read >= _FRESH:
            self.stop()
        process = self._started()
        self._read += 1
        given = {"case": case.number, "target": case.target, "path": str(path), "contract": str(contract)}
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps(given).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            return self._lost(process)
        answer = self._answer(process)
        if answer is None:
            return self._lost(process)
        return str(answer["wrong"]) if answer["wrong"] else None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            command = [sys.executable, "-m", "fuzz.reader"]
            errors = tempfile.TemporaryFile()  # noqa: SIM115
            pipe = subprocess.PIPE
            environment = os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system"}
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, env=environment)
            self._errors, self._read = errors, 0
        return self._process

    def _answer(self, process: subprocess.Popen[bytes]) -> dict[str, object] | None:
        """The answer to a case; None where there is none, for what is said besides is no answer."""
        assert process.stdout is not None
        ends, said = monotonic() + PATIENCE, b""
        while (left := ends - monotonic()) > 0:
            if not select.select([process.stdout], [], [], left)[0]:
                return None
            piece = os.read(process.stdout.fileno(), 1 << 16)  # a buffer would hide what is there from select
            if not piece:
                return None
            *lines, said = (said + piece).split(b"\n")
            for line in lines:
                if b'"wrong"' in line:
                    found: dict[str, object] = json.loads(line)
                    return found
        return None

    def _lost(self, process: subprocess.Popen[bytes]) -> str:
        """Why a reader is gone."""
        status = process.poll()
        self.stop()
        self._errors.seek(0)
        said = self._errors.read()[-2000:].decode(errors="replace")
        return f"hangs for {PATIENCE:.0f} s" if status is None else f"ended with {status}: {said}"

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
