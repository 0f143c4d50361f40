"""Try a rule before living under it: votes from a file or a form, the outcome with its explanation (C21)."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import islice
from typing import Any

from concordia.domain.problems import DocumentError, Problem
from concordia.domain.rules.engine import Outcome, Verdict, decide
from concordia.domain.rules.model import Position
from concordia.domain.rules.procedure import Procedure
from concordia.domain.rules.roll import Voter
from concordia.domain.texts import Text, both

EXIT = {Verdict.ADOPTED: 0, Verdict.REJECTED: 1}
NOT_VALID, BAD_INPUT = 2, 3
MOST_ROWS = 100_000  # of a file of votes
_MOST_PROBLEMS = 100  # told at once
_LONGEST_SHOWN = 100  # characters of a cell; a key has no more
_VOTES = {"for", "against", "abstain", "block", "absent", "present", "recused"}
_DUTCH = {
    "voor": "for",
    "tegen": "against",
    "onthouding": "abstain",
    "blokkade": "block",
    "afwezig": "absent",
    "aanwezig": "present",
    "verschoond": "recused",
}
_YES, _NO = {"yes", "ja", "true", "1", "x", "y", "j"}, {"no", "nee", "false", "0", "", "n"}


@dataclass(frozen=True, slots=True)
class TryResult:
    """The outcome, or the problems with the input; `exit_code` is 0 adopted, 1 rejected, 2 not valid, 3 bad."""

    outcome: Outcome | None
    problems: tuple[Problem, ...]
    language: str

    @property
    def exit_code(self) -> int:
        """What a command line ends with."""
        return BAD_INPUT if self.outcome is None else EXIT.get(self.outcome.verdict, NOT_VALID)

    @property
    def lines(self) -> list[str]:
        """What to print."""
        if self.outcome is None:
            return [problem.sentence(self.language) for problem in self.problems]
        marks = {True: "✓", False: "✗"}
        return [
            f"{'  ' * max(0, line.depth - 1)}{marks[line.ok] + ' ' if line.depth else ''}"
            f"{line.text.in_language(self.language)}"
            for line in self.outcome.lines
        ]

    def to_json(self) -> dict[str, Any]:
        """For machines: the verdict and the explanation in both languages, or the problems."""
        if self.outcome is None:
            faults = [{"path": p.path, "what": p.what.plain(), "mend": p.mend.plain()} for p in self.problems]
            return {"verdict": None, "problems": faults}
        lines = [
            {"ok": line.ok, "depth": line.depth, "text": line.text.plain()} for line in self.outcome.lines
        ]
        return {"verdict": self.outcome.verdict.value, "lines": lines}


def run_try_rule(
    procedure: Procedure | None,
    voters: tuple[Voter, ...],
    text: str,
    language: str,
    names: Mapping[str, Text] | None = None,
) -> TryResult:
    """Apply a procedure to a file of votes with the columns voter, vote and, where needed, present.

    Voters left out are absent. A partner's key stands for all its places that are not named themselves. A comma,
    semicolon or tab separates; words may be English or Dutch.
    """
    if procedure is None:
        problem = Problem(
            "procedure",
            both("Deze procedure staat niet in het handvest.", "This procedure is not in the charter."),
            both("Kies een sleutel onder procedures.", "Choose a key under procedures."),
        )
        return TryResult(None, (problem,), language)
    try:
        rows = read_votes(
            text, list(dict.fromkeys(key for voter in voters for key in reversed(_called(voter))))
        )
    except DocumentError as error:
        return TryResult(None, error.problems, language)
    return TryResult(try_votes(procedure, voters, rows, names), (), language)


def try_votes(
    procedure: Procedure,
    voters: tuple[Voter, ...],
    votes: Mapping[str, str],
    names: Mapping[str, Text] | None = None,
) -> Outcome:
    """The outcome of a procedure for votes by voter key, as if its term were over.

    A place (`partner.position`) that is not named votes as its partner does; one of several of a position
    (`partner.position.2`) as `partner.position` before that.
    """
    placed = tuple(
        _placed(voter, next((votes[key] for key in _called(voter) if key in votes), "absent"))
        for voter in voters
    )
    return decide(procedure, placed, term_over=True, names=names)


def _called(voter: Voter) -> tuple[str, ...]:
    """The keys under which a vote may be given: its own, that of its position, and that of its partner."""
    parts = voter.key.split(".")
    return tuple(".".join(parts[:length]) for length in range(len(parts), 0, -1))


def _placed(voter: Voter, vote: str) -> Voter:
    word, _, present = vote.partition("+")
    if word in {"for", "against", "abstain", "block"}:
        return replace(voter, vote=Position(word), present=True)
    return replace(voter, vote=None, present=word == "present" or bool(present), recused=word == "recused")


def read_votes(text: str, known: list[str]) -> dict[str, str]:
    """The vote per voter. Raises DocumentError with every problem at once."""
    lines = text.removeprefix("\ufeff")
    if not lines.strip():
        raise DocumentError([_problem("votes", "Het bestand is leeg.", "The file is empty.")])
    header, rows = _rows(lines)
    columns = [name.strip().lower() for name in header]
    if not {"voter", "vote"} <= set(columns):
        raise DocumentError(
            [
                Problem(
                    "line 1",
                    both("De kolommen voter en vote ontbreken.", "The columns voter and vote are missing."),
                    both("Begin met een regel: voter,vote", "Begin with a line: voter,vote"),
                )
            ]
        )
    _require_once(columns)
    places: dict[str, int] = {
        name: columns.index(name) for name in ("voter", "vote", "present") if name in columns
    }
    return _votes(rows, places, known, len(header))


def _rows(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and the other rows with the number of their line. Raises DocumentError."""
    separator = max(",;\t", key=text.lstrip().splitlines()[0].count)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        rows = [(reader.line_num, row) for row in islice(reader, MOST_ROWS + 2)]
    except csv.Error:
        where = f"line {reader.line_num}"
        nl, en = "Hier klopt de opmaak van CSV niet.", "The CSV is not well formed here."
        raise DocumentError([_problem(where, nl, en)]) from None
    if len(rows) > MOST_ROWS + 1:
        nl, en = (
            f"Het bestand heeft meer dan {MOST_ROWS} regels.",
            f"The file has more than {MOST_ROWS} rows.",
        )
        raise DocumentError([_problem("votes", nl, en)])
    filled = [(number, row) for number, row in rows if row]
    return (filled[0][1], filled[1:]) if filled else ([], [])


