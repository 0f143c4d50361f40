"""Partners as equals, their people, positions, vacancies and mandates (C5, C12, C13, C18)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from concordia.capabilities.alliances.models import Appointment, Contact, Mandate, Partner, Person
from concordia.capabilities.alliances.permissions import MANAGE_ALLIANCE, MANAGE_PARTNER
from concordia.capabilities.alliances.queries.charters import charter_in_force
from concordia.capabilities.alliances.queries.entrance import is_party, partner_rows, running
from concordia.capabilities.alliances.queries.inviting import may_invite
from concordia.domain import mandates
from concordia.domain.charter import Charter, chair_partner, chair_until
from concordia.domain.texts import Text
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError

_REMEMBERED = timedelta(days=365)  # how long who left still stands in the list


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner among equals. `place` fixes its strand, never a rank."""

    id: str
    key: str
    name: Text
    place: int
    joined_at: datetime
    left_at: datetime | None
    own: bool


@dataclass(frozen=True, slots=True)
class MandateLine:
    """What a holder may decide. `limit_cents` None: no limit in money; `subjects` empty: all of them."""

    id: str
    subjects: tuple[str, ...]
    limit_cents: int | None
    from_date: date
    until_date: date | None
    text: str
    runs: bool


@dataclass(frozen=True, slots=True)
class AppointmentLine:
    """A position held by a person, with what it allows."""

    id: str
    person: str
    name: str
    position: str
    level: str
    partner: str | None
    from_date: date
    until_date: date | None
    notice_given: bool
    runs: bool
    handover: str
    mandates: tuple[MandateLine, ...]


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A position of the charter that nobody holds now. `partner` None: of the alliance as a whole."""

    position: str
    level: str
    partner: str | None
    open_places: int


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody of the alliance; `invited` while they have not accepted yet."""

    id: str
    name: str
    partner: str | None
    invited: bool
    erased: bool
    own: bool
    email: str
    phone: str
    appointments: tuple[AppointmentLine, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody by partner, with vacancies, and what the reader may do.

    `may_invite` are the partners whose people the reader may invite, None for the alliance as a whole.
    """

    partners: tuple[PartnerLine, ...]
    people: tuple[PersonLine, ...]
    vacancies: tuple[Vacancy, ...]
    may_manage_partner: bool
    may_manage_alliance: bool
    may_invite: frozenset[str | None]
    positions: tuple[tuple[str, str, Text], ...]


@dataclass(frozen=True, slots=True)
class Representative:
    """Somebody who may bind a voter now, under which mandates. `succeeds` is the appointment handed over to them."""

    person: str
    name: str
    appointment: str
    position: str
    level: str
    partner: str | None
    partner_key: str | None
    mandates: tuple[mandates.Mandate, ...]
    succeeds: str | None = None


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody who holds a voting seat now. `partner_key` None: of the alliance as a whole."""

    person: str
    name: str
    position: str
    partner_key: str | None


@dataclass(frozen=True, slots=True)
class Chair:
    """Who chairs a body now. Both empty when the charter names none or the place is vacant."""

    partner_key: str | None
    person: str | None
    name: str
    until: date | None


def partners(access: Access) -> tuple[PartnerLine, ...]:
    """The partners now, in the charter's order; pages put them `in_turn`, since nobody comes first."""
    return tuple(_partner(access, row) for row in partner_rows(access) if is_party(row, access.now))


def every_partner(access: Access) -> tuple[PartnerLine, ...]:
    """Partners of now and before, for showing what happened earlier."""
    return tuple(_partner(access, row) for row in partner_rows(access))


def people(access: Access) -> PeoplePage:
    """The people of the alliance and their positions; contact data only of one's own organization.

    Who left more than a year ago is no longer among them.
    """
    lately = _lately(access)
    appointments = [_appointment(access, row) for row in lately if _runs_or_comes(access, row)]
    # By list: a young database without statistics walks a query inside a query over and over.
    rows = list(
        Person.objects.visible_to(access).filter(
            id__in={row.person_id for row in lately}, erased_at__isnull=True
        )
    )
    known = Contact.objects.visible_to(access).filter(person_id__in=[row.id for row in rows])
    contacts = {row.person_id: row for row in known}
    charter = charter_in_force(access).charter
    here = partners(access)
    by_person = defaultdict(list)
    for line in appointments:
        by_person[line.person].append(line)
    return PeoplePage(
        here,
        tuple(_person(access, row, contacts.get(row.id), tuple(by_person[row.id])) for row in rows),
        vacancies(charter, here, appointments),
        MANAGE_PARTNER in access.permissions,
        MANAGE_ALLIANCE in access.permissions,
        may_invite(access, [partner.id for partner in here]),
        tuple((item.key, item.per, item.name or Text.of(item.key)) for item in charter.positions),
    )


def person(access: Access, person_id: str) -> PersonLine:
    """One person with all their appointments. Raises NotFoundError for whoever may not see them."""
    row = Person.objects.visible_to(access).one(id=person_id)
    contact = Contact.objects.visible_to(access).filter(person_id=person_id).first()
    return _person(access, row, contact, _appointments(access, person_id=person_id))


def appointment(access: Access, appointment_id: str) -> AppointmentLine:
    """One appointment. Raises NotFoundError."""
    found = _appointments(access, id=appointment_id)
    if not found:
        raise NotFoundError
    return found[0]


def require_managing(access: Access, partner: str | None) -> None:
    """Raise NotAllowedError for who manages no people, NotFoundError for people of another organization.

    `partner` is None for people of the alliance as a whole.
    """
    access.require(MANAGE_PARTNER if partner else MANAGE_ALLIANCE)
    if partner is not None and partner != access.partner and not access.system:
        raise NotFoundError


def vacancies(
    charter: Charter, here: Iterable[PartnerLine], appointments: Iterable[AppointmentLine]
) -> tuple[Vacancy, ...]:
    """The places the charter asks for that nobody fills now (white paper 4.3: memory and rotation)."""
    held: dict[tuple[str, str | None], int] = defaultdict(int)
    for line in appointments:
        if line.runs:
            held[line.position, line.partner] += 1
    wanted = [
        (position, partner.id if partner else None)
        for position in charter.positions
        for partner in (here if position.per == "partner" else (None,))
    ]
    found = [
        Vacancy(position.key, position.level, owner, position.holders - held[position.key, owner])
        for position, owner in wanted
    ]
    return tuple(vacancy for vacancy in found if vacancy.open_places > 0)


def person_names(access: Access, ids: Iterable[str]) -> dict[str, str]:
    """Names by person id, for whoever may be seen; an erased person is a dash."""
    rows = Person.objects.visible_to(access).filter(id__in=set(ids))
    return dict(rows.values_list("id", "name"))


def representatives(access: Access, body_key: str | None = None) -> tuple[Representative, ...]:
    """Who may bind whom now: holders of seats in a body (or of any strategic or tactical position).

    Only seats that vote count; observers and advisors do not bind anybody.
    """
    charter = charter_in_force(access).charter
    positions = _voting_positions(charter, body_key)
    held = access.keep("holders", lambda: _holders(access, charter))
    return tuple(one for one in held if one.position in positions)


def seated(access: Access, body_key: str | None = None) -> tuple[Seated, ...]:
    """The same people as `representatives`, by name only: to choose somebody, not to bind anybody."""
    charter = charter_in_force(access).charter
    rows = _running(access, _voting_positions(charter, body_key)).values_list(
        "person_id", "person__name", "position", "partner__key"
    )
    return tuple(Seated(*row) for row in rows)


def chair(access: Access, body_key: str) -> Chair:
    """Who chairs a body today, by the charter's rotation."""
    charter = charter_in_force(access).charter
    today = access.today
    key = chair_partner(charter, body_key, today)
    holder = next((row for row in representatives(access, body_key) if row.partner_key == key), None)
    return Chair(
        key,
        holder.person if holder and key else None,
        holder.name if holder and key else "",
        chair_until(charter, body_key, today),
    )


def _holders(access: Access, charter: Charter) -> tuple[Representative, ...]:
    """Everybody in a position that binds somebody anywhere, for all bodies at once."""
    bodies = (None, *(body.key for body in charter.bodies))
    positions = {key for body in bodies for key in _voting_positions(charter, body)}
    rows = (
        _running(access, positions)
        .select_related("person", "partner")
        .prefetch_related(Prefetch("mandates", Mandate.objects.visible_to(access)))
    )
    return tuple(_representative(row) for row in rows)


def _running(access: Access, positions: Iterable[str]) -> QuerySet[Appointment]:
    return Appointment.objects.visible_to(access).filter(running(access.now), position__in=set(positions))


def _voting_positions(charter: Charter, body_key: str | None) -> list[str]:
    if body_key is None:
        return [position.key for position in charter.positions if position.level != "operational"]
    return [seat.position for seat in charter.body(body_key).seats if seat.vote]


def _representative(row: Appointment) -> Representative:
    return Representative(
        row.person_id,
        row.person.name,
        row.id,
        row.position,
        row.level,
        row.partner_id,
        row.partner.key if row.partner else None,
        tuple(
            mandates.Mandate(
                subjects=tuple(mandate.subjects),
                limit_cents=mandate.limit_cents,
                from_date=mandate.from_date,
                until_date=mandate.until_date,
            )
            for mandate in row.mandates.all()
            if mandate.revoked_at is None
        ),
        row.succeeds_id,
    )


def _partner(access: Access, row: Partner) -> PartnerLine:
    name = Text.of(row.name)
    return PartnerLine(row.id, row.key, name, row.place, row.joined_at, row.left_at, row.id == access.partner)


def _appointments(access: Access, **only: str) -> tuple[AppointmentLine, ...]:
    return tuple(_appointment(access, row) for row in _rows(access).filter(**only))


def _lately(access: Access) -> list[Appointment]:
    """The appointments that hold, will hold, or ended less than a year ago."""
    since = access.today - _REMEMBERED
    return list(_rows(access).filter(Q(until_date__isnull=True) | Q(until_date__gte=since)))


def _rows(access: Access) -> QuerySet[Appointment]:
    return (
        Appointment.objects.visible_to(access)
        .select_related("person")
        .prefetch_related(Prefetch("mandates", Mandate.objects.visible_to(access)))
        .order_by("-from_date", "id")
    )


def _runs(access: Access, row: Appointment) -> bool:
    ended = row.ended_at is not None and row.ended_at <= access.now
    lasts = row.until_date is None or row.until_date >= access.today
    return row.from_date <= access.today and lasts and not ended


def _runs_or_comes(access: Access, row: Appointment) -> bool:
    return _runs(access, row) or (row.from_date > access.today and row.ended_at is None)


def _appointment(access: Access, row: Appointment) -> AppointmentLine:
    return AppointmentLine(
        row.id,
        row.person_id,
        row.person.name,
        row.position,
        row.level,
        row.partner_id,
        row.from_date,
        row.until_date,
        row.notice_given_at is not None,
        _runs(access, row),
        row.handover,
        tuple(_mandate(access, mandate) for mandate in row.mandates.all()),
    )


def _mandate(access: Access, row: Mandate) -> MandateLine:
    today = access.today
    runs = row.revoked_at is None and row.from_date <= today
    return MandateLine(
        row.id,
        tuple(row.subjects),
        row.limit_cents,
        row.from_date,
        row.until_date,
        row.text,
        runs and (row.until_date is None or row.until_date >= today),
    )


def _person(
    access: Access, row: Person, contact: Contact | None, lines: tuple[AppointmentLine, ...]
) -> PersonLine:
    return PersonLine(
        row.id,
        row.name,
        row.partner_id,
        not row.account_id,
        row.erased_at is not None,
        row.owner_id == access.partner or (row.partner_id is None and access.partner is None),
        contact.email if contact else "",
        contact.phone if contact else "",
        lines,
    )
