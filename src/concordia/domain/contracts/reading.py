"""Read a data contract whole, with every fault at once; write it back without loss (system.md C41).

YAML is read as its version 1.2 has it: `no` and `2026-01-05` are text, numbers stay exact. Aliases, tags and keys
that stand twice are refused, as in every document here.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from concordia.domain.contracts.faults import form_problems
from concordia.domain.contracts.model import KNOWN_VERSIONS, OPERATORS, Contract, Quality
from concordia.domain.narrow import LONGEST, NarrowLoader
from concordia.domain.problems import DocumentError, Problem
from concordia.domain.texts import both

_FRACTION = re.compile(r"^[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d{1,3})?$|^[-+]?\d+[eE][-+]?\d{1,3}$")
_INTEGER = re.compile(r"^[-+]?\d{1,40}$")


MOST_VALUES = 100_000
_Scanner: Any = getattr(getattr(yaml, "_yaml", None), "CParser", None)


class _Loader(NarrowLoader):
    """Maps, lists, text, true, false, null, and exact numbers.

    The signs are read by libyaml where it is here, several times as fast; what they mean is decided here all the same.
    """

    most_values = MOST_VALUES

    def __init__(self, text: str) -> None:
        super().__init__("" if _Scanner else text)
        if _Scanner:
            scanner = _Scanner(text)
            for name in ("check_event", "peek_event", "get_event"):
                setattr(self, name, getattr(scanner, name))

    def too_many(self) -> DocumentError:
        """More than any contract needs."""
        what = both(
            f"Er staan meer dan {MOST_VALUES} waarden in.",
            f"There are more than {MOST_VALUES} values in it.",
        )
        mend = both("Verdeel het over meer contracten.", "Divide it over more contracts.")
        return DocumentError([Problem("document", what, mend)])


_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INTEGER, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FRACTION, list("-+.0123456789"))


def _exact(loader: yaml.SafeLoader, node: Any) -> Decimal:
    return Decimal(loader.construct_scalar(node))


def _integer(loader: yaml.SafeLoader, node: Any) -> int:
    return int(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:float", _exact)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)


@dataclass(frozen=True, slots=True)
class Reading:
    """A contract as it was read.

    `remarks` are faults in what is only told and never executed (servers), and words that 3.0 let stand though nobody
    reads them; those are left out of `contract`, and stay in `written`.
    """

    contract: Contract
    written: dict[str, Any]
    remarks: tuple[Problem, ...] = ()


def read_contract(text: str) -> Reading:
    """The contract that a document in YAML or JSON says. Raises DocumentError with every problem at once.

    A fault in a server does not stand in the way of checking a delivery: it comes back as a remark.
    """
    document = read_document(text)
    if not isinstance(document, dict):
        raise DocumentError([_no_contract()])
    contract, problems, remarks = _validated(document)
    told = [problem for problem in problems if problem.path.startswith("servers")]
    if contract is None and len(told) == len(problems):
        contract, _, remarks = _validated({key: value for key, value in document.items() if key != "servers"})
    if contract is None:
        raise DocumentError(problems)
    return Reading(contract, document, (*told, *remarks))


def read_document(text: str) -> Any:
    """The plain values of a document, numbers exact. Raises DocumentError with where and how to mend."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        what = both("Het document is groter dan 1 MB.", "The document is larger than 1 MB.")
        mend = both(
            "Een contract is korter; controleer het bestand.", "A contract is shorter; check the file."
        )
        raise DocumentError([Problem("document", what, mend)])
    plain = text.removeprefix("\ufeff")
    if plain.lstrip().startswith("{"):
        return _read_json(plain)
    try:
        return yaml.load(plain, Loader=_Loader)  # noqa: S506 - a narrowed SafeLoader
    except DocumentError:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DocumentError(
            [_ill_formed(f"line {mark.line + 1}, column {mark.column + 1}" if mark else "")]
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError, InvalidOperation):
        raise DocumentError([_ill_formed("")]) from None


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, parse_float=_fraction, parse_constant=_refuse, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise DocumentError([_ill_formed(f"line {error.lineno}, column {error.colno}")]) from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, DocumentError):
            raise
        raise DocumentError([_ill_formed("")]) from None


def _fraction(written: str) -> Decimal:
    """An exact number; one with an endless exponent would fill the memory as soon as it is a whole number."""
    if not _FRACTION.match(written):
        raise ValueError(written)
    return Decimal(written)


def _refuse(name: str) -> None:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            what = both(f"De sleutel “{key}” staat hier twee keer.", f"The key “{key}” stands here twice.")
            raise DocumentError([Problem(key, what, both("Houd er één over.", "Keep one of them."))])
        found[key] = value
    return found


