"""The chair passes from partner to partner on the day the charter says, however far away that day is."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from concordia.domain.charter import Charter, chair_partner, chair_until


def rotating(every: str, since: str = "2026-01-31", partners: int = 3) -> Charter:
    document: dict[str, Any] = {
        "concordia": "charter/1",
        "alliance": {"key": "small", "name": "Small", "objective": "One thing.", "since": since},
        "partners": [{"key": f"p{index}", "name": f"Partner {index}"} for index in range(partners)],
        "positions": [{"key": "member", "level": "strategic", "per": "partner"}],
        "bodies": [
            {
                "key": "board",
                "level": "strategic",
                "seats": ["member"],
                "chair": {"rotates": "partners", "every": every},
            }
        ],
        "procedures": [{"key": "all", "body": "board", "rule": {"votes": ["for"], "at_least": 1}}],
        "amendment": {"procedure": "all"},
    }
    return Charter.model_validate(document)


def changes(charter: Charter, first: date, number: int) -> list[date]:
    """The next days on which the chair passes on."""
    found = [first]
    for _ in range(number):
        until = chair_until(charter, "board", found[-1])
        assert until is not None
        found.append(until)
    return found[1:]


def test_a_chair_that_changes_on_the_last_of_the_month_goes_back_to_it_after_february() -> None:
    assert changes(rotating("P1M"), date(2026, 1, 31), 4) == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
    ]


def test_a_chair_of_a_leap_day_goes_back_to_it_in_every_leap_year() -> None:
    found = changes(rotating("P1Y", since="2024-02-29"), date(2024, 2, 29), 4)
    assert found == [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]


def test_a_daily_chair_still_passes_on_after_a_lifetime() -> None:
    charter = rotating("P1D", since="2000-01-01")
    days = [date(2099, 12, 30) + timedelta(days=n) for n in range(4)]
    chairs = [chair_partner(charter, "board", day) for day in days]
    assert len(set(chairs[:3])) == 3
    assert chairs[3] == chairs[0]
    assert [chair_until(charter, "board", day) for day in days] == [day + timedelta(days=1) for day in days]


@pytest.mark.parametrize(("every", "days"), [("PT48H", 2), ("PT36H", 3), ("P1DT24H", 2)])
def test_a_period_in_hours_counts_in_whole_days(every: str, days: int) -> None:
    charter = rotating(every, since="2026-01-01", partners=2)
    after = date(2026, 1, 1) + timedelta(days=days)
    assert chair_partner(charter, "board", after - timedelta(days=1)) != chair_partner(
        charter, "board", after
    )


def test_a_chair_of_less_than_a_day_kept_from_before_does_not_stop_the_alliance() -> None:
    charter = rotating("PT1M", since="0001-01-01")
    assert chair_partner(charter, "board", date(9999, 12, 31)) is not None
    assert chair_until(charter, "board", date(2026, 1, 1)) == date(2026, 1, 2)


def test_a_chair_until_beyond_the_calendar_has_no_end() -> None:
    charter = rotating("P999Y", since="9500-01-01")
    assert chair_partner(charter, "board", date(9999, 12, 31)) == "p0"
    assert chair_until(charter, "board", date(9999, 12, 31)) is None


def test_before_the_first_day_the_first_partner_chairs() -> None:
    charter = rotating("P1Y")
    assert chair_partner(charter, "board", date(2020, 1, 1)) == "p0"
    assert chair_until(charter, "board", date(2020, 1, 1)) == date(2027, 1, 31)


@given(
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    st.integers(0, 2),
    st.integers(0, 25),
    st.integers(0, 40),
)
def test_every_day_has_one_turn_that_began_and_whose_next_did_not(
    since: date, on: date, years: int, months: int, days: int
) -> None:
    if not (years or months or days):
        return
    charter = rotating(f"P{years}Y{months}M{days}D", since=str(since), partners=7)
    until = chair_until(charter, "board", on)
    assert until is not None
    assert until > on
    before = chair_partner(charter, "board", on)
    assert chair_partner(charter, "board", until - timedelta(days=1)) == before
    assert chair_partner(charter, "board", until) != before
    turn = relativedelta(years=years, months=months, days=days)
    begun = [n for n in range(1, 60) if since + turn * n == until]
    assert begun or until > since + turn * 59


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 24))
def test_all_partners_chair_in_their_order(since: date, months: int) -> None:
    charter = rotating(f"P{months}M", since=str(since), partners=4)
    begins = [since, *changes(charter, since, 8)]
    chairs = [chair_partner(charter, "board", day) for day in begins]
    assert chairs == [f"p{n % 4}" for n in range(9)]
    assert all(a < b for a, b in pairwise(begins))
