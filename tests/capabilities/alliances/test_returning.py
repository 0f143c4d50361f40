"""A colleague who lost every key comes back with two others; nobody is put in another's place by one (ASVS 6.4.4)."""

from datetime import timedelta

import pytest
from support.cast import NOW, Cast, make_account, make_cast

from concordia.capabilities.accounts import queries as accounts
from concordia.capabilities.accounts.models import Invitation, User
from concordia.capabilities.alliances import queries
from concordia.capabilities.alliances.commands import (
    approve_return,
    ask_return,
    end_appointment,
    erase_person,
    invite_again,
    invite_person,
    take_place,
    withdraw_invitation,
)
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError, StepUpError
from concordia.kernel.subject import Subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """The clerk of the tax office has lost every key; the board member and the coordinator manage people."""
    made = make_cast()
    User.objects.filter(id=made.clerk.user).update(example=False)
    return made


def ask(cast: Cast, by: str = "tax", who: str = "clerk", **how: object) -> str:
    return ask_return(cast.members[by].at(**how), person_id=cast.members[who].person)


def waiting(cast: Cast, by: str = "tax_coordinator", who: str = "clerk") -> queries.Asked | None:
    return queries.way_in(cast.members[by].at(), cast.members[who].person).asked


def approve(cast: Cast, by: str = "tax_coordinator", asked: str = "", **how: object) -> None:
    found = waiting(cast)
    request = asked or (found.id if found else "nothing")
    approve_return(cast.members[by].at(**how), person_id=cast.clerk.person, asked=request)


def works(token: str) -> bool:
    try:
        return accounts.open_invitation(token, NOW).returning is not None
    except NotFoundError:
        return False


def invited(cast: Cast, by: str = "tax", **changes: object):
    values = {
        "name": "Newcomer",
        "email": "new@example.org",
        "position": "professional",
        "partner_id": cast.partners["tax"],
        "from_date": NOW.date(),
    }
    return invite_person(cast.members[by].at(), **(values | changes))


# Asking


def test_who_asks_gets_a_link_that_does_not_work_yet(cast: Cast) -> None:
    token = ask(cast)

    assert not works(token)
    seen = waiting(cast)
    assert seen is not None
    assert (seen.by, seen.own, seen.approved) == ("Tax of cast", False, False)


def test_nobody_asks_for_themselves_or_for_who_is_not_in_yet(cast: Cast) -> None:
    with pytest.raises(RefusalError):
        ask(cast, who="tax")
    with pytest.raises(RefusalError) as refused:
        ask_return(cast.tax.at(), person_id=invited(cast).person)
    assert "new invitation" in refused.value.text.in_language("en")


def test_who_holds_no_position_now_has_nothing_to_come_back_to(cast: Cast) -> None:
    end_appointment(cast.tax.at(), appointment_id=cast.clerk.appointment)

    with pytest.raises(RefusalError):
        ask_return(cast.tax.at(NOW + timedelta(seconds=1)), person_id=cast.clerk.person)


def test_who_was_erased_has_no_way_back(cast: Cast) -> None:
    erase_person(cast.tax.at(), person_id=cast.clerk.person, ground="Asked.")

    with pytest.raises(NotFoundError):
        ask(cast)


def test_a_professional_asks_for_nobody(cast: Cast) -> None:
    with pytest.raises(NotAllowedError):
        ask(cast, by="clerk", who="tax")


@pytest.mark.parametrize("by", ["social", "figures_coordinator"])
def test_nobody_asks_for_people_of_another_partner(cast: Cast, by: str) -> None:
    with pytest.raises(NotFoundError):
        ask(cast, by=by)


def test_asking_takes_a_fresh_proof(cast: Cast) -> None:
    with pytest.raises(StepUpError):
        ask(cast, recent=False)


@pytest.mark.parametrize("by", ["social", "figures_coordinator", "manager", "tax_coordinator"])
def test_that_it_was_asked_is_seen_by_who_manages_these_people_only(cast: Cast, by: str) -> None:
    ask(cast)

    assert (waiting(cast, by) is not None) is (by == "tax_coordinator")


# Approving


def test_once_a_second_colleague_approves_the_link_works(cast: Cast) -> None:
    token = ask(cast)
    approve(cast)

    assert works(token)
    seen = waiting(cast)
    assert seen is not None
    assert seen.approved


def test_every_partner_reads_in_the_register_that_it_was_approved(cast: Cast) -> None:
    ask(cast)
    approve(cast)

    kinds = [entry.kind for entry in ledger.entries_of(cast.figures.at(), cast.clerk.person)]
    assert kinds[-1] == "person.let_back"


def test_who_asked_does_not_approve(cast: Cast) -> None:
    token = ask(cast)
    with pytest.raises(RefusalError):
        approve(cast, by="tax")
    assert not works(token)


@pytest.mark.parametrize(
    ("by", "error"), [("clerk", NotAllowedError), ("social", NotFoundError), ("manager", NotAllowedError)]
)
def test_who_does_not_manage_these_people_approves_nothing(cast: Cast, by: str, error: type) -> None:
    token = ask(cast)
    with pytest.raises(error):
        approve(cast, by=by)
    assert not works(token)


def test_approving_takes_a_fresh_proof(cast: Cast) -> None:
    ask(cast)
    with pytest.raises(StepUpError):
        approve(cast, recent=False)


