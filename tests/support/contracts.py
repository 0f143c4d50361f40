"""Contracts for tests: the corpus of our own and the real ones, and what one change in a document can be."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from support.shared import FOLDER

from concordia.domain.contracts.reading import read_contract, read_document
from concordia.domain.problems import DocumentError

CORPUS = Path(__file__).resolve().parents[1] / "domain" / "contracts" / "corpus"
OURS = sorted(CORPUS.glob("*.odcs.yaml"))
REAL = sorted((FOLDER / "contracts").rglob("*.yaml"))
SCHEMAS = FOLDER / "contracts" / "bitol"

type Validator = jsonschema.Draft201909Validator
type Place = tuple[str | int, ...]

VALUES: tuple[Any, ...] = (
    *(None, "", "text", "a.b", "v3.0.2", "string", 0, 3, 3.0, 2.5, -1, True, [], {}),
    *(["a"], ["a", "a"], [None], [1, 1.0], [1, 2], ["a.b", "b.c"], {"unheardOf": 1}),
)
WORDS: dict[str, tuple[Any, ...]] = {
    "unheardOf": (1,),
    "description": ("words", None),
    "mustBe": (0, None),
    "mustBeLessThan": (5, "5"),
    "mustBeBetween": ([1, 2],),
    "metric": ("rowCount", "unheardOf"),
    "rule": ("rowCount",),
    "arguments": ({},),
    "query": ("SELECT 1",),
    "engine": ("soda",),
    "implementation": ("x",),
    "type": ("sql", "custom", "text", "library", "foreignKey"),
    "from": ("a.b", ["a.b"]),
    "to": (["a.b"],),
    "items": ({}, {"logicalType": "string"}),
    "properties": ([], [{"name": "part"}], [{}]),
    "logicalType": ("string", "integer", "array", "object"),
    "logicalTypeOptions": ({}, {"minLength": 1}, {"format": "i32"}, {"exclusiveMinimum": True}),
    "port": (1,),
}


def numbers_as_json(document: Any) -> Any:
    """The values as the official schema is asked about them: fractions as floats."""
    return json.loads(json.dumps(document, default=float))


@cache
def plain_values(path: Path) -> Any:
    """The plain values of a document, days and moments as text; read once, so change only a copy."""
    return numbers_as_json(read_document(path.read_text(encoding="utf-8")))


def read_as_yaml(text: str) -> Any:
    """Another reading of YAML, in which days and moments are text."""
    return yaml.load(text, Loader=_WithoutDays)


class _WithoutDays(yaml.SafeLoader):
    yaml_implicit_resolvers = {
        sign: [(tag, found) for tag, found in resolvers if "timestamp" not in tag]
        for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def official(version: str) -> Validator:
    """The published schema of a version."""
    text = (SCHEMAS / f"odcs-json-schema-v{version}.json").read_text(encoding="utf-8")
    return jsonschema.Draft201909Validator(json.loads(text))


def accepted(document: Any) -> bool:
    """Whether we read a document without a problem and, where it is of 3.1, without a remark."""
    try:
        read = read_contract(json.dumps(document))
    except DocumentError:
        return False
    return not (read.remarks and is_latest(document))


def is_latest(document: Any) -> bool:
    """Whether a document names version 3.1."""
    return isinstance(document, dict) and document.get("apiVersion") == "v3.1.0"


def officially(document: Any, latest: Validator, former: Validator) -> bool:
    """What the published schemas say of a document: that of 3.1; of an older one, either of them."""
    return latest.is_valid(document) or (not is_latest(document) and former.is_valid(document))


def agrees(document: Any, official_verdict: bool) -> bool:
    """Of 3.1 we accept what the schema accepts and nothing else; of older versions at least what a schema accepts."""
    ours = accepted(document)
    return ours == official_verdict or (ours and not is_latest(document))


def places(document: Any, here: Place = ()) -> Iterator[Place]:
    """Every place in a document, the document itself first."""
    yield here
    if isinstance(document, dict | list):
        steps = document.items() if isinstance(document, dict) else enumerate(document)
        for step, part in steps:
            yield from places(part, (*here, step))


def at(document: Any, place: Place) -> Any:
    """What stands at a place."""
    for step in place:
        document = document[step]
    return document


def changes(document: Any, place: Place) -> Iterator[tuple[str, Any]]:
    """Everything that one change at a place can be: the word for it, and with what."""
    found = at(document, place)
    if place:
        yield "drop", None
        yield from (("set", value) for value in VALUES)
    if isinstance(found, dict):
        yield from (("word", [word, value]) for word, values in WORDS.items() for value in values)
        yield from (("word", [word, None]) for word in found)
    if isinstance(found, list):
        yield "append", None
        if found:
            yield "double", None
    if isinstance(found, int | float) and not isinstance(found, bool):
        yield from (("set", value) for value in (float(found), str(found), bool(found), -found))


def changed(document: Any, place: Place, kind: str, value: Any) -> Any:
    """A copy of the document with one change."""
    made = copy.deepcopy(document)
    if kind in {"drop", "set"}:
        owner = at(made, place[:-1])
        if kind == "drop":
            del owner[place[-1]]
        else:
            owner[place[-1]] = copy.deepcopy(value)
        return made
    here = at(made, place)
    if kind == "word":
        here[value[0]] = copy.deepcopy(value[1])
    else:
        here.append(None if kind == "append" else copy.deepcopy(here[0]))
    return made


def contract(*columns: dict[str, Any], **words: Any) -> dict[str, Any]:
    """A small contract of one table with these columns."""
    table = {"name": "table", "properties": list(columns)}
    made = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "c", "status": "active", "version": "1.0.0"}
    return {**made, "schema": [table], **words}
