"""The published JSON Schema of a result document (draft 2020-12), for programs that read what a check found."""

from typing import Any

from concordia.domain.checking.result import FORM, Outcome, Verdict
from concordia.domain.checking.rules import Severity, Unit

_COUNT = {"type": "integer", "minimum": 0}
_EXACT = {"oneOf": [{"type": "integer"}, {"type": "string", "pattern": r"^-?\d+\.\d{1,9}$"}]}
_SHARE = {"type": ["string", "null"], "pattern": r"^(0|1|0\.\d{1,9})$"}
_DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_SEEN = {"type": ["string", "null"]}
_TEXT = {
    "oneOf": [
        {"type": "string"},
        {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
    ]
}


def _object(optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    needed = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def result_schema() -> dict[str, Any]:
    """What a document of `result.to_plain` looks like. Words are in every language they exist in."""
    contract = _object(
        id={"type": "string"}, version={"type": "string"}, sha256=_DIGEST, object={"type": "string"}
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://concordia.example/schema/{FORM.replace('/', '-')}.json",
        **_object(
            ("schemas",),
            concordia={"const": FORM},
            contract=contract,
            engine={"type": "string"},
            verdict={"enum": [verdict.value for verdict in Verdict]},
            rows=_COUNT,
            files=_list(_file()),
            rules=_list(_rule()),
            columns=_list(_column()),
            remarks=_list(_TEXT),
            run={"type": "object", "additionalProperties": {"type": "string"}},
            schemas=_list(_object(name={"type": "string"}, sha256=_DIGEST)),
        ),
    }


def _rule() -> dict[str, Any]:
    norm = _object(
        operator={"type": "string", "pattern": "^must(Not)?Be"},
        bounds={"type": "array", "items": _EXACT, "minItems": 1, "maxItems": 2},
        unit={"enum": [unit.value for unit in Unit]},
        words=_TEXT,
    )
    row: dict[str, Any] = {"file": {"type": "string"}, "row": {"type": "integer", "minimum": 1}}
    sample = _object(
        ("first",), **row, values={"type": "object", "additionalProperties": _SEEN}, first=_object(**row)
    )
    place = _object(
        file={"type": "string"},
        line={"type": "integer", "minimum": 1},
        path={"type": "string"},
        words=_TEXT,
    )
    return _object(
        ("reason", "previous", "places"),
        key={"type": "string", "minLength": 1},
        kind={"type": "string"},
        meaning=_TEXT,
        columns=_list({"type": "string"}),
        severity={"enum": [severity.value for severity in Severity]},
        norm=norm,
        of_rows={"type": "boolean"},
        adds={"type": "boolean"},
        result={"enum": [outcome.value for outcome in Outcome]},
        counted={"oneOf": [*_EXACT["oneOf"], {"type": "null"}]},
        rows=_COUNT,
        share=_SHARE,
        samples=_list(sample),
        places=_list(place),
        reason=_TEXT,
        previous=_object(counted={"oneOf": [*_EXACT["oneOf"], {"type": "null"}]}, rows=_COUNT),
    )


def _file() -> dict[str, Any]:
    return _object(
        name={"type": "string"},
        bytes=_COUNT,
        sha256=_DIGEST,
        format={"type": "string"},
        rows=_COUNT,
        told=_list(_TEXT),
    )


def _column() -> dict[str, Any]:
    return _object(
        name={"type": "string"},
        present={"type": "boolean"},
        type=_SEEN,
        filled=_COUNT,
        lowest=_SEEN,
        highest=_SEEN,
        distinct={"type": ["integer", "null"], "minimum": 0},
    )
