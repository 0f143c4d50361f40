"""Changes beside the schema: service levels, servers, price, roles, and what the contract says of its ground."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from concordia.domain.stewardship.versions.leftovers import Plain, rewritten, same
from concordia.domain.stewardship.versions.model import (
    NOBODY,
    SUPPLIERS,
    USERS,
    Change,
    Kind,
    Party,
    change,
    from_to,
)
from concordia.domain.texts import Text, both

_LESS_IS_BETTER = (
    "latency",
    "timetodetect",
    "timetonotify",
    "timetorepair",
    "errorrate",
    "ld",
    "td",
    "tn",
    "tr",
    "er",
    "ly",
)
_MORE_IS_BETTER = (
    "retention",
    "availability",
    "throughput",
    "endofsupport",
    "endoflife",
    "av",
    "th",
    "re",
    "es",
    "el",
)


def arrangement_changes(old: Plain, new: Plain) -> Iterator[Change]:
    """Every change beside the schema that somebody may count on."""
    words = ("slaProperties", "servers", "roles", "customProperties")
    makers: tuple[Callable[[Plain, Plain], Iterator[Change]], ...] = (_levels, _servers, _roles, _customs)
    for word, made in zip(words, makers, strict=True):
        yield from rewritten("", old, new, (word,), made(old, new))
    if not same(old, new, "price"):
        before, after = (_price(given.get("price") or {}) for given in (old, new))
        why = both("Gebruikers betalen iets anders.", "Users pay something else.")
        yield change(Kind.CHANGED, "price", from_to(("prijs", "price"), before, after), breaks=USERS, why=why)


def _price(written: Plain) -> str:
    return " ".join(
        str(written[word]) for word in ("priceAmount", "priceCurrency", "priceUnit") if word in written
    )


def _levels(old: Plain, new: Plain) -> Iterator[Change]:
    def key(level: Plain) -> str:
        return " ".join(str(level[word]) for word in ("property", "element") if word in level)

    for name, before, after in _paired(old.get("slaProperties"), new.get("slaProperties"), key):
        path = f"slaProperties.{name}"
        if before is None:
            yield _one(Kind.ADDED, path, ("Afspraak", "Service level"), name, SUPPLIERS, _PROMISED)
        elif after is None:
            yield _one(Kind.REMOVED, path, ("Afspraak", "Service level"), name, USERS, _NO_LONGER)
        else:
            yield from _level(path, before, after)


_PROMISED = both("De leverancier belooft meer.", "The supplier promises more.")
_NO_LONGER = both("Gebruikers kunnen er niet meer op rekenen.", "Users can no longer count on it.")


def _level(path: str, old: Plain, new: Plain) -> Iterator[Change]:
    words = ("value", "valueExt", "unit", "schedule", "scheduler")
    if all(same(old, new, word) for word in words):
        if old != new:
            what = both("De afspraak is anders verwoord.", "The service level is worded otherwise.")
            yield change(Kind.TOLD, path, what)
        return
    before, after = (" ".join(str(given[word]) for word in words if word in given) for given in (old, new))
    kind = _direction(old, new)
    why = {Kind.NARROWED: _PROMISED, Kind.WIDENED: _LESS}.get(kind, _OTHERWISE)
    yield change(kind, path, from_to(("afspraak", "service level"), before, after), why=why)


_LESS = both(
    "De leverancier belooft minder dan gebruikers verwachten.",
    "The supplier promises less than users expect.",
)
_OTHERWISE = both(
    "Leverancier en gebruikers rekenen nu op iets anders.", "Supplier and users now count on something else."
)


def _direction(old: Plain, new: Plain) -> Kind:
    """Whether more is promised (NARROWED), less (WIDENED), or something else."""
    if not all(same(old, new, word) for word in ("unit", "valueExt", "schedule", "scheduler")):
        return Kind.CHANGED
    first: Any = old.get("value")
    last: Any = new.get("value")
    if not (_is_number(first) and _is_number(last)):
        return Kind.CHANGED
    name = str(old.get("property", "")).lower().replace("_", "").replace(" ", "")
    if name in _LESS_IS_BETTER:
        return Kind.NARROWED if last < first else Kind.WIDENED
    if name in _MORE_IS_BETTER:
        return Kind.NARROWED if last > first else Kind.WIDENED
    return Kind.CHANGED


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _servers(old: Plain, new: Plain) -> Iterator[Change]:
    why = both("Gebruikers vinden de gegevens daar niet meer.", "Users no longer find the data there.")
    for name, before, after in _paired(
        old.get("servers"), new.get("servers"), lambda one: str(one.get("server"))
    ):
        path, thing = f"servers.{name}", ("Server", "Server")
        if before is None:
            yield _one(Kind.ADDED, path, thing, name, NOBODY, _NOBODY)
        elif after is None:
            yield _one(Kind.REMOVED, path, thing, name, USERS, why)
        elif before != after:
            yield _one(Kind.CHANGED, path, thing, name, USERS, why)


def _roles(old: Plain, new: Plain) -> Iterator[Change]:
    why = both("Wie dit recht heeft, kan het anders krijgen of verliezen.", "Who has this right may lose it.")
    for name, before, after in _paired(old.get("roles"), new.get("roles"), lambda one: str(one.get("role"))):
        path, thing = f"roles.{name}", ("Recht", "Role")
        if before is None:
            yield _one(Kind.ADDED, path, thing, name, NOBODY, _NOBODY)
        elif after is None:
            yield _one(Kind.REMOVED, path, thing, name, USERS, why)
        elif before != after:
            yield _one(Kind.CHANGED, path, thing, name, USERS, why)


_NOBODY = both("Hierdoor verandert voor niemand iets.", "This changes nothing for anybody.")


def _customs(old: Plain, new: Plain) -> Iterator[Change]:
    """The legal ground says what users may do; other words of a contract's own only tell."""
    ground = both(
        "Waarvoor gebruikers de gegevens mogen gebruiken, kan anders zijn.",
        "What users may use the data for can differ.",
    )
    listed = _paired(
        old.get("customProperties"), new.get("customProperties"), lambda one: str(one.get("property"))
    )
    for name, before, after in listed:
        if before == after:
            continue
        is_ground = name == "legalGround"
        what = from_to((name, name), (before or {}).get("value"), (after or {}).get("value"))
        kind = Kind.CHANGED if is_ground else Kind.TOLD
        breaks, why = (USERS, ground) if is_ground else (NOBODY, None)
        yield change(kind, f"customProperties.{name}", what, breaks=breaks, why=why)


def _one(
    kind: Kind, path: str, thing: tuple[str, str], name: str, breaks: frozenset[Party], why: Text
) -> Change:
    nl, en = thing
    words = {
        Kind.ADDED: ("is er bij gekomen", "was added"),
        Kind.REMOVED: ("is weg", "is gone"),
        Kind.CHANGED: ("is anders", "is different"),
    }[kind]
    return change(
        kind, path, both(f"{nl} “{name}” {words[0]}.", f"{en} “{name}” {words[1]}."), breaks=breaks, why=why
    )


def _paired(
    old: Any, new: Any, key: Callable[[Plain], str]
) -> Iterator[tuple[str, Plain | None, Plain | None]]:
    """What belongs together by its key; the second of one key gets a number."""
    before, after = _keyed(old, key), _keyed(new, key)
    for name in dict.fromkeys([*before, *after]):
        yield name, before.get(name), after.get(name)


def _keyed(listed: Any, key: Callable[[Plain], str]) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for item in listed or ():
        name, times = key(item), 1
        while name in found:
            times += 1
            name = f"{key(item)}#{times}"
        found[name] = item
    return found
