"""Erase what was said about a person; every proof stays valid (trust.md 4.1, Erasure)."""

from django.db import transaction

from concordia.capabilities.ledger.commands.appending import append
from concordia.capabilities.ledger.facts import Fact, Value
from concordia.capabilities.ledger.models import Leaf, Log, Opening
from concordia.domain.leaves import ERASED
from concordia.domain.leaves import Leaf as Entry
from concordia.kernel import keystore
from concordia.kernel.access import Access

_REFS_PER_ENTRY = 400  # keeps an entry below 16 KiB


def erase_subject(access: Access, subject: str, ground: str) -> int:
    """Delete a person's openings, record which, and destroy the key; how many there were.

    The caller holds a transaction and decided that one may. The key goes after the commit: if the machine
    stops in between, the next start destroys it, since the log says so.
    """
    rows = Opening.objects.filter(subject=subject).select_related("log")
    by_log: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        by_log.setdefault(row.log.owner_id, []).append((row.n, row.field))
    count = sum(map(len, by_log.values()))

    delete_openings(subject=subject)

    org = access.partner or access.require_alliance()
    role = access.seats[0].position if access.seats else "host"
    for owner, refs in by_log.items():
        private = owner if owner != access.alliance else None
        for start in range(0, len(refs), _REFS_PER_ENTRY):
            fact = Fact(
                kind=ERASED,
                obj=subject,
                rev=1,
                org=org,
                role=role,
                audience=(),
                values={"ground": Value(ground, org)},
                refs=tuple(refs[start : start + _REFS_PER_ENTRY]),
            )
            append(access, fact, private_to=private)
    transaction.on_commit(lambda: keystore.destroy(subject))
    return count


def replay_erasures() -> int:
    """After a restore: delete again every opening and key the log says was erased; how many openings.

    Runs before the application opens, so that nothing erased is ever readable again.
    """
    deleted = 0
    for log in Log.objects.unscoped():
        for data in Leaf.objects.filter(log=log, kind=ERASED).values_list("bytes", flat=True):
            entry = Entry.from_bytes(bytes(data))
            keystore.destroy(entry.obj)
            for n, field in entry.refs:
                deleted += delete_openings(log=log, n=n, field=field)
    return deleted


def delete_openings(**which: object) -> int:
    """Delete openings: the one table of the register from which something may go."""
    with transaction.atomic():
        return Opening.objects.filter(**which).delete()[0]
