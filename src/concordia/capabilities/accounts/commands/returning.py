"""Coming back after losing every key: two others vouch, or the host does from the command line (ASVS 6.4.4).

Whether somebody manages the people of an organization is known above; here it only takes two accounts.
"""

from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q, QuerySet

from concordia.capabilities.accounts.commands.invitations import (
    Invited,
    Redeemed,
    give_key,
    make_link,
    redeem,
    take_link,
)
from concordia.capabilities.accounts.commands.letters import tell
from concordia.capabilities.accounts.commands.passkeys import NewPasskey
from concordia.capabilities.accounts.commands.sessions import renew_stamp
from concordia.capabilities.accounts.facts import normal_email
from concordia.capabilities.accounts.models import Invitation, User
from concordia.capabilities.accounts.permissions import own_account
from concordia.capabilities.accounts.queries import is_asked
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.subject import Subject


@transaction.atomic
def invite_back(access: Access, *, user_id: str, subject: Subject) -> Invited:
    """Make a link for a colleague who lost every key; it works once a second person approved it.

    `subject` is the place in an alliance for which it was asked: only there it is seen and approved. An
    earlier link of the same place ends. Raises RefusalError for oneself and for who cannot come back.
    """
    maker = own_account(access)
    access.require_recent()
    if user_id == maker:
        raise RefusalError(
            both(
                "U bent ingelogd en hebt dus nog een sleutel. Voeg zelf een nieuwe toe bij Mijn sleutels.",
                "You are signed in, so you still have a key. Add a new one yourself under My keys.",
            )
        )

    user = _who_may_return(user_id)

    asked = Invitation.objects.filter(returning=user, subject=str(subject))
    _revoke(asked, access.now)
    return make_link(
        made_by_id=maker,
        at=access.now,
        subject=str(subject),
        returning=user,
        name=user.name,
        email=user.email,
    )


@transaction.atomic
def approve_return(access: Access, *, invitation_id: str, user_id: str, subject: Subject) -> None:
    """Be the second person who knows that a colleague lost their keys. The person is told by letter.

    Raises RefusalError when this link is no longer waiting, or for who made it or would come back with it.
    """
    approver = own_account(access)
    access.require_recent()

    rows = Invitation.objects.select_for_update().filter(returning_id=user_id, subject=str(subject))
    invitation = rows.filter(pk=invitation_id).first()
    if invitation is None or not is_asked(invitation, access.now):
        raise RefusalError(
            both(
                "Deze vraag is er niet meer: iemand keurde hem al goed, trok hem in of vroeg opnieuw. "
                "Er is niets veranderd. Open de pagina van deze persoon opnieuw.",
                "This request is no longer there: somebody approved it already, withdrew it or asked again. "
                "Nothing was changed. Open the page of this person again.",
            )
        )
    if approver in (invitation.made_by_id, invitation.returning_id):
        raise RefusalError(
            both(
                "Hiervoor zijn twee anderen nodig. Vraag een tweede beheerder om dit goed te keuren.",
                "This takes two other people. Ask a second administrator to approve it.",
            )
        )

    user = _who_may_return(user_id)

    invitation.approved_by_id, invitation.approved_at = approver, access.now
    invitation.save(update_fields=["approved_by", "approved_at"])

    _tell_of_link(user, access.now)


@transaction.atomic
def return_to_account(
    *, token: str, now: datetime, key: NewPasskey | str, words: Iterable[str] = ()
) -> Redeemed:
    """Come back with a new key; every earlier key and every session ends."""
    invitation = take_link(token, now)
    if invitation.returning_id is None:
        raise NotFoundError
    user = User.objects.select_for_update().get(pk=invitation.returning_id)

    Authenticator.objects.filter(user_id=user.pk).delete()
    user.set_unusable_password()
    give_key(user, key, words, now)
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
    return redeem(invitation, user.id, now)


@transaction.atomic
def return_from_console(email: str, *, now: datetime) -> Invited:
    """A link back for whom the host knows to be who they say; earlier links back end. Only from the command line.

    Raises NotFoundError when no open account has this address.
    """
    user = User.objects.filter(email=normal_email(email), is_active=True, example=False).first()
    if user is None:
        raise NotFoundError
    revoke_returns(user.id, now)
    _tell_of_link(user, now)
    return make_link(
        made_by_id=None, at=now, returning=user, name=user.name, email=user.email, approved_at=now
    )


def refuse_return(access: Access) -> None:
    """End every link back into one's own account: who is signed in has not lost their keys."""
    _revoke(Invitation.objects.filter(returning_id=own_account(access)), access.now)


def revoke_returns(user_id: str, now: datetime) -> None:
    """End every link back that was made for an account, or by it and not yet approved."""
    waiting = Q(made_by_id=user_id, approved_at=None, returning__isnull=False)
    _revoke(Invitation.objects.filter(Q(returning_id=user_id) | waiting), now)


def revoke_given(user_id: str, now: datetime) -> None:
    """End every unused link that this account made or approved."""
    _revoke(Invitation.objects.filter(Q(made_by_id=user_id) | Q(approved_by_id=user_id)), now)


def _who_may_return(user_id: str) -> User:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFoundError
    if user.example:
        raise RefusalError(
            both(
                "Dit is iemand uit het voorbeeld, zonder sleutels. In een eigen alliantie krijgt u hier de link.",
                "This is somebody of the example, without keys. In an alliance of your own you get the link here.",
            )
        )
    if not user.is_active:
        raise RefusalError(
            both(
                "Dit account is gesloten. Vraag wie Concordia voor u beheert om het weer te openen.",
                "This account is closed. Ask whoever runs Concordia for you to open it again.",
            )
        )
    return user


def _revoke(rows: QuerySet[Invitation], now: datetime) -> None:
    rows.filter(redeemed_at=None, revoked_at=None).update(revoked_at=now, name="", email="")


def _tell_of_link(user: User, now: datetime) -> None:
    tell(
        user,
        both("Er is een link gemaakt om terug te komen", "A link to come back was made"),
        both(
            "Voor uw account in Concordia is een link gemaakt waarmee het een nieuwe sleutel krijgt. Uw oude "
            "sleutels werken daarna niet meer. Kunt u nog gewoon inloggen? Trek de link dan in, op uw eigen "
            "pagina bij Mensen.",
            "For your account in Concordia a link was made that gives it a new key. Your old keys stop working "
            "after that. Can you still sign in? Then withdraw the link, on your own page under People.",
        ),
        now,
    )
