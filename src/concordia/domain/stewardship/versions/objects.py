"""Changes in what is delivered: objects, their columns, keys and references."""

from collections.abc import Iterator, Sequence
from typing import Any

from concordia.domain.contracts.model import Contract, Property, SchemaObject
from concordia.domain.stewardship.versions.columns import column_changes
from concordia.domain.stewardship.versions.leftovers import Plain, rewritten, same, told
from concordia.domain.stewardship.versions.measures import check_changes
from concordia.domain.stewardship.versions.messages import schema_changes
from concordia.domain.stewardship.versions.model import (
    BOTH,
    SUPPLIERS,
    USERS,
    Change,
    Kind,
    change,
    from_to,
)
from concordia.domain.stewardship.versions.pairing import paired, reordered
from concordia.domain.texts import Text, both

_LOOKED_AT = ("name", "physicalName", "physicalType", "properties", "relationships", "quality")


def object_changes(old: Contract, new: Contract, before: Plain, after: Plain) -> Iterator[Change]:
    """Every change of what is delivered."""
    first, last = before.get("schema", []), after.get("schema", [])
    for was, now in paired(old.objects, new.objects):
        if was is not None and now is not None:
            yield from _object(old.objects[was], new.objects[now], first[was], last[now])
            yield from schema_changes(old, new, old.objects[was], new.objects[now])
        elif now is not None:
            yield _added_object(new.objects[now])
        elif was is not None:
            yield _removed_object(old.objects[was])
    if reordered(old.objects, new.objects):
        yield _order("schema", "De tabellen staan", "The tables stand")
    if ("schema" in before) != ("schema" in after) and not first and not last:
        yield change(Kind.TOLD, "schema", both("schema is leeg.", "schema is empty."))


def _added_object(item: SchemaObject) -> Change:
    what = both(f"Tabel “{item.name}” is er bij gekomen.", f"Table “{item.name}” was added.")
    why = both("De leverancier levert ook deze.", "The supplier delivers this one too.")
    return change(Kind.ADDED, f"schema.{item.name}", what, breaks=SUPPLIERS, why=why)


def _removed_object(item: SchemaObject) -> Change:
    what = both(f"Tabel “{item.name}” is weg.", f"Table “{item.name}” is gone.")
    return change(Kind.REMOVED, f"schema.{item.name}", what, breaks=USERS, why=_GONE)


_GONE = both("Gebruikers krijgen dit niet meer.", "Users no longer get this.")
_CALLED = both("In de levering heet het anders.", "It is called otherwise in the delivery.")
_NAMED = both(
    "Wie er in een verwijzing of controle naar verwijst, vindt het niet meer.",
    "Whoever names it in a reference or check no longer finds it.",
)


def _object(old: SchemaObject, new: SchemaObject, before: Plain, after: Plain) -> Iterator[Change]:
    path = f"schema.{new.name}"
    yield from named(path, old.name, new.name, ("Tabel", "Table"))
    for word in ("physicalName", "physicalType"):
        if not same(before, after, word):
            what = from_to((word, word), before.get(word), after.get(word))
            yield change(Kind.CHANGED, f"{path}.{word}", what, breaks=BOTH, why=_CALLED)
    yield from told(path, before, after, without=_LOOKED_AT)
    keys = list(_keys(path, old, new))
    yield from columns_of(path, old.properties, new.properties, before, after, key_words=not keys)
    yield from keys
    yield from rewritten(path, before, after, ("relationships",), reference_changes(path, before, after))
    yield from rewritten(path, before, after, ("quality",), check_changes(path, old, new, before, after))


def named(path: str, old: str, new: str, thing: tuple[str, str]) -> Iterator[Change]:
    """That something has another name in the contract."""
    if old != new:
        what = both(f"{thing[0]} “{old}” heet nu “{new}”.", f"{thing[1]} “{old}” is now called “{new}”.")
        yield change(Kind.RENAMED, path, what, breaks=USERS, why=_NAMED)


