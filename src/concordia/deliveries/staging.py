"""XML messages laid out as a table that the engine reads: text columns, the rows in the order of the message."""

import gzip
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as parquet

from concordia.deliveries.files import FileError, Source, unpacked
from concordia.deliveries.xml import Reading, XmlFaultError
from concordia.domain.contracts.model import SchemaObject
from concordia.domain.contracts.xml_mapping import XmlRecord, xml_record
from concordia.domain.texts import both


def staged(sources: Sequence[Source], item: SchemaObject, temporary: Path) -> list[Source]:
    """The sources, those of XML laid out as Parquet. Raises FileError for a message that is not read whole."""
    record = xml_record(item) if any(source.form == "xml" for source in sources) else None
    return [
        _laid_out(source, record, temporary / f"message-{number}.parquet") if source.form == "xml" else source
        for number, source in enumerate(sources)
    ]


def _laid_out(source: Source, record: XmlRecord | None, place: Path) -> Source:
    if record is None:
        raise FileError(
            f"“{source.name}” is XML, en het contract zegt niet waar in het bericht de rijen staan (xmlRecord).",
            f"“{source.name}” is XML, and the contract does not say where in the message the rows stand (xmlRecord).",
        )
    try:
        with unpacked(source) as file:
            reading = Reading(file, [record])
            _write(reading, place)
    except XmlFaultError as error:
        nl, en = (error.problems[0].sentence(language) for language in ("nl", "en"))
        raise FileError(f"“{source.name}”, {nl}", f"“{source.name}”, {en}") from None
    except (EOFError, gzip.BadGzipFile) as error:
        raise FileError(f"“{source.name}” is beschadigd.", f"“{source.name}” is damaged.") from error
    told = source.told
    if reading.strict_because:
        slow = both(
            "Gelezen met de trage lezer, want het bericht is niet heel eenvoudig opgemaakt.",
            "Read by the slow reader, since the message is not laid out quite plainly.",
        )
        told = (*told, slow)
    return replace(source, path=place, form="parquet" if place.exists() else "empty", shown="xml", told=told)


def _write(reading: Reading, place: Path) -> None:
    writer = None
    try:
        for _, batch in reading:
            if writer is None:
                writer = parquet.ParquetWriter(
                    place, batch.schema, compression="snappy", write_statistics=False
                )
            writer.write_batch(batch)
    finally:
        if writer is not None:
            writer.close()
