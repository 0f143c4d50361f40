"""`bin/bench deliveries`: deliveries of national size, judged by us and by others by turns; prints what that takes."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence

from bench.deliveries import contenders as who
from bench.deliveries.aims import HEADS, aims
from bench.deliveries.contenders import Contender
from bench.deliveries.data import Made, as_csv, make
from bench.deliveries.lying import seen
from bench.deliveries.measuring import Measured, by_turns
from bench.lines import MISSED, grid

MILLION = 1_000_000
_MONTH = 17 * MILLION, 4
_ROOM_FOR_ALL = 12  # GB that Great Expectations asks for ten million rows, with room
_COLUMNS = (
    "tool",
    "rows × columns",
    "rules",
    "CPU s",
    "s",
    "peak MB",
    "M cells per CPU s",
    "CPU ÷ ours",
    "exact",
)


def main() -> int:
    """Measure what was asked for; status 0, also when an aim is missed."""
    options = _options()
    measured = _month(options) if options.month else _deliveries(options)
    print(grid(_COLUMNS, [_line(one, measured) for one in measured]))
    found = list(aims(measured, {} if options.month else _elsewhere()))
    print(f"\n{grid(HEADS, found)}")
    missed = sum(MISSED in row for row in found)
    print(
        f"\n{len(found)} aims, {missed} missed. Medians of {options.rounds} rounds by turns, with each program's start."
    )
    return 0


def _deliveries(options: argparse.Namespace) -> list[Measured]:
    full = _made(options.rows)
    small = _made(max(options.rows // 10, 1000))
    as_csv(full)
    chosen = [*who.OURS, who.SCAN, who.CSV, *who.OTHERS]
    jobs = [(one, _fitting(one, full, small)) for one in _wanted(chosen, options)]
    jobs += [(one, small) for one in (who.ALL, who.ALL_512) if one in _wanted(who.OURS, options)]
    measured = by_turns(jobs, options.rounds)
    if options.hundred:
        measured += by_turns([(who.ALL_512, _made(100 * MILLION))], 1)
    return measured


def _month(options: argparse.Namespace) -> list[Measured]:
    rows, parts = _MONTH
    month = _made(MILLION if options.quick else rows, parts)
    return by_turns([(who.MONTH, month), (who.SCAN, month)], options.rounds)


def _wanted(chosen: Sequence[Contender], options: argparse.Namespace) -> Iterator[Contender]:
    yield from (one for one in chosen if not options.only or any(word in one.name for word in options.only))


def _fitting(one: Contender, full: Made, small: Made) -> Made:
    """The whole delivery, or a tenth for what has no room for it here."""
    room = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return small if one.slow and room < _ROOM_FOR_ALL * full.rows / 10 / MILLION else full


def _made(rows: int, parts: int = 1) -> Made:
    print(f"making {rows:,} rows, where they are not there yet ...", file=sys.stderr, flush=True)
    return make(rows, parts)


def _elsewhere() -> dict[str, float]:
    """Aims that are not about these deliveries: XML, and statistics that lie."""
    from bench.xml import speed

    return {"xml": speed(200_000), "lies": seen()}


def _line(one: Measured, measured: Sequence[Measured]) -> tuple[str, ...]:
    delivery = one.delivery
    size = f"{delivery.rows:,} × {delivery.cells // delivery.rows}"
    if one.why:
        return (one.contender.name, size, *[""] * 6, f"not measured: {one.why[:100]}")
    name = one.contender.name + (f" ({len(one.runs)} round)" if one.contender.slow else "")
    base = next(
        (
            other
            for other in measured
            if other.contender is who.ALL and other.delivery == delivery and other.runs
        ),
        None,
    )
    return (
        *(name, size, str(one.given or "")),
        *(f"{one.cpu:.1f}", f"{one.wall:.1f}", f"{one.peak:.0f}", f"{one.speed:.1f}"),
        f"{one.cpu / base.cpu:.2f}" if base else "",
        (f"{one.exact} of {one.given}" if one.given else "") + (f", {_wrong(one)}" if one.wrong else ""),
    )


def _wrong(one: Measured) -> str:
    return "; ".join(f"{name}: {told}" for name, told in list(one.wrong.items())[:3])


def _options() -> argparse.Namespace:
    made = argparse.ArgumentParser(prog="bin/bench deliveries", description=__doc__)
    made.add_argument("--rows", type=int, default=10 * MILLION, help="rows of the delivery, in thousands")
    made.add_argument("--quick", action="store_true", help="a million rows, one round, to see that it works")
    made.add_argument("--rounds", type=int, default=3, help="rounds by turns, of which medians are taken")
    made.add_argument("--hundred", action="store_true", help="also a hundred million rows, by us alone")
    made.add_argument("--month", action="store_true", help="instead: a month, 17 million rows × 100 columns")
    made.add_argument(
        "--only", action="append", metavar="WORD", help="only those with this word in their name"
    )
    options = made.parse_args()
    if options.quick:
        options.rows, options.rounds = MILLION, 1
    return options


if __name__ == "__main__":
    sys.exit(main())
