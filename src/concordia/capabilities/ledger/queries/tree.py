"""Reading the stored tree of a log: nodes, roots and proofs, a handful of rows at a time."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from concordia.capabilities.ledger.models import Log, Node
from concordia.domain import merkle

Fetch = Callable[[int, int], bytes]


def fetcher(log: Log, ahead: Iterable[tuple[int, int]] = ()) -> Fetch:
    """Hashes of complete subtrees from storage, keeping what was read; `ahead` is read in one query."""
    known = _read(log, ahead)

    def fetch(level: int, index: int) -> bytes:
        if (level, index) not in known:
            known.update(_read(log, [(level, index)]))
        return known[level, index]

    return fetch


def stored_root(log: Log, size: int) -> bytes:
    """The root of the first `size` entries, from about log2(size) stored hashes in one query."""
    return merkle.root(size, fetcher(log, peaks(size)))


def peaks(size: int) -> list[tuple[int, int]]:
    """The complete subtrees that make up a tree of `size`, largest first (RFC 9162, 2.1.1)."""
    found, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def _read(log: Log, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    places = [Q(level=level, index=index) for level, index in wanted]
    if not places:
        return {}
    rows = Node.objects.filter(reduce(or_, places), log=log).values_list("level", "index", "hash")
    return {(level, index): bytes(value) for level, index, value in rows}
