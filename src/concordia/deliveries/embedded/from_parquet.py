"""Batches straight from Parquet, without the engine: row groups are decoded and judged side by side.

Only columns of which every cell that is not null is a value as it stands are read so. Texts of which there are few come
as numbers of a dictionary. Statistics of the file are not looked at.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
from numpy.typing import NDArray

from concordia.deliveries.embedded.batches import Batch
from concordia.deliveries.embedded.cells import SHIFT, Cells
from concordia.deliveries.embedded.from_engine import engine_error
from concordia.deliveries.embedded.kernels import has_vector
from concordia.deliveries.embedded.keys import KeyHashes
from concordia.deliveries.embedded.sketches import Hashes
from concordia.deliveries.embedded.stream import Found, Judged, Judging, in_turn, judge
from concordia.deliveries.files import Source
from concordia.deliveries.limits import give_back
from concordia.domain.checking.rules import ColumnPlan
from concordia.domain.checking.sorts import Kind, Sort

_NEAR_BITS = 16  # of a hash, by which most rows are seen not to be among a few
_BUFFER = 1 << 18  # bytes read ahead of each column
_UNREADABLE = (pa.ArrowException, OSError, MemoryError)


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: the files, the columns by their names in the file and in a batch, those of few texts."""

    sources: tuple[Source, ...]
    columns: dict[str, str]
    few: frozenset[str]
    judging: Judging


@dataclass(frozen=True, slots=True)
class _Group:
    """A row group of a file, and the place of its first row."""

    source: Source
    metadata: parquet.FileMetaData
    number: int
    place: int


def straight(sources: Sequence[Source], cells: Cells) -> frozenset[str]:
    """The columns of the contract that can be read so."""
    if cells.relation.form != "parquet":
        return frozenset()
    files = [source for source in sources if source.form == "parquet"]
    schemas = [_schema(source) for source in files]
    times = Counter(column.source for column in cells.plan.columns)
    return frozenset(
        column.name
        for column in cells.plan.columns
        if times[column.source] == 1
        and cells.relation.cells[column.name].present
        and not cells.misfit(column.name)
        and all(_is_as_it_stands(column, schema) for schema in schemas)
    )


def _schema(source: Source) -> pa.Schema:
    try:
        return parquet.read_schema(source.path)
    except _UNREADABLE:
        return pa.schema([])  # the engine, which reads it then, says what is the matter


def _is_as_it_stands(column: ColumnPlan, schema: pa.Schema) -> bool:
    """A point in a name is the path of a part to the library that reads."""
    found = [field for field in schema if field.name == column.source]
    is_path = "." in column.source or any(name.startswith(f"{column.source}.") for name in schema.names)
    return len(found) == 1 and not is_path and _fits(column.sort, found[0].type)


def _fits(sort: Sort, kind: pa.DataType) -> bool:
    if sort.kind is Kind.TEXT:
        return bool(kind == pa.string())
    if not has_vector(sort):
        return False
    match sort.kind:
        case Kind.INTEGER:
            return bool(pa.types.is_integer(kind) and kind != pa.uint64())
        case Kind.DECIMAL:
            is_decimal = pa.types.is_decimal128(kind) and kind.precision <= sort.precision
            return bool(is_decimal and kind.scale == sort.scale)
        case Kind.TIMESTAMP:
            return bool(pa.types.is_timestamp(kind) and kind.unit == "us")
    return bool(kind == {Kind.BOOLEAN: pa.bool_(), Kind.DATE: pa.date32()}.get(sort.kind))


def read(reading: Reading, keys: Mapping[str, KeyHashes], *, threads: int, rows: int) -> Found:
    """Read the rows, so many in a batch. Raises duckdb.OutOfMemoryException, and duckdb.Error for damage."""
    found = Found(counts={key: 0 for key, _ in reading.judging.tests})
    try:
        for judged in in_turn(
            _groups(reading.sources),
            lambda group: list(_judged(reading, group, keys, rows, found.told)),
            threads,
        ):
            for one_of in judged:
                found.take(one_of, reading.judging)
    except _UNREADABLE as error:
        raise engine_error(error) from error
    _leave_room()
    return found


def _leave_room() -> None:
    """Give back what reading held: what reads next has the same room."""
    pa.default_memory_pool().release_unused()
    give_back()


def _groups(sources: Sequence[Source]) -> Iterator[_Group]:
    for number, source in enumerate(sources):
        metadata = parquet.read_metadata(source.path)
        place = (number << SHIFT) + 1
        for group in range(metadata.num_row_groups):
            yield _Group(source, metadata, group, place)
            place += metadata.row_group(group).num_rows


