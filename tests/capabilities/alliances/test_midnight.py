"""A day begins at midnight of the alliance, not of Greenwich: an hour or two of every night they differ."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from support.cast import Cast, make_cast

from concordia.capabilities.alliances import queries
from concordia.capabilities.alliances.commands import appoint, end_appointment
from concordia.kernel.errors import NotFoundError
from concordia.web.alliances.covenant import covenant_of

pytestmark = pytest.mark.django_db
HALF_PAST_TWELVE = datetime(2026, 7, 9, 22, 30, tzinfo=UTC)  # 10 July 00:30 in Amsterdam


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def appointed(cast: Cast, first: date, last: date | None = None) -> str:
    return appoint(
        cast.tax.at(), person_id=cast.clerk.person, position="board-member", from_date=first, until_date=last
    )


def test_a_position_is_held_from_the_first_minute_of_its_first_day(cast: Cast) -> None:
    appointment = appointed(cast, date(2026, 7, 10))

    assert queries.appointment(cast.tax.at(HALF_PAST_TWELVE), appointment).runs
    assert cast.clerk.at(HALF_PAST_TWELVE).holds("board-member")


def test_a_position_is_no_longer_held_a_minute_after_its_last_day(cast: Cast) -> None:
    appointed(cast, date(2026, 3, 2), date(2026, 7, 9))

    assert not cast.clerk.at(HALF_PAST_TWELVE).holds("board-member")


def test_the_chair_passes_on_at_midnight_here(cast: Cast) -> None:
    new_year = datetime(2027, 1, 4, 23, 30, tzinfo=UTC)  # the rotation began on 5 January

    assert queries.chair(cast.tax.at(new_year), "board").partner_key == "social"
    assert "decisions.chair" in cast.social.at(new_year).permissions
    assert "decisions.chair" not in cast.tax.at(new_year).permissions


def test_who_is_dismissed_after_midnight_held_the_position_until_that_day(cast: Cast) -> None:
    end_appointment(cast.social.at(HALF_PAST_TWELVE), appointment_id=cast.social_coordinator.appointment)

    ended = queries.appointment(cast.social.at(HALF_PAST_TWELVE), cast.social_coordinator.appointment)
    assert ended.until_date == date(2026, 7, 10)
    with pytest.raises(NotFoundError):
        cast.social_coordinator.at(HALF_PAST_TWELVE)


def test_the_covenant_names_the_day_on_which_the_charter_comes_into_force_here(cast: Cast) -> None:
    begins = datetime(2026, 6, 30, 22, 0, tzinfo=UTC)  # 1 July 00:00 in Amsterdam
    version = replace(queries.charter_in_force(cast.tax.at()), in_force_from=begins)

    said = covenant_of(version, "en").chapters[-2].blocks[0].text

    assert said == "Version 1 of this covenant is in force from 1 July 2026."
