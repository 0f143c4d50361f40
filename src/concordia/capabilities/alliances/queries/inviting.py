"""Whose people one may invite (C54): one's own, and where nobody came in yet, the first."""

from collections.abc import Iterable

from concordia.capabilities.alliances.models import Appointment
from concordia.capabilities.alliances.permissions import MANAGE_ALLIANCE, MANAGE_PARTNER
from concordia.capabilities.alliances.queries.entrance import is_party, partner_rows, running
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


def may_invite(access: Access, here: Iterable[str]) -> frozenset[str | None]:
    """Of the partners `here`, whose people one may invite; None among them is the alliance as a whole.

    After the first person of a partner, nobody manages another partner's people (non-intervention).
    """
    if not {MANAGE_PARTNER, MANAGE_ALLIANCE} & access.permissions:
        return frozenset()
    held = Appointment.objects.visible_to(access).filter(running(access.now)).exclude(person__account_id="")
    came_in = set(held.values_list("partner_id", flat=True))
    own = {access.partner} if MANAGE_PARTNER in access.permissions or access.partner is None else set()
    return frozenset(place for place in {*here, None} if place in own or place not in came_in)


def require_inviting(access: Access, partner: str | None) -> None:
    """Raise NotAllowedError for who manages no people, NotFoundError for people of another organization."""
    here = [row.id for row in partner_rows(access) if is_party(row, access.now)]
    if access.system or partner in may_invite(access, here):
        return
    access.require(MANAGE_PARTNER if partner else MANAGE_ALLIANCE)
    raise NotFoundError
