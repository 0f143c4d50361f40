"""A migration that dies half way is finished by the next start, and what it made is whole."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.installation import Installation

_DYING = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
left = int(sys.argv[1])
def count(execute, sql, params, many, context):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
with connection.execute_wrapper(count):
    call_command("migrate", interactive=False, verbosity=0)
"""
STATEMENTS = (2, 9, 30, 70, 110, 180, 260, 340)


@pytest.fixture
def empty(installed: Installation, tmp_path: Path, db: None) -> Iterator[Installation]:
    """An installation without tables."""
    made = installed.empty(tmp_path / "empty")
    yield made
    made.drop()


def migrate(place: Installation, statements: int) -> int:
    """Migrate until so many statements were run; how the process ended."""
    command = [sys.executable, "-c", _DYING, str(statements)]
    return subprocess.run(command, env=place.environment, capture_output=True, timeout=120).returncode


def test_a_migration_killed_at_many_statements_is_finished_by_the_next(empty: Installation) -> None:
    ended = [migrate(empty, statements) for statements in STATEMENTS]
    assert ended.count(-signal.SIGKILL) >= 6, ended

    assert empty.work("found").status == 0
    assert empty.work("append", 3).status == 0
    sound = empty.run("fsck")
    assert sound.status == 0, sound.out + sound.err
