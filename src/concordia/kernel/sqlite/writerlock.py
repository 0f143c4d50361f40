"""Writers queue on one file, so that none waits for ten seconds while others overtake it (trust.md 0.3)."""

import errno
import fcntl
import os
import struct
import sys
from contextlib import suppress
from pathlib import Path

_COUNTER = 0  # the byte whose lock guards the counter of tickets, which stands in the first eight bytes
_QUEUE = 1024  # ticket t is a lock on the byte _QUEUE + t
_LOCK = struct.Struct("hhqqi4x")  # struct flock of Linux on 64 bits: type, whence, start, length, process


class WriterLock:
    """An exclusive lock on a file beside the database, taken in the order in which writers came.

    Exclusion is one `flock`. The order comes from tickets: whoever comes locks the byte of the next ticket,
    waits until the byte before it is free, and only then asks for the lock, so nobody overtakes. The kernel
    frees everything when its holder dies, however it dies. Every connection has its own file description,
    so threads exclude each other as processes do. Taking the lock twice is an error of ours.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._process = 0
        self._ticket: int | None = None
        self.held = False

    def acquire(self) -> None:
        """Wait for one's turn. Raises OSError where the file cannot be made."""
        if self.held:
            raise RuntimeError("the writer lock is already held by this connection")
        descriptor = self._open()
        try:
            # Without room for the counter or locks on bytes there is no order, but still exclusion.
            with suppress(OSError):
                self._queue(descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except BaseException:
            self._leave_queue()
            raise
        self.held = True

    def release(self) -> None:
        """Let the next one in. Releasing what is not held does nothing."""
        if self.held and self._is_ours():
            assert self._descriptor is not None
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            self._leave_queue()
        self.held = False

    def close(self) -> None:
        """Release and forget the file."""
        self.release()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        """The descriptor of this process: a forked child shares its parent's locks until it has its own."""
        if self._descriptor is not None and not self._is_ours():
            os.close(self._descriptor)
            self._descriptor = self._ticket = None
        if self._descriptor is None:
            self._descriptor = _open(self._path)
            self._process = os.getpid()
        return self._descriptor

    def _is_ours(self) -> bool:
        return self._descriptor is not None and self._process == os.getpid()

    def _queue(self, descriptor: int) -> None:
        """Take the next ticket, then wait until whoever came before is done."""
        if sys.platform != "linux":
            return
        _lock(descriptor, fcntl.F_WRLCK, _COUNTER)
        try:
            number = int.from_bytes(os.pread(descriptor, 8, 0)) + 1
            os.pwrite(descriptor, number.to_bytes(8), 0)
            _lock(descriptor, fcntl.F_WRLCK, _QUEUE + number)
            self._ticket = _QUEUE + number
        finally:
            _lock(descriptor, fcntl.F_UNLCK, _COUNTER)
        _lock(descriptor, fcntl.F_WRLCK, self._ticket - 1)
        _lock(descriptor, fcntl.F_UNLCK, self._ticket - 1)

    def _leave_queue(self) -> None:
        if self._ticket is not None and self._descriptor is not None:
            _lock(self._descriptor, fcntl.F_UNLCK, self._ticket)
        self._ticket = None


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


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
    # Whoever starts on a disk that turned read-only reads on; exclusion needs no writing, only the order does.
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _lock(descriptor: int, kind: int, place: int) -> None:
    """Wait for a lock on one byte that belongs to the file description (Linux, `man 2 fcntl_locking`)."""
    fcntl.fcntl(descriptor, fcntl.F_OFD_SETLKW, _LOCK.pack(kind, os.SEEK_SET, place, 1, 0))
