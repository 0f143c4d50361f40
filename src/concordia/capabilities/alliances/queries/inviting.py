"""Whose people one may invite (C54): one's own, and where nobody came in yet, the first."""

from collections.abc import Iterable

from concordia.capabilities.alliances.permissions import MANAGE_ALLIANCE, MANAGE_PARTNER
from concordia.capabilities.alliances.queries.entrance import (
    came_in,
    is_inhabited,
    is_party,
    partner_rows,
)
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


def may_invite(access: Access, here: Iterable[str]) -> frozenset[str | None]:
    """Of the partners `here`, whose people one may invite; None among them is the alliance as a whole.

    After the first person of a partner, nobody manages another partner's people (non-intervention).
    """
    partners = partners_to_invite(access, here)
    if not _manages(access):
        return partners
    own = access.partner is None
    return partners | ({None} if own or not came_in(access).filter(partner_id=None).exists() else set())


def partners_to_invite(access: Access, here: Iterable[str]) -> frozenset[str | None]:
    """Of the partners `here`, whose people one may invite: one's own, and those where nobody came in yet."""
    if not _manages(access):
        return frozenset()
    own = {access.partner} if MANAGE_PARTNER in access.permissions else set()
    inside = {row.id for row in partner_rows(access) if is_inhabited(row)}
    return frozenset(place for place in here if place in own or place not in inside)


def _manages(access: Access) -> bool:
    return bool({MANAGE_PARTNER, MANAGE_ALLIANCE} & access.permissions)


def require_inviting(access: Access, partner: str | None) -> None:
    """Raise NotAllowedError for who manages no people, NotFoundError for people of another organization."""
    here = [row.id for row in partner_rows(access) if is_party(row, access.now)]
    if access.system or partner in may_invite(access, here):
        return
    access.require(MANAGE_PARTNER if partner else MANAGE_ALLIANCE)
    raise NotFoundError
