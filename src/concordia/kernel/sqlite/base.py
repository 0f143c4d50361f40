"""A database backend: Django's own for SQLite, with the settings and the lock that the promises need."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.features import DatabaseFeatures as SQLiteFeatures

from concordia.kernel.sqlite.writerlock import NoLock, WriterLock

OLDEST = (3, 37, 0)
_READING = ("SELECT", "EXPLAIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "VALUES")
# FULL: a commit is on disk before it is acknowledged. recursive_triggers: without it INSERT OR REPLACE would
# slip past the triggers that keep the register append-only.
_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA busy_timeout=30000",
    "PRAGMA secure_delete=ON",
)


class DatabaseFeatures(SQLiteFeatures):
    """A statement that returns rows ends when they are read, after the lock was let go: do without."""

    can_return_columns_from_insert = False
    can_return_rows_from_bulk_insert = False
    can_return_rows_from_update = False


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose writes wait their turn on the writer lock."""

    features_class = DatabaseFeatures
    transaction_modes = base.DatabaseWrapper.transaction_modes

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lock: WriterLock | None = None

    def get_connection_params(self) -> dict[str, Any]:
        """Write transactions begin as such, so that none has to be upgraded halfway."""
        if sqlite3.sqlite_version_info < OLDEST:
            raise ImproperlyConfigured(
                f"SQLite {sqlite3.sqlite_version} is too old: 3.37.0 or newer is needed."
            )
        params = super().get_connection_params()
        self.transaction_mode = "IMMEDIATE"
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open, under the lock since switching to WAL writes, and apply the settings."""
        name = str(conn_params["database"])
        in_memory = name == ":memory:" or "mode=memory" in name
        self._lock = NoLock() if in_memory else WriterLock(Path(f"{name}.lock"))
        with self._turn():
            connection = super().get_new_connection(conn_params)
            for setting in _SETTINGS:
                connection.execute(setting)
            if hasattr(connection, "setconfig"):
                # Closing must not write a checkpoint outside the lock.
                connection.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)
        return connection

    def create_cursor(self, name: str | None = None) -> "QueueingCursor":  # noqa: ARG002
        """A cursor whose single writes wait their turn."""
        cursor: QueueingCursor = self.connection.cursor(factory=QueueingCursor)
        cursor.wrapper = self
        return cursor

    @contextmanager
    def turn_for(self, query: str) -> Iterator[None]:
        """Hold the lock around a single write outside a transaction; reading waits for nobody."""
        if self._lock is None or self._lock.held or _reads(query):
            yield
            return
        with self._turn():
            yield

    def _start_transaction_under_autocommit(self) -> None:
        assert self._lock is not None
        self._lock.acquire()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._lock.release()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()
        finally:
            self._release_when_done()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._release_when_done()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            if self._lock is not None:
                self._lock.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        assert self._lock is not None
        self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()

    def _release_when_done(self) -> None:
        # A commit that failed (a full disk) leaves its transaction open: keep the lock for the rollback.
        if self._lock is not None and not (self.connection and self.connection.in_transaction):
            self._lock.release()


class QueueingCursor(base.SQLiteCursorWrapper):
    """Django's cursor, taking its turn where a statement writes by itself."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        with self.wrapper.turn_for(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement for each row of parameters."""
        with self.wrapper.turn_for(query):
            return super().executemany(query, param_list)


def _reads(query: str) -> bool:
    return query.lstrip(" \t\n(").upper().startswith(_READING)
