"""One's own account, where one is signed in, and the people of the example."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from concordia.capabilities.accounts.models import User
from concordia.capabilities.accounts.permissions import own_account
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError
from concordia.kernel.ids import LENGTH


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in."""

    id: str
    name: str
    email: str
    language: str
    theme: str
    example: bool


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One place where the person is signed in."""

    id: int
    here: bool
    address: str
    device: str
    since: datetime
    seen_at: datetime


def account(access: Access) -> Account:
    """One's own account."""
    user = User.objects.filter(pk=own_account(access), is_active=True).first()
    if user is None:
        raise NotFoundError
    return _account(user)


def example_people() -> tuple[Account, ...]:
    """The role-named people of the example alliance, whose hats its bar offers, in the order they joined."""
    return tuple(
        _account(user)
        for user in User.objects.filter(example=True, is_active=True).order_by("date_joined", "name", "id")
    )


def any_account() -> bool:
    """Whether somebody can sign in already; if not, the first-run code opens the door."""
    return User.objects.exists()


def sessions(access: Access, here: str | None) -> tuple[SessionLine, ...]:
    """Where one is signed in, the latest first. `here` is the key of the session that asks."""
    user = User.objects.get(pk=own_account(access))
    lines = [
        SessionLine(row.pk, row.session_key == here, row.ip, row.user_agent, row.created_at, row.last_seen_at)
        for row in UserSession.objects.purge_and_list(user)
    ]
    return tuple(sorted(lines, key=lambda line: (line.seen_at, line.id), reverse=True))


def resetting(reset: str) -> User:
    """Whose password a reset link is about. Raises NotFoundError when it is unknown, used or too old."""
    user_id, _, token = reset.partition(".")
    if not is_id(user_id):
        raise NotFoundError
    user = User.objects.filter(pk=user_id, is_active=True, example=False).first()
    if user is None or not PasswordResetTokenGenerator().check_token(user, token):
        raise NotFoundError
    return user


def is_id(text: str) -> bool:
    """Whether it has the form of one of our identifiers; what has not is never sent to the database."""
    return len(text) <= LENGTH and text.isascii() and text.replace("_", "").isalnum()


def _account(user: User) -> Account:
    return Account(user.id, user.name, user.email, user.language, user.theme, user.example)
