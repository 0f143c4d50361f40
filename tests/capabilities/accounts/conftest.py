"""The standing cast of accounts: a person who signs in, and the moment it is."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from concordia.capabilities.accounts.models import User
from concordia.kernel.access import Access

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "een paard leest geen kranten"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    def make(email: str = "secretaris@wvp.example", **values: object) -> User:
        user = User(**({"email": email, "name": "secretaris", "date_joined": NOW} | values))
        user.set_password(PASSWORD)
        user.save()
        return user

    return make


@pytest.fixture
def user(make_user: Callable[..., User]) -> User:
    return make_user()


@pytest.fixture
def access(user: User) -> Access:
    """The person, having just proved who they are."""
    return Access(now=NOW, user=user.id, recent=True)
