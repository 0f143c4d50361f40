"""Check a delivery: start the process that reads it, follow it, and give back its result (C42)."""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from concordia.deliveries.limits import size_of
from concordia.deliveries.outputs import QUARANTINE, keep_copy
from concordia.domain.checking.result import Result, from_plain
from concordia.domain.contracts.sampling import Candidate, ColumnSeen
from concordia.domain.texts import Text, both

MEMORY, DISK = "512MB", "50GB"
QUARANTINE_FORMS = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl"}
_ENVIRONMENT = {
    "PATH": "",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others set aside more address space than the limit leaves
    "OPENBLAS_NUM_THREADS": "1",
    # Columns of a batch come and go: memory that went back to the system each time would have to be cleared anew.
    # One arena, since what one thread gives back another could not use.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(4 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(32 << 20),
}


class UnfinishedError(RuntimeError):
    """Raised when a check could not be finished, with a sentence that says why and what to do."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(str(text))


class UnreadError(ValueError):
    """Raised for files that cannot be read as a delivery, with a sentence for people."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(str(text))


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Where failing rows go: a file that ends as `QUARANTINE_FORMS` has it, at most how many, the language of why."""

    path: Path
    most: int = 100_000
    language: str = "en"

    def job(self) -> dict[str, Any]:
        """What the reading process is told of it."""
        form = QUARANTINE_FORMS[self.path.suffix.lower()]
        return {"form": form, "most": self.most, "language": self.language}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading process may use: memory and disk as `512MB`, seconds of processor time, threads."""

    memory: str = MEMORY
    disk: str = DISK
    seconds: int | None = None
    threads: int = 2


def check_delivery(
    contract: str,
    item: str,
    files: Sequence[Path],
    *,
    references: Mapping[str, Sequence[Path]] | None = None,
    server: str | None = None,
    schema: Path | None = None,
    sample: int = 20,
    profile: bool = True,
    quarantine: Quarantine | None = None,
    limits: Limits | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Result:
    """The result of checking files against one object of a contract, given as text that `read_contract` reads.

    `server` names the server of the contract that says how a CSV is written, where its servers do not say the same.
    XML messages are held against `schema` too, an XML Schema with what lies beside it; UnreadError when it is none.
    Raises UnfinishedError when the process was killed or ran out of what it may use; ValueError for limits that
    are none. Nothing is left behind, also when the caller is interrupted.
    `quarantine` has failing rows written to a file, whole or not at all.
    """
    job = _job("check", files, limits or Limits()) | {
        "contract": contract,
        "contract_sha256": hashlib.sha256(contract.encode()).hexdigest(),
        "object": item,
        "references": {name: _paths(given) for name, given in (references or {}).items()},
        "server": server,
        "schema": str(schema.resolve()) if schema else None,
        "sample": sample,
        "profile": profile,
        "quarantine": quarantine.job() if quarantine else None,
    }
    with _folder() as temporary:
        plain = _followed(job | {"temporary": temporary}, "result", progress)
        if quarantine and (made := Path(temporary, QUARANTINE)).exists():
            _hand_over(made, quarantine.path)
    return from_plain(plain)


def _hand_over(made: Path, place: Path) -> None:
    try:
        keep_copy(made, place)
    except OSError as error:
        why = error.strerror or str(error)
        raise UnfinishedError(
            both(
                f"{place} kon niet worden geschreven: {why}. Er is niets van bewaard. "
                "Maak ruimte of kies een andere plaats.",
                f"{place} could not be written: {why}. Nothing of it was kept. Make room or choose another place.",
            )
        ) from error


def survey_files(files: Sequence[Path], *, limits: Limits | None = None) -> tuple[ColumnSeen, ...]:
    """What stands in the columns of files that no contract describes yet.

    Raises UnreadError for files that cannot be read as a delivery, and what `check_delivery` raises.
    """
    with _folder() as temporary:
        job = _job("survey", files, limits or Limits()) | {"temporary": temporary}
        seen = _followed(job, "seen", lambda *_: None)
    return tuple(_column(plain) for plain in seen)


def _column(plain: dict[str, Any]) -> ColumnSeen:
    candidates = tuple(
        Candidate(**one | {"options": tuple((name, value) for name, value in one["options"])})
        for one in plain["candidates"]
    )
    return ColumnSeen(**plain | {"candidates": candidates, "values": tuple(plain["values"])})


def _job(kind: str, files: Sequence[Path], given: Limits) -> dict[str, Any]:
    return {
        "kind": kind,
        "files": _paths(files),
        "memory": size_of(given.memory),
        "disk": size_of(given.disk),
        "seconds": given.seconds,
        "threads": given.threads,
    }


def _paths(files: Sequence[Path]) -> list[str]:
    return [str(path.resolve()) for path in files]


def _folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for one job, that goes with it. Raises UnfinishedError where none can be made."""
    try:
        return tempfile.TemporaryDirectory(prefix="concordia-check-")
    except OSError as error:
        why = error.strerror or str(error)
        raise UnfinishedError(
            both(
                f"Er kon geen map voor tijdelijke bestanden worden gemaakt: {why}. Wijs er een aan met TMPDIR.",
                f"No folder for temporary files could be made: {why}. Name one with TMPDIR.",
            )
        ) from error


def _followed(job: dict[str, Any], answer: str, progress: Callable[[str, int, int], None]) -> Any:
    # its environment is not handed on, so whether Python may keep what it compiles is told by a word
    alone = "-IB" if sys.dont_write_bytecode else "-I"
    with subprocess.Popen(  # noqa: S603
        [sys.executable, alone, "-m", "concordia.deliveries.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_ENVIRONMENT,
    ) as process:
        try:
            return _answer(process, job, answer, progress)
        finally:
            process.kill()


def _answer(
    process: subprocess.Popen[str],
    job: dict[str, Any],
    answer: str,
    progress: Callable[[str, int, int], None],
) -> Any:
    try:
        _hand_in(process, job)
        for line in _lines(process):
            if "progress" in line:
                progress(*line["progress"])
            elif "unfinished" in line:
                raise UnfinishedError(Text.of(line["unfinished"]))
            elif "unread" in line:
                raise UnreadError(Text.of(line["unread"]))
            elif answer in line:
                return line[answer]
    except BrokenPipeError:
        pass
    raise UnfinishedError(_ended(process))


def _hand_in(process: subprocess.Popen[str], job: dict[str, Any]) -> None:
    if process.stdin is not None:
        json.dump(job, process.stdin)
        process.stdin.close()


def _lines(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    for line in process.stdout or ():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found


def _ended(process: subprocess.Popen[str]) -> Text:
    """Why a process gave no answer."""
    process.stdout and process.stdout.close()
    said = (process.stderr.read() if process.stderr else "").strip().splitlines()
    status = process.wait()
    if status < 0:
        return both(
            f"Het lezen is van buiten gestopt (signaal {-status}), misschien om het geheugen of de tijd. "
            "Probeer het opnieuw, met meer --memory.",
            f"The reading was stopped from outside (signal {-status}), perhaps for memory or time. "
            "Try again, with more --memory.",
        )
    last = said[-1][:200] if said else f"status {status}"
    if "MemoryError" in last or "bad_alloc" in last or "Cannot allocate" in last:
        return both(
            "Het geheugen was te klein voor deze levering. Geef meer met --memory.",
            "There was too little memory for this delivery. Give more with --memory.",
        )
    return both(f"Het lezen is gestopt: {last}", f"The reading stopped: {last}")
