"""A clock that went back is noticed; what happened keeps its order."""

from datetime import timedelta

import pytest
from support.house import NOW, House

from concordia.ops.publishing import publish_due
from concordia.ops.work import watch_clock


@pytest.mark.parametrize(("back", "warned"), [(timedelta(hours=1), True), (timedelta(seconds=30), False)])
def test_a_clock_that_went_back_is_warned_about(
    house: House, caplog: pytest.LogCaptureFixture, back: timedelta, warned: bool
) -> None:
    house.fill(1)
    publish_due(NOW)

    watch_clock(NOW - back)

    assert ("the clock went back" in caplog.text) is warned


def test_entries_stay_in_their_order_when_the_clock_goes_back(house: House) -> None:
    first = house.record(now=NOW)
    second = house.record(now=NOW - timedelta(hours=1))

    assert (first.n, second.n) == (0, 1)
    assert second.at < first.at
