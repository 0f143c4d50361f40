"""Batches of rows judged as they come: what each rule counts, the first rows that fail, what is seen of columns.

They come from the engine, which reads every form of file (`from_engine`), or straight from Parquet (`from_parquet`).
"""

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from concordia.deliveries.embedded.batches import Batch, Predicate
from concordia.deliveries.embedded.showing import Showing, Shown, as_shown
from concordia.deliveries.embedded.sketches import Hashes
from concordia.deliveries.embedded.summaries import Seen, Summary
from concordia.deliveries.embedded.vectors import Bools

type Places = NDArray[np.int64]

_NO_ROWS = np.empty(0, np.int64)
LEAST_ROWS, MOST_ROWS = 2_048, 131_072  # of a batch: smaller ones take turns too often
_BYTES = 16  # of a cell in a batch, about


@dataclass(frozen=True, slots=True)
class Judging:
    """What batches are judged on: predicates and hashes by the keys of their rules, columns to sum up.

    `sample` says how many failing rows to show, `shown` which columns of them by the key of the rule.
    """

    tests: tuple[tuple[str, Predicate], ...]
    summaries: tuple[Summary, ...]
    sample: int
    keys: tuple[tuple[str, Callable[[Batch], tuple[Hashes, Bools | None]]], ...] = ()
    shown: Mapping[str, tuple[Showing, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Judged:
    """What one batch tells: rows, for each rule how often it failed and where first, columns, keys, cells to show."""

    rows: int
    failed: list[tuple[str, int, list[int]]]
    seen: list[Seen]
    hashes: list[tuple[str, Hashes]]
    shown: Shown = field(default_factory=dict)


@dataclass(slots=True)
class Found:
    """What was found so far, by the keys of rules. `told` are those of which enough failing rows are known."""

    rows: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)
    shown: Shown = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def take(self, judged: Judged, judging: Judging) -> None:
        """Take in what a batch told."""
        self.rows += judged.rows
        for key, count, places in judged.failed:
            self.counts[key] = self.counts.get(key, 0) + count
            if count:
                self.places[key] = sorted([*self.places.get(key, ()), *places])[: judging.sample]
                if len(self.places[key]) == judging.sample:
                    self.told.add(key)
        self.shown |= judged.shown
        for summary, seen in zip(judging.summaries, judged.seen, strict=True):
            summary.take(seen)

    def join(self, other: "Found") -> None:
        """Take in what another reading of the same rows found."""
        self.rows = max(self.rows, other.rows)
        self.counts |= other.counts
        self.places |= other.places
        self.shown |= other.shown


def judge(
    judging: Judging, batch: Batch, place_of: Callable[[Places], Places], told: Container[str] = ()
) -> Judged:
    """What a batch tells. `place_of` gives the places of rows by their numbers in the batch.

    Of rules that are `told`, earlier rows than these are known to fail, as many as are shown.
    """
    judged = Judged(batch.size, [], [], [])
    for key, predicate in judging.tests:
        true = predicate(batch).true
        count = int(np.count_nonzero(true))
        wanted = judging.sample if count and key not in told else 0
        first = np.flatnonzero(true)[:wanted] if wanted else _NO_ROWS
        places = [int(place) for place in place_of(first)] if len(first) else []
        judged.failed.append((key, count, places))
        for showing in judging.shown.get(key, ()) if places else ():
            texts = as_shown(batch.record.column(showing.value).take(first), hidden=showing.hidden)
            judged.shown |= {(place, showing.column): text for place, text in zip(places, texts, strict=True)}
    judged.hashes += [(key, _filled(*hashed(batch))) for key, hashed in judging.keys]
    judged.seen += [summary.see(batch) for summary in judging.summaries]
    return judged


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
