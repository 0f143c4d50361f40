"""Read a charter, check it whole, write it back without loss (system.md C6)."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from concordia.domain.canonical import canonical_json
from concordia.domain.charter.checks import problems
from concordia.domain.charter.faults import form_problems
from concordia.domain.charter.model import Charter
from concordia.domain.charter.reading import read_plain, require_visible
from concordia.domain.narrow import NarrowLoader
from concordia.domain.problems import DocumentError, Problem
from concordia.domain.texts import Text, both


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the document that people edit by itself."""

    key: str
    name: Text


SECTIONS = (
    Section("alliance", both("Alliantie", "Alliance")),
    Section("partners", both("Partners", "Partners")),
    Section("groups", both("Groepen", "Groups")),
    Section("names", both("Namen", "Names")),
    Section("positions", both("Functies", "Positions")),
    Section("bodies", both("Organen", "Bodies")),
    Section("procedures", both("Besluitvorming", "Decision-making")),
    Section("escalation", both("Opschalen", "Escalation")),
    Section("reporting", both("Rapportage", "Reporting")),
    Section("settlement", both("Verrekening", "Settlement")),
    Section("evaluation", both("Evaluatie", "Evaluation")),
    Section("year", both("Vaste data in het jaar", "Fixed dates in the year")),
    Section("covenant", both("Overige bepalingen", "Other provisions")),
    Section("amendment", both("Wijziging van het handvest", "Amending the charter")),
)


def load_charter(text: str) -> Charter:
    """The charter a document says, in YAML or JSON. Raises DocumentError with every problem at once."""
    return from_plain(read_plain(text))


def stored_charter(source: str) -> Charter:
    """A charter as it was kept, once it had been found in order. Checks that came since do not undo what holds.

    Raises pydantic.ValidationError for what this program never kept.
    """
    return Charter.model_validate(read_plain(source))


def from_plain(document: Any) -> Charter:
    """The charter plain values say. Raises DocumentError with every problem at once."""
    if not isinstance(document, dict):
        raise DocumentError(
            [
                Problem(
                    "document",
                    both("Dit is geen handvest.", "This is not a charter."),
                    both(
                        "Begin met `concordia: charter/1` en daarna alliance, partners, enzovoort.",
                        "Begin with `concordia: charter/1`, then alliance, partners and so on.",
                    ),
                )
            ]
        )
    require_visible(document)
    try:
        charter = Charter.model_validate(document)
    except ValidationError as error:
        raise DocumentError([*form_problems(error, document), *_beyond_form(document, error)]) from None
    found = problems(charter)
    if found:
        raise DocumentError(found)
    return charter


def _beyond_form(document: dict[str, Any], error: ValidationError) -> list[Problem]:
    """What else is wrong, seen with stand-ins for the parts whose form is faulty: all faults come at once.

    What a stand-in itself would be blamed for is left out.
    """
    rest = {key: list(value) if isinstance(value, list) else value for key, value in document.items()}
    faulty = {(*fault["loc"], "", "", "")[:3] for fault in error.errors()}
    for section, index, field in faulty:
        items = rest.get(str(section))
        if isinstance(items, list) and isinstance(index, int) and index < len(items):
            items[index] = _mended(str(section), items[index], field, document)
        elif isinstance(items, list):
            continue
        elif section == "groups" and isinstance(items, dict) and index:
            rest["groups"] = items | {index: _keys(document, "partners")}
        elif section in _SPARE:
            rest[str(section)] = _SPARE[str(section)]
        elif section == "amendment":
            rest["amendment"] = {"procedure": next(iter(_keys(document, "procedures")), "a")}
        else:
            rest.pop(str(section), None)
    rest = {key: _without_gaps(value) for key, value in rest.items()}
    try:
        found = problems(Charter.model_validate(rest))
    except ValidationError:
        return []
    short = {(section, "", "") for section, items in document.items() if isinstance(items, list)}
    blamed = [_place(document, *place) for place in faulty - short]
    return [problem for problem in found if not any(_within(problem.path, place) for place in blamed)]


_SPARE: dict[str, Any] = {
    "concordia": "charter/1",
    "alliance": {"key": "a", "name": "a", "objective": "a"},
}
_RULE = {"votes": ["for"], "more_than": "50%", "of": "cast"}


def _mended(section: str, item: Any, field: object, document: dict[str, Any]) -> Any:
    """An item with something in order instead of one faulty field, so that its other faults are told too.

    None where it cannot be told from others: it has no key.
    """
    key = item.get("key") if isinstance(item, dict) else None
    spare = _stand_in(section, key, document) if isinstance(key, str) else None
    if spare is None:
        return None
    kept = {name: value for name, value in item.items() if name != field}
    return kept | {name: value for name, value in spare.items() if name not in kept}


