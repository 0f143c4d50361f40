"""Differences in what only tells: one change for each word that differs, so that nothing passes unseen."""

from collections.abc import Iterable, Iterator
from typing import Any

from concordia.domain.stewardship.versions.model import Change, Kind, change, from_to
from concordia.domain.texts import both

type Plain = dict[str, Any]


def told(path: str, old: Plain, new: Plain, without: Iterable[str] = ()) -> Iterator[Change]:
    """A change for every word of a part that differs, except those that are looked at with more care."""
    passed = set(without)
    for word in dict.fromkeys([*old, *new]):
        if word not in passed and not same(old, new, word):
            yield change(Kind.TOLD, f"{path}.{word}".lstrip("."), _what(word, old.get(word), new.get(word)))


def rewritten(
    path: str, old: Plain, new: Plain, words: Iterable[str], found: Iterable[Change]
) -> Iterator[Change]:
    """The changes found in these words; where they differ and none was found, that it is written otherwise."""
    changes = list(found)
    yield from changes
    if not changes:
        for word in words:
            if not same(old, new, word):
                what = both(
                    f"{word} is anders geschreven en betekent hetzelfde.",
                    f"{word} is written otherwise and means the same.",
                )
                yield change(Kind.TOLD, f"{path}.{word}".lstrip("."), what)


def same(old: Plain, new: Plain, word: str) -> bool:
    """Whether a word is written alike in both, true and 1 being different."""
    return (word in old) == (word in new) and _key(old.get(word)) == _key(new.get(word))


def _key(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _key(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_key(item) for item in value]
    return (type(value) is bool, value)


def _what(word: str, old: Any, new: Any) -> Any:
    if _short(old) and _short(new):
        return from_to((word, word), old, new)
    return both(f"{word} is anders.", f"{word} is different.")


def _short(value: Any) -> bool:
    return not isinstance(value, dict | list) or all(not isinstance(item, dict | list) for item in value)
