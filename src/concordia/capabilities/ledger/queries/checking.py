"""Recompute a whole log from its entries and name everything that is not as it was recorded (fsck)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from django.db.models import Max

from concordia.capabilities.ledger.models import Checkpoint, Leaf, Log, Node, Opening
from concordia.capabilities.ledger.queries.tree import opening_context, peaks
from concordia.domain import merkle
from concordia.domain.checkpoint import verify_checkpoint
from concordia.domain.commitments import verify_opening
from concordia.domain.faults import RegisterError
from concordia.domain.leaves import Leaf as Entry
from concordia.domain.notes import VerifierKey
from concordia.domain.texts import Text, both
from concordia.kernel import keystore

_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was recorded. `n` is the first entry it is about, None for the whole log."""

    origin: str
    n: int | None
    what: Text

    def sentence(self, language: str) -> str:
        """Where and what, in one line."""
        word = {"nl": "regel", "en": "entry"}[language]
        place = "" if self.n is None else f", {word} {self.n}"
        return f"{self.origin}{place}: {self.what.in_language(language)}"


def check_log(log: Log) -> Iterator[Fault]:
    """Every fault of a log, those of entries in their order, read from the database the log came from.

    Recomputes each hash from the entries' bytes, compares nodes, checkpoints and notes with them, and opens
    what can be opened. Holds a few thousand entries at a time. Take a snapshot around it.
    """
    reading = _Reading(log)
    for low in range(0, log.size, _BLOCK):
        faults = list(reading.block(low, min(low + _BLOCK, log.size)))
        yield from sorted(faults, key=lambda fault: (fault.n is None, fault.n or 0))
        if reading.is_broken:
            return
    yield from reading.rest()


