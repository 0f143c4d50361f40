"""A code counts once; seeds are never kept in the clear."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from hypothesis import given
from hypothesis import strategies as st

from concordia.capabilities.accounts import commands, queries
from concordia.capabilities.accounts.facts import seal, unseal
from concordia.capabilities.accounts.models import User
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError, StepUpError


def code_at(seed: str, moment: datetime) -> str:
    return format_hotp_value(hotp_value(seed, int(moment.timestamp()) // 30))


@pytest.fixture
def seed(access: Access) -> str:
    """The seed of the app that the person has set up a minute ago."""
    seed = commands.begin_totp()
    earlier = access.now - timedelta(minutes=1)
    commands.confirm_totp(access.at(earlier), seed=seed, code=code_at(seed, earlier))
    return seed


def test_a_code_of_now_or_of_the_step_before_is_right(seed: str, user: User, now: datetime) -> None:
    assert commands.confirm_code(user.id, code_at(seed, now - timedelta(seconds=30)), now) == "totp"
    typed = code_at(seed, now)
    assert commands.confirm_code(user.id, f"{typed[:3]} {typed[3:]}", now) == "totp"


def test_a_code_counts_once(seed: str, user: User, now: datetime) -> None:
    commands.confirm_code(user.id, code_at(seed, now), now)

    for later in (0, 10, 29, 31, 59):
        with pytest.raises(RefusalError):
            commands.confirm_code(user.id, code_at(seed, now), now + timedelta(seconds=later))


@pytest.mark.parametrize("seconds", [-61, -60, 30, 3600])
def test_codes_of_other_times_are_wrong(seed: str, user: User, now: datetime, seconds: int) -> None:
    moment = now + timedelta(seconds=seconds)
    with pytest.raises(RefusalError) as refused:
        commands.confirm_code(user.id, code_at(seed, moment), now)

    assert refused.value.field == "code"


def test_the_code_that_set_up_the_app_does_not_sign_in(access: Access, user: User) -> None:
    seed = commands.begin_totp()
    commands.confirm_totp(access, seed=seed, code=code_at(seed, access.now))

    with pytest.raises(RefusalError):
        commands.confirm_code(user.id, code_at(seed, access.now), access.now)


@pytest.mark.parametrize("typed", ["", "000000", "١٢٣٤٥٦", "12345", "\x00", "9" * 400])
def test_nonsense_is_refused_with_a_sentence(seed: str, user: User, now: datetime, typed: str) -> None:
    with pytest.raises(RefusalError):
        commands.confirm_code(user.id, typed, now)


def test_seeds_are_sealed(seed: str, access: Access) -> None:
    commands.new_recovery_codes(access)

    for row in Authenticator.objects.all():
        stored = row.data.get("secret") or row.data["seed"]
        assert stored.startswith("1:")
        assert seed not in stored


def test_seeds_outlive_a_new_secret_key(seed: str, user: User, now: datetime, settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-that-is-long-enough-to-be-one"
    assert commands.confirm_code(user.id, code_at(seed, now), now) == "totp"

    assert commands.reseal_seeds() == 1
    settings.SECRET_KEY_FALLBACKS = []
    later = now + timedelta(minutes=1)
    assert commands.confirm_code(user.id, code_at(seed, later), later) == "totp"


def test_nothing_is_sealed_anew_when_a_former_secret_is_missing(seed: str, access: Access, settings) -> None:
    commands.new_recovery_codes(access)
    before = list(Authenticator.objects.order_by("pk").values_list("data", flat=True))
    settings.SECRET_KEY = "another-secret-key-that-is-long-enough-to-be-one"

    with pytest.raises(RefusalError) as refused:
        commands.reseal_seeds()
    assert "CONCORDIA_OLD_SECRET_KEYS" in refused.value.text.in_language("en")
    assert list(Authenticator.objects.order_by("pk").values_list("data", flat=True)) == before


@given(st.text(), st.text(min_size=1), st.text(min_size=1))
def test_what_is_sealed_opens_with_its_secret_only(text: str, secret: str, other: str) -> None:
    sealed = seal(text, secret)

    assert unseal(sealed, [other, secret]) == text
    if other != secret:
        with pytest.raises(ValueError, match="no longer configured"):
            unseal(sealed, [other])


def test_a_recovery_code_works_once(seed: str, access: Access, user: User, now: datetime) -> None:
    codes = commands.new_recovery_codes(access)
    assert len(set(codes)) == 10

    assert commands.confirm_code(user.id, codes[3], now) == "recovery_codes"
    with pytest.raises(RefusalError):
        commands.confirm_code(user.id, codes[3], now)
    assert queries.keys(access).recovery_left == 9


def test_new_recovery_codes_replace_the_old(seed: str, access: Access, user: User, now: datetime) -> None:
    old, new = commands.new_recovery_codes(access), commands.new_recovery_codes(access)

    with pytest.raises(RefusalError):
        commands.confirm_code(user.id, old[0], now)
    assert commands.confirm_code(user.id, new[0], now) == "recovery_codes"


def test_recovery_codes_need_a_second_factor_first(access: Access) -> None:
    with pytest.raises(RefusalError):
        commands.new_recovery_codes(access)


def test_the_only_second_factor_stays(seed: str, access: Access) -> None:
    with pytest.raises(RefusalError):
        commands.remove_totp(access)
    assert queries.keys(access).enough


def test_changing_codes_needs_a_fresh_proof(seed: str, access: Access) -> None:
    stale = replace(access, recent=False)
    other = commands.begin_totp()

    for change in (
        lambda: commands.confirm_totp(stale, seed=other, code=code_at(other, stale.now)),
        lambda: commands.new_recovery_codes(stale),
        lambda: commands.remove_totp(stale),
    ):
        with pytest.raises(StepUpError):
            change()


def test_setting_up_an_app_ends_every_session(access: Access, user: User) -> None:
    before = user.get_session_auth_hash()
    seed = commands.begin_totp()
    commands.confirm_totp(access, seed=seed, code=code_at(seed, access.now))

    assert User.objects.get(pk=user.pk).get_session_auth_hash() != before


def test_a_code_under_a_secret_that_is_gone_is_refused_with_what_to_do_and_no_page_breaks(
    seed: str, access: Access, user: User, now: datetime, settings
) -> None:
    paper = commands.new_recovery_codes(access)
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "another-secret-key-that-is-long-enough-to-be-one"

    for code in (code_at(seed, now), paper[0]):
        with pytest.raises(RefusalError) as refused:
            commands.confirm_code(user.id, code, now)
        assert "former secret" in refused.value.text.in_language("en")
    assert queries.keys(access).recovery_left == 0

    settings.SECRET_KEY_FALLBACKS = [former]
    assert commands.confirm_code(user.id, code_at(seed, now), now) == "totp"
