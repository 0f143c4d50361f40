"""Values of accounts: tokens, sealed secrets, weak passwords, and how fast one may try."""

import base64
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

INVITATION_LASTS = timedelta(days=14)
RESET_LASTS = timedelta(hours=1)
RECENT = timedelta(minutes=10)  # how long a proof of who you are counts for binding acts
IDLE = timedelta(minutes=60)  # ASVS 7.1.1: a session ends after so long without a page asked for,
ABSOLUTE = timedelta(hours=12)  # and after so long whatever happens
SESSIONS = 5  # ASVS 7.1.2: the oldest makes room for a sixth
PASSWORD_LENGTH = 15  # characters at least (ASVS 6.2.1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries at once, after that one in every `every`. Nobody is ever locked out, only slowed."""

    burst: int
    every: timedelta

    def next_taken(self, taken_until: datetime, now: datetime) -> datetime | None:
        """Until when tries are used up once this one is counted; None when it comes too soon.

        This is the generic cell rate algorithm (ITU-T I.371): one moment per key is all that is kept.
        """
        taken = max(taken_until, now) + self.every
        return None if taken - now > self.every * self.burst else taken

    def wait(self, taken_until: datetime, now: datetime) -> timedelta:
        """How long until the next try would be let through."""
        return max(taken_until + self.every - self.every * self.burst - now, timedelta(0))


# ASVS 6.1.1. Per account or token, and (…-address) per network address, which many colleagues may share.
LIMITS = {
    "password": Limit(5, timedelta(minutes=1)),
    "password-address": Limit(30, timedelta(seconds=2)),
    "code": Limit(5, timedelta(minutes=1)),
    "passkey-address": Limit(30, timedelta(seconds=2)),
    "invitation-address": Limit(20, timedelta(seconds=6)),
    "reset": Limit(3, timedelta(minutes=5)),
    "reset-address": Limit(20, timedelta(seconds=30)),
    "absent": Limit(
        600, timedelta(seconds=6)
    ),  # pages of alliances that are not there, or not for this account
}


def normal_email(address: str) -> str:
    """The one way an address is kept: composed, in lower case, without signs that cannot be seen."""
    seen = "".join(sign for sign in address if sign.isprintable())
    return unicodedata.normalize("NFKC", seen).strip().lower()


def new_token() -> str:
    """256 random bits for a link. It is shown once; only `fingerprint` of it is kept."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """Lower-case hex SHA-256 of a token: enough to recognise it, useless for making it."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(text: str, secret: str) -> str:
    """Encrypt a factor's seed with AES-256-GCM under a key derived from `secret` by HKDF-SHA256."""
    nonce = secrets.token_bytes(12)
    sealed = nonce + AESGCM(_sealing_key(secret)).encrypt(nonce, text.encode(), b"")
    return "1:" + base64.b64encode(sealed).decode()


def unseal(sealed: str, secrets_in_use: Iterable[str]) -> str:
    """Read what `seal` wrote under any of the secrets, newest first. Raises ValueError when none fits."""
    version, _, encoded = sealed.partition(":")
    if version != "1":
        raise ValueError("a factor's seed is not sealed in a known way")
    data = base64.b64decode(encoded, validate=True)
    for secret in secrets_in_use:
        try:
            return AESGCM(_sealing_key(secret)).decrypt(data[:12], data[12:], b"").decode()
        except InvalidTag:
            continue
    raise ValueError("a factor's seed was sealed under a secret that is no longer configured")


def _sealing_key(secret: str) -> bytes:
    return HKDF(SHA256(), 32, None, b"concordia/accounts/factor-seeds/1").derive(secret.encode())


def is_guessable(password: str, words: Iterable[str]) -> bool:
    """Whether little is left once words around the person are out, or it is one piece or row of keys over.

    `words` are names an attacker would try first: of the person, the organizations and the alliances
    (ASVS 6.2.11). Eight characters must remain that are not such a word.
    """
    left = password.lower()
    parts = {part for word in words for part in re.split(r"\W+", word.lower()) if len(part) > 3}
    for part in sorted(parts, key=len, reverse=True):
        left = left.replace(part, "")
    return len(left) < 8 or _repeats(left) or any(left in row * 2 for row in _ROWS)


_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qazwsxedcrfvtgbyhnujmikolp")


def _repeats(text: str) -> bool:
    """Whether it is a piece of at most twelve signs, over and over."""
    return any(text[piece:] == text[:-piece] for piece in range(1, min(13, len(text))))
