"""Worker processes of their own on one database, told to act at the same moment."""

import os
import subprocess
import sys
import time
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
        """Run one script in so many processes, or several in one each, at once; the number each prints."""
        wanted = list(scripts) if len(scripts) > 1 else list(scripts) * number
        for old in self.folder.glob("ready-*"):
            old.unlink()
        (self.folder / "go").unlink(missing_ok=True)
        running = [
            subprocess.Popen(
                [sys.executable, "-c", _START + self.prelude + script, str(self.folder), str(index)],
                env=self.environment,
                stdout=subprocess.PIPE,
                text=True,
            )
            for index, script in enumerate(wanted)
        ]
        while len(list(self.folder.glob("ready-*"))) < len(running):
            assert all(process.poll() in (None, 0) for process in running)
            time.sleep(0.01)
        (self.folder / "go").touch()
        return [int(process.communicate(timeout=60)[0]) for process in running]


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
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)
    return Workers(folder, environment, prelude)
