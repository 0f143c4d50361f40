"""Keys of a delivery by their hashes: eight bytes a row in a file of ours, of which a part at a time is looked at.

Equal keys have equal hashes: where none stands twice there is no key twice, and only rows whose hash does are looked at
again by the keys themselves. Equal hashes begin alike, so hashes are kept by how they begin and each beginning is
sorted alone: memory stays small however many rows there are.
"""

import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from concordia.deliveries.embedded.sketches import Hashes

_BITS = 6  # of a hash, that say which part it belongs to
_PARTS = 1 << _BITS
_STARTS = np.arange(_PARTS, dtype=np.uint64) << np.uint64(64 - _BITS)
_TOGETHER = 1 << 18  # hashes written together
_WIDTH = 8


class KeyHashes:
    """The hashes of one key, as they come."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._file = place.open("w+b")
        self._waiting: list[Hashes] = []
        self._waits = 0
        self._written: list[
            NDArray[np.int64]
        ] = []  # of each piece, where in the file its parts begin and end
        self._lock = threading.Lock()

    def add(self, hashes: Hashes) -> None:
        """Keep hashes, from whatever thread. Raises OSError when there is no room."""
        with self._lock:
            self._waiting.append(hashes)
            self._waits += len(hashes)
            if self._waits >= _TOGETHER:
                self._write()

    def twice(self, most: int) -> Hashes | None:
        """The hashes that stand more than once, each once, in order; None for more than so many.

        Nothing can be added after.
        """
        self._write()
        found: list[Hashes] = []
        with self._file:
            for some in self._repeated():
                found.append(some)
                if sum(map(len, found)) > most:
                    break
        self.place.unlink()
        every = np.concatenate(found) if found else np.empty(0, np.uint64)
        return every if len(every) <= most else None

    def _write(self) -> None:
        """Write what waits, in order, so part after part. Raises OSError."""
        if not self._waits:
            return
        piece = np.concatenate(self._waiting)
        self._waiting, self._waits = [], 0
        piece.sort()
        piece = np.concatenate([piece[:2], piece[2:][piece[2:] != piece[:-2]]])  # twice says as much as often
        ends = np.append(np.searchsorted(piece, _STARTS), len(piece))
        self._written.append(ends + (self._written[-1][-1] if self._written else 0))
        piece.tofile(self._file)

    def _repeated(self) -> Iterator[Hashes]:
        for part in range(_PARTS):
            hashes = self._part(part)
            hashes.sort()
            twice = hashes[1:][hashes[1:] == hashes[:-1]]
            if len(twice):
                yield np.unique(twice)

    def _part(self, part: int) -> Hashes:
        """Every hash of a part, from all pieces."""
        places = [(int(ends[part]), int(ends[part + 1])) for ends in self._written]
        hashes = np.empty(sum(end - start for start, end in places), np.uint64)
        filled = np.cumsum([0, *(end - start for start, end in places)])
        for (start, _), (left, right) in zip(places, pairwise(filled), strict=True):
            self._file.seek(start * _WIDTH)
            self._file.readinto(hashes[left:right])
        return hashes
