"""Changes of quality checks: norms tightened or loosened, what they look at, how much they weigh."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from pydantic.alias_generators import to_camel

from concordia.domain.checking.rules import Norm, exact
from concordia.domain.contracts.model import Property, Quality, SchemaObject
from concordia.domain.stewardship.versions.leftovers import Plain, rewritten, same, told
from concordia.domain.stewardship.versions.model import (
    NOBODY,
    SUPPLIERS,
    USERS,
    Change,
    Kind,
    Party,
    change,
    from_to,
    relation,
)
from concordia.domain.texts import both

_OPERATORS = (
    *("mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo"),
    *("mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween"),
)
_MEASURED = ("type", "metric", "rule", "query", "engine", "implementation", "unit")
_LOOKED_AT = (*_OPERATORS, *_MEASURED, "arguments", "severity")


def check_changes(
    path: str, old: SchemaObject | Property, new: SchemaObject | Property, before: Plain, after: Plain
) -> Iterator[Change]:
    """Every change of the checks of an object or a column."""
    first, last = before.get("quality", []), after.get("quality", [])
    for name, was, now in _paired(first, last):
        here = f"{path}.quality.{name}"
        if was is None and now is not None:
            yield _appeared(here, new.quality[now], added=True)
        elif was is not None and now is None:
            yield _appeared(here, old.quality[was], added=False)
        elif was is not None and now is not None:
            yield from _check(here, old.quality[was], new.quality[now], first[was], last[now])


def _paired(old: Sequence[Plain], new: Sequence[Plain]) -> Iterator[tuple[str, int | None, int | None]]:
    """Checks that belong together: by id, by name, by all they say, by what they measure; else by their order."""
    found: dict[int, int] = {}
    for sign in _SIGNS:
        taken = set(found.values())
        waiting: dict[Any, list[int]] = {}
        for now, check in enumerate(new):
            if now not in taken:
                waiting.setdefault(sign(check), []).append(now)
        for was, check in enumerate(old):
            if was not in found and sign(check) is not None and waiting.get(sign(check)):
                found[was] = waiting[sign(check)].pop(0)
    yield from ((_name(check, was), was, found.get(was)) for was, check in enumerate(old))
    taken = set(found.values())
    for now, check in enumerate(new):
        if now not in taken:
            yield _name(check, now), None, now


_SIGNS = (
    lambda check: check.get("id"),
    lambda check: check.get("name"),
    lambda check: repr(check),
    lambda check: repr([check.get(word) for word in (*_MEASURED, "arguments")]),
    lambda check: check.get("metric") or check.get("rule"),
    lambda check: check.get("type", ""),
)


def _name(check: Plain, place: int) -> str:
    return str(check.get("id") or check.get("name") or f"[{place}]")


def _appeared(path: str, check: Quality, *, added: bool) -> Change:
    words = check.description or check.name or check.measured or check.type
    if added:
        kind, what = Kind.ADDED, both(f"Controle erbij: {words}", f"Check added: {words}")
    else:
        kind, what = Kind.REMOVED, both(f"Controle weg: {words}", f"Check gone: {words}")
    breaks = _weighing(Kind.NARROWED if added else Kind.WIDENED, check, check)
    return change(kind, path, what, breaks=breaks, why=_why(kind, breaks))


def _check(path: str, old: Quality, new: Quality, before: Plain, after: Plain) -> Iterator[Change]:
    found: list[Change] = []
    if not all(same(before, after, word) for word in _MEASURED):
        what = both("Er wordt iets anders gemeten.", "Something else is measured.")
        found.append(_weighed(Kind.CHANGED, path, what, old, new))
    found += _arguments(path, old, new)
    found += _norm(path, old, new)
    found += _severity(path, old, new)
    yield from rewritten(path, before, after, _LOOKED_AT, found)
    yield from told(path, before, after, without=_LOOKED_AT)


def _weighed(kind: Kind, path: str, what: Any, old: Quality, new: Quality) -> Change:
    breaks = _weighing(kind, old, new)
    return change(kind, path, what, breaks=breaks, why=_why(kind, breaks))


def _weighing(kind: Kind, old: Quality, new: Quality) -> frozenset[Party]:
    """A check that refuses nothing stops no supplier; what users read into it goes the same way."""
    asks_more = SUPPLIERS if refuses(new) else NOBODY
    gives_less = USERS if refuses(old) else NOBODY
    return {Kind.NARROWED: asks_more, Kind.WIDENED: gives_less, Kind.CHANGED: asks_more | gives_less}.get(
        kind, NOBODY
    )


def _why(kind: Kind, breaks: frozenset[Party]) -> Any:
    if breaks:
        return {Kind.ADDED: _REFUSED, Kind.REMOVED: _LOOSER}.get(kind)
    return both(
        "De controle weigert niets; zij geeft een opmerking.", "The check refuses nothing; it remarks."
    )


_REFUSED = both(
    "Leveringen die goed waren, kunnen nu worden geweigerd.", "Deliveries that were good can be refused now."
)
_LOOSER = both("Gebruikers kunnen er niet meer op rekenen.", "Users can no longer count on it.")
_REMARKS = frozenset({"warning", "warn", "minor", "medium", "info", "information", "low"})


def refuses(check: Quality) -> bool:
    """Whether a check that fails refuses a delivery. What only people can judge refuses nothing by itself."""
    return (check.severity or "error").lower() not in _REMARKS and check.type != "text"


def _arguments(path: str, old: Quality, new: Quality) -> Iterator[Change]:
    first, last = old.arguments or {}, new.arguments or {}
    for word in dict.fromkeys([*first, *last]):
        one, other = first.get(word), last.get(word)
        if one == other:
            continue
        kind = _listed_relation(word, one, other)
        what = from_to((word, word), one, other)
        yield _weighed(kind, f"{path}.arguments.{word}", what, old, new)


def _listed_relation(word: str, old: Any, new: Any) -> Kind:
    """Fewer valid values ask more; fewer values that stand for nothing ask less; a key of fewer columns asks more."""
    if not (isinstance(old, list) and isinstance(new, list)):
        return Kind.NARROWED if old is None else Kind.WIDENED if new is None else Kind.CHANGED
    first, last = {repr(item) for item in old}, {repr(item) for item in new}
    kind = relation(new_within_old=last <= first, old_within_new=first <= last) or Kind.TOLD
    if word in {"validValues", "properties"}:
        return kind
    return kind.backwards if word == "missingValues" else Kind.CHANGED


def _norm(path: str, old: Quality, new: Quality) -> Iterator[Change]:
    first, last = _written(old), _written(new)
    if first == last:
        return
    what = from_to(("norm", "norm"), _words(first), _words(last))
    yield _weighed(_norm_relation(first, last), f"{path}.norm", what, old, new)


def _written(check: Quality) -> tuple[str, Any] | None:
    return (to_camel(check.operator), getattr(check, check.operator)) if check.operator else None


def _words(norm: tuple[str, Any] | None) -> str:
    if norm is None:
        return ""
    bounds = norm[1] if isinstance(norm[1], tuple) else (norm[1],)
    return f"{norm[0]} {' – '.join(map(str, bounds))}"


def _norm_relation(old: tuple[str, Any] | None, new: tuple[str, Any] | None) -> Kind:
    """Decided at the bounds, between them and beyond: a norm changes its mind nowhere else."""
    if old is None or new is None:
        return Kind.NARROWED if old is None else Kind.WIDENED
    try:
        first, last = _read(old), _read(new)
    except ValueError:
        return Kind.CHANGED
    ends = sorted({Fraction(0), *first.bounds, *last.bounds})
    points = {*ends, ends[-1] + 1, *((one + other) / 2 for one, other in pairwise(ends))}
    judged = [(first.holds(point, 1), last.holds(point, 1)) for point in points if point >= 0]
    kind = relation(
        new_within_old=all(was for was, now in judged if now),
        old_within_new=all(now for was, now in judged if was),
    )
    return kind or Kind.TOLD


def _read(norm: tuple[str, Any]) -> Norm:
    bounds = norm[1] if isinstance(norm[1], tuple) else (norm[1],)
    return Norm(norm[0], tuple(exact(bound) for bound in bounds))


def _severity(path: str, old: Quality, new: Quality) -> Iterator[Change]:
    first, last = refuses(old), refuses(new)
    what = from_to(("ernst", "severity"), old.severity or "error", new.severity or "error")
    if first != last:
        kind = Kind.NARROWED if last else Kind.WIDENED
        yield change(kind, f"{path}.severity", what)
    elif old.severity != new.severity:
        yield change(Kind.TOLD, f"{path}.severity", what)
