"""Passkeys in a real Chromium: joining, signing in, a second key, a lost one, and what is refused."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as configured
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from concordia.capabilities.accounts import commands, queries
from concordia.capabilities.accounts.models import User
from concordia.kernel.access import Access
from concordia.kernel.subject import Subject
from concordia.web.accounts import clock

from .test_words import SIGNED_IN, SIGNED_OUT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Authenticator:
    """A security key that lives in the browser's developer protocol."""

    def __init__(self, page: Any) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable", {"enableUI": False})
        self.id = self.add()

    def add(self, **options: object) -> str:
        kind = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        return self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": kind | options})[
            "authenticatorId"
        ]

    def credentials(self) -> list[dict[str, Any]]:
        return self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def remove(self) -> None:
        self.cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The installation under the name its passkeys belong to."""
    settings.PUBLIC_URL = live_server.url.replace("127.0.0.1", "localhost")
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.CSRF_TRUSTED_ORIGINS = [settings.PUBLIC_URL]
    settings.LANGUAGE_CODE = "en"
    return settings.PUBLIC_URL


@pytest.fixture
def key(page: Any) -> Authenticator:
    return Authenticator(page)


def cookie(page: Any) -> str:
    """The name of the session in the browser."""
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    return cookies[configured.SESSION_COOKIE_NAME]


def account(email: str = "secretaris@wvp.example") -> User:
    user = User(email=email, name="secretaris", language="en", date_joined=clock.now())
    user.set_unusable_password()
    user.save()
    return user


def token_for(subject: str) -> str:
    maker = User.objects.first() or account("maker@wvp.example")
    return commands.invite(
        Access(clock.now(), user=maker.id), subject=Subject("alliances.person", subject)
    ).token


def join(page: Any, site: str, token: str, email: str = "lijnmanager@svb.example") -> None:
    page.goto(f"{site}/invitation/{token}/")
    page.get_by_label("Name").fill("lijnmanager")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Join with a passkey").click()
    page.wait_for_url(lambda url: "/invitation/" not in url)


@pytest.fixture
def joined(page: Any, site: str, key: Authenticator, monkeypatch: Any) -> User:
    """Somebody who joined with a passkey and is signed in."""
    monkeypatch.setattr("concordia.web.accounts.joining.take_place", lambda now, **what: "wage-data")
    join(page, site, token_for("per_a"))
    return User.objects.get(email="lijnmanager@svb.example")


def sign_out(page: Any, site: str) -> None:
    page.goto(f"{site}/account/sign-out/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/sign-in/**")


def sign_in(page: Any, site: str) -> None:
    page.goto(f"{site}/account/sign-in/?next=/account/keys/")
    page.get_by_role("button", name="Sign in with a passkey").click()


def test_a_passkey_joins_and_signs_in(page: Any, site: str, joined: User, key: Authenticator) -> None:
    assert not joined.has_usable_password()
    assert queries.has_second_factor(joined.id)
    sign_out(page, site)

    sign_in(page, site)
    page.wait_for_url("**/account/keys/")
    assert key.credentials()[0]["userHandle"]


def test_a_second_key_is_added_and_the_first_is_lost(
    page: Any, site: str, joined: User, key: Authenticator
) -> None:
    key.remove()
    key.id = key.add(transport="usb")
    page.goto(f"{site}/account/keys/passkeys/")
    page.get_by_label("Name of this key").fill("spare key")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/account/keys/")

    page.get_by_role("link", name="Key 1").click()
    page.get_by_role("button", name="Remove this key").click()
    page.wait_for_url("**/account/keys/")
    assert [row.name for row in queries.keys(Access(clock.now(), user=joined.id)).passkeys] == ["spare key"]

    page.get_by_role("link", name="spare key").click()
    page.get_by_text("This is your only way to sign in").wait_for()


def test_a_key_is_the_second_step_after_a_password(
    page: Any, site: str, joined: User, key: Authenticator
) -> None:
    joined.set_password("een paard leest geen kranten")
    joined.save()
    page.context.clear_cookies()
    page.goto(f"{site}/account/sign-in/")
    page.get_by_label("E-mail address").fill(joined.email)
    page.get_by_label("Password").fill("een paard leest geen kranten")
    page.get_by_role("button", name="Sign in with a password").click()

    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/account/keys/")
    assert page.get_by_role("heading", name="My keys").is_visible()


def test_a_key_without_a_finger_or_pin_is_refused(
    page: Any, site: str, joined: User, key: Authenticator
) -> None:
    sign_out(page, site)
    key.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": key.id, "isUserVerified": False})
    sign_in(page, site)

    page.get_by_text("Your device did not give a passkey").wait_for()
    assert "/sign-in/" in page.url


def test_a_stale_session_confirms_with_a_key(page: Any, site: str, joined: User, key: Authenticator) -> None:
    session = Session.objects.get(session_key=cookie(page))
    data = session.get_decoded()
    data["account_authentication_methods"][0]["at"] -= 3600
    Session.objects.filter(pk=session.pk).update(session_data=SessionStore().encode(data))

    page.goto(f"{site}/account/keys/passkeys/")
    page.get_by_role("button", name="Confirm with a passkey").click()
    page.wait_for_url("**/account/keys/passkeys/")
    assert cookie(page) != session.pk


def test_the_link_is_named_to_nobody(page: Any, site: str, key: Authenticator, monkeypatch: Any) -> None:
    monkeypatch.setattr("concordia.web.accounts.joining.take_place", lambda now, **what: "wage-data")
    token = token_for("per_b")
    told: list[str] = []
    page.on("request", lambda request: told.append(request.all_headers().get("referer", "")))
    join(page, site, token)

    assert len(told) > 2
    assert not [referer for referer in told if token in referer]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_nothing_hinders_who_cannot_see_or_point(page: Any, site: str, joined: User, language: str) -> None:
    User.objects.filter(pk=joined.pk).update(language=language)
    back = commands.return_from_console(joined.email, now=clock.now()).token
    for path in [*SIGNED_IN, *SIGNED_OUT, f"/invitation/{token_for('per_c')}/", f"/invitation/{back}/"]:
        if path in SIGNED_OUT:
            page.context.clear_cookies()
        page.goto(f"{site}{path}")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
