"""What was seen of a column while its rows were read: filled cells, ends, about how many different."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from concordia.deliveries.embedded.batches import Batch
from concordia.deliveries.embedded.sketches import Distinct, Hashes
from concordia.deliveries.embedded.vectors import Texts

_ALIKE = 64  # texts with one beginning that are compared


@dataclass(frozen=True, slots=True)
class Seen:
    """What one batch shows of a column."""

    filled: int
    ends: tuple[Any, Any]
    hashes: Hashes


@dataclass(slots=True)
class Summary:
    """A column, by the name of its values in a batch. `ends` says whether its lowest and highest value may be told.

    `is_text` says that it holds texts, `few` that there are few different ones. Days and moments are kept as numbers,
    since not all of them are dates of Python.
    """

    column: str
    value: str
    ends: bool
    is_text: bool = False
    few: bool = False
    filled: int = 0
    lowest: Any = None
    highest: Any = None
    distinct: Distinct = field(default_factory=Distinct)

    def see(self, batch: Batch) -> Seen:
        """What a batch shows. Asked on several threads at once."""
        if self.few:
            return self._see_few(batch)
        array = batch.record.column(self.value)
        hashes, nulls = batch.hashes(self.value, is_text=self.is_text)
        told = self._ends(batch, array) if self.ends else (None, None)
        return Seen(batch.size - array.null_count, told, self.distinct.news(hashes, nulls))

    def _ends(self, batch: Batch, array: pa.Array) -> tuple[Any, Any]:
        """The lowest and highest value of a batch. Of texts, those that begin lowest and highest are compared."""
        if self.is_text and (found := _text_ends(batch.texts(self.value), array)) is not None:
            return found
        ends = pc.min_max(array)
        return _plain(ends["min"]), _plain(ends["max"])

    def _see_few(self, batch: Batch) -> Seen:
        numbers, listed = batch.dictionary(self.value)
        times = np.bincount(numbers + 1, minlength=len(listed) + 1)  # a list may hold what stands in no row
        values = [text for text, count in zip(listed, times[1:], strict=True) if count]
        told = (min(values), max(values)) if values and self.ends else (None, None)
        hashes = np.fromiter((_hash(text) for text in values), np.uint64, len(values))
        return Seen(batch.size - int(times[0]), told, hashes)

    def take(self, seen: Seen) -> None:
        """Take in what a batch showed."""
        self.filled += seen.filled
        self.distinct.add(seen.hashes)
        low, high = seen.ends
        if low is not None:
            self.lowest = low if self.lowest is None else min(self.lowest, low)
            self.highest = high if self.highest is None else max(self.highest, high)


def _text_ends(texts: Texts, array: pa.Array) -> tuple[Any, Any] | None:
    """None where too many texts begin alike."""
    begin = texts.words(0, texts.ends[0]).byteswap()  # so that they are in the order of the texts
    if texts.nulls is not None:
        begin = begin[~texts.nulls]
        array = array.drop_null()
    if not len(begin):
        return None, None
    low, high = (np.flatnonzero(begin == end) for end in (begin.min(), begin.max()))
    if max(len(low), len(high)) > _ALIKE:
        return None
    return min(array.take(low).to_pylist()), max(array.take(high).to_pylist())


def _plain(scalar: pa.Scalar) -> Any:
    return scalar.value if isinstance(scalar, pa.Date32Scalar | pa.TimestampScalar) else scalar.as_py()


@lru_cache(10_000)
def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
