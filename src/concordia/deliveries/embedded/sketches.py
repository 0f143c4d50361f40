"""How many different values there are, about: the smallest hashes tell (KMV, Bar-Yossef et al. 2002).

Of values spread evenly over a circle, the place of the k-th smallest says how many there are. As long as there are
fewer than k, the number is exact.
"""

import numpy as np
from numpy.typing import NDArray

from concordia.deliveries.embedded.vectors import Array, Bools, Texts

type Hashes = NDArray[np.uint64]

_RECENT_BITS = 14
_RECENT = 1 << _RECENT_BITS
_MANY = 512
_WHOLE_TEXT = 256
SMALLEST = 2048  # kept: the estimate is within some two percent
_WHOLE = 2.0**64
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class Distinct:
    """The smallest hashes seen of the values of one column."""

    def __init__(self) -> None:
        self._kept: Hashes = np.empty(0, np.uint64)
        self._waiting: list[Hashes] = []
        self._waits = 0
        self.below = np.uint64(2**64 - 1)
        self._recent = np.zeros(_RECENT, np.uint64)

    def news(self, hashes: Hashes, nulls: Bools | None) -> Hashes:
        """Those hashes that may tell something new. Asked on several threads at once, which only costs time."""
        near = hashes < self.below
        if nulls is not None:
            near &= ~nulls
        some = hashes[near]
        if (
            len(some) > _MANY
        ):  # few different values, again and again: what was seen of late is not told again
            place = (some >> np.uint64(64 - _RECENT_BITS)).astype(np.int64)
            some_new = self._recent[place] != some
            some = some[some_new]
            self._recent[place[some_new]] = some
        return some

    def add(self, hashes: Hashes) -> None:
        """Take in hashes, as many times as they come."""
        self._waiting.append(hashes)
        self._waits += len(hashes)
        if self._waits > 4 * SMALLEST:
            self._settle()

    def estimate(self) -> int:
        """How many different ones there were, about."""
        self._settle()
        if len(self._kept) < SMALLEST:
            return len(self._kept)
        return round((SMALLEST - 1) * _WHOLE / (float(self._kept[-1]) + 1))

    def _settle(self) -> None:
        self._kept = np.unique(np.concatenate([self._kept, *self._waiting]))[:SMALLEST]
        self._waiting, self._waits = [], 0
        if len(self._kept) == SMALLEST:
            self.below = self._kept[-1]


def hashes_of(values: Array) -> Hashes:
    """Numbers spread over 64 bits; equal ones alike. Multiplied by the golden ratio, as Knuth has it (6.4)."""
    if values.dtype.kind == "f":
        with np.errstate(invalid="ignore"):  # what stands where there is nothing may be anything
            values = np.add(values, 0.0, dtype=np.float64)  # -0.0 is 0.0
        mixed = values.view(np.uint64)
        return (mixed ^ (mixed >> np.uint64(32))) * _GOLDEN
    wide = values.astype(np.int64) if values.dtype.itemsize < 8 else np.ascontiguousarray(values)
    return wide.view(np.uint64) * _GOLDEN


def text_hashes(texts: Texts, *, whole: bool = False) -> Hashes:
    """Texts spread over 64 bits by their size and their first, last and middle eight bytes; equal ones alike.

    With `whole` by all of their first 256 bytes instead: others than equal ones are hardly ever alike then. A hash is
    of its text alone: what else stands in the batch changes nothing.
    """
    least, most = texts.ends
    found = (texts.sizes.astype(np.uint64) ^ texts.words(0, least)) * _GOLDEN
    if whole:
        for at in range(8, min(most, _WHOLE_TEXT), 8):
            found = _mixed_in(found, texts, at, longer=at, least=least - at)
        return found
    if most > 8:
        found = _mixed_in(found, texts, np.maximum(texts.sizes - 8, 0), longer=8, least=least)
    if most > 16:
        found = _mixed_in(found, texts, np.maximum(texts.sizes // 2 - 4, 0), longer=16, least=least)
    return found


def _mixed_in(found: Hashes, texts: Texts, at: int | NDArray[np.int32], *, longer: int, least: int) -> Hashes:
    """With the words of the texts from a place on, of those that have more than so many bytes."""
    more = mixed(found, texts.words(at, least))
    return more if texts.ends[0] > longer else np.where(texts.sizes > longer, more, found)


def mixed(found: Hashes, more: Hashes) -> Hashes:
    """One hash of two, in which their order tells."""
    return ((found ^ (found >> np.uint64(32))) * _GOLDEN ^ more) * _GOLDEN
