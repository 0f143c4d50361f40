"""A whole installation in a folder of its own, used from outside by starting processes, as an operator does."""

import os
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

TESTS = Path(__file__).resolve().parents[1]
_HOUSE = TESTS / "support" / "working.py"


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Installation:
    """A data folder and a database. On PostgreSQL the database has a name that goes with the installation."""

    data: Path
    url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORDIA_")}
        return kept | {
            "CONCORDIA_DATA": str(self.data),
            "CONCORDIA_DATABASE_URL": self.url,
            "CONCORDIA_LOG_HOST": "concordia.example",
            "DJANGO_SETTINGS_MODULE": "concordia.site.settings",
            "PYTHONPATH": str(TESTS),
            "LANG": "en_US.UTF-8",
        }

    def run(self, *words: object, timeout: float = 180) -> Answer:
        """Run a command of `concordia`."""
        return self._answer([sys.executable, "-m", "concordia", *map(str, words)], timeout)

    def work(self, *words: object, timeout: float = 180) -> Answer:
        """Do something with the register in a process of its own (support/working.py)."""
        return self._answer(self.command(*words), timeout)

    def script(self, text: str, *words: str) -> Answer:
        """Run a few lines of Python in a process of its own."""
        return self._answer([sys.executable, "-c", text, *words], 60)

    def command(self, *words: object) -> list[str]:
        """The command line of `work`."""
        return [sys.executable, str(_HOUSE), *map(str, words)]

    def start(self, *words: object) -> subprocess.Popen[bytes]:
        """Start `work` and come back at once."""
        return subprocess.Popen(
            self.command(*words), env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def copy(self, folder: Path) -> "Installation":
        """The same data in another folder, its database too."""
        shutil.copytree(self.data, folder)
        return self._elsewhere(folder, template=self._name if self.url else "")

    def empty(self, folder: Path) -> "Installation":
        """An installation with nothing in it, on a database of the same kind."""
        folder.mkdir()
        return self._elsewhere(folder, template="template0")

    def drop(self) -> None:
        """Remove the database where it does not go with the folder."""
        if self.url:
            _on_the_server(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')

    @property
    def _name(self) -> str:
        return self.url.rpartition("/")[2]

    def _elsewhere(self, folder: Path, template: str) -> "Installation":
        if not self.url:
            return replace(self, data=folder)
        return Installation(folder, make_database(template))

    def _answer(self, command: list[str], timeout: float) -> Answer:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )
        return Answer(done.returncode, done.stdout, done.stderr)


def new_installation(folder: Path) -> Installation:
    """An installation with its tables, and one alliance whose logs are empty."""
    folder.mkdir()
    url = make_database("template0") if connection.vendor == "postgresql" else ""
    made = Installation(folder, url)
    answer = made.work("found")
    assert answer.status == 0, answer.err
    return made


def make_database(template: str) -> str:
    """A PostgreSQL database beside the one that is configured; its URL."""
    name = f"concordia_trial_{secrets.token_hex(4)}"
    _on_the_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    own = settings.DATABASES["default"]
    person = f"{quote(own['USER'])}:{quote(own['PASSWORD'])}@" if own["USER"] else ""
    return f"postgresql://{person}{own['HOST']}:{own['PORT']}/{name}"


def _on_the_server(statement: str) -> None:
    """Run it on a connection of its own, since a test's may be in a transaction, where databases are not made."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute(statement)
    finally:
        own.close()
