"""How fast a register is verified without its host, and how fast its proofs are checked."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from support.registers import NOW, ORIGIN, leaf_of, signer_of
from support.registers import description as described

from bench.lines import Line, judged
from concordia.domain import merkle
from concordia.domain.bundle import LogContents, write_bundle
from concordia.domain.checkpoint import Checkpoint
from concordia.domain.policy import format_policy
from concordia.domain.tiles import WIDTH, log_files, widths
from concordia.verifier import verify

_SECONDS = 15  # for a million entries


def measure(*, quick: bool) -> list[Line]:
    """Verify a bundle of a million entries, and check proofs of single ones."""
    entries = ManyEntries(100_000 if quick else 1_000_000)
    return [_verified(entries), _checked(entries)]


class ManyEntries:
    """Entries of a log made from one real entry, each with its own number and object, and their hashes."""

    def __init__(self, size: int) -> None:
        self.size = size
        mark = 987_654_321
        sample = leaf_of(mark, {"title": "Besluit", "outcome": "Vastgesteld"}).to_bytes()
        self._parts = sample.split(str(mark).encode())
        self._builder = merkle.RootBuilder()
        self._hashes = bytearray()
        for index, width in widths(size):
            hashes = [merkle.leaf_hash(data) for data in self.between(index * WIDTH, index * WIDTH + width)]
            self._hashes += b"".join(hashes)
            self._builder.add_all(hashes)
        self.root = self._builder.root()

    def between(self, low: int, high: int) -> Sequence[bytes]:
        """Entries low to high - 1."""
        return [str(n).encode().join(self._parts) for n in range(low, high)]

    def hashes(self, low: int, high: int) -> list[bytes]:
        """Their hashes."""
        return [bytes(self._hashes[n * 32 : n * 32 + 32]) for n in range(low, high)]

    def fetch(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree, from the rows where it spans any."""
        if level < 8:
            return merkle.complete_root(self.hashes(index << level, (index + 1) << level))
        return merkle.complete_root(self._builder.rows[index << (level - 8) : (index + 1) << (level - 8)])

    def contents(self) -> LogContents:
        """The log as a bundle holds it, signed."""
        signer = signer_of()
        return LogContents(
            checkpoint=signer.sign(Checkpoint(ORIGIN, self.size, self.root), NOW),
            policy=format_policy(signer.keys, {}, 0),
            files=log_files(self.size, self.fetch, self.between),
            openings=(),
            attachments={},
        )


def _verified(entries: ManyEntries) -> Line:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bundle.zip")
        with path.open("wb") as file:
            write_bundle(file, described(), entries.contents())
        begun = perf_counter()
        report = verify(path)
        taken = perf_counter() - begun
    if not report.intact:
        raise RuntimeError("; ".join(report.lines("en")))
    return Line(
        what="register: verify a bundle",
        with_=f"{entries.size:,} entries",
        typical=f"{entries.size / taken:,.0f} entries/s",
        worst=f"{taken:.1f} s in all",
        aim=f"a million in < {_SECONDS} s",
        verdict=judged(taken * 1_000_000 / entries.size < _SECONDS),
    )


def _checked(entries: ManyEntries) -> Line:
    """Inclusion proofs as a witness checks them, in memory."""
    proofs = list(_proofs(entries, 1000))
    begun = perf_counter()
    if not all(
        merkle.verify_inclusion(n, entries.size, leaf, proof, entries.root) for n, leaf, proof in proofs
    ):
        raise RuntimeError("a proof is not right")
    taken = perf_counter() - begun
    return Line(
        what="register: check an inclusion proof",
        with_=f"{entries.size:,} entries, {len(proofs):,} proofs",
        typical=f"{len(proofs) / taken:,.0f} /s",
        worst="",
    )


def _proofs(entries: ManyEntries, count: int) -> Iterator[tuple[int, bytes, list[bytes]]]:
    known: dict[tuple[int, int], bytes] = {}

    def fetch(level: int, index: int) -> bytes:
        if (level, index) not in known:
            known[level, index] = entries.fetch(level, index)
        return known[level, index]

    for number in range(count):
        n = number * 7919 % entries.size
        yield n, entries.hashes(n, n + 1)[0], merkle.inclusion_proof(n, entries.size, fetch)
