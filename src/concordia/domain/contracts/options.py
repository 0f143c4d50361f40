"""Which options a logical type has, and of which form they are (ODCS 3.1, logicalTypeOptions)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticCustomError

_TEXT, _NUMBER, _SIZE, _YES, _STEP = "text", "number", "size", "yes or no", "a number above zero"
_ENDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_INTEGERS = ("i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128")

_DATE = {"format": _TEXT, **dict.fromkeys(_ENDS, _TEXT)}
_MOMENT = {**_DATE, "timezone": _YES, "defaultTimezone": _TEXT}
_NUMERIC = {"multipleOf": _STEP, **dict.fromkeys(_ENDS, _NUMBER), "format": _TEXT}

OPTIONS: dict[str, dict[str, str]] = {
    "string": {"minLength": _SIZE, "maxLength": _SIZE, "pattern": _TEXT, "format": _TEXT},
    "date": _DATE,
    "timestamp": _MOMENT,
    "time": _MOMENT,
    "integer": _NUMERIC,
    "number": _NUMERIC,
    "object": {"maxProperties": _SIZE, "minProperties": _SIZE, "required": "texts"},
    "array": {"maxItems": _SIZE, "minItems": _SIZE, "uniqueItems": _YES},
}
_FORMATS = {"integer": _INTEGERS, "number": ("f32", "f64")}


def option_faults(kind: object, options: dict[str, Any], legacy: bool) -> Iterator[PydanticCustomError]:
    """What is wrong with the options of a logical type. From 3.1 on, options ask for a type that has them."""
    if kind is None and options and not legacy:
        yield PydanticCustomError("part_missing", "{name} is missing", {"name": "logicalType"})
    known = OPTIONS.get(kind) if isinstance(kind, str) else None
    if known is None:
        return
    for name, value in options.items():
        where = f"logicalTypeOptions.{name}"
        if name not in known:
            listed = ", ".join(known)
            yield PydanticCustomError("unknown_option", "{name}: {known}", {"name": where, "known": listed})
        elif legacy and name.startswith("exclusive") and isinstance(value, bool):
            continue  # 3.0 wrote whether `minimum` itself is allowed
        elif not _is(known[name], value):
            yield PydanticCustomError("option_form", "{name}: {form}", {"name": where, "form": known[name]})
    formats = _FORMATS.get(str(kind))
    if formats and isinstance(options.get("format"), str) and options["format"] not in formats:
        found = {"name": "logicalTypeOptions.format", "known": ", ".join(formats)}
        yield PydanticCustomError("not_one_of", "{name}: {known}", found)


def _is(form: str, value: Any) -> bool:
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    match form:
        case "text":
            return isinstance(value, str)
        case "number":
            return number
        case "a number above zero":
            return number and value > 0
        case "size":
            return number and value >= 0 and value == int(value)
        case "yes or no":
            return isinstance(value, bool)
    texts = isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
    return texts and len(set(value)) == len(value)
