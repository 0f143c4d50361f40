"""A Parquet file whose footer lies about the values in its pages."""

import struct
from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as parquet

ROWS, GROUP, DIRTY, DIRTY_VALUE = 20_000, 5_000, 200, 999_999


def spliced(folder: Path) -> Path:
    """The pages of a dirty file below the footer of a clean one."""
    nulls = {number for number in range(ROWS) if number % 50 == 0}
    clean_x = [None if number in nulls else number % 10 for number in range(ROWS)]
    clean_n = [None if number in nulls else "abc" for number in range(ROWS)]
    places = set(range(7, ROWS, ROWS // DIRTY))
    dirty_x = [
        DIRTY_VALUE if number in places and value is not None else value
        for number, value in enumerate(clean_x)
    ]
    dirty_n = ["zzz" if number in places and value else value for number, value in enumerate(clean_n)]
    good = written(folder / "good.parquet", clean_x, clean_n)
    bad = written(folder / "bad.parquet", dirty_x, dirty_n)
    assert len(good) == len(bad)
    (size,) = struct.unpack("<I", good[-8:-4])
    liar = folder / "liar.parquet"
    liar.write_bytes(bad[: -8 - size] + good[-8 - size :])
    assert max(parquet.ParquetFile(liar).metadata.row_group(0).column(0).statistics.max, 0) == 9
    return liar


def dirty(folder: Path) -> int:
    """How many values the footer denies, in the folder where the file was made."""
    return sum(
        value == DIRTY_VALUE for value in parquet.read_table(folder / "bad.parquet").column("x").to_pylist()
    )


def written(path: Path, values: list[int | None], names: list[str | None]) -> bytes:
    """A file without compression or dictionaries, so that two with equal nulls have equal layouts."""
    table = arrow.table({"x": arrow.array(values, arrow.int64()), "name": arrow.array(names, arrow.string())})
    options = {
        "compression": "none",
        "use_dictionary": False,
        "row_group_size": GROUP,
        "write_page_index": True,
    }
    parquet.write_table(table, path, **options)
    return path.read_bytes()
