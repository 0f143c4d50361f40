"""A data contract as a typed document: Open Data Contract Standard 3.1, with 3.0 read too (system.md C41).

What was written is given back as it was written: `reading.plain` leaves nothing out and adds nothing.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from concordia.domain.contracts.arrangements import (
    AnyTeam,
    Description,
    Pricing,
    Role,
    Server,
    ServiceLevel,
    SupportItem,
    Team,
    TeamMember,
)
from concordia.domain.contracts.demands import (
    METRICS,
    OPERATORS,
    ObjectRelationship,
    Quality,
    Relationship,
)
from concordia.domain.contracts.options import option_faults
from concordia.domain.contracts.parts import (
    AuthoritativeDefinition,
    CustomProperty,
    Listed,
    Opt,
    Part,
    StableId,
    Tags,
    Whole,
)

__all__ = [
    "KNOWN_VERSIONS",
    "METRICS",
    "OPERATORS",
    "Contract",
    "ItemProperty",
    "ObjectRelationship",
    "Property",
    "Quality",
    "Relationship",
    "Role",
    "SchemaObject",
    "Server",
    "ServiceLevel",
    "Team",
    "TeamMember",
    "column_of",
]

KNOWN_VERSIONS = ("v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0", "v2.2.2", "v2.2.1", "v2.2.0")


class _Element(Part):
    id: Opt[StableId] = None
    physical_type: Opt[str] = None
    description: Opt[str] = None
    business_name: Opt[str] = None
    authoritative_definitions: Listed[AuthoritativeDefinition] = ()
    tags: Tags = ()
    custom_properties: Listed[CustomProperty] = ()
    physical_name: Opt[str] = None
    quality: Listed[Quality] = ()

    def custom(self, name: str) -> Any:
        """The value of a custom property; None where it is not written."""
        return next((item.value for item in self.custom_properties if item.property == name), None)


_LOGICAL = Literal["string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"]


class _Property(_Element):
    primary_key: bool = False
    primary_key_position: Whole = -1
    logical_type: Opt[_LOGICAL] = None
    logical_type_options: Opt[dict[str, Any]] = None
    required: bool = False
    unique: bool = False
    partitioned: bool = False
    partition_key_position: Whole = -1
    classification: Opt[str] = None
    encrypted_name: Opt[str] = None
    transform_source_objects: Listed[str] = ()
    transform_logic: Opt[str] = None
    transform_description: Opt[str] = None
    examples: Listed[Any] = ()
    critical_data_element: bool = False
    relationships: Listed[Relationship] = ()
    properties: Listed["Property"] = ()
    items: Opt["ItemProperty"] = None

    anywhere: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def faults(cls, written: dict[str, Any], legacy: bool) -> Iterator[PydanticCustomError]:
        """Options, items and parts belong to the logical type that has them."""
        kind = written.get("logicalType")
        for name, owner in (("items", "array"), ("properties", "object")):
            if name in written and kind not in (None, owner) and name not in cls.anywhere:
                yield PydanticCustomError("not_of_kind", "{name} does not belong here", {"name": name})
        if isinstance(written.get("logicalTypeOptions"), dict):
            yield from option_faults(kind, written["logicalTypeOptions"], legacy)

    @property
    def source_name(self) -> str:
        """What the column is called in a delivery: its physical name where one is written."""
        return self.physical_name or getattr(self, "name", None) or ""

    @property
    def options(self) -> dict[str, Any]:
        """The options of its logical type; empty where none is written."""
        return self.logical_type_options or {}


class Property(_Property):
    """A column, or a part of an object."""

    name: str


class ItemProperty(_Property):
    """What the items of an array are. Of these the standard lets parts be named whatever their type."""

    anywhere: ClassVar[frozenset[str]] = frozenset({"properties"})

    name: Opt[str] = None


class SchemaObject(_Element):
    """A table, message or file that is delivered."""

    name: str
    logical_type: Opt[Literal["object"]] = None
    data_granularity_description: Opt[str] = None
    properties: Listed[Property] = ()
    relationships: Listed[ObjectRelationship] = ()

    def property(self, name: str) -> Property:
        """A column by its name. Raises KeyError."""
        for item in self.properties:
            if item.name == name:
                return item
        raise KeyError(name)


class Contract(Part):
    """What a supplier of data promises its users (white paper 3.9; ODCS 3.1)."""

    version: str
    api_version: Literal["v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0", "v2.2.2", "v2.2.1", "v2.2.0"]
    kind: Literal["DataContract"]
    id: str
    status: str
    name: Opt[str] = None
    tenant: Opt[str] = None
    tags: Tags = ()
    domain: Opt[str] = None
    data_product: Opt[str] = None
    description: Opt[Description] = None
    servers: Listed[Server] = ()
    objects: Annotated[Listed[SchemaObject], Field(alias="schema")] = ()
    support: Listed[SupportItem] = ()
    price: Opt[Pricing] = None
    team: Opt[AnyTeam] = None
    roles: Listed[Role] = ()
    sla_default_element: Opt[str] = None
    sla_properties: Listed[ServiceLevel] = ()
    authoritative_definitions: Listed[AuthoritativeDefinition] = ()
    custom_properties: Listed[CustomProperty] = ()
    contract_created_ts: Opt[str] = None

    def object(self, name: str) -> SchemaObject:
        """An object of the schema by its name. Raises KeyError."""
        for item in self.objects:
            if item.name == name:
                return item
        raise KeyError(name)

    def every_property(self) -> Iterator[tuple[SchemaObject, Property]]:
        """Every top-level column, with its object."""
        for item in self.objects:
            for column in item.properties:
                yield item, column


def column_of(reference: str) -> tuple[str, str] | None:
    """The object and the column that a short reference names (`receivers.id`); None for any other kind."""
    match = re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)", reference)
    return (match[1], match[2]) if match else None
