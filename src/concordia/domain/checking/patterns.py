"""Regular expressions that mean the same on every engine.

The standard asks for ECMA-262; engines speak RE2, Java, Rust or Python. What all of them have in common is read here
and written anew without the parts on which they differ: `\\d` as `[0-9]`, `.` as anything but a line feed, `$` as
the very end. What only some of them have (looking around, going back, word borders) is refused, and then the rule says
that it is not checked.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LONGEST = 1_000
MOST_REPEATS = 1_000


class PatternError(ValueError):
    """Raised for a pattern that is none, or that not every engine has."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as its author wrote it, and the neutral form that every engine gets. Found anywhere in a text."""

    written: str
    neutral: str

    @classmethod
    def read(cls, written: str) -> "Pattern":
        """Read a pattern. Raises PatternError when it is none, or not one for every engine."""
        if len(written) > LONGEST:
            raise PatternError(f"longer than {LONGEST} characters")
        try:
            parsed = parser.parse(written)
        except (re.error, OverflowError, RecursionError) as error:
            raise PatternError(str(error)) from None
        if parsed.state.flags & ~re.UNICODE.value:
            raise PatternError("flags")
        try:
            return cls(written, _sequence(parsed))
        except RecursionError:
            raise PatternError("too deep") from None

    @property
    def python(self) -> str:
        """The neutral form for Python's own engine, which calls the end `\\Z` and names points otherwise."""
        named = re.sub(r"\\x\{([0-9A-F]+)\}", lambda match: rf"\U{int(match[1], 16):08X}", self.neutral)
        return named.replace(r"\z", r"\Z")


def exactly(text: str) -> str:
    """The neutral form of a text that stands for itself."""
    return "".join(_character(ord(sign)) for sign in text)


def like(template: str, escape: str = "") -> Pattern:
    """The pattern of SQL's LIKE: `%` for anything, `_` for one character, the whole text."""
    parts, waiting = [], iter(template)
    for sign in waiting:
        if escape and sign == escape:
            parts.append(exactly(next(waiting, "")))
        else:
            parts.append({"%": r"[\x{0}-\x{10FFFF}]*", "_": r"[\x{0}-\x{10FFFF}]"}.get(sign) or exactly(sign))
    return Pattern(template, rf"\A(?:{''.join(parts)})\z")


def _sequence(parts: Iterable[Any]) -> str:
    return "".join(_part(kind, value) for kind, value in parts)


def _part(kind: Any, value: Any) -> str:  # noqa: C901 - one line for each kind of part
    if kind is code.LITERAL:
        return _character(value)
    if kind is code.NOT_LITERAL:
        return f"[^{_character(value)}]"
    if kind is code.ANY:
        return r"[^\x{A}]"
    if kind is code.IN:
        return _set(value)
    if kind is code.AT:
        return _anchor(value)
    if kind is code.BRANCH:
        return "(?:" + "|".join(_sequence(branch) for branch in value[1]) + ")"
    if kind is code.SUBPATTERN:
        if value[1] or value[2]:
            raise PatternError("flags")
        return f"(?:{_sequence(value[3])})"
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT):
        return _repeat(*value)
    raise PatternError(str(kind).lower())


def _repeat(least: int, most: Any, part: Any) -> str:
    endless = most is code.MAXREPEAT
    if _times(least, most) * _most_times(part) > MOST_REPEATS:
        raise PatternError(f"more than {MOST_REPEATS} repeats")
    inside = f"(?:{_sequence(part)})"
    if (least, endless) in {(0, True), (1, True)}:
        return inside + ("*" if least == 0 else "+")
    if least == most:
        return f"{inside}{{{least}}}"
    return inside + (f"{{{least},}}" if endless else f"{{{least},{most}}}")


def _times(least: int, most: Any) -> int:
    return max(1, least, 0 if most is code.MAXREPEAT else most)


def _most_times(parts: Any) -> int:
    """How often the innermost part of nested repeats may stand: engines bound the product."""
    found = 1
    for kind, value in parts:
        if kind in (code.MAX_REPEAT, code.MIN_REPEAT):
            found = max(found, _times(value[0], value[1]) * _most_times(value[2]))
        elif kind is code.SUBPATTERN:
            found = max(found, _most_times(value[3]))
        elif kind is code.BRANCH:
            found = max(found, *(_most_times(branch) for branch in value[1]))
    return found


def _anchor(value: Any) -> str:
    if value in (code.AT_BEGINNING, code.AT_BEGINNING_STRING):
        return r"\A"
    if value in (code.AT_END, code.AT_END_STRING):
        return r"\z"
    raise PatternError("word borders")


def _set(members: Any) -> str:
    negated = members[0][0] is code.NEGATE
    rest = members[1:] if negated else members
    if len(rest) == 1 and rest[0][0] is code.CATEGORY and rest[0][1] in _TURNED:
        negated, rest = not negated, [(code.CATEGORY, _TURNED[rest[0][1]])]
    return f"[{'^' if negated else ''}{''.join(_member_of(kind, value) for kind, value in rest)}]"


def _member_of(kind: Any, value: Any) -> str:
    if kind is code.LITERAL:
        return _character(value)
    if kind is code.RANGE:
        return f"{_character(value[0])}-{_character(value[1])}"
    if kind is code.CATEGORY and value in _CATEGORIES:
        return _CATEGORIES[value]
    raise PatternError("a class turned around inside a set")


_CATEGORIES = {
    code.CATEGORY_DIGIT: r"0-9",
    code.CATEGORY_WORD: r"0-9A-Za-z_",
    code.CATEGORY_SPACE: r"\x{9}-\x{D}\x{20}",
}
_TURNED = {
    code.CATEGORY_NOT_DIGIT: code.CATEGORY_DIGIT,
    code.CATEGORY_NOT_WORD: code.CATEGORY_WORD,
    code.CATEGORY_NOT_SPACE: code.CATEGORY_SPACE,
}


def _character(point: int) -> str:
    sign = chr(point)
    return sign if sign.isascii() and sign.isalnum() else rf"\x{{{point:X}}}"
