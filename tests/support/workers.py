"""Worker processes of their own on one database, told to act at the same moment."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

_TESTS = Path(__file__).resolve().parents[1]
_START = """
import sys, time, pathlib
import django
django.setup()
from concordia.kernel.errors import NotFoundError, RefusalError
def together():
    pathlib.Path(sys.argv[1], f"ready-{sys.argv[2]}").touch()
    while not pathlib.Path(sys.argv[1], "go").exists():
        time.sleep(0.002)
def tries(act, times=1):
    done = 0
    for _ in range(times):
        try:
            act()
        except (RefusalError, NotFoundError):
            continue
        done += 1
    print(done)
"""
_MANY = """
import json, os, signal, traceback
def as_worker(index, script, out):
    os.dup2(out, 1)
    sys.argv[2] = str(index)
    try:
        exec(script, globals())
        sys.stdout.flush()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
def all_of(scripts):
    told, alive = [], {}
    for index, script in enumerate(scripts):
        from_it, to_us = os.pipe()
        if not (pid := os.fork()):
            as_worker(index, script, to_us)
        os.close(to_us)
        told.append(from_it)
        alive[pid] = index
    while alive:
        pid, status = os.wait()
        del alive[pid]
        if status:
            for other in alive:
                os.kill(other, signal.SIGKILL)
            sys.exit(1)
    return [open(one).read() for one in told]
print(json.dumps(all_of(json.loads(sys.argv[2]))))
"""


@dataclass(frozen=True)
class Workers:
    """Where they work. Every script begins with `prelude`; `together()` waits for the others, `tries()` counts."""

    folder: Path
    environment: dict[str, str]
    prelude: str

    def run(self, script: str) -> str:
        """What one process prints."""
        command = [sys.executable, "-c", _START + self.prelude + script]
        done = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def at_once(self, *scripts: str, number: int = 4) -> list[int]:
        """Run one script in so many processes, or several in one each, at once; the number each prints.

        One process reads the product and then divides itself: reading it takes longer than the work.
        """
        wanted = list(scripts) if len(scripts) > 1 else list(scripts) * number
        for old in self.folder.glob("ready-*"):
            old.unlink()
        (self.folder / "go").unlink(missing_ok=True)
        together = subprocess.Popen(
            [sys.executable, "-c", _START + self.prelude + _MANY, str(self.folder), json.dumps(wanted)],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        while len(list(self.folder.glob("ready-*"))) < len(wanted):
            assert together.poll() is None, "a worker ended before all were ready"
            time.sleep(0.01)
        (self.folder / "go").touch()
        answers, _ = together.communicate(timeout=180)
        assert together.returncode == 0
        return [int(answer) for answer in json.loads(answers)]


def workers_in(folder: Path, prelude: str) -> Workers:
    """Workers on the database of the tests, or on one in this folder where that is SQLite."""
    environment = os.environ | {
        "CONCORDIA_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "concordia.site.settings",
        "PYTHONPATH": str(_TESTS),
    }
    if connection.vendor == "postgresql":
        it = connection.settings_dict
        place = f"{it['USER']}:{it['PASSWORD']}@{it['HOST']}:{it['PORT'] or 5432}/{it['NAME']}"
        environment["CONCORDIA_DATABASE_URL"] = f"postgresql://{place}"
    else:
        copy_tables(folder / "concordia.sqlite3")
    return Workers(folder, environment, prelude)


def copy_tables(path: Path) -> None:
    """The database of the tests, as it is on disk, in another file: migrating anew takes seconds."""
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as ours,
        closing(sqlite3.connect(path)) as copy,
    ):
        ours.backup(copy)
