"""Apply a procedure to a roll: exact, and explained line by line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from concordia.domain.rules import explain
from concordia.domain.rules.model import AllOf, AnyOf, Count, Node, Not, Position, Test, Threshold
from concordia.domain.rules.procedure import Procedure
from concordia.domain.rules.roll import Roll, Voter
from concordia.domain.texts import Text

_HOLDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "at_least": lambda counted, bound: counted >= bound,
    "more_than": lambda counted, bound: counted > bound,
    "at_most": lambda counted, bound: counted <= bound,
    "fewer_than": lambda counted, bound: counted < bound,
}


class Verdict(StrEnum):
    """What a procedure says. `no_quorum` and `not_valid` are neither yes nor no."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    NO_QUORUM = "no_quorum"
    NOT_VALID = "not_valid"
    CARRIED_OVER = "carried_over"


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the explanation. `depth` is how deep it lies in the rule; 0 is the result itself."""

    ok: bool
    text: Text
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict with its explanation; the first line is the result in one sentence."""

    verdict: Verdict
    lines: tuple[Line, ...]

    @property
    def adopted(self) -> bool:
        """Whether the proposal was adopted."""
        return self.verdict is Verdict.ADOPTED


@dataclass(frozen=True, slots=True)
class _Held:
    """Whether a part of a rule holds; None where it says nothing, since nobody votes whom it asks about."""

    ok: bool | None
    lines: tuple[Line, ...]


def decide(
    procedure: Procedure,
    voters: tuple[Voter, ...],
    *,
    term_over: bool = False,
    names: Mapping[str, Text] | None = None,
) -> Outcome:
    """The outcome of a procedure for these voters (charter.md, Rules of decision).

    `term_over` tells that the term ran out, which is when `at_end` speaks. `names` is what people call the
    measures and groups of the rule (`Charter.names`). Arithmetic is exact.
    """
    roll = Roll(
        at_end(procedure, voters) if term_over else voters,
        block_is_against=not procedure.tests_block,
        names=names or {},
    )
    if not roll.eligible:
        return _outcome(Verdict.NOT_VALID, (), roll)
    if term_over and procedure.at_end == "carry-over" and any(voter.silent for voter in roll.eligible):
        return _outcome(Verdict.CARRIED_OVER, (), roll)
    quorum = _node(procedure.quorum, roll, 1) if procedure.quorum else _Held(True, ())
    quorum_lines = tuple(replace(line, text=explain.as_quorum(line.text)) for line in quorum.lines)
    if quorum.ok is False:
        return _outcome(Verdict.NO_QUORUM, quorum_lines, roll)
    held = _node(procedure.rule, roll, 1)
    if held.ok is None:
        return _outcome(Verdict.NOT_VALID, (*quorum_lines, *held.lines), roll)
    verdict = Verdict.ADOPTED if held.ok else Verdict.REJECTED
    notes = explain.notes(procedure, voters, roll, term_over=term_over)
    return _outcome(verdict, (*quorum_lines, *held.lines, *(Line(True, note) for note in notes)), roll)


def at_end(procedure: Procedure, voters: tuple[Voter, ...]) -> tuple[Voter, ...]:
    """What the end of the term makes of whoever was silent."""
    if procedure.at_end == "consent":
        return tuple(replace(one, vote=Position.FOR) if one.consents else one for one in voters)
    if procedure.at_end == "refuse":
        return tuple(replace(one, vote=Position.AGAINST) if one.silent else one for one in voters)
    return voters


def _node(node: Node, roll: Roll, depth: int) -> _Held:
    match node:
        case Test():
            return _test(node, roll, depth)
        case Not(not_=part):
            return _turned(_node(part, roll, depth + 1), depth)
        case AllOf(all=parts):
            return _together(
                [_node(part, roll, _deeper(parts, depth)) for part in parts], all, explain.ALL, depth
            )
        case AnyOf(any=parts):
            return _together(
                [_node(part, roll, _deeper(parts, depth)) for part in parts], any, explain.ANY, depth
            )
    raise TypeError(node)


def _deeper(parts: tuple[Node, ...], depth: int) -> int:
    return depth + 1 if len(parts) > 1 else depth


def _together(parts: list[_Held], how: Callable[[list[bool]], bool], words: Text, depth: int) -> _Held:
    """Parts held together. One that says nothing is left out; where all are, so is the whole."""
    lines = tuple(line for part in parts for line in part.lines)
    said = [part.ok for part in parts if part.ok is not None]
    ok = how(said) if said else None
    if len(parts) == 1:
        return _Held(ok, lines)
    return _Held(ok, (Line(ok is not False, explain.group(words, ok), depth), *lines))


def _turned(part: _Held, depth: int) -> _Held:
    ok = None if part.ok is None else not part.ok
    return _Held(ok, (Line(ok is not False, explain.turned(ok), depth), *part.lines))


def _test(test: Test, roll: Roll, depth: int) -> _Held:
    """One test. A share of nothing is not reached; a share of a group in which nobody votes is left out."""
    voters = roll.counted(test)
    counted = roll.weight(voters, test.by)
    bound, whole = _bound(test, roll)
    ok = _HOLDS[test.comparison](counted, bound) and not explain.of_nothing(test, whole)
    left_out = explain.of_nobody(test, whole, roll)
    line = Line(ok or left_out, explain.test(test, voters, counted, bound, whole, ok, roll), depth)
    return _Held(None if left_out else ok, (line,))


def _bound(test: Test, roll: Roll) -> tuple[Fraction, Fraction | None]:
    """The number to hold the count against, and the whole a share was taken of."""
    match test.bound:
        case Count() as other:
            return roll.weight(roll.counted(other), other.by), None
        case Threshold(share=False) as number:
            return number.value, None
        case Threshold() as share:
            whole = roll.whole(test, test.of or "all")
            return share.value * whole, whole
    raise TypeError(test)


def _outcome(verdict: Verdict, lines: tuple[Line, ...], roll: Roll) -> Outcome:
    first = Line(verdict is Verdict.ADOPTED, explain.result(verdict.value, len(roll.eligible)), 0)
    return Outcome(verdict, (first, *lines))
