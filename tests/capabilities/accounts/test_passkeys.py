"""A passkey proves who one is: for one challenge, at this origin, by its own person, going forward."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from support.softkey import PRESENT, SoftKey

from concordia.capabilities.accounts import commands, queries
from concordia.capabilities.accounts.models import User
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError, StepUpError
from concordia.kernel.subject import Subject

from .conftest import PASSWORD

ORIGIN = "https://concordia.example"


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    settings.PUBLIC_URL = ORIGIN


def added(access: Access, name: str = "") -> SoftKey:
    """A key that the person has just added."""
    key = SoftKey(ORIGIN, "concordia.example")
    ceremony = commands.begin_adding(access)
    commands.add_passkey(access, commands.NewPasskey(ceremony.state, key.create(ceremony.options), name))
    return key


@pytest.fixture
def key(access: Access) -> SoftKey:
    return added(access)


def prove(key: SoftKey, now: datetime, user_id: str | None = None, **lies: Any) -> tuple[str, int]:
    ceremony = commands.begin_proof(user_id)
    return commands.confirm_passkey(
        ceremony.state, key.get(ceremony.options, **lies), user_id=user_id, now=now
    )


def test_a_key_tells_whose_it_is(key: SoftKey, user: User, now: datetime) -> None:
    holder, number = prove(key, now)

    assert holder == user.id
    assert queries.keys(Access(now, user=user.id)).passkeys[0].id == number


@pytest.mark.parametrize(
    "lies",
    [
        {"flags": PRESENT},
        {"flags": 0},
        {"origin": "https://evil.example"},
        {"origin": "https://www.concordia.example"},
        {"origin": "http://concordia.example"},
        {"origin": "https://concordia.example:444"},
        {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"kind": "webauthn.create"},
        {"handle": "dXNyX2Fub3RoZXI"},
        {"handle": "!!!"},
        {"handle": "AA"},
        {"handle": "\ud800"},
        {"challenge": "\ud800"},
    ],
)
def test_a_lie_is_refused(key: SoftKey, now: datetime, lies: dict[str, Any]) -> None:
    with pytest.raises(RefusalError) as refused:
        prove(key, now, **lies)

    assert refused.value.field == "passkey"
    assert prove(key, now)


def test_a_key_for_another_name_is_refused(key: SoftKey, now: datetime) -> None:
    key.rp_id = "evil.example"

    with pytest.raises(RefusalError):
        prove(key, now)


def test_a_proof_for_one_challenge_does_not_answer_another(key: SoftKey, now: datetime) -> None:
    first, second = commands.begin_proof(), commands.begin_proof()
    proof = key.get(first.options)
    commands.confirm_passkey(first.state, proof, user_id=None, now=now)

    with pytest.raises(RefusalError):
        commands.confirm_passkey(second.state, proof, user_id=None, now=now)


def test_a_counter_that_goes_back_is_refused(key: SoftKey, now: datetime) -> None:
    key.counter = 10
    prove(key, now)

    for stale in (10, 4):
        key.counter = stale - 1
        with pytest.raises(RefusalError):
            prove(key, now)
    key.counter = 11
    assert prove(key, now)


def test_a_key_that_does_not_count_is_welcome(key: SoftKey, now: datetime) -> None:
    for _ in range(2):
        key.counter = -1
        assert prove(key, now)


def test_somebody_else_s_key_proves_nothing_about_me(
    key: SoftKey, access: Access, user: User, make_user: Any, now: datetime
) -> None:
    other = make_user("other@uwv.example")
    theirs = added(replace(access, user=other.id))

    with pytest.raises(RefusalError):
        prove(theirs, now, user.id)
    with pytest.raises(RefusalError):
        prove(theirs, now, handle=key.user_handle)


@pytest.mark.parametrize(
    "answer", [{}, {"id": 1}, {"response": []}, {"rawId": "x", "response": {"userHandle": None}}]
)
def test_nonsense_is_refused_with_a_sentence(key: SoftKey, user: User, now: datetime, answer: Any) -> None:
    for who in (None, user.id):
        with pytest.raises(RefusalError):
            commands.confirm_passkey(commands.begin_proof(who).state, answer, user_id=who, now=now)
    with pytest.raises(RefusalError):
        commands.confirm_passkey({}, key.get(commands.begin_proof().options), user_id=None, now=now)


@pytest.mark.parametrize("flags", [0, PRESENT])
def test_a_new_key_must_ask_for_a_finger_or_pin(access: Access, flags: int) -> None:
    key, ceremony = SoftKey(ORIGIN, "concordia.example"), commands.begin_adding(access)
    made = key.create(ceremony.options, flags=flags)

    with pytest.raises(RefusalError):
        commands.add_passkey(access, commands.NewPasskey(ceremony.state, made))
    assert not queries.keys(access).enough


def test_the_browser_is_asked_for_a_key_that_lives_on_the_device(access: Access, user: User) -> None:
    asked = commands.begin_adding(access).options["publicKey"]

    assert asked["rp"]["id"] == "concordia.example"
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }


def test_a_device_that_has_a_key_is_not_asked_for_a_second(key: SoftKey, access: Access) -> None:
    assert len(commands.begin_adding(access).options["publicKey"]["excludeCredentials"]) == 1


def test_keys_have_names_that_their_owner_changes(key: SoftKey, access: Access) -> None:
    mine = queries.keys(access).passkeys[0]
    assert mine.name == "Sleutel 1"

    commands.rename_passkey(access, passkey_id=mine.id, name="  mijn\ttelefoon ")
    assert queries.keys(access).passkeys[0].name == "mijn telefoon"
    with pytest.raises(RefusalError):
        commands.rename_passkey(access, passkey_id=mine.id, name=" ")


def test_the_only_key_stays(key: SoftKey, access: Access) -> None:
    only = queries.keys(access).passkeys[0].id
    with pytest.raises(RefusalError):
        commands.remove_passkey(access, passkey_id=only)

    added(access)
    commands.remove_passkey(access, passkey_id=only)
    assert len(queries.keys(access).passkeys) == 1


def test_a_lost_key_opens_nothing_any_more(key: SoftKey, access: Access, now: datetime) -> None:
    lost = queries.keys(access).passkeys[0].id
    added(access)
    commands.remove_passkey(access, passkey_id=lost)

    with pytest.raises(RefusalError):
        prove(key, now)


def test_keys_of_others_are_not_there(key: SoftKey, access: Access, make_user: Any) -> None:
    stranger = replace(access, user=make_user("other@uwv.example").id)
    mine = queries.keys(access).passkeys[0].id

    for act in (
        lambda: commands.rename_passkey(stranger, passkey_id=mine, name="x"),
        lambda: commands.remove_passkey(stranger, passkey_id=mine),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_a_stale_session_adds_and_removes_no_keys(key: SoftKey, access: Access) -> None:
    stale = replace(access, recent=False)
    with pytest.raises(StepUpError):
        added(stale)
    with pytest.raises(StepUpError):
        commands.remove_passkey(stale, passkey_id=queries.keys(access).passkeys[0].id)


def test_adding_a_key_ends_every_session(access: Access, user: User) -> None:
    before = user.get_session_auth_hash()
    added(access)

    assert User.objects.get(pk=user.pk).get_session_auth_hash() != before


def test_somebody_joins_with_a_key_or_not_at_all(access: Access, now: datetime) -> None:
    token = commands.invite(access, subject=Subject("alliances.person", "per_x")).token
    ceremony = commands.begin_joining("usr_new", "lid", "lid@svb.example")
    key = SoftKey(ORIGIN, "concordia.example")
    newcomer = commands.Newcomer("lid", "lid@svb.example", "nl", "usr_new")
    bad = commands.NewPasskey(ceremony.state, key.create(ceremony.options, flags=PRESENT))
    with pytest.raises(RefusalError):
        commands.join(newcomer, token=token, now=now, key=bad)
    assert not User.objects.filter(pk="usr_new").exists()

    good = commands.NewPasskey(ceremony.state, key.create(ceremony.options))
    assert commands.join(newcomer, token=token, now=now, key=good).user == "usr_new"
    assert prove(key, now)[0] == "usr_new"
    assert not User.objects.get(pk="usr_new").check_password(PASSWORD)


def test_only_what_is_needed_of_an_answer_is_kept(access: Access) -> None:
    key, ceremony = SoftKey(ORIGIN, "concordia.example"), commands.begin_adding(access)
    answer = key.create(ceremony.options) | {"more": "\x00\ud800"}
    commands.add_passkey(access, commands.NewPasskey(ceremony.state, answer))

    kept = Authenticator.objects.get().data["credential"]
    assert set(kept) == {"id", "rawId", "type", "response"}
    assert kept["id"] == answer["rawId"]
