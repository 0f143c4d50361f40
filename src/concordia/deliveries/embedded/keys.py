"""Keys of a delivery by their hashes: eight bytes a row in a file of ours, sorted in place.

The file is mapped, so that its memory is the system's to take back. Equal keys have equal hashes: where none stands
twice there is no key twice, and only rows whose hash does are looked at again by the keys themselves.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from concordia.deliveries.embedded.sketches import Hashes

_PIECE = 1 << 20


class KeyHashes:
    """The hashes of one key, as they come."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._file = place.open("wb")
        self.count = 0
        self._lock = threading.Lock()

    def add(self, hashes: Hashes) -> None:
        """Keep hashes, from whatever thread. Raises OSError when there is no room."""
        with self._lock:
            hashes.tofile(self._file)
            self.count += len(hashes)

    def twice(self) -> Hashes:
        """The hashes that stand more than once, each once, in order. Nothing can be added after."""
        self._file.close()
        found = list(self._repeated()) if self.count else []
        self.place.unlink()
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.uint64)

    def _repeated(self) -> Iterator[Hashes]:
        hashes = np.memmap(self.place, np.uint64, "r+")
        hashes.sort()
        for start in range(0, self.count, _PIECE):
            piece = hashes[start : start + _PIECE + 1]
            yield np.unique(piece[1:][piece[1:] == piece[:-1]])
