"""What is due, asked of the database each time: nothing is remembered between two looks."""

import logging
from datetime import UTC, datetime

from concordia.capabilities.accounts.commands import deliver_letters, forget_old
from concordia.capabilities.decisions.commands import close_due
from concordia.ops.publishing import publish_due

log = logging.getLogger("concordia.work")


def do_due_work() -> None:
    """Close votes whose time is over, sign the logs that grew, post letters, forget what had its time.

    One failing does not stop the others.
    """
    now = datetime.now(UTC)
    for task in (close_due, publish_due, deliver_letters, forget_old):
        try:
            task(now)
        except Exception:
            log.exception("due work failed: %s", task.__name__)
