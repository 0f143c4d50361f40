"""Logs come into being with their alliance and their partner."""

from datetime import datetime

from django.conf import settings

from concordia.capabilities.ledger.models import Log
from concordia.kernel.scoping import Audience


def open_shared_log(alliance_id: str, at: datetime) -> Log:
    """The shared log of an alliance; opening it twice gives the same one."""
    origin = f"{settings.LOG_HOST}/alliance/{alliance_id}/shared/1"
    return _open(alliance_id, alliance_id, Audience.SHARED, origin, at)


def open_private_log(alliance_id: str, partner_id: str, at: datetime) -> Log:
    """A partner's own log in an alliance; opening it twice gives the same one."""
    origin = f"{settings.LOG_HOST}/alliance/{alliance_id}/org/{partner_id}/1"
    return _open(alliance_id, partner_id, Audience.PRIVATE, origin, at)


def _open(alliance_id: str, owner_id: str, audience: str, origin: str, at: datetime) -> Log:
    found, _ = Log.objects.unscoped().get_or_create(
        alliance_id=alliance_id,
        owner_id=owner_id,
        epoch=1,
        defaults={"audience": audience, "origin": origin, "opened_at": at},
    )
    return found
