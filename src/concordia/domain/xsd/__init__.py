"""A data contract proposed from an XML Schema: its types, its rules, and flat tables for its nesting."""

from concordia.domain.xsd.components import SchemaError
from concordia.domain.xsd.contract import Origin, contract_from_xsd

__all__ = ["Origin", "SchemaError", "contract_from_xsd"]
