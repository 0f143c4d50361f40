"""Whoever founds an alliance gets the others in: the first person of each partner, and nobody after that."""

import pytest
from support.cast import CHARTER, NOW, Cast, make_account, make_cast
from support.pages import signed_in

from concordia.capabilities.alliances import queries
from concordia.capabilities.alliances.commands import found_and_join, invite_again, invite_person, take_place
from concordia.capabilities.alliances.queries import access_for
from concordia.domain.charter import load_charter
from concordia.kernel.access import Access
from concordia.kernel.errors import NotAllowedError, NotFoundError
from concordia.kernel.subject import Subject

pytestmark = pytest.mark.django_db
KEY = "fresh"


@pytest.fixture
def founder() -> str:
    """The account that founded an alliance on screen and sits at its first partner."""
    user = make_account("founder")
    charter = load_charter(CHARTER.format(key=KEY))
    found_and_join(NOW, charter=charter, user_id=user, name="Founder", example=False, language="en")
    return user


def seen(user: str) -> Access:
    return access_for(user, KEY, now=NOW, language="en", recent=True)


def others(access: Access) -> list[str]:
    return [partner.id for partner in queries.partners(access) if not partner.own]


def invite(access: Access, partner: str | None, position: str = "board-member"):
    return invite_person(
        access, name="Somebody", email="", position=position, partner_id=partner, from_date=access.today
    )


def come_in(person: str, name: str) -> str:
    user = make_account(name)
    take_place(NOW, subject=Subject("alliances.person", person), user_id=user)
    return user


def test_a_founder_invites_the_first_of_every_partner_who_then_invite_their_own(founder: str) -> None:
    for number, partner in enumerate(others(seen(founder))):
        first = come_in(invite(seen(founder), partner).person, f"first {number}")
        assert seen(first).partner == partner
        assert invite(seen(first), partner, "professional").person


def test_once_somebody_came_in_nobody_else_invites_there(founder: str) -> None:
    partner = others(seen(founder))[0]
    first = invite(seen(founder), partner)
    assert invite_again(seen(founder), person_id=first.person)  # the first link was lost
    come_in(first.person, "first")

    with pytest.raises(NotFoundError):
        invite(seen(founder), partner)
    with pytest.raises(NotFoundError):
        invite_again(seen(founder), person_id=first.person)


def test_the_first_for_the_alliance_as_a_whole_is_invited_by_a_partner(founder: str) -> None:
    manager = invite(seen(founder), None, "key-alliance-manager")
    come_in(manager.person, "manager")

    with pytest.raises(NotAllowedError):
        invite(seen(founder), None, "key-alliance-manager")


def test_who_manages_no_people_invites_no_first_one() -> None:
    cast: Cast = make_cast()
    with pytest.raises(NotAllowedError):
        invite(cast.clerk.at(), cast.partners["social"])


def test_a_founder_finds_the_way_on_the_page(founder: str) -> None:
    page = f"/a/{KEY}/people/"
    browser = signed_in(founder)
    shown = browser.get(page).content.decode()
    for partner in others(seen(founder)):
        assert f"{page}invitation/?partner={partner}" in shown

    address = f"{page}invitation/?partner={others(seen(founder))[0]}"
    form = {"name": "Their first", "email": "", "position": "board-member", "from_date": str(NOW.date())}
    assert browser.get(address).status_code == 200
    assert "/invitation/" in browser.post(address, form).content.decode()
