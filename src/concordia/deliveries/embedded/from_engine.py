"""Batches that the engine reads, of every form of file; what has no predicate is judged by it, as bits of a mask."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from concordia.deliveries.embedded.asked import BITS, Asked, mask
from concordia.deliveries.embedded.batches import Batch
from concordia.deliveries.embedded.cells import SHIFT
from concordia.deliveries.embedded.keys import KeyHashes
from concordia.deliveries.embedded.sketches import Hashes
from concordia.deliveries.embedded.stream import Found, Judged, Judging, Places, in_turn, judge
from concordia.deliveries.embedded.vectors import vector_of

# What an error says, of whatever kind it is, when there was too little memory.
WANT_OF_MEMORY = ("Out of Memory", "MemoryError", "malloc", "ailed to allocate", "bad allocation")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading. `source` is what stands behind FROM; `exported` names the values that batches need.

    `conditions` are what the engine judges, `hashed` the keys it hashes. `place` names the column that tells where a
    row stands: its place, or its `file`, whose rows then come in their order; empty where nobody asks.
    """

    source: str
    exported: tuple[str, ...]
    judging: Judging
    conditions: tuple[Asked, ...]
    hashed: tuple[Asked, ...]
    place: str

    @property
    def words(self) -> list[Sequence[Asked]]:
        """The conditions as they share masks."""
        return [self.conditions[start : start + BITS] for start in range(0, len(self.conditions), BITS)]

    @property
    def query(self) -> str:
        """The statement that gives the batches."""
        words = [
            f"{mask([asked.condition for asked in word])} AS m{number}"
            for number, word in enumerate(self.words)
        ]
        keys = [f"{asked.hashed} AS k{number}" for number, asked in enumerate(self.hashed)]
        seen = [summary.value for summary in self.judging.summaries]
        parts = [*dict.fromkeys([*self.exported, *seen]), *words, *keys, *filter(None, [self.place])]
        return f"SELECT {', '.join(parts) or '1 AS one'} FROM {self.source}"


def read(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    keys: Mapping[str, KeyHashes],
    *,
    threads: int,
    rows: int,
) -> Found:
    """Read the rows, so many in a batch. Raises duckdb.Error, OSError."""
    keys_of_rules = [asked.rule.key for asked in reading.conditions] + [
        key for key, _ in reading.judging.tests
    ]
    found = Found(counts=dict.fromkeys(keys_of_rules, 0))
    batches = _batches(connection.sql(reading.query).to_arrow_reader(rows))
    for judged in in_turn(_placed(reading, batches), lambda placed: _judged(reading, *placed), threads):
        found.take(judged, reading.judging)
        for key, hashes in judged.hashes:
            keys[key].add(hashes)
    return found


def _batches(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """The batches; what the engine says while it reads is its error again."""
    try:
        yield from reader
    except (pa.ArrowException, OSError, MemoryError) as error:
        raise engine_error(error) from error
    finally:
        reader.close()


def engine_error(error: Exception) -> duckdb.Error:
    """What went wrong while batches were read, as the error that the engine would have raised itself."""
    said = str(error)
    if isinstance(error, MemoryError) or any(words in said for words in WANT_OF_MEMORY):
        return duckdb.OutOfMemoryException(said)
    if isinstance(error, OSError) and error.errno:
        return duckdb.IOException(said)
    return duckdb.InterruptException(said) if "INTERRUPT" in said else duckdb.Error(said)


def _placed(reading: Reading, records: Iterable[pa.RecordBatch]) -> Iterator[tuple[pa.RecordBatch, Places]]:
    """The batches with the places of their rows."""
    seen: Counter[int] = Counter()
    for record in records:
        if reading.place != "file":
            yield record, _whole(record, reading.place) if reading.place else np.empty(0, np.int64)
            continue
        files = _whole(record, "file")
        places = files << SHIFT
        for file in set(files.tolist()) if len(files) and files[0] != files[-1] else set(files[:1].tolist()):
            here = files == file
            count = int(np.count_nonzero(here))
            places[here] += np.arange(seen[file] + 1, seen[file] + count + 1)
            seen[file] += count
        yield record, places


def _judged(reading: Reading, record: pa.RecordBatch, places: Places) -> Judged:
    judged = judge(reading.judging, Batch(record), lambda rows: places[rows])
    for number, word in enumerate(reading.words):
        judged.failed += _of_word(word, _whole(record, f"m{number}"), places, reading.judging.sample)
    judged.hashes += [
        (asked.rule.key, _hashes(record, f"k{number}")) for number, asked in enumerate(reading.hashed)
    ]
    return judged


def _of_word(
    word: Sequence[Asked], masks: NDArray[np.int64], places: Places, sample: int
) -> Iterator[tuple[str, int, list[int]]]:
    some = np.flatnonzero(masks)
    for bit, asked in enumerate(word) if len(some) else ():
        hit = some[(masks[some] >> np.int64(bit)) & np.int64(1) == 1]
        yield asked.rule.key, len(hit), places[hit[:sample]].tolist() if sample else []


def _whole(record: pa.RecordBatch, name: str) -> NDArray[np.int64]:
    values: NDArray[np.int64] = vector_of(record.column(name)).values  # type: ignore[assignment]
    return values


def _hashes(record: pa.RecordBatch, name: str) -> Hashes:
    vector = vector_of(record.column(name))
    values: Hashes = vector.values  # type: ignore[assignment]
    return values if vector.nulls is None else values[~vector.nulls]
