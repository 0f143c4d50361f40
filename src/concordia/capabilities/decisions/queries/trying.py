"""Try a rule before living under it: a vote that binds nobody, decided and explained (C21)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from concordia.capabilities.alliances.queries import charter_in_force, charter_version
from concordia.capabilities.decisions.queries.deciding import ExplanationLine
from concordia.capabilities.decisions.queries.procedures import Ruled
from concordia.capabilities.decisions.queries.rolls import RollLine, make_roll, sitting, voters_of
from concordia.domain.rules.engine import decide
from concordia.domain.rules.model import Position
from concordia.domain.rules.procedure import Procedure
from concordia.domain.rules.roll import Voter
from concordia.domain.texts import Text, both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError

CHOICES = ("", "for", "against", "block", "abstain", "present", "recused")


@dataclass(frozen=True, slots=True)
class TriedVoter:
    """A voter with what they do in this trial; `weights` in words as the charter writes them."""

    key: str
    name: Text
    choice: str
    competent: bool
    chair: bool
    weights: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A procedure with its voters and, once somebody votes, the outcome explained line by line."""

    procedure: Procedure
    number: int | None
    voters: tuple[TriedVoter, ...]
    term_over: bool
    subject: str
    subjects: tuple[str, ...]
    verdict: str
    lines: tuple[ExplanationLine, ...]


def try_rule(
    access: Access,
    procedure_key: str,
    votes: Mapping[str, str] | None = None,
    *,
    term_over: bool = False,
    subject: str = "",
    version_id: str = "",
) -> Trial:
    """Run a procedure of the charter in force (or of a draft one may see) on imagined votes, kept nowhere.

    `votes` maps a voter to one of CHOICES. Raises NotFoundError for an unknown procedure, RefusalError for a
    vote that is not one.
    """
    current = charter_version(access, version_id) if version_id else charter_in_force(access)
    procedure = next((one for one in current.charter.procedures if one.key == procedure_key), None)
    if procedure is None:
        raise NotFoundError
    rules = Ruled(current.number, current.charter, procedure)
    lines = _lines(access, rules, (subject,) if subject else ())
    chosen = {key: _choice(value) for key, value in (votes or {}).items()}
    voters = tuple(_voting(voter, chosen.get(voter.key, "")) for voter in voters_of(lines, ()))
    outcome = decide(procedure, voters, term_over=term_over, names=current.charter.names)
    return Trial(
        procedure,
        current.number,
        tuple(_tried(line, chosen.get(line.key, "")) for line in lines),
        term_over,
        subject,
        current.charter.subjects,
        outcome.verdict.value,
        tuple(ExplanationLine(line.ok, line.depth, line.text) for line in outcome.lines),
    )


def _lines(access: Access, rules: Ruled, subjects: tuple[str, ...]) -> tuple[RollLine, ...]:
    """The voters as they would be now; partners of a draft that are not party yet are among them."""
    if rules.procedure.voters != "partners":
        return make_roll(access, rules, subjects, sitting(access, rules))
    return make_roll(access, rules, subjects, (), everyone=True)


def _choice(value: str) -> str:
    if value not in CHOICES:
        raise RefusalError(
            both(
                f"“{value[:40]}” is geen stem. Kies voor, tegen, blokkeren, onthouden, aanwezig of teruggetrokken.",
                f"“{value[:40]}” is not a vote. Choose for, against, block, abstain, present or recused.",
            ),
            field="votes",
        )
    return value


def _voting(voter: Voter, choice: str) -> Voter:
    if choice in {"present", "recused"}:
        return replace(voter, present=choice == "present", recused=choice == "recused")
    return replace(voter, vote=Position(choice) if choice else None)


def _tried(line: RollLine, choice: str) -> TriedVoter:
    return TriedVoter(
        line.key, line.name, choice, line.competent, line.chair, tuple(sorted(line.weights.items()))
    )
