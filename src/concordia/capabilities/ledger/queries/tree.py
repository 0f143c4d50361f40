"""Reading the stored tree of a log: nodes, roots and proofs, a handful of rows at a time."""

from collections.abc import Callable, Iterable
from functools import lru_cache, reduce
from operator import or_

from django.db.models import Q

from concordia.capabilities.ledger.models import Leaf, Log, Node
from concordia.domain import merkle
from concordia.domain.tiles import WIDTH

type Fetch = Callable[[int, int], bytes]


def fetcher(log: Log, ahead: Iterable[tuple[int, int]] = ()) -> Fetch:
    """Hashes of complete subtrees from storage, keeping what was read; `ahead` is read in one query."""
    known = _read(log, ahead)

    def fetch(level: int, index: int) -> bytes:
        if (level, index) not in known:
            known.update(_read(log, [(level, index)]))
        return known[level, index]

    return fetch


def read_at_once[Proof](log: Log, prove: Callable[[Fetch], Proof]) -> Proof:
    """A proof whose hashes are read in one query: making it twice is cheaper than asking for each."""
    wanted: list[tuple[int, int]] = []

    def note(level: int, index: int) -> bytes:
        wanted.append((level, index))
        return b""

    prove(note)
    return prove(fetcher(log, wanted))


def row_fetcher(log: Log) -> Fetch:
    """The same for whoever reads the whole tree: 256 neighbours a query, and memory for a few of those."""

    @lru_cache(maxsize=64)
    def row(level: int, number: int) -> dict[int, bytes]:
        low = number * WIDTH
        rows = Node.objects.filter(log=log, level=level, index__gte=low, index__lt=low + WIDTH)
        return {index: bytes(value) for index, value in rows.values_list("index", "hash")}

    return lambda level, index: row(level, index // WIDTH)[index]


def entries_between(log: Log, low: int, high: int) -> list[bytes]:
    """The bytes of entries low to high - 1, in their order."""
    rows = Leaf.objects.filter(log=log, n__gte=low, n__lt=high).order_by("n")
    return [bytes(data) for data in rows.values_list("bytes", flat=True)]


def stored_root(log: Log, size: int) -> bytes:
    """The root of the first `size` entries, from about log2(size) stored hashes in one query.

    Raises KeyError when one of them is missing.
    """
    return merkle.root(size, fetcher(log, peaks(size)))


def peaks(size: int) -> list[tuple[int, int]]:
    """The complete subtrees that make up a tree of `size`, largest first (RFC 9162, 2.1.1)."""
    found, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def opening_context(origin: str, n: int, field: str) -> bytes:
    """What an encrypted opening is bound to: it can stand nowhere else."""
    return f"{origin}\n{n}\n{field}".encode()


def _read(log: Log, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    places = [Q(level=level, index=index) for level, index in wanted]
    if not places:
        return {}
    rows = Node.objects.filter(reduce(or_, places), log=log).values_list("level", "index", "hash")
    return {(level, index): bytes(value) for level, index, value in rows}
