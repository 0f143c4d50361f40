"""Batches of rows judged as they come: what each rule counts, the first rows that fail, what is seen of columns.

They come from the engine, which reads every form of file (`from_engine`), or straight from Parquet (`from_parquet`).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from concordia.deliveries.embedded.batches import Batch, Predicate
from concordia.deliveries.embedded.sketches import Hashes
from concordia.deliveries.embedded.summaries import Seen, Summary
from concordia.deliveries.embedded.vectors import Bools

type Places = NDArray[np.int64]

LEAST_ROWS, MOST_ROWS = 2_048, 65_536  # of a batch: smaller ones take turns too often
_BYTES = 16  # of a cell in a batch, about


@dataclass(frozen=True, slots=True)
class Judging:
    """What batches are judged on: predicates and hashes by the keys of their rules, columns to sum up.

    `sample` says how many failing rows to show.
    """

    tests: tuple[tuple[str, Predicate], ...]
    summaries: tuple[Summary, ...]
    sample: int
    keys: tuple[tuple[str, Callable[[Batch], tuple[Hashes, Bools | None]]], ...] = ()


@dataclass(slots=True)
class Judged:
    """What one batch tells: rows, for each rule how often it failed and where first, columns, keys."""

    rows: int
    failed: list[tuple[str, int, list[int]]]
    seen: list[Seen]
    hashes: list[tuple[str, Hashes]]


@dataclass(slots=True)
class Found:
    """What was found so far, by the keys of rules."""

    rows: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)

    def take(self, judged: Judged, judging: Judging) -> None:
        """Take in what a batch told."""
        self.rows += judged.rows
        for key, count, places in judged.failed:
            self.counts[key] = self.counts.get(key, 0) + count
            if count:
                self.places[key] = sorted([*self.places.get(key, ()), *places])[: judging.sample]
        for summary, seen in zip(judging.summaries, judged.seen, strict=True):
            summary.take(seen)

    def join(self, other: "Found") -> None:
        """Take in what another reading of the same rows found."""
        self.rows = max(self.rows, other.rows)
        self.counts |= other.counts
        self.places |= other.places


def judge(judging: Judging, batch: Batch, place_of: Callable[[Places], Places]) -> Judged:
    """What a batch tells. `place_of` gives the places of rows by their numbers in the batch."""
    failed = []
    for key, predicate in judging.tests:
        true = predicate(batch).true
        count = int(np.count_nonzero(true))
        first = place_of(np.flatnonzero(true)[: judging.sample]) if count and judging.sample else ()
        failed.append((key, count, [int(place) for place in first]))
    hashes = [(key, _filled(*hashed(batch))) for key, hashed in judging.keys]
    return Judged(batch.size, failed, [summary.see(batch) for summary in judging.summaries], hashes)


def _filled(hashes: Hashes, nulls: Bools | None) -> Hashes:
    return hashes if nulls is None else hashes[~nulls]


def batch_rows(room: int, columns: int) -> int:
    """How many rows a batch of that many columns may have, in so many bytes."""
    return min(MOST_ROWS, max(LEAST_ROWS, room // (_BYTES * max(1, columns))))


def in_turn[Given, Made](work: Iterable[Given], do: Callable[[Given], Made], threads: int) -> Iterator[Made]:
    """What comes of each piece of work, in order, a few of them at work at once."""
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for given in work:
            waiting.append(pool.submit(do, given))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
