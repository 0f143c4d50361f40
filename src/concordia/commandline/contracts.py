"""Data contracts from a terminal: see whether one is in order, read it, and see what a version changes."""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from concordia.commandline import terminal
from concordia.domain.contracts.reading import Reading, read_contract
from concordia.domain.problems import DocumentError, Problem
from concordia.domain.texts import Text, both

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")


def contract(argv: Sequence[str]) -> int:
    """`contract lint FILE` (0 in order, 1 not), `show FILE`, `diff OLD NEW` (0 nothing breaks, 1 something does).

    `from-sample FILE…` and `from-xsd FILE.xsd` propose one. 3 where a file cannot be read, and for `show` and `diff`
    where it is no contract.
    """
    words = list(argv)
    if words[:1] == ["from-xsd"]:
        from concordia.commandline.from_xsd import from_xsd

        return from_xsd(words[1:])
    made = terminal.parser("contract", "Data contracts of the Open Data Contract Standard.")
    what = made.add_subparsers(dest="what", required=True)
    _word(what, "lint", "every fault at once, with where and how to mend", "file")
    _word(what, "show", "the contract in words", "file")
    _word(what, "diff", "what a version changes, for whom it breaks and why", "old", "new")
    sample = what.add_parser("from-sample", help="propose a contract from a real file, to be edited")
    sample.add_argument("files", metavar="FILE", nargs="+", help="Parquet, CSV or JSON lines")
    sample.add_argument("--name", default=None, help="the name of the table; else that of the first file")
    sample.add_argument("--out", default=None, metavar="FILE", help="a file instead of the screen")
    sample.add_argument("--memory", default="512MB", help="what the reading may use, from 192MB")
    sample.add_argument("--language", choices=("nl", "en"), default=argparse.SUPPRESS)
    what.add_parser("from-xsd", help="propose a contract from an XML Schema, to be edited", add_help=False)
    options = made.parse_args(words)
    try:
        return _WHAT[options.what](options)
    except terminal.InputError as error:
        _tell([str(error)], sys.stderr)
        return terminal.BAD_INPUT


def _word(what: Any, name: str, told: str, *files: str) -> None:
    one = what.add_parser(name, help=told, description=told)
    for file in files:
        one.add_argument(file, metavar=f"{'CONTRACT' if file == 'file' else file.upper()}.odcs.yaml")
    one.add_argument("--json", action="store_true", dest="as_json", help="for programs")
    one.add_argument("--language", choices=("nl", "en"), default=argparse.SUPPRESS)


def _lint(options: argparse.Namespace) -> int:
    from concordia.domain.stewardship.checks import problems
    from concordia.domain.stewardship.remarks import remarks

    text = terminal.read_text(options.file)
    try:
        reading = read_contract(text)
    except DocumentError as error:
        found, told = list(error.problems), []
    else:
        found = list(problems(reading.contract))
        told = [*reading.remarks, *remarks(reading.contract)]
    if options.as_json:
        _tell([_json({"valid": not found, "problems": _plain(found), "remarks": _plain(told)})])
    else:
        _tell(_lint_lines(options.file, found, told, options.language))
    return 1 if found else 0


def _lint_lines(file: str, found: list[Problem], told: list[Problem], language: str) -> Iterable[str]:
    if found:
        yield f"{file}: {_WRONG.in_language(language).format(count=len(found))}"
        yield from (f"  {problem.sentence(language)}" for problem in found)
    else:
        yield f"{file}: {_IN_ORDER.in_language(language)}"
    if told:
        yield _TO_THINK_ABOUT.in_language(language).format(count=len(told))
        yield from (f"  {problem.sentence(language)}" for problem in told)


def _show(options: argparse.Namespace) -> int:
    from concordia.domain.stewardship.readable import as_text, read_aloud

    document = read_aloud(_read(options.file, options.language).contract, options.language)
    if options.as_json:
        chapters = [{"key": chapter.key, **chapter.data()} for chapter in document.chapters]
        _tell([_json({"title": document.title, "subtitle": document.subtitle, "chapters": chapters})])
    else:
        _tell([as_text(document).rstrip("\n")])
    return 0


def _diff(options: argparse.Namespace) -> int:
    from concordia.domain.stewardship.versions import compare

    found = compare(*(_read(file, options.language).contract for file in (options.old, options.new)))
    if options.as_json:
        _tell([_json(found.data())])
    else:
        _tell(_diff_lines(found, options.language))
    return 1 if found.breaking else 0


