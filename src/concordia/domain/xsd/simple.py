"""Simple types of XML Schema: what kind of values, and the facets that narrow them."""

from dataclasses import dataclass, field, replace

from concordia.domain.xsd.components import XS, Components, Declared, whole

_TEXT_TYPES = (
    "string",
    "normalizedString",
    "token",
    "language",
    "Name",
    "NCName",
    "NMTOKEN",
    "ID",
    "IDREF",
    "ENTITY",
    "anyURI",
    "QName",
    "NOTATION",
    "base64Binary",
    "hexBinary",
    "gYear",
    "gYearMonth",
    "gMonth",
    "gMonthDay",
    "gDay",
    "duration",
    "anySimpleType",
    "anyType",
    "NMTOKENS",
    "IDREFS",
    "ENTITIES",
)
_INTEGERS = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    **{
        name: (-(2 ** (size - 1)), 2 ** (size - 1) - 1)
        for name, size in (("byte", 8), ("short", 16), ("int", 32))
    },
    "long": (-(2**63), 2**63 - 1),
    **{
        f"unsigned{name}": (0, 2**size - 1)
        for name, size in (("Byte", 8), ("Short", 16), ("Int", 32), ("Long", 64))
    },
}
_FAMILIES = {
    **dict.fromkeys(_TEXT_TYPES, "text"),
    **dict.fromkeys(_INTEGERS, "integer"),
    "boolean": "boolean",
    "decimal": "decimal",
    "float": "float",
    "double": "float",
    "date": "date",
    "dateTime": "timestamp",
    "time": "time",
}
_LISTS = {"NMTOKENS", "IDREFS", "ENTITIES"}
_PRESERVED = {"string", "anySimpleType", "anyType"}
_SIZES = ("length", "minLength", "maxLength", "totalDigits", "fractionDigits")
_ENDS = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")


@dataclass(frozen=True, slots=True)
class Simple:
    """Values of a type. `patterns` all hold; each is a list of which one must fit.

    `family` is text, integer, decimal, float, boolean, date, timestamp or time. `builtin` is the type of XML Schema
    that it comes from. `words` are what can only be said: a list of values, a union of types.
    """

    family: str
    builtin: str
    sizes: dict[str, int] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    values: tuple[str, ...] | None = None
    patterns: tuple[tuple[str, ...], ...] = ()
    white_space: str = "collapse"
    words: tuple[str, ...] = ()

    @property
    def may_be_empty(self) -> bool:
        """Whether an element with nothing in it has a value of this type."""
        if self.family != "text" or self.builtin not in {*_PRESERVED, "normalizedString", "token", "anyURI"}:
            return False
        some = self.sizes.get("minLength", 0) or self.sizes.get("length", 0)
        return not some and (self.values is None or "" in self.values) and not self.patterns


ANYTHING = Simple("text", "anyType", white_space="preserve")


def builtin(name: str) -> Simple:
    """A type that XML Schema has itself."""
    known = name if name in _FAMILIES else "string"
    low, high = _INTEGERS.get(known, (None, None))
    ends = {"minInclusive": low, "maxInclusive": high}
    space = "preserve" if known in _PRESERVED else "replace" if known == "normalizedString" else "collapse"
    return Simple(
        _FAMILIES[known],
        known,
        ends={key: str(value) for key, value in ends.items() if value is not None},
        white_space=space,
        words=("list",) if known in _LISTS else (),
    )


class SimpleTypes:
    """Finds what simple types mean."""

    def __init__(self, components: Components) -> None:
        self._components = components

    def named(self, name: str, above: tuple[str, ...] = ()) -> Simple:
        """A type by its full name."""
        if name.startswith(XS):
            return builtin(name.removeprefix(XS))
        if name in above:
            return ANYTHING
        return self.declared(self._components.find("simpleType", name), (*above, name))

    def declared(self, part: Declared, above: tuple[str, ...] = ()) -> Simple:
        """A type as it is declared."""
        inner = part.first("restriction", "list", "union")
        if inner is None:
            return ANYTHING
        if inner.kind == "list":
            return Simple("text", "string", words=("list",))
        if inner.kind == "union":
            return self._union(inner, above)
        return self.restricted(self._base(inner, above), inner)

    def _base(self, inner: Declared, above: tuple[str, ...]) -> Simple:
        base = inner.name_in("base")
        if base is not None:
            return self.named(base, above)
        own = inner.first("simpleType")
        return self.declared(own, above) if own else ANYTHING

    def _union(self, inner: Declared, above: tuple[str, ...]) -> Simple:
        named = [self.named(inner.resolved(name), above) for name in (inner.get("memberTypes") or "").split()]
        members = [
            *named,
            *(self.declared(part, above) for part in inner.parts() if part.kind == "simpleType"),
        ]
        if members and all(member.values is not None and member.family == "text" for member in members):
            values = tuple(dict.fromkeys(value for member in members for value in member.values or ()))
            return Simple("text", "string", values=values, white_space=members[0].white_space)
        return Simple("text", "string", words=("union",))

    def restricted(self, base: Simple, inner: Declared) -> Simple:
        """A type with the facets of a restriction on top."""
        sizes, ends, values, patterns = dict(base.sizes), dict(base.ends), [], []
        space = base.white_space
        for facet in inner.parts():
            value = facet.get("value") or ""
            if facet.kind in _SIZES:
                sizes[facet.kind] = whole(value)
            elif facet.kind in _ENDS:
                ends[facet.kind] = value.strip()
            elif facet.kind == "enumeration":
                values.append(value)
            elif facet.kind == "pattern":
                patterns.append(value)
            elif facet.kind == "whiteSpace":
                space = value
        return replace(
            base,
            sizes=sizes,
            ends=ends,
            values=tuple(values) if values else base.values,
            patterns=(*base.patterns, tuple(patterns)) if patterns else base.patterns,
            white_space=space,
        )
