"""Environments that each hold one tool of others and nothing of ours, made once under `build/oracles`."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "oracles"


class UnavailableError(RuntimeError):
    """Raised with why an environment cannot be made here."""


def python_with(*requirements: str) -> Path:
    """The interpreter of the environment with these packages, named after the first. Raises UnavailableError."""
    folder = PLACE / requirements[0].replace("[", "-").replace("]", "").replace("==", "-")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # programs run side by side, and one of them makes it
        if not (folder / "made").exists():
            _make(folder, requirements)
    return folder / "bin" / "python"


def _make(folder: Path, requirements: tuple[str, ...]) -> None:
    uv = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    if not Path(uv).exists():
        raise UnavailableError("uv is not here to make an environment")
    shutil.rmtree(folder, ignore_errors=True)
    python = str(folder / "bin" / "python")
    for words in (
        ["venv", "--quiet", "--python", sys.executable, str(folder)],
        ["pip", "install", "--quiet", "--python", python, *requirements],
    ):
        done = subprocess.run(  # noqa: S603
            [uv, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
            env=os.environ | {"UV_SYSTEM_CERTS": "true"},
        )
        if done.returncode:
            raise UnavailableError(f"{requirements[0]} cannot be fetched now: {done.stderr.strip()[-200:]}")
    (folder / "made").touch()
