"""Columns of a batch as arrays of numpy over the same memory: values, and where there is nothing."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

type Bools = NDArray[np.bool_]
type Array = NDArray[np.generic]

_FIRST = np.array(
    [(1 << (8 * size)) - 1 for size in range(9)], np.uint64
)  # masks of the first bytes of a word


@dataclass(frozen=True)
class Vector:
    """Numbers, days, moments or truths of one column; `nulls` is None where every row has a value."""

    values: Array
    nulls: Bools | None


@dataclass(frozen=True)
class Texts:
    """Texts of one column in UTF-8: text `i` is `data[starts[i]:starts[i + 1]]`, empty for nothing."""

    starts: NDArray[np.int32]
    data: NDArray[np.uint8]
    nulls: Bools | None

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def sizes(self) -> NDArray[np.int32]:
        """The bytes of each text."""
        return np.diff(self.starts)

    @cached_property
    def lengths(self) -> NDArray[np.int32]:
        """The code points of each text."""
        if not len(self.data) or self.data.max() < 128:
            return self.sizes
        begun = np.zeros(len(self.data) + 1, np.int32)
        np.cumsum((self.data & 0xC0) != 0x80, out=begun[1:])
        return np.diff(begun[self.starts])

    @cached_property
    def ends(self) -> tuple[int, int]:
        """The least and the most bytes of a text."""
        return (int(self.sizes.min()), int(self.sizes.max())) if len(self) else (0, 0)

    def words(self, at: "int | NDArray[np.int32]", least: int) -> NDArray[np.uint64]:
        """Of each text the eight bytes from a place on, or what there is of them, the first one lowest.

        `least` is how many bytes every text has from that place on; texts of eight need not be cut.
        """
        if isinstance(at, int) and self._alike and at < self._alike:
            return self._words_alike(at)
        every = np.ndarray((len(self._padded) - 7,), np.dtype("<u8"), self._padded, strides=(1,))
        found: NDArray[np.uint64] = every[np.minimum(self.starts[:-1] + at, len(self.data))]
        if least < 8:
            found &= _FIRST[np.clip(self.sizes - at, 0, 8)]
        return found

    @cached_property
    def _alike(self) -> int:
        """The bytes of each text that is not empty, where all of them have as many; else 0."""
        most = self.ends[1]
        return most if most and np.count_nonzero(self.sizes == most) * most == len(self.data) else 0

    def _words_alike(self, at: int) -> NDArray[np.uint64]:
        """The same, of texts that stand one after the other at equal distances."""
        size = self._alike
        count = len(self.data) // size
        words = np.ndarray((count,), np.dtype("<u8"), self._padded, offset=at, strides=(size,))
        found: NDArray[np.uint64] = words & _FIRST[min(size - at, 8)]
        if count == len(self):
            return found
        spread = np.zeros(len(self), np.uint64)
        spread[self.sizes == size] = found
        return spread

    @cached_property
    def _padded(self) -> NDArray[np.uint8]:
        return np.concatenate([self.data, np.zeros(8, np.uint8)])

    def of_size(self, size: int) -> tuple[Bools, NDArray[np.uint8]]:
        """Which texts have that many bytes, more than none, and those bytes one text after the other."""
        right = self.sizes == size
        if int(np.count_nonzero(right)) * size == len(self.data):
            return right, self.data
        return right, self.data[np.repeat(right, self.sizes)]


def vector_of(array: pa.Array) -> Vector:
    """An array of whole numbers, floats, decimals of at most 18 digits (as whole numbers), days, moments or truths."""
    nulls, size, start = nulls_of(array), len(array), array.offset
    buffer = array.buffers()[1]
    if pa.types.is_boolean(array.type):
        return Vector(_bits(buffer, start, size), nulls)
    if pa.types.is_decimal(array.type):  # the low half of each; the high half only repeats its sign
        return Vector(np.frombuffer(buffer, np.int64)[2 * start : 2 * (start + size) : 2], nulls)
    kind = np.dtype(f"{'f' if pa.types.is_floating(array.type) else 'i'}{array.type.bit_width // 8}")
    if pa.types.is_unsigned_integer(array.type):
        kind = np.dtype(f"u{array.type.bit_width // 8}")
    return Vector(np.frombuffer(buffer, kind)[start : start + size], nulls)


def texts_of(array: pa.Array) -> Texts:
    """An array of texts."""
    _, offsets, data = array.buffers()
    starts = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    held = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    return Texts(starts - starts[0], held[starts[0] : starts[-1]], nulls_of(array))


def nulls_of(array: pa.Array) -> Bools | None:
    """Where an array has nothing; None where it has something everywhere."""
    mask = array.buffers()[0]
    if mask is None or array.null_count == 0:
        return None
    return ~_bits(mask, array.offset, len(array))


def _bits(buffer: pa.Buffer, start: int, size: int) -> Bools:
    packed = np.frombuffer(buffer, np.uint8)[start // 8 : (start + size + 7) // 8]
    spread = np.unpackbits(packed, bitorder="little")[start % 8 : start % 8 + size]
    return spread.view(np.bool_)
