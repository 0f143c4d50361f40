"""What backing up and restoring ask of a database, in the words of each of the two that we serve."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from django.db import connection

from concordia.domain.texts import Text

COPY = "copy"  # the name under which a copy is opened to be checked


class EngineError(Exception):
    """The database or its tools could not do what was asked; `text` says what and how to mend it."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(str(text))


class Engine(Protocol):
    """A database that can be copied to one file, and made again from it."""

    name: str
    file: str

    def dump(self, path: Path) -> None:
        """Write the database as it is at one moment. Raises EngineError, OSError."""

    def opened(self, path: Path) -> AbstractContextManager[str | None]:
        """The copy as a database of its own, by the name to use; None when none may be made to check it in."""

    def is_empty(self) -> bool:
        """Whether there is nothing yet where the database belongs."""

    def load(self, path: Path) -> None:
        """Put a copy where the database belongs. Raises EngineError, OSError."""


def engine() -> Engine:
    """The engine of the database that is configured."""
    if connection.vendor == "sqlite":
        from concordia.ops.engines.sqlite import SQLite

        return SQLite()
    from concordia.ops.engines.postgresql import PostgreSQL

    return PostgreSQL()
