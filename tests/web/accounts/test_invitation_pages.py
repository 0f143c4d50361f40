"""An invitation works without mail, tells nothing to a robot, and binds only when its form is sent."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.test import Client

from concordia.capabilities.accounts import commands, queries
from concordia.capabilities.accounts.models import Invitation, User
from concordia.kernel.access import Access
from concordia.kernel.subject import Subject
from concordia.web.accounts.links import invitation_link, letter

from .conftest import PASSWORD, Clock, body

SEAT = Subject("alliances.person", "per_line_manager")
NEW = {"name": "lijnmanager", "email": "lijnmanager@svb.example", "new_password": PASSWORD}


@pytest.fixture
def place(monkeypatch) -> list[dict[str, object]]:
    """The place in an alliance that coming in takes: what was asked for it."""
    taken: list[dict[str, object]] = []

    def take(now: object, **what: object) -> str:
        taken.append(what)
        return "wage-data"

    monkeypatch.setattr("concordia.web.accounts.joining.take_place", take)
    return taken


@pytest.fixture
def token(user: User, hands: Clock) -> str:
    return commands.invite(Access(hands.time, user=user.id), subject=SEAT, name="lijnmanager").token


def test_opening_the_link_changes_nothing(client: Client, token: str, place) -> None:
    before = list(Invitation.objects.values())
    for _ in range(3):
        assert client.get(f"/invitation/{token}/").status_code == 200
        assert client.head(f"/invitation/{token}/").status_code == 200
    client.get(f"/invitation/{token}/letter/")

    assert list(Invitation.objects.values()) == before
    assert place == []


def test_a_newcomer_with_a_password_comes_in_and_is_led_to_a_second_step(
    client: Client, token: str, place
) -> None:
    joined = client.post(f"/invitation/{token}/", NEW)

    assert joined["Location"] == "/a/wage-data/"
    assert place[0]["subject"] == SEAT
    assert client.session["_auth_user_id"] == place[0]["user_id"]
    assert client.get("/a/wage-data/")["Location"] == "/account/keys/"


def test_a_used_link_says_what_to_do(client: Client, token: str, place) -> None:
    client.post(f"/invitation/{token}/", NEW)
    again = Client().get(f"/invitation/{token}/")

    assert again.status_code == 404
    assert "Did you use it yourself? Then sign in." in again.content.decode()


def test_an_unknown_link_looks_the_same_as_a_used_one(
    client: Client, token: str, place, hands: Clock
) -> None:
    client.post(f"/invitation/{token}/", NEW)
    used, unknown = Client().get(f"/invitation/{token}/"), Client().get("/invitation/unknown/")

    assert body(used) == body(unknown)


def test_when_the_place_is_refused_no_account_is_left(
    client: Client, token: str, monkeypatch, hands: Clock
) -> None:
    from concordia.domain.texts import both
    from concordia.kernel.errors import RefusalError

    def refuse(now: object, **what: object) -> str:
        raise RefusalError(both("Dat gaat niet.", "That cannot be."))

    monkeypatch.setattr("concordia.web.accounts.joining.take_place", refuse)
    refused = client.post(f"/invitation/{token}/", NEW)

    assert refused.status_code == 422
    assert "That cannot be." in refused.content.decode()
    assert not User.objects.filter(email=NEW["email"]).exists()
    assert queries.open_invitation(token, hands.time).subject == SEAT


def test_what_was_typed_stays_but_the_password_does_not(client: Client, token: str, place) -> None:
    page = client.post(f"/invitation/{token}/", NEW | {"new_password": "too short"}).content.decode()

    assert 'value="lijnmanager@svb.example"' in page
    assert "too short" not in page.replace("This password is too short", "")


def test_a_password_that_leans_on_the_alliance_is_refused(
    client: Client, token: str, place, monkeypatch
) -> None:
    monkeypatch.setattr("concordia.web.accounts.joining.words_of", lambda user, now: ("Loonaangifteketen",))
    refused = client.post(f"/invitation/{token}/", NEW | {"new_password": "loonaangifteketen2026"})

    assert refused.status_code == 422
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_somebody_signed_in_accepts_with_one_press(signed_in: Client, user: User, token: str, place) -> None:
    assert "You are signed in as" in signed_in.get(f"/invitation/{token}/").content.decode()
    accepted = signed_in.post(f"/invitation/{token}/")

    assert accepted["Location"] == "/a/wage-data/"
    assert place == [{"subject": SEAT, "user_id": user.id, "name": ""}]


def test_the_first_account_of_an_installation_needs_its_code(client: Client, db: None, hands: Clock) -> None:
    code = commands.create_first_account(hands.time)
    assert "you are the first" in client.get(f"/invitation/{code}/").content.decode()

    assert client.post(f"/invitation/{code}/", NEW)["Location"] == "/"
    assert User.objects.get().email == NEW["email"]
    assert Client().get(f"/invitation/{code}/").status_code == 404


def test_guessing_links_is_slowed_and_good_links_are_not(client: Client, token: str, place) -> None:
    answers = [client.get(f"/invitation/guess{number}/").status_code for number in range(22)]

    assert answers == [404] * 20 + [429] * 2
    assert client.get(f"/invitation/{token}/").status_code == 200


def test_the_letter_opens_in_a_mail_program(client: Client, token: str, settings) -> None:
    settings.PUBLIC_URL = "https://concordia.example"
    answer = client.get(f"/invitation/{token}/letter/")
    message = message_from_bytes(answer.content, policy=default)

    assert answer["Content-Type"] == "message/rfc822"
    assert message["X-Unsent"] == "1"
    assert f"https://concordia.example/invitation/{token}/" in message.get_content()


@pytest.mark.parametrize(
    "name", ["Jan\r\nBcc: evil@example.org", "\r\n\r\n--x", "\nSubject: other", "é😀" * 60]
)
@pytest.mark.parametrize(
    "email", ["", "a@é.example", '"x,y"@example.org', '"a\\"b"@example.org', f"a@{'é' * 60}.example"]
)
def test_no_name_or_address_adds_a_line_to_the_letter(name: str, email: str) -> None:
    message = message_from_bytes(letter("https://x/", name=name, email=email, language="nl"), policy=default)

    assert set(message) <= {
        *("Subject", "To", "X-Unsent", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
    }
    assert message["Subject"] == "Uitnodiging voor Concordia"
    assert name.splitlines()[-1] in message.get_content()


def test_the_link_and_its_picture_come_from_the_settings(settings) -> None:
    settings.PUBLIC_URL = "https://concordia.example"
    link = invitation_link("abc")

    assert link.url == "https://concordia.example/invitation/abc/"
    assert link.qr.startswith("<svg")
    assert "style=" not in link.qr


def test_coming_back_gives_a_new_key_and_drops_the_old(
    client: Client, user: User, seed: str, hands: Clock
) -> None:
    token = commands.return_from_console(user.email, now=hands.time).token
    assert user.email in client.get(f"/invitation/{token}/").content.decode()

    client.post(f"/invitation/{token}/", {"new_password": "zeven kleine scheepjes varen"})
    assert client.session["_auth_user_id"] == user.id
    assert not queries.keys(Access(hands.time, user=user.id)).enough


@pytest.mark.parametrize("strange", ["' OR 1=1", "é" * 50, "a" * 5000, "%F0%9F%90%8E"])
def test_strange_links_are_not_found(client: Client, db: None, strange: str) -> None:
    assert client.get(f"/invitation/{strange}/").status_code == 404


def test_an_invitation_ends_after_two_weeks(client: Client, token: str, hands: Clock) -> None:
    hands.time += timedelta(days=14)

    assert client.post(f"/invitation/{token}/", NEW).status_code == 404
