"""`concordia check` as somebody runs it."""

import os
import subprocess
import sys


def run(*words: object, language: str = "en") -> subprocess.CompletedProcess[str]:
    """What the command says and how it ends, for a reader of a language."""
    return subprocess.run(
        [sys.executable, "-m", "concordia", "check", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"LC_ALL": f"{language}.UTF-8", "PYTHONUTF8": "1"},
    )
