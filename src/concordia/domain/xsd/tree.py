"""What may stand in a message, as a tree: elements with how often they occur, their attributes and their values.

Sequences, choices, groups and extensions are worked out: of the same name below one element there is one part, with
the least and the most that all alternatives together allow.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from concordia.domain.texts import both
from concordia.domain.xsd.components import XS, Components, Declared, SchemaError, local_name, whole
from concordia.domain.xsd.simple import ANYTHING, Simple, SimpleTypes

ENDLESS = 10**9
_MOST_PARTS = 50_000
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of an element."""

    name: str
    required: bool
    simple: Simple
    documentation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """An element in its place. `origin` is the same for parts that are declared alike, wherever they stand.

    `choices` are the alternatives of which just one may stand in it, `open_to` what may stand in it that nobody
    named: `any`, `mixed`, `recursive`.
    """

    name: str
    least: int
    most: int
    origin: tuple[str, ...]
    simple: Simple | None = None
    attributes: tuple[Attribute, ...] = ()
    parts: tuple["Part", ...] = ()
    choices: tuple[tuple[str, ...], ...] = ()
    open_to: tuple[str, ...] = ()
    nillable: bool = False
    documentation: tuple[str, ...] = ()

    @property
    def repeats(self) -> bool:
        """Whether it may stand there more than once."""
        return self.most > 1


@dataclass(slots=True)
class _Content:
    parts: dict[str, Part] = field(default_factory=dict)
    choices: list[tuple[str, ...]] = field(default_factory=list)
    open_to: list[str] = field(default_factory=list)

    def then(self, other: "_Content") -> None:
        """What stands here and then what stands there."""
        for name, part in other.parts.items():
            mine = self.parts.get(name)
            self.parts[name] = (
                replace(mine, least=mine.least + part.least, most=_most(mine.most + part.most))
                if mine
                else part
            )
        self._told(other)

    def either(self, others: Sequence["_Content"]) -> None:
        """One of these, of which each part occurs at least as often as in all of them."""
        for other in others:
            for name, part in other.parts.items():
                least = min(one.parts[name].least if name in one.parts else 0 for one in others)
                mine = self.parts.get(name)
                self.parts[name] = replace(
                    mine or part, least=least, most=max(part.most, mine.most if mine else 0)
                )
            self._told(other)

    def times(self, least: int, most: int) -> None:
        """As often as a group occurs."""
        for name, part in self.parts.items():
            self.parts[name] = replace(part, least=part.least * least, most=_most(part.most * most))

    def _told(self, other: "_Content") -> None:
        self.choices += other.choices
        self.open_to += other.open_to


def _most(number: int) -> int:
    return min(number, ENDLESS)


