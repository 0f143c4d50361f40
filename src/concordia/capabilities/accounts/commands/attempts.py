"""Slowing down who guesses, counted atomically in the database that all workers share."""

from datetime import datetime, timedelta
from math import ceil

from django.db import transaction

from concordia.capabilities.accounts.facts import LIMITS, fingerprint
from concordia.capabilities.accounts.models import Attempt
from concordia.domain.texts import both
from concordia.kernel.errors import RefusalError


class SlowDownError(RefusalError):
    """Too many tries too soon. `seconds` is how long to wait (answered with 429 and Retry-After)."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(ceil(wait.total_seconds()), 1)
        super().__init__(
            both(
                f"Dit is te vaak achter elkaar geprobeerd. Probeer het over {self.seconds} seconden opnieuw. "
                "Met een toegangssleutel kunt u altijd inloggen.",
                f"This was tried too often in a row. Try again in {self.seconds} seconds. "
                "With a passkey you can always sign in.",
            )
        )


def claim_attempt(kind: str, who: str, now: datetime) -> None:
    """Count one try of `kind` by or against `who`. Raises SlowDownError when it comes too soon.

    A refused try is not counted, so waiting always helps. Must run outside the transaction of the act
    itself: a refusal of the act may not undo the count.
    """
    limit = LIMITS[kind]

    with transaction.atomic():
        attempt = _locked(kind, who, now)
        taken = limit.next_taken(attempt.taken_until, now)
        if taken is None:
            raise SlowDownError(limit.wait(attempt.taken_until, now))
        attempt.taken_until = taken
        attempt.save(update_fields=["taken_until"])


def refund_attempt(kind: str, who: str, now: datetime) -> None:
    """Take back one try that turned out right: who signs in often is not guessing."""
    with transaction.atomic():
        attempt = _locked(kind, who, now)
        attempt.taken_until -= LIMITS[kind].every
        attempt.save(update_fields=["taken_until"])


def _locked(kind: str, who: str, now: datetime) -> Attempt:
    key = fingerprint(f"{kind}\n{who}")
    Attempt.objects.bulk_create([Attempt(key=key, taken_until=now)], ignore_conflicts=True)
    return Attempt.objects.select_for_update().get(pk=key)
