"""Faults of form, from the typed model, as problems with a path, what is wrong and how to mend it."""

import json
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from concordia.domain.problems import Problem
from concordia.domain.texts import Text, both

_KNOWN = (
    "concordia",
    "alliance",
    "partners",
    "groups",
    "names",
    "positions",
    "bodies",
    "procedures",
    "escalation",
    "reporting",
    "settlement",
    "evaluation",
    "year",
    "covenant",
    "amendment",
    "key",
    "name",
    "objective",
    "basis",
    "since",
    "languages",
    "kind",
    "represented_by",
    "identifier",
    "measures",
    "competences",
    "level",
    "per",
    "holders",
    "mandate",
    "emergency_route",
    "appointed_by",
    "position",
    "vote",
    "rotates",
    "every",
    "role",
    "seats",
    "substitutes",
    "chair",
    "rhythm",
    "papers",
    "advises",
    "at_most_per",
    "to",
    "within",
    "who",
    "due",
    "method",
    "by",
    "shares",
    "smallest_group",
    "what",
    "procedure",
    "considerations",
    "obligations",
    "costs",
    "disputes",
    "duration",
    "termination",
    "publication",
    "description",
    "body",
    "voters",
    "subjects",
    "involve",
    "quorum",
    "rule",
    "term",
    "extend",
    "at_end",
    "proxy",
    "urgency",
    "at_least",
    "waivable",
    "times",
    "votes",
    "among",
    "of",
    "more_than",
    "at_most",
    "fewer_than",
    "all",
    "any",
    "not",
)


def form_problems(error: ValidationError, document: Any) -> list[Problem]:
    """Every fault pydantic found, once per place."""
    found: dict[tuple[str, str], Problem] = {}
    faults = error.errors(include_url=False)
    for fault in faults:
        if fault["type"] == "too_short" and any(_inside(fault["loc"], other["loc"]) for other in faults):
            continue  # items were left out only because they are faulty themselves
        path = readable_path(fault["loc"], document, missing=fault["type"] == "missing")
        problem = Problem(path, *_words(fault))
        found.setdefault((path, str(problem.what)), problem)
    return list(found.values())


def readable_path(location: tuple[int | str, ...], document: Any, *, missing: bool) -> str:
    """`procedures.strategic.rule.all[0].of`: items by key where they have one; tags of the model left out."""
    return "".join(_steps(location, document, missing)).lstrip(".") or "document"


