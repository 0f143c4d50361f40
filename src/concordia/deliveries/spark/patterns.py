"""Which patterns Java cannot put to a text of any length.

Its engine goes one call deeper for each turn of a repeated group; a stack that overflows ends the executor, and every
other work on it. A repeat of single signs takes no stack.
"""

from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from concordia.domain.checking.expressions import Expression, Matches, Passes, walk
from concordia.domain.checking.patterns import Pattern
from concordia.domain.checking.semantic_types import SEMANTIC_TYPES

LONGEST_CLIMBED = 1_000  # signs of a text that a repeated group is put to
_SINGLE = {code.LITERAL, code.NOT_LITERAL, code.ANY, code.IN}
_REPEATS = {code.MAX_REPEAT, code.MIN_REPEAT}


def climbs(node: Expression) -> bool:
    """Whether some pattern in an expression repeats a group without end."""
    return any(_repeats_parts(parser.parse(written)) for one in walk(node) for written in _written(one))


def _written(node: Expression) -> list[str]:
    match node:
        case Matches(_, pattern):
            return [pattern.python.replace(r"\Z", "$")]
        case Passes(key, _):
            return [Pattern(key, SEMANTIC_TYPES[key].form).python]
    return []


def _repeats_parts(parts: Any) -> bool:
    for kind, value in parts:
        if kind in _REPEATS:
            inside = _bare(value[2])
            single = len(inside) == 1 and inside[0][0] in _SINGLE
            if (value[1] is code.MAXREPEAT and not single) or _repeats_parts(inside):
                return True
        elif kind is code.SUBPATTERN:
            if _repeats_parts(value[3]):
                return True
        elif kind is code.BRANCH and any(_repeats_parts(branch) for branch in value[1]):
            return True
    return False


def _bare(parts: Any) -> list[Any]:
    """What is in a group that does nothing but group."""
    found = list(parts)
    while len(found) == 1 and found[0][0] is code.SUBPATTERN:
        found = list(found[0][1][3])
    return found
