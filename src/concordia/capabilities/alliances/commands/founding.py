"""An alliance comes into being: its charter, its partners, its logs, and a first door for each of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from django.db import IntegrityError, transaction

from concordia.capabilities.alliances import facts
from concordia.capabilities.alliances.commands.recording import record
from concordia.capabilities.alliances.models import Alliance, CharterVersion, Partner
from concordia.capabilities.ledger.commands import open_private_log, open_shared_log
from concordia.domain.charter import Charter, canonical_charter, charter_hash
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience

_LONGEST_KEY = 54  # of the 60 signs of a key, so that a number fits behind it


@dataclass(frozen=True, slots=True)
class Founded:
    """A new alliance. `access` acts for the alliance as a whole, at its founding moment only."""

    alliance: str
    key: str
    partners: dict[str, str]
    access: Access


def with_free_key(charter: Charter) -> Charter:
    """The charter under a key that is not taken yet: a number is added where needed (`river-2`)."""
    wanted = charter.alliance.key
    taken = set(
        Alliance.objects.unscoped()
        .filter(key__startswith=wanted[:_LONGEST_KEY])
        .values_list("key", flat=True)
    )
    free = next(key for key in _numbered(wanted) if key not in taken)
    return charter.model_copy(update={"alliance": charter.alliance.model_copy(update={"key": free})})


def _numbered(key: str) -> Iterator[str]:
    """A key, then the same with 2, 3 and so on, within the length a key may have."""
    yield key
    for number in count(2):
        yield f"{key[:_LONGEST_KEY]}-{number}"


@transaction.atomic
def found_alliance(now: datetime, *, charter: Charter, example: bool = False) -> Founded:
    """Found an alliance on a checked charter (system.md C5, C6).

    Raises RefusalError when the key is taken on this installation.
    """
    identifier = _begun(charter, now, example=example)
    version = CharterVersion.objects.create(
        owner_id=identifier,
        number=1,
        source=canonical_charter(charter).decode(),
        content_hash=charter_hash(charter),
        drafted_at=now,
        changed_at=now,
        in_force_from=now,
        audience=Audience.SHARED,
        alliance_id=identifier,
    )
    partners = add_partners(identifier, charter, now)

    access = Access(now=now, alliance=identifier, system=True)
    open_shared_log(identifier, now)
    for partner in partners:
        open_private_log(identifier, partner.id, now)
    record(
        access,
        facts.alliance_founded(identifier, str(charter.alliance.name), str(charter.alliance.objective)),
        facts.charter_enacted(version.id, 1, version.content_hash, "", version.source),
        *(facts.partner_joined(partner.id, partner.key) for partner in partners),
    )
    return Founded(
        identifier, charter.alliance.key, {partner.key: partner.id for partner in partners}, access
    )


def _begun(charter: Charter, now: datetime, *, example: bool) -> str:
    """The row of the alliance itself; its id. Of two that come at once with one key, the second is refused."""
    identifier, key = new_id("all"), charter.alliance.key
    taken = Alliance.objects.unscoped().filter(key=key)
    try:
        if taken.exists():
            raise _taken(key)
        with transaction.atomic():
            Alliance.objects.create(
                id=identifier,
                owner_id=identifier,
                key=key,
                name=charter.alliance.name.plain(),
                audience=Audience.SHARED,
                alliance_id=identifier,
                example=example,
                founded_at=now,
            )
    except IntegrityError:
        if taken.exists():
            raise _taken(key) from None
        raise
    return identifier


def _taken(key: str) -> RefusalError:
    return RefusalError(
        both(
            f"Op deze installatie bestaat al een alliantie met de sleutel “{key}”. "
            "Kies bij `alliance.key` een andere sleutel; het handvest is verder in orde.",
            f"This installation already has an alliance with the key “{key}”. "
            "Choose another key at `alliance.key`; the charter itself is in order.",
        ),
        field="key",
    )


def add_partners(alliance: str, charter: Charter, now: datetime) -> list[Partner]:
    """Rows for the partners of `charter` that have none yet, each owned by itself."""
    known = set(Partner.objects.unscoped().filter(alliance_id=alliance).values_list("key", flat=True))
    added = []
    for place, partner in enumerate(charter.partners):
        if partner.key in known:
            continue
        identifier = new_id("par")
        row = Partner(
            id=identifier,
            alliance_id=alliance,
            owner_id=identifier,
            audience=Audience.SHARED,
            key=partner.key,
            name=partner.name.plain(),
            place=place,
            joined_at=now,
        )
        added.append(row)
    return Partner.objects.bulk_create(added)
