"""Who chairs a body on a day: the partners in turn, from the first day of the alliance on."""

from datetime import date

from concordia.domain.charter.model import Body, Charter

_START = date(2000, 1, 1)  # where a charter does not say since when
_MOST = 10_000


def chair_partner(charter: Charter, body_key: str, on: date) -> str | None:
    """The partner that chairs a body on a day, None where the charter has no rotation."""
    turn = _turn(charter, charter.body(body_key), on)
    return None if turn is None else charter.partners[turn[0] % len(charter.partners)].key


def chair_until(charter: Charter, body_key: str, on: date) -> date | None:
    """The day on which the next partner takes the chair."""
    turn = _turn(charter, charter.body(body_key), on)
    return None if turn is None else turn[1]


def _turn(charter: Charter, body: Body, on: date) -> tuple[int, date] | None:
    if body.chair is None or body.chair.every is None:
        return None
    start, number = charter.alliance.since or _START, 0
    following = body.chair.every.days_after(start)
    while following <= on and number < _MOST:
        start, number = following, number + 1
        following = body.chair.every.days_after(start)
    return number, following
