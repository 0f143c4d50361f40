"""Faults put into sound rows: one row in every thousand, each in turn, so that every rule's count is known."""

from collections import Counter
from collections.abc import Callable

import numpy as np

from bench.deliveries.columns import EMPLOYERS, GROUP, SECTORS, SEED, STRANGERS, Columns, Whole
from bench.deliveries.rules import KEY_COLUMNS

BLOCK = 1000  # rows, of which one is wrong


def _set(column: str, value: int) -> Callable[[Columns, Whole], None]:
    def put(columns: Columns, at: Whole) -> None:
        columns[column].values[at] = value
        columns[column].empty[at] = False

    return put


def _empty(column: str) -> Callable[[Columns, Whole], None]:
    def put(columns: Columns, at: Whole) -> None:
        columns[column].empty[at] = True

    return put


def _other_word(column: str) -> Callable[[Columns, Whole], None]:
    """The last word a column knows is a wrong one."""

    def put(columns: Columns, at: Whole) -> None:
        _set(column, len(columns[column].known) - 1)(columns, at)

    return put


def _employer(after: int) -> Callable[[Columns, Whole], None]:
    def put(columns: Columns, at: Whole) -> None:
        columns["employer"].values[at] = EMPLOYERS + after + at % STRANGERS

    return put


def _no_citizen(columns: Columns, at: Whole) -> None:
    """One more or one less in the last digit alone, so that the eleven-test cannot hold."""
    columns["citizen"].values[at] ^= 1


def _ends_before(columns: Columns, at: Whole) -> None:
    columns["period_end"].values[at] = columns["period_start"].values[at] - 1


def _below_zero(columns: Columns, at: Whole) -> None:
    columns["wage"].values[at] = columns["tax"].values[at] = -100


def _taxed_beyond(columns: Columns, at: Whole) -> None:
    columns["tax"].values[at] = columns["wage"].values[at] + 1


def _not_insured(columns: Columns, at: Whole) -> None:
    columns["is_insured_work"].values[at] = 0
    columns["premium_work"].values[at] = 500


def _leading_zero(columns: Columns, at: Whole) -> None:
    columns["postcode"].values[at, 0] = ord("0")
    columns["postcode"].empty[at] = False


def _nowhere(columns: Columns, at: Whole) -> None:
    columns["country"].values[at] = 0
    columns["postcode"].empty[at] = True


def _again(columns: Columns, at: Whole) -> None:
    """The key of the row before, which is sound; with its end, so that it does not end before it starts."""
    for name in (*KEY_COLUMNS, "period_end"):
        columns[name].values[at] = columns[name].values[at - 1]


FAULTS: tuple[tuple[tuple[str, ...], Callable[[Columns, Whole], None]], ...] = (
    (("line.minimum",), _set("line", -1)),
    (("employer.required",), _empty("employer")),
    (("employer.eleven", "employer.reference"), _employer(STRANGERS)),
    (("payroll.pattern",), _other_word("payroll")),
    (("citizen.required",), _empty("citizen")),
    (("citizen.eleven",), _no_citizen),
    (("relation.minimum",), _set("relation", 0)),
    (("relation.maximum",), _set("relation", 100)),
    (("period_start.required",), _empty("period_start")),
    (("ends-after-start",), _ends_before),
    (("born.minimum",), _set("born", -29_000)),
    (("born.maximum",), _set("born", 22_000)),
    (("kind.valid",), _other_word("kind")),
    (("contract.valid",), _other_word("contract")),
    (("risk_group.valid",), _other_word("risk_group")),
    (("hours.minimum",), _set("hours", -1)),
    (("hours.maximum",), _set("hours", 745)),
    (("wage.minimum",), _below_zero),
    (("wage_insured.maximum",), _set("wage_insured", 100_000_001)),
    (("tax-within-wage",), _taxed_beyond),
    (("premium_work.minimum",), _set("premium_work", -1)),
    (("premium_sick.minimum",), _set("premium_sick", -1)),
    (("is_insured_sick.required",), _empty("is_insured_sick")),
    (("premium-if-insured",), _not_insured),
    (("postcode.pattern",), _leading_zero),
    (("country.pattern",), _other_word("country")),
    (("postcode-at-home",), _nowhere),
    (("reason.valid",), _other_word("reason")),
    (("employer.reference",), _employer(0)),
    (("wage_table.reference",), _other_word("wage_table")),
    (("sector.reference",), _set("sector", SECTORS + 1)),
    (("once",), _again),
)


def put_in(columns: Columns, part: int, group: int) -> None:
    """Put the faults of a group in its rows."""
    random = np.random.default_rng([SEED, 3, part, group])
    blocks = np.arange(GROUP // BLOCK)
    places = blocks * BLOCK + random.integers(1, BLOCK, len(blocks))
    turn = (blocks + group * len(blocks)) % len(FAULTS)
    for number, (_, put) in enumerate(FAULTS):
        put(columns, places[turn == number])


def counted(rows: int, suffix: str = "") -> dict[str, int]:
    """How many rows fail each rule about rows."""
    blocks = rows // BLOCK
    found: Counter[str] = Counter()
    for number, (names, _) in enumerate(FAULTS):
        times = (blocks - number + len(FAULTS) - 1) // len(FAULTS)
        for name in names:
            column, dot, kind = name.partition(".")
            found[column + suffix + dot + kind] += times
    return dict(found)
