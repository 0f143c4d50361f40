"""References of a charter: each points at something that is there, and a slip of the pen is suggested."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Protocol

from concordia.domain.problems import Problem
from concordia.domain.texts import both

_MOST_NAMED = 60  # keys to choose from; to look for what was meant among more takes too long

PARTNER = ("partner", "partner")
MEMBER = ("partner of groep", "partner or group")
POSITION = ("functie", "position")
BODY = ("orgaan", "body")
PROCEDURE = ("procedure", "procedure")
MEASURE = ("maat van de partners", "measure of the partners")
GROUP = ("groep", "group")


class Keyed(Protocol):
    """Something a charter names by a key."""

    @property
    def key(self) -> str:
        """Its key."""


def keys(items: Iterable[Keyed]) -> list[str]:
    """The keys of things, in their order."""
    return [item.key for item in items]


def refers(path: str, key: str, known: Iterable[str], what: tuple[str, str]) -> Iterator[Problem]:
    """A reference must point at something that is there."""
    known = list(known)
    if key in known:
        return
    close = get_close_matches(key, known, n=1, cutoff=0.6) if len(known) <= _MOST_NAMED else []
    listed = ", ".join([*known[:_MOST_NAMED], *(["…"] if len(known) > _MOST_NAMED else [])]) or "–"
    mend = both(f"Kies uit: {listed}.", f"Choose from: {listed}.")
    if close:
        mend = both(f"Bedoelde u “{close[0]}”?", f"Did you mean “{close[0]}”?")
    yield Problem(path, both(f"Er is geen {what[0]} “{key}”.", f"There is no {what[1]} “{key}”."), mend)
