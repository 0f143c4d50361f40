"""Charters from a terminal: check one, try a rule of it, found an alliance on it, print one in force."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from concordia.commandline import terminal
from concordia.domain.charter import (
    Charter,
    check_charter,
    dump_json,
    dump_yaml,
    example_voters,
    json_schema,
    load_charter,
    places,
)
from concordia.domain.problems import DocumentError
from concordia.domain.texts import both


def charter(argv: Sequence[str]) -> int:
    """`charter check FILE` (0 in order, 1 not, also when it cannot be read) and `charter schema`."""
    made = terminal.parser("charter", "Check a charter: every fault at once, with where and how to mend.")
    what = made.add_subparsers(dest="what", required=True)
    check = what.add_parser("check", help="check FILE")
    check.add_argument("file", metavar="CHARTER.yaml")
    check.add_argument("--language", choices=("nl", "en"), default=argparse.SUPPRESS)
    what.add_parser("schema", help="print the JSON Schema of a charter")
    options = made.parse_args(argv)
    if options.what == "schema":
        print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        return 0
    try:
        found, lines = check_charter(terminal.read_text(options.file), options.language)
    except terminal.InputError as error:
        _refuse(str(error))
        return 1
    print("\n".join(lines))
    return 0 if found else 1


def try_rule(argv: Sequence[str]) -> int:
    """`try-rule CHARTER PROCEDURE VOTES.csv [--json]`: 0 adopted, 1 rejected, 2 not valid, 3 bad input."""
    from concordia.domain.rules.try_rule import run_try_rule

    made = terminal.parser("try-rule", "Try a procedure on a file of votes before living under it.")
    made.add_argument("charter", metavar="CHARTER.yaml")
    made.add_argument("procedure", metavar="PROCEDURE")
    made.add_argument("votes", metavar="VOTES.csv", help="columns voter,vote and, where needed, present")
    made.add_argument("--json", action="store_true", dest="as_json")
    made.add_argument(
        "--subject", action="append", default=[], help="a subject of the proposal; may be repeated"
    )
    options = made.parse_args(argv)
    try:
        agreed = _load(options.charter, options.language)
        votes = terminal.read_text(options.votes)
    except terminal.InputError as error:
        return _refuse(str(error))
    procedure = next((item for item in agreed.procedures if item.key == options.procedure), None)
    subjects = tuple(options.subject)
    voters = places(agreed, procedure, subjects) if procedure else example_voters(agreed, subjects)
    result = run_try_rule(procedure, voters, votes, options.language, agreed.names)
    if options.as_json:
        print(json.dumps(result.to_json(), indent=2, ensure_ascii=False))
    else:
        print(
            "\n".join(result.lines), file=sys.stderr if result.exit_code == terminal.BAD_INPUT else sys.stdout
        )
    return result.exit_code


def import_charter(argv: Sequence[str]) -> int:
    """Found an alliance, in a place where nothing is yet too, and print one invitation link for each partner."""
    made = terminal.parser("import", "Found an alliance on a charter; prints a link for each partner.")
    made.add_argument("charter", metavar="CHARTER.yaml")
    made.add_argument("--data", default=None)
    options = made.parse_args(argv)
    try:
        agreed = _load(options.charter, options.language)
    except terminal.InputError as error:
        return _refuse(str(error))
    terminal.wake(options.data)
    terminal.prepare(options.language)

    from concordia.kernel.errors import RefusalError
    from concordia.ops.founding import found_with_links

    try:
        founded = found_with_links(agreed)
    except RefusalError as error:
        return _refuse(error.text.in_language(options.language), status=1)
    print("\n".join(founded.lines(options.language)))
    return 0


def export_charter(argv: Sequence[str]) -> int:
    """Print the charter in force of an alliance, or write it to a file."""
    made = terminal.parser("export", "Print the charter an alliance lives under, without loss.")
    made.add_argument("alliance", metavar="ALLIANCE", help="the key of the alliance")
    made.add_argument("--format", choices=("yaml", "json"), default="yaml", dest="form")
    made.add_argument("--out", default=None, help="a file instead of the screen")
    made.add_argument("--data", default=None)
    options = made.parse_args(argv)
    terminal.wake(options.data)

    from concordia.kernel.errors import NotFoundError
    from concordia.ops.founding import charter_of

    try:
        agreed = charter_of(options.alliance)
    except NotFoundError:
        sentence = both(
            f"Hier is geen alliantie met de sleutel “{options.alliance}”.",
            f"There is no alliance with the key “{options.alliance}” here.",
        )
        return _refuse(sentence.in_language(options.language))
    text = dump_yaml(agreed) if options.form == "yaml" else dump_json(agreed)
    if options.out:
        Path(options.out).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


def _load(path: str, language: str) -> Charter:
    try:
        return load_charter(terminal.read_text(path))
    except DocumentError as error:
        faults = "\n".join(f"  {problem.sentence(language)}" for problem in error.problems)
        raise terminal.InputError(f"{path}:\n{faults}") from None


def _refuse(sentence: str, status: int = terminal.BAD_INPUT) -> int:
    print(sentence, file=sys.stderr)
    return status
