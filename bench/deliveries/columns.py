"""Columns of sound rows, a group at a time and the same for the same seed."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from bench.deliveries.rules import CONTRACTS, KINDS, REASONS, RISKS

SEED = 20_260_105
GROUP = 100_000  # rows made, and written, together
EMPLOYERS, STRANGERS = 40_000, 16  # in the list; besides, sound numbers outside it, and as many unsound ones
TABLES, SECTORS = 60, 69
_CANDIDATES = GROUP * 113 // 100  # one in eleven has no sound last digit
_CITIZENS, _STRIDE = (
    89_999_999,
    48_271_903,
)  # numbers from 10,000,000 on, and a step that meets each of them once

type Flags = np.ndarray[Any, np.dtype[np.bool_]]
type Whole = np.ndarray[Any, np.dtype[np.int64]]


@dataclass
class Numbers:
    """A column of whole numbers, written as `kind`; days since 1970, a decimal as cents, a truth as 0 or 1."""

    values: Whole
    kind: pa.DataType
    empty: Flags

    def arrow(self) -> pa.Array:
        """The column as it is written."""
        if pa.types.is_decimal(self.kind):
            pairs = np.stack([self.values, self.values >> 63], axis=1)  # low and high half of 128 bits
            full = pa.Array.from_buffers(self.kind, len(pairs), [None, pa.py_buffer(pairs.tobytes())])
            return pa.compute.if_else(pa.array(self.empty), pa.scalar(None, self.kind), full)
        if pa.types.is_date(self.kind):
            return pa.array(self.values.astype("int32"), pa.int32(), mask=self.empty).cast(self.kind)
        if pa.types.is_boolean(self.kind):
            return pa.array(self.values != 0, mask=self.empty)
        return pa.array(self.values.astype(self.kind.to_pandas_dtype()), self.kind, mask=self.empty)


@dataclass
class Words:
    """A column of text by the place of each in a list."""

    values: Whole
    known: tuple[str, ...]
    empty: Flags

    def arrow(self) -> pa.Array:
        """The column as it is written."""
        return _texts(self.known).take(pa.array(self.values, mask=self.empty))


@dataclass
class Letters:
    """A column of text of one length, as a table of bytes."""

    values: np.ndarray[Any, np.dtype[np.uint8]]
    empty: Flags

    def arrow(self) -> pa.Array:
        """The column as it is written."""
        count, width = self.values.shape
        ends = pa.py_buffer((np.arange(count + 1, dtype="int32") * width).tobytes())
        full = pa.Array.from_buffers(pa.utf8(), count, [None, ends, pa.py_buffer(self.values.tobytes())])
        return pa.compute.if_else(pa.array(self.empty), pa.scalar(None, pa.utf8()), full)


type Columns = dict[str, Any]


@cache
def _texts(known: tuple[str, ...]) -> pa.Array:
    return pa.array(known)


def nine_digits(eight: Whole) -> tuple[Whole, Flags]:
    """Numbers that pass the eleven-test, of those of these first eight digits that have one; one in eleven has none."""
    total = sum((9 - place) * (eight // 10 ** (7 - place) % 10) for place in range(8)) % 11
    return (eight * 10 + total)[total < 10], total < 10


@cache
def employers() -> tuple[str, ...]:
    """The numbers of employers: those of the list, then sound ones outside it, then unsound ones."""
    sound, _ = nine_digits((np.arange(EMPLOYERS * 2) * 7_368_787 + SEED) % 20_000_000 + 100_000)
    numbers = [*sound[: EMPLOYERS + STRANGERS], *(int(one) ^ 1 for one in sound[-STRANGERS:])]
    return tuple(f"{number:09d}" for number in numbers)


def tables() -> tuple[str, ...]:
    """The wage tables of the list, and one that is not in it."""
    return (*(f"{number * 7:03d}" for number in range(1, TABLES + 1)), "999")


def sound(part: int, group: int) -> Columns:
    """A group of rows in which every rule holds."""
    random = np.random.default_rng([SEED, 2, part, group])
    rows = np.arange(group * GROUP, (group + 1) * GROUP) + 1
    made = _who(random, part, group)
    made |= {"line": Numbers(rows, pa.int64(), _none())}
    made |= _when(random)
    made |= _codes(random)
    made |= _amounts(random)
    return {name: made[name] for name in ORDER}


def _none() -> Flags:
    return np.zeros(GROUP, dtype=bool)


def _who(random: np.random.Generator, part: int, group: int) -> Columns:
    candidates = np.arange(_CANDIDATES) + group * _CANDIDATES
    turn = candidates // _CITIZENS  # who comes by again does so with relations of a higher number
    eight = (candidates % _CITIZENS * _STRIDE + part * 1_234_567) % _CITIZENS + 10_000_000
    citizens, sound = nine_digits(eight)
    employer = (EMPLOYERS * random.random(GROUP) ** 2.5).astype("int64")
    return {
        "employer": Words(employer, employers(), _none()),
        "payroll": Words(
            np.minimum(random.geometric(0.9, GROUP), 12) - 1,
            (*(f"L{number:02d}" for number in range(1, 13)), "L1"),
            _none(),
        ),
        "citizen": Numbers(citizens[:GROUP], pa.int64(), _none()),
        "relation": Numbers(1 + 3 * turn[sound][:GROUP] + random.integers(0, 3, GROUP), pa.int32(), _none()),
    }


def _when(random: np.random.Generator) -> Columns:
    first = np.array([20_454, 20_454, 20_454, 20_423])[random.integers(0, 4, GROUP)]  # January or December
    length = np.where(random.random(GROUP) < 0.15, 27, 30)
    born = 20_454 - random.integers(15 * 365, 75 * 365, GROUP)
    return {
        "period_start": Numbers(first, pa.date32(), _none()),
        "period_end": Numbers(first + length, pa.date32(), _none()),
        "born": Numbers(born, pa.date32(), random.random(GROUP) < 0.005),
    }


def _codes(random: np.random.Generator) -> Columns:
    def some(known: tuple[str, ...], wrong: str, empty: float = 0) -> Words:
        skewed = (len(known) * random.random(GROUP) ** 2).astype("int64")
        return Words(skewed, (*known, wrong), random.random(GROUP) < empty)

    listed = tables()
    letters = random.integers(65, 91, (GROUP, 6), dtype="uint8")
    letters[:, :4] = random.integers(48, 58, (GROUP, 4), dtype="uint8")
    letters[:, 0] = random.integers(49, 58, GROUP, dtype="uint8")
    country = some(("NL", "BE", "DE", "PL"), "Nl")
    country.values[random.random(GROUP) < 0.9] = 0
    return {
        "kind": some(KINDS, "99"),
        "contract": some(CONTRACTS, "X", 0.05),
        "wage_table": some(listed[:-1], listed[-1]),
        "sector": Numbers(random.integers(1, SECTORS + 1, GROUP), pa.int32(), _none()),
        "risk_group": some(RISKS, "Z99", 0.02),
        "postcode": Letters(letters, (country.values != 0) & (random.random(GROUP) < 0.5)),
        "country": country,
        "reason": some(REASONS, "77", 0.97),
    }


def _amounts(random: np.random.Generator) -> Columns:
    wage = np.exp(random.standard_normal(GROUP) * 0.6 + 12.5).astype("int64")
    insured = random.random(GROUP) < 0.96
    hours = np.minimum(random.integers(20, 185, GROUP), 173)

    def cents(values: Whole, empty: float = 0) -> Numbers:
        return Numbers(values, pa.int64(), random.random(GROUP) < empty)

    def truth(values: Flags) -> Numbers:
        return Numbers(values.astype("int64"), pa.bool_(), _none())

    return {
        "hours": Numbers(hours, pa.int32(), random.random(GROUP) < 0.02),
        "wage": cents(wage),
        "wage_insured": cents(np.minimum(wage, 621_900), 0.01),
        "tax": cents((wage * (0.05 + 0.4 * random.random(GROUP))).astype("int64")),
        "premium_work": cents(np.where(insured, wage * 274 // 10_000, 0)),
        "premium_sick": Numbers(wage * 126 // 10_000, pa.decimal128(12, 2), _none()),
        "holiday_pay": cents(wage * 8 // 100, 0.1),
        "is_insured_sick": truth(random.random(GROUP) < 0.97),
        "is_insured_work": truth(insured),
    }


ORDER = (
    *("line", "employer", "payroll", "citizen", "relation", "period_start", "period_end", "born"),
    *("kind", "contract", "wage_table", "sector", "risk_group", "hours", "wage", "wage_insured", "tax"),
    *("premium_work", "premium_sick", "holiday_pay", "is_insured_sick", "is_insured_work"),
    *("postcode", "country", "reason"),
)
