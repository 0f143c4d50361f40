"""People's own settings, and the people of the example."""

from datetime import datetime

from django.db import transaction

from concordia.capabilities.accounts.commands.sessions import renew_stamp
from concordia.capabilities.accounts.models import Theme, User
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


@transaction.atomic
def disable_account(user_id: str) -> None:
    """Close an account at once: no sign-in, and every session ends (ASVS 7.4.2). Who may is decided above."""
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_active = False
    user.save(update_fields=["is_active"])
    renew_stamp(user)


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
