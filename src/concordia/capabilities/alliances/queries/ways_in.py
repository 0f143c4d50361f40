"""How somebody comes in, or back in: what those who manage them may see of links, and do about it."""

from dataclasses import dataclass
from datetime import datetime

from concordia.capabilities.accounts import queries as accounts
from concordia.capabilities.alliances.models import Appointment, Person
from concordia.capabilities.alliances.permissions import MANAGE_ALLIANCE, MANAGE_PARTNER
from concordia.capabilities.alliances.queries.entrance import is_party, partner_rows, running
from concordia.capabilities.alliances.queries.inviting import may_invite
from concordia.kernel.access import Access
from concordia.kernel.subject import Subject

PERSON = "alliances.person"


@dataclass(frozen=True, slots=True)
class Asked:
    """A link back. `by` is a name, empty for the host and for who is not of this alliance; `own`: the reader's."""

    id: str
    by: str
    own: bool
    at: datetime
    until: datetime
    approved: bool


@dataclass(frozen=True, slots=True)
class WayIn:
    """What the reader may know and do about somebody's links; all empty for who has nothing to do with them.

    `invites`: may invite them (again), `until` when the invitation of now ends. `helps`: may ask a way back
    for them. `me`: it is the reader.
    """

    invites: bool = False
    until: datetime | None = None
    helps: bool = False
    asked: Asked | None = None
    me: bool = False


def way_in(access: Access, person_id: str) -> WayIn:
    """The links of a person. Raises NotFoundError for whoever may not see the person."""
    row = Person.objects.visible_to(access).one(id=person_id)
    if row.erased_at is not None:
        return WayIn()
    if row.id == access.person:
        return WayIn(me=True, asked=_asked(access, accounts.own_return(access)))
    if not row.account_id:
        return _invitation(access, row)
    return _return(access, row) if _manages(access, row) else WayIn()


def _invitation(access: Access, row: Person) -> WayIn:
    here = [partner.id for partner in partner_rows(access) if is_party(partner, access.now)]
    if row.partner_id not in may_invite(access, here):
        return WayIn()
    lines = accounts.invitations([Subject(PERSON, row.id)])
    open_lines = [line.expires_at for line in lines if line.state(access.now) == "open"]
    return WayIn(invites=True, until=max(open_lines, default=None))


def _return(access: Access, row: Person) -> WayIn:
    held = Appointment.objects.visible_to(access).filter(running(access.now), person_id=row.id)
    waiting = accounts.return_waiting(Subject(PERSON, row.id), access.now)
    return WayIn(helps=held.exists(), asked=_asked(access, waiting))


def _asked(access: Access, line: accounts.ReturnLine | None) -> Asked | None:
    if line is None:
        return None
    makers = Person.objects.visible_to(access).filter(account_id=line.made_by or "none")
    by = makers.values_list("name", flat=True).first() or ""
    return Asked(line.id, by, line.made_by == access.user, line.made_at, line.expires_at, line.approved)


def _manages(access: Access, row: Person) -> bool:
    right = MANAGE_PARTNER if row.partner_id else MANAGE_ALLIANCE
    return right in access.permissions and row.partner_id == access.partner
