"""People's own settings, and the people of the example."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from concordia.capabilities.accounts.commands.letters import tell
from concordia.capabilities.accounts.facts import IDLE, normal_email
from concordia.capabilities.accounts.models import Attempt, Theme, User
from concordia.capabilities.accounts.permissions import own_account
from concordia.domain.texts import LANGUAGES, both
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError
from concordia.kernel.ids import new_id

NAME_LENGTH = 120


def change_profile(access: Access, *, name: str, language: str, theme: str) -> None:
    """Change how one is named, the language one reads and how pages look."""
    user_id = own_account(access)

    changes = {"name": clean_name(name), "language": _language(language), "theme": _theme(theme)}

    User.objects.filter(pk=user_id).update(**changes)


def example_account(*, name: str, language: str, now: datetime) -> str:
    """Make one of the role-named people of the example. Returns the account's id; it has no keys at all."""
    identifier = new_id("usr")
    user = User(
        id=identifier,
        name=clean_name(name),
        email=f"{identifier}@example.invalid",
        language=_language(language),
        example=True,
        date_joined=now,
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    return user.id


def forget_old(now: datetime) -> int:
    """Delete what has had its time: counts of tries, ended sessions. Due work; returns how many rows.

    Looks before it writes: most of the time there is nothing.
    """
    ended = Session.objects.filter(expire_date__lt=now)
    lines = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    found = (Attempt.objects.filter(taken_until__lt=now), ended, lines.filter(created_at__lt=now - IDLE))
    return sum(int(rows.delete()[0]) for rows in found if rows.exists())


@transaction.atomic
def change_email(access: Access, *, email: str) -> None:
    """Change the address one signs in with. The old address is told. Needs a fresh proof."""
    access.require_recent()

    user = User.objects.select_for_update().get(pk=own_account(access))

    address = checked_email(email)
    taken = RefusalError(
        both(
            "Dit adres hoort bij een ander account. Kies een ander adres.",
            "This address belongs to another account. Choose another address.",
        ),
        field="email",
    )
    if User.objects.filter(email=address).exclude(pk=user.pk).exists():
        raise taken

    tell(
        user,
        both("Uw e-mailadres is gewijzigd", "Your e-mail address was changed"),
        both(
            "Uw account in Concordia heeft een ander e-mailadres gekregen. Dit is het laatste bericht hier.",
            "Your account in Concordia was given another e-mail address. This is the last letter here.",
        ),
        access.now,
    )
    user.email = address
    save_with_address(user, taken, fields=["email"])


def save_with_address(user: User, taken: RefusalError, fields: list[str] | None = None) -> None:
    """Save an account whose address was free a moment ago. Raises `taken` when it no longer is."""
    try:
        with transaction.atomic():
            user.save(update_fields=fields)
    except IntegrityError:
        if User.objects.filter(email=user.email).exclude(pk=user.pk).exists():
            raise taken from None
        raise


def clean_name(name: str) -> str:
    """A name as people write it, without stray spaces. Raises RefusalError when it is empty or endless."""
    cleaned = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    if not cleaned:
        raise RefusalError(both("Vul uw naam in.", "Fill in your name."), field="name")
    if len(cleaned) > NAME_LENGTH:
        raise RefusalError(
            both(
                f"Deze naam is te lang. Gebruik ten hoogste {NAME_LENGTH} tekens.",
                f"This name is too long. Use at most {NAME_LENGTH} characters.",
            ),
            field="name",
        )
    return cleaned


def checked_email(email: str) -> str:
    """An address in its one form. Raises RefusalError when it is none."""
    address = normal_email(email)
    try:
        validate_email(address)
    except ValidationError:
        raise RefusalError(
            both(
                "Dit is geen e-mailadres. Schrijf het als naam@organisatie.nl.",
                "This is not an e-mail address. Write it as name@organization.nl.",
            ),
            field="email",
        ) from None
    return address


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise RefusalError(both("Kies Nederlands of Engels.", "Choose Dutch or English."), field="language")
    return code


def _theme(key: str) -> str:
    if key not in Theme.values:
        raise RefusalError(
            both("Kies licht, donker of zoals uw apparaat.", "Choose light, dark or as your device is set."),
            field="theme",
        )
    return key
