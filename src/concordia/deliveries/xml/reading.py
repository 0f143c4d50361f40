"""Read an XML message as tables: fast where it is plain, strict where it is not, with one result."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import pyarrow as pa

from concordia.deliveries.xml.plain import read_plainly
from concordia.deliveries.xml.plain_tags import NotPlainError
from concordia.deliveries.xml.shape import Shape
from concordia.deliveries.xml.strict import read_strictly
from concordia.deliveries.xml.tables import Yielded
from concordia.domain.contracts.xml_mapping import XmlRecord

type Source = str | Path | IO[bytes]


class Reading:
    """The tables of a message, to iterate over once: the name of an object with a batch of its rows.

    Afterwards `strict_because` says why the strict reader was needed (English, for a log); None where it was not.
    """

    def __init__(self, source: Source, records: Sequence[XmlRecord], *, fast: bool = True) -> None:
        self._source, self._shape, self._fast = source, Shape.of(records), fast
        self.strict_because: str | None = None if fast else "asked for"

    def __iter__(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        if isinstance(self._source, str | Path):
            with open(self._source, "rb") as file:
                yield from self._named(self._batches(file))
        else:
            yield from self._named(self._batches(self._source))

    def _named(self, batches: Iterator[Yielded]) -> Iterator[tuple[str, pa.RecordBatch]]:
        for number, batch in batches:
            yield self._shape.records[number].object, batch

    def _batches(self, file: IO[bytes]) -> Iterator[Yielded]:
        given = [0] * len(self._shape.records)
        start = file.tell() if self._fast and file.seekable() else None
        if start is not None:
            try:
                for number, batch in read_plainly(file, self._shape):
                    given[number] += batch.num_rows
                    yield number, batch
                return
            except NotPlainError as doubt:
                self.strict_because = str(doubt)
                file.seek(start)
        elif self._fast:
            self.strict_because = "the file cannot be read twice"
        yield from _beyond(read_strictly(file, self._shape), given)


def _beyond(batches: Iterator[Yielded], given: list[int]) -> Iterator[Yielded]:
    """Batches without the rows that were given before."""
    for number, batch in batches:
        known = min(given[number], batch.num_rows)
        given[number] -= known
        if known < batch.num_rows:
            yield number, batch.slice(known)


def read_tables(
    source: Source, records: Sequence[XmlRecord], *, fast: bool = True
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """The rows of several objects of one message in one pass, each batch with the name of its object.

    Columns are text, named by the source names of the properties. Raises XmlFaultError, perhaps after some batches:
    then the message as a whole is refused.
    """
    return iter(Reading(source, records, fast=fast))


def read_xml(source: Source, record: XmlRecord, *, fast: bool = True) -> Iterator[pa.RecordBatch]:
    """The rows of one object of a message. Raises XmlFaultError as `read_tables` does."""
    for _, batch in read_tables(source, [record], fast=fast):
        yield batch
