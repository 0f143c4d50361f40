"""`bin/bench`: measure, and print one table. Nothing fails for being slow; a missed aim is said in a word."""

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Iterator

from bench.databases import POSTGRESQL, SQLITE, installation
from bench.deliveries.__main__ import main as deliveries
from bench.lines import MISSED, Line, table

PARTS = {
    "pages": ("pages",),
    "writes": ("writes",),
    "register": ("verifying", "register"),
    "memory": ("memory",),
    "first-view": ("first-view",),
    "xml": ("xml",),
}
_ANY = {"verifying", "first-view", "xml"}  # the same on every database: measured once


def main() -> int:
    """Measure the parts that were asked for; status 0, also when an aim is missed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and folders go as on Ctrl+C
    if sys.argv[1:2] == ["deliveries"]:  # needs no installation, and has options of its own
        sys.argv.pop(1)
        return deliveries()
    options = _options()
    wanted = [SQLITE, POSTGRESQL] if options.database == "both" else [options.database]
    parts = [part for name in options.parts or PARTS for part in PARTS[name]]
    lines = [line for part in parts for line in _measured(part, wanted, options.quick)]
    print(table(lines))
    missed = sum(line.verdict.startswith(MISSED) for line in lines)
    print(f"\n{len(lines)} lines, {missed} missed. Numbers of a shared machine vary by half from run to run.")
    return 0


def _measured(part: str, databases: list[str], quick: bool) -> Iterator[Line]:
    for database in databases[:1] if part in _ANY else databases:
        print(f"measuring {part} on {database} ...", file=sys.stderr, flush=True)
        with installation(database) as environment:
            command = [sys.executable, "-m", "bench.part", part, *(["--quick"] if quick else [])]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)  # noqa: S603
        for row in json.loads(done.stdout):
            line = Line(**{**row, "database": "any" if part in _ANY else database})
            print(f"  {line.what}: {line.typical}; {line.worst}", file=sys.stderr, flush=True)
            yield line


def _options() -> argparse.Namespace:
    made = argparse.ArgumentParser(
        prog="bin/bench",
        description="Measure the product; prints one table.",
        epilog="bin/bench deliveries measures the checking of deliveries apart; see its --help.",
    )
    made.add_argument("parts", nargs="*", choices=tuple(PARTS), metavar="PART", help=", ".join(PARTS))
    made.add_argument("--database", choices=(SQLITE, POSTGRESQL, "both"), default="both")
    made.add_argument("--quick", action="store_true", help="small sizes, to see that it works")
    return made.parse_args()


if __name__ == "__main__":
    sys.exit(main())
