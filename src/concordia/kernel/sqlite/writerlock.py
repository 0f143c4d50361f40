"""Writers queue on one file, so that none waits for ten seconds while others overtake it (trust.md 0.3)."""

import fcntl
import os
from pathlib import Path


class WriterLock:
    """An exclusive lock on a file beside the database.

    The kernel frees it when its holder dies, however it dies. Every connection has its own file
    description, so that threads exclude each other as processes do. Taking it twice is an error of ours.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self.held = False

    def acquire(self) -> None:
        """Wait for one's turn."""
        if self.held:
            raise RuntimeError("the writer lock is already held by this connection")
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        self.held = True

    def release(self) -> None:
        """Let the next one in. Releasing what is not held does nothing."""
        if self.held and self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self.held = False

    def close(self) -> None:
        """Release and forget the file."""
        self.release()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class NoLock(WriterLock):
    """For a database in memory, which has one connection only."""

    def __init__(self) -> None:
        self.held = False

    def acquire(self) -> None:
        """Nobody else is there."""
        self.held = True

    def release(self) -> None:
        """Nobody was waiting."""
        self.held = False

    def close(self) -> None:
        """There is no file."""
        self.held = False
