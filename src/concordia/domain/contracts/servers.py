"""Which fields each type of server has (ODCS 3.1, servers). Servers are told and never opened."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticCustomError

_COMMON = {"id", "server", "type", "description", "environment", "roles", "customProperties"}
_NUMBERS = {"port"}

# What must be there; behind the bar what may be there as well.
_FIELDS = {
    "api": "location |",
    "athena": "stagingDir schema | catalog regionName",
    "azure": "location format | delimiter",
    "bigquery": "project dataset |",
    "clickhouse": "host port database |",
    "databricks": "catalog schema | host",
    "denodo": "host port | database",
    "dremio": "host port | schema",
    "duckdb": "database | schema",
    "glue": "account database | location format",
    "cloudsql": "host port database schema |",
    "db2": "host port database | schema",
    "hive": "host database | port",
    "impala": "host database | port",
    "informix": "host database | port",
    "zen": "host database | port",
    "custom": "| account catalog database dataset delimiter endpointUrl format host location path port project "
    "region regionName schema serviceName stagingDir warehouse stream",
    "kafka": "host | format",
    "kinesis": "| region format",
    "local": "path format |",
    "mysql": "host port database |",
    "oracle": "host port serviceName |",
    "postgresql": "host port database schema |",
    "postgres": "host port database schema |",
    "presto": "host | catalog schema",
    "pubsub": "project |",
    "redshift": "database schema | host region account",
    "s3": "location | endpointUrl format delimiter",
    "sftp": "location | format delimiter",
    "snowflake": "account database schema | host port warehouse",
    "sqlserver": "host database schema | port",
    "synapse": "host port database |",
    "trino": "host port catalog schema |",
    "vertica": "host port database schema |",
}


def server_faults(written: dict[str, Any], legacy: bool) -> Iterator[PydanticCustomError]:
    """What is wrong with the fields of one server. Before 3.1 it may have fields that nobody knows."""
    kind = written.get("type")
    if not isinstance(kind, str):
        return
    if kind not in _FIELDS:
        known = ", ".join(_FIELDS)
        yield PydanticCustomError("not_one_of", "{name}: {known}", {"name": "type", "known": known})
        return
    needed, _, allowed = _FIELDS[kind].partition("|")
    yield from _field_faults(written, needed, allowed, legacy)
    place = written.get("location")
    if kind == "sftp" and isinstance(place, str) and not re.match("sftp://", place):
        yield PydanticCustomError("option_form", "{name}: {form}", {"name": "location", "form": "sftp://"})


def _field_faults(
    written: dict[str, Any], needed: str, allowed: str, legacy: bool
) -> Iterator[PydanticCustomError]:
    mine = {*needed.split(), *allowed.split()}
    for name in needed.split():
        if name not in written:
            yield PydanticCustomError("part_missing", "{name} is missing", {"name": name})
    for name, value in written.items():
        if name not in mine | _COMMON and not legacy:
            yield PydanticCustomError("unknown_word", "{name} is not known here", {"name": name})
        elif name in mine and not _has_form(name, value):
            form = "a whole number" if name in _NUMBERS else "text"
            yield PydanticCustomError("option_form", "{name}: {form}", {"name": name, "form": form})


def _has_form(name: str, value: Any) -> bool:
    if name in _NUMBERS:
        return isinstance(value, int | Decimal) and not isinstance(value, bool) and value == int(value)
    return isinstance(value, str)
