"""Erase what was said about a person; every proof stays valid (trust.md 4.1, Erasure)."""

import json
from collections.abc import Iterable, Iterator

from django.db import transaction

from concordia.capabilities.ledger.commands.appending import append
from concordia.capabilities.ledger.facts import Fact, Value
from concordia.capabilities.ledger.models import Leaf, Log, Opening
from concordia.domain.leaves import ERASED
from concordia.kernel import keystore
from concordia.kernel.access import Access

_ROOM = 12_000  # bytes of references in one entry, which holds 16 KiB
_MANY = 500

type Ref = tuple[int, str]


def erase_subject(access: Access, subject: str, ground: str) -> int:
    """Delete a person's openings, record which, and destroy the key; how many there were.

    The caller holds a transaction and decided that one may. The key goes after the commit: if the machine
    stops in between, the next start destroys it, since the log says so.
    """
    alliance = access.require_alliance()
    _hold_all(alliance)
    by_owner: dict[str, list[Ref]] = {}
    rows = Opening.objects.filter(subject=subject, log__alliance_id=alliance)
    for owner, n, field in rows.values_list("log__owner_id", "n", "field"):
        by_owner.setdefault(owner, []).append((n, field))

    Opening.objects.filter(subject=subject, log__alliance_id=alliance).delete()

    # Private logs before the shared one: everybody who appends to two takes them in this order.
    for owner in sorted(by_owner, key=lambda each: (each == alliance, each)):
        for refs in _portions(by_owner[owner]):
            append(
                access,
                _erased(access, subject, ground, refs),
                private_to=None if owner == alliance else owner,
            )
    transaction.on_commit(lambda: keystore.destroy(subject))
    return sum(map(len, by_owner.values()))


def replay_erasures() -> int:
    """Delete again every opening and key that was erased, as logs and the key folder say; how many openings.

    Runs before the application opens, so that after a restore nothing erased is ever readable again.
    """
    deleted = 0
    erasures = Leaf.objects.filter(kind=ERASED).values_list("log_id", "bytes")
    for log_id, data in erasures.iterator():
        body = json.loads(bytes(data))
        keystore.destroy(body["obj"])
        deleted += delete_openings(log_id, [(n, field) for n, field in body.get("refs", [])])
    for subject in keystore.erased():
        deleted += _delete(Opening.objects.filter(subject=subject).values_list("id", flat=True))
    return deleted


def delete_openings(log_id: str, refs: Iterable[Ref]) -> int:
    """Delete the openings of these entries and fields: the one table from which something may go."""
    wanted = set(refs)
    rows = Opening.objects.filter(log_id=log_id, n__in={n for n, _ in wanted}).values_list("id", "n", "field")
    return _delete([identifier for identifier, n, field in rows if (n, field) in wanted])


def _delete(identifiers: Iterable[int]) -> int:
    found = list(identifiers)
    with transaction.atomic():
        for start in range(0, len(found), _MANY):
            Opening.objects.filter(id__in=found[start : start + _MANY]).delete()
    return len(found)


def _erased(access: Access, subject: str, ground: str, refs: tuple[Ref, ...]) -> Fact:
    org = access.partner or access.require_alliance()
    return Fact(
        kind=ERASED,
        obj=subject,
        rev=1,
        org=org,
        role=access.seats[0].position if access.seats else "host",
        audience=(),
        values={"ground": Value(ground, org)},
        refs=refs,
    )


def _hold_all(alliance: str) -> None:
    """Hold every log of an alliance, private ones first: what is being written about a person is then seen."""
    logs = Log.objects.unscoped().filter(alliance_id=alliance).select_for_update().order_by("id")
    for held in (logs.exclude(owner_id=alliance), logs.filter(owner_id=alliance)):
        list(held.values_list("id"))


def _portions(refs: list[Ref]) -> Iterator[tuple[Ref, ...]]:
    """References in portions that fit an entry each."""
    portion: list[Ref] = []
    size = 0
    for ref in sorted(refs):
        length = len(json.dumps(ref)) + 1
        if portion and size + length > _ROOM:
            yield tuple(portion)
            portion, size = [], 0
        portion.append(ref)
        size += length
    if portion:
        yield tuple(portion)
