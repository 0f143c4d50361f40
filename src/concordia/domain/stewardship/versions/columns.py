"""Changes of one column: what it holds, what is asked of it, how confidential it is."""

from collections.abc import Iterator
from typing import Any

from concordia.domain.checking.sorts import sort_of
from concordia.domain.contracts.model import Property
from concordia.domain.stewardship.versions.leftovers import Plain, rewritten, same, told
from concordia.domain.stewardship.versions.model import (
    BOTH,
    SUPPLIERS,
    USERS,
    Change,
    Kind,
    change,
    from_to,
)
from concordia.domain.stewardship.versions.options import option_changes
from concordia.domain.stewardship.versions.sorts import sort_relation, sort_words
from concordia.domain.texts import both

_SORT_WORDS = ("logicalType", "physicalType")
_YES_OR_NO = {"required": ("verplicht", "required"), "unique": ("uniek", "unique")}
_KEY_WORDS = ("primaryKey", "primaryKeyPosition")
_LOOKED_AT = (
    *("name", "physicalName", "properties", "items", "relationships", "quality", "classification"),
    *("logicalTypeOptions", "customProperties", "encryptedName", *_SORT_WORDS, *_YES_OR_NO),
)
_CALLED = both("In de levering heet de kolom anders.", "The column is called otherwise in the delivery.")


def column_changes(
    path: str, old: Property, new: Property, before: Plain, after: Plain, key_words: bool
) -> Iterator[Change]:
    """Every change of a column, except inside its parts, its references and its checks."""
    yield from rewritten(path, before, after, ("physicalName",), _source(path, old, new))
    words = (*_SORT_WORDS, "logicalTypeOptions", "customProperties")
    yield from rewritten(path, before, after, words, _values(path, old, new, before, after))
    for word, label in _YES_OR_NO.items():
        yield from rewritten(path, before, after, (word,), _switched(path, word, label, before, after))
    yield from _classification(path, before, after)
    for word in ("items", "encryptedName"):
        if not same(before, after, word):
            what = both(f"{word} is anders.", f"{word} is different.")
            yield change(Kind.CHANGED, f"{path}.{word}", what)
    yield from told(path, before, after, without=_LOOKED_AT if key_words else (*_LOOKED_AT, *_KEY_WORDS))


def _source(path: str, old: Property, new: Property) -> Iterator[Change]:
    if old.source_name != new.source_name:
        what = from_to(("naam in de levering", "name in the delivery"), old.source_name, new.source_name)
        yield change(Kind.RENAMED, f"{path}.physicalName", what, breaks=BOTH, why=_CALLED)


def _values(path: str, old: Property, new: Property, before: Plain, after: Plain) -> Iterator[Change]:
    first, last = sort_of(old), sort_of(new)
    if kind := sort_relation(first, last):
        yield change(
            kind, f"{path}.logicalType", from_to(("soort", "sort"), sort_words(old), sort_words(new))
        )
    yield from option_changes(f"{path}.logicalTypeOptions", old, new)
    yield from _own_words(path, before, after)


def _own_words(path: str, before: Plain, after: Plain) -> Iterator[Change]:
    first, last = (_customs(given) for given in (before, after))
    for name in dict.fromkeys([*first, *last]):
        if name != "semanticType" and first.get(name) != last.get(name):
            what = both(f"{name} is anders.", f"{name} is different.")
            yield change(Kind.TOLD, f"{path}.customProperties.{name}", what)


def _customs(given: Plain) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for item in given.get("customProperties", []):
        found.setdefault(str(item["property"]), []).append(item)
    return found


def _switched(path: str, word: str, label: tuple[str, str], before: Plain, after: Plain) -> Iterator[Change]:
    first, last = (bool(given.get(word)) for given in (before, after))
    if word == "required":  # a column of the key is always filled in
        first, last = first or bool(before.get("primaryKey")), last or bool(after.get("primaryKey"))
    if first != last:
        kind = Kind.NARROWED if last else Kind.WIDENED
        nl, en = label
        what = both(
            f"Is {'voortaan' if last else 'niet meer'} {nl}.", f"Is {'now' if last else 'no longer'} {en}."
        )
        yield change(kind, f"{path}.{word}", what)


_LEVELS = ("public", "internal", "restricted", "confidential", "secret")


def _classification(path: str, before: Plain, after: Plain) -> Iterator[Change]:
    """Raised: users get to see less of it. Lowered: what the supplier hands over is protected less than agreed."""
    if same(before, after, "classification"):
        return
    what = from_to(
        ("vertrouwelijkheid", "classification"), before.get("classification"), after.get("classification")
    )
    first, last = (_level(given.get("classification")) for given in (before, after))
    here = f"{path}.classification"
    if first is None or last is None:
        why = both("Wie het mag zien, kan anders zijn.", "Who may see it can differ.")
        yield change(Kind.CHANGED, here, what, breaks=BOTH, why=why)
    elif last > first:
        why = both("Gebruikers mogen er minder mee.", "Users may do less with it.")
        yield change(Kind.CHANGED, here, what, breaks=USERS, why=why)
    elif last < first:
        why = both(
            "Wat de leverancier geeft, wordt minder beschermd dan was afgesproken.",
            "What the supplier gives is protected less than was agreed.",
        )
        yield change(Kind.CHANGED, here, what, breaks=SUPPLIERS, why=why)
    else:
        yield change(Kind.TOLD, here, what)


def _level(word: Any) -> int | None:
    found = str(word or "internal").lower()
    return _LEVELS.index(found) if found in _LEVELS else None
