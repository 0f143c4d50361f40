"""Rules that can never pass, or always pass: found by trying what voters can do (charter.md, An example).

Voters that weigh the same in everything the rule looks at are interchangeable, so that only how many of each
kind stand where has to be tried. Beyond a bound the search gives up and says nothing: silence, not a guess.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from math import comb, prod

from concordia.domain.rules.engine import Verdict, decide
from concordia.domain.rules.model import Count, Position, counts_in
from concordia.domain.rules.procedure import Procedure
from concordia.domain.rules.roll import Voter

_STANDS = (Position.FOR, Position.AGAINST, Position.ABSTAIN, Position.BLOCK, None)
_BOTH = {Verdict.ADOPTED, Verdict.REJECTED}
_MOST = 6_000  # combinations tried at most
_MOST_LOOKS = 600_000  # at one voter by one count, over all combinations: about a second


def verdicts(procedure: Procedure, voters: tuple[Voter, ...]) -> frozenset[Verdict] | None:
    """The verdicts that ways of voting lead to, or None when there are too many ways to try.

    Stops as soon as both adopting and rejecting are seen, as with every rule in order: others may then be left out.
    """
    found = {
        decide(procedure, tuple(replace(voter, vote=stand) for voter in voters)).verdict for stand in _STANDS
    }
    if found >= _BOTH:
        return frozenset(found)
    kinds = list(_kinds(procedure, voters).values())
    ways = prod(comb(len(kind) + len(_STANDS) - 1, len(_STANDS) - 1) for kind in kinds)
    looks = ways * len(voters) * len([*counts_in(procedure.rule), *counts_in(procedure.quorum)])
    if ways > _MOST or looks > _MOST_LOOKS:
        return None
    for votes in product(*(list(_spread(kind)) for kind in kinds)):
        if found >= _BOTH:
            break
        found.add(decide(procedure, tuple(voter for kind in votes for voter in kind)).verdict)
    return frozenset(found)


def _kinds(procedure: Procedure, voters: Iterable[Voter]) -> dict[object, list[Voter]]:
    counts = [*counts_in(procedure.rule), *counts_in(procedure.quorum)]
    kinds: dict[object, list[Voter]] = {}
    for voter in voters:
        kinds.setdefault(_looks(counts, voter), []).append(voter)
    return kinds


def _looks(counts: list[Count], voter: Voter) -> object:
    return tuple((count.by, voter.weighs(count.by), voter.belongs(count.among)) for count in counts)


def _spread(kind: list[Voter]) -> Iterator[list[Voter]]:
    """Every way in which interchangeable voters can divide themselves."""
    for split in _splits(len(kind), len(_STANDS)):
        stands = [stand for stand, n in zip(_STANDS, split, strict=True) for _ in range(n)]
        yield [replace(voter, vote=stand) for voter, stand in zip(kind, stands, strict=True)]


def _splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _splits(total - first, parts - 1):
            yield (first, *rest)
