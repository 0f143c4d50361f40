"""Values of accounts: what an invitation is for, and how fast one may try."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

INVITATION_LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries at once, after that one in every `every`. Nobody is ever locked out, only slowed."""

    burst: int
    every: timedelta

    def next_free(self, taken_until: datetime | None, now: datetime) -> datetime | None:
        """The moment up to which tries are used up once this one is counted; None when it comes too soon.

        This is the generic cell rate algorithm (ITU-T I.371): one moment per key is all that is kept.
        """
        used = max(taken_until or now, now) + self.every
        return None if used - now > self.every * self.burst else used

    def wait(self, taken_until: datetime, now: datetime) -> timedelta:
        """How long until the next try would be let through."""
        return max(taken_until + self.every - self.every * self.burst - now, timedelta(0))


# Per account and per network address. ASVS 6.1.1 asks that these be written down: docs/pages name them too.
LIMITS = {
    "password": Limit(5, timedelta(minutes=1)),
    "password-address": Limit(30, timedelta(seconds=2)),
    "code": Limit(5, timedelta(minutes=1)),
    "recovery": Limit(5, timedelta(minutes=1)),
    "passkey-address": Limit(30, timedelta(seconds=2)),
    "invitation-address": Limit(20, timedelta(seconds=6)),
    "reset": Limit(3, timedelta(minutes=5)),
    "reset-address": Limit(20, timedelta(seconds=30)),
}


def normal_email(address: str) -> str:
    """The one way an address is kept: composed, without spaces around it, in lower case."""
    return unicodedata.normalize("NFKC", address).strip().lower()


def new_token() -> str:
    """256 random bits for a link. It is shown once; only `fingerprint` of it is kept."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """Lower-case hex SHA-256 of a token: enough to recognise it, useless for making it."""
    return hashlib.sha256(token.encode()).hexdigest()
