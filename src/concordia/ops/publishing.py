"""Sign the logs that grew, and once a week bind the heads of private logs: what is due of the register."""

import logging
from datetime import datetime

from concordia.capabilities.ledger.commands import commit_heads, heads_due, publish, unpublished_logs
from concordia.kernel.errors import RefusalError
from concordia.kernel.signing import SigningError

log = logging.getLogger("concordia.register")


def publish_due(now: datetime) -> int:
    """Sign every log that grew, commit the heads that are due, and sign those too; how many were signed.

    A log that cannot be signed stops no other: it stays due, and the reason is logged.
    """
    signed = {identifier for identifier in unpublished_logs() if _publish(identifier, now)}
    due = heads_due(now)
    for alliance in due:
        _commit_heads(alliance, now)
    grown = unpublished_logs() if due else []
    return len(signed.union(identifier for identifier in grown if _publish(identifier, now)))


def _commit_heads(alliance: str, now: datetime) -> None:
    try:
        commit_heads(alliance, now)
    except RefusalError as error:
        log.warning("heads of %s not committed: %s", alliance, error.text)
    except Exception:
        log.exception("heads of %s not committed", alliance)


def _publish(identifier: str, now: datetime) -> bool:
    try:
        publish(identifier, now)
    except SigningError as error:
        log.error("log %s was not signed: %s", identifier, error)
        return False
    except Exception:  # a damaged log, which fsck names and stops
        log.exception("log %s was not signed", identifier)
        return False
    return True