@pytest.mark.parametrize("asked", ["nothing", "", "inv_00000000000000000000000000", "\u202e"])
def test_a_request_that_is_not_there_is_refused_with_a_sentence(cast: Cast, asked: str) -> None:
    token = ask(cast)
    with pytest.raises(RefusalError) as refused:
        approve_return(cast.tax_coordinator.at(), person_id=cast.clerk.person, asked=asked)
    assert "Nothing was changed" in refused.value.text.in_language("en")
    assert not works(token)


def test_a_request_of_who_manages_nobody_any_more_is_refused(cast: Cast) -> None:
    ask(cast)
    end_appointment(cast.tax_coordinator.at(), appointment_id=cast.tax.appointment)
    second = make_account("second")
    seat = invited(cast, by="tax_coordinator", position="board-member")
    take_place(NOW, subject=Subject("alliances.person", seat.person), user_id=second)

    later = NOW + timedelta(seconds=1)
    found = waiting(cast)
    assert found is not None
    access = queries.access_for(second, cast.key, now=later, language="en", recent=True)
    with pytest.raises(RefusalError) as refused:
        approve_return(access, person_id=cast.clerk.person, asked=found.id)
    assert "no longer manages" in refused.value.text.in_language("en")


def test_two_of_one_alliance_give_no_key_to_a_place_in_another(cast: Cast) -> None:
    make_cast("second", accounts_of={"social": cast.clerk.user})
    token = ask(cast)

    with pytest.raises(RefusalError) as refused:
        approve(cast)
    assert "runs Concordia" in refused.value.text.in_language("en")
    assert not works(token)


def test_a_link_ends_when_the_account_takes_a_place_elsewhere(cast: Cast) -> None:
    token = ask(cast)
    approve(cast)

    make_cast("second", accounts_of={"social": cast.clerk.user})

    assert not works(token)


def test_a_link_asked_for_in_one_alliance_is_not_seen_in_another(cast: Cast) -> None:
    second = make_cast("second", accounts_of={"social": cast.clerk.user})
    ask(cast)

    assert queries.way_in(second.social_coordinator.at(), second.social.person).asked is None


# Withdrawing


@pytest.mark.parametrize("by", ["tax", "tax_coordinator", "clerk"])
def test_who_manages_them_and_the_person_withdraw_a_way_back(cast: Cast, by: str) -> None:
    token = ask(cast)
    approve(cast)

    for _ in range(2):
        withdraw_invitation(cast.members[by].at(), person_id=cast.clerk.person)

    assert not works(token)
    assert waiting(cast) is None


def test_the_person_sees_and_withdraws_what_was_asked_anywhere(cast: Cast) -> None:
    second = make_cast("second", accounts_of={"social": cast.clerk.user})
    token = ask(cast)
    mine = queries.way_in(second.social.at(), second.social.person)
    assert mine.me
    assert mine.asked is not None

    withdraw_invitation(second.social.at(), person_id=second.social.person)

    assert Invitation.objects.filter(returning__isnull=False, revoked_at=None).count() == 0
    assert not works(token)


def test_an_invitation_that_is_withdrawn_lets_nobody_in(cast: Cast) -> None:
    new = invited(cast)
    assert queries.way_in(cast.tax.at(), new.person).until is not None

    withdraw_invitation(cast.tax_coordinator.at(), person_id=new.person)

    with pytest.raises(NotFoundError):
        accounts.open_invitation(new.token, NOW)
    seen = queries.way_in(cast.tax.at(), new.person)
    assert (seen.invites, seen.until) == (True, None)
    assert accounts.open_invitation(invite_again(cast.tax.at(), person_id=new.person), NOW)


@pytest.mark.parametrize(
    ("by", "error"), [("clerk", NotAllowedError), ("social", NotFoundError), ("manager", NotAllowedError)]
)
def test_who_does_not_manage_these_people_withdraws_nothing(cast: Cast, by: str, error: type) -> None:
    new = invited(cast)
    with pytest.raises(error):
        withdraw_invitation(cast.members[by].at(), person_id=new.person)
    assert accounts.open_invitation(new.token, NOW)


@pytest.mark.parametrize("by", ["clerk", "social", "manager"])
def test_others_learn_nothing_of_the_links_of_a_person(cast: Cast, by: str) -> None:
    new = invited(cast)

    assert queries.way_in(cast.members[by].at(), new.person) == queries.WayIn()


def test_another_alliance_finds_nobody_to_let_back_or_to_withdraw(cast: Cast) -> None:
    other = make_cast("other")
    for act in (
        lambda: ask_return(other.tax.at(), person_id=cast.clerk.person),
        lambda: approve_return(other.tax.at(), person_id=cast.clerk.person, asked="x"),
        lambda: withdraw_invitation(other.tax.at(), person_id=cast.clerk.person),
        lambda: queries.way_in(other.tax.at(), cast.clerk.person),
    ):
        with pytest.raises(NotFoundError):
            act()


# One alone puts nobody in another's place


def test_who_is_in_is_not_invited_again(cast: Cast) -> None:
    with pytest.raises(RefusalError) as refused:
        invite_again(cast.tax.at(), person_id=cast.clerk.person)
    assert "Give access again" in refused.value.text.in_language("en")


def test_a_place_that_is_taken_is_taken_by_nobody_else(cast: Cast) -> None:
    subject = Subject("alliances.person", cast.clerk.person)

    with pytest.raises(NotFoundError):
        take_place(NOW, subject=subject, user_id=make_account("somebody"))
    assert cast.clerk.at().person == cast.clerk.person
