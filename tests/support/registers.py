"""Small logs made on the spot: trees in memory, keys, entries."""

from collections.abc import Iterable
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from concordia.domain.checkpoint import LogSigner
from concordia.domain.commitments import commit
from concordia.domain.leaves import Leaf, build_leaf
from concordia.domain.merkle import completed_nodes, leaf_hash

ORIGIN = "concordia.example/alliance/wages/shared/1"
NINE = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)


class Tree:
    """A log in memory: its entries and the complete subtrees that storage would keep."""

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        self.entries: list[bytes] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        for entry in entries:
            self.append(entry)

    def append(self, entry: bytes) -> None:
        for level, index, node in completed_nodes(len(self.entries), leaf_hash(entry), self.fetch):
            self.nodes[level, index] = node
        self.entries.append(entry)

    def fetch(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]


def signer_of(origin: str = ORIGIN, seed: int = 1) -> LogSigner:
    """A signer whose keys depend on the seed only."""
    ed25519 = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return LogSigner(origin, ed25519, MLDSA44PrivateKey.from_seed_bytes(bytes([seed + 100]) * 32))


def salt_of(n: int, field: str) -> bytes:
    """Any 32 bytes that differ per field."""
    return (field.encode() + n.to_bytes(8)).ljust(32, b"s")[:32]


def leaf_of(n: int, values: dict[str, str], origin: str = ORIGIN, **changes: object) -> Leaf:
    """Entry `n` of a decision of the board, with commitments to `values`."""
    given = {
        "log": origin,
        "n": n,
        "at": NINE,
        "kind": "decision.adopted",
        "obj": f"dec_{n}",
        "rev": 1,
        "org": "org_noord",
        "role": "board",
        "audience": ("org_noord", "org_oost", "org_west"),
        "commitments": {
            field: commit(origin, n, field, salt_of(n, field), value.encode())
            for field, value in values.items()
        },
    }
    return build_leaf(**(given | changes))
