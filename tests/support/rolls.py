"""Rolls for rules of decision, written as people read them."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

import yaml

from concordia.domain.rules.engine import Outcome, decide
from concordia.domain.rules.model import Position
from concordia.domain.rules.procedure import Procedure
from concordia.domain.rules.roll import Voter
from concordia.domain.texts import Text

_SIGNS = {
    "+": Position.FOR,
    "-": Position.AGAINST,
    "0": Position.ABSTAIN,
    "!": Position.BLOCK,
    ".": None,
    "p": None,
    "r": None,
}


def procedure(text: str, **more: object) -> Procedure:
    """A procedure with a rule in YAML: `{votes: [for], at_least: 100%, of: all}`."""
    return Procedure.model_validate({"key": "tried", "body": "board", "rule": yaml.safe_load(text), **more})


def voter(key: str, sign: str, **more: object) -> Voter:
    """A voter by sign: + for, - against, 0 abstains, ! blocks, . absent, p present only, r recused."""
    position = _SIGNS[sign]
    here = position is not None or sign == "p"
    return Voter(key, Text.of(key), position, present=here, recused=sign == "r", **more)  # type: ignore[arg-type]


def roll(signs: str, weights: Mapping[str, Iterable[object]] | None = None) -> tuple[Voter, ...]:
    """Voters a, b, c and so on by their signs; `weights` gives each measure in the same order."""
    columns = {name: [Fraction(str(value)) for value in values] for name, values in (weights or {}).items()}
    return tuple(
        voter(chr(97 + i), sign, weights={name: values[i] for name, values in columns.items()})
        for i, sign in enumerate(signs)
    )


def verdict(rule: Procedure | str, signs: str | tuple[Voter, ...], **more: object) -> str:
    """What comes out, as a word."""
    return outcome(rule, signs, **more).verdict.value


def outcome(rule: Procedure | str, signs: str | tuple[Voter, ...], **more: object) -> Outcome:
    """What comes out, with its explanation."""
    found = procedure(rule) if isinstance(rule, str) else rule
    voters = roll(signs) if isinstance(signs, str) else signs
    return decide(found, voters, **more)  # type: ignore[arg-type]
