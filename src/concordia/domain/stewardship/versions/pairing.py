"""What belongs together in two versions: by stable id, by name, else by the name it has in the file."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

_SIGNS: tuple[Callable[[Any], Any], ...] = (
    lambda item: item.id,
    lambda item: item.name,
    lambda item: item.physical_name,
)


def paired(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[int | None, int | None]]:
    """The places of what belongs together, old then new; None for what is only in the other version."""
    found: dict[int, int] = {}
    for sign in _SIGNS:
        taken = set(found.values())
        waiting: dict[Any, list[int]] = {}
        for place, item in enumerate(new):
            if place not in taken and sign(item) is not None:
                waiting.setdefault(sign(item), []).append(place)
        for place, item in enumerate(old):
            if place not in found and waiting.get(sign(item)):
                found[place] = waiting[sign(item)].pop(0)
    taken = set(found.values())
    yield from ((place, found.get(place)) for place in range(len(old)))
    yield from ((None, place) for place in range(len(new)) if place not in taken)


def reordered(old: Sequence[Any], new: Sequence[Any]) -> bool:
    """Whether what is in both versions stands in another order."""
    places = [now for was, now in paired(old, new) if was is not None and now is not None]
    return places != sorted(places)
