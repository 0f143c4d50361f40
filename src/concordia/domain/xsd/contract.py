"""A data contract (ODCS 3.1) from the parts of an XML Schema."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from concordia.domain.contracts.xml_mapping import NAMESPACE, NAMESPACES, PATH, RECORD, XML_NAMESPACE
from concordia.domain.texts import both
from concordia.domain.xsd.columns import column_of, text_rule
from concordia.domain.xsd.components import Components, Declared, Element, SchemaError, local_name
from concordia.domain.xsd.tables import Leaf, Table, Way, identifier, tables_of
from concordia.domain.xsd.tree import ENDLESS, Part, Trees

__all__ = ["Origin", "contract_from_xsd"]


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that a schema was read from: its name, and the SHA-256 of its bytes."""

    name: str
    digest: str


def contract_from_xsd(
    documents: Sequence[tuple[Element, str]],
    origin: Origin,
    *,
    record: str | None = None,
    language: str = "nl",
) -> dict[str, Any]:
    """The plain values of a contract for messages of a schema, to be edited and to be written down.

    `documents` are the parsed schemas with the namespace that each is read in, the main one first. `record` is the
    local name of the one element that makes rows. Sentences are in `language`. Raises SchemaError.
    """
    components = Components.of(documents)
    trees = Trees(components, language)
    roots = [trees.root(name) for name in _beginnings(components)]
    tables = tables_of(roots, record)
    names = _Prefixes(components.namespace)
    objects = [_object(table, names, language, is_alone=record is not None) for table in tables]
    title = local_name(roots[0].name)
    written: dict[str, Any] = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": identifier(title).lower(),
        "name": title,
        "version": documents[0][0].get("version") or "1.0.0",
        "status": "draft",
    }
    if notes := _notes(documents[0][0], components.namespace, language):
        written["description"] = {"purpose": notes}
    written["schema"] = objects
    written["customProperties"] = [
        {"property": "xmlSchema", "value": origin.name},
        {"property": "xmlSchemaSha256", "value": origin.digest},
    ]
    return written


def _notes(root: Element, namespace: str, language: str) -> str:
    """What a schema says of itself."""
    return " ".join(Declared(root, namespace, True, True).documentation(language))


def _beginnings(components: Components) -> list[str]:
    """The elements that nothing refers to: with these messages begin."""
    used = {
        part.name_in("ref")
        for named in components.named.values()
        for part in _below(named)
        if part.kind == "element"
    }
    heads = {
        part.name_in("substitutionGroup") for part in components.named.values() if part.kind == "element"
    }
    found = [
        name
        for name in components.roots
        if name not in used
        and name not in heads
        and components.find("element", name).get("substitutionGroup") is None
    ]
    chosen = found or components.roots
    if not chosen:
        raise SchemaError(
            both("In dit schema begint geen bericht.", "No message begins in this schema."),
            both("Kies het hoofdbestand van het schema.", "Choose the main file of the schema."),
        )
    return chosen


def _below(part: Any) -> Iterator[Any]:
    yield part
    for child in part.parts():
        yield from _below(child)


class _Prefixes:
    """A prefix for each namespace of one object; the main namespace has none."""

    def __init__(self, main: str) -> None:
        self._main = main
        self.used: dict[str, str] = {}

    def start(self) -> None:
        """Forget what another object used."""
        self.used = {"": self._main} if self._main else {}

    def written(self) -> Iterator[dict[str, Any]]:
        """What the paths mean, as custom properties."""
        others = {prefix: uri for prefix, uri in self.used.items() if prefix}
        if self._main:
            yield {"property": NAMESPACE, "value": self._main}
        if others:
            yield {"property": NAMESPACES, "value": others}

    def step(self, name: str, *, attribute: bool = False) -> str:
        """A name as it is written in a path."""
        namespace = name[1:].partition("}")[0] if name.startswith("{") else ""
        local = local_name(name)
        if namespace == XML_NAMESPACE:
            return f"xml:{local}"
        if not namespace and (attribute or not self._main):
            return local
        for prefix, known in self.used.items():
            if known == namespace and not (attribute and prefix == ""):
                return f"{prefix}:{local}" if prefix else local
        prefix = f"n{len(self.used)}"
        self.used[prefix] = namespace
        return f"{prefix}:{local}"


def _object(table: Table, names: _Prefixes, language: str, *, is_alone: bool) -> dict[str, Any]:
    names.start()
    records = [_path(way, names) for way in table.places]
    columns = _Columns(table, names, language).all()
    written: dict[str, Any] = {"name": table.name, "logicalType": "object", "physicalType": "xml"}
    notes = table.part.documentation
    if notes:
        written["description"] = " ".join(notes)
    written["customProperties"] = [
        {"property": RECORD, "value": records if len(records) > 1 else records[0]},
        *names.written(),
    ]
    rules = [*_rules(table, language), *(_left_out(table.part, language) if is_alone else ())]
    if rules:
        written["quality"] = rules
    written["properties"] = columns
    return written


def _path(way: Way, names: _Prefixes) -> str:
    return "/" + "/".join(names.step(part.name) for part in way)


