"""Rows gathered per object, given on as batches of text columns."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from concordia.deliveries.xml import limits
from concordia.deliveries.xml.shape import Shape
from concordia.domain.contracts.xml_mapping import XmlColumn

type Row = list[str | None]
type Yielded = tuple[int, pa.RecordBatch]

_BLANKS = " \t\r\n"


class Tables:
    """The rows of each object that are complete, and the one that is open."""

    def __init__(self, shape: Shape) -> None:
        self._records = shape.records
        self._rows: list[list[Row]] = [[] for _ in shape.records]
        self._open: list[Row] = [[] for _ in shape.records]

    def begin(self, number: int) -> Row:
        """A new row of an object."""
        self._open[number] = [None] * len(self._records[number].columns)
        return self._open[number]

    def open_row(self, number: int) -> Row:
        """The row that is open."""
        return self._open[number]

    def end(self, number: int) -> None:
        """The open row is complete."""
        self._rows[number].append(self._open[number])

    def full(self) -> Iterator[Yielded]:
        """The batches that are large enough."""
        for number, rows in enumerate(self._rows):
            if len(rows) >= limits.ROWS_AT_ONCE:
                yield self._batch(number)

    def rest(self) -> Iterator[Yielded]:
        """All that is left."""
        for number, rows in enumerate(self._rows):
            if rows:
                yield self._batch(number)

    def _batch(self, number: int) -> Yielded:
        rows, self._rows[number] = self._rows[number], []
        columns = [pa.array(values, pa.string()) for values in zip(*rows, strict=True)]
        return number, batch_of(self._records[number].columns, columns, len(rows))


def batch_of(columns: Sequence[XmlColumn], arrays: Sequence[pa.Array], rows: int) -> pa.RecordBatch:
    """Columns as one batch; nothing written is null, and blanks go where they do not count."""
    ready = [
        collapsed(array) if column.collapsed else array for column, array in zip(columns, arrays, strict=True)
    ]
    fields = [pa.field(column.name, pa.string()) for column in columns]
    if not fields:
        return pa.RecordBatch.from_struct_array(pa.array([{}] * rows, pa.struct([])))
    return pa.RecordBatch.from_arrays(ready, schema=pa.schema(fields))


def collapsed(array: pa.Array) -> pa.Array:
    """Values without blanks at either end, and with one blank for many; null where nothing is left."""
    if not _has_blanks(array):
        return array
    single = pc.replace_substring_regex(array, r"[ \t\r\n]+", " ")
    trimmed = pc.utf8_trim(single, _BLANKS)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _has_blanks(array: pa.Array) -> bool:
    _, offsets, data = array.buffers()
    if data is None or offsets is None or len(array) == 0:
        return False
    first, last = np.frombuffer(offsets, np.int32, len(array) + 1, array.offset * 4)[[0, -1]]
    return bool((np.frombuffer(data, np.uint8)[first:last] <= 0x20).any())
