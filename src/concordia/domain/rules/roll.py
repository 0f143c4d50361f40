"""Who may vote, what each weighs, and what each did: the input of a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from concordia.domain.rules.model import CHAIR, Count, Position
from concordia.domain.texts import Text


@dataclass(frozen=True, slots=True)
class Voter:
    """One voter: a partner, a seat or a person, as the procedure says.

    `vote` is None while nothing was cast. `present` marks somebody who was recorded present without voting.
    `unheard` is what somebody said in a way that does not count, such as a vote that was never ratified: it is
    no vote, but who said no was not silent either. `recused` and `competent=False` take the voter out of the
    eligible whole. `weights` are exact.
    """

    key: str
    name: Text
    vote: Position | None = None
    present: bool = False
    recused: bool = False
    competent: bool = True
    chair: bool = False
    weights: Mapping[str, Fraction] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    unheard: Position | None = None

    @property
    def silent(self) -> bool:
        """Whether no vote of this voter counts."""
        return self.vote in {None, Position.ABSENT}

    @property
    def consents(self) -> bool:
        """Whether silence is consent here: nothing was said, or nothing else than yes."""
        return self.silent and self.unheard in {None, Position.FOR}

    @property
    def eligible(self) -> bool:
        """Whether this voter is part of the whole."""
        return self.competent and not self.recused

    def weighs(self, by: str) -> Fraction:
        """What this voter weighs: 1 by heads, else the measure, 0 where it has none."""
        return Fraction(1) if by == "heads" else self.weights.get(by, Fraction(0))

    def belongs(self, among: str) -> bool:
        """Whether this voter is in a group; `all` is everybody, `chair` who chairs."""
        return among == "all" or (among == CHAIR and self.chair) or among in self.groups


@dataclass(frozen=True, slots=True)
class Roll:
    """The voters of one decision. `block_is_against` where the rule has no test on blocks.

    `names` tells what people call the measures and groups that a rule names by key.
    """

    voters: tuple[Voter, ...]
    block_is_against: bool = False
    names: Mapping[str, Text] = field(default_factory=dict)

    @property
    def eligible(self) -> tuple[Voter, ...]:
        """Who is part of the whole."""
        return tuple(voter for voter in self.voters if voter.eligible)

    def entitled(self, count: Count) -> tuple[Voter, ...]:
        """The eligible voters among whom a count looks."""
        return tuple(voter for voter in self.eligible if voter.belongs(count.among))

    def counted(self, count: Count) -> tuple[Voter, ...]:
        """The eligible voters a count looks at."""
        return tuple(
            voter
            for voter in self.entitled(count)
            if any(self._stands(voter, position) for position in count.votes)
        )

    def whole(self, count: Count, of: str) -> Fraction:
        """What a share is taken of: all eligible, everyone present, or the votes cast for and against."""
        members = list(self.entitled(count))
        wanted = {"present": (Position.PRESENT,), "cast": (Position.FOR, Position.AGAINST)}.get(of)
        if wanted is not None:
            members = [voter for voter in members if any(self._stands(voter, which) for which in wanted)]
        return self.weight(members, count.by)

    def weight(self, voters: "tuple[Voter, ...] | list[Voter]", by: str) -> Fraction:
        """The joint weight of voters, exact."""
        return sum((voter.weighs(by) for voter in voters), Fraction(0))

    def _stands(self, voter: Voter, position: Position) -> bool:
        if position is Position.PRESENT:
            return voter.vote not in {None, Position.ABSENT} or voter.present
        if position is Position.ABSENT:
            return voter.vote is None or voter.vote is Position.ABSENT
        if position is Position.AGAINST and self.block_is_against and voter.vote is Position.BLOCK:
            return True
        return voter.vote is position