def keys_with(
    reading: Reading, key: str, twice: Hashes, *, rows: int, threads: int, most: int
) -> list[tuple[int, tuple[Any, ...]]] | None:
    """The places, in order, and values of a key whose hash is one of these; None where there are more than `most`."""
    (hashed,) = [given for named, given in reading.judging.keys if named == key]
    near = np.zeros(1 << _NEAR_BITS, np.bool_)
    near[_front(twice)] = True

    def of_group(group: _Group) -> list[tuple[int, tuple[Any, ...]]] | None:
        found: list[tuple[int, tuple[Any, ...]]] = []
        for record, place in _records(reading, group, rows):
            hashes, nulls = hashed(Batch(record))
            here = near[_front(hashes)]
            some = np.flatnonzero(here if nulls is None else here & ~nulls)
            hit = some[np.isin(hashes[some], twice)]
            if len(found) + len(hit) > most:
                return None
            columns = [_plain(column.take(pa.array(hit))).to_pylist() for column in record.columns]
            found += zip((hit + place).tolist(), zip(*columns, strict=True), strict=True)
        return found

    kept: list[tuple[int, tuple[Any, ...]]] = []
    for found in in_turn(_groups(reading.sources), of_group, threads):
        if found is None or len(kept) + len(found) > most:
            _leave_room()
            return None
        kept += found
    _leave_room()
    return kept


def _front(hashes: Hashes) -> NDArray[np.int64]:
    return (hashes >> np.uint64(64 - _NEAR_BITS)).astype(np.int64)


def _plain(column: pa.Array) -> pa.Array:
    """Days and moments as numbers, since not all of them are dates of Python."""
    if pa.types.is_date32(column.type):
        return column.cast(pa.int32())
    return column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column


def _judged(
    reading: Reading, group: _Group, keys: Mapping[str, KeyHashes], rows: int, told: Container[str]
) -> Iterator[Judged]:
    for record, place in _records(reading, group, rows):
        judged = judge(reading.judging, Batch(record), partial(np.add, place), told)
        for key, hashes in judged.hashes:  # at once, since a row group may be as long as the file
            keys[key].add(hashes)
        judged.hashes.clear()
        yield judged


def _records(reading: Reading, group: _Group, rows: int) -> Iterator[tuple[pa.RecordBatch, int]]:
    """The batches of a row group, with the place of the first row of each."""
    few = [given for given in reading.columns if given in reading.few]
    file = parquet.ParquetFile(
        group.source.path,
        metadata=group.metadata,
        read_dictionary=few,
        buffer_size=_BUFFER,
        pre_buffer=False,
    )
    place = group.place
    with file:
        for record in file.iter_batches(
            rows, row_groups=[group.number], columns=list(reading.columns), use_threads=False
        ):
            for column in record.columns:
                _require_text(column)
            yield record.rename_columns([reading.columns[given] for given in record.schema.names]), place
            place += record.num_rows


def _require_text(column: pa.Array) -> None:
    """Raise ArrowInvalid for bytes that are no UTF-8: a file only says that they are."""
    texts = column.dictionary if pa.types.is_dictionary(column.type) else column
    if not pa.types.is_string(texts.type):
        return
    data = texts.buffers()[2]
    if data is not None and len(data) and np.frombuffer(data, np.uint8).max() > 127:
        texts.validate(full=True)


def different(sources: Sequence[Source], column: str, rows: int) -> int:
    """How many different texts a column has in the first rows of the first file with any."""
    try:
        for group in _groups(sources):
            with parquet.ParquetFile(group.source.path, metadata=group.metadata, buffer_size=_BUFFER) as file:
                for record in file.iter_batches(rows, row_groups=[group.number], columns=[column]):
                    return len(record.column(0).unique())
    except _UNREADABLE as error:
        raise engine_error(error) from error
    return 0


def values_at(
    sources: Sequence[Source], column: str, places: Sequence[int]
) -> Iterator[tuple[list[int], pa.Array]]:
    """What stands in a column, by its name in the files, at places in order: some of them at a time."""
    _leave_room()
    left = list(places)
    try:
        for group in _groups(sources):
            end = group.place + group.metadata.row_group(group.number).num_rows
            here = [place for place in left if group.place <= place < end]
            if here:
                with parquet.ParquetFile(
                    group.source.path, metadata=group.metadata, buffer_size=_BUFFER, pre_buffer=False
                ) as file:
                    values = file.read_row_group(group.number, columns=[column], use_threads=False).column(0)
                yield here, values.take([place - group.place for place in here]).combine_chunks()
    except _UNREADABLE as error:
        raise engine_error(error) from error
