"""The hash tree of RFC 6962 and RFC 9162, section 2.1, with SHA-256: roots, proofs and their verification.

Storage keeps only complete subtrees. `Fetch(level, index)` gives the hash of the complete subtree of
2**level entries that starts at entry index * 2**level; level 0 is the hash of one entry. All hashes are
32 bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

HASH_LENGTH = 32
EMPTY_ROOT = sha256(b"").digest()

type Fetch = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry: SHA-256(0x00 || data), RFC 9162 section 2.1.1."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbouring subtrees: SHA-256(0x01 || left || right), RFC 9162 section 2.1.1."""
    return sha256(b"\x01" + left + right).digest()


def completed_nodes(n: int, leaf: bytes, fetch: Fetch) -> list[tuple[int, int, bytes]]:
    """The (level, index, hash) that become complete when entry `n` with hash `leaf` is appended.

    Level 0 is included, so there is at least one; there are at most 1 + log2(n + 1). `fetch` is asked only
    for nodes that were complete before.
    """
    level, index, node = 0, n, leaf
    nodes = [(level, index, node)]
    while index & 1:
        node = node_hash(fetch(level, index - 1), node)
        level, index = level + 1, index >> 1
        nodes.append((level, index, node))
    return nodes


def root(size: int, fetch: Fetch) -> bytes:
    """The root of the tree of the first `size` entries (RFC 9162 section 2.1.1); log2(size) fetches."""
    return _range_hash(0, size, fetch) if size else EMPTY_ROOT


def inclusion_proof(n: int, size: int, fetch: Fetch) -> list[bytes]:
    """The proof that entry `n` is in the tree of `size` entries, nearest sibling first (section 2.1.3.1).

    Raises ValueError unless 0 <= n < size.
    """
    if not 0 <= n < size:
        raise ValueError(f"entry {n} is not in a tree of {size} entries")
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if n < middle:
            proof.append(_range_hash(middle, high, fetch))
            high = middle
        else:
            proof.append(_range_hash(low, middle, fetch))
            low = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, fetch: Fetch) -> list[bytes]:
    """The proof that the tree of `new` entries begins with the tree of `old` entries (section 2.1.4.1).

    Raises ValueError unless 0 < old <= new: everything begins with the empty tree, so there is nothing to
    prove about it.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof leads from {old} to {new} entries")
    proof: list[bytes] = []
    low, high = 0, new
    while old < high:
        middle = low + _split(high - low)
        if old <= middle:
            proof.append(_range_hash(middle, high, fetch))
            high = middle
        else:
            proof.append(_range_hash(low, middle, fetch))
            low = middle
    if low:
        proof.append(_range_hash(low, high, fetch))
    return proof[::-1]


def verify_inclusion(n: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that the entry with hash `leaf` is number `n` of the tree (section 2.1.3.2)."""
    if not 0 <= n < size or not _are_hashes(leaf, root, *proof):
        return False
    index, last, node = n, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `new` entries begins with that of `old` (section 2.1.4.2).

    From size 0 nothing is ever accepted; between equal sizes only an empty proof and equal roots.
    """
    if not 0 < old <= new or not _are_hashes(old_root, new_root, *proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    return bool(path) and _replay_consistency(old - 1, new - 1, path) == (old_root, new_root)


def _replay_consistency(index: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots that `path` leads to, or None when it has the wrong length."""
    while index & 1:
        index, last = index >> 1, last >> 1
    old_node = new_node = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if index & 1 or index == last:
            old_node, new_node = node_hash(sibling, old_node), node_hash(sibling, new_node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new_node = node_hash(new_node, sibling)
        index, last = index >> 1, last >> 1
    return (old_node, new_node) if last == 0 else None


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_LENGTH for value in values)


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (RFC 9162 section 2.1.1); `size` is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_hash(low: int, high: int, fetch: Fetch) -> bytes:
    """The hash of the entries low..high-1, where `low` is where such a subtree may start."""
    nodes = [fetch(level, index) for level, index in _complete_subtrees(low, high)]
    node = nodes.pop()
    while nodes:
        node = node_hash(nodes.pop(), node)
    return node


def _complete_subtrees(low: int, high: int) -> Iterator[tuple[int, int]]:
    while low < high:
        level = (high - low).bit_length() - 1
        yield level, low >> level
        low += 1 << level


class RootBuilder:
    """The root of a stream of entry hashes, with memory for one in 256 of them.

    Hashes are folded 256 at a time, which is faster than one by one; `rows` holds the roots of the complete
    rows, which are the hashes of the first level of tiles (C2SP tlog-tiles).
    """

    WIDTH = 256

    def __init__(self) -> None:
        self._recent: list[bytes] = []
        self._peaks: list[tuple[int, bytes]] = []
        self.rows: list[bytes] = []

    @property
    def size(self) -> int:
        """How many entry hashes were added."""
        return len(self.rows) * self.WIDTH + len(self._recent)

    def add(self, leaf: bytes) -> None:
        """Add the hash of the next entry."""
        self.add_all((leaf,))

    def add_all(self, leaves: Iterable[bytes]) -> None:
        """Add the hashes of the next entries, in their order."""
        self._recent.extend(leaves)
        while len(self._recent) >= self.WIDTH:
            self._fold()

    def root(self) -> bytes:
        """The root of everything added so far; more may be added afterwards."""
        peaks = [peak for _, peak in self._peaks]
        if self._recent:
            peaks.append(root(len(self._recent), _fetch_from(self._recent)))
        if not peaks:
            return EMPTY_ROOT
        node = peaks.pop()
        while peaks:
            node = node_hash(peaks.pop(), node)
        return node

    def _fold(self) -> None:
        level, node = 0, complete_root(self._recent[: self.WIDTH])
        self.rows.append(node)
        self._recent = self._recent[self.WIDTH :]
        while self._peaks and self._peaks[-1][0] == level:
            node = node_hash(self._peaks.pop()[1], node)
            level += 1
        self._peaks.append((level, node))


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of neighbouring subtrees of one height. At least one hash is needed."""
    row = list(hashes)
    while len(row) > 1:
        pairs = iter(row)
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return row[0]


def _fetch_from(leaves: Sequence[bytes]) -> Fetch:
    return lambda level, index: complete_root(leaves[index << level : (index + 1) << level])
