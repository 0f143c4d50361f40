"""People keep their own settings; a closed account is closed everywhere at once."""

from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from support.pages import signed_in
from support.tied import ties_given

from concordia.capabilities.accounts import commands, queries
from concordia.capabilities.accounts.models import Letter, User
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError


def test_name_language_and_looks_change(access: Access) -> None:
    commands.change_profile(access, name="  key\talliance\u202e  manager ", language="en", theme="dark")

    mine = queries.account(access)
    assert (mine.name, mine.language, mine.theme) == ("key alliance manager", "en", "dark")


@pytest.mark.parametrize(
    ("field", "value"), [("name", " \n"), ("name", "x" * 121), ("language", "de"), ("theme", "pink")]
)
def test_impossible_settings_are_refused(access: Access, field: str, value: str) -> None:
    asked = {"name": "secretaris", "language": "nl", "theme": "light"} | {field: value}
    with pytest.raises(RefusalError) as refused:
        commands.change_profile(access, **asked)

    assert refused.value.field == field


def test_an_address_belongs_to_one_account_however_it_is_written(user: User, make_user) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(f" {user.email.upper()} ")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email=user.email.upper())


def test_the_same_account_has_no_door_of_the_framework(user: User) -> None:
    assert not hasattr(user, "is_superuser")
    assert not hasattr(user, "is_staff")
    assert not hasattr(User.objects, "create_superuser")


def test_a_closed_account_is_gone_for_its_owner_until_it_is_opened_again(access: Access, user: User) -> None:
    before = user.get_session_auth_hash()
    commands.close_account(user.email.upper(), now=access.now)

    assert User.objects.get(pk=user.pk).get_session_auth_hash() != before
    with pytest.raises(NotFoundError):
        queries.account(access)

    commands.reopen_account(user.email)
    assert queries.account(access).id == user.id


def test_an_address_without_an_account_is_closed_and_opened_nowhere(
    user: User, make_user, now: datetime
) -> None:
    make_user("voorbeeld@wvp.example", example=True)
    for email in ("", "nobody@wvp.example", "voorbeeld@wvp.example"):
        with pytest.raises(NotFoundError):
            commands.close_account(email, now=now)
        with pytest.raises(NotFoundError):
            commands.reopen_account(email)
    assert User.objects.filter(is_active=True).count() == 2


@pytest.mark.parametrize("backwards", [False, True])
def test_what_was_made_at_one_moment_keeps_an_order_of_its_own(
    access: Access, user: User, make_user, now: datetime, backwards: bool
) -> None:
    people = sorted(make_user(f"{n}@wvp.example", example=True).id for n in range(3))
    for n in range(3):
        Letter.objects.create(to=user.email, subject=str(n), body="", written_at=now, try_at=now)
    letters = list(Letter.objects.order_by("id").values_list("subject", flat=True))
    for _ in range(3):
        key = signed_in(user.id).session.session_key
        UserSession.objects.create(user=user, ip="192.0.2.1", session_key=key, last_seen_at=now)
    posted: list[str] = []

    with ties_given(backwards=backwards):
        assert [person.id for person in queries.example_people()] == people
        places = [line.id for line in queries.sessions(access, None)]
        commands.deliver_letters(now, lambda letter: posted.append(letter.subject))

    assert places == sorted(places, reverse=True)
    assert len(places) == 3
    assert posted == letters


def test_people_of_the_example_have_no_keys(db: None, now: datetime) -> None:
    board = commands.example_account(name="bestuurslid", language="nl", now=now)

    assert [person.id for person in queries.example_people()] == [board]
    assert not User.objects.get(pk=board).has_usable_password()
    assert queries.has_second_factor(board)


def test_an_account_without_keys_has_no_second_factor(user: User) -> None:
    assert not queries.has_second_factor(user.id)


def test_whoever_is_not_signed_in_has_no_account(now: datetime) -> None:
    with pytest.raises(NotFoundError):
        queries.account(Access(now=now))


def test_an_address_changes_and_the_old_one_is_told(access: Access, user: User, settings) -> None:
    settings.EMAIL_URL = "smtp://localhost"
    commands.change_email(access, email=" Nieuw@WVP.example")

    assert Letter.objects.get().to == user.email
    assert queries.account(access).email == "nieuw@wvp.example"


def test_an_address_of_somebody_else_or_of_nobody_is_refused(access: Access, make_user) -> None:
    make_user("other@uwv.example")
    for email in ("OTHER@uwv.example", "nobody", "", "a@b"):
        with pytest.raises(RefusalError) as refused:
            commands.change_email(access, email=email)
        assert refused.value.field == "email"


def test_an_erased_account_leaves_nothing(access: Access, user: User, settings) -> None:
    settings.EMAIL_URL = "smtp://localhost"
    seed = commands.begin_totp()
    code = format_hotp_value(hotp_value(seed, int(access.now.timestamp()) // 30))
    commands.confirm_totp(access, seed=seed, code=code)
    commands.write_letter(user.email, "nl", both("Onderwerp", "Subject"), both("Tekst", "Text"), access.now)
    commands.erase_account(user.id, now=access.now)
    commands.erase_account(user.id, now=access.now)

    assert not User.objects.exists()
    assert not Authenticator.objects.exists()
    assert not Letter.objects.exists()


def test_old_sessions_are_forgotten_and_open_ones_kept(user: User, now: datetime) -> None:
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="x", expire_date=now + timedelta(days=days))
        UserSession.objects.create(
            user=user, session_key=key, ip="127.0.0.1", user_agent="x", created_at=now - timedelta(days=2)
        )

    assert commands.forget_old(now) == 2
    assert UserSession.objects.get().session_key == "new"
