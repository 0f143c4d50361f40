"""Who holds which position, for how long, and how it passes on (white paper 3.1, 4.3)."""

from datetime import date

from django.db import transaction

from concordia.capabilities.alliances import facts
from concordia.capabilities.alliances.commands.recording import record
from concordia.capabilities.alliances.models import Appointment, Person
from concordia.capabilities.alliances.permissions import MANAGE_ALLIANCE, MANAGE_PARTNER
from concordia.capabilities.alliances.queries.charters import charter_in_force
from concordia.domain.charter import Position
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.scoping import Audience


@transaction.atomic
def appoint(
    access: Access, *, person_id: str, position: str, from_date: date, until_date: date | None = None
) -> str:
    """Appoint a person of one's own organization to a position of the charter; the appointment's id.

    Raises RefusalError for a position the charter does not have, one that belongs to the other kind
    (alliance or partner), or a period that ends before it starts.
    """
    person = Person.objects.visible_to(access).one(id=person_id) if not access.system else _any(person_id)
    access.require(MANAGE_PARTNER if person.partner_id else MANAGE_ALLIANCE)
    _require_own_person(access, person)

    return give_position(access, person, position, from_date=from_date, until_date=until_date)


def give_position(
    access: Access, person: Person, position: str, *, from_date: date, until_date: date | None
) -> str:
    """Appoint somebody, as `appoint` does; the caller found out that the reader may."""
    place = _position(access, position, of_partner=person.partner_id is not None)
    if until_date is not None and until_date < from_date:
        raise RefusalError(
            both(
                "De laatste dag ligt voor de eerste dag. Pas een van de twee aan.",
                "The last day is before the first day. Change one of the two.",
            ),
            field="until_date",
        )

    appointment = Appointment.objects.create(
        alliance_id=person.alliance_id,
        owner_id=person.owner_id,
        audience=Audience.SHARED,
        person=person,
        position=place.key,
        level=place.level,
        partner_id=person.partner_id,
        from_date=from_date,
        until_date=until_date,
    )

    period = f"{from_date}/{until_date or '..'}"
    record(access, facts.person_appointed(appointment.id, person.id, person.name, place.key, period))
    return appointment.id


@transaction.atomic
def give_notice(access: Access, *, appointment_id: str, until_date: date) -> None:
    """Tell in time that a position will become vacant. Raises RefusalError for a day before the start."""
    appointment = own_appointment(access, appointment_id)

    if until_date < max(appointment.from_date, access.today):
        raise RefusalError(
            both(
                "De laatste dag moet vandaag of later zijn. Kies een andere dag.",
                "The last day must be today or later. Choose another day.",
            ),
            field="until_date",
        )

    appointment.until_date, appointment.notice_given_at = until_date, access.now
    appointment.save(update_fields=["until_date", "notice_given_at"])

    record(access, facts.notice_given(appointment.id, str(until_date)))


@transaction.atomic
def hand_over(access: Access, *, appointment_id: str, successor_id: str, text: str, on: date) -> str:
    """Pass a position to the next person with what they should know; the new appointment's id.

    Raises RefusalError when the successor is the same person or the note says nothing.
    """
    appointment = own_appointment(access, appointment_id)
    if successor_id == appointment.person_id or not text.strip():
        raise RefusalError(
            both(
                "Kies een andere persoon als opvolger en schrijf op wat die moet weten.",
                "Choose another person as successor and write down what they should know.",
            ),
            field="text",
        )
    if Appointment.objects.visible_to(access).filter(succeeds=appointment, ended_at__isnull=True).exists():
        raise RefusalError(
            both(
                "Deze functie is al overgedragen. Er is niets veranderd.",
                "This position was already handed over. Nothing was changed.",
            )
        )

    appointment.until_date, appointment.handover = _last_day(appointment, on), text.strip()
    appointment.save(update_fields=["until_date", "handover"])

    record(access, facts.handed_over(appointment.id, successor_id, text.strip()[:2000]))
    following = appoint(access, person_id=successor_id, position=appointment.position, from_date=on)
    Appointment.objects.unscoped().filter(id=following).update(succeeds_id=appointment.id)
    return following


@transaction.atomic
def end_appointment(access: Access, *, appointment_id: str) -> None:
    """End an appointment now: the rights that came with it stop with the next request."""
    appointment = own_appointment(access, appointment_id)

    appointment.ended_at, appointment.until_date = access.now, _last_day(appointment, access.today)
    appointment.save(update_fields=["ended_at", "until_date"])

    record(access, facts.appointment_ended(appointment.id, str(appointment.until_date)))


def own_appointment(access: Access, appointment_id: str) -> Appointment:
    """An appointment of one's own organization that was not ended, held. Raises NotFoundError, NotAllowedError."""
    rows = Appointment.objects.visible_to(access).select_related("person").select_for_update(of=("self",))
    appointment = rows.one(id=appointment_id)
    access.require(MANAGE_PARTNER if appointment.partner_id else MANAGE_ALLIANCE)
    _require_own_person(access, appointment.person)
    if appointment.ended_at is not None and appointment.ended_at <= access.now:
        raise RefusalError(
            both(
                "Deze benoeming is al beëindigd. Er is niets veranderd.",
                "This appointment has already ended. Nothing was changed.",
            )
        )
    return appointment


def _last_day(appointment: Appointment, day: date) -> date:
    """The day a position ends that was to end on a day already: never later than it was, nor before it began."""
    return max(appointment.from_date, min(day, appointment.until_date or day))


def _require_own_person(access: Access, person: Person) -> None:
    if access.system:
        return
    if person.partner_id != access.partner and person.partner_id is not None:
        raise NotFoundError


def _any(person_id: str) -> Person:
    return Person.objects.unscoped().get(id=person_id)


def _position(access: Access, key: str, *, of_partner: bool) -> Position:
    charter = charter_in_force(access).charter
    wanted = "partner" if of_partner else "alliance"
    fitting = [position for position in charter.positions if position.per == wanted]
    for position in fitting:
        if position.key == key:
            return position
    known = ", ".join(position.key for position in fitting) or "-"
    raise RefusalError(
        both(
            f"Het handvest kent hier geen functie “{key}”. Kies uit: {known}.",
            f"The charter has no position “{key}” here. Choose from: {known}.",
        ),
        field="position",
    )
