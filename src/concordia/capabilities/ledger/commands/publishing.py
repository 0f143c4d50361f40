"""Give a log that grew a checkpoint: first durable here, then signed, then shown (trust.md 4.1, Publish)."""

from base64 import b64encode
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from concordia.capabilities.ledger.commands.logs import stop_log
from concordia.capabilities.ledger.facts import BEHIND, DIVERGED
from concordia.capabilities.ledger.models import Checkpoint, Log
from concordia.capabilities.ledger.queries.tree import read_at_once, stored_root
from concordia.domain import merkle
from concordia.kernel import signing

_TRIES = 3  # others may sign a larger tree in between


def publish(log_id: str, now: datetime) -> Checkpoint | None:
    """Sign the log at its present size; the checkpoint, or None for an empty log.

    Two that publish at once get the same note. Raises SigningError when the signer refuses; the row waits
    for the next try. A log that no longer contains what was signed is stopped.
    """
    for _ in range(_TRIES):
        checkpoint = _recorded(log_id, now)
        if checkpoint is None or checkpoint.note:
            return checkpoint
        note = _signed(checkpoint, now)
        if note is not None:
            return _kept(checkpoint, note)
    raise signing.SigningError("others kept signing newer checkpoints of this log")


def unpublished_logs() -> list[str]:
    """Logs that grew since their newest signed checkpoint."""
    signed = Checkpoint.objects.filter(~Q(note=b""), log=OuterRef("id")).values("log")
    newest = Subquery(signed.annotate(newest=Max("size")).values("newest"))
    rows = (
        Log.objects.unscoped().annotate(signed=Coalesce(newest, 0)).filter(size__gt=F("signed"), stopped="")
    )
    return list(rows.order_by("origin").values_list("id", flat=True))


def _recorded(log_id: str, now: datetime) -> Checkpoint | None:
    """The row for the log's present size, on disk before anybody signs it."""
    with transaction.atomic():
        log = Log.objects.unscoped().get(id=log_id)
        if not log.size:
            return None
        checkpoint, _ = Checkpoint.objects.select_related("log").get_or_create(
            log=log, size=log.size, defaults={"root": stored_root(log, log.size), "at": now}
        )
    return checkpoint


def _signed(checkpoint: Checkpoint, now: datetime) -> bytes | None:
    """The signer's note; None when it has meanwhile signed a larger tree of this log."""
    log = checkpoint.log
    noted = Checkpoint.objects.filter(~Q(note=b""), log=log, size__lt=checkpoint.size)
    known = noted.aggregate(newest=Max("size"))["newest"] or 0
    try:
        return _ask(checkpoint, known, now)
    except signing.SigningError:
        size, root = signing.mark(log.origin)
        if size > checkpoint.size:
            _stop_if_behind(log.id, size)
            return None
        if size and b64encode(stored_root(log, size)).decode() != root:
            stop_log(log.id, DIVERGED, size)
            raise
        if size == known:
            raise
    return _ask(checkpoint, size, now)


def _ask(checkpoint: Checkpoint, mark: int, now: datetime) -> bytes:
    log, size = checkpoint.log, checkpoint.size
    proof: list[bytes] = []
    if 0 < mark < size:
        proof = read_at_once(log, lambda fetch: merkle.consistency_proof(mark, size, fetch))
    return signing.sign(log.origin, size, bytes(checkpoint.root), proof, now)


def _stop_if_behind(log_id: str, signed: int) -> None:
    """Raise SigningError when the log is smaller than what was signed, after stopping it."""
    if Log.objects.unscoped().get(id=log_id).size < signed:
        stop_log(log_id, BEHIND, signed)
        raise signing.SigningError(f"{signed} entries were signed before, and they are not all here")


def _kept(checkpoint: Checkpoint, note: bytes) -> Checkpoint:
    """The row with its note. It gets one once, so of two that bring one, the first counts."""
    if not checkpoint.log.vkeys:  # before the note: without its keys a note that is kept looks forged
        vkeys = "\n".join(signing.verifier_keys(checkpoint.log.origin))
        Log.objects.unscoped().filter(id=checkpoint.log_id).update(vkeys=vkeys)
    Checkpoint.objects.filter(id=checkpoint.id, note=b"").update(note=note)
    checkpoint.refresh_from_db(fields=["note"])
    return checkpoint