def _require_once(columns: list[str]) -> None:
    double = next((name for name in ("voter", "vote", "present") if columns.count(name) > 1), None)
    if double is not None:
        nl, en = f"De kolom {double} staat er twee keer.", f"The column {double} is there twice."
        raise DocumentError([_problem("line 1", nl, en)])


def _votes(
    rows: list[tuple[int, list[str]]], places: Mapping[str, int], known: list[str], width: int
) -> dict[str, str]:
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for number, row in rows:
        cells = {name: row[place].strip() for name, place in places.items() if place < len(row)}
        voter, word = cells.get("voter", ""), cells.get("vote", "").lower()
        vote = _DUTCH.get(word, word) or "absent"
        present = cells.get("present", "").lower()
        if not voter and not word:
            continue
        problems += _row_problems(f"line {number}", voter, vote, present, known, found)
        if any(cell.strip() for cell in row[width:]):
            problems.append(_too_many(f"line {number}"))
        if len(problems) >= _MOST_PROBLEMS:
            break
        found[voter] = f"{vote}+present" if present in _YES and vote == "absent" else vote
    if problems:
        raise DocumentError(problems)
    return found


def _too_many(where: str) -> Problem:
    return Problem(
        where,
        both(
            "Deze regel heeft meer vakken dan de eerste regel.",
            "This line has more cells than the first line.",
        ),
        both(
            "Zet een waarde met een komma tussen aanhalingstekens, of haal weg wat te veel is.",
            "Put a value with a comma between quotes, or take away what is too much.",
        ),
    )


def _row_problems(
    where: str, voter: str, vote: str, present: str, known: list[str], found: dict[str, str]
) -> Iterator[Problem]:
    voter, vote, present = voter[:_LONGEST_SHOWN], vote[:_LONGEST_SHOWN], present[:_LONGEST_SHOWN]
    if voter not in known:
        close = get_close_matches(voter, known, n=1, cutoff=0.6)
        hint = f" Bedoelde u “{close[0]}”?" if close else "", f" Did you mean “{close[0]}”?" if close else ""
        yield Problem(
            where,
            both(f"“{voter}” is geen stemmer in dit handvest.", f"“{voter}” is no voter of this charter."),
            both(f"Kies uit: {', '.join(known)}.{hint[0]}", f"Choose from: {', '.join(known)}.{hint[1]}"),
        )
    elif voter in found:
        yield Problem(
            where,
            both(f"“{voter}” staat er twee keer in.", f"“{voter}” stands here twice."),
            both("Houd één regel over.", "Keep one line."),
        )
    if vote not in _VOTES:
        yield Problem(
            where,
            both(f"“{vote}” is geen stem.", f"“{vote}” is no vote."),
            both(
                "Kies: for, against, abstain, block, absent, present of recused.",
                "Choose: for, against, abstain, block, absent, present or recused.",
            ),
        )
    if present not in _YES | _NO:
        yield Problem(
            where,
            both(f"“{present}” is geen ja of nee.", f"“{present}” is not yes or no."),
            both("Schrijf yes of no.", "Write yes or no."),
        )


def _problem(path: str, nl: str, en: str) -> Problem:
    return Problem(
        path,
        both(nl, en),
        both(
            "Lever een CSV aan met de kolommen voter en vote.",
            "Hand in a CSV with the columns voter and vote.",
        ),
    )
