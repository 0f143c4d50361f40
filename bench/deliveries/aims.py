"""What was aimed at: for each floor and goal what this run came to, and whether that meets it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan, nan

from bench.deliveries import contenders as who
from bench.deliveries.contenders import Contender
from bench.deliveries.measuring import Measured
from bench.lines import judged

HEADS = ("aim", "this run", "floor", "", "goal", "")
_MONTHS = 12


@dataclass(frozen=True)
class Aim:
    """A number to reach: at least `floor` and rather `goal`, or at most where `most`."""

    what: str
    form: str
    floor: float
    goal: float | None = None
    most: bool = False

    def row(self, value: float | None) -> tuple[str, ...]:
        """The line of the table. Nothing is judged where nothing was measured; what did not finish (NaN) misses."""
        sign = "≤" if self.most else "≥"
        floor = f"{sign} {self.form.format(self.floor)}"
        goal = "" if self.goal is None else f"{sign} {self.form.format(self.goal)}"
        if value is None:
            return (self.what, "not measured in this run", floor, "", goal, "")
        told = "did not finish" if isnan(value) else self.form.format(value)
        reaches = "" if self.goal is None else "reached" if self._met(value, self.goal) else "not yet"
        return (self.what, told, floor, judged(self._met(value, self.floor)), goal, reaches)

    def _met(self, value: float, aim: float) -> bool:
        return value <= aim if self.most else value >= aim


class Found:
    """What was measured, to be asked for by contender and size."""

    def __init__(self, measured: Sequence[Measured]) -> None:
        main = measured[0].delivery.rows if measured else 0
        self.measured = [one for one in measured if not one.why]
        self.main = [one for one in self.measured if one.delivery.rows <= main]
        self.failed = {one.contender.name for one in measured if one.why and one.delivery.rows <= main}
        self.rows = sorted({one.delivery.rows for one in self.measured if one.delivery.parts == 1})

    def of(self, contender: Contender, rows: int | None = None) -> Measured | None:
        """The runs of a contender on a delivery of so many rows, else on the one that all this is about."""
        found = [one for one in (self.measured if rows else self.main) if one.contender is contender]
        fitting = [one for one in found if rows in (None, one.delivery.rows)]
        return max(fitting, key=lambda one: one.delivery.rows, default=None)

    def number(self, contender: Contender, what: Callable[[Measured], float]) -> float | None:
        """A number of a contender; NaN where it did not finish, None where it was not asked."""
        one = self.of(contender)
        return nan if contender.name in self.failed else what(one) if one else None

    def times(self, one: Contender, other: Contender, what: Callable[[Measured], float]) -> float | None:
        """How many times as much one took as the other, on the largest delivery that both did."""
        if other.name in self.failed:
            return nan
        first = self.of(one)
        second = first and self.of(other, first.delivery.rows)
        return what(first) / what(second) if first and second else None


def aims(measured: Sequence[Measured], others: dict[str, float]) -> Iterator[tuple[str, ...]]:
    """A line for each aim. `others` are numbers that come from elsewhere: `xml` and `lies`."""
    found = Found(measured)
    yield from _speeds(found)
    yield from _others(found)
    yield from _memory(found)
    yield Aim("XML to columns, M cells per CPU second", "{:.1f}", 5, 10).row(others.get("xml"))
    csv = found.number(who.CSV, lambda one: one.speed)
    yield Aim("CSV with 31 rules, M cells per CPU second", "{:.1f}", 11, 20).row(csv)
    yield Aim("values that a lying footer denies, share seen", "{:.0%}", 1).row(others.get("lies"))
    yield Aim("counts of ours equal to what is known", "{:.1%}", 1).row(_exact(measured))


def _exact(measured: Sequence[Measured]) -> float | None:
    """The share of counts of ours that are right; what was found where nothing is makes one wrong."""
    mine = [one for one in measured if one.contender.contract and not one.why]
    given = sum(one.given for one in mine)
    return (given - sum(len(one.wrong) for one in mine)) / given if given else None


def _speeds(found: Found) -> Iterator[tuple[str, ...]]:
    rows, every = (found.number(one, lambda one: one.speed) for one in (who.REFERENCES, who.ALL))
    yield Aim("31 rules, M cells per CPU second", "{:.1f}", 30, 65).row(rows)
    yield Aim("33 rules, M cells per CPU second", "{:.1f}", 20, 40).row(every)
    over = found.times(who.REFERENCES, who.SCAN, lambda one: one.cpu)
    yield Aim("31 rules, CPU ÷ raw scan", "{:.2f}", 3.3, 1.7, most=True).row(over)
    month = found.number(who.MONTH, lambda one: one.wall)
    yield Aim("a month of 124 rules and 4 keys, seconds", "{:.1f}", 60, 30, most=True).row(month)
    peak = found.number(who.MONTH, lambda one: one.peak)
    yield Aim("the same, memory in MB", "{:.0f}", 1000, 1000, most=True).row(peak)
    year = None if month is None else month * _MONTHS / 60
    yield Aim("a year (twelve such months), minutes", "{:.1f}", 12, 6, most=True).row(year)


def _others(found: Found) -> Iterator[tuple[str, ...]]:
    asked = (
        (who.DATACONTRACT, "CPU", 2.4, 5),
        (who.DATACONTRACT, "memory", 6, None),
        (who.SODA, "CPU", 1.8, 4),
        (who.EXPECTATIONS, "CPU", 10, None),
        (who.EXPECTATIONS, "seconds", 10, 25),
        (who.PANDERA, "CPU", 1, 2.5),
        (who.PANDERA, "memory", 8, None),
    )
    of = {"CPU": lambda one: one.cpu, "memory": lambda one: one.peak, "seconds": lambda one: one.wall}
    for other, what, floor, goal in asked:
        mine = who.ALL_512 if what == "memory" else who.ALL
        value = found.times(other, mine, of[what])
        yield Aim(f"{other.name}: {what} ÷ ours", "{:.2f}", floor, goal).row(value)


def _memory(found: Found) -> Iterator[tuple[str, ...]]:
    cap = Aim("33 rules under a hard cap, MB of the reading process", "{:.0f}", 256, most=True)
    yield cap.row(found.number(who.ALL_256, lambda one: one.largest))
    sizes = [one for rows in found.rows if (one := found.of(who.ALL_512, rows))]
    grown = None
    if who.ALL_512.name in found.failed:
        grown = nan, nan
    elif len(sizes) > 1:
        grown = _memory_of(sizes[0], sizes[-1]), _time_of(sizes[0], sizes[-1])
    growth = Aim("growth of memory, bytes a row", "{:.1f}", 8, 0, most=True)
    yield growth.row(grown and grown[0])
    linear = Aim("seconds a million rows take: with most rows ÷ with fewest", "{:.2f}", 1.1, 1, most=True)
    yield linear.row(grown and grown[1])


def _memory_of(first: Measured, last: Measured) -> float:
    return max(0, (last.peak - first.peak) * 1e6 / (last.delivery.rows - first.delivery.rows))


def _time_of(first: Measured, last: Measured) -> float:
    return (last.wall / last.delivery.rows) / (first.wall / first.delivery.rows)
