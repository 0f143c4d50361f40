"""People of an alliance at their browsers, with a clock, sending what no form of ours would send."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from support.cast import NOW, Cast
from support.deciding import rich_cast

from concordia.capabilities.accounts.models import User
from concordia.web.accounts import clock as door_clock
from concordia.web.accounts.entering import SECOND_FACTOR, SEEN_AT, SIGNED_IN_AT
from concordia.web.shared import clock


class Clock:
    """The hands of the clock that every page reads."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **how: float) -> None:
        self.time += timedelta(**how)


class Desk:
    """One person of the alliance at a browser; `post` and `get` take what follows /a/<alliance>/."""

    def __init__(self, cast: Cast, role: str, hands: Clock, *, csrf: bool = False) -> None:
        self.cast, self.role, self.hands = cast, role, hands
        # A 500 must be seen as the page a person would get, so exceptions are answered, not raised.
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=csrf)
        self.root = f"/a/{cast.key}/"
        self.sign_in()

    def sign_in(self) -> None:
        """Enter with a fresh passkey, as the door would note it."""
        user = User.objects.get(pk=self.cast.members[self.role].user)
        self.client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = self.client.session
        proof = {"method": "mfa", "type": "webauthn", "at": self.hands.time.timestamp()}
        session["account_authentication_methods"] = [proof]
        session["account_authentication_methods_user"] = str(user.pk)
        session[SECOND_FACTOR] = True
        session[SIGNED_IN_AT] = session[SEEN_AT] = self.hands.time.isoformat()
        session.save()

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(self.root + path, **more)

    def post(self, path: str, fields: Any = None, **more: Any) -> Any:
        return self.client.post(self.root + path, {} if fields is None else fields, **more)


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    """Pages in English, with static files as they lie in the repository."""
    settings.LANGUAGE_CODE = "en"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hands = Clock()
    monkeypatch.setattr(clock, "now", hands)
    monkeypatch.setattr(door_clock, "now", hands)
    return hands


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    return rich_cast()


@pytest.fixture
def desk_of(cast: Cast, hands: Clock) -> Callable[..., Desk]:
    """A browser for a role of the cast."""
    return lambda role, **more: Desk(cast, role, hands, **more)


@pytest.fixture
def tax(desk_of: Callable[..., Desk]) -> Desk:
    """The board member of the tax office."""
    return desk_of("tax")
