"""`concordia verify`: whether a bundle is intact, offline, with nothing but the file and the pinned keys.

Leans on the domain only. The witness a partner runs is a second implementation of the same rules, on purpose.
"""

import argparse
import json
import locale
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, NoReturn

from concordia.domain.archive import Archive, ArchiveError
from concordia.domain.bundle import (
    DESCRIPTION,
    PRIVATE,
    README,
    Description,
    looks_like_a_bundle,
    open_bundle,
)
from concordia.domain.checkpoint import parse_checkpoint
from concordia.domain.faults import RegisterError
from concordia.domain.notes import VerifierKey
from concordia.domain.texts import Text, both
from concordia.verifier import report as reports
from concordia.verifier.heads import verify_heads
from concordia.verifier.report import Failure, LogReport, Report, ordered
from concordia.verifier.signatures import verify_signatures
from concordia.verifier.source import Source
from concordia.verifier.tree import verify_entries

__all__ = ["BadInputError", "Failure", "LogReport", "Report", "main", "verify"]

INTACT, NOT_INTACT, BAD_INPUT = 0, 1, 3


class BadInputError(RegisterError):
    """A file or key that nothing can be verified with, as opposed to a bundle that is not intact."""


def verify(path: Path, *, vkeys: Sequence[str] | None = None, since: bytes | None = None) -> Report:
    """Verify the bundle in `path` (docs/register-format.md, section 8).

    `vkeys` are the log keys a partner pinned; without them the keys in the bundle are believed, and the
    report says so. `since` is an older checkpoint, a signed note, that the log has to continue. Raises
    BadInputError.
    """
    pins = _pins(vkeys or ())
    if since is not None:
        _check_since(since)
    try:
        with path.open("rb") as file:
            return _verify_file(file, path, pins, since)
    except OSError as error:
        raise BadInputError(
            f"{path}: dit bestand is niet te lezen ({error.strerror or error}).",
            f"{path}: this file cannot be read ({error.strerror or error}).",
        ) from None


def main(argv: Sequence[str] | None = None) -> int:
    """`verify FILE.zip`: 0 intact, 1 not, naming the first entry that fails, 3 nothing to verify."""
    options = _parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name must not stop a terminal that lacks one of its letters
            stream.reconfigure(errors="replace")
    try:
        since = _read(options.since) if options.since else None
        report = verify(options.file, vkeys=options.vkey, since=since)
        return _tell(report, options)
    except RegisterError as error:
        refusal = both(error.nl, error.en)
    except MemoryError:
        refusal = both(
            "Er is te weinig geheugen voor dit bestand.", "There is too little memory for this file."
        )
    except Exception as error:  # people were promised a sentence
        what = f"{type(error).__name__}: {error}"
        refusal = both(
            f"Dit ging anders dan voorzien ({what}). Niets is goedgekeurd. Meld dit, met het bestand erbij.",
            f"This went otherwise than foreseen ({what}). Nothing was approved. Please report it, with the file.",
        )
    print(refusal.in_language(options.language), file=sys.stderr)
    return BAD_INPUT


def _tell(report: Report, options: argparse.Namespace) -> int:
    """Print the report; the exit status, which is the verdict also where nobody reads to the end."""
    is_refused_for_quorum = options.quorum and not report.quorum_met
    try:
        if options.json:
            print(json.dumps(report.to_json(), indent=2))
        else:
            _print(report, options.language, is_refused_for_quorum)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise BadInputError(
                f"De uitslag was niet te tonen ({error.strerror}).",
                f"What was found could not be shown ({error.strerror}).",
            ) from None
    return INTACT if report.intact and not is_refused_for_quorum else NOT_INTACT


def _print(report: Report, language: str, is_refused_for_quorum: bool) -> None:
    lines = report.lines(language)
    if is_refused_for_quorum:
        short = both("Te weinig partners hebben medeondertekend.", "Too few partners have cosigned.")
        lines.append(short.in_language(language))
    for line in "\n".join(lines).split("\n"):
        # Names come from the file, and a terminal acts on some characters.
        print("".join(character if character.isprintable() else "\ufffd" for character in line))


def _verify_file(file: BinaryIO, path: Path, pins: Sequence[VerifierKey], since: bytes | None) -> Report:
    try:
        archive = open_bundle(file)
    except ArchiveError as error:
        if not looks_like_a_bundle(file):
            raise BadInputError(
                f"{path} is geen bundel van Concordia.", f"{path} is not a bundle of Concordia."
            ) from None
        failure = Failure(reports.WHOLE, None, "archive", both(error.nl, error.en))
        return Report(
            both("Een bundel die niet te openen is.", "A bundle that cannot be opened."), (), (failure,)
        )
    return _verify_archive(archive, pins, since)


