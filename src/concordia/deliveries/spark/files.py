"""The files of a delivery as the cluster sees them: found, named, digested, and given views.

A path without a scheme is one on a file system that this machine and the cluster share; `s3a://…` and `hdfs://…` go to
the cluster as they are. Names of folders are not believed: a value stands in a file, or nowhere.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from concordia.deliveries.checking import UnreadError
from concordia.deliveries.embedded.relation import said_by
from concordia.deliveries.files import FileError, sha256_of
from concordia.deliveries.spark.cells import PATH, ROW, SIZE, View
from concordia.deliveries.spark.session import NotThisEngineError, QueryError, Session, asked
from concordia.deliveries.spark.sql import name
from concordia.domain.checking.result import FileRead
from concordia.domain.checking.rules import ColumnPlan
from concordia.domain.texts import both

LARGEST = 1 << 30  # bytes of a file that only the cluster sees: it must hold one whole to take its digest
_NOT_FOUND = {"PATH_NOT_FOUND"}
_FOREIGN = {
    *("PARQUET_TYPE_ILLEGAL", "PARQUET_TYPE_NOT_SUPPORTED", "PARQUET_TYPE_NOT_RECOGNIZED"),
    *("COLUMN_ALREADY_EXISTS", "UNSUPPORTED_TIME_TYPE"),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """One given path (a file, or a folder of them), as Spark opened it, with Spark's type of each of its columns."""

    path: str
    data: Any
    kinds: dict[str, str]


def frames_of(session: Session, paths: Sequence[str]) -> tuple[Frame, ...]:
    """The Parquet files at some paths.

    Raises NotThisEngineError for what Spark does not read, UnreadError for what it does not see, FileError for a
    damaged file.
    """
    return tuple(_frame(session, path) for path in paths)


def _frame(session: Session, path: str) -> Frame:
    reader = session.spark.read.option("mergeSchema", "true").option("recursiveFileLookup", "true")
    try:
        with asked():
            data = reader.parquet(_escaped(_address(path)))
            kinds = {field.name: field.dataType.simpleString() for field in data.schema.fields}
    except QueryError as error:
        raise _unopened(path, error) from None
    return Frame(path, data, kinds)


def local_path(path: str) -> Path | None:
    """The path as this machine knows it; None for one that only a cluster knows."""
    parts = urlsplit(path) if "://" in path else None
    if parts is None:
        return Path(path).absolute()
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _address(path: str) -> str:
    return path if "://" in path else f"file://{Path(path).resolve()}"


def _escaped(address: str) -> str:
    """No sign in a name stands for other names."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", address)


def require_parquet(paths: Iterable[str]) -> None:
    """Tell at once of files that lie here and are no Parquet. Raises NotThisEngineError."""
    for path in paths:
        local = local_path(path)
        if local is None or not local.is_file():
            continue
        with local.open("rb") as file:
            if file.read(4) == b"PAR1":
                continue
        raise NotThisEngineError(
            both(
                f"“{path}” is geen Parquet; op Spark wordt alleen Parquet gecontroleerd. Gebruik --engine embedded.",
                f"“{path}” is no Parquet; on Spark only Parquet is checked. Use --engine embedded.",
            )
        )


def _unopened(path: str, error: QueryError) -> Exception:
    shown, said = Path(path).name, said_by(error)
    if error.condition in _NOT_FOUND:
        return UnreadError(
            both(
                f"{path}: Spark ziet dit bestand niet. Zet het waar ook de server bij kan, of noem een adres zoals "
                "s3a://… of hdfs://….",
                f"{path}: Spark does not see this file. Put it where the server can reach it too, or name an "
                "address such as s3a://… or hdfs://….",
            )
        )
    if error.condition in _FOREIGN:
        return NotThisEngineError(
            both(
                f"“{shown}” heeft een kolom die Spark niet leest: {said}. Gebruik --engine embedded.",
                f"“{shown}” has a column that Spark does not read: {said}. Use --engine embedded.",
            )
        )
    local = local_path(path)
    if local is None or not local.exists() or not error.of_file:
        return UnreadError(
            both(
                f"{path}: Spark kan dit niet openen als Parquet. Het meldt: {said}",
                f"{path}: Spark cannot open this as Parquet. It says: {said}",
            )
        )
    return FileError(
        f"“{shown}” is geen goed Parquet-bestand: {said}", f"“{shown}” is no proper Parquet file: {said}"
    )


def views_of(frames: Sequence[Frame], columns: Sequence[ColumnPlan], label: str) -> tuple[View, ...]:
    """A view of each frame with these columns as `r0`, `r1`, …, and the path, size and row number beside them."""
    from pyspark.sql import functions

    made = []
    for number, frame in enumerate(frames):
        called = f"{label}_{number}"
        places = [
            functions.col("_metadata.file_path").alias(PATH),
            functions.col("_metadata.file_size").alias(SIZE),
            (functions.col("_metadata.row_index") + 1).alias(ROW),
        ]
        held = {column.name: frame.kinds[column.source] for column in columns if column.source in frame.kinds}
        cells = [
            functions.col(name(column.source)).alias(f"r{place}")
            for place, column in enumerate(columns)
            if column.name in held
        ]
        with asked():
            frame.data.select(*places, *cells).createOrReplaceTempView(called)
        made.append(View(called, held))
    return tuple(made)


def files_read(session: Session, frames: Sequence[Frame], views: Sequence[View]) -> dict[str, FileRead]:
    """Every file by its path as Spark tells it, with its rows and digest. Raises UnreadError, QueryError."""
    every = " UNION ALL ".join(f"SELECT {PATH}, {SIZE} FROM {view.name}" for view in views)
    found = session.rows(f"SELECT {PATH}, {SIZE}, count(*) FROM ({every}) GROUP BY ALL")
    counted = {_key(path): (path, int(size), int(count)) for path, size, count in found}
    read: dict[str, FileRead] = {}
    for frame in frames:
        with asked():
            listed = frame.data.inputFiles()
        for address in sorted(listed):
            path, size, count = counted.get(_key(address), (address, -1, 0))
            read[path] = _file(session, path, size, count)
    return read


def _key(address: str) -> str:
    """An address in one spelling: Spark writes `file:/a` here and `file:///a` there."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def _file(session: Session, address: str, size: int, count: int) -> FileRead:
    parts = urlsplit(address)
    path = Path(unquote(parts.path))
    if parts.scheme == "file" and path.is_file():
        here = path.stat().st_size
        if size not in (-1, here):
            raise UnreadError(
                both(
                    f"“{path.name}” is voor Spark een ander bestand dan hier ({size} en {here} bytes).",
                    f"“{path.name}” is another file to Spark than it is here ({size} and {here} bytes).",
                )
            )
        return FileRead(path.name, here, sha256_of(path), "parquet", count)
    return _file_on_cluster(session, unquote(address), path.name, count)


def _file_on_cluster(session: Session, address: str, shown: str, count: int) -> FileRead:
    with asked():
        reader = session.spark.read.format("binaryFile").load(_escaped(address))
        size = int(reader.select("length").collect()[0][0])
    if size > LARGEST:
        raise UnreadError(
            both(
                f"“{shown}” is groter dan 1 GB en alleen de server ziet het: er is geen SHA-256 van te nemen. "
                "Lever het in delen aan.",
                f"“{shown}” is larger than 1 GB and only the server sees it: its SHA-256 cannot be taken. "
                "Hand it in as parts.",
            )
        )
    with asked():
        digest = str(reader.selectExpr("sha2(content, 256)").collect()[0][0])
    return FileRead(shown, size, digest, "parquet", count)
