"""The keys with which people sign: recorded in the log once, before the first thing they sign (trust.md 4.1)."""

from typing import Any

from django.db.models import Max

from concordia.capabilities.alliances import facts
from concordia.capabilities.alliances.commands.recording import everyone
from concordia.capabilities.alliances.models import Alliance, Partner, Person, PersonKey
from concordia.capabilities.alliances.queries.entrance import present
from concordia.capabilities.ledger.commands import append
from concordia.capabilities.ledger.queries import log_of
from concordia.domain.assertions import SigningKey
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience


def record_key(access: Access, key: SigningKey) -> int:
    """The entry of the shared log that holds a key of the reader, for all partners of now; made where there is none.

    The caller holds a transaction and has checked that the key is the reader's own.
    """
    if access.person is None or key.person != access.person:
        raise NotFoundError
    entry = _entry_of(access, key)
    if entry is not None:
        return entry
    # Of two first signatures at one moment the second finds the key of the first.
    Alliance.objects.visible_to(access).select_for_update().one(id=access.require_alliance())
    entry = _entry_of(access, key)
    return _record(access, key) if entry is None else entry


def _entry_of(access: Access, key: SigningKey) -> int | None:
    """Where every partner of now can open the key."""
    newest = (
        Partner.objects.visible_to(access).filter(present(access.now)).aggregate(at=Max("joined_at"))["at"]
    )
    known = PersonKey.objects.visible_to(access).filter(**_place(access, key), recorded_at__gte=newest)
    return known.values_list("entry", flat=True).first()


def _record(access: Access, key: SigningKey) -> int:
    name = Person.objects.visible_to(access).one(id=key.person).name
    fact = facts.key_recorded(new_id("key"), key.person, name, key.to_json())
    entry = append(access, fact.recorded_by(access, everyone(access)))
    PersonKey.objects.unscoped().update_or_create(
        **_place(access, key),
        defaults={
            "owner_id": access.partner or access.require_alliance(),
            "audience": Audience.SHARED,
            "entry": entry.n,
            "recorded_at": access.now,
        },
    )
    return entry.n


def _place(access: Access, key: SigningKey) -> dict[str, Any]:
    return {
        "alliance_id": access.require_alliance(),
        "person_id": key.person,
        "origin": log_of(access).origin,
        "fingerprint": key.fingerprint,
    }
