"""Who chairs a body on a day: the partners in turn, from the first day of the alliance on."""

from datetime import date

from concordia.domain.charter.model import Body, Charter
from concordia.domain.durations import Duration

_START = date(2000, 1, 1)  # where a charter does not say since when


def chair_partner(charter: Charter, body_key: str, on: date) -> str | None:
    """The partner that chairs a body on a day, None where the charter has no rotation."""
    turn = _turn(charter, charter.body(body_key), on)
    return None if turn is None else charter.partners[turn[0] % len(charter.partners)].key


def chair_until(charter: Charter, body_key: str, on: date) -> date | None:
    """The day on which the next partner takes the chair, None where that lies beyond the calendar."""
    turn = _turn(charter, charter.body(body_key), on)
    return None if turn is None else turn[1]


def _turn(charter: Charter, body: Body, on: date) -> tuple[int, date | None] | None:
    """Which turn it is, counted from 0, and when the next begins.

    Each turn begins a whole number of periods after the first day: counted from the turn before, a chair that
    changes on the 31st would after February change on the 28th for ever.
    """
    if body.chair is None or body.chair.every is None:
        return None
    start, every = charter.alliance.since or _START, body.chair.every
    number = every.times_between(start, on)
    while _begins(every, start, number + 1, on):
        number += 1
    while number > 0 and not _begins(every, start, number, on):
        number -= 1
    return number, _day(every, start, number + 1)


def _begins(every: Duration, start: date, number: int, on: date) -> bool:
    """Whether a turn has begun by a day."""
    day = _day(every, start, number)
    return day is not None and day <= on


def _day(every: Duration, start: date, number: int) -> date | None:
    try:
        return every.days_after(start, times=number)
    except (OverflowError, ValueError):
        return None  # after the year 9999
