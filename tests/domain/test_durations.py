"""Durations are exact on the calendar, and on the clock of the partners' country."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concordia.domain.durations import HOME, Duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P0D",
        "PT0H",
        "14D",
        "P-1D",
        "P1.5D",
        "p14d",
        "P14D ",
        "P1DT",
        "P1D1Y",
        "P999999D",
        None,
        14,
    ],
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="not a duration"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["P14D", "P6W", "P3M", "P1Y", "PT72H", "P1Y2M3W4DT5H6M", "PT90S", "P1DT1S"])
def test_a_duration_keeps_its_written_form(text):
    assert str(Duration.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("P1M", date(2024, 1, 31), date(2024, 2, 29)),
        ("P1M", date(2023, 1, 31), date(2023, 2, 28)),
        ("P1Y", date(2024, 2, 29), date(2025, 2, 28)),
        ("P2W", date(2026, 12, 25), date(2027, 1, 8)),
        ("P1DT23H", date(2026, 1, 1), date(2026, 1, 2)),
    ],
)
def test_a_month_is_a_month_on_the_calendar(text, day, expected):
    assert Duration.parse(text).days_after(day) == expected


def test_a_day_keeps_its_hour_over_the_night_of_the_clock():
    saturday = datetime(2026, 3, 28, 10, tzinfo=HOME)
    assert Duration.parse("P1D").after(saturday) == datetime(2026, 3, 29, 10, tzinfo=HOME)
    after = Duration.parse("P1D").after(saturday.astimezone(UTC))
    assert after - saturday.astimezone(UTC) == timedelta(hours=23)


def test_hours_pass_as_they_are_over_the_night_of_the_clock():
    saturday = datetime(2026, 3, 28, 9, tzinfo=UTC)
    assert Duration.parse("PT24H").after(saturday) == saturday + timedelta(hours=24)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 999),
    st.sampled_from(["P{}D", "P{}W", "P{}M", "PT{}H", "PT{}M"]),
)
def test_a_duration_always_ends_later_and_in_the_same_zone(moment, number, form):
    after = Duration.parse(form.format(number)).after(moment)
    assert after > moment
    assert after.tzinfo is UTC


def test_a_duration_reads_as_people_say_it():
    assert Duration.parse("P1Y6M").text().plain() == {
        "nl": "1 jaar en 6 maanden",
        "en": "1 year and 6 months",
    }
    assert Duration.parse("P1Y").every().plain() == {"nl": "elk jaar", "en": "every year"}
    assert Duration.parse("P1M").every().plain() == {"nl": "elke maand", "en": "every month"}
    assert Duration.parse("P3M").every().plain() == {"nl": "elke 3 maanden", "en": "every 3 months"}


def test_lengths_can_be_compared():
    assert Duration.parse("P2W").about() < Duration.parse("P1M").about() < Duration.parse("P1Y").about()
