"""People at a browser: signed out, signed in, in the middle of signing in."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from concordia.capabilities.accounts import commands
from concordia.capabilities.accounts.models import User
from concordia.kernel.access import Access
from concordia.web.accounts import clock

PASSWORD = "een paard leest geen kranten"


def code_of(seed: str, moment: datetime) -> str:
    return format_hotp_value(hotp_value(seed, int(moment.timestamp()) // 30))


def body(answer: Any, *without: str) -> str:
    """A page without what is new on every page: nonces, form tokens, and the given words."""
    text = re.sub(r'(nonce|value)="[\w+/=-]{16,}"', "", answer.content.decode())
    for word in without:
        text = text.replace(word, "")
    return text


class Clock:
    """The hands of the clock that every page reads."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **how: float) -> None:
        self.time += timedelta(**how)


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    """Pages in English unless asked otherwise, with static files as they lie in the repository."""
    settings.LANGUAGE_CODE = "en"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def hands(monkeypatch) -> Clock:
    hands = Clock()
    monkeypatch.setattr(clock, "now", hands)
    monkeypatch.setattr("time.time", lambda: hands.time.timestamp())
    return hands


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    def make(email: str = "secretaris@wvp.example", **values: object) -> User:
        start = datetime(2026, 1, 1, tzinfo=UTC)
        user = User(
            **({"email": email, "name": "secretaris", "language": "en", "date_joined": start} | values)
        )
        user.set_password(PASSWORD)
        user.save()
        return user

    return make


@pytest.fixture
def user(make_user: Callable[..., User]) -> User:
    return make_user()


@pytest.fixture
def seed(user: User, hands: Clock) -> str:
    """The seed of the app that the person set up yesterday."""
    then = hands.time - timedelta(days=1)
    seed = commands.begin_totp()
    commands.confirm_totp(Access(then, user=user.id, recent=True), seed=seed, code=code_of(seed, then))
    return seed


@pytest.fixture
def signed_in(client: Client, user: User, seed: str, hands: Clock) -> Client:
    """A browser in which the person has just signed in with password and code."""
    sign_in(client, user, seed, hands)
    return client


def sign_in(client: Client, user: User, seed: str, hands: Clock) -> None:
    hands.pass_(minutes=1)
    client.post("/account/sign-in/", {"email": user.email, "password": PASSWORD})
    client.post("/account/sign-in/second/", {"code": code_of(seed, hands.time)})


@pytest.fixture
def page(live_server: Any, chromium: Any) -> Iterator[Any]:
    """A page in an empty browser that reads English; closed before the server and its database go."""
    context = chromium.new_context(locale="en-GB")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
