"""A database backend: Django's own for SQLite, with the settings and the lock that the promises need."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.features import DatabaseFeatures as SQLiteFeatures
from django.db.utils import OperationalError

from concordia.kernel.sqlite.writerlock import NoLock, WriterLock

OLDEST = (3, 37, 0)
# Whatever is not known to read takes its turn.
_READING = re.compile(
    r"[\s(]*(SELECT|EXPLAIN|VALUES|SAVEPOINT|RELEASE|ROLLBACK|COMMIT|END|BEGIN(?! +(IMMEDIATE|EXCLUSIVE))"
    r"|PRAGMA(?! *(\w+\.)?(wal_checkpoint|journal_mode|incremental_vacuum|optimize)))\b",
    re.IGNORECASE,
)
# FULL: a commit is on disk before it is acknowledged. recursive_triggers: without it INSERT OR REPLACE would
# slip past the triggers that keep the register append-only.
_SETTINGS = (
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
        self._began = False
        self._only_reads = False

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
        with self.turn():
            connection = super().get_new_connection(conn_params)
            connection.execute("PRAGMA journal_mode=WAL")
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
        """Hold the lock around a statement, and on until its transaction ends; reading waits for nobody."""
        assert self._lock is not None
        self._refuse_if_lost(self.in_atomic_block)
        if not self._lock.held and not _READING.match(query):
            self._take_turn()
        try:
            yield
        finally:
            self._release_when_done()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the lock around work that no cursor of ours does, such as a backup."""
        assert self._lock is not None
        self._take_turn()
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def only_reading(self) -> Iterator[None]:
        """The next transaction sees one moment, takes no lock and refuses to write."""
        self._only_reads = True
        self.ensure_connection()
        self.connection.execute("PRAGMA query_only=ON")
        try:
            yield
        finally:
            self._only_reads = False
            if self.connection is not None:
                self.connection.execute("PRAGMA query_only=OFF")

    def _start_transaction_under_autocommit(self) -> None:
        if self._only_reads:
            self.cursor().execute("BEGIN DEFERRED")
            return
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._release_when_done()
            raise
        self._began = True

    def _commit(self) -> None:
        try:
            self._refuse_if_lost(self._began)
            super()._commit()  # type: ignore[misc]
        finally:
            self._release_when_done()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._release_when_done()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._began = False
            if self._lock is not None:
                self._lock.close()

    def _take_turn(self) -> None:
        assert self._lock is not None
        try:
            self._lock.acquire()
        except OSError as error:
            raise OperationalError(f"the writer lock: {error}") from error

    def _refuse_if_lost(self, expected: bool) -> None:
        """A full disk can make SQLite roll back by itself; nothing may then go on as if it had not."""
        if expected and not (self.connection and self.connection.in_transaction):
            raise OperationalError("the transaction was rolled back by the database")

    def _release_when_done(self) -> None:
        # A commit that failed (a full disk) leaves its transaction open: keep the lock for the rollback.
        if not (self.connection and self.connection.in_transaction):
            self._began = False
            if self._lock is not None:
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
