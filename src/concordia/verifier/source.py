"""Where a log's files come from, and which of them were asked for."""

from concordia.domain.archive import Archive, DamagedError
from concordia.domain.bundle import PRIVATE


class Source:
    """The files of one log in a bundle. Damaged ones are given as they are, and remembered.

    `was_followed` turns false when something missing or malformed keeps the rest from being asked for.
    """

    def __init__(self, archive: Archive, prefix: str) -> None:
        self._archive = archive
        self._prefix = prefix
        self.damaged: list[str] = []
        self.asked: set[str] = set()
        self.was_followed = True

    def read(self, name: str) -> bytes | None:
        """The bytes of a file of the log, None when it is not there."""
        path = self._prefix + name
        if path not in self._archive:
            return None
        self.asked.add(path)
        try:
            return self._archive.read(path)
        except DamagedError as damage:
            self.damaged.append(path)
            return damage.data

    def left_over(self) -> list[str]:
        """The files of this log that nothing asked for, when all of it could be followed."""
        if not self.was_followed:
            return []
        return [name for name in self._names() if name not in self.asked]

    def _names(self) -> list[str]:
        if self._prefix:
            return [name for name in self._archive.names if name.startswith(self._prefix)]
        return [name for name in self._archive.names if not name.startswith(PRIVATE)]
