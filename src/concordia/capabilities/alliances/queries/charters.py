"""Which charter holds when, and every version there ever was (C6)."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Q

from concordia.capabilities.alliances.models import CharterVersion
from concordia.domain.charter import Charter, stored_charter
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class CharterInForce:
    """A version of the charter with its text. `number` is None for a draft or a version not yet adopted."""

    id: str
    number: int | None
    charter: Charter
    source: str
    content_hash: str
    in_force_from: datetime | None
    adopted_by: str
    own: bool


@dataclass(frozen=True, slots=True)
class CharterLine:
    """A version in a list. `state`: draft, proposed, coming, in_force, earlier or set_aside."""

    id: str
    number: int | None
    state: str
    in_force_from: datetime | None
    changed_at: datetime
    adopted_by: str
    own: bool


def charter_in_force(access: Access, at: datetime | None = None) -> CharterInForce:
    """The version in force at a moment, now unless told otherwise. Raises NotFoundError before founding."""
    if at is None:
        return access.keep("charter", lambda: _at(access, access.now))
    return _at(access, at)


def charter_to_amend(access: Access) -> CharterInForce:
    """What a draft starts from: the newest version adopted, also while it waits for its date.

    Raises NotFoundError before founding.
    """
    rows = CharterVersion.objects.visible_to(access).filter(number__isnull=False)
    newest = rows.order_by("-number").first()
    if newest is None:
        raise NotFoundError
    return _read(access, newest)


def charter_version(access: Access, version_id: str) -> CharterInForce:
    """Any version one may see, by its id: drafts of one's own, versions put forward, in force, or earlier."""
    return _read(access, CharterVersion.objects.visible_to(access).one(id=version_id))


def charter_number(access: Access, number: int) -> CharterInForce:
    """A version by its number: every version in force, ever, can be read."""
    return _read(access, CharterVersion.objects.visible_to(access).one(number=number))


def charter_versions(access: Access, limit: int = 50) -> tuple[CharterLine, ...]:
    """The latest versions, drafts first, then newest number first."""
    rows = list(CharterVersion.objects.visible_to(access).defer("source")[:limit])
    current = _in_force(access, access.now)
    newest = current.number if current else None
    return tuple(
        CharterLine(
            row.id,
            row.number,
            _state(row, newest, access.now),
            row.in_force_from,
            row.changed_at,
            row.adopted_by,
            _own(access, row),
        )
        for row in rows
    )


def charter_state(access: Access, version_id: str) -> str:
    """Where a version stands, as in `CharterLine.state`."""
    row = CharterVersion.objects.visible_to(access).one(id=version_id)
    current = _in_force(access, access.now)
    return _state(row, current.number if current else None, access.now)


def _at(access: Access, at: datetime) -> CharterInForce:
    version = _in_force(access, at)
    if version is None:
        raise NotFoundError
    return _read(access, version)


def _in_force(access: Access, at: datetime) -> CharterVersion | None:
    rows = CharterVersion.objects.visible_to(access).filter(number__isnull=False)
    return rows.filter(Q(in_force_from__lte=at)).order_by("-number").first()


def _read(access: Access, version: CharterVersion) -> CharterInForce:
    return CharterInForce(
        version.id,
        version.number,
        parsed(version.source),
        version.source,
        version.content_hash,
        version.in_force_from,
        version.adopted_by,
        _own(access, version),
    )


@lru_cache(maxsize=256)
def parsed(source: str) -> Charter:
    """The charter a stored source says. Sources never change, so a reading is kept."""
    return stored_charter(source)


def _own(access: Access, version: CharterVersion) -> bool:
    return version.owner_id in {access.partner, access.alliance}


def _state(row: CharterVersion, newest: int | None, now: datetime) -> str:
    if row.number is None:
        if row.withdrawn_at:
            return "set_aside"
        return "proposed" if row.proposed_at else "draft"
    if row.in_force_from and row.in_force_from > now:
        return "coming"
    return "in_force" if row.number == newest else "earlier"
