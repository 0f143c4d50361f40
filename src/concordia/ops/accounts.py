"""What the host does with accounts: the first door, a way back, closing, forgetting, and renewing the secret."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction

from concordia.capabilities.accounts.commands import (
    create_first_account,
    erase_account,
    return_from_console,
)
from concordia.capabilities.accounts.facts import normal_email
from concordia.capabilities.accounts.models import User
from concordia.capabilities.alliances.commands import erase_person
from concordia.capabilities.alliances.models import Alliance, Contact, Person
from concordia.domain.texts import Text, both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Known:
    """What an address leads to: places in alliances by name, and whether there is an account."""

    places: tuple[tuple[str, Text], ...]
    account: bool

    def lines(self, language: str) -> list[str]:
        """One line for each place, and one for the account."""
        places = [f"  {name}, {alliance.in_language(language)}" for name, alliance in self.places]
        account = both("  het account", "  the account")
        return [*places, *([account.in_language(language)] if self.account else [])]


def first_account_link(name: str = "", email: str = "") -> str:
    """A one-time link with which the first person makes an account. Raises RefusalError when one exists."""
    token = create_first_account(datetime.now(UTC), name=name, email=email)
    return _link(token)


def way_back_link(email: str) -> str:
    """A link with which somebody comes back. Raises NotFoundError when no open account has this address."""
    return _link(return_from_console(email, now=datetime.now(UTC)).token)


def known_by(email: str) -> Known:
    """What would be forgotten. Raises NotFoundError when nothing here has this address."""
    people, user_id = _people(email), _account(email)
    if not people and user_id is None:
        raise NotFoundError
    alliances = Alliance.objects.unscoped().in_bulk([person.alliance_id for person in people])
    places = tuple((person.name, Text.of(alliances[person.alliance_id].name)) for person in people)
    return Known(places, user_id is not None)


@transaction.atomic
def forget(email: str, ground: str) -> Known:
    """Erase somebody in every alliance, and their account: all of it or nothing. Every proof stays valid.

    `ground` is written in the registers. Raises NotFoundError when nothing here has this address, RefusalError
    without a ground or where a register stands still.
    """
    known, user_id, now = known_by(email), _account(email), datetime.now(UTC)
    for person in _people(email):
        access = Access(now=now, alliance=person.alliance_id, system=True)
        erase_person(access, person_id=person.id, ground=ground)
    if user_id is not None:
        erase_account(user_id, now=now)
    return known


def _people(email: str) -> list[Person]:
    """The places of the account with this address, and those it was invited to and nobody took yet."""
    address = normal_email(email)
    invited = Contact.objects.unscoped().filter(email__iexact=address, person__account_id="")
    ids = set(invited.values_list("person_id", flat=True)) if address else set()
    people = Person.objects.unscoped().filter(erased_at=None)
    found = people.filter(id__in=ids) | people.filter(account_id=_account(email) or "none")
    return list(found.order_by("alliance_id", "id"))


def _account(email: str) -> str | None:
    return User.objects.filter(email=normal_email(email)).values_list("id", flat=True).first()


def _link(token: str) -> str:
    return f"{settings.PUBLIC_URL}/invitation/{token}/"
