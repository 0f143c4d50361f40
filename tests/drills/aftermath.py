"""What must hold of an installation whatever happened to it: nothing acknowledged lost, nothing signed twice."""

import os
import subprocess
import sys
from base64 import b64decode
from collections import defaultdict
from pathlib import Path

from support.installation import TESTS, Answer, Installation

from concordia.domain.checkpoint import parse_checkpoint

_HERE = Path(__file__).parent


def drill(place: Installation, notes: Path, *words: object, timeout: float = 120) -> Answer:
    """Run dying.py on an installation whose signer leaves a copy of every note."""
    command = [sys.executable, str(_HERE / "dying.py"), *map(str, words)]
    done = subprocess.run(
        command, env=noted(place, notes), capture_output=True, text=True, timeout=timeout, check=False
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def noted(place: Installation, notes: Path) -> dict[str, str]:
    """The environment of an installation whose signer leaves a copy of every note."""
    signer = f"{sys.executable} {_HERE / 'notary.py'} {notes} --state {place.data / 'signer'}"
    return place.environment | {"CONCORDIA_SIGNER_COMMAND": signer, "PYTHONPATH": os.fspath(TESTS)}


def acknowledged(folder: Path) -> dict[int, str]:
    """What the writers were told: number and title."""
    lines = (folder / "acknowledged").read_text(encoding="utf-8").splitlines()
    return {int(number): title for number, _, title in (line.partition(" ") for line in lines)}


def entries_of(place: Installation) -> dict[int, str]:
    """What is in the shared log now: number and title."""
    answer = place.work("entries")
    assert answer.status == 0, answer.err
    return {int(n): title for n, _, title in (line.partition(" ") for line in answer.out.splitlines())}


def lost(place: Installation, told: dict[int, str]) -> dict[int, str]:
    """What was acknowledged and is not there, or is there as something else."""
    there = entries_of(place)
    return {n: title for n, title in told.items() if there.get(n) != title}


def given(notes: Path) -> dict[tuple[str, int], set[bytes]]:
    """The roots of the notes the signer ever gave, by log and size."""
    roots = defaultdict(set)
    for line in notes.read_bytes().splitlines():
        signed = parse_checkpoint(b64decode(line))
        roots[signed.origin, signed.size].add(signed.root)
    return dict(roots)


def roots(place: Installation, notes: Path) -> dict[tuple[str, int], bytes]:
    """The root that the tree has here, by log and size."""
    answer = drill(place, notes, "roots")
    assert answer.status == 0, answer.err
    rows = [line.split() for line in answer.out.splitlines()]
    return {(log, int(size)): b64decode(root) for log, size, root in rows}


def assert_sound(place: Installation, notes: Path) -> None:
    """The register recomputes, goes on, and every size was signed for one tree only: the one that is here."""
    whole = place.run("fsck")
    assert whole.status == 0, whole.out
    for went_on in (place.work("append", 1), drill(place, notes, "publish")):
        assert went_on.status == 0, went_on.err
    here = roots(place, notes)
    assert {key: signed for key, signed in given(notes).items() if signed != {here.get(key)}} == {}
