"""The named parts of an XML Schema of one or more documents, and what names in it mean (W3C XML Schema 1.0)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from concordia.domain.texts import Text, both

XS = "{http://www.w3.org/2001/XMLSchema}"
_XML = "http://www.w3.org/XML/1998/namespace"


class Element(Protocol):
    """What is needed of a parsed element: that of lxml has it."""

    tag: Any
    text: str | None
    attrib: Mapping[str, str]
    nsmap: Mapping[str | None, str]

    def get(self, key: str, /) -> str | None:
        """An attribute."""

    def __iter__(self) -> Iterator["Element"]:
        """Its children."""

    def itertext(self) -> Iterator[str]:
        """Every text in it."""


class SchemaError(ValueError):
    """Raised for a schema that no contract can be made from; `what` and `mend` say why, and what helps."""

    def __init__(self, what: Text, mend: Text) -> None:
        super().__init__(str(what))
        self.what, self.mend = what, mend


@dataclass(frozen=True, slots=True)
class Declared:
    """A part of the schema, with the namespace of the document that it stands in."""

    element: Element
    namespace: str
    qualified: bool
    attributes_qualified: bool

    @property
    def kind(self) -> str:
        """What it is: `element`, `sequence`, `restriction`; empty for comments and what is not of XML Schema."""
        tag = self.element.tag
        return tag.removeprefix(XS) if isinstance(tag, str) and tag.startswith(XS) else ""

    def get(self, name: str) -> str | None:
        """An attribute as it is written."""
        return self.element.get(name)

    def parts(self) -> list["Declared"]:
        """Its children, without notes."""
        made = [
            Declared(child, self.namespace, self.qualified, self.attributes_qualified)
            for child in self.element
        ]
        return [part for part in made if part.kind and part.kind != "annotation"]

    def first(self, *kinds: str) -> "Declared | None":
        """The first child of these kinds."""
        return next((part for part in self.parts() if part.kind in kinds), None)

    def name_in(self, attribute: str) -> str | None:
        """What a reference means (`type="xs:date"`), as `{namespace}name`; None where none is written."""
        written = self.get(attribute)
        return None if written is None else self.resolved(written)

    def resolved(self, written: str) -> str:
        """A written name as `{namespace}name`; names without prefix in a document without namespace take its own."""
        prefix, _, local = written.strip().rpartition(":")
        namespace = _XML if prefix == "xml" else self.element.nsmap.get(prefix or None)
        if namespace is None and prefix:
            raise SchemaError(
                both(f"Het voorvoegsel “{prefix}” is niet bekend.", f"The prefix “{prefix}” is not known."),
                both("Controleer het schema.", "Check the schema."),
            )
        return clark(self.namespace if namespace is None else namespace, local)

    def own_name(self) -> str:
        """The full name of an element or attribute that is declared here."""
        name, form = self.get("name") or "", self.get("form")
        qualified = self.qualified if self.kind == "element" else self.attributes_qualified
        return clark(self.namespace, name) if form == "qualified" or (form is None and qualified) else name

    def documentation(self, language: str) -> list[str]:
        """What the schema says about it: in the language where that is told apart, each piece on one line."""
        notes = [
            (note.get(f"{{{_XML}}}lang"), " ".join("".join(note.itertext()).split()))
            for annotation in self.element
            if annotation.tag == f"{XS}annotation"
            for note in annotation
            if note.tag == f"{XS}documentation"
        ]
        chosen = [text for code, text in notes if code and code[:2] == language] or [
            text for _, text in notes
        ]
        return [text for text in chosen if text]


def clark(namespace: str, name: str) -> str:
    """`{namespace}name`, or just the name where there is no namespace."""
    return f"{{{namespace}}}{name}" if namespace else name


def whole(written: str) -> int:
    """A whole number of a schema. Raises SchemaError for what is none."""
    if not written.strip().isdecimal():
        raise SchemaError(
            both(f"“{written[:40]}” is geen aantal.", f"“{written[:40]}” is not a number of times."),
            both("Controleer het schema.", "Check the schema."),
        )
    return int(written)


def local_name(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def _every(element: Element) -> Iterator[Element]:
    yield element
    for child in element:
        yield from _every(child)


_KINDS = ("element", "simpleType", "complexType", "group", "attribute", "attributeGroup")


@dataclass(slots=True)
class Components:
    """All named parts, by kind and full name."""

    named: dict[tuple[str, str], Declared] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)
    namespace: str = ""
    kept: list[Element] = field(default_factory=list)  # so that each stays one object, known by its identity

    @classmethod
    def of(cls, documents: Sequence[tuple[Element, str]]) -> "Components":
        """The parts of these documents, the main one first, each with the namespace that it is read in."""
        found = cls(namespace=documents[0][1])
        for number, (root, namespace) in enumerate(documents):
            found.kept += _every(root)
            if root.tag != f"{XS}schema":
                raise SchemaError(
                    both("Dit is geen XML-schema.", "This is no XML Schema."),
                    both(
                        "Kies een bestand dat begint met xs:schema.",
                        "Choose a file that begins with xs:schema.",
                    ),
                )
            whole = Declared(
                root,
                namespace,
                root.get("elementFormDefault") == "qualified",
                root.get("attributeFormDefault") == "qualified",
            )
            for part in whole.parts():
                name = clark(namespace, part.get("name") or "")
                if part.kind in _KINDS:
                    found.named.setdefault((part.kind, name), part)
                if part.kind == "element" and number == 0:
                    found.roots.append(name)
        return found

    def find(self, kind: str, name: str) -> Declared:
        """A named part. Raises SchemaError where it is not there."""
        part = self.named.get((kind, name)) or self.named.get((kind, local_name(name)))
        if part is None:
            shown = local_name(name)
            raise SchemaError(
                both(
                    f"Het schema verwijst naar “{shown}”, dat er niet is.",
                    f"The schema refers to “{shown}”, which is not there.",
                ),
                both(
                    "Zet alle bestanden van het schema bij elkaar in één map.",
                    "Put all files of the schema together in one folder.",
                ),
            )
        return part

    def stand_ins(self, name: str) -> list[str]:
        """The elements that may stand in the place of another (substitution group)."""
        return [
            one
            for (kind, one), part in self.named.items()
            if kind == "element" and part.name_in("substitutionGroup") == name
        ]
