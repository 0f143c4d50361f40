"""What `concordia check` can be asked."""

import argparse
from collections.abc import Sequence

from concordia.commandline import terminal

EMBEDDED = "embedded"


def check_options(argv: Sequence[str]) -> argparse.Namespace:
    """The words of a call; what is none ends with status 3."""
    made = terminal.parser("check", "Check a delivery against a data contract.")
    made.add_argument("contract", metavar="CONTRACT.odcs.yaml")
    made.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="Parquet, CSV, JSON lines or XML; gzip or zip; together one delivery",
    )
    made.add_argument(
        "--object", default=None, help="which object of the contract, where it has more than one"
    )
    made.add_argument(
        "--reference",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="another delivery or list that rules look into; may be repeated",
    )
    made.add_argument(
        "--server",
        default=None,
        metavar="NAME",
        help="the server of the contract that says how a CSV is written, where there are several",
    )
    made.add_argument(
        "--schema",
        default=None,
        metavar="FILE.xsd",
        help="the XML Schema that messages have to follow, with what it includes beside it",
    )
    _add_outputs(made)
    _add_limits(made)
    return made.parse_args(argv)


def _add_outputs(made: argparse.ArgumentParser) -> None:
    made.add_argument("--json", default=None, metavar="FILE", help="write the result document to FILE")
    made.add_argument(
        "--previous", default=None, metavar="FILE", help="a former result document, to compare with"
    )
    made.add_argument("--html", default=None, metavar="FILE", help="write the report as a page to FILE")
    made.add_argument("--pdf", default=None, metavar="FILE", help="write the report as a tagged PDF to FILE")
    made.add_argument(
        "--quarantine",
        default=None,
        metavar="FILE.csv|.parquet|.jsonl",
        help="write every row that fails a rule about rows to FILE",
    )
    made.add_argument(
        "--quarantine-rows",
        type=_positive,
        default=100_000,
        metavar="N",
        help="at most so many of them; 100000 without it",
    )
    made.add_argument("--print-schema", action="store_true", help="alone: the JSON Schema of the document")
    made.add_argument("--whole", action="store_true", help="show also what is in order")


def _add_limits(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--engine",
        default=EMBEDDED,
        metavar="ENGINE",
        help="embedded, or a Spark that sees the files (Parquet): sc://host:port or spark://host:port",
    )
    made.add_argument("--memory", default="512MB", help="what the reading may use, from 192MB")
    made.add_argument("--seconds", type=int, default=None, help="processor seconds the reading may use")
    made.add_argument("--threads", type=int, default=2, choices=range(1, 65), metavar="N")
    made.add_argument(
        "--sample",
        type=int,
        default=20,
        choices=range(1001),
        metavar="N",
        help="failing rows to show per rule",
    )
    made.add_argument(
        "--no-profile", action="store_true", help="leave out lowest, highest and distinct values"
    )


def _positive(written: str) -> int:
    if not 1 <= int(written) <= 1_000_000_000:
        raise ValueError(written)
    return int(written)
