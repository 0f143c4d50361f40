"""Patterns that are a few shapes: texts of one length, with a set of ASCII characters for each place.

Most patterns of codes and numbers are (`[0-9]{9}`, `[1-9][0-9]{3} ?[A-Z]{2}`). An engine can hold such a pattern
against the bytes of many texts at once, without a machine for regular expressions.
"""

import re
from collections.abc import Iterable, Sequence
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

type Range = tuple[int, int]  # of ASCII characters, both ends in
type Place = tuple[Range, ...]
type Shape = tuple[Place, ...]

MOST = 16
LONGEST = 64
_LAST = 127


class _NoShapesError(ValueError):
    """Raised inside for a pattern that is no few shapes."""


def shapes_of(pattern: str, *, whole: bool) -> tuple[Shape, ...] | None:
    """The shapes of a pattern in Python's spelling, at most 16 of at most 64 places; None where it is no such pattern.

    `whole` says that the pattern is of the whole text without saying so itself; otherwise its anchors must.
    """
    try:
        parts = list(parser.parse(pattern))
        if not whole:
            parts = _between_anchors(parts)
        found = _sequence(parts)
    except (_NoShapesError, re.error, RecursionError, OverflowError):
        return None
    return tuple(dict.fromkeys(found))


def _between_anchors(parts: list[Any]) -> list[Any]:
    begins, ends = (code.AT_BEGINNING, code.AT_BEGINNING_STRING), (code.AT_END_STRING,)
    if len(parts) < 2 or parts[0][0] is not code.AT or parts[-1][0] is not code.AT:
        raise _NoShapesError
    if parts[0][1] not in begins or parts[-1][1] not in ends:
        raise _NoShapesError
    return parts[1:-1]


def _sequence(parts: Iterable[Any]) -> list[Shape]:
    found: list[Shape] = [()]
    for kind, value in parts:
        found = _joined(found, _part(kind, value))
    return found


def _joined(heads: Sequence[Shape], tails: Sequence[Shape]) -> list[Shape]:
    found = [head + tail for head in heads for tail in tails]
    if len(found) > MOST or any(len(shape) > LONGEST for shape in found):
        raise _NoShapesError
    return found


def _part(kind: Any, value: Any) -> list[Shape]:
    if kind is code.LITERAL and value <= _LAST:
        return [(((value, value),),)]
    if kind is code.IN:
        return [(tuple(_range(*member) for member in value),)]
    if kind is code.SUBPATTERN and not value[1] and not value[2]:
        return _sequence(value[3])
    if kind is code.BRANCH:
        return [shape for branch in value[1] for shape in _sequence(branch)]
    if kind is code.MAX_REPEAT and value[1] is not code.MAXREPEAT and value[1] <= LONGEST:
        return _repeated(*value)
    raise _NoShapesError


def _repeated(least: int, most: int, part: Any) -> list[Shape]:
    once = _sequence(part)
    found: list[Shape] = []
    now: list[Shape] = [()]
    for times in range(most + 1):
        found += now if times >= least else []
        if len(found) > MOST:
            raise _NoShapesError
        now = _joined(now, once) if times < most else now
    return found


def _range(kind: Any, value: Any) -> Range:
    if kind is code.LITERAL and value <= _LAST:
        return value, value
    if kind is code.RANGE and value[1] <= _LAST:
        return int(value[0]), int(value[1])
    raise _NoShapesError