class _Columns:
    """The properties of a table, each with its own name and path."""

    def __init__(self, table: Table, names: _Prefixes, language: str) -> None:
        self._table, self._names, self._language = table, names, language
        self._taken: set[str] = set()

    def all(self) -> list[dict[str, Any]]:
        """Keys first, then the values of the record in their order."""
        own = [(name, leaf) for name, leaf in self._own_names()]
        self._taken = {name.lower() for name, _ in own}
        keys = [*self._numbers(), *self._places(), *self._outer()]
        values = [column_of(name, leaf, self._own_path(leaf), self._language) for name, leaf in own]
        return [*keys, *values]

    def _own_names(self) -> Iterator[tuple[str, Leaf]]:
        """The shortest end of the path that no other value has."""
        every = [leaf.names() if len(leaf.names()) == 1 else leaf.names()[1:] for leaf in self._table.own]
        ends = [
            [identifier("_".join(steps[-length:])).lower() for length in range(1, len(steps) + 1)]
            for steps in every
        ]
        taken: set[str] = set()
        for index, (leaf, steps) in enumerate(zip(self._table.own, every, strict=True)):
            length = 1
            while length < len(steps) and any(
                ends[other][min(length, len(ends[other])) - 1] == ends[index][length - 1]
                for other in range(len(every))
                if other != index
            ):
                length += 1
            name = self._free(identifier("_".join(steps[-length:])), taken)
            yield name, leaf

    def _free(self, name: str, taken: set[str]) -> str:
        made, number = name, 2
        while made.lower() in taken:
            made, number = f"{name}_{number}", number + 1
        taken.add(made.lower())
        return made

    def _own_path(self, leaf: Leaf) -> str:
        steps = [self._names.step(part.name) for part in leaf.way[1:]]
        if leaf.attribute:
            steps.append(f"@{self._names.step(leaf.attribute.name, attribute=True)}")
        return "/".join(steps) or "."

    def _numbers(self) -> Iterator[dict[str, Any]]:
        number = both("Het hoeveelste record in het bericht.", "The number of the record in the message.")
        if len(self._table.places[0]) == 1:
            return
        yield self._key(f"{self._table.name}_nr", "#", number.in_language(self._language))
        around = self._table.around
        if around:
            part_of = both(
                f"Het record {around.name} waar dit bij hoort.", f"The record {around.name} it belongs to."
            )
            paths = [f"{_path(way, self._names)}#" for way in around.places]
            path: Any = paths if len(paths) > 1 else paths[0]
            yield self._key(f"{around.name}_nr", path, part_of.in_language(self._language))

    def _key(self, name: str, path: Any, description: str) -> dict[str, Any]:
        return {
            "name": self._free(name, self._taken),
            "logicalType": "integer",
            "required": True,
            "description": description,
            "customProperties": [{"property": PATH, "value": path}],
        }

    def _places(self) -> Iterator[dict[str, Any]]:
        holders = [local_name(way[-2].name) for way in self._table.places if len(way) > 1]
        if len(holders) > 1 and len(set(holders)) == len(holders):
            told = both(
                "Het onderdeel van het bericht waarin dit record staat.", "The part of the message it is in."
            )
            yield {
                "name": self._free("xml_onderdeel" if self._language == "nl" else "xml_part", self._taken),
                "logicalType": "string",
                "required": True,
                "description": told.in_language(self._language),
                "customProperties": [{"property": PATH, "value": ".."}],
            }

    def _outer(self) -> Iterator[dict[str, Any]]:
        for key, leaves in self._table.outer:
            name = identifier(key)
            if name.lower() in self._taken:
                name = identifier("_".join(leaves[0].names()[-2:]))
            paths = list(dict.fromkeys(self._outer_path(leaf) for leaf in leaves))
            made = column_of(
                self._free(name, self._taken),
                leaves[0],
                paths if len(paths) > 1 else paths[0],
                self._language,
            )
            if not all(leaf.sure for leaf in leaves):
                made.pop("required", None)
            yield made

    def _outer_path(self, leaf: Leaf) -> str:
        path = _path(leaf.way, self._names)
        return f"{path}/@{self._names.step(leaf.attribute.name, attribute=True)}" if leaf.attribute else path


def _rules(table: Table, language: str) -> Iterator[dict[str, Any]]:
    """What a flat table cannot say of its records, in words."""
    part = table.part
    if part.most not in (1, ENDLESS) or part.least > 1:
        most = both(f"hoogstens {part.most}", f"at most {part.most}")
        least = both(f"minstens {part.least}", f"at least {part.least}")
        chosen = [least.in_language(language)] * (part.least > 0) + [most.in_language(language)] * (
            part.most < ENDLESS
        )
        said = both("Per plaats in het bericht", "In each place of the message").in_language(language)
        yield text_rule(f"{said}: {', '.join(chosen)} {local_name(part.name)}.")
    for path, one in _inside(part, ()):
        where = f"{'/'.join(path)}: " if path else ""
        for names in one.choices:
            either = both("precies één van", "exactly one of").in_language(language)
            yield text_rule(f"{where}{either} {', '.join(names)}.")
        for kind in one.open_to:
            yield text_rule(where + _OPEN[kind].in_language(language))


def _left_out(part: Part, language: str) -> Iterator[dict[str, Any]]:
    """What repeats in the record, for which there is no table."""
    for path, one in _inside(part, ()):
        for child in one.parts:
            if child.repeats:
                name = "/".join((*path, local_name(child.name)))
                said = both(
                    f"{name}: kan vaker voorkomen; staat niet in dit contract.",
                    f"{name}: can occur more than once; is not in this contract.",
                )
                yield text_rule(said.in_language(language))


_OPEN = {
    "any": both(
        "hier mogen ook andere onderdelen staan; die worden niet gelezen.",
        "other parts may stand here too; they are not read.",
    ),
    "mixed": both("tekst tussen de onderdelen wordt niet gelezen.", "text between the parts is not read."),
    "recursive": both(
        "dit onderdeel kan zichzelf bevatten; dat wordt niet gelezen.",
        "this part can hold itself; that is not read.",
    ),
}


def _inside(part: Part, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Part]]:
    yield path, part
    for child in part.parts:
        if not child.repeats:
            yield from _inside(child, (*path, local_name(child.name)))
