"""Passwords: long, not guessable, changed with a fresh proof, reset without passing the second factor."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import transaction

from concordia.capabilities.accounts.commands.letters import tell, write_letter
from concordia.capabilities.accounts.commands.sessions import renew_stamp
from concordia.capabilities.accounts.facts import PASSWORD_LENGTH, is_guessable, normal_email
from concordia.capabilities.accounts.models import User
from concordia.capabilities.accounts.permissions import own_account
from concordia.capabilities.accounts.queries import resetting
from concordia.domain.texts import Text, both
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError

LONGEST = 512  # characters; far beyond any passphrase, and a bound on the work of hashing
_common = CommonPasswordValidator()


@transaction.atomic
def change_password(access: Access, *, new: str, words: Iterable[str] = ()) -> None:
    """Set one's password, or set the first one. Needs a fresh proof; ends every session."""
    access.require_recent()

    user = User.objects.select_for_update().get(pk=own_account(access))

    check_password(new, (user.name, user.email, *words))

    user.set_password(new)
    user.save()
    renew_stamp(user)

    tell(user, *_changed(), access.now)


def request_reset(email: str, *, page: str, language: str, now: datetime) -> None:
    """Write a letter with a link to choose a new password; also to an unknown address, saying so.

    Both cases do the same work, so that neither the page, nor its timing, nor the number of letters tells
    whether there is an account (ASVS 6.3.8). `language` is used for who is unknown; `page` is the absolute
    address that a link goes on from.
    """
    address = normal_email(email)
    user = User.objects.filter(email=address, is_active=True, example=False).first()

    token = PasswordResetTokenGenerator().make_token(user or User(email=address, date_joined=now))

    if user is None:
        write_letter(address, language, _RESET, _UNKNOWN, now)
    else:
        write_letter(user.email, user.language, _RESET, _letter(f"{page}{user.id}.{token}/"), now)


@transaction.atomic
def reset_password(reset: str, *, new: str, words: Iterable[str] = (), now: datetime) -> None:
    """Set the password a reset letter was about. Ends every session; signing in still asks the second factor.

    Raises NotFoundError for a link that is unknown, used or older than an hour.
    """
    User.objects.select_for_update().filter(pk=resetting(reset).pk).get()
    user = resetting(reset)

    check_password(new, (user.name, user.email, *words))

    user.set_password(new)
    user.save()
    renew_stamp(user)

    tell(user, *_changed(), now)


def check_password(new: str, words: Iterable[str]) -> None:
    """Raise RefusalError (field `new_password`) when a password is too short or too easy to guess."""
    if len(new) < PASSWORD_LENGTH:
        raise RefusalError(
            both(
                f"Dit wachtwoord is te kort. Gebruik ten minste {PASSWORD_LENGTH} tekens, zoals een zin.",
                f"This password is too short. Use at least {PASSWORD_LENGTH} characters, such as a sentence.",
            ),
            field="new_password",
        )
    if len(new) > LONGEST:
        raise RefusalError(
            both(
                f"Dit wachtwoord is te lang. Gebruik ten hoogste {LONGEST} tekens.",
                f"This password is too long. Use at most {LONGEST} characters.",
            ),
            field="new_password",
        )
    if _is_common(new) or is_guessable(new, {*words, "concordia"}):
        raise RefusalError(
            both(
                "Dit wachtwoord is makkelijk te raden. Gebruik woorden die niets met u, uw organisatie "
                "of de alliantie te maken hebben.",
                "This password is easy to guess. Use words that have nothing to do with you, your "
                "organization or the alliance.",
            ),
            field="new_password",
        )


def _is_common(new: str) -> bool:
    try:
        _common.validate(new)
    except ValidationError:
        return True
    return False


def _changed() -> tuple[Text, Text]:
    return (
        both("Uw wachtwoord is gewijzigd", "Your password was changed"),
        both(
            "Het wachtwoord van uw account in Concordia is zojuist gewijzigd. Overal waar u was ingelogd, "
            "is dat beëindigd.",
            "The password of your account in Concordia was just changed. You were signed out everywhere.",
        ),
    )


def _letter(link: str) -> Text:
    return both(
        "Iemand vroeg om een nieuw wachtwoord voor uw account in Concordia. Was u dat? "
        f"Open dan binnen een uur deze link:\n\n{link}\n\n"
        "Was u het niet, dan hoeft u niets te doen: uw wachtwoord blijft zoals het is.\n",
        "Somebody asked for a new password for your account in Concordia. Was it you? "
        f"Then open this link within an hour:\n\n{link}\n\n"
        "If it was not you, you need not do anything: your password stays as it is.\n",
    )


_RESET = both("Een nieuw wachtwoord kiezen", "Choose a new password")
_UNKNOWN = both(
    "Iemand vroeg om een nieuw wachtwoord voor een account in Concordia met dit e-mailadres. "
    "Er is geen account met dit adres. Was u het, probeer dan een ander adres of vraag de beheerder "
    "van uw organisatie om een uitnodiging. Was u het niet, dan hoeft u niets te doen.\n",
    "Somebody asked for a new password for an account in Concordia with this e-mail address. "
    "There is no account with this address. If it was you, try another address or ask the administrator "
    "of your organization for an invitation. If it was not you, you need not do anything.\n",
)
