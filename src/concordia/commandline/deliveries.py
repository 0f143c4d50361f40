"""Check a delivery from a terminal: at a supplier before it is handed in, at an auditor to count again."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from concordia.commandline import terminal
from concordia.commandline.check_options import EMBEDDED, check_options
from concordia.commandline.check_words import STEPS, WORDS
from concordia.domain.contracts.model import Contract
from concordia.domain.contracts.reading import read_contract
from concordia.domain.problems import DocumentError

if TYPE_CHECKING:
    from concordia.deliveries.checking import Quarantine
    from concordia.domain.checking.report import Report
    from concordia.domain.checking.result import Result


def check(argv: Sequence[str]) -> int:
    """`check CONTRACT FILE…`: 0 accept, 1 with remarks, 2 refuse, 3 bad contract or call, 4 could not finish."""
    if list(argv) == ["--print-schema"]:
        from concordia.domain.checking.document import result_schema

        print(json.dumps(result_schema(), indent=2))
        return 0
    options = check_options(argv)
    try:
        asked = _asked(options)
    except terminal.InputError as error:
        return _refuse(str(error))

    from concordia.deliveries.checking import UnfinishedError, UnreadError

    steps = _Steps(options.language)
    try:
        result = _checked(options, asked, steps)
    except UnfinishedError as error:
        return _refuse(error.text.in_language(options.language), terminal.UNFINISHED)
    except UnreadError as error:
        return _refuse(error.text.in_language(options.language))
    except ValueError:
        return _refuse(_say(options, "memory"))
    finally:
        steps.clear()
    return _hand_over(options, result, asked.previous)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a call asks, read and found to be there."""

    contract: str
    item: str
    references: dict[str, list[str]]
    previous: "Result | None"
    quarantine: "Quarantine | None"


def _asked(options: argparse.Namespace) -> _Asked:
    """Everything that a call names. Raises InputError."""
    text = terminal.read_text(options.contract)
    contract = _contract(text, options)
    item = _object(contract, options)
    _require_server(contract, options)
    _require_of_engine(options)
    return _Asked(text, item, _references(options), _previous(options), _quarantine(options))


def _checked(options: argparse.Namespace, asked: _Asked, steps: "_Steps") -> "Result":
    if options.engine != EMBEDDED:
        return _checked_on_spark(options, asked, steps)

    from concordia.deliveries.checking import Limits, check_delivery

    return check_delivery(
        asked.contract,
        asked.item,
        [Path(file) for file in options.files],
        references={name: [Path(file) for file in files] for name, files in asked.references.items()},
        server=options.server,
        schema=Path(options.schema) if options.schema else None,
        sample=options.sample,
        profile=not options.no_profile,
        quarantine=asked.quarantine,
        limits=Limits(memory=options.memory, seconds=options.seconds, threads=options.threads),
        progress=steps.tell,
    )


def _checked_on_spark(options: argparse.Namespace, asked: _Asked, steps: "_Steps") -> "Result":
    from concordia.deliveries.spark.engine import check_on_spark

    return check_on_spark(
        asked.contract,
        asked.item,
        options.files,
        options.engine,
        references=asked.references,
        sample=options.sample,
        profile=not options.no_profile,
        progress=steps.tell,
    )


def _hand_over(options: argparse.Namespace, result: "Result", previous: "Result | None") -> int:
    """Write and print what was found; the status to end with."""
    from concordia.deliveries.outputs import is_full
    from concordia.domain.checking.report import report_lines, report_of

    report = report_of(result, previous)
    try:
        _write(options, result, previous, report)
    except OSError as error:
        status = terminal.UNFINISHED if is_full(error) else terminal.BAD_INPUT
        return _refuse(f"{error.filename}: {error.strerror}. {_say(options, 'not_written')}", status)
    print("\n".join(report_lines(report, options.language, whole=options.whole)))
    if options.quarantine:
        print(_quarantined(options, dict(result.run)))
    return result.exit_code


def _quarantined(options: argparse.Namespace, run: dict[str, str]) -> str:
    """How many failing rows were written, and where."""
    if "quarantineRows" not in run:
        return _say(options, "nothing_quarantined").format(file=options.quarantine)
    count = f"{int(run['quarantineRows']):,}"
    shown = count.replace(",", ".") if options.language == "nl" else count
    told = "quarantined_more" if run.get("quarantineMore") == "true" else "quarantined"
    return _say(options, told).format(rows=shown, file=options.quarantine)


