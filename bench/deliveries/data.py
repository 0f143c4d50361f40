"""The measured deliveries on disk: made once for each size, with the lists they refer to and how much fails."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from bench.deliveries import columns as made
from bench.deliveries.contracts import contract, contract_of_others, sql_of
from bench.deliveries.faults import BLOCK, counted, put_in
from bench.deliveries.rules import KEY, ROW, TOTAL, Rule, rules

VERSION = 3  # of what is made: a folder of another version is made anew
PLACE = Path(__file__).resolve().parents[2] / "build" / "bench" / "deliveries"
WRONG_TOTALS, LEFT_OUT, EXTRA = 6, 3, 3


@dataclass(frozen=True)
class Made:
    """A delivery with what is known of it."""

    folder: Path
    rows: int
    parts: int

    @property
    def lines(self) -> Path:
        """The delivery itself."""
        return self.folder / "lines.parquet"

    @property
    def cells(self) -> int:
        """How many cells it has."""
        return self.rows * len(made.ORDER) * self.parts

    @property
    def rules(self) -> list[Rule]:
        """The rules it is held against."""
        return rules(self.parts)

    @property
    def truth(self) -> dict[str, int]:
        """How much fails each rule."""
        return dict(json.loads((self.folder / "truth.json").read_text())["failing"])

    def lists(self, chosen: list[Rule]) -> dict[str, Path]:
        """The lists that rules refer to."""
        names = dict.fromkeys(rule.given["list"] for rule in chosen if "list" in rule.given)
        return {name: self.folder / f"{name}.parquet" for name in names}


def make(rows: int, parts: int = 1, place: Path = PLACE) -> Made:
    """A delivery of so many rows (in thousands), of `parts` times 25 columns; what is there already is used."""
    rows = max(rows // BLOCK, 1) * BLOCK
    folder = place / f"{rows}x{len(made.ORDER) * parts}"
    found = Made(folder, rows, parts)
    mark = {"version": VERSION, "seed": made.SEED, "rows": rows, "parts": parts}
    told = folder / "truth.json"
    if told.exists() and mark.items() <= json.loads(told.read_text()).items():
        _write_rules(found)
        return found
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paid = _write_lines(found)
    _write_lists(folder, paid)
    failing = _failing(found, paid)
    _write_rules(found)
    told.write_text(json.dumps(mark | {"failing": failing}, indent=1))
    return found


def as_csv(delivery: Made) -> Path:
    """The same delivery as CSV."""
    path = delivery.folder / "lines.csv"
    if not path.exists():
        half = path.with_suffix(".half")
        file = pyarrow.parquet.ParquetFile(delivery.lines)
        options = pyarrow.csv.WriteOptions(quoting_style="needed")
        with pyarrow.csv.CSVWriter(half, file.schema_arrow, write_options=options) as writer:
            for batch in file.iter_batches(made.GROUP):
                writer.write_batch(batch)
        half.rename(path)
    return path


def groups(rows: int, parts: int) -> Iterator[list[made.Columns]]:
    """The rows with their faults, a group at a time: for each part its columns."""
    for group in range(-(-rows // made.GROUP)):
        here = [made.sound(part, group) for part in range(parts)]
        for part, columns in enumerate(here):
            put_in(columns, part, group)
        yield here


def _write_lines(delivery: Made) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Write the rows; the wages paid by each employer, and -1 for one that does not occur."""
    paid = np.zeros(len(made.employers()), dtype="int64")
    seen = np.zeros(len(paid), dtype=bool)
    writer, left = None, delivery.rows
    for here in groups(delivery.rows, delivery.parts):
        size = min(left, made.GROUP)
        left -= size
        table = _table(here).slice(0, size)
        writer = writer or pyarrow.parquet.ParquetWriter(delivery.lines, table.schema, compression="snappy")
        writer.write_table(table, row_group_size=made.GROUP)
        filled = ~here[0]["employer"].empty[:size]
        employer, wage = here[0]["employer"].values[:size][filled], here[0]["wage"].values[:size][filled]
        np.add.at(paid, employer, wage)
        seen[employer] = True
    if writer:
        writer.close()
    return np.where(seen, paid, -1)


def _table(here: list[made.Columns]) -> pa.Table:
    suffixes = [""] if len(here) == 1 else [f"_{part}" for part in range(1, len(here) + 1)]
    return pa.table(
        {
            f"{name}{suffix}": column.arrow()
            for suffix, columns in zip(suffixes, here, strict=True)
            for name, column in columns.items()
        }
    )


def _write_lists(folder: Path, paid: np.ndarray[Any, np.dtype[np.int64]]) -> None:
    numbers = made.employers()
    lists = {
        "employers": {"employer": pa.array(numbers[: made.EMPLOYERS])},
        "tables": {"wage_table": pa.array(made.tables()[:-1])},
        "sectors": {"sector": pa.array(range(1, made.SECTORS + 1), pa.int32())},
        "declared": _declared(numbers, paid),
    }
    for name, columns in lists.items():
        pyarrow.parquet.write_table(pa.table(columns), folder / f"{name}.parquet")


def _declared(numbers: tuple[str, ...], paid: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, pa.Array]:
    """What each employer says to have paid: a few a cent too much, a few not at all, a few that paid nobody."""
    totals = {numbers[place]: int(paid[place]) for place in np.flatnonzero(paid >= 0)}
    known = list(totals)
    for number in known[:LEFT_OUT]:
        del totals[number]
    for number in known[LEFT_OUT : LEFT_OUT + WRONG_TOTALS]:
        totals[number] += 1
    totals |= {f"{place:09d}": 100 for place in range(1, EXTRA + 1)}
    return {"employer": pa.array(list(totals)), "total": pa.array(list(totals.values()), pa.int64())}


def _failing(delivery: Made, paid: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, int]:
    if delivery.parts > 1:
        suffixes = [f"_{part}" for part in range(1, delivery.parts + 1)]
        return {name: n for suffix in suffixes for name, n in counted(delivery.rows, suffix).items()}
    occur = int((paid >= 0).sum())
    return counted(delivery.rows) | {"total": min(occur, LEFT_OUT + WRONG_TOTALS) + EXTRA}


def _write_rules(delivery: Made) -> None:
    """The contracts, and the rules and their counts for programs that know nothing of ours."""
    some = delivery.rules
    chosen = {
        "rows": [rule for rule in some if rule.sort == ROW],
        "references": [rule for rule in some if rule.sort not in {KEY, TOTAL}],
        "all": some,
    }
    for name, these in chosen.items():
        text = contract(these, delivery.parts)
        (delivery.folder / f"{name}.odcs.yaml").write_text(text)
    plain = [rule.plain() | {"sql": sql_of(rule, delivery.folder)} for rule in some]
    (delivery.folder / "rules.json").write_text(json.dumps(plain, indent=1))
    (delivery.folder / "others.odcs.yaml").write_text(contract_of_others(some, delivery.folder))
