"""An invitation lets one person in, once, for two weeks."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from concordia.capabilities.accounts import commands, queries
from concordia.capabilities.accounts.models import Invitation, User
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.subject import Subject

from .conftest import PASSWORD

SEAT = Subject("alliances.person", "per_board_member")
NEW = commands.Newcomer("lijnmanager", "lijnmanager@svb.example", "nl")


@pytest.fixture
def invited(access: Access) -> commands.Invited:
    return commands.invite(access, subject=SEAT, name="lijnmanager", email="Lijnmanager@SVB.example")


def test_a_newcomer_joins_and_learns_what_for(invited: commands.Invited, now: datetime) -> None:
    joined = commands.join(NEW, token=invited.token, now=now, key=PASSWORD)

    newcomer = User.objects.get(pk=joined.user)
    assert joined.subject == SEAT
    assert newcomer.check_password(PASSWORD)
    assert Invitation.objects.values_list("name", "email").get() == ("", "")
    assert queries.invitations([SEAT])[0].state(now) == "used"


def test_only_the_hash_of_the_token_is_kept(invited: commands.Invited) -> None:
    row = Invitation.objects.values().get()

    assert invited.token not in str(row)
    assert row["email"] == "lijnmanager@svb.example"


def test_a_link_works_once(invited: commands.Invited, now: datetime) -> None:
    commands.join(NEW, token=invited.token, now=now, key=PASSWORD)

    with pytest.raises(NotFoundError):
        commands.join(replace(NEW, email="b@svb.example"), token=invited.token, now=now, key=PASSWORD)
    assert not User.objects.filter(email="b@svb.example").exists()


def test_a_link_works_for_two_weeks(invited: commands.Invited, now: datetime) -> None:
    assert queries.open_invitation(invited.token, now + timedelta(days=14, seconds=-1)).subject == SEAT

    with pytest.raises(NotFoundError):
        queries.open_invitation(invited.token, now + timedelta(days=14))


def test_a_revoked_link_is_dead(access: Access, invited: commands.Invited, now: datetime) -> None:
    assert commands.revoke_invitations(access, subject=SEAT) == 1

    with pytest.raises(NotFoundError):
        commands.join(NEW, token=invited.token, now=now, key=PASSWORD)


def test_a_link_of_an_account_that_was_closed_lets_nobody_in(
    user: User, invited: commands.Invited, now: datetime
) -> None:
    commands.close_account(user.email, now=now)

    with pytest.raises(NotFoundError):
        commands.join(NEW, token=invited.token, now=now, key=PASSWORD)
    assert queries.invitations([SEAT])[0].state(now) == "revoked"

    commands.reopen_account(user.email)
    with pytest.raises(NotFoundError):
        commands.join(NEW, token=invited.token, now=now, key=PASSWORD)


def test_a_used_link_stays_used_when_revoked(
    access: Access, invited: commands.Invited, now: datetime
) -> None:
    commands.join(NEW, token=invited.token, now=now, key=PASSWORD)
    assert commands.revoke_invitations(access, subject=SEAT) == 0

    assert queries.invitations([SEAT])[0].state(now) == "used"


def test_a_refused_password_leaves_the_link_working(invited: commands.Invited, now: datetime) -> None:
    with pytest.raises(RefusalError) as refused:
        commands.join(NEW, token=invited.token, now=now, key="kort")

    assert refused.value.field == "new_password"
    assert not User.objects.filter(email=NEW.email).exists()
    assert commands.join(NEW, token=invited.token, now=now, key=PASSWORD).subject == SEAT


def test_an_address_that_has_an_account_is_told_to_sign_in(
    invited: commands.Invited, user: User, now: datetime
) -> None:
    with pytest.raises(RefusalError) as refused:
        commands.join(replace(NEW, email=user.email.upper()), token=invited.token, now=now, key=PASSWORD)

    assert refused.value.field == "email"


def test_somebody_signed_in_accepts_with_the_account_they_have(
    invited: commands.Invited, access: Access, user: User
) -> None:
    assert commands.accept_invitation(access, token=invited.token) == commands.Redeemed(user.id, SEAT)

    with pytest.raises(NotFoundError):
        commands.accept_invitation(access, token=invited.token)


def test_nobody_invites_without_an_account(now: datetime) -> None:
    with pytest.raises(NotFoundError):
        commands.invite(Access(now=now), subject=SEAT)


def test_the_first_run_code_opens_an_empty_installation_only(db: None, now: datetime) -> None:
    earlier = commands.create_first_account(now)
    code = commands.create_first_account(now, name="beheerder")

    with pytest.raises(NotFoundError):
        queries.open_invitation(earlier, now)
    assert commands.join(NEW, token=code, now=now, key=PASSWORD).subject is None
    with pytest.raises(RefusalError):
        commands.create_first_account(now)


def test_a_first_run_code_is_worthless_once_somebody_came_in(db: None, now: datetime, access: Access) -> None:
    User.objects.all().delete()
    code = commands.create_first_account(now)
    User.objects.create(email="iemand@uwv.example", name="iemand", date_joined=now)

    with pytest.raises(NotFoundError):
        commands.join(NEW, token=code, now=now, key=PASSWORD)
