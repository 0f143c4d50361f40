"""Days and moments that go wrong: clocks that change, 29 February, slips of the hand (section Time)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.cast import NOW, Cast
from support.deciding import decided, page, rich_cast, sent

from concordia.capabilities.alliances.models import Appointment, Mandate
from concordia.capabilities.decisions.commands import open_voting
from concordia.capabilities.decisions.models import Proposal
from concordia.domain.durations import Duration

from .conftest import Clock, Desk

HOME = ZoneInfo("Europe/Amsterdam")
DRAFT = {"title": "One calendar", "question": "Do we?", "procedure": "majority", "text": "Typed for long."}


@pytest.mark.parametrize(
    ("start", "written", "end"),
    [
        ("2026-03-20 10:00", "P14D", "2026-04-03 10:00"),  # over the night the clock goes forward
        ("2026-10-20 10:00", "P14D", "2026-11-03 10:00"),  # and back
        ("2026-03-28 12:00", "PT24H", "2026-03-29 13:00"),
        ("2026-03-28 02:30", "P1D", "2026-03-29 03:30"),  # half past two is skipped that night
        ("2026-10-24 02:30", "P1D", "2026-10-25 02:30"),  # and comes twice: the first one counts
        ("2028-02-29 10:00", "P1Y", "2029-02-28 10:00"),
        ("2026-01-31 10:00", "P1M", "2026-02-28 10:00"),
        ("2027-12-31 23:59", "P2M", "2028-02-29 23:59"),
    ],
)
def test_a_period_ends_at_the_hour_people_expect(start: str, written: str, end: str) -> None:
    begun = datetime.fromisoformat(start).replace(tzinfo=HOME).astimezone(UTC)

    ended = Duration.parse(written).after(begun)

    assert f"{ended.astimezone(HOME):%Y-%m-%d %H:%M}" == end


@pytest.mark.parametrize("time", ["2026-10-25 00:30", "2026-10-25 01:30"])
def test_a_day_after_either_of_the_two_hours_is_a_day_later(time: str) -> None:
    begun = datetime.fromisoformat(time).replace(tzinfo=UTC)
    assert Duration.parse("PT24H").after(begun) == begun + timedelta(hours=24)
    assert timedelta(hours=24) <= Duration.parse("P1D").after(begun) - begun <= timedelta(hours=25)


def test_voting_over_the_night_of_the_clock_closes_at_the_same_hour(db: None) -> None:
    cast = rich_cast()
    begun = datetime(2026, 3, 26, 9, 0, tzinfo=UTC)
    proposal = sent(cast, "written")
    open_voting(cast.manager.at(begun), proposal_id=proposal)

    closes = page(cast, proposal, at=begun).closes_at

    assert closes == datetime(2026, 3, 31, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", ["2026-02-30", "2027-02-29", "2026-13-01", "31-31-2026", "tomorrow", "٢"])
def test_a_day_that_does_not_exist_is_refused_and_the_rest_kept(tax: Desk, day: str) -> None:
    answer = tax.post("proposals/new/", {**DRAFT, "effective_date": day})

    assert answer.status_code == 422
    assert "This is not a day. Write for example 2026-03-02." in answer.content.decode()
    assert "Typed for long." in answer.content.decode()
    assert not Proposal.objects.unscoped().exists()


@pytest.mark.parametrize("day", ["0001-01-01", "0226-03-02", "9999-12-31", "2200-01-01"])
def test_a_year_that_is_a_slip_of_the_hand_is_refused(tax: Desk, day: str) -> None:
    answer = tax.post("proposals/new/", {**DRAFT, "effective_date": day})

    assert answer.status_code == 422
    assert "This year looks mistyped." in answer.content.decode()
    assert not Proposal.objects.unscoped().exists()


def test_the_29th_of_february_is_a_day(tax: Desk) -> None:
    tax.post("proposals/new/", {**DRAFT, "effective_date": "2028-02-29"})

    assert Proposal.objects.unscoped().get().effective_date == date(2028, 2, 29)


def test_a_position_that_ends_before_it_begins_is_refused(tax: Desk) -> None:
    before = Appointment.objects.unscoped().count()
    answer = tax.post(
        "people/invitation/",
        {"name": "Deputy", "position": "professional", "from_date": "2026-03-02", "until_date": "2026-03-01"},
    )

    page = answer.content.decode()
    assert "The last day is before the first day. Change one of the two." in page
    assert "Deputy" in page
    assert Appointment.objects.unscoped().count() == before


def test_a_mandate_that_ends_before_it_begins_is_refused(cast: Cast, tax: Desk) -> None:
    before = Mandate.objects.unscoped().count()
    answer = tax.post(
        f"appointments/{cast.tax.appointment}/mandate/",
        {"from_date": "2026-03-02", "until_date": "2026-03-01", "limit": "10", "text": "Typed for long."},
    )

    page = answer.content.decode()
    assert "The last day of the mandate is before the first." in page
    assert "Typed for long." in page
    assert Mandate.objects.unscoped().count() == before


def test_leaving_yesterday_cannot_be_announced(cast: Cast, tax: Desk) -> None:
    answer = tax.post(f"appointments/{cast.clerk.appointment}/notice/", {"until_date": "2026-03-01"})

    assert "The last day must be today or later." in answer.content.decode()


@pytest.mark.parametrize("amount", ["1e999999", "NaN", "sNaN", "Infinity", "-5", "9" * 400, "1,2,3"])
def test_an_amount_that_is_no_amount_is_refused_and_the_rest_kept(tax: Desk, amount: str) -> None:
    answer = tax.post("proposals/new/", {**DRAFT, "amount_cents": amount})

    assert answer.status_code == 422
    assert "an amount in euros" in answer.content.decode()
    assert "Typed for long." in answer.content.decode()
    assert not Proposal.objects.unscoped().exists()


def test_looking_back_is_after_today_where_the_partners_are(db: None, hands: Clock) -> None:
    cast = rich_cast()
    decision = decided(cast)
    hands.time = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # half past midnight on 1 April in Amsterdam
    desk = Desk(cast, "manager", hands)
    fields = {"outcome": "Typed for long.", "owner": cast.tax.person, "review_date": "2026-04-01"}

    answer = desk.post(f"decisions/{decision.id}/outcome/", fields)

    assert answer.status_code == 422
    assert "The review date must be after today." in answer.content.decode()
    assert "Typed for long." in answer.content.decode()


def test_a_moment_is_shown_in_the_time_of_the_country(cast: Cast, hands: Clock, desk_of) -> None:
    hands.time = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert "Thu 2 July 2026, 00:30" in desk_of("tax").get("").content.decode()


def test_a_clock_that_went_back_ends_no_session_and_breaks_no_page(tax: Desk, hands: Clock) -> None:
    for moment in (
        NOW - timedelta(hours=1),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2106, 2, 8, tzinfo=UTC),
    ):
        hands.time = moment
        assert tax.get("").status_code in {200, 302, 404}
    hands.time = NOW
    assert tax.client.get("/account/sign-in/").status_code < 500
