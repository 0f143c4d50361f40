"""A data contract proposed from what was seen in a real file, to be edited by who knows the data (C41).

Everything proposed held for every row of the sample; whether it should hold is for people to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

FEW = 12  # different values at most, for a list of valid ones to be proposed
ENOUGH = 50  # rows at least, before few values mean anything
_SENSITIVE = {"bsn": "confidential", "iban": "confidential", "email": "confidential", "lhnr": "restricted"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sort that every filled cell of a column fits: its logical and physical type, options, lowest and highest."""

    logical_type: str
    physical_type: str | None = None
    options: tuple[tuple[str, Any], ...] = ()
    lowest: str | None = None
    highest: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """What was seen of a column. `candidates` stand in the order of preference; `values` are all, where they are few.

    `semantic_type` is one whose test every value passes; `once` tells that no value stands twice.
    """

    name: str
    rows: int
    filled: int
    candidates: tuple[Candidate, ...]
    longest: int | None = None
    values: tuple[str, ...] = ()
    semantic_type: str | None = None
    once: bool = False


def proposed(name: str, columns: Sequence[ColumnSeen]) -> dict[str, Any]:
    """The plain values of a contract with one object of that name, as `dump_contract` writes it."""
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": name,
        "name": name,
        "version": "0.1.0",
        "status": "draft",
        "schema": [
            {
                "name": name,
                "logicalType": "object",
                "properties": [_property(column) for column in columns],
            }
        ],
    }


def _property(column: ColumnSeen) -> dict[str, Any]:
    chosen = column.candidates[0] if column.candidates and column.filled else Candidate("string")
    made: dict[str, Any] = {"name": column.name, "logicalType": chosen.logical_type}
    if chosen.physical_type:
        made["physicalType"] = chosen.physical_type
    if options := dict(chosen.options) | _range(chosen) | _of_text(column, chosen):
        made["logicalTypeOptions"] = options
    if column.rows and column.filled == column.rows:
        made |= {"required": True, "unique": True} if column.once and column.rows > 1 else {"required": True}
    if column.semantic_type in _SENSITIVE:
        made["classification"] = _SENSITIVE[column.semantic_type]
    elif column.values and chosen.logical_type == "string":
        valid = {"metric": "invalidValues", "arguments": {"validValues": list(column.values)}, "mustBe": 0}
        made["quality"] = [valid]
    return made


def _of_text(column: ColumnSeen, chosen: Candidate) -> dict[str, Any]:
    """What text is held to: its semantic type, else its length where its values are not listed."""
    if chosen.logical_type != "string":
        return {}
    if column.semantic_type:
        return {"format": column.semantic_type}
    return {"maxLength": column.longest} if column.longest and not column.values else {}


def _range(chosen: Candidate) -> dict[str, Any]:
    """The lowest and highest value, as bounds of the sort."""
    found = {"minimum": chosen.lowest, "maximum": chosen.highest}
    if chosen.logical_type in {"integer", "number"}:
        return {key: _number(end) for key, end in found.items() if end is not None}
    if chosen.logical_type in {"date", "timestamp"}:
        return {key: end.replace(" ", "T") for key, end in found.items() if end is not None}
    return {}


def _number(written: str) -> int | Decimal:
    number = Decimal(written)
    return int(number) if number == number.to_integral_value() and abs(number) < 10**18 else number