def _diff_lines(found: Any, language: str) -> Iterable[str]:
    """Grouped by whom a change breaks for: both, suppliers, users, nobody."""
    yield f"{found.old} → {found.new}"
    if not found.changes:
        yield _SAME.in_language(language)
    for breaks, heading in _GROUPS:
        changes = [one for one in found.changes if set(map(str, one.breaks)) == breaks]
        if changes:
            yield f"\n{heading.in_language(language)}"
            yield from (f"  {one.sentence(language)}" for one in changes)
    if found.numbering:
        yield f"\n{found.numbering.in_language(language)}"
    if found.changes:
        yield f"\n{(_BREAKS if found.breaking else _COMPATIBLE).in_language(language)}"


def _read(file: str, language: str) -> Reading:
    try:
        return read_contract(terminal.read_text(file))
    except DocumentError as error:
        faults = "\n".join(f"  {problem.sentence(language)}" for problem in error.problems)
        raise terminal.InputError(f"{file}:\n{faults}") from None


def _plain(found: Iterable[Problem]) -> list[dict[str, Any]]:
    return [{"path": one.path, "what": one.what.plain(), "mend": one.mend.plain()} for one in found]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _tell(lines: Iterable[str], where: Any = None) -> None:
    """Print lines without the signs by which a contract of somebody else could steer the terminal."""
    for line in lines:
        print(_UNSEEN.sub("�", line), file=where)


_WRONG = both("niet in orde ({count}).", "not in order ({count}).")
_IN_ORDER = both("in orde.", "in order.")
_TO_THINK_ABOUT = both("Om over na te denken ({count}):", "To think about ({count}):")
_SAME = both("Er is niets veranderd.", "Nothing changed.")
_BREAKS = both("Niet verenigbaar: deze versie breekt iets.", "Not compatible: this version breaks something.")
_COMPATIBLE = both("Verenigbaar: er breekt niets.", "Compatible: nothing breaks.")
_GROUPS: tuple[tuple[set[str], Text], ...] = (
    (
        {"suppliers", "users"},
        both("Breekt voor leveranciers en gebruikers", "Breaks for suppliers and users"),
    ),
    ({"suppliers"}, both("Breekt voor wie levert", "Breaks for who delivers")),
    ({"users"}, both("Breekt voor wie de gegevens gebruikt", "Breaks for who uses the data")),
    (set(), both("Breekt voor niemand", "Breaks for nobody")),
)


def _from_sample(options: argparse.Namespace) -> int:
    """0 made, 3 where a file is none or cannot be read, 4 where the reading could not be finished."""
    from concordia.deliveries.checking import Limits, UnfinishedError, UnreadError, survey_files
    from concordia.domain.contracts.reading import dump_contract
    from concordia.domain.contracts.sampling import proposed

    files = [Path(file) for file in options.files]
    for file in files:
        if not file.is_file():
            raise terminal.InputError(_NO_FILE.in_language(options.language).format(file=file))
    name = options.name or re.sub(r"[^A-Za-z0-9_]+", "_", files[0].name.split(".")[0]).strip("_") or "lines"
    try:
        seen = survey_files(files, limits=Limits(memory=options.memory))
    except UnreadError as error:
        raise terminal.InputError(error.text.in_language(options.language)) from None
    except UnfinishedError as error:
        _tell([error.text.in_language(options.language)], sys.stderr)
        return terminal.UNFINISHED
    except ValueError:
        raise terminal.InputError(_MEMORY.in_language(options.language)) from None
    text = dump_contract(proposed(name, seen))
    if not options.out:
        _tell([text.rstrip("\n")])
        return 0
    try:
        Path(options.out).write_text(text, encoding="utf-8")
    except OSError as error:
        raise terminal.InputError(f"{options.out}: {error.strerror}") from None
    return 0


_WHAT = {"lint": _lint, "show": _show, "diff": _diff, "from-sample": _from_sample}
_NO_FILE = both(
    "{file}: dit bestand is er niet. Controleer de naam.", "{file}: this file is not there. Check its name."
)
_MEMORY = both(
    "Geef geheugen als 512MB of 2GB, en minstens 192MB.", "Give memory as 512MB or 2GB, and at least 192MB."
)
