"""What is put before others: checkpoints, proofs and a laid out log that our code made, and spoiled ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from support.bundles import members_of
from support.registers import Log, Tree, bundle_of

from concordia.domain.merkle import consistency_proof, inclusion_proof, leaf_hash, root

SIZES = (1, 2, 3, 4, 7, 8, 33, 64, 129, 255, 256, 257, 300, 400)
LOGS = (1, 2, 255, 256, 257, 700)


@dataclass(frozen=True)
class Inclusion:
    """A proof that the entry with hash `leaf` is number `n`, and whether it is one."""

    n: int
    size: int
    leaf: bytes
    root: bytes
    proof: tuple[bytes, ...]
    holds: bool


@dataclass(frozen=True)
class Consistency:
    """A proof that one tree begins with another, and whether it is one."""

    old: int
    new: int
    old_root: bytes
    new_root: bytes
    proof: tuple[bytes, ...]
    holds: bool


@lru_cache
def tree() -> Tree:
    """As many entries as the largest size asks for."""
    return Tree(b"entry %d" % n for n in range(max(SIZES)))


def inclusions() -> Iterator[Inclusion]:
    """Proofs of our making, and the same ones spoiled in each way that can be."""
    for size in SIZES:
        whole = root(size, tree().fetch)
        for n in range(size):
            proof = tuple(inclusion_proof(n, size, tree().fetch))
            leaf = leaf_hash(tree().entries[n])
            yield Inclusion(n, size, leaf, whole, proof, True)
            yield Inclusion(n, size, leaf_hash(b"forged"), whole, proof, False)
            if proof:
                yield Inclusion(n, size, leaf, whole, proof[1:], False)
                yield Inclusion(n, size, leaf, whole, (*proof[:-1], spoiled(proof[-1])), False)


def consistencies() -> Iterator[Consistency]:
    """Proofs of our making between all pairs of sizes, and the same ones spoiled."""
    for new in SIZES:
        whole = root(new, tree().fetch)
        for old in range(1, new):
            proof = tuple(consistency_proof(old, new, tree().fetch))
            part = root(old, tree().fetch)
            yield Consistency(old, new, part, whole, proof, True)
            yield Consistency(old, new, spoiled(part), whole, proof, False)
            yield Consistency(old, new, part, whole, (*proof[:-1], spoiled(proof[-1])), False)


def spoiled(node: bytes) -> bytes:
    """The hash with one bit changed."""
    return bytes([node[0] ^ 1]) + node[1:]


@lru_cache
def log_of(size: int) -> Log:
    """A log of entries as the register has them."""
    log = Log()
    for n in range(size):
        log.record({"title": f"Besluit {n}"})
    return log


def laid_out(log: Log, folder: Path) -> Path:
    """The bundle of a log as files in a folder, which is how others read it."""
    for name, data in members_of(bundle_of(log)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def damage(folder: Path, pattern: str) -> None:
    """Change one bit in the first file that the pattern finds."""
    path = sorted(path for path in folder.rglob(pattern) if path.is_file())[0]
    data = path.read_bytes()
    path.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
