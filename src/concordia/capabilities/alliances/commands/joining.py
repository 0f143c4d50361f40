"""Founding an alliance and taking one's own seat in it, in one step."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from concordia.capabilities.accounts import commands as accounts
from concordia.capabilities.alliances.commands.founding import Founded, found_alliance
from concordia.capabilities.alliances.commands.mandates import grant_mandate
from concordia.capabilities.alliances.commands.people import PERSON, invite_person, take_place
from concordia.domain.charter import Charter, Position
from concordia.domain.texts import both
from concordia.kernel.errors import RefusalError
from concordia.kernel.subject import Subject

_LEVELS = ("strategic", "tactical", "operational")


@transaction.atomic
def found_and_join(
    now: datetime, *, charter: Charter, user_id: str, name: str, example: bool = False, language: str = "nl"
) -> str:
    """Found an alliance and sit down at its first partner, with a mandate to begin with; its key.

    On an example installation role-named people sit down at the other partners too, so that one person can
    play them all, with names in `language`; elsewhere each partner is invited. Raises RefusalError as founding does.
    """
    position = first_position(charter)

    founded = found_alliance(now, charter=charter, example=example)
    first, *others = charter.partners
    sit_down(founded, now, partner=first.key, position=position, user_id=user_id, name=name)
    if example:
        title = position.title(language)
        for partner in others:
            label = f"{title} {partner.name.in_language(language)}"[:120]
            user = accounts.example_account(name=label, language=language, now=now)
            sit_down(founded, now, partner=partner.key, position=position, user_id=user, name=label)
    return founded.key


def sit_down(
    founded: Founded, now: datetime, *, partner: str | None, position: Position, user_id: str, name: str
) -> tuple[str, str]:
    """Give somebody a position from the founding day on, with a mandate where it binds; person, appointment."""
    invited = invite_person(
        founded.access,
        name=name,
        email="",
        position=position.key,
        partner_id=founded.partners[partner] if partner else None,
        from_date=localdate(now),
    )
    take_place(now, subject=Subject(PERSON, invited.person), user_id=user_id, name=name)
    if partner is not None and position.level != "operational":
        grant_mandate(
            founded.access,
            appointment_id=invited.appointment,
            subjects=(),
            limit_cents=None,
            from_date=localdate(now),
            until_date=None,
        )
    return invited.person, invited.appointment


def first_position(charter: Charter) -> Position:
    """The highest position each partner has, a voting seat first. Raises RefusalError when there is none."""
    seats = {seat.position for body in charter.bodies for seat in body.seats if seat.vote}
    own = [position for position in charter.positions if position.per == "partner"]
    if not own:
        raise RefusalError(
            both(
                "Dit handvest kent geen functie per partner, dus niemand kan erin plaatsnemen. "
                "Voeg bij positions een functie met per: partner toe.",
                "This charter has no position per partner, so nobody can take a seat. "
                "Add a position with per: partner at positions.",
            )
        )
    return min(own, key=lambda position: (position.key not in seats, _LEVELS.index(position.level)))
