"""Links that let one person in, once: without a mail server, and without telling who has an account.

What an invitation binds (an appointment in an alliance) belongs to a capability above: `accept_invitation`
and `join` return its subject, and whoever called them goes on with that in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from concordia.capabilities.accounts.commands.passkeys import NewPasskey, check_new, keep
from concordia.capabilities.accounts.commands.passwords import check_password
from concordia.capabilities.accounts.commands.people import checked_email, clean_name, save_with_address
from concordia.capabilities.accounts.facts import INVITATION_LASTS, fingerprint, new_token
from concordia.capabilities.accounts.models import Invitation, User
from concordia.capabilities.accounts.permissions import own_account
from concordia.capabilities.accounts.queries import any_account, is_open
from concordia.domain.texts import LANGUAGES, both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.subject import Subject


@dataclass(frozen=True, slots=True)
class Invited:
    """A fresh invitation. `token` is known here and nowhere else: show it now."""

    id: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Who came in, and what they came in for (None: the first account of the installation, or a return)."""

    user: str
    subject: Subject | None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody says of themselves at the door. `id` is the one their first passkey was made for."""

    name: str
    email: str
    language: str
    id: str = ""


def invite(access: Access, *, subject: Subject, name: str = "", email: str = "") -> Invited:
    """Make a link for one person. Whether one may is decided by who owns the subject."""
    maker = None if access.system else own_account(access)
    return make_link(made_by_id=maker, at=access.now, subject=str(subject), name=name, email=email)


def revoke_invitations(access: Access, *, subject: Subject) -> int:
    """Make every unused link for a subject stop working. Returns how many."""
    unused = Invitation.objects.filter(subject=str(subject), redeemed_at=None, revoked_at=None)
    return unused.update(revoked_at=access.now, name="", email="")


@transaction.atomic
def accept_invitation(access: Access, *, token: str) -> Redeemed:
    """Come in with the account one is signed in with. Raises NotFoundError when the link does not work."""
    user_id = own_account(access)

    invitation = take_link(token, access.now)
    if invitation.returning_id is not None or not invitation.subject:
        raise NotFoundError

    return redeem(invitation, user_id, access.now)


@transaction.atomic
def join(
    newcomer: Newcomer, *, token: str, now: datetime, key: NewPasskey | str, words: Iterable[str] = ()
) -> Redeemed:
    """Make an account with a passkey or a password, and come in with it.

    Nothing is made when anything is refused: the link keeps working. Raises NotFoundError when it does not.
    """
    invitation = take_link(token, now)
    if invitation.returning_id is not None:
        raise NotFoundError

    user = _new_user(newcomer, now)
    user.set_unusable_password()
    save_with_address(user, _known_address())
    give_key(user, key, words, now)

    return redeem(invitation, user.id, now)


@transaction.atomic
def create_first_account(now: datetime, *, name: str = "", email: str = "") -> str:
    """The one-time code that opens an installation nobody can enter yet, to print where the host reads it.

    A new one lets the earlier ones go. Raises RefusalError when somebody can sign in already.
    """
    if any_account():
        raise RefusalError(
            both(
                "Er is al een account in deze installatie. Wie erin zit, kan anderen uitnodigen.",
                "There is already an account in this installation. Whoever has one can invite others.",
            )
        )
    Invitation.objects.filter(subject="", returning=None, redeemed_at=None, revoked_at=None).update(
        revoked_at=now
    )
    return make_link(made_by_id=None, at=now, name=name, email=email).token


def make_link(
    *,
    made_by_id: str | None,
    at: datetime,
    subject: str = "",
    name: str = "",
    email: str = "",
    returning: User | None = None,
    approved_at: datetime | None = None,
) -> Invited:
    """Keep a fresh link, by the fingerprint of its token only. Whoever calls decided that it may be made."""
    token = new_token()
    invitation = Invitation.objects.create(
        token_hash=fingerprint(token),
        subject=subject,
        name=name[:120],
        email=checked_email(email) if email else "",
        returning=returning,
        made_by_id=made_by_id,
        made_at=at,
        expires_at=at + INVITATION_LASTS,
        approved_at=approved_at,
    )
    return Invited(invitation.id, token, invitation.expires_at)


def take_link(token: str, now: datetime) -> Invitation:
    """Hold the invitation, so that of two who open one link at once only one comes in."""
    invitation = Invitation.objects.select_for_update().filter(token_hash=fingerprint(token)).first()
    if invitation is None or not is_open(invitation, now):
        raise NotFoundError
    return invitation


def redeem(invitation: Invitation, user_id: str, now: datetime) -> Redeemed:
    """Let a link go after its one use."""
    invitation.redeemed_at, invitation.redeemed_by_id = now, user_id
    invitation.name = invitation.email = ""  # the account knows them from here on
    invitation.save(update_fields=["redeemed_at", "redeemed_by", "name", "email"])
    return Redeemed(user_id, Subject.parse(invitation.subject) if invitation.subject else None)


def _new_user(newcomer: Newcomer, now: datetime) -> User:
    email = checked_email(newcomer.email)
    if User.objects.filter(email=email).exists():
        raise _known_address()
    return User(
        id=newcomer.id or new_id("usr"),
        name=clean_name(newcomer.name),
        email=email,
        language=newcomer.language if newcomer.language in LANGUAGES else "nl",
        date_joined=now,
    )


def _known_address() -> RefusalError:
    return RefusalError(
        both(
            "Er is al een account met dit e-mailadres. Log daarmee in en open de uitnodiging opnieuw.",
            "There is already an account with this e-mail address. Sign in with it and open the "
            "invitation again.",
        ),
        field="email",
    )


def give_key(user: User, key: NewPasskey | str, words: Iterable[str], now: datetime) -> None:
    """Give an account its first key: a passkey, or a password that leans on none of the `words`."""
    if isinstance(key, str):
        check_password(key, (user.name, user.email, *words))
        user.set_password(key)
        user.save()
        return
    made = check_new(key)
    user.set_unusable_password()
    user.save()
    keep(user, key, made, now)
