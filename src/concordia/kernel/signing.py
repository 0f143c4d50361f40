"""Ask the signer, a command of its own, for a signed checkpoint (docs/decisions/0003)."""

import json
import shlex
import subprocess
import sys
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

_PATIENCE = 30  # seconds before a signer that does not answer is given up
_ORIGINS = 1000  # in one command line

type Mark = tuple[int, str]


class SigningError(Exception):
    """The signer refused or did not answer; its own sentence is the message."""


def sign(origin: str, size: int, root: bytes, proof: Sequence[bytes], at: datetime) -> bytes:
    """The signed note for a tree. Raises SigningError when the signer will not put its name to it."""
    request = {
        "origin": origin,
        "size": size,
        "root": b64encode(root).decode(),
        "proof": [b64encode(step).decode() for step in proof],
        "time": int(at.timestamp()),
    }
    return _ask([], json.dumps(request).encode())


def mark(origin: str) -> Mark:
    """The size and base64 root the signer last signed for a log; size 0 before the first."""
    return marks([origin])[origin]


def marks(origins: Sequence[str]) -> dict[str, Mark]:
    """The same for many logs at once. Raises SigningError when the signer cannot tell it of one of them."""
    found: dict[str, Mark] = {}
    for start in range(0, len(origins), _ORIGINS):
        for line in _ask(["--mark", *origins[start : start + _ORIGINS]]).splitlines():
            answer = json.loads(line)
            found[answer["origin"]] = (int(answer["size"]), str(answer["root"]))
    return found


def verifier_keys(origin: str) -> list[str]:
    """The keys with which everybody verifies the checkpoints of a log."""
    return _ask(["--vkeys", origin]).decode().split()


def _ask(arguments: Sequence[str], request: bytes = b"") -> bytes:
    command = shlex.split(settings.SIGNER_COMMAND) or [
        *(sys.executable, "-m", "concordia.signer", "--state", str(settings.SIGNER))
    ]
    try:
        answer = subprocess.run(
            [*command, *arguments], input=request, capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SigningError(f"the signer did not answer: {error}") from None
    if answer.returncode != 0:
        raise SigningError(answer.stderr.decode(errors="replace").strip())
    return answer.stdout
