"""From an account to the alliances it is in, and to what it may do there now."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.timezone import localdate

from concordia.capabilities.alliances.models import Alliance, Appointment, Partner, Person
from concordia.capabilities.alliances.permissions import permissions_of
from concordia.capabilities.alliances.queries.charters import charter_in_force
from concordia.domain.charter import Charter, chair_partner
from concordia.domain.texts import Text
from concordia.kernel.access import Access, Seat
from concordia.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class AllianceLine:
    """An alliance as one of its people meets it."""

    id: str
    key: str
    name: Text
    example: bool
    partner: Text | None
    positions: tuple[str, ...]
    person: str


def running(now: datetime, prefix: str = "") -> Q:
    """The filter for appointments that hold at `now`; `prefix` as in `appointments__`."""
    today = localdate(now)
    ends = Q(**{f"{prefix}until_date__isnull": True}) | Q(**{f"{prefix}until_date__gte": today})
    stopped = Q(**{f"{prefix}ended_at__isnull": True}) | Q(**{f"{prefix}ended_at__gt": now})
    return Q(**{f"{prefix}from_date__lte": today}) & ends & stopped


def present(now: datetime) -> Q:
    """The filter for partners that are party to the charter at `now`."""
    return Q(joined_at__lte=now) & (Q(left_at__isnull=True) | Q(left_at__gt=now))


def partner_rows(access: Access) -> tuple[Partner, ...]:
    """The partners of now and before, in the charter's order; `came_in` tells where somebody of it has an account."""
    inside = came_in(access).filter(partner_id=OuterRef("id"))
    return access.keep(
        "partners", lambda: tuple(Partner.objects.visible_to(access).annotate(came_in=Exists(inside)))
    )


def is_inhabited(row: Partner) -> bool:
    """Whether somebody of a partner has an account, of a row that `partner_rows` gave."""
    return bool(vars(row)["came_in"])


def came_in(access: Access) -> QuerySet[Appointment]:
    """The appointments that hold now of people who have an account."""
    return Appointment.objects.visible_to(access).filter(running(access.now)).exclude(person__account_id="")


def access_for(
    user_id: str,
    alliance_key: str,
    *,
    now: datetime,
    language: str,
    recent: bool = False,
    only_reads: bool = False,
) -> Access:
    """Who this account is in an alliance, now (trust.md 4.3: permissions follow appointments).

    `only_reads` promises that nothing is changed with it, so that a page may ask the same thing once. Raises
    NotFoundError for whoever is not in it, in the same way as for an alliance that is not there.
    A person whose appointments all ended, or whose partner left, is an outsider from that moment.
    """
    held = (
        Appointment.objects.unscoped()
        .filter(running(now), person__account_id=user_id, person__erased_at__isnull=True)
        .exclude(person__account_id="")
        .filter(person__alliance_id__in=Alliance.objects.unscoped().filter(key=alliance_key).values("id"))
        .select_related("person__partner")
        .order_by("from_date", "id")
    )
    seats = tuple(Seat(row.id, row.position, row.level, row.partner_id) for row in held)
    person = held[0].person if seats else None
    if person is None or not is_party(person.partner, now):
        raise NotFoundError
    partner = person.partner
    access = Access(
        now=now,
        user=user_id,
        alliance=person.alliance_id,
        person=person.id,
        partner=partner.id if partner else None,
        partner_key=partner.key if partner else None,
        seats=seats,
        language=language,
        recent=recent,
        kept={} if only_reads else None,
    )
    return _with_permissions(access)


def alliances_of(user_id: str, now: datetime) -> tuple[AllianceLine, ...]:
    """The alliances an account is in now, oldest first: a person may be in several, an organization too."""
    people = (
        Person.objects.unscoped()
        .filter(running(now, "appointments__"), account_id=user_id, erased_at__isnull=True)
        .exclude(account_id="")
        .select_related("partner")
        .prefetch_related(Prefetch("appointments", Appointment.objects.unscoped().filter(running(now))))
        .distinct()
    )
    members = [person for person in people if is_party(person.partner, now)]
    alliances = Alliance.objects.unscoped().in_bulk([person.alliance_id for person in members])
    lines = [_line(alliances[person.alliance_id], person) for person in members]
    return tuple(sorted(lines, key=lambda line: (alliances[line.id].founded_at, line.key)))


def alliance(access: Access) -> AllianceLine:
    """The alliance one is in, with one's own place in it."""
    row = Alliance.objects.visible_to(access).one(id=access.require_alliance())
    partner = next((partner for partner in partner_rows(access) if partner.id == access.partner), None)
    return AllianceLine(
        row.id,
        row.key,
        Text.of(row.name),
        row.example,
        Text.of(partner.name) if partner else None,
        tuple(seat.position for seat in access.seats),
        access.person or "",
    )


def is_party(partner: Partner | None, now: datetime) -> bool:
    """Whether a partner is party to the charter at `now`; None, the alliance itself, always is."""
    if partner is None:
        return True
    return partner.joined_at <= now and (partner.left_at is None or partner.left_at > now)


def _with_permissions(access: Access) -> Access:
    current = charter_in_force(access)
    granted = permissions_of(access.seats, chairs=_chairs(access, current.charter))
    return replace(access, permissions=granted)


def _chairs(access: Access, charter: Charter) -> bool:
    held = {seat.position for seat in access.seats}
    return any(
        chair_partner(charter, body.key, access.today) == access.partner_key
        and any(seat.position in held for seat in body.seats)
        for body in charter.bodies
        if access.partner_key
    )


def _line(row: Alliance, person: Person) -> AllianceLine:
    return AllianceLine(
        row.id,
        row.key,
        Text.of(row.name),
        row.example,
        Text.of(person.partner.name) if person.partner else None,
        tuple(appointment.position for appointment in person.appointments.all()),
        person.id,
    )
