"""Coming in, coming back and going, as people do it on the pages."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.test import Client
from support.cast import NOW, Cast, make_cast
from support.pages import signed_in

from concordia.capabilities.accounts.models import User
from concordia.capabilities.alliances.commands import invite_person
from concordia.capabilities.alliances.models import Person
from concordia.web.accounts import clock
from concordia.web.accounts.entering import SEEN_AT

pytestmark = pytest.mark.django_db
SENTENCE = "zeven kleine scheepjes varen"


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    User.objects.filter(id=made.clerk.user).update(example=False, email="clerk@tax.example")
    return made


def browser(cast: Cast, role: str) -> Client:
    """The browser of somebody who just proved who they are."""
    client = signed_in(cast.members[role].user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "webauthn", "at": clock.now().timestamp()}
    ]
    session["account_authentication_methods_user"] = session[SESSION_KEY]
    session.save()
    return client


def page_of(cast: Cast, person: str) -> str:
    return f"/a/{cast.key}/people/{person}/"


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, page: str, action: str) -> object:
    """Press the button of a form on a page, with the fields that stand in it."""
    found = re.search(
        rf'<form method="post" action="([^"]*{action}/)">(.*?)</form>', text(client, page), re.DOTALL
    )
    assert found, f"no form for {action}"
    return client.post(found[1], dict(re.findall(r'name="(\w+)" value="([^"]*)"', found[2])))


def link_in(answer: object) -> str:
    found = re.search(r'id="link" value="https?://[^/]+(/invitation/[^"]+)"', answer.content.decode())
    assert found
    return found[1]


def test_a_colleague_who_lost_every_key_comes_back_with_the_help_of_two(cast: Cast) -> None:
    board, coordinator, page = (
        browser(cast, "tax"),
        browser(cast, "tax_coordinator"),
        page_of(cast, cast.clerk.person),
    )
    assert f"{page}return/" in text(board, page)
    answer = board.post(f"{page}return/")
    link = link_in(answer)
    assert "does not work yet" in answer.content.decode()
    assert ".eml" not in answer.content.decode()
    assert Client().get(link).status_code == 404
    assert "second colleague" in text(board, page)
    assert "approval" not in text(board, page)

    assert send(coordinator, page, "approval").status_code == 303

    newcomer = Client()
    assert newcomer.get(link).status_code == 200
    newcomer.post(link, {"new_password": SENTENCE})
    assert newcomer.session["_auth_user_id"] == cast.clerk.user
    assert User.objects.get(id=cast.clerk.user).check_password(SENTENCE)
    assert Client().get(link).status_code == 404


def test_a_password_to_come_back_with_may_not_lean_on_the_alliance(cast: Cast) -> None:
    board, coordinator, page = (
        browser(cast, "tax"),
        browser(cast, "tax_coordinator"),
        page_of(cast, cast.clerk.person),
    )
    link = link_in(board.post(f"{page}return/"))
    send(coordinator, page, "approval")

    answer = Client().post(link, {"new_password": "Test alliance cast 26"})

    assert answer.status_code == 422
    assert Client().get(link).status_code == 200


def test_without_a_fresh_proof_nobody_asks_for_a_way_back(cast: Cast) -> None:
    answer = signed_in(cast.tax.user).post(f"{page_of(cast, cast.clerk.person)}return/")

    assert answer["Location"].startswith("/account/confirm/")


def test_the_person_reads_that_a_link_was_made_and_withdraws_it(cast: Cast) -> None:
    page = page_of(cast, cast.clerk.person)
    link = link_in(browser(cast, "tax").post(f"{page}return/"))
    clerk = browser(cast, "clerk")
    assert "gives your account a new key" in text(clerk, page)

    assert send(clerk, page, "withdrawal").status_code == 303

    assert "gives your account" not in text(clerk, page)
    assert "approval" not in text(browser(cast, "tax_coordinator"), page)
    assert Client().get(link).status_code == 404


def test_other_partners_read_nothing_of_it(cast: Cast) -> None:
    page = page_of(cast, cast.clerk.person)
    before = re.sub(r'(nonce|value|data-csrf)="[^"]+"', "", text(browser(cast, "social"), page))

    browser(cast, "tax").post(f"{page}return/")

    assert re.sub(r'(nonce|value|data-csrf)="[^"]+"', "", text(browser(cast, "social"), page)) == before


def test_somebody_of_the_example_gets_the_reason_why_not(cast: Cast) -> None:
    answer = browser(cast, "tax").post(f"{page_of(cast, cast.tax_coordinator.person)}return/")

    assert answer.status_code == 422
    assert "of the example" in answer.content.decode()


def test_an_invitation_is_withdrawn_where_it_is_shown_and_made_again(cast: Cast) -> None:
    board = browser(cast, "tax")
    form = {"name": "Newcomer", "email": "", "position": "professional", "from_date": str(NOW.date())}
    link = link_in(board.post(f"/a/{cast.key}/people/invitation/", form))
    page = page_of(cast, Person.objects.unscoped().get(name="Newcomer").id)
    assert "not in yet" in text(board, f"/a/{cast.key}/people/")
    assert Client().get(link).status_code == 200

    assert send(board, page, "withdrawal").status_code == 303

    assert Client().get(link).status_code == 404
    assert "no link that works" in text(board, page)
    again = link_in(send(board, page, "invitation"))
    assert Client().get(again).status_code == 200


def test_who_invited_the_first_of_another_partner_finds_the_invitation_back(cast: Cast) -> None:
    empty = make_cast("empty")
    Person.objects.unscoped().filter(partner_id=empty.partners["figures"]).update(account_id="")
    seat = invite_person(
        empty.tax.at(clock.now()),
        name="Their first",
        email="",
        position="board-member",
        partner_id=empty.partners["figures"],
        from_date=NOW.date(),
    )
    board, page = browser(empty, "tax"), page_of(empty, seat.person)

    send(board, page, "withdrawal")
    assert link_in(send(board, page, "invitation"))


def test_who_is_in_gets_no_second_invitation(cast: Cast) -> None:
    page = page_of(cast, cast.clerk.person)
    assert "invitation/" not in text(browser(cast, "tax"), page)


def test_whoever_erases_themselves_is_signed_out_calmly(cast: Cast) -> None:
    board, page = browser(cast, "tax"), page_of(cast, cast.tax.person)
    session = board.session
    session[SEEN_AT] = (clock.now() - timedelta(minutes=5)).isoformat()  # so that the session is written
    session.save()
    UserSession.objects.create(
        user_id=cast.tax.user, session_key=session.session_key, ip="127.0.0.1", user_agent="x"
    )

    answer = board.post(f"{page}erasure/", {"ground": "I leave."}, follow=True)

    assert answer.redirect_chain[0] == ("/", 303)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0].startswith("/account/sign-in/")
    assert not User.objects.filter(id=cast.tax.user).exists()
