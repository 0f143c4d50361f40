"""Closing an account, opening it again, and forgetting it. Who may, and whether it is needed, is decided above."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from concordia.capabilities.accounts.commands.returning import revoke_given, revoke_returns
from concordia.capabilities.accounts.commands.sessions import renew_stamp
from concordia.capabilities.accounts.facts import normal_email
from concordia.capabilities.accounts.models import Letter, User
from concordia.kernel.errors import NotFoundError


@transaction.atomic
def close_account(email: str, *, now: datetime) -> None:
    """Close an account at once: no sign-in, no way back, and every session ends (ASVS 7.4.2).

    What it started ends with it: links that it gave or approved and nobody used yet let nobody in, since whoever
    held the account may hold them too. Positions and keys stay as they are. Raises NotFoundError when no account
    has this address.
    """
    user = _by_email(email)
    user.is_active = False
    user.save(update_fields=["is_active"])
    renew_stamp(user)
    revoke_returns(user.id, now)
    revoke_given(user.id, now)


@transaction.atomic
def reopen_account(email: str) -> None:
    """Let somebody sign in again with the keys they had. Raises NotFoundError when no account has this address."""
    user = _by_email(email)
    user.is_active = True
    user.save(update_fields=["is_active"])


def hold_account(user_id: str) -> bool:
    """Keep an account as it is until the transaction ends, so that places are not taken and counted at once.

    Whether it is there.
    """
    return User.objects.select_for_update().filter(pk=user_id).first() is not None


@transaction.atomic
def erase_account(user_id: str, *, now: datetime) -> None:
    """Forget an account, its keys, its sessions and the letters that wait for it. Doing it twice is as once."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        return
    revoke_returns(user_id, now)
    for session in UserSession.objects.filter(user_id=user_id):
        session.end()
    Letter.objects.filter(to=user.email).delete()
    user.delete()


def _by_email(email: str) -> User:
    user = User.objects.select_for_update().filter(email=normal_email(email), example=False).first()
    if user is None:
        raise NotFoundError
    return user
