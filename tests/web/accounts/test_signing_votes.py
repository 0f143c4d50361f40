"""Signing a vote in a real Chromium, up to the verdict of the witness on a machine of its own."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as configured
from django.db import connection
from support.bundles import run_alone
from support.cast import Cast, make_cast
from support.deciding import card, opened
from support.pages import signed_in

from concordia.capabilities.accounts.models import User
from concordia.capabilities.accounts.queries import keys
from concordia.capabilities.decisions.models import Ballot
from concordia.kernel.access import Access
from concordia.web.accounts import clock

from .test_in_a_browser import Authenticator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The installation under the name its passkeys belong to."""
    settings.PUBLIC_URL = live_server.url.replace("127.0.0.1", "localhost")
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    settings.CSRF_TRUSTED_ORIGINS = [settings.PUBLIC_URL]
    return str(settings.PUBLIC_URL)


@pytest.fixture
def cast(site: str, settings: Any, tmp_path: Path) -> Iterator[Cast]:
    settings.KEYS, settings.SIGNER = tmp_path / "keys", tmp_path / "signer"
    yield make_cast()
    _empty_register()


def _empty_register() -> None:
    """What the browser's server wrote cannot be rolled back, and on SQLite not even emptied: nothing may be."""
    if connection.vendor != "sqlite":
        return
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        for table in {table for _, table, _ in triggers}:
            cursor.execute(f'DELETE FROM "{table}"')
        for _, _, sql in triggers:
            cursor.execute(sql)


@pytest.fixture
def proposal(cast: Cast) -> str:
    return opened(cast)


def sit_down(page: Any, site: str, cast: Cast, role: str = "tax") -> None:
    """Somebody of the cast at this browser, with an account of their own."""
    user = cast.members[role].user
    User.objects.filter(pk=user).update(example=False)
    client = signed_in(user)
    cookie = client.cookies[configured.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": cookie, "url": site}])


@pytest.fixture
def key(page: Any, site: str, cast: Cast) -> Authenticator:
    """The passkey of the tax board member, who has just added it and is signed in."""
    key = Authenticator(page)
    sit_down(page, site, cast)
    page.goto(f"{site}/account/keys/passkeys/")
    page.get_by_label("Name of this key").fill("telephone")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/account/keys/")
    return key


def go(page: Any, site: str, cast: Cast, proposal: str) -> None:
    page.goto(f"{site}/a/{cast.key}/proposals/{proposal}/")


def bundle_for(cast: Cast, role: str, folder: Path) -> Path:
    """The bundle that a partner fetches from its page."""
    answer = signed_in(cast.members[role].user).get(f"/a/{cast.key}/register/bundle/")
    path = folder / f"{role}.zip"
    path.write_bytes(b"".join(answer.streaming_content))
    return path


def check(bundle: Path, folder: Path) -> Any:
    """What a witness without any package says of it."""
    lines = ZipFile(bundle).read("policy").decode().splitlines()
    pin = next(line.split()[1] for line in lines if line.startswith("log "))
    home = str(folder / "witness")
    assert run_alone(sys.executable, "init", home, "--name", "social.example/w1").status == 0
    assert run_alone(sys.executable, "--state", home, "pin", pin).status == 0
    return run_alone(sys.executable, "--state", home, "check", str(bundle))


def test_a_board_member_signs_with_one_touch_and_another_partner_verifies_it_offline(
    page: Any, site: str, cast: Cast, proposal: str, key: Authenticator, tmp_path: Path
) -> None:
    go(page, site, cast, proposal)
    page.get_by_role("radio", name="For").check()
    page.get_by_role("button", name="Sign and vote").click()
    page.wait_for_url("**#positions")

    assert page.get_by_text("signed with their own key").is_visible()
    found = check(bundle_for(cast, "social", tmp_path), tmp_path)
    shown = keys(Access(clock.now(), user=cast.tax.user)).passkeys[0].fingerprint
    assert found.status == 0, found.err
    assert "a signature of the voter's own, which holds: 1" in found.out
    assert shown in found.out
    assert json.loads(Ballot.objects.unscoped().get().mandate)["appointment"] == cast.tax.appointment


def test_the_fingerprint_stands_on_the_page_of_the_key(
    page: Any, site: str, cast: Cast, key: Authenticator
) -> None:
    page.get_by_role("link", name="telephone").click()
    page.wait_for_url("**/account/keys/passkeys/*/")

    assert keys(Access(clock.now(), user=cast.tax.user)).passkeys[0].fingerprint in page.content()
    assert Axe().run(page).violations_count == 0


def test_what_is_refused_says_why_before_anything_is_signed(
    page: Any, site: str, cast: Cast, proposal: str, key: Authenticator
) -> None:
    go(page, site, cast, proposal)
    page.get_by_role("radio", name="Block").check()
    page.get_by_role("button", name="Sign and vote").click()
    page.get_by_text("Who blocks says why").first.wait_for()

    assert page.get_by_role("radio", name="Block").is_checked()
    assert not Ballot.objects.unscoped().exists()


def test_who_has_no_key_at_hand_is_told_and_votes_without(
    page: Any, site: str, cast: Cast, proposal: str, key: Authenticator
) -> None:
    go(page, site, cast, proposal)
    key.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": key.id})
    page.get_by_role("radio", name="For").check()
    page.get_by_role("button", name="Sign and vote").click()
    page.get_by_text("Your device did not give a passkey").wait_for()
    assert not Ballot.objects.unscoped().exists()

    page.get_by_role("button", name="Vote without a signature").click()
    page.wait_for_url("**#positions")

    found = card(cast, proposal, "tax")
    assert (found.choice, found.signed) == ("for", False)


@pytest.mark.parametrize("language", ["nl-NL", "en-GB"])
def test_the_form_to_sign_has_nothing_to_object_to(
    chromium: Any, site: str, cast: Cast, proposal: str, language: str
) -> None:
    User.objects.filter(pk=cast.tax.user).update(language=language[:2])
    context = chromium.new_context(locale=language)
    page = context.new_page()
    Authenticator(page)
    sit_down(page, site, cast)
    page.goto(f"{site}/account/keys/passkeys/")
    page.locator("input[name=name]").fill("telefoon")
    page.locator("button[data-passkey]").click()
    page.wait_for_url("**/account/keys/")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        go(page, site, cast, proposal)
        assert page.locator("button[data-passkey]").is_visible()
        assert Axe().run(page).violations_count == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.get_by_role("button").filter(has_text=re.compile("^(Vote|Stem)$")).count() == 0
    context.close()


def test_without_script_one_votes_as_before(chromium: Any, site: str, cast: Cast, proposal: str) -> None:
    context = chromium.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    sit_down(page, site, cast)
    go(page, site, cast, proposal)

    assert page.get_by_role("button", name="Sign and vote").count() == 0
    assert page.get_by_role("button", name="Vote", exact=True).is_visible()
    context.close()
