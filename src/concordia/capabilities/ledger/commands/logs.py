"""Logs come into being with their alliance and their partner, are held while one appends, and may be stopped."""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from concordia.capabilities.ledger.facts import stop_reason
from concordia.capabilities.ledger.models import Log
from concordia.domain.texts import both
from concordia.kernel.errors import RefusalError
from concordia.kernel.scoping import Audience


def open_shared_log(alliance_id: str, at: datetime) -> Log:
    """The shared log of an alliance; opening it twice gives the same one."""
    origin = f"{settings.LOG_HOST}/alliance/{alliance_id}/shared/1"
    return _open(alliance_id, alliance_id, Audience.SHARED, origin, at)


def open_private_log(alliance_id: str, partner_id: str, at: datetime) -> Log:
    """A partner's own log in an alliance; opening it twice gives the same one."""
    origin = f"{settings.LOG_HOST}/alliance/{alliance_id}/org/{partner_id}/1"
    return _open(alliance_id, partner_id, Audience.PRIVATE, origin, at)


def hold_log(alliance_id: str, owner_id: str) -> Log:
    """The log of an owner, held until the end of the caller's transaction, ready to be appended to.

    Whoever appends to two logs in one transaction takes the private one first, so that nobody waits in a
    circle. Raises RefusalError when the log is stopped.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an entry is appended in the transaction of what it records")
    rows = Log.objects.unscoped().filter(alliance_id=alliance_id, owner_id=owner_id)
    log = rows.select_for_update().order_by("-epoch").first()
    if log is None:
        raise RuntimeError(f"no log of {owner_id} in {alliance_id}")
    reason = stop_reason(log.stopped)
    if reason is not None:
        raise RefusalError(
            both(
                f"Het register staat stil. {reason.in_language('nl')} Er is niets vastgelegd; lezen kan wel. "
                "Vraag de beheerder om het register te herstellen.",
                f"The register is stopped. {reason.in_language('en')} Nothing was recorded; reading goes on. "
                "Ask the administrator to heal the register.",
            )
        )
    return log


def stop_log(log_id: str, word: str, number: int | None = None) -> None:
    """Let nothing more be appended, for a reason `facts.stop_reason` knows."""
    reason = word if number is None else f"{word} {number}"
    with transaction.atomic():
        Log.objects.unscoped().filter(id=log_id).update(stopped=reason)


def resume_log(log_id: str) -> None:
    """Let a log go on that was found to be whole."""
    with transaction.atomic():
        Log.objects.unscoped().filter(id=log_id).exclude(stopped="").update(stopped="")


def _open(alliance_id: str, owner_id: str, audience: str, origin: str, at: datetime) -> Log:
    found, _ = Log.objects.unscoped().get_or_create(
        alliance_id=alliance_id,
        owner_id=owner_id,
        epoch=1,
        defaults={"audience": audience, "origin": origin, "opened_at": at},
    )
    return found
