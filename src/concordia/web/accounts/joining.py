"""Coming in with an invitation: an account, and the place in an alliance it was made for, both or neither."""

from datetime import datetime

from django.db import transaction

from concordia.capabilities.accounts import commands as accounts
from concordia.capabilities.alliances.commands import take_place
from concordia.capabilities.alliances.queries import alliances_of
from concordia.kernel.access import Access


@transaction.atomic
def join(
    newcomer: accounts.Newcomer, *, token: str, key: accounts.NewPasskey | str, now: datetime
) -> tuple[str, str | None]:
    """Make an account and take its place. Returns the account's id and the alliance's key, None for no place.

    A password is weighed once more when the names it may not lean on are known.
    """
    joined = accounts.join(newcomer, token=token, now=now, key=key)
    place = _take(joined, now, newcomer.name)
    if isinstance(key, str):
        accounts.check_password(key, (newcomer.name, newcomer.email, *words_of(joined.user, now)))
    return joined.user, place


@transaction.atomic
def accept(access: Access, *, token: str) -> str | None:
    """Take a place with the account one has. Returns the alliance's key."""
    return _take(accounts.accept_invitation(access, token=token), access.now, "")


def words_of(user_id: str, now: datetime) -> tuple[str, ...]:
    """Names around a person that a password may not lean on: their alliances and organizations."""
    words = []
    for line in alliances_of(user_id, now):
        words += [
            line.key,
            *(name for text in (line.name, line.partner) if text for _, name in text.by_language),
        ]
    return tuple(words)


def _take(redeemed: accounts.Redeemed, now: datetime, name: str) -> str | None:
    if redeemed.subject is None:
        return None
    return take_place(now, subject=redeemed.subject, user_id=redeemed.user, name=name)