def _write(
    options: argparse.Namespace, result: "Result", previous: "Result | None", report: "Report"
) -> None:
    """The document, the page and the PDF that were asked for. Raises OSError."""
    from concordia.deliveries.outputs import keep
    from concordia.deliveries.papers import page, sections
    from concordia.domain.checking.result import to_plain

    language = options.language
    if options.json:
        document = json.dumps(to_plain(result, previous), ensure_ascii=False, indent=2)
        keep(f"{document}\n".encode(), Path(options.json))
    if options.html:
        keep(page(report, language).encode(), Path(options.html))
    if options.pdf:
        from concordia.web.shared.documents import make_pdf

        made = make_pdf(
            title=report.verdict.in_language(language),
            language=language,
            sections=list(sections(report, language)),
            footer=f"{result.contract_id} {result.contract_version}",
        )
        keep(made, Path(options.pdf))


def _contract(text: str, options: argparse.Namespace) -> Contract:
    try:
        return read_contract(text).contract
    except DocumentError as error:
        faults = "\n".join(f"  {problem.sentence(options.language)}" for problem in error.problems)
        raise terminal.InputError(f"{options.contract}:\n{faults}") from None


def _object(contract: Contract, options: argparse.Namespace) -> str:
    names = [item.name for item in contract.objects]
    if options.object is None and len(names) == 1:
        return names[0]
    if options.object in names:
        return str(options.object)
    told = "no_object" if not names else "object"
    raise terminal.InputError(_say(options, told).format(names=", ".join(names)))


def _references(options: argparse.Namespace) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in [*options.files, *([options.schema] if options.schema else [])]:
        _require_file(file, options)
    for written in options.reference:
        name, equals, file = written.partition("=")
        if not equals or not name or not file:
            raise terminal.InputError(_say(options, "reference"))
        _require_file(file, options)
        found.setdefault(name, []).append(file)
    return found


def _require_of_engine(options: argparse.Namespace) -> None:
    """Nothing that was asked is passed over in silence."""
    asked = [name for name in ("schema", "server", "quarantine") if getattr(options, name) is not None]
    if options.engine != EMBEDDED and asked:
        raise terminal.InputError(_say(options, "not_on_spark").format(option=f"--{asked[0]}"))


def _require_server(contract: Contract, options: argparse.Namespace) -> None:
    names = [server.server for server in contract.servers]
    if options.server is not None and options.server not in names:
        raise terminal.InputError(_say(options, "server").format(names=", ".join(names) or "–"))


def _quarantine(options: argparse.Namespace) -> "Quarantine | None":
    """Where failing rows go. What cannot be written there is told before anything is read."""
    if options.quarantine is None:
        return None
    from concordia.deliveries.checking import QUARANTINE_FORMS, Quarantine

    place = Path(options.quarantine)
    if place.suffix.lower() not in QUARANTINE_FORMS or place.is_dir():
        raise terminal.InputError(_say(options, "quarantine"))
    if not place.resolve().parent.is_dir():
        raise terminal.InputError(_say(options, "no_folder").format(file=place))
    if any(place.exists() and place.samefile(file) for file in options.files):
        raise terminal.InputError(_say(options, "own_file").format(file=place))
    return Quarantine(place, options.quarantine_rows, options.language)


def _require_file(file: str, options: argparse.Namespace) -> None:
    elsewhere = options.engine != EMBEDDED  # there the cluster says whether it sees a file
    if not elsewhere and not Path(file).is_file():
        raise terminal.InputError(_say(options, "no_file").format(file=file))


def _previous(options: argparse.Namespace) -> Any:
    if options.previous is None:
        return None
    from concordia.domain.checking.result import from_plain

    try:
        return from_plain(json.loads(terminal.read_text(options.previous)))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise terminal.InputError(_say(options, "previous").format(file=options.previous)) from None


class _Steps:
    """What is being done, on one line of a terminal; nothing where the output goes elsewhere."""

    def __init__(self, language: str) -> None:
        self.words, self.shown = STEPS[language], sys.stderr.isatty()

    def tell(self, stage: str, _done: int, _of: int) -> None:
        """Show a step."""
        if self.shown and stage in self.words:
            print(f"\r\x1b[K{self.words[stage]} …", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Leave an empty line."""
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _say(options: argparse.Namespace, what: str) -> str:
    return WORDS[options.language][what]


def _refuse(sentence: str, status: int = terminal.BAD_INPUT) -> int:
    print(sentence, file=sys.stderr)
    return status
