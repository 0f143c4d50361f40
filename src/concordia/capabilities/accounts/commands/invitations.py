"""Links that let one person in, once: without a mail server, and without telling who has an account.

What an invitation binds (an appointment in an alliance) belongs to a capability above: `accept_invitation`
and `join` return its subject, and whoever called them goes on with that in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from concordia.capabilities.accounts.commands.letters import tell
from concordia.capabilities.accounts.commands.passkeys import NewPasskey, check_new, keep
from concordia.capabilities.accounts.commands.passwords import check_password
from concordia.capabilities.accounts.commands.people import checked_email, clean_name
from concordia.capabilities.accounts.commands.sessions import renew_stamp
from concordia.capabilities.accounts.facts import INVITATION_LASTS, fingerprint, new_token, normal_email
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
    return _make(made_by_id=maker, at=access.now, subject=str(subject), name=name, email=email)


def invite_back(access: Access, *, user_id: str) -> Invited:
    """Make a link for a colleague who lost every key. It works once a second person approved (ASVS 6.4.4)."""
    maker = own_account(access)
    access.require_recent()
    if user_id == maker:
        raise RefusalError(
            both(
                "U bent ingelogd en hebt dus nog een sleutel. Voeg zelf een nieuwe toe bij Inloggen.",
                "You are signed in, so you still have a key. Add a new one yourself under Signing in.",
            )
        )

    user = User.objects.get(pk=user_id, is_active=True, example=False)

    return _make(made_by_id=maker, at=access.now, returning=user, name=user.name, email=user.email)


@transaction.atomic
def approve_return(access: Access, *, invitation_id: str) -> None:
    """Be the second person who knows that a colleague lost their keys."""
    approver = own_account(access)
    access.require_recent()

    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None or invitation.returning_id is None:
        raise NotFoundError

    if approver in (invitation.made_by_id, invitation.returning_id):
        raise RefusalError(
            both(
                "Hiervoor zijn twee anderen nodig. Vraag een tweede beheerder om dit goed te keuren.",
                "This takes two other people. Ask a second administrator to approve it.",
            )
        )

    invitation.approved_by_id = approver
    invitation.save(update_fields=["approved_by"])


@transaction.atomic
def revoke_invitation(access: Access, *, invitation_id: str) -> None:
    """Make a link stop working. Doing it twice, or after its use, changes nothing."""
    own_account(access)

    unused = Invitation.objects.filter(pk=invitation_id, redeemed_at=None, revoked_at=None)

    unused.update(revoked_at=access.now, name="", email="")


def revoke_invitations(access: Access, *, subject: Subject) -> int:
    """Make every unused link for a subject stop working. Returns how many."""
    unused = Invitation.objects.filter(subject=str(subject), redeemed_at=None, revoked_at=None)
    return unused.update(revoked_at=access.now, name="", email="")


@transaction.atomic
def accept_invitation(access: Access, *, token: str) -> Redeemed:
    """Come in with the account one is signed in with. Raises NotFoundError when the link does not work."""
    user_id = own_account(access)

    invitation = _take(token, access.now)
    if invitation.returning_id is not None or not invitation.subject:
        raise NotFoundError

    return _redeem(invitation, user_id, access.now)


@transaction.atomic
def join(
    newcomer: Newcomer, *, token: str, now: datetime, key: NewPasskey | str, words: Iterable[str] = ()
) -> Redeemed:
    """Make an account with a passkey or a password, and come in with it.

    Nothing is made when anything is refused: the link keeps working. Raises NotFoundError when it does not.
    """
    invitation = _take(token, now)
    if invitation.returning_id is not None:
        raise NotFoundError

    user = _new_user(newcomer, now)
    _give_key(user, key, words, now)

    return _redeem(invitation, user.id, now)


@transaction.atomic
def return_to_account(
    *, token: str, now: datetime, key: NewPasskey | str, words: Iterable[str] = ()
) -> Redeemed:
    """Come back with a new key; every earlier key and every session ends."""
    invitation = _take(token, now)
    if invitation.returning_id is None:
        raise NotFoundError
    user = User.objects.select_for_update().get(pk=invitation.returning_id)

    Authenticator.objects.filter(user_id=user.pk).delete()
    user.set_unusable_password()
    _give_key(user, key, words, now)
    renew_stamp(user)

    tell(
        user,
        both("U hebt nieuwe sleutels", "You have new keys"),
        both(
            "Met een link van uw beheerder is een nieuwe sleutel ingesteld voor uw account in Concordia. "
            "Uw oude sleutels werken niet meer.",
            "With a link from your administrator a new key was set for your account in Concordia. "
            "Your old keys no longer work.",
        ),
        now,
    )
    return _redeem(invitation, user.id, now)


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
    return _make(made_by_id=None, at=now, name=name, email=email).token


def return_from_console(email: str, *, now: datetime) -> Invited:
    """A link back for somebody when nobody else can give one. Only from the host's command line."""
    user = User.objects.filter(email=normal_email(email), is_active=True, example=False).first()
    if user is None:
        raise NotFoundError
    return _make(made_by_id=None, at=now, returning=user, name=user.name, email=user.email)


def _make(
    *,
    made_by_id: str | None,
    at: datetime,
    subject: str = "",
    name: str = "",
    email: str = "",
    returning: User | None = None,
) -> Invited:
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
    )
    return Invited(invitation.id, token, invitation.expires_at)


def _take(token: str, now: datetime) -> Invitation:
    """Hold the invitation, so that of two who open one link at once only one comes in."""
    invitation = Invitation.objects.select_for_update().filter(token_hash=fingerprint(token)).first()
    if invitation is None or not is_open(invitation, now):
        raise NotFoundError
    return invitation


def _redeem(invitation: Invitation, user_id: str, now: datetime) -> Redeemed:
    invitation.redeemed_at, invitation.redeemed_by_id = now, user_id
    invitation.name = invitation.email = ""  # the account knows them from here on
    invitation.save(update_fields=["redeemed_at", "redeemed_by", "name", "email"])
    return Redeemed(user_id, Subject.parse(invitation.subject) if invitation.subject else None)


def _new_user(newcomer: Newcomer, now: datetime) -> User:
    email = checked_email(newcomer.email)
    if User.objects.filter(email=email).exists():
        raise RefusalError(
            both(
                "Er is al een account met dit e-mailadres. Log daarmee in en open de uitnodiging opnieuw.",
                "There is already an account with this e-mail address. Sign in with it and open the "
                "invitation again.",
            ),
            field="email",
        )
    return User(
        id=newcomer.id or new_id("usr"),
        name=clean_name(newcomer.name),
        email=email,
        language=newcomer.language if newcomer.language in LANGUAGES else "nl",
        date_joined=now,
    )


def _give_key(user: User, key: NewPasskey | str, words: Iterable[str], now: datetime) -> None:
    if isinstance(key, str):
        check_password(key, (user.name, user.email, *words))
        user.set_password(key)
        user.save()
        return
    made = check_new(key)
    user.set_unusable_password()
    user.save()
    keep(user, key, made, now)