def columns_of(
    path: str,
    old: Sequence[Property],
    new: Sequence[Property],
    before: Plain,
    after: Plain,
    *,
    key_words: bool = True,
) -> Iterator[Change]:
    """Every change of the columns of an object, or of the parts of a column.

    `key_words` asks to tell each word of the key that differs; where the key itself changed that says nothing more.
    """
    first, last = before.get("properties", []), after.get("properties", [])
    for was, now in paired(old, new):
        if was is not None and now is not None:
            here = f"{path}.properties.{new[now].name}"
            yield from named(here, old[was].name, new[now].name, ("Kolom", "Column"))
            yield from column_changes(here, old[was], new[now], first[was], last[now], key_words)
            yield from columns_of(here, old[was].properties, new[now].properties, first[was], last[now])
            yield from rewritten(
                here,
                first[was],
                last[now],
                ("relationships",),
                reference_changes(here, first[was], last[now]),
            )
            yield from rewritten(
                here,
                first[was],
                last[now],
                ("quality",),
                check_changes(here, old[was], new[now], first[was], last[now]),
            )
        elif now is not None:
            yield _added_column(path, new[now])
        elif was is not None:
            what = both(f"Kolom “{old[was].name}” is weg.", f"Column “{old[was].name}” is gone.")
            yield change(Kind.REMOVED, f"{path}.properties.{old[was].name}", what, breaks=USERS, why=_GONE)
    if reordered(old, new):
        yield _order(f"{path}.properties", "De kolommen staan", "The columns stand")
    if ("properties" in before) != ("properties" in after) and not first and not last:
        yield change(Kind.TOLD, f"{path}.properties", both("properties is leeg.", "properties is empty."))


def _added_column(path: str, column: Property) -> Change:
    what = both(f"Kolom “{column.name}” is er bij gekomen.", f"Column “{column.name}” was added.")
    if column.required or column.primary_key:
        why = both("De leverancier moet haar altijd invullen.", "The supplier must always fill it in.")
    else:
        why = both(
            "De levering moet de kolom hebben; zij mag leeg zijn.",
            "The delivery must have the column; it may be empty.",
        )
    return change(Kind.ADDED, f"{path}.properties.{column.name}", what, breaks=SUPPLIERS, why=why)


def _order(path: str, nl: str, en: str) -> Change:
    return change(Kind.TOLD, path, both(f"{nl} in een andere volgorde.", f"{en} in another order."))


def _keys(path: str, old: SchemaObject, new: SchemaObject) -> Iterator[Change]:
    """The primary key of an object. Fewer columns ask more of it: what they tell apart must be unique by them alone."""
    renamed = {
        old.properties[was].name: new.properties[now].name
        for was, now in paired(old.properties, new.properties)
        if was is not None and now is not None
    }
    before = [renamed.get(name, name) for name in key_of(old)]
    after = key_of(new)
    if before == after:
        return
    first, last = set(before), set(after)
    if first == last:
        kind = Kind.TOLD
    elif not first or (last and last < first):
        kind = Kind.NARROWED
    elif not last or first < last:
        kind = Kind.WIDENED
    else:
        kind = Kind.CHANGED
    yield change(kind, f"{path}.primaryKey", from_to(("sleutel", "key"), before, after))


def key_of(item: SchemaObject) -> list[str]:
    """The columns of the primary key, in their order."""
    ranked = [column for column in item.properties if column.primary_key]
    return [column.name for column in sorted(ranked, key=lambda column: column.primary_key_position)]


def reference_changes(path: str, before: Plain, after: Plain) -> Iterator[Change]:
    """References added and removed."""
    first = {_reference(one): one for one in before.get("relationships", [])}
    last = {_reference(one): one for one in after.get("relationships", [])}
    for name in dict.fromkeys([*first, *last]):
        here = f"{path}.relationships.{name}"
        if name not in first:
            what = both(f"De waarden staan voortaan in {name}.", f"The values stand in {name} from now on.")
            yield change(Kind.ADDED, here, what, breaks=SUPPLIERS, why=_MORE)
        elif name not in last:
            what = both(
                f"De waarden hoeven niet meer in {name} te staan.",
                f"The values need not stand in {name} any more.",
            )
            yield change(Kind.REMOVED, here, what, breaks=USERS, why=_LESS)


_MORE: Text = both(
    "Leveringen die goed waren, kunnen nu worden geweigerd.", "Deliveries that were good can be refused now."
)
_LESS: Text = both(
    "Gebruikers kunnen waarden krijgen die nergens staan.", "Users can get values that stand nowhere."
)


def _reference(written: Any) -> str:
    ends = [written.get("from"), written["to"]]
    said = ["+".join(end) if isinstance(end, list) else end for end in ends if end]
    return " → ".join(said)
