"""The addresses outside any alliance, by every method, as everybody: nothing breaks, no account reaches another."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.urls import reverse
from support.pages import state

from concordia.web.accounts import clock

from .scene import Scene, make_scene, outside
from .test_matrix import OUTSIDE_ALLIANCES, table

pytestmark = pytest.mark.django_db
WHO = ("anonymous", "outsider", "clerk", "board", "manager")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
IN_THE_PLACE = {"token": "no-such-token", "reset": "no-such-link", "number": 1}
LOOKING = {"GET", "HEAD", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def paths() -> dict[str, str]:
    return {
        name: reverse(name, kwargs={key: IN_THE_PLACE[key] for key in keys})
        for name, keys in outside().items()
    }


def without_counts(found: dict[str, str]) -> dict[str, str]:
    """What holds, without how often somebody tried and when a session was last seen."""
    passing = {"accounts_attempt", "usersessions_usersession"}
    return {table: digest for table, digest in found.items() if table not in passing}


@pytest.mark.parametrize("method", METHODS)
def test_no_address_breaks_however_it_is_asked(scene: Scene, method: str) -> None:
    for name, path in paths().items():
        for role in WHO:
            if name == "account_logout" and method == "POST":
                continue  # it ends the session, as it should
            answer = scene.clients[role].generic(method, path, b"", content_type="text/plain")
            assert answer.status_code < 500, (name, role)


@pytest.mark.parametrize("method", sorted(LOOKING))
def test_looking_changes_nothing(scene: Scene, method: str) -> None:
    before = without_counts(state())
    for name, path in paths().items():
        for role in WHO:
            scene.clients[role].generic(method, path)
        assert without_counts(state()) == before, name


def test_who_is_not_signed_in_changes_nothing(scene: Scene) -> None:
    before = without_counts(state())
    for name, path in paths().items():
        scene.clients["anonymous"].post(path, {"x": "1"})
        assert without_counts(state()) == before, name


def test_what_is_for_the_signed_in_asks_to_sign_in_by_every_address(scene: Scene) -> None:
    login = reverse("account_login")
    for name, who in table()[OUTSIDE_ALLIANCES].items():
        if who == "signed in":
            for method in ("GET", "POST"):
                answer = scene.clients["anonymous"].generic(method, paths()[name])
                assert answer.status_code in {302, 405}, (name, method)
                assert answer.status_code == 405 or answer["Location"].startswith(login), (name, method)


def test_what_is_public_never_asks_to_sign_in(scene: Scene) -> None:
    for name, who in table()[OUTSIDE_ALLIANCES].items():
        if who == "public" and name not in {"mfa_authenticate"}:  # it begins at signing in
            answer = scene.clients["anonymous"].get(paths()[name])
            assert answer.status_code in {200, 405}, name


def test_a_link_that_was_never_given_looks_like_one_that_is_over(scene: Scene) -> None:
    for name, who in table()[OUTSIDE_ALLIANCES].items():
        if who == "holder of the link":
            for role in WHO:
                assert scene.clients[role].get(paths()[name]).status_code in {404, 405}, (name, role)


def test_the_key_of_somebody_else_is_not_found(scene: Scene) -> None:
    key = Authenticator.objects.create(
        user_id=scene.cast.social.user, type="webauthn", data={"name": "Key of another", "credential": {}}
    )
    for name in ("account_passkey", "account_passkey_removal"):
        for method in ("GET", "POST"):
            path = reverse(name, kwargs={"number": key.pk})
            answer = scene.clients["board"].generic(method, path, b"name=Mine")
            assert b"Key of another" not in answer.content
            assert answer.status_code != 200, (name, method)
    assert list(Authenticator.objects.values_list("pk", "data")) == [(key.pk, key.data)]


def test_the_session_of_somebody_else_does_not_end(scene: Scene) -> None:
    theirs = UserSession.objects.create(
        user_id=scene.cast.social.user,
        ip="192.0.2.1",
        user_agent="elsewhere",
        session_key=scene.clients["other-board"].session.session_key,
        last_seen_at=clock.now(),
    )
    scene.clients["board"].post(reverse("account_sessions"), {"session": str(theirs.pk)})

    assert UserSession.objects.filter(pk=theirs.pk).exists()
    assert scene.clients["other-board"].get(f"/a/{scene.cast.key}/").status_code == 200
    assert "elsewhere" not in scene.clients["board"].get(reverse("account_sessions")).content.decode()
