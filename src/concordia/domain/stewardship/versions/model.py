"""What a change between two versions of a contract is, and for whom it breaks."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from concordia.domain.texts import Text, both


class Kind(StrEnum):
    """What happened. NARROWED leaves fewer deliveries good, WIDENED more; CHANGED is neither or cannot be told.

    TOLD changes words and arrangements only: the same deliveries are good.
    """

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    NARROWED = "narrowed"
    WIDENED = "widened"
    CHANGED = "changed"
    TOLD = "told"

    @property
    def backwards(self) -> "Kind":
        """What it is when the versions change places."""
        return _BACKWARDS.get(self, self)


_BACKWARDS = {
    Kind.ADDED: Kind.REMOVED,
    Kind.REMOVED: Kind.ADDED,
    Kind.NARROWED: Kind.WIDENED,
    Kind.WIDENED: Kind.NARROWED,
}


class Party(StrEnum):
    """For whom a change can break: who fills deliveries, and who reads them."""

    SUPPLIERS = "suppliers"
    USERS = "users"


SUPPLIERS, USERS = frozenset({Party.SUPPLIERS}), frozenset({Party.USERS})
BOTH, NOBODY = SUPPLIERS | USERS, frozenset[Party]()
BREAKS = {Kind.NARROWED: SUPPLIERS, Kind.WIDENED: USERS, Kind.CHANGED: BOTH, Kind.TOLD: NOBODY}


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `path` points into the new version, or into the old one for what is gone."""

    kind: Kind
    path: str
    what: Text
    breaks: frozenset[Party]
    why: Text

    def sentence(self, language: str) -> str:
        """The change, for whom it breaks and why, in one line."""
        return f"{self.path}: {self.what.in_language(language)} {self.why.in_language(language)}"


WHY = {
    Kind.NARROWED: both(
        "Leveringen die goed waren, kunnen nu worden geweigerd.",
        "Deliveries that were good can be refused now.",
    ),
    Kind.WIDENED: both(
        "Gebruikers kunnen waarden krijgen die er eerst niet waren.",
        "Users can get values that were not there before.",
    ),
    Kind.CHANGED: both(
        "Wat goed was, kan nu worden geweigerd, en andersom.",
        "What was good can be refused now, and vice versa.",
    ),
    Kind.TOLD: both("Dezelfde leveringen blijven goed.", "The same deliveries stay good."),
}


def relation(*, new_within_old: bool, old_within_new: bool) -> Kind | None:
    """How a new set of good values relates to the old one; None where they are one."""
    if new_within_old and old_within_new:
        return None
    if new_within_old:
        return Kind.NARROWED
    return Kind.WIDENED if old_within_new else Kind.CHANGED


def change(
    kind: Kind, path: str, what: Text, *, breaks: frozenset[Party] | None = None, why: Text | None = None
) -> Change:
    """A change that breaks for whom its kind breaks, unless said otherwise."""
    return Change(kind, path, what, BREAKS[kind] if breaks is None else breaks, why or WHY[kind])


def from_to(label: tuple[str, str], old: Any, new: Any) -> Text:
    """“label: from … to …”, shortened where it is long."""
    nl, en = label
    return both(
        f"{nl}: van {_shown(old, 'niets')} naar {_shown(new, 'niets')}.",
        f"{en}: from {_shown(old, 'nothing')} to {_shown(new, 'nothing')}.",
    )


def _shown(value: Any, nothing: str) -> str:
    if value is None or value == "" or value == []:
        return nothing
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:77]}…"


def parties(changes: Iterable[Change]) -> frozenset[Party]:
    """For whom any of these changes breaks."""
    return frozenset(party for one in changes for party in one.breaks)
