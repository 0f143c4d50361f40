"""Hold the XML messages of a delivery against their schema, whatever table is made of them."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from concordia.deliveries.files import NoSchemaError, Source, sha256_of, unpacked
from concordia.deliveries.xml import Schema, XmlFaultError, validate
from concordia.deliveries.xml.schema import MOST_FINDINGS
from concordia.domain.checking.messages import Place, SchemaCheck, SchemaFile, spread
from concordia.domain.texts import both


def held_against(path: Path, sources: Sequence[Source], *, sample: int) -> SchemaCheck:
    """What the messages among these sources have that the schema has not. Raises NoSchemaError.

    Of each message at most `MOST_FINDINGS` places are looked for, and `sample` of all are kept.
    """
    begun = process_time()
    try:
        schema = Schema(path)
    except XmlFaultError as error:
        nl, en = (error.problems[0].sentence(language) for language in ("nl", "en"))
        raise NoSchemaError(f"“{path.name}”: {nl}", f"“{path.name}”: {en}") from None
    messages = [source for source in sources if source.form == "xml"]
    found = [_places(source, schema) for source in messages]
    failed = [places for places in found if places]
    return SchemaCheck(
        len(messages),
        _files(path, schema),
        failed=len(failed),
        found=sum(map(len, failed)),
        more=any(len(places) >= MOST_FINDINGS for places in failed),
        places=spread([place for places in failed for place in places], sample),
        seconds=process_time() - begun,
    )


def _files(path: Path, schema: Schema) -> tuple[SchemaFile, ...]:
    main = path.resolve()
    others = sorted(one for one in schema.beside if one != main)
    return tuple(SchemaFile(str(one.relative_to(main.parent)), sha256_of(one)) for one in (main, *others))


def _places(source: Source, schema: Schema) -> list[Place]:
    """Where a message does not follow the schema; one place, with why, where it is no XML that we read."""
    try:
        with unpacked(source) as file:
            found = validate(file, schema)
    except XmlFaultError as error:
        return [Place(source.name, error.line or 1, "/", error.problems[0].what)]
    except (EOFError, gzip.BadGzipFile):
        return [Place(source.name, 1, "/", both("Het bestand is beschadigd.", "The file is damaged."))]
    return [Place(source.name, one.line, one.path, one.words) for one in found]
