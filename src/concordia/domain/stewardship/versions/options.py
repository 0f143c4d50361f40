"""Changes of what a column's options ask: bounds, lengths, patterns, semantic types."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from concordia.domain.checking.options import bound_of
from concordia.domain.checking.sorts import Misfit, sort_of
from concordia.domain.contracts.model import Property
from concordia.domain.stewardship.versions.model import Change, Kind, change, from_to, relation

_AT_LEAST = ("minLength", "minItems", "minProperties")
_AT_MOST = ("maxLength", "maxItems", "maxProperties")
_ENDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_DONE = frozenset({*_AT_LEAST, *_AT_MOST, *_ENDS, "multipleOf", "format", "required", "uniqueItems"})


def option_changes(path: str, old: Property, new: Property) -> Iterator[Change]:
    """Every change of the options, and of the semantic type that stands among the words of the contract's own."""
    first, last = old.options, new.options
    yield from _sizes(path, first, last)
    yield from _ends(path, old, new)
    yield from _steps(path, first.get("multipleOf"), last.get("multipleOf"))
    yield from _words(path, "format", _format(old), _format(new))
    for word in sorted({*first, *last} - _DONE):
        yield from _words(path, word, first.get(word), last.get(word))
    yield from _parts(path, first.get("required"), last.get("required"))
    yield from _unique_items(path, bool(first.get("uniqueItems")), bool(last.get("uniqueItems")))
    semantic = old.custom("semanticType"), new.custom("semanticType")
    yield from _words(path.replace("logicalTypeOptions", "customProperties"), "semanticType", *semantic)


def _format(column: Property) -> Any:
    """The format, where it is no part of the sort."""
    return None if column.logical_type in {"integer", "date"} else column.options.get("format")


def _sizes(path: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for word in _AT_LEAST:
        first, last = old.get(word, 0), new.get(word, 0)
        yield from _related(
            path, word, old, new, relation(new_within_old=last >= first, old_within_new=first >= last)
        )
    for word in _AT_MOST:
        first, last = old.get(word, _ENDLESS), new.get(word, _ENDLESS)
        yield from _related(
            path, word, old, new, relation(new_within_old=last <= first, old_within_new=first <= last)
        )


_ENDLESS = float("inf")


def _related(
    path: str, word: str, old: dict[str, Any], new: dict[str, Any], kind: Kind | None
) -> Iterator[Change]:
    if kind:
        yield change(kind, f"{path}.{word}", from_to((word, word), old.get(word), new.get(word)))


def _ends(path: str, old: Property, new: Property) -> Iterator[Change]:
    """The lowest and the highest value that is allowed, whichever way they are written."""
    for word in ("minimum", "maximum"):
        first, last = _end(old, word), _end(new, word)
        if first == last:
            continue
        what = from_to((word, word), _told(first), _told(last))
        yield change(_end_relation(word, first, last), f"{path}.{word}", what)


type _End = tuple[Any, bool, Any] | None


def _end(column: Property, word: str) -> _End:
    """The strictest end: its value, whether that value itself is left out, and how it is written."""
    sort, exclusive = sort_of(column), f"exclusive{word.capitalize()}"
    found: list[tuple[Any, bool, Any]] = []
    for name, left_out in ((word, column.options.get(exclusive) is True), (exclusive, True)):
        written = column.options.get(name)
        if written is None or isinstance(written, bool):
            continue
        try:
            value = bound_of(sort, written)
        except Misfit:
            return (str(written), left_out, written)
        found.append(
            (Fraction(value) if isinstance(value, int | float | Decimal) else value, left_out, written)
        )
    if not found:
        return None
    if word == "minimum":
        return max(found, key=lambda end: (end[0], end[1]))
    return min(found, key=lambda end: (end[0], not end[1]))


def _told(end: _End) -> str:
    if end is None:
        return ""
    return f"{end[2]} (zelf niet / itself excluded)" if end[1] else str(end[2])


def _end_relation(word: str, old: _End, new: _End) -> Kind:
    if old is None or new is None:
        return Kind.NARROWED if old is None else Kind.WIDENED
    if type(old[0]) is not type(new[0]) or isinstance(old[0], str):
        return Kind.CHANGED
    if old[:2] == new[:2]:
        return Kind.TOLD
    if old[0] == new[0]:
        return Kind.NARROWED if new[1] else Kind.WIDENED
    higher = new[0] > old[0]
    return Kind.NARROWED if higher == (word == "minimum") else Kind.WIDENED


def _steps(path: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if old is None or new is None:
        kind = Kind.NARROWED if old is None else Kind.WIDENED
    else:
        first, last = Fraction(old), Fraction(new)
        found = relation(
            new_within_old=(last / first).denominator == 1, old_within_new=(first / last).denominator == 1
        )
        kind = found or Kind.TOLD
    yield change(kind, f"{path}.multipleOf", from_to(("multipleOf", "multipleOf"), old, new))


def _words(path: str, word: str, old: Any, new: Any) -> Iterator[Change]:
    """Patterns and formats: which of two holds more cannot be told."""
    if old == new:
        return
    kind = Kind.NARROWED if old is None else Kind.WIDENED if new is None else Kind.CHANGED
    yield change(kind, f"{path}.{word}", from_to((word, word), old, new))


def _parts(path: str, old: Any, new: Any) -> Iterator[Change]:
    first, last = set(old or ()), set(new or ())
    kind = relation(new_within_old=first <= last, old_within_new=last <= first)
    if kind:
        yield change(kind, f"{path}.required", from_to(("required", "required"), old, new))


def _unique_items(path: str, old: bool, new: bool) -> Iterator[Change]:
    if old != new:
        kind = Kind.NARROWED if new else Kind.WIDENED
        yield change(kind, f"{path}.uniqueItems", from_to(("uniqueItems", "uniqueItems"), old, new))