class _Reading:
    """A log being read from its first entry to its last."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._using = log._state.db or "default"
        self._unseal = keystore.unsealer()
        self._keys = [VerifierKey.parse(key) for key in log.vkeys.split()]
        rows = Checkpoint.objects.using(self._using).filter(log_id=log.id)
        self._checkpoints = {row.size: row for row in rows.order_by("size")}
        self._newest: dict[int, bytes] = {}  # the last complete subtree of each level
        self._last: dict[str, int] = {}  # the last entry about each object
        self.is_broken = False

    def block(self, low: int, high: int) -> Iterator[Fault]:
        """The faults of entries low to high - 1. `is_broken` when no further entry can be judged."""
        rows = Leaf.objects.using(self._using).filter(log_id=self._log.id, n__gte=low, n__lt=high)
        entries: dict[int, Entry] = {}
        nodes: dict[tuple[int, int], bytes] = {}
        for n, row in enumerate(rows.order_by("n"), start=low):
            if row.n != n:
                break
            data = bytes(row.bytes)
            yield from self._entry(row, data, entries)
            for level, index, node in merkle.completed_nodes(n, merkle.leaf_hash(data), self._before):
                nodes[level, index] = self._newest[level] = node
            yield from self._checkpoint(n + 1)
        read = sum(1 for level, _ in nodes if level == 0)
        if low + read < high:
            self.is_broken = True
            yield self._fault(low + read, "deze regel ontbreekt.", "this entry is missing.")
        yield from self._nodes(low, low + read, nodes)
        yield from self._openings(low, high, entries)

    def rest(self) -> Iterator[Fault]:
        """What is there beyond the last entry."""
        size = self._log.size
        found = Leaf.objects.using(self._using).filter(log_id=self._log.id).aggregate(Max("n"))["n__max"]
        if found is not None and found >= size:
            yield self._fault(size, "er staan regels na het einde.", "there are entries after the end.")
        nodes = Node.objects.using(self._using).filter(log_id=self._log.id).count()
        if nodes != sum(size >> level for level in range(size.bit_length())):
            yield self._fault(
                None, "de boom heeft niet de goede omvang.", "the tree has not the right extent."
            )
        for beyond in self._checkpoints.keys() - range(size + 1):
            yield self._fault(
                None,
                f"er is een stand van {beyond} regels, en het zijn er {size}.",
                f"there is a checkpoint of {beyond} entries, and there are {size}.",
            )

    def _entry(self, row: Leaf, data: bytes, entries: dict[int, Entry]) -> Iterator[Fault]:
        try:
            entry = Entry.from_bytes(data)
        except RegisterError as error:
            yield self._fault(row.n, f"niet te lezen. {error.nl}", f"unreadable. {error.en}")
            return
        entries[row.n] = entry
        if (entry.n, entry.log) != (row.n, self._log.origin):
            yield self._fault(row.n, "hij noemt een andere plaats.", "it names another place.")
        if entry.prev != self._last.get(entry.obj):
            yield self._fault(
                row.n,
                "hij verwijst niet naar de vorige over hetzelfde.",
                "it does not refer to the former one about the same.",
            )
        self._last[entry.obj] = row.n
        if (entry.kind, entry.obj, datetime.fromisoformat(entry.t)) != (row.kind, row.obj, row.at):
            yield self._fault(
                row.n,
                "wat ernaast staat om hem te vinden, klopt niet.",
                "what stands beside it to find it is wrong.",
            )

    def _before(self, level: int, index: int) -> bytes:  # noqa: ARG002 - always the last one of its level
        return self._newest[level]

    def _nodes(self, low: int, high: int, computed: dict[tuple[int, int], bytes]) -> Iterator[Fault]:
        """Compare the subtrees that the entries low to high - 1 complete with those stored."""
        stored: dict[tuple[int, int], bytes] = {}
        for level in range(high.bit_length()):
            rows = Node.objects.using(self._using).filter(
                log_id=self._log.id, level=level, index__gte=low >> level, index__lt=high >> level
            )
            stored |= {(level, index): bytes(value) for index, value in rows.values_list("index", "hash")}
        wrong = {place for place, value in computed.items() if stored.get(place) != value}
        for level, index in sorted(wrong):
            if level == 0 or not {(level - 1, 2 * index), (level - 1, 2 * index + 1)} & wrong:
                yield self._fault(
                    index << level,
                    "de bewaarde hash hoort niet bij wat er staat.",
                    "the stored hash does not belong to what is there.",
                )

    def _checkpoint(self, size: int) -> Iterator[Fault]:
        """Compare the checkpoint at this size, if there is one, with the tree so far."""
        row = self._checkpoints.get(size)
        if row is None:
            return
        root = merkle.root(size, self._peak(size))
        if bytes(row.root) != root:
            yield self._fault(
                None,
                f"de eerste {size} regels zijn niet die van de stand van {row.at:%Y-%m-%d %H:%M}.",
                f"the first {size} entries are not those of the checkpoint of {row.at:%Y-%m-%d %H:%M}.",
            )
        elif row.note and not self._is_signed(bytes(row.note), size, root):
            yield self._fault(
                None,
                f"de handtekening onder {size} regels klopt niet.",
                f"the signature under {size} entries is not valid.",
            )

    def _peak(self, size: int) -> merkle.Fetch:
        known = {(level, index): self._newest[level] for level, index in peaks(size)}
        return lambda level, index: known[level, index]

    def _is_signed(self, note: bytes, size: int, root: bytes) -> bool:
        try:
            signed = verify_checkpoint(note, self._keys).checkpoint
        except RegisterError:
            return False
        return (signed.size, signed.root) == (size, root)

    def _openings(self, low: int, high: int, entries: dict[int, Entry]) -> Iterator[Fault]:
        rows = Opening.objects.using(self._using).filter(log_id=self._log.id, n__gte=low, n__lt=high)
        for row in rows.order_by("n", "field"):
            if row.n in entries:
                yield from self._opening(row, entries[row.n].commitment(row.field))

    def _opening(self, row: Opening, commitment: bytes | None) -> Iterator[Fault]:
        origin = self._log.origin
        text = None
        try:
            text = self._unseal(row.subject, bytes(row.sealed), opening_context(origin, row.n, row.field))
        except keystore.ErasedError:
            if keystore.is_erased(row.subject):
                return  # it says nothing any more; the next replay deletes it
            yield self._fault(
                row.n,
                f"de sleutel waarmee {row.field} is versleuteld, is er niet.",
                f"the key that {row.field} was encrypted under is not there.",
            )
            return
        except (InvalidTag, ValueError):
            pass
        salt = bytes(row.salt)
        if (
            text is None
            or commitment is None
            or not verify_opening(commitment, origin, row.n, row.field, salt, text)
        ):
            yield self._fault(
                row.n,
                f"wat bij {row.field} bewaard is, is niet wat is vastgelegd.",
                f"what is kept for {row.field} is not what was recorded.",
            )

    def _fault(self, n: int | None, nl: str, en: str) -> Fault:
        return Fault(self._log.origin, n, both(nl, en))