class Trees:
    """Makes the tree below an element of a schema."""

    def __init__(self, components: Components, language: str) -> None:
        self._components, self._language = components, language
        self._simple = SimpleTypes(components)
        self._made = 0

    def root(self, name: str) -> Part:
        """The tree of an element that may begin a message."""
        return self._element(self._components.find("element", name), (), 1, 1)

    def _element(self, part: Declared, above: tuple[tuple[str, ...], ...], least: int, most: int) -> Part:
        self._made += 1
        if self._made > _MOST_PARTS:
            raise SchemaError(
                both("Het schema kent te veel onderdelen.", "The schema has too many parts."),
                both("Kies met --record één soort record.", "Choose one kind of record with --record."),
            )
        if reference := part.name_in("ref"):
            part = self._components.find("element", reference)
        named, inline = part.name_in("type"), part.first("complexType", "simpleType")
        name = part.own_name() if part.get("name") else ""
        if self._components.named.get(("element", self._global(part))) is part:
            name = self._global(part)
        origin = (name, named) if named else (name, f"#{id(part.element)}")
        found = Part(
            name,
            least,
            most,
            origin,
            nillable=part.get("nillable") in {"true", "1"},
            documentation=tuple(part.documentation(self._language)),
        )
        if origin in above or len(above) >= _DEEPEST:
            return replace(found, open_to=("recursive",))
        return self._filled(found, named, inline, (*above, origin))

    def _global(self, part: Declared) -> str:
        return f"{{{part.namespace}}}{part.get('name')}" if part.namespace else part.get("name") or ""

    def _filled(
        self, found: Part, named: str | None, inline: Declared | None, above: tuple[tuple[str, ...], ...]
    ) -> Part:
        if inline and inline.kind == "simpleType":
            return replace(found, simple=self._simple.declared(inline))
        if inline:
            return self._complex(found, inline, above)
        if named is None or named == f"{XS}anyType":
            return replace(found, simple=ANYTHING, open_to=("any",))
        if named.startswith(XS) or ("simpleType", named) in self._components.named:
            return replace(found, simple=self._simple.named(named))
        declared = self._components.find("complexType", named)
        documented = found.documentation or tuple(declared.documentation(self._language))
        return self._complex(replace(found, documentation=documented), declared, above)

    def _complex(self, found: Part, declared: Declared, above: tuple[tuple[str, ...], ...]) -> Part:
        content, attributes, simple = self._type(declared, above, ())
        parts = tuple(content.parts.values())
        is_mixed = "mixed" in content.open_to
        if is_mixed and not parts and simple is None:
            simple = ANYTHING
        return replace(
            found,
            simple=simple,
            attributes=tuple(attributes.values()),
            parts=parts,
            choices=tuple(dict.fromkeys(content.choices)),
            open_to=tuple(dict.fromkeys(kind for kind in content.open_to if kind != "mixed" or parts)),
        )

    def _type(
        self, declared: Declared, above: tuple[tuple[str, ...], ...], bases: tuple[str, ...]
    ) -> tuple[_Content, dict[str, Attribute], Simple | None]:
        content = _Content()
        if declared.get("mixed") in {"true", "1"}:
            content.open_to.append("mixed")
        inner = declared.first("simpleContent", "complexContent")
        if inner is None:
            self._add(content, declared, above)
            return content, self._attributes(declared), None
        if inner.get("mixed") in {"true", "1"}:
            content.open_to.append("mixed")
        derived = inner.first("extension", "restriction")
        base = derived.name_in("base") if derived else None
        if derived is None or base is None:
            return content, {}, None
        inherited, attributes, simple = self._base(base, above, bases)
        if inner.kind == "simpleContent":
            simple = simple or ANYTHING
            simple = self._simple.restricted(simple, derived) if derived.kind == "restriction" else simple
        elif derived.kind == "extension":
            content.then(inherited)
        self._add(content, derived, above)
        return content, _changed(attributes, self._attributes(derived), derived), simple

    def _base(
        self, name: str, above: tuple[tuple[str, ...], ...], bases: tuple[str, ...]
    ) -> tuple[_Content, dict[str, Attribute], Simple | None]:
        if name in bases:
            return _Content(), {}, None
        if ("complexType", name) in self._components.named:
            return self._type(self._components.named["complexType", name], above, (*bases, name))
        simple = None if name == f"{XS}anyType" else self._simple.named(name)
        return _Content(), {}, simple

    def _add(self, content: _Content, declared: Declared, above: tuple[tuple[str, ...], ...]) -> None:
        group = declared.first("sequence", "choice", "all", "group")
        if group:
            content.then(self._group(group, above))

    def _group(self, group: Declared, above: tuple[tuple[str, ...], ...]) -> _Content:
        least, most = _occurs(group)
        content = _Content()
        if group.kind == "element":
            content = self._alternatives(group, above, least, most)
        elif group.kind == "any":
            content.open_to.append("any")
        elif group.kind == "group":
            named = self._components.find("group", group.name_in("ref") or "")
            inner = named.first("sequence", "choice", "all")
            content = self._group(inner, above) if inner else content
            content.times(least, most)
        elif group.kind == "choice":
            ways = [self._group(part, above) for part in group.parts()]
            content.either(ways)
            names = tuple(dict.fromkeys(local_name(next(iter(way.parts), "…")) for way in ways))
            if len(names) > 1 and most == 1:
                content.choices.append(names)
            content.times(least, most)
        elif group.kind in {"sequence", "all"}:
            for part in group.parts():
                content.then(self._group(part, above))
            content.times(least, most)
        return content

    def _alternatives(
        self, part: Declared, above: tuple[tuple[str, ...], ...], least: int, most: int
    ) -> _Content:
        """An element, or what may stand in its place."""
        reference = part.name_in("ref")
        names = self._components.stand_ins(reference) if reference else []
        head = self._element(part, above, least, most)
        is_abstract = reference and self._components.find("element", reference).get("abstract") in {
            "true",
            "1",
        }
        ways = [] if is_abstract and names else [_Content({head.name: head})]
        for name in names:
            other = self._element(self._components.find("element", name), above, least, most)
            ways.append(_Content({other.name: other}))
        content = _Content()
        content.either(ways)
        return content

    def _attributes(self, declared: Declared, groups: tuple[str, ...] = ()) -> dict[str, Attribute]:
        found: dict[str, Attribute] = {}
        for part in declared.parts():
            reference = part.name_in("ref")
            if part.kind == "attributeGroup" and reference and reference not in groups:
                named = self._components.find("attributeGroup", reference)
                found.update(self._attributes(named, (*groups, reference)))
            elif part.kind == "attribute" and part.get("use") != "prohibited":
                made = self._attribute(part, reference)
                found[made.name] = made
        return found

    def _attribute(self, part: Declared, reference: str | None) -> Attribute:
        required = part.get("use") == "required"
        notes = part.documentation(self._language)
        name = reference or part.own_name()
        if reference:
            known = self._components.named.get(("attribute", reference))
            if known is None:
                return Attribute(name, required, ANYTHING, tuple(notes))
            part = known
        named, inline = part.name_in("type"), part.first("simpleType")
        simple = self._simple.named(named) if named else self._simple.declared(inline) if inline else ANYTHING
        return Attribute(name, required, simple, tuple(notes or part.documentation(self._language)))


def _changed(
    inherited: dict[str, Attribute], own: dict[str, Attribute], derived: Declared
) -> dict[str, Attribute]:
    gone = {
        part.own_name()
        for part in derived.parts()
        if part.kind == "attribute" and part.get("use") == "prohibited"
    }
    return {name: one for name, one in {**inherited, **own}.items() if name not in gone}


def _occurs(part: Declared) -> tuple[int, int]:
    most = part.get("maxOccurs") or "1"
    return whole(part.get("minOccurs") or "1"), ENDLESS if most == "unbounded" else whole(most)
