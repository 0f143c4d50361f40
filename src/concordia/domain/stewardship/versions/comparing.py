"""Compare two versions of a contract whole, and see whether the version number fits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from concordia.domain.contracts.model import Contract
from concordia.domain.contracts.reading import plain
from concordia.domain.stewardship.versions.arrangements import arrangement_changes
from concordia.domain.stewardship.versions.leftovers import told
from concordia.domain.stewardship.versions.model import (
    BOTH,
    Change,
    Kind,
    Party,
    change,
    from_to,
    parties,
)
from concordia.domain.stewardship.versions.objects import object_changes
from concordia.domain.texts import Text, both

_NUMBER = re.compile(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:[-+].*)?")


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs between two versions. `numbering` says what is wrong with the new version's number."""

    old: str
    new: str
    changes: tuple[Change, ...]
    numbering: Text | None

    @property
    def breaks(self) -> frozenset[Party]:
        """For whom the new version breaks."""
        return parties(self.changes)

    @property
    def breaking(self) -> bool:
        """Whether the new version breaks for anybody."""
        return bool(self.breaks)

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "old": self.old,
            "new": self.new,
            "compatible": not self.breaking,
            "breaks": sorted(self.breaks),
            "numbering": self.numbering.plain() if self.numbering else None,
            "changes": [
                {
                    "kind": one.kind.value,
                    "path": one.path,
                    "what": one.what.plain(),
                    "breaks": sorted(one.breaks),
                    "why": one.why.plain(),
                }
                for one in self.changes
            ],
        }


def compare(old: Contract, new: Contract) -> Comparison:
    """Every change from one version to another; none when nothing differs."""
    changes = tuple(_changes(old, new))
    return Comparison(old.version, new.version, changes, _numbering(old.version, new.version, changes))


_LOOKED_AT = ("schema", "servers", "slaProperties", "price", "roles", "customProperties", "id")


def _changes(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = plain(old), plain(new)
    if old.id != new.id:
        why = both("Dit is een ander contract.", "This is another contract.")
        yield change(Kind.CHANGED, "id", from_to(("id", "id"), old.id, new.id), breaks=BOTH, why=why)
    yield from told("", before, after, without=_LOOKED_AT)
    yield from object_changes(old, new, before, after)
    yield from arrangement_changes(before, after)


def _numbering(old: str, new: str, changes: tuple[Change, ...]) -> Text | None:
    """What is wrong with the number of the new version under semantic versioning."""
    if all(one.path == "version" for one in changes):
        return None
    first, last = _parts(old), _parts(new)
    if first is None or last is None:
        return both(
            "Het versienummer heeft niet de vorm 1.2.3: er is niet aan te zien of iets breekt.",
            "The version number does not have the form 1.2.3: one cannot see from it whether something breaks.",
        )
    if last <= first:
        return both(
            f"De inhoud is anders, en het versienummer is niet hoger ({old} naar {new}).",
            f"The content differs, and the version number is not higher ({old} to {new}).",
        )
    leading = 1 if first[0] > 0 or last[0] > 0 else 2
    if parties(changes) and last[:leading] == first[:leading]:
        wanted = f"{first[0] + 1}.0.0" if leading == 1 else f"0.{first[1] + 1}.0"
        return both(
            f"Deze versie breekt iets, en heet toch {new}: noem haar {wanted}.",
            f"This version breaks something, and is called {new} all the same: call it {wanted}.",
        )
    return None


def _parts(version: str) -> tuple[int, int, int] | None:
    match = _NUMBER.fullmatch(version)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None
