"""Rules that can never pass, or always pass: found by trying what voters can do (charter.md, An example).

Voters that weigh the same in everything the rule looks at are interchangeable, and so are ways of voting that it
does not tell apart: only how many of each kind stand where has to be tried. Before that each test is judged by its
extremes, which settles most. Beyond a bound the search gives up and says nothing: silence, not a guess.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from math import comb, prod

from concordia.domain.rules.bounds import STANDS, can
from concordia.domain.rules.engine import Verdict, decide
from concordia.domain.rules.model import Count, Position, Test, counts_in
from concordia.domain.rules.procedure import Procedure
from concordia.domain.rules.roll import Roll, Voter
from concordia.domain.texts import Text

_BOTH = {Verdict.ADOPTED, Verdict.REJECTED}
_MOST = 6_000  # combinations tried at most
_MOST_LOOKS = 200_000  # at one voter by one count, over all combinations: about a second


def verdicts(procedure: Procedure, voters: tuple[Voter, ...]) -> frozenset[Verdict] | None:
    """The verdicts that ways of voting lead to, or None when there are too many ways to try.

    Stops as soon as both adopting and rejecting are seen, as with every rule in order: others may then be left out.
    """
    found = {
        decide(procedure, tuple(replace(voter, vote=stand) for voter in voters)).verdict for stand in STANDS
    }
    if found >= _BOTH:
        return frozenset(found)
    certain = _at_the_extremes(procedure, voters)
    if certain is not None:
        return certain
    kinds, stands = list(_kinds(procedure, voters).values()), _told_apart(procedure)
    ways = prod(comb(len(kind) + len(stands) - 1, len(stands) - 1) for kind in kinds)
    looks = ways * len(voters) * len([*counts_in(procedure.rule), *counts_in(procedure.quorum)])
    if ways > _MOST or looks > _MOST_LOOKS:
        return None
    for votes in product(*(list(_spread(kind, stands)) for kind in kinds)):
        if found >= _BOTH:
            break
        found.add(decide(procedure, tuple(voter for kind in votes for voter in kind)).verdict)
    return frozenset(found)


def _at_the_extremes(procedure: Procedure, voters: tuple[Voter, ...]) -> frozenset[Verdict] | None:
    roll = Roll(voters, block_is_against=not procedure.tests_block)
    if procedure.quorum and not can(procedure.quorum, roll)[0]:
        return frozenset({Verdict.NO_QUORUM})
    hold, fail = can(procedure.rule, roll)
    if hold and fail:
        return None
    return frozenset({Verdict.ADOPTED if hold else Verdict.REJECTED})


def _told_apart(procedure: Procedure) -> tuple[Position | None, ...]:
    """One of each of the ways of voting between which the tests of a procedure see no difference."""
    counts = [*counts_in(procedure.rule), *counts_in(procedure.quorum)]
    shares = {test.of for test in counts if isinstance(test, Test)}
    seen: dict[object, Position | None] = {}
    for stand in STANDS:
        one = Voter("", Text.of(""), vote=stand)
        roll = Roll((one,), block_is_against=not procedure.tests_block)
        everybody = [Count(votes=count.votes) for count in counts]
        wholes = [roll.whole(everybody[0], of) for of in ("present", "cast") if of in shares]
        seen.setdefault((*(bool(roll.counted(count)) for count in everybody), *wholes), stand)
    return tuple(seen.values())


def _kinds(procedure: Procedure, voters: Iterable[Voter]) -> dict[object, list[Voter]]:
    counts = [*counts_in(procedure.rule), *counts_in(procedure.quorum)]
    kinds: dict[object, list[Voter]] = {}
    for voter in voters:
        kinds.setdefault(_looks(counts, voter), []).append(voter)
    return kinds


def _looks(counts: list[Count], voter: Voter) -> object:
    return tuple((count.by, voter.weighs(count.by), voter.belongs(count.among)) for count in counts)


def _spread(kind: list[Voter], stands: tuple[Position | None, ...]) -> Iterator[list[Voter]]:
    """Every way in which interchangeable voters can divide themselves."""
    for split in _splits(len(kind), len(stands)):
        taken = [stand for stand, n in zip(stands, split, strict=True) for _ in range(n)]
        yield [replace(voter, vote=stand) for voter, stand in zip(kind, taken, strict=True)]


def _splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _splits(total - first, parts - 1):
            yield (first, *rest)
