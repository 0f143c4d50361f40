"""Every week the shared log binds the head of each private log, without showing it (trust.md 4.1, Logs).

It happens also when nothing happened, so that a beat tells nothing about a partner's activity.
"""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from concordia.capabilities.ledger.commands.appending import append
from concordia.capabilities.ledger.facts import HEAD_COMMITTED, Fact, Value
from concordia.capabilities.ledger.models import Log
from concordia.capabilities.ledger.queries.verifying import newest_checkpoint
from concordia.domain.checkpoint import Checkpoint
from concordia.domain.merkle import EMPTY_ROOT
from concordia.kernel.access import Access
from concordia.kernel.scoping import Audience


def heads_due(now: datetime) -> list[str]:
    """Alliances with a private log whose head was not committed since Monday 00:00 UTC."""
    return sorted(set(_due(now).values_list("alliance_id", flat=True)))


@transaction.atomic
def commit_heads(alliance_id: str, now: datetime) -> int:
    """Append one entry for each private log that is due, which only its partner can open; how many.

    It binds what was signed of the private log, so that the two logs of a bundle, of which the private one is read
    last, never contradict each other.

    Idempotent within a week. Raises RefusalError when the shared log is stopped.
    """
    logs = list(_due(now).filter(alliance_id=alliance_id).select_for_update().order_by("id"))
    access = Access(now=now, alliance=alliance_id, system=True)
    for log in logs:
        head = _signed_head(log).body()
        fact = Fact(
            kind=HEAD_COMMITTED,
            obj=log.id,
            rev=log.epoch,
            org=alliance_id,
            role="host",
            audience=(log.owner_id,),
            values={"head": Value(head, log.owner_id)},
        )
        append(access, fact)
    Log.objects.unscoped().filter(id__in=[log.id for log in logs]).update(head_at=now)
    return len(logs)


def _signed_head(log: Log) -> Checkpoint:
    signed = newest_checkpoint(log)
    if signed is None:
        return Checkpoint(log.origin, 0, EMPTY_ROOT)
    return Checkpoint(log.origin, signed.size, bytes(signed.root))


def _due(now: datetime) -> QuerySet[Log]:
    utc = now.astimezone(UTC)
    monday = (utc - timedelta(days=utc.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    private = Log.objects.unscoped().filter(audience=Audience.PRIVATE, stopped="")
    return private.alias(since=Coalesce("head_at", "opened_at")).filter(since__lt=monday)
