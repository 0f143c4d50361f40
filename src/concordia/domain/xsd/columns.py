"""A value of a schema as a property of a contract: its type, its options and its rules."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from concordia.domain.checking.patterns import PatternError
from concordia.domain.contracts.xml_mapping import PATH, WHITE_SPACE
from concordia.domain.texts import both
from concordia.domain.xsd.regex import from_xsd
from concordia.domain.xsd.simple import Simple
from concordia.domain.xsd.tables import Leaf

_LOGICAL = {
    "text": "string",
    "integer": "integer",
    "decimal": "number",
    "float": "number",
    "boolean": "string",
    "date": "date",
    "timestamp": "timestamp",
    "time": "time",
}
_SIZES = {"length": ("minLength", "maxLength"), "minLength": ("minLength",), "maxLength": ("maxLength",)}
_ENDS = {
    "minInclusive": "minimum",
    "maxInclusive": "maximum",
    "minExclusive": "exclusiveMinimum",
    "maxExclusive": "exclusiveMaximum",
}
_BOOLEANS = ("true", "false", "1", "0")
_DIGITS = 38  # that a decimal of an engine has at most


def column_of(name: str, leaf: Leaf, path: Any, language: str) -> dict[str, Any]:
    """The property for a value. `path` is where it stands: a path, or a list of them."""
    simple = leaf.simple
    kind = _logical(simple)
    made: dict[str, Any] = {"name": name}
    notes = list(leaf.documentation)
    if len(notes) > 1 and len(notes[0]) <= 60 and not notes[0].endswith("."):
        made["businessName"] = notes.pop(0)
    if notes:
        made["description"] = " ".join(notes)
    made["logicalType"] = kind
    made["physicalType"] = _physical(simple, kind)
    options = dict(_options(simple, kind))
    rules = [
        *_pattern_rules(simple, kind, options, language),
        *_value_rules(simple, kind),
        *_words(simple, language),
    ]
    if leaf.sure and not simple.may_be_empty:
        made["required"] = True
    elif leaf.sure:
        rules.append(text_rule(_MAY_BE_EMPTY.in_language(language)))
    if options:
        made["logicalTypeOptions"] = options
    if rules:
        made["quality"] = rules
    made["customProperties"] = [{"property": PATH, "value": path}]
    if kind == "string" and simple.white_space != "preserve":
        made["customProperties"].append({"property": WHITE_SPACE, "value": simple.white_space})
    return made


def text_rule(words: str) -> dict[str, Any]:
    """A rule that is only said."""
    return {"type": "text", "description": words}


_MAY_BE_EMPTY = both(
    "Dit onderdeel staat er altijd, maar mag leeg zijn.", "This part is always there, but may be empty."
)


def _logical(simple: Simple) -> str:
    """Whole numbers with a pattern are codes: their zeros in front count, so they are text."""
    if simple.family == "integer" and (simple.patterns or simple.sizes.get("totalDigits", 0) > 18):
        return "string" if simple.patterns else "number"
    return _LOGICAL[simple.family]


def _physical(simple: Simple, kind: str) -> str:
    whole = simple.sizes.get("totalDigits")
    if kind != "number" or simple.family == "float" or whole is None:
        return simple.builtin
    scale = simple.sizes.get("fractionDigits", 0 if simple.family == "integer" else whole)
    scale = min(scale, _DIGITS - 1)
    return f"decimal({min(whole + scale, _DIGITS)},{scale})"


def _options(simple: Simple, kind: str) -> Iterator[tuple[str, Any]]:
    if kind == "string":
        sizes = simple.sizes if simple.family == "text" else {}
        yield from (
            (name, sizes[facet]) for facet, names in _SIZES.items() if facet in sizes for name in names
        )
        return
    if simple.builtin == "unsignedLong" and kind == "integer":
        yield "format", "u64"
    ends = _ends(simple, kind)
    for name, value in ends.items():
        if value is not None and f"exclusive{name.capitalize()}" not in ends:
            yield name, value


def _ends(simple: Simple, kind: str) -> dict[str, Any]:
    ends = {_ENDS[facet]: _value(written, kind) for facet, written in simple.ends.items()}
    digits = simple.sizes.get("totalDigits")
    if digits and kind in {"integer", "number"}:
        most = 10**digits - 1
        ends.setdefault("minimum", -most)
        ends["maximum"] = min(ends.get("maximum") or most, most)
    return ends


def _value(written: str, kind: str) -> Any:
    """A value as a contract writes it; None for what is no number where one belongs."""
    if kind not in {"integer", "number"}:
        return written.strip()
    try:
        number = Decimal(written.strip())
    except InvalidOperation:
        return None
    return (
        int(number)
        if number.is_finite() and number == number.to_integral_value()
        else number
        if number.is_finite()
        else None
    )


def _pattern_rules(
    simple: Simple, kind: str, options: dict[str, Any], language: str
) -> Iterator[dict[str, Any]]:
    for ways in simple.patterns:
        written = "|".join(ways)
        try:
            made = from_xsd(written)
        except PatternError:
            made = None
        if kind == "string" and made and "pattern" not in options:
            options["pattern"] = made
        elif kind == "string" and made:
            yield {"metric": "invalidValues", "arguments": {"pattern": made}, "mustBe": 0}
        else:
            said = both("De waarde past bij het patroon", "The value fits the pattern").in_language(language)
            yield text_rule(f"{said} {written}")


def _value_rules(simple: Simple, kind: str) -> Iterator[dict[str, Any]]:
    values = simple.values
    if simple.family == "boolean":
        values = _BOOLEANS
    if values is None:
        return
    known = [
        value for value in (_value(one, kind) if kind != "string" else one for one in values) if value != ""
    ]
    if known and None not in known:
        listed = list(dict.fromkeys(known))
        yield {"metric": "invalidValues", "arguments": {"validValues": listed}, "mustBe": 0}


def _words(simple: Simple, language: str) -> Iterator[dict[str, Any]]:
    for word in simple.words:
        yield text_rule(_WORDS[word].in_language(language))
    if simple.builtin in _FORMS:
        yield text_rule(_FORMS[simple.builtin].in_language(language))


_WORDS = {
    "list": both(
        "De waarde is een lijst, met spaties ertussen; wat erin staat wordt niet gecontroleerd.",
        "The value is a list with blanks between; what is in it is not checked.",
    ),
    "union": both(
        "De waarde heeft één van meer vormen; welke, wordt niet gecontroleerd.",
        "The value has one of several forms; which is not checked.",
    ),
}
_FORMS = {
    name: both(
        f"De waarde heeft de vorm {name} van XML Schema.", f"The value has the form {name} of XML Schema."
    )
    for name in (
        "base64Binary",
        "hexBinary",
        "duration",
        "gYear",
        "gYearMonth",
        "gMonth",
        "gMonthDay",
        "gDay",
    )
}
