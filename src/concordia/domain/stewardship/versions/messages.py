"""Changes in the XML Schema that messages have to follow."""

from collections.abc import Iterator

from concordia.domain.contracts.model import Contract, SchemaObject
from concordia.domain.contracts.xml_schema import asked_schema
from concordia.domain.stewardship.versions.model import Change, Kind, change, from_to


def schema_changes(
    old: Contract, new: Contract, before: SchemaObject, after: SchemaObject
) -> Iterator[Change]:
    """That messages have to follow a schema from now on, no longer, or another one."""
    first, last = asked_schema(old, before), asked_schema(new, after)
    if first != last:
        kind = Kind.NARROWED if first is None else Kind.WIDENED if last is None else Kind.CHANGED
        what = from_to(("XML-schema", "XML Schema"), first, last)
        yield change(kind, f"schema.{after.name}.authoritativeDefinitions", what)
