"""Before a binding act one confirms and goes on with what one was sending; hats exist in the example only."""

import importlib
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, clear_url_caches, include, path, reverse

from concordia.capabilities.accounts import commands
from concordia.capabilities.accounts.models import User
from concordia.web.accounts import recent, urls
from concordia.web.accounts.entering import access_of

from .conftest import PASSWORD, Clock, code_of

BALLOTS: list[str] = []


def ballot(request: HttpRequest) -> HttpResponse:
    """A binding act, as an alliance would have one."""
    access_of(request).require_recent()
    BALLOTS.append(request.POST["reason"])
    return HttpResponse("recorded")


urlpatterns = [
    path("", include(urls)),
    path("a/x/ballot/", ballot),
    path("", lambda _: HttpResponse("today")),
    # The frame around every page names these two.
    path("language/", lambda _: HttpResponse("language"), name="language"),
    path("accessibility/", lambda _: HttpResponse("statement"), name="accessibility"),
]


@pytest.fixture(autouse=True)
def routes(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    BALLOTS.clear()


@pytest.fixture
def stale(signed_in: Client, hands: Clock) -> Client:
    hands.pass_(minutes=11)
    return signed_in


def test_a_fresh_session_binds_at_once(signed_in: Client) -> None:
    assert signed_in.post("/a/x/ballot/", {"reason": "I agree"}).content == b"recorded"


def test_a_stale_session_confirms_and_then_sends_what_it_kept(stale: Client, seed: str, hands: Clock) -> None:
    asked = stale.post("/a/x/ballot/", {"reason": "I agree,\nfor <us>", "csrfmiddlewaretoken": "x"})
    assert asked["Location"] == "/account/confirm/?next=%2Faccount%2Fkept%2F"
    assert BALLOTS == []

    proof = {"password": PASSWORD, "code": code_of(seed, hands.time), "next": "/account/kept/"}
    assert stale.post("/account/confirm/", proof)["Location"] == "/account/kept/"
    page = unescape(stale.get("/account/kept/").content.decode())
    assert 'action="/a/x/ballot/"' in page
    assert "I agree,\nfor <us></textarea>" in page
    assert stale.post("/a/x/ballot/", {"reason": "I agree"}).content == b"recorded"


def test_what_was_kept_can_be_let_go(stale: Client) -> None:
    stale.post("/a/x/ballot/", {"reason": "I agree"})
    assert stale.post("/account/kept/")["Location"] == "/"

    assert stale.get("/account/kept/")["Location"] == "/"
    assert BALLOTS == []


def test_a_very_long_text_is_not_kept_in_the_session(stale: Client) -> None:
    stale.post("/a/x/ballot/", {"reason": "x" * 200_000})

    assert recent.KEPT not in stale.session


def test_a_thief_of_a_stale_session_binds_nothing(stale: Client, hands: Clock) -> None:
    for proof in ({}, {"password": PASSWORD}, {"code": "000000"}, {"password": "guess", "code": "000000"}):
        stale.post("/account/confirm/", proof)
    stale.post("/a/x/ballot/", {"reason": "I agree"})

    assert BALLOTS == []


@pytest.mark.django_db
def test_an_installation_of_one_s_own_has_no_hats() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_hat")


class TestExample:
    """In the example anybody may wear the hat of one of its people, and of nobody else."""

    @pytest.fixture(autouse=True)
    def example(self, settings: Any, db: None) -> Iterator[None]:
        settings.EXAMPLE = True
        self.route(urls)
        yield
        settings.EXAMPLE = False
        self.route(urls)

    def route(self, module: Any) -> None:
        importlib.reload(module)
        urlpatterns[0] = path("", include(module))
        clear_url_caches()

    @pytest.fixture
    def board(self, hands: Clock) -> str:
        return commands.example_account(name="board member", language="en", now=hands.time)

    def test_a_hat_signs_in_and_counts_as_a_fresh_proof(self, client: Client, board: str) -> None:
        assert client.post("/account/hat/", {"person": board, "next": "/"})["Location"] == "/"

        assert client.session["_auth_user_id"] == board
        assert client.get("/").content == b"today"
        assert client.post("/a/x/ballot/", {"reason": "I agree"}).content == b"recorded"

    def test_another_hat_leaves_nothing_of_the_first(self, client: Client, board: str, hands: Clock) -> None:
        other = commands.example_account(name="secretaris", language="nl", now=hands.time)
        client.post("/account/hat/", {"person": board})
        first = client.session.session_key
        client.post("/account/hat/", {"person": other})

        assert client.session["_auth_user_id"] == other
        assert client.session.session_key != first

    def test_one_button_confirms_again(self, client: Client, board: str, hands: Clock) -> None:
        client.post("/account/hat/", {"person": board})
        hands.pass_(minutes=11)
        client.post("/a/x/ballot/", {"reason": "I agree"})
        assert "This is the example alliance" in client.get("/account/confirm/").content.decode()

        client.post("/account/confirm/")
        assert client.post("/a/x/ballot/", {"reason": "I agree"}).content == b"recorded"

    @pytest.mark.parametrize("person", ["", "usr_nobody", "' OR 1=1"])
    def test_hats_of_nobody_do_not_exist(self, client: Client, board: str, person: str) -> None:
        assert client.post("/account/hat/", {"person": person}).status_code == 404

    def test_a_real_person_is_no_hat(self, client: Client, user: User) -> None:
        assert client.post("/account/hat/", {"person": user.id}).status_code == 404
        assert "_auth_user_id" not in client.session

    def test_a_link_does_not_change_hats(self, client: Client, board: str) -> None:
        assert client.get("/account/hat/", {"person": board}).status_code == 405

    def test_people_of_the_example_have_no_password_to_guess(self, client: Client, board: str) -> None:
        email = User.objects.get(pk=board).email
        assert client.post("/account/sign-in/", {"email": email, "password": ""}).status_code == 422
