"""Some rows as columns, each made ready once, and predicates over them with their three truth values."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from concordia.deliveries.embedded.sketches import Hashes, hashes_of, text_hashes
from concordia.deliveries.embedded.vectors import Bools, Texts, Vector, texts_of, vector_of


@dataclass(frozen=True, slots=True)
class Truth:
    """What a predicate is in each row: where it is true, and where it is unknown (None: nowhere)."""

    true: Bools
    unknown: Bools | None

    @property
    def false(self) -> Bools:
        """Where it is false."""
        return ~self.true if self.unknown is None else ~(self.true | self.unknown)


class Batch:
    """Some rows: the values of their columns, each made ready once. `kept` holds what others make of a column."""

    def __init__(self, record: pa.RecordBatch) -> None:
        self.record, self.size = record, record.num_rows
        self.kept: dict[str, NDArray[np.int8]] = {}
        self._dictionaries: dict[str, tuple[NDArray[np.int32], list[str]]] = {}
        self._vectors: dict[str, Vector] = {}
        self._texts: dict[str, Texts] = {}

    def vector(self, name: str) -> Vector:
        """A column of numbers, days, moments or truths."""
        if name not in self._vectors:
            self._vectors[name] = vector_of(self.record.column(name))
        return self._vectors[name]

    def texts(self, name: str) -> Texts:
        """A column of texts."""
        if name not in self._texts:
            column = self.record.column(name)
            coded = pa.types.is_dictionary(column.type)
            self._texts[name] = texts_of(column.dictionary_decode() if coded else column)
        return self._texts[name]

    def dictionary(self, name: str) -> tuple[NDArray[np.int32], list[str]]:
        """A column of texts as its different ones, and for each row the number of its own; -1 for nothing."""
        if name not in self._dictionaries:
            column = self.record.column(name)
            coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
            indices = vector_of(coded.indices)
            numbers = indices.values.astype(np.int32, copy=False)
            if indices.nulls is not None:
                numbers = np.where(indices.nulls, np.int32(-1), numbers)
            self._dictionaries[name] = numbers, coded.dictionary.to_pylist()
        return self._dictionaries[name]

    def hashes(self, name: str, *, is_text: bool, whole: bool = False) -> tuple[Hashes, Bools | None]:
        """The hash of each value of a column, and where there is none. `whole` looks at all of a text."""
        if not is_text:
            vector = self.vector(name)
            return hashes_of(vector.values), vector.nulls
        column = self.record.column(name)
        if not pa.types.is_dictionary(column.type):
            texts = self.texts(name)
            return text_hashes(texts, whole=whole), texts.nulls
        numbers, _ = self.dictionary(name)
        once = text_hashes(texts_of(column.dictionary), whole=whole)
        found = once[numbers] if len(once) else np.zeros(self.size, np.uint64)
        return found, numbers < 0


type Predicate = Callable[[Batch], Truth]


def known(found: Bools, nulls: Bools | None) -> Truth:
    """What is found, unknown where there is nothing."""
    return Truth(found if nulls is None else found & ~nulls, nulls)


def opposite(truth: Truth) -> Truth:
    """The other truth; unknown stays unknown."""
    return Truth(truth.false, truth.unknown)


def kleene(truths: list[Truth], *, every: bool) -> Truth:
    """Kleene: `and` is false where one part is, `or` true where one part is; else unknown where one part is."""
    if not every:
        return opposite(kleene([opposite(truth) for truth in truths], every=True))
    true = truths[0].true.copy()
    for truth in truths[1:]:
        true &= truth.true
    if all(truth.unknown is None for truth in truths):
        return Truth(true, None)
    false = truths[0].false
    for truth in truths[1:]:
        false |= truth.false
    return Truth(true, ~(true | false))


def either(one: Bools | None, other: Bools | None) -> Bools | None:
    """Where one of two has nothing."""
    if one is None or other is None:
        return other if one is None else one
    return one | other
