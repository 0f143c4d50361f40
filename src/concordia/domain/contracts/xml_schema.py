"""The XML Schema that a contract asks messages to follow: an authoritative definition of type `xsd`.

It stands at an object, or at the contract for all of its objects. Its `url` is what people call the schema: it is told,
and never opened. Whoever checks a delivery hands the file over.
"""

from concordia.domain.contracts.model import Contract, SchemaObject

KIND = "xsd"
DIGEST = "xmlSchemaSha256"


def asked_schema(contract: Contract, item: SchemaObject) -> str | None:
    """What the schema is called that messages of this object have to follow; None where none is asked."""
    defined = (*item.authoritative_definitions, *contract.authoritative_definitions)
    return next((one.url for one in defined if one.type.strip().lower() == KIND), None)


def schema_digest(contract: Contract) -> str | None:
    """The SHA-256 of the schema that the contract was made of; None where it says none."""
    found = next((one.value for one in contract.custom_properties if one.property == DIGEST), None)
    return found if isinstance(found, str) else None
