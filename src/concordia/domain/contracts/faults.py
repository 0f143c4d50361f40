"""Faults of the form of a data contract, as problems with a path, what is wrong and how to mend it."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from concordia.domain.problems import Problem
from concordia.domain.texts import Text, both

_UNIONS = {
    "tuple",
    "function-before",
    "Team",
    "str",
    "constrained-str",
    "dict",
    "lax-or-strict",
    "decimal",
    "int",
}


def form_problems(
    error: ValidationError, document: Any, without: Callable[[Any], bool] | None = None
) -> list[Problem]:
    """Every fault of form, once per place, except those that `without` passes over."""
    found: dict[tuple[str, str], Problem] = {}
    for fault in error.errors(include_url=False):
        if without and without(fault):
            continue
        path = readable_path(fault["loc"], document, missing=fault["type"] == "missing")
        if inside := str(fault.get("ctx", {}).get("name", "")):
            path = f"{path}.{inside}" if path != "document" else inside
        problem = Problem(path, *_words(fault))
        found.setdefault((path, str(problem.what)), problem)
    more = [_MORE] if found and error.error_count() >= MOST_FAULTS else []
    return [*found.values(), *more]


MOST_FAULTS = 1_000  # more than anybody mends at once, and each is costly to tell
_MORE = Problem(
    "document",
    both("Er zijn nog meer fouten.", "There are more faults."),
    both("Herstel deze eerst, en kijk opnieuw.", "Mend these first, and look again."),
)


def readable_path(location: tuple[int | str, ...], document: Any, *, missing: bool = False) -> str:
    """`schema.cities.properties.population.required`: items by their name where they have one."""
    return "".join(_steps(location, document, missing)).lstrip(".") or "document"


def _steps(location: tuple[int | str, ...], document: Any, missing: bool) -> Iterator[str]:
    here = document
    for index, step in enumerate(location):
        last = index == len(location) - 1
        if isinstance(step, int) and isinstance(here, list) and step < len(here):
            here = here[step]
            name = here.get("name") or here.get("server") if isinstance(here, dict) else None
            yield f".{name}" if isinstance(name, str) and name and "\n" not in name else f"[{step}]"
        elif isinstance(step, str) and isinstance(here, dict) and (step in here or (last and missing)):
            here = here.get(step)
            yield f".{step}"


def _words(fault: Any) -> tuple[Text, Text]:
    kind, context = fault["type"], fault.get("ctx", {})
    name = str(context.get("name") or (fault["loc"][-1] if fault["loc"] else "document")).rpartition(".")[2]
    known = str(context.get("known", ""))
    match kind:
        case "missing" | "part_missing":
            return both(f"“{name}” ontbreekt.", f"“{name}” is missing."), both(
                f"Voeg {name} toe.", f"Add {name}."
            )
        case "extra_forbidden" | "unknown_word" | "unknown_option":
            return both(f"“{name}” is hier onbekend.", f"“{name}” is not known here."), _meant(name, known)
        case "literal_error" | "enum" | "not_one_of":
            listed = known or str(context.get("expected", ""))
            return (
                both(f"{_shown(fault)} kan hier niet.", f"{_shown(fault)} is not possible here."),
                both(f"Kies uit: {listed.replace(' or ', ' of ')}.", f"Choose from: {listed}."),
            )
    return _SENTENCES.get(kind, _WRONG_FORM)(fault)


def _meant(name: str, known: str) -> Text:
    close = get_close_matches(name, known.split(", ") if known else _WORDS, n=1, cutoff=0.7)
    if close:
        return both(f"Bedoelde u “{close[0]}”?", f"Did you mean “{close[0]}”?")
    return both(
        "Haal het weg, of zet het onder customProperties.", "Remove it, or put it below customProperties."
    )


def _shown(fault: Any) -> str:
    given = fault.get("input", "")
    return "Dit" if isinstance(given, dict | list) else f"“{str(given)[:60]}”"


def _form(fault: Any) -> tuple[Text, Text]:
    nl, en = _FORMS.get(str(fault.get("ctx", {}).get("form", "")), _FORMS.get(fault["type"], ("", "")))
    what = both("Dit heeft hier de verkeerde vorm.", "This has the wrong form here.")
    if not nl:
        return what, both("Vergelijk met de standaard ODCS 3.1.", "Compare with the standard ODCS 3.1.")
    return what, both(f"Schrijf hier {nl}.", f"Write {en} here.")


def _null(_fault: Any) -> tuple[Text, Text]:
    return (
        both("Hier staat niets.", "Nothing is written here."),
        both("Vul het in, of haal de regel weg.", "Fill it in, or take the line away."),
    )


def _one_operator(_fault: Any) -> tuple[Text, Text]:
    return (
        both("Een controle heeft precies één vergelijking.", "A check has exactly one comparison."),
        both(
            "Schrijf één van mustBe, mustNotBe, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, "
            "mustBeLessOrEqualTo, mustBeBetween, mustNotBeBetween.",
            "Write one of mustBe, mustNotBe, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, "
            "mustBeLessOrEqualTo, mustBeBetween, mustNotBeBetween.",
        ),
    )


def _not_of_kind(fault: Any) -> tuple[Text, Text]:
    name = str(fault["ctx"]["name"])
    return (
        both(f"“{name}” hoort niet bij deze soort.", f"“{name}” does not belong to this kind."),
        both("Haal het weg, of kies de soort die het heeft.", "Remove it, or choose the kind that has it."),
    )


def _ends(_fault: Any) -> tuple[Text, Text]:
    return (
        both("De twee einden zijn hier niet goed.", "The two ends are not right here."),
        both(
            "Schrijf twee verschillende getallen, of twee keer één kolom of twee keer een lijst.",
            "Write two different numbers, or one column twice, or a list twice.",
        ),
    )


def _reference(fault: Any) -> tuple[Text, Text]:
    return (
        both(f"{_shown(fault)} verwijst nergens naar.", f"{_shown(fault)} refers to nothing."),
        both(
            "Schrijf tabel.kolom, met alleen letters, cijfers, streepjes en liggende streepjes.",
            "Write table.column, with letters, digits, hyphens and underscores only.",
        ),
    )


_FORMS = {
    "text": ("tekst", "text"),
    "texts": ("een lijst van verschillende teksten", "a list of different texts"),
    "number": ("een getal", "a number"),
    "a whole number": ("een geheel getal", "a whole number"),
    "a number above zero": ("een getal boven nul", "a number above zero"),
    "size": ("een geheel getal van nul of meer", "a whole number of zero or more"),
    "yes or no": ("true of false", "true or false"),
    "sftp://": ("een adres dat begint met sftp://", "an address that begins with sftp://"),
    "string_type": ("tekst, zo nodig tussen aanhalingstekens", "text, between quotes where needed"),
    "bool_type": ("true of false", "true or false"),
    "int_type": ("een geheel getal", "a whole number"),
    "is_instance_of": ("een getal", "a number"),
    "tuple_type": ("een lijst", "a list"),
    "dict_type": ("een map van sleutels en waarden", "a map of keys and values"),
    "model_type": ("een map van sleutels en waarden", "a map of keys and values"),
    "greater_than_equal": ("een getal van nul of meer", "a number of zero or more"),
}
_WRONG_FORM = _form
_SENTENCES: dict[str, Callable[[Any], tuple[Text, Text]]] = {
    "null": _null,
    "one_operator": _one_operator,
    "not_of_kind": _not_of_kind,
    "two_ends": _ends,
    "equal_ends": _ends,
    "string_pattern_mismatch": _reference,
}
_WORDS = (
    "apiVersion",
    "authoritativeDefinitions",
    "businessName",
    "classification",
    "customProperties",
    "description",
    "examples",
    "items",
    "logicalType",
    "logicalTypeOptions",
    "name",
    "physicalName",
    "physicalType",
    "primaryKey",
    "primaryKeyPosition",
    "properties",
    "quality",
    "relationships",
    "required",
    "schema",
    "servers",
    "slaProperties",
    "status",
    "support",
    "tags",
    "team",
    "unique",
    "version",
)
