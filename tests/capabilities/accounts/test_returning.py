"""Somebody who lost every key comes back with the help of two others, or of the host (ASVS 6.4.4)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from concordia.capabilities.accounts import commands, queries
from concordia.capabilities.accounts.models import Invitation, Letter, User
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError, StepUpError
from concordia.kernel.subject import Subject

from .conftest import PASSWORD

SEAT = Subject("alliances.person", "per_board_member")
NEW = commands.Newcomer("lijnmanager", "lijnmanager@svb.example", "nl")
SENTENCE = "zeven kleine scheepjes varen"


@pytest.fixture
def lost(make_user) -> User:
    return make_user("kwijt@uwv.example", name="kwijt")


@pytest.fixture
def second(make_user, access: Access) -> Access:
    """The second person, who did not ask."""
    return replace(access, user=make_user("tweede@uwv.example").id)


def asked(access: Access, lost: User) -> commands.Invited:
    return commands.invite_back(access, user_id=lost.id, subject=SEAT)


def is_open(link: commands.Invited, now: datetime) -> bool:
    try:
        return queries.open_invitation(link.token, now).returning is not None
    except NotFoundError:
        return False


def test_it_takes_two_others(access: Access, second: Access, lost: User, now: datetime) -> None:
    link = asked(access, lost)
    waiting = queries.return_waiting(SEAT, now)
    assert waiting is not None
    assert (waiting.id, waiting.approved) == (link.id, False)
    assert not is_open(link, now)

    for same in (access, replace(access, user=lost.id)):
        with pytest.raises(RefusalError):
            commands.approve_return(same, invitation_id=link.id, user_id=lost.id, subject=SEAT)
    commands.approve_return(second, invitation_id=link.id, user_id=lost.id, subject=SEAT)

    assert queries.open_invitation(link.token, now).returning == lost.id


def test_nobody_asks_for_themselves(access: Access, user: User) -> None:
    with pytest.raises(RefusalError):
        asked(access, user)


def test_people_of_the_example_and_closed_accounts_have_no_way_back(access: Access, make_user) -> None:
    for who in (make_user("a@uwv.example", example=True), make_user("b@uwv.example", is_active=False)):
        with pytest.raises(RefusalError):
            asked(access, who)
    assert not Invitation.objects.exists()


def test_whoever_is_not_signed_in_asks_and_approves_nothing(access: Access, lost: User) -> None:
    link = asked(access, lost)

    with pytest.raises(NotFoundError):
        asked(replace(access, user=None), lost)
    with pytest.raises(NotFoundError):
        commands.approve_return(
            replace(access, user=None), invitation_id=link.id, user_id=lost.id, subject=SEAT
        )


def test_a_stale_session_may_not_give_anybody_a_way_in(access: Access, second: Access, lost: User) -> None:
    with pytest.raises(StepUpError):
        asked(replace(access, recent=False), lost)
    link = asked(access, lost)
    with pytest.raises(StepUpError):
        commands.approve_return(
            replace(second, recent=False), invitation_id=link.id, user_id=lost.id, subject=SEAT
        )


def test_what_was_asked_in_one_place_is_not_seen_or_approved_in_another(
    access: Access, second: Access, lost: User, now: datetime
) -> None:
    elsewhere = Subject("alliances.person", "per_elsewhere")
    link = asked(access, lost)

    assert queries.return_waiting(elsewhere, now) is None
    with pytest.raises(RefusalError):
        commands.approve_return(second, invitation_id=link.id, user_id=lost.id, subject=elsewhere)
    assert not is_open(link, now)


def test_only_the_request_that_was_seen_is_approved(access: Access, second: Access, lost: User) -> None:
    first = asked(access, lost)
    asked(access, lost)

    with pytest.raises(RefusalError) as refused:
        commands.approve_return(second, invitation_id=first.id, user_id=lost.id, subject=SEAT)
    assert "Nothing was changed" in refused.value.text.in_language("en")


@pytest.mark.parametrize("change", ["revoked", "expired", "invitation", "unknown"])
def test_what_waits_no_longer_is_not_approved(
    access: Access, second: Access, lost: User, change: str
) -> None:
    link = asked(access, lost)
    if change == "revoked":
        commands.revoke_invitations(access, subject=SEAT)
    if change == "expired":
        second = second.at(access.now + timedelta(days=14))
    if change == "invitation":
        link = commands.invite(access, subject=SEAT)
    with pytest.raises(RefusalError):
        commands.approve_return(
            second,
            invitation_id="nothing" if change == "unknown" else link.id,
            user_id=lost.id,
            subject=SEAT,
        )


def test_a_link_that_waits_stays_shut_when_who_asked_is_forgotten(
    access: Access, lost: User, now: datetime
) -> None:
    link = asked(access, lost)
    User.objects.filter(pk=access.user).delete()

    assert not is_open(link, now)


def test_who_is_closed_or_forgotten_leaves_no_request_behind(
    access: Access, second: Access, lost: User, user: User, now: datetime
) -> None:
    for end in (
        lambda: commands.close_account(user.email, now=now),
        lambda: commands.erase_account(user.id, now=now),
    ):
        link = asked(access, lost)
        end()
        with pytest.raises(RefusalError):
            commands.approve_return(second, invitation_id=link.id, user_id=lost.id, subject=SEAT)


@pytest.mark.parametrize("closed", ["asked", "approved"])
def test_a_way_back_ends_when_one_of_the_two_who_gave_it_is_closed(
    access: Access, second: Access, lost: User, now: datetime, closed: str
) -> None:
    link = asked(access, lost)
    commands.approve_return(second, invitation_id=link.id, user_id=lost.id, subject=SEAT)
    assert is_open(link, now)

    who = access.user if closed == "asked" else second.user
    commands.close_account(User.objects.get(pk=who).email, now=now)

    assert not is_open(link, now)


def test_a_closed_account_has_no_way_back_even_by_a_link_made_before(lost: User, now: datetime) -> None:
    link = commands.return_from_console(lost.email, now=now)
    assert is_open(link, now)
    commands.close_account(lost.email, now=now)
    commands.reopen_account(lost.email)

    assert not is_open(link, now)
    again = commands.return_from_console(lost.email, now=now)
    User.objects.filter(pk=lost.pk).update(is_active=False)
    assert not is_open(again, now)


def test_the_person_is_told_when_a_link_works(access: Access, second: Access, lost: User, settings) -> None:
    settings.EMAIL_URL = "smtp://localhost"
    link = asked(access, lost)
    assert not Letter.objects.exists()
    commands.approve_return(second, invitation_id=link.id, user_id=lost.id, subject=SEAT)

    assert Letter.objects.get().to == lost.email


def test_old_keys_and_sessions_end(lost: User, now: datetime) -> None:
    before = lost.get_session_auth_hash()
    link = commands.return_from_console(lost.email, now=now)
    commands.return_to_account(token=link.token, now=now, key=SENTENCE)

    lost.refresh_from_db()
    assert not lost.check_password(PASSWORD)
    assert lost.check_password(SENTENCE)
    assert lost.get_session_auth_hash() != before


def test_a_second_link_from_the_host_ends_the_first(lost: User, now: datetime) -> None:
    first = commands.return_from_console(lost.email, now=now)
    second = commands.return_from_console(f" {lost.email.upper()}", now=now)

    assert not is_open(first, now)
    assert is_open(second, now)


@pytest.mark.parametrize("email", ["", "nobody@uwv.example", "voorbeeld@uwv.example", "dicht@uwv.example"])
def test_the_host_lets_back_only_who_has_an_open_account(make_user, now: datetime, email: str) -> None:
    make_user("voorbeeld@uwv.example", example=True)
    make_user("dicht@uwv.example", is_active=False)

    with pytest.raises(NotFoundError):
        commands.return_from_console(email, now=now)


def test_a_link_back_makes_no_new_account_and_takes_no_place(
    access: Access, lost: User, now: datetime
) -> None:
    link = commands.return_from_console(lost.email, now=now)

    with pytest.raises(NotFoundError):
        commands.join(NEW, token=link.token, now=now, key=PASSWORD)
    with pytest.raises(NotFoundError):
        commands.accept_invitation(access, token=link.token)
