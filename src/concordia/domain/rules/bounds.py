"""What a rule can come to at best and at worst, test by test, however many voters there are.

Each test weighs every voter by itself, so that its extremes are exact. A tree of tests is judged by its parts: what
is called impossible is impossible, but two tests that exclude each other are not seen here.
"""

from dataclasses import replace
from fractions import Fraction

from concordia.domain.rules.model import AllOf, AnyOf, Count, Node, Not, Position, Test, Threshold
from concordia.domain.rules.roll import Roll, Voter

STANDS = (Position.FOR, Position.AGAINST, Position.ABSTAIN, Position.BLOCK, None)


def can(node: Node, roll: Roll) -> tuple[bool, bool]:
    """Whether a rule can hold, and whether it can fail, by what the voters of a roll may do."""
    match node:
        case Test():
            return _test(node, roll)
        case Not(not_=part):
            hold, fail = can(part, roll)
            return fail, hold
        case AllOf(all=parts):
            found = [can(part, roll) for part in parts]
            return all(hold for hold, _ in found), any(fail for _, fail in found)
        case AnyOf(any=parts):
            found = [can(part, roll) for part in parts]
            return any(hold for hold, _ in found), all(fail for _, fail in found)
    raise TypeError(node)


def _test(test: Test, roll: Roll) -> tuple[bool, bool]:
    """By the largest and smallest distance between what is counted and what it is held against."""
    if isinstance(test.bound, Threshold) and test.bound.share and not roll.entitled(test):
        return True, True  # left out, which helps and hinders nobody
    fixed = Fraction(0)
    if isinstance(test.bound, Threshold) and not test.bound.share:
        fixed = test.bound.value
    each = [
        [_distance(test, roll, replace(voter, vote=stand)) for stand in STANDS] for voter in roll.eligible
    ]
    lowest, highest = sum(map(min, each), -fixed), sum(map(max, each), -fixed)
    of_votes = test.of in {"present", "cast"}  # of no votes at all, no share is reached
    return {
        "at_least": (highest >= 0, lowest < 0 or of_votes),
        "more_than": (highest > 0, lowest <= 0),
        "at_most": (lowest <= 0, highest > 0),
        "fewer_than": (lowest < 0, highest >= 0),
    }[test.comparison]


def _distance(test: Test, roll: Roll, voter: Voter) -> Fraction:
    """What one voter adds to what is counted, less what it adds to the bound."""
    alone = replace(roll, voters=(voter,))
    added = alone.weight(alone.counted(test), test.by)
    match test.bound:
        case Count() as other:
            return added - alone.weight(alone.counted(other), other.by)
        case Threshold(share=True) as share:
            return added - share.value * alone.whole(test, test.of or "all")
    return added
