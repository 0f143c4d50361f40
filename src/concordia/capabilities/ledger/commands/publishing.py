"""Give a log that grew a checkpoint: first durable here, then signed, then shown (trust.md 4.1, Publish)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from concordia.capabilities.ledger.models import Checkpoint, Log
from concordia.capabilities.ledger.queries.tree import fetcher, stored_root
from concordia.domain import merkle
from concordia.kernel import signing


def publish(log_id: str, now: datetime) -> Checkpoint | None:
    """Sign the log at its present size; the checkpoint, or None for an empty log.

    Two that publish at once get the same note. Raises SigningError when the signer refuses, which stops
    nothing else: the row waits for the next try.
    """
    with transaction.atomic():
        log = Log.objects.unscoped().get(id=log_id)
        if not log.size:
            return None
        checkpoint, _ = Checkpoint.objects.get_or_create(
            log=log, size=log.size, defaults={"root": stored_root(log, log.size), "at": now}
        )
    if checkpoint.note:
        return checkpoint

    mark, _ = signing.mark(log.origin)
    proof = (
        merkle.consistency_proof(mark, checkpoint.size, fetcher(log)) if 0 < mark < checkpoint.size else []
    )
    note = signing.sign(log.origin, checkpoint.size, bytes(checkpoint.root), proof, now)

    Checkpoint.objects.filter(id=checkpoint.id, note=b"").update(note=note)
    checkpoint.refresh_from_db()
    return checkpoint


def unpublished_logs() -> list[str]:
    """Logs that grew since their newest signed checkpoint."""
    signed = Checkpoint.objects.filter(~Q(note=b""), log=OuterRef("id")).values("log")
    newest = Subquery(signed.annotate(newest=Max("size")).values("newest"))
    rows = (
        Log.objects.unscoped().annotate(signed=Coalesce(newest, 0)).filter(size__gt=F("signed"), stopped="")
    )
    return list(rows.values_list("id", flat=True))
