"""Sign the logs that grew, and once a week bind the heads of private logs: what is due of the register."""

import logging
from datetime import datetime

from concordia.capabilities.ledger.commands import commit_heads, heads_due, publish, unpublished_logs
from concordia.kernel.errors import RefusalError
from concordia.kernel.signing import SigningError

log = logging.getLogger("concordia.register")


def publish_due(now: datetime) -> int:
    """Commit the heads that are due, then sign every log that grew; how many were signed.

    A log that cannot be signed stops no other: it stays due, and the reason is logged.
    """
    for alliance in heads_due(now):
        try:
            commit_heads(alliance, now)
        except RefusalError as error:
            log.warning("heads of %s not committed: %s", alliance, error.text)
        except Exception:
            log.exception("heads of %s not committed", alliance)
    return sum(_publish(identifier, now) for identifier in unpublished_logs())


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
