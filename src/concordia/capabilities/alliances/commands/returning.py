"""Letting a colleague who lost every key back in: one asks, a second approves (ASVS 6.4.4, decision 10)."""

from django.db import transaction

from concordia.capabilities.accounts import commands as accounts
from concordia.capabilities.accounts.queries import return_waiting
from concordia.capabilities.alliances import facts
from concordia.capabilities.alliances.commands.people import PERSON
from concordia.capabilities.alliances.commands.recording import record
from concordia.capabilities.alliances.models import Alliance, Appointment, Person
from concordia.capabilities.alliances.queries.entrance import access_for, running
from concordia.capabilities.alliances.queries.people import require_managing
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError
from concordia.kernel.subject import Subject


@transaction.atomic
def ask_return(access: Access, *, person_id: str) -> str:
    """Ask for a way back for somebody of one's own organization; the secret of the link, shown this once.

    It works once a second colleague approved it. Raises RefusalError for oneself, for who is not in yet, and
    for who holds no position now.
    """
    person = _colleague(access, person_id)
    access.require_recent()

    _require_a_place(access, person)

    invited = accounts.invite_back(access, user_id=person.account_id, subject=Subject(PERSON, person_id))
    return invited.token


@transaction.atomic
def approve_return(access: Access, *, person_id: str, asked: str) -> None:
    """Be the second colleague who knows that somebody lost their keys. `asked` is the request one read.

    Raises RefusalError when that request is no longer there, when one made it or it is for oneself, when who
    asked manages these people no more, or when the account has a place elsewhere: then only the host may.
    """
    person = _colleague(access, person_id)
    access.require_recent()

    _require_a_place(access, person)
    _require_nowhere_else(person)
    _require_asker(access, person, asked)

    accounts.approve_return(
        access, invitation_id=asked, user_id=person.account_id, subject=Subject(PERSON, person_id)
    )
    record(access, facts.person_let_back(person.id))


def _colleague(access: Access, person_id: str) -> Person:
    """Somebody whose organization the reader manages. Raises NotFoundError for people of another."""
    person = Person.objects.visible_to(access).select_for_update().one(id=person_id)
    require_managing(access, person.partner_id)
    if person.erased_at is not None:
        raise NotFoundError
    return person


def _require_a_place(access: Access, person: Person) -> None:
    if not person.account_id:
        raise RefusalError(
            both(
                "Deze persoon is nog niet binnen geweest. Maak een nieuwe uitnodiging.",
                "This person has not come in yet. Make a new invitation.",
            )
        )
    held = Appointment.objects.visible_to(access).filter(running(access.now), person_id=person.id)
    if not held.exists():
        raise RefusalError(
            both(
                "Deze persoon heeft nu geen functie, en kan dus nergens naar terug. Geef eerst een functie.",
                "This person holds no position now, so there is nothing to come back to. First give a position.",
            )
        )


def _require_nowhere_else(person: Person) -> None:
    """Two people of one partner give no key to what somebody is in another alliance."""
    accounts.hold_account(person.account_id)
    others = Person.objects.unscoped().filter(account_id=person.account_id, erased_at=None)
    if others.exclude(id=person.id).exists():
        raise RefusalError(
            both(
                "Dit account kan van hieruit geen nieuwe sleutel krijgen. Vraag wie Concordia voor u beheert om "
                "een link. Er is niets veranderd.",
                "This account cannot be given a new key from here. Ask whoever runs Concordia for you for a "
                "link. Nothing was changed.",
            )
        )


def _require_asker(access: Access, person: Person, asked: str) -> None:
    """Who asked must still manage these people; an unknown request is refused further on."""
    waiting = return_waiting(Subject(PERSON, person.id), access.now)
    if waiting is None or waiting.id != asked or waiting.made_by is None:
        return
    key = Alliance.objects.visible_to(access).one(id=access.require_alliance()).key
    try:
        asker = access_for(waiting.made_by, key, now=access.now, language=access.language)
        require_managing(asker, person.partner_id)
    except (NotFoundError, NotAllowedError):
        raise RefusalError(
            both(
                "Wie dit vroeg, beheert hier geen mensen meer. Trek de link in en vraag zelf een nieuwe; een "
                "collega keurt die goed.",
                "Who asked for this no longer manages people here. Withdraw the link and ask for a new one "
                "yourself; a colleague approves that.",
            )
        ) from None
