"""Who guesses is slowed, on every worker at once; nobody is locked out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concordia.capabilities.accounts import commands
from concordia.capabilities.accounts.facts import Limit
from concordia.capabilities.accounts.models import Attempt

LIMIT = Limit(5, timedelta(minutes=1))
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=80))
def test_never_more_than_the_burst_and_one_per_pause(pauses: list[int]) -> None:
    now, taken, passed = START, START, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        following = LIMIT.next_taken(taken, now)
        if following is None:
            assert LIMIT.next_taken(taken, now + LIMIT.wait(taken, now)) is not None
        else:
            taken, passed = following, passed + 1

    assert passed <= 5 + (now - START) / LIMIT.every


def test_the_sixth_wrong_try_waits_and_the_owner_of_patience_goes_on(db: None, now: datetime) -> None:
    for _ in range(5):
        commands.claim_attempt("password", "a@b.example", now)
    with pytest.raises(commands.SlowDownError) as slowed:
        commands.claim_attempt("password", "a@b.example", now)

    assert slowed.value.seconds == 60
    commands.claim_attempt("password", "a@b.example", now + timedelta(seconds=60))


def test_refused_tries_do_not_lengthen_the_wait(db: None, now: datetime) -> None:
    waits = set()
    for _ in range(300):
        try:
            commands.claim_attempt("password", "a@b.example", now)
        except commands.SlowDownError as slowed:
            waits.add(slowed.seconds)

    assert waits == {60}


def test_one_does_not_slow_another(db: None, now: datetime) -> None:
    for _ in range(5):
        commands.claim_attempt("password", "a@b.example", now)

    commands.claim_attempt("password", "c@b.example", now)
    commands.claim_attempt("code", "a@b.example", now)


def test_signing_in_rightly_and_often_is_not_guessing(db: None, now: datetime) -> None:
    for _ in range(40):
        commands.claim_attempt("password", "a@b.example", now)
        commands.refund_attempt("password", "a@b.example", now)


def test_counts_keep_no_addresses_and_are_forgotten(db: None, now: datetime) -> None:
    commands.claim_attempt("password", "a@b.example", now)
    assert "a@b.example" not in str(Attempt.objects.values().get())

    assert commands.forget_old(now) == 0
    assert commands.forget_old(now + timedelta(hours=1)) == 1
