"""What is due, asked of the database each time: nothing is remembered between two looks."""

import logging
from datetime import UTC, datetime, timedelta

from concordia.capabilities.accounts.commands import deliver_letters, forget_old
from concordia.capabilities.decisions.commands import close_due
from concordia.capabilities.ledger.queries import last_moment
from concordia.ops.publishing import publish_due

log = logging.getLogger("concordia.work")
_DRIFT = timedelta(minutes=2)  # what clocks that are kept in step may differ


def do_due_work() -> None:
    """Look at the clock, close votes whose time is over, sign the logs that grew, post letters, forget what is old.

    One failing does not stop the others.
    """
    now = datetime.now(UTC)
    for task in (watch_clock, close_due, publish_due, deliver_letters, forget_old):
        try:
            task(now)
        except Exception:
            log.exception("due work failed: %s", task.__name__)


def watch_clock(now: datetime) -> None:
    """Warn when the clock of this machine is behind what it said before: terms would end late (trust.md 5, no. 71).

    The order of entries does not depend on it; they are numbered.
    """
    before = last_moment()
    if before is not None and now + _DRIFT < before:
        log.warning("the clock went back: it says %s, and said %s before. Set it right.", now, before)
