"""Copies of a PostgreSQL database, by PostgreSQL's own pg_dump and pg_restore."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import ProgrammingError, connection, connections

from concordia.domain.texts import both
from concordia.ops.engines import COPY, EngineError

_FOLDERS = "/usr/lib/postgresql"  # where Debian keeps the tools of each version


class PostgreSQL:
    """The copy is a dump in PostgreSQL's custom format."""

    name = "postgresql"
    file = "database.dump"

    def dump(self, path: Path) -> None:
        """Dump one moment; writers are not kept waiting."""
        _run("pg_dump", "--format=custom", f"--file={path}", _own())

    @contextmanager
    def opened(self, path: Path) -> Iterator[str | None]:
        """The dump, restored into a database of its own, which is dropped afterwards."""
        scratch = f"{_own()}_check_{secrets.token_hex(4)}"
        try:
            _execute(f"CREATE DATABASE {_quoted(scratch)}")
        except ProgrammingError:  # this role may not make databases
            _run("pg_restore", f"--file={os.devnull}", str(path))
            yield None
            return
        described = connection.settings_dict | {"NAME": scratch}
        connections.databases[COPY] = connections.configure_settings({"default": {}, COPY: described})[COPY]
        try:
            _restore(scratch, path)
            yield COPY
        finally:
            connections[COPY].close()
            del connections[COPY]
            del connections.databases[COPY]
            _execute(f"DROP DATABASE {_quoted(scratch)}")

    def is_empty(self) -> bool:
        """Whether the database holds no table yet."""
        return not connection.introspection.table_names()

    def load(self, path: Path) -> None:
        """Restore in one transaction: all of it or nothing."""
        connection.close()
        _restore(_own(), path)


def _restore(name: str, path: Path) -> None:
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    _run("pg_restore", *options, f"--dbname={name}", str(path))


def _run(tool: str, *arguments: str) -> None:
    settings = connection.settings_dict
    words = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
    where = {words[key]: str(settings[key]) for key in words if settings[key]}
    done = subprocess.run(
        [_tool(tool), *arguments], env=os.environ | where, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip()
        raise EngineError(both(f"{tool} lukte niet: {said}", f"{tool} failed: {said}"))


def _tool(name: str) -> str:
    """The path of a tool, of the version of the server where several are installed."""
    versions = sorted(Path(_FOLDERS).glob(f"*/bin/{name}"), key=lambda path: _number(path.parts[-3]))
    connection.ensure_connection()
    major = connection.pg_version // 10_000  # type: ignore[attr-defined]
    fitting = [path for path in versions if _number(path.parts[-3]) >= major]
    found = str(fitting[0]) if fitting else shutil.which(name)
    if found is None:
        raise EngineError(
            both(
                f"{name} is niet gevonden. Installeer postgresql-client-{major} op deze machine.",
                f"{name} was not found. Install postgresql-client-{major} on this machine.",
            )
        )
    return found


def _number(version: str) -> int:
    digits = re.match(r"\d+", version)
    return int(digits.group()) if digits else 0


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _own() -> str:
    return str(connection.settings_dict["NAME"])