def _verify_archive(archive: Archive, pins: Sequence[VerifierKey], since: bytes | None) -> Report:
    sources, whole = [Source(archive, "")], LogReport(reports.WHOLE)
    described = _verify_description(sources[0], whole)
    partner = described.partner_id if described else ""
    logs = [_verify_log(sources[0], LogReport(reports.SHARED), pins, since, partner)]
    if any(name.startswith(PRIVATE) for name in archive.names):
        sources.append(Source(archive, PRIVATE))
        logs.append(_verify_log(sources[1], LogReport(reports.PRIVATE), pins, since, partner))
    if described and described.origin != logs[0].origin:
        nl, en = "bundle.json noemt een ander register.", "bundle.json names another log."
        whole.fail(None, "description", nl, en)
    verify_heads(logs, sources[-1])
    _check_files(sources, whole)
    if since is not None and parse_checkpoint(since).origin not in {log.origin for log in logs}:
        nl, en = "De oudere stand is van een ander register.", "The older checkpoint is of another log."
        whole.fail(None, "since", nl, en)
    failures = [failure for log in (*logs, whole) for failure in log.failures]
    return Report(_title(described), tuple(logs), ordered(failures))


def _verify_log(
    source: Source, report: LogReport, pins: Sequence[VerifierKey], since: bytes | None, partner: str
) -> LogReport:
    expected = verify_signatures(source, report, pins, since)
    if expected is None:
        source.was_followed = False
    else:
        verify_entries(source, report, expected, partner)
    return report


def _verify_description(source: Source, whole: LogReport) -> Description | None:
    """Check the files for people; what the bundle says it is, None where that cannot be read."""
    for name in (README, DESCRIPTION):
        if source.read(name) is None:
            whole.fail(None, "missing", f"{name} ontbreekt.", f"{name} is missing.")
    try:
        return Description.from_bytes(source.read(DESCRIPTION) or b"")
    except RegisterError as error:
        whole.fail_for(None, "description", error)
        return None


def _title(described: Description | None) -> Text:
    if described is None:
        return both("Bundel zonder beschrijving.", "Bundle without a description.")
    alliance, partner = described.alliance_name, described.partner_name
    return both(f"Bundel van {alliance} voor {partner}.", f"Bundle of {alliance} for {partner}.")


def _check_files(sources: Sequence[Source], whole: LogReport) -> None:
    """Every file belongs, and is as it was written; the other failures say what the damage did."""
    for source in sources:
        for name in source.left_over():
            whole.fail(None, "extra", f"{name} hoort er niet bij.", f"{name} does not belong.")
        for name in source.damaged:
            whole.fail(None, "damaged", f"{name} is beschadigd.", f"{name} is damaged.")


def _pins(vkeys: Sequence[str]) -> list[VerifierKey]:
    try:
        return [VerifierKey.parse(text) for text in vkeys]
    except RegisterError as error:
        raise BadInputError(f"--vkey: {error.nl}", f"--vkey: {error.en}") from None


def _check_since(since: bytes) -> None:
    try:
        parse_checkpoint(since)
    except RegisterError as error:
        raise BadInputError(f"--since: {error.nl}", f"--since: {error.en}") from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(2_000_000)
    except OSError as error:
        raise BadInputError(
            f"{path}: {error.strerror}. Geef een leesbaar bestand.",
            f"{path}: {error.strerror}. Give a readable file.",
        ) from None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(BAD_INPUT, f"{message}\n")


def _parser() -> argparse.ArgumentParser:
    made = _Parser(prog="concordia verify", description="Verify a bundle, offline.")
    made.add_argument("file", type=Path, metavar="FILE.zip")
    made.add_argument("--vkey", action="append", help="a log key you pinned; may be given more than once")
    made.add_argument("--since", type=Path, metavar="FILE", help="an older checkpoint that must be continued")
    made.add_argument("--quorum", action="store_true", help="fail too when too few partners cosigned")
    made.add_argument("--json", action="store_true", help="print the report as JSON")
    made.add_argument("--language", choices=("nl", "en"), default=_language())
    return made


def _language() -> str:
    chosen = os.environ.get("LC_ALL") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return "nl" if chosen.lower().startswith("nl") else "en"
