"""Bring back what a restored backup lacks, from what a partner kept (trust.md 4.1, Restore behind the mark).

Nothing here needs trust: entries count because they hash to a root the log's own signer signed, values
because they open a commitment in those entries. The caller verified the first; the second is verified here.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from concordia.capabilities.ledger.facts import SUBJECTS
from concordia.capabilities.ledger.models import Checkpoint, Leaf, Log, Node, Opening
from concordia.capabilities.ledger.queries.tree import fetcher, opening_context, peaks
from concordia.domain import merkle
from concordia.domain.checkpoint import Checkpoint as Signed
from concordia.domain.commitments import verify_opening
from concordia.domain.leaves import ERASED
from concordia.domain.leaves import Leaf as Entry
from concordia.domain.openings import Opening as Opened
from concordia.kernel import keystore

_STEP = 500

type Ref = tuple[int, str]


@transaction.atomic
def bring_back_entries(
    log_id: str, entries: Sequence[bytes], signed: Signed, note: bytes, vkeys: str, now: datetime
) -> int:
    """Append the entries that a signed tree has and the log has not yet; how many.

    `entries` are all that follow the log's last one, up to the size of `signed`, whose root they were found
    to lead to; `note` is its note with the log's own signatures only, by the keys `vkeys`, a line each.
    """
    log = Log.objects.unscoped().select_for_update().get(id=log_id)
    leaves, nodes = _rows(log, entries)
    Leaf.objects.bulk_create(leaves, batch_size=_STEP)
    Node.objects.bulk_create(nodes, batch_size=_STEP)
    Log.objects.unscoped().filter(id=log.id).update(size=log.size + len(leaves), vkeys=vkeys)
    row, _ = Checkpoint.objects.get_or_create(
        log=log, size=signed.size, defaults={"root": signed.root, "at": now}
    )
    Checkpoint.objects.filter(id=row.id, note=b"").update(note=note)
    return len(leaves)


@transaction.atomic
def bring_back_openings(log_id: str, openings: Iterable[Opened]) -> int:
    """Keep again the values that are missing and were not erased; how many.

    Each is encrypted under the key of whom it is about, which the entry's opening of `subjects` tells.
    """
    log = Log.objects.unscoped().select_for_update().get(id=log_id)  # of two that heal, one at a time
    by_entry: dict[int, list[Opened]] = {}
    for opening in openings:
        if opening.n < log.size:
            by_entry.setdefault(opening.n, []).append(opening)
    known = set(Opening.objects.filter(log=log).values_list("n", "field"))
    gone = known | _erased(log)
    rows = []
    for n, found in sorted(by_entry.items()):
        wanted = [opening for opening in found if (n, opening.field) not in gone]
        if wanted:
            rows += _openings(log, wanted, {opening.field: opening for opening in found})
    Opening.objects.bulk_create(rows, batch_size=_STEP)
    return len(rows)


def _rows(log: Log, entries: Sequence[bytes]) -> tuple[list[Leaf], list[Node]]:
    stored = fetcher(log, peaks(log.size))
    fresh: dict[tuple[int, int], bytes] = {}

    def fetch(level: int, index: int) -> bytes:
        return fresh.get((level, index)) or stored(level, index)

    leaves = []
    for n, data in enumerate(entries, start=log.size):
        entry = Entry.from_bytes(data)
        at = datetime.fromisoformat(entry.t)
        leaves.append(Leaf(log=log, n=n, bytes=data, kind=entry.kind, obj=entry.obj, at=at))
        for level, index, node in merkle.completed_nodes(n, merkle.leaf_hash(data), fetch):
            fresh[level, index] = node
    nodes = [Node(log=log, level=level, index=index, hash=node) for (level, index), node in fresh.items()]
    return leaves, nodes


def _erased(log: Log) -> set[Ref]:
    """Everything the log says was erased."""
    entries = Leaf.objects.filter(log=log, kind=ERASED).values_list("bytes", flat=True)
    return {(n, field) for data in entries for n, field in json.loads(bytes(data)).get("refs", [])}


def _openings(log: Log, wanted: Iterable[Opened], all_of_entry: Mapping[str, Opened]) -> list[Opening]:
    """Rows for the openings of one entry that open it; others are left out."""
    data = Leaf.objects.values_list("bytes", flat=True).get(log=log, n=next(iter(all_of_entry.values())).n)
    entry = Entry.from_bytes(bytes(data))
    subjects = _subjects(entry, all_of_entry.get(SUBJECTS))
    rows = []
    for opening in wanted:
        subject = subjects.get(opening.field, entry.org)
        if _opens(entry, opening) and not keystore.is_erased(subject):
            context = opening_context(log.origin, entry.n, opening.field)
            sealed = keystore.seal(subject, opening.value.encode(), context)
            rows.append(
                Opening(
                    log=log, n=entry.n, field=opening.field, salt=opening.salt, subject=subject, sealed=sealed
                )
            )
    return rows


def _subjects(entry: Entry, opening: Opened | None) -> dict[str, str]:
    """Whose key encrypts which field, where that is not the organization that made the entry."""
    if opening is None or not _opens(entry, opening):
        return {}
    found: dict[str, str] = json.loads(opening.value)
    return found


def _opens(entry: Entry, opening: Opened) -> bool:
    commitment = entry.commitment(opening.field)
    return commitment is not None and verify_opening(
        commitment, entry.log, entry.n, opening.field, opening.salt, opening.value.encode()
    )
