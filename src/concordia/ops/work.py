"""What is due, asked of the database each time: nothing is remembered between two looks."""

import logging
from datetime import UTC, datetime

from concordia.capabilities.decisions.commands import close_due
from concordia.ops.publishing import publish_due

log = logging.getLogger("concordia.work")


def do_due_work() -> None:
    """Close votes whose time is over, then sign the logs that grew. One failing does not stop the other."""
    now = datetime.now(UTC)
    for task in (close_due, publish_due):
        try:
            task(now)
        except Exception:
            log.exception("due work failed: %s", task.__name__)