def _validated(document: dict[str, Any]) -> tuple[Contract | None, list[Problem], list[Problem]]:
    """The contract, what is wrong with its form, and what 3.0 let stand that nobody reads."""
    version = document.get("apiVersion")
    legacy = version in KNOWN_VERSIONS and not str(version).startswith("v3.1")
    try:
        return Contract.model_validate(document, context={"legacy": legacy}), [], []
    except ValidationError as error:
        if not legacy:
            return None, form_problems(error, document), []
        unread = [place for fault in error.errors() if (place := _unread(fault, document))]
        problems = form_problems(error, document, without=lambda fault: bool(_unread(fault, document)))
        remarks = form_problems(error, document, without=lambda fault: not _unread(fault, document))
    if problems or not unread:
        return None, problems, remarks
    contract, problems, more = _validated(_without(document, unread))
    return contract, problems, remarks + more


_READ_IN_CHECK = {"sql": {"query"}, "custom": {"engine", "implementation"}, "text": set[str]()}
_READ_IN_EVERY_CHECK = {to_camel(name) for name in Quality.model_fields} - {
    "id",
    "metric",
    "rule",
    "arguments",
    "query",
    "engine",
    "implementation",
    *map(to_camel, OPERATORS),
}


def _unread(fault: Any, document: Any) -> tuple[int | str, ...] | None:
    """The place of a fault that 3.0 let stand: words that nobody knows, and what a check of that kind has no use for.

    On top, and in an object of the schema, it let no unknown words stand either.
    """
    place = _place(fault["loc"], document)
    if fault["type"] == "extra_forbidden":
        return place if len(place) > 1 and not (place[0] == "schema" and len(place) == 3) else None
    for index, step in enumerate(place[:-2]):
        if step == "quality" and isinstance(place[index + 1], int):
            check = _at(document, place[: index + 2])
            read = _READ_IN_CHECK.get(str(check.get("type"))) if isinstance(check, dict) else None
            if read is not None and place[index + 2] not in read | _READ_IN_EVERY_CHECK:
                return place[: index + 3]
    return None


def _place(location: tuple[int | str, ...], document: Any) -> tuple[int | str, ...]:
    """Where a fault stands in the document, without the steps that only the model knows."""
    found: list[int | str] = []
    here: Any = document
    for step in location:
        if isinstance(here, dict | list):
            with suppress(KeyError, IndexError, TypeError):
                here = here[step]  # type: ignore[index]
                found.append(step)
    return tuple(found)


def _at(document: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        document = document[step]
    return document


def _without(document: Any, places: list[tuple[int | str, ...]]) -> Any:
    here = {place[0]: [rest[1:] for rest in places if rest[0] == place[0]] for place in places}
    gone = {step for step, rests in here.items() if () in rests}
    if isinstance(document, dict):
        return {
            key: _without(value, here[key]) if key in here else value
            for key, value in document.items()
            if key not in gone
        }
    if isinstance(document, list):
        return [
            _without(value, here[index]) if index in here else value for index, value in enumerate(document)
        ]
    return document


class _Dumper(yaml.SafeDumper):
    """Writes text without quotes where reading needs none; numbers as they were."""

    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write everything out."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002
        """Indent lists below their key, as people do."""
        return super().increase_indent(flow, False)


_BREAKS = re.compile("[\r\x85\u2028\u2029]")


def _text(dumper: yaml.SafeDumper, value: str) -> Any:
    """Text; breaks of a line that YAML folds into blanks go between double quotes."""
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", value, style='"' if _BREAKS.search(value) else None
    )


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> Any:
    text = format(value, "f") if -30 < value.adjusted() < 30 else str(value)
    return dumper.represent_scalar(
        "tag:yaml.org,2002:float", text if re.search("[.eE]", text) else f"{text}.0"
    )


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(str, _text)


def dump_contract(document: dict[str, Any]) -> str:
    """The plain values of a contract as YAML that reads back as the same values."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def plain(contract: Contract) -> dict[str, Any]:
    """The contract as plain values: what was written, nothing added."""
    written: dict[str, Any] = _untupled(contract.model_dump(by_alias=True, exclude_unset=True))
    return written


def _untupled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _untupled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_untupled(item) for item in value]
    return value


def _no_contract() -> Problem:
    return Problem(
        "document",
        both("Dit is geen datacontract.", "This is no data contract."),
        both(
            "Begin met apiVersion: v3.1.0 en kind: DataContract.",
            "Begin with apiVersion: v3.1.0 and kind: DataContract.",
        ),
    )


def _ill_formed(where: str) -> Problem:
    return Problem(
        where or "document",
        both("Hier klopt de opmaak van YAML of JSON niet.", "The YAML or JSON is not well formed here."),
        both(
            "Controleer de inspringing, de dubbele punt en de aanhalingstekens op deze regel.",
            "Check the indentation, the colon and the quotes on this line.",
        ),
    )


def problem_lines(problems: Iterator[Problem] | tuple[Problem, ...], language: str) -> list[str]:
    """A line for each problem, to print."""
    return [f"  {problem.sentence(language)}" for problem in problems]