def _stand_in(section: str, key: str, document: dict[str, Any]) -> dict[str, Any] | None:
    """Something in order with this key, so that what refers to it is not blamed."""
    body, seat = (next(iter(_keys(document, name)), None) for name in ("bodies", "positions"))
    spares: dict[str, dict[str, Any]] = {
        "partners": {"key": key, "name": key},
        "positions": {"key": key, "level": "strategic", "per": "partner"},
        "bodies": {"key": key, "level": "strategic", "seats": [seat]},
        "procedures": {"key": key, "body": body, "rule": _RULE},
    }
    return spares.get(section)


def _keys(document: dict[str, Any], section: str) -> list[Any]:
    """The keys of the items of a section, as far as they have one."""
    items = document.get(section)
    return [item.get("key") for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _without_gaps(value: Any) -> Any:
    return [item for item in value if item is not None] if isinstance(value, list) else value


def _place(document: dict[str, Any], section: object, index: object, field: object) -> str:
    """Where a fault of form is told, down to the field of an item."""
    items = document.get(str(section))
    if isinstance(items, list) and isinstance(index, int) and isinstance(items[index], dict):
        return ".".join(filter(None, (str(section), str(items[index].get("key")), str(field))))
    return f"groups.{index}" if section == "groups" and index else str(section)


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}.", f"{place}["))


def check_charter(text: str, language: str) -> tuple[Charter | None, list[str]]:
    """The charter and what to print: one line that it is in order, or a line per problem."""
    try:
        charter = load_charter(text)
    except DocumentError as error:
        count = len(error.problems)
        heading = {"nl": f"{count} punten om te herstellen:", "en": f"{count} things to mend:"}
        if count == 1:
            heading = {"nl": "1 punt om te herstellen:", "en": "1 thing to mend:"}
        return None, [heading[language], *(f"  {problem.sentence(language)}" for problem in error.problems)]
    return charter, [_in_order(charter, language)]


def _in_order(charter: Charter, language: str) -> str:
    words = {
        "nl": (("partner", "partners"), ("orgaan", "organen"), ("procedure", "procedures")),
        "en": (("partner", "partners"), ("body", "bodies"), ("procedure", "procedures")),
    }[language]
    numbers = (len(charter.partners), len(charter.bodies), len(charter.procedures))
    counted = ", ".join(
        f"{number} {one if number == 1 else more}" for number, (one, more) in zip(numbers, words, strict=True)
    )
    return {"nl": f"Dit handvest is in orde: {counted}.", "en": f"This charter is in order: {counted}."}[
        language
    ]


def plain(charter: Charter) -> dict[str, Any]:
    """The charter as plain values: what was written, nothing added."""
    written: dict[str, Any] = charter.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for body in written["bodies"]:
        if "seats" in body:
            body["seats"] = [
                seat["position"] if set(seat) == {"position"} else seat for seat in body["seats"]
            ]
    return written


def dump_yaml(charter: Charter) -> str:
    """The charter as YAML that reads back as the same charter."""
    return _yaml(plain(charter))


def dump_json(charter: Charter) -> str:
    """The charter as JSON that reads back as the same charter."""
    return json.dumps(plain(charter), ensure_ascii=False, indent=2) + "\n"


def dump_section(charter: Charter, section: str) -> str:
    """One section as YAML, with its own key; an absent section as an empty one."""
    written = plain(charter)
    return _yaml({section: written[section]}) if section in written else f"{section}:\n"


def replace_section(charter: Charter, section: str, text: str) -> Charter:
    """The charter with one section replaced by YAML. Raises DocumentError with every problem at once.

    An empty section is left out.
    """
    given = read_plain(text)
    if not isinstance(given, dict) or set(given) != {section}:
        raise DocumentError(
            [
                Problem(
                    section,
                    both(
                        f"Hier hoort alleen het onderdeel “{section}”.",
                        f"Only the section “{section}” belongs here.",
                    ),
                    both(
                        f"Begin met `{section}:` en zet de rest eronder.",
                        f"Begin with `{section}:` and put the rest below.",
                    ),
                )
            ]
        )
    document = plain(charter)
    if given[section] in (None, [], {}):
        document.pop(section, None)
    else:
        document[section] = given[section]
    return from_plain(document)


def canonical_charter(charter: Charter) -> bytes:
    """The one form of a charter that is hashed and decided on: RFC 8785 JSON."""
    return canonical_json(plain(charter), multiline=True)


def charter_hash(charter: Charter) -> str:
    """The hexadecimal SHA-256 of the canonical form."""
    return hashlib.sha256(canonical_charter(charter)).hexdigest()


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of a charter (draft 2020-12), made from the typed model itself."""
    schema = Charter.model_json_schema(by_alias=True, mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://concordia.example/schema/charter-1.json",
        **schema,
    }


class _Dumper(yaml.SafeDumper):
    """Writes text without quotes where our narrow reading needs none."""

    yaml_implicit_resolvers = NarrowLoader.yaml_implicit_resolvers

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write everything out."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002
        """Indent lists below their key, as people do."""
        return super().increase_indent(flow, False)


def _yaml(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