def _inside(outer: tuple[int | str, ...], inner: tuple[int | str, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _steps(location: tuple[int | str, ...], document: Any, missing: bool) -> Iterator[str]:
    here = document
    for index, step in enumerate(location):
        last = index == len(location) - 1
        if isinstance(step, int) and isinstance(here, list | tuple) and step < len(here):
            here = here[step]
            key = here.get("key") if isinstance(here, dict) else None
            yield f".{key}" if isinstance(key, str) and key else f"[{step}]"
        elif isinstance(step, str) and isinstance(here, dict) and (step in here or (last and missing)):
            here = here.get(step)
            yield f".{step}"


def _words(fault: Any) -> tuple[Text, Text]:
    kind, context = fault["type"], fault.get("ctx", {})
    name = str(fault["loc"][-1]) if fault["loc"] else "document"
    if kind == "missing":
        return (
            both(f"“{name}” ontbreekt.", f"“{name}” is missing."),
            both(f"Voeg {name} toe.", f"Add {name}."),
        )
    if kind == "extra_forbidden" and set(fault["loc"][-2:-1]) & {"all", "any", "not"}:
        return _beside(name, str(fault["loc"][-2]))
    if kind == "extra_forbidden":
        cut = fault["input"] is None
        return both(f"“{name}” is hier onbekend.", f"“{name}” is not known here."), _meant(name, cut=cut)
    if kind in {"literal_error", "enum"}:
        expected = str(context.get("expected", ""))
        return (
            both(f"{_shown(fault)} kan hier niet.", f"{_shown(fault)} is not possible here."),
            both(f"Kies uit: {expected.replace(' or ', ' of ')}.", f"Choose from: {expected}."),
        )
    return _SENTENCES.get(kind, _other)(fault) if kind in _SENTENCES else _other(fault)


def _meant(name: str, *, cut: bool) -> Text:
    """What was meant by an unknown key. `cut`: it has no value, as what follows a comma between braces."""
    close = [key for key in get_close_matches(name, _KNOWN, n=1, cutoff=0.7) if key != name]
    if close:
        return both(f"Bedoelde u “{close[0]}”?", f"Did you mean “{close[0]}”?")
    if cut:
        return both(
            "Haal het weg; hoort het bij een tekst met een komma, zet die dan tussen aanhalingstekens.",
            "Remove it; if it belongs to a text with a comma, put that between quotes.",
        )
    return both("Haal het weg, of controleer de spelling.", "Remove it, or check the spelling.")


def _shown(fault: Any) -> str:
    given = fault.get("input", "")
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, default=str)
    return f"“{text[:60]}”"


def _pattern(fault: Any) -> tuple[Text, Text]:
    if fault["loc"][:1] == ("year",):
        return no_day_of_year(str(fault["input"]))
    return (
        both(f"{_shown(fault)} is geen goede sleutel.", f"{_shown(fault)} is not a proper key."),
        both(
            "Gebruik kleine letters, cijfers en streepjes, te beginnen met een letter.",
            "Use lower-case letters, digits and hyphens, beginning with a letter.",
        ),
    )


def no_day_of_year(written: str) -> tuple[Text, Text]:
    """What is wrong with a day that no year has, and how to mend it."""
    return (
        both(f"“{written[:60]}” is geen dag van het jaar.", f"“{written[:60]}” is not a day of the year."),
        both(
            "Schrijf de maand en de dag, bijvoorbeeld 03-15 voor 15 maart.",
            "Write the month and the day, for example 03-15 for 15 March.",
        ),
    )


def _day(fault: Any) -> tuple[Text, Text]:
    return (
        both(f"{_shown(fault)} is geen datum.", f"{_shown(fault)} is not a date."),
        both("Schrijf bijvoorbeeld 2026-01-31.", "Write for example 2026-01-31."),
    )


def _too_few(fault: Any) -> tuple[Text, Text]:
    least = fault.get("ctx", {}).get("min_length", 1)
    return (
        both("Hier staat te weinig.", "There is too little here."),
        both(f"Noem er minstens {least}.", f"Name at least {least}."),
    )


def _one_comparison(_fault: Any) -> tuple[Text, Text]:
    return (
        both("Een toets heeft precies één vergelijking.", "A test has exactly one comparison."),
        both(
            "Kies één van at_least, more_than, at_most, fewer_than.",
            "Choose one of at_least, more_than, at_most, fewer_than.",
        ),
    )


def _share_of(_fault: Any) -> tuple[Text, Text]:
    return (
        both(
            "Een deel is een deel van iets, en dat ontbreekt.",
            "A share is a share of something, which is missing.",
        ),
        both(
            "Voeg `of` toe: all (iedereen), present (wie meedeed) of cast (voor en tegen).",
            "Add `of`: all (everybody), present (who took part) or cast (for and against).",
        ),
    )


def _of_share(_fault: Any) -> tuple[Text, Text]:
    return (
        both(
            "`of` hoort bij een deel, en hier staat een aantal.",
            "`of` belongs to a share, and this is a number.",
        ),
        both(
            "Haal `of` weg, of schrijf een deel zoals 60% of 2/3.",
            "Remove `of`, or write a share such as 60% or 2/3.",
        ),
    )


def _wrong_shape(fault: Any) -> tuple[Text, Text]:
    form = _SHAPES.get(fault["type"], both("een ander soort waarde", "another kind of value"))
    example = _SHAPED.get(str(fault["loc"][-1]) if fault["loc"] else "")
    if example is None and fault["type"] == "tuple_type" and isinstance(fault["input"], str):
        example = f"[{fault['input'][:60]}]"
    shown = f": {example}" if example else ""
    return (
        both(f"{_shown(fault)} heeft hier de verkeerde vorm.", f"{_shown(fault)} has the wrong form here."),
        both(
            f"Schrijf hier {form.in_language('nl')}{shown or ', zoals in een voorbeeldhandvest'}.",
            f"Write {form.in_language('en')} here{shown or ', as in an example charter'}.",
        ),
    )


def _beside(name: str, other: str) -> tuple[Text, Text]:
    """Two things at one place of a rule that has room for one."""
    return (
        both(
            f"“{name}” kan hier niet naast “{other}” staan.", f"“{name}” cannot stand beside “{other}” here."
        ),
        both(
            "Zet ze als twee onderdelen in één lijst onder all (beide) of any (een van beide).",
            "Put them as two parts in one list under all (both) or any (one of them).",
        ),
    )


def _other(fault: Any) -> tuple[Text, Text]:
    reason = str(fault["msg"]).removeprefix("Value error, ")
    return (
        both(f"{_shown(fault)} kan hier niet.", f"{_shown(fault)} is not possible here."),
        _DUTCH.get(
            reason.rstrip("."), both(f"Zie: {reason}.", reason[:1].upper() + reason[1:].rstrip(".") + ".")
        ),
    )


_RULE = "{votes: [for], more_than: 50%, of: cast}"
_SHAPED = {
    "rule": _RULE,
    "quorum": "{votes: [present], more_than: 50%, of: all}",
    "test": _RULE,
    "extend": "{times: 1, by: P5D, who: chair}",
    "involve": "{at_least: P14D, waivable: true}",
    "urgency": "{at_least: P2D}",
    "chair": "{rotates: partners, every: P1Y}",
    "amendment": "{procedure: …}",
}
_SHAPES = {
    "tuple_type": both("een lijst", "a list"),
    "dict_type": both("onderdelen met een naam", "parts with a name"),
    "model_type": both("onderdelen met een naam", "parts with a name"),
    "model_attributes_type": both("onderdelen met een naam", "parts with a name"),
    "string_type": both("een tekst", "a text"),
    "bool_type": both("true of false", "true or false"),
    "bool_parsing": both("true of false", "true or false"),
    "int_type": both("een geheel getal", "a whole number"),
    "int_parsing": both("een geheel getal", "a whole number"),
}
_SENTENCES = {
    "string_pattern_mismatch": _pattern,
    "date_from_datetime_parsing": _day,
    "date_parsing": _day,
    "date_type": _day,
    "too_short": _too_few,
    "one_comparison": _one_comparison,
    "share_of": _share_of,
    "of_share": _of_share,
    **dict.fromkeys(_SHAPES, _wrong_shape),
}
_DUTCH = {
    "not a duration: write for example P14D, P6W, P3M, P1Y or PT72H": both(
        "Schrijf een termijn zoals P14D (14 dagen), P3M (3 maanden) of P1Y (1 jaar).",
        "Write a period such as P14D (14 days), P3M (3 months) or P1Y (1 year).",
    ),
    "a threshold is a number, a percentage such as 60% or a fraction such as 2/3": both(
        "Schrijf een aantal, een percentage zoals 60% of een breuk zoals 2/3.",
        "Write a number, a percentage such as 60% or a fraction such as 2/3.",
    ),
    "a share cannot be more than the whole (100%)": both(
        "Een deel kan niet meer zijn dan het geheel: schrijf hoogstens 100%.",
        "A share cannot be more than the whole: write at most 100%.",
    ),
    "a fraction cannot be divided by zero": both(
        "Zet onder de streep een ander getal dan nul.", "Put another number than zero below the line."
    ),
    "a text is a string, or a map from language codes to strings": both(
        "Schrijf een tekst, of een tekst per taal zoals {nl: …, en: …}. "
        "Zet een tekst met een komma tussen aanhalingstekens.",
        "Write a text, or a text per language such as {nl: …, en: …}. "
        "Put a text with a comma between quotes.",
    ),
    "a measure is a number such as 40 or 14.5": both(
        "Schrijf een getal zoals 40 of 14.5.", "Write a number such as 40 or 14.5."
    ),
    "a measure is a number such as 40 or 14.5, not negative": both(
        "Schrijf een getal van nul of meer, zoals 40 of 14.5.",
        "Write a number of zero or more, such as 40 or 14.5.",
    ),
    "a chair either rotates over the partners or is a position": both(
        "Kies: {rotates: partners, every: P1Y} of {position: …}.",
        "Choose: {rotates: partners, every: P1Y} or {position: …}.",
    ),
    "a rotating chair needs `every`, for example P1Y": both(
        "Voeg every toe, bijvoorbeeld P1Y.", "Add every, for example P1Y."
    ),
}
