"""Copies of a SQLite database, by SQLite's own online backup."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile

from django.db import DEFAULT_DB_ALIAS, connection, connections

from concordia.domain.texts import both
from concordia.kernel.sqlite.base import DatabaseWrapper
from concordia.ops.engines import COPY, EngineError

_BESIDE = ("-wal", "-shm", "-journal", ".lock")


class SQLite:
    """The database is one file, and so is its copy."""

    name = "sqlite"
    file = "database.sqlite3"

    def dump(self, path: Path) -> None:
        """Copy page by page while no writer is at work."""
        ours = connections[DEFAULT_DB_ALIAS]
        assert isinstance(ours, DatabaseWrapper)
        ours.ensure_connection()
        try:
            with ours.turn(), closing(sqlite3.connect(path)) as copy:
                ours.connection.backup(copy)
        except sqlite3.Error as error:  # no room, as a rule
            raise EngineError(
                both(
                    f"{path}: niet te schrijven ({error}). Er is niets bewaard; maak ruimte.",
                    f"{path}: cannot be written ({error}). Nothing was kept; make room.",
                )
            ) from None
        _settle(path)

    @contextmanager
    def opened(self, path: Path) -> Iterator[str | None]:
        """The copy, opened as the product opens its database; it is one file again afterwards."""
        described = {"ENGINE": "concordia.kernel.sqlite", "NAME": str(path)}
        connections.databases[COPY] = connections.configure_settings({"default": {}, COPY: described})[COPY]
        try:
            yield COPY
        finally:
            connections[COPY].close()
            del connections[COPY]
            del connections.databases[COPY]
            _settle(path)

    def is_empty(self) -> bool:
        """Whether the file is not there, or was only touched."""
        path = _place()
        return not path.exists() or path.stat().st_size == 0

    def load(self, path: Path) -> None:
        """Copy beside the place, see it on disk, then rename: a restore that is cut off leaves nothing."""
        place = _place()
        connection.close()
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".{place.name}.part")
        copyfile(path, fresh)
        fresh.chmod(0o600)
        _sync(fresh)
        for suffix in _BESIDE:  # what a former database left would be taken for a part of this one
            Path(f"{place}{suffix}").unlink(missing_ok=True)
        fresh.replace(place)
        _sync(place.parent)


def _place() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _settle(path: Path) -> None:
    """Leave one file that holds everything, on disk."""
    try:
        with closing(sqlite3.connect(path)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        raise EngineError(
            both(
                f"De kopie is geen goede database ({error}). Controleer de schijf en maak een nieuwe.",
                f"The copy is not a sound database ({error}). Check the disk and make a new one.",
            )
        ) from None
    for suffix in _BESIDE:
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
