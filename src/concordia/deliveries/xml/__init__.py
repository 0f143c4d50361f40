"""XML messages as flat tables: read in bounded memory, refused with a calm sentence, judged by a schema."""

from concordia.deliveries.xml.faults import XmlFaultError
from concordia.deliveries.xml.findings import Finding
from concordia.deliveries.xml.reading import Reading, read_tables, read_xml
from concordia.deliveries.xml.schema import Schema, validate

__all__ = ["Finding", "Reading", "Schema", "XmlFaultError", "read_tables", "read_xml", "validate"]
