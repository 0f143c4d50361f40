"""What a contract is asked to think about, though it is in order: what will not be checked, and what it leaves open."""

import re
from collections.abc import Iterator

from concordia.domain.checking.compile import plan_of
from concordia.domain.checking.rules import Unchecked
from concordia.domain.checking.semantic_types import SEMANTIC_TYPES
from concordia.domain.contracts.model import Contract, Property, SchemaObject, column_of
from concordia.domain.contracts.xml_schema import asked_schema
from concordia.domain.problems import Problem
from concordia.domain.stewardship.checks import listed, meant, problems, target_of
from concordia.domain.stewardship.csv_files import csv_remarks
from concordia.domain.stewardship.places import Spot, checks, path_of, rule_paths, spots
from concordia.domain.texts import Text, both

SEVERITIES = ("error", "warning", "info")
_ALSO = frozenset({"warn", "minor", "medium", "information", "low", "high", "critical", "major"})
_PERSONAL = re.compile(
    r"(^|_)(bsn|burgerservicenummer|sofinummer|geboorte(datum|plaats|jaar)?|geboren|achternaam|voornaam|voornamen"
    r"|voorletters|geslacht|nationaliteit|huisnummer|straat(naam)?|woonadres|telefoon(nummer)?|mobiel|e?mail(adres)?"
    r"|iban|rekeningnummer|paspoort(nummer)?|kenteken|birth_?date|date_?of_?birth|surname|last_?name|first_?name"
    r"|given_?names?|ssn|social_?security(_?number)?|nationality|gender|phone(_?number)?|passport(_?number)?)($|_)"
)
_PERSONAL_TYPES = frozenset({"bsn", "iban", "email"})


def remarks(contract: Contract) -> Iterator[Problem]:
    """Everything to think about, in the order of the document. What is a problem is not told again."""
    wrong = {problem.path for problem in problems(contract)}
    if not contract.objects:
        yield Problem(
            "schema",
            both(
                "Dit contract zegt niet wat er wordt geleverd.",
                "This contract does not say what is delivered.",
            ),
            both("Beschrijf het onder schema.", "Describe it below schema."),
        )
    for item in contract.objects:
        yield from _object(contract, item, wrong)
    yield from csv_remarks(contract)
    for path, _, _, check in checks(contract):
        severity = (check.severity or "error").lower()
        if severity not in _ALSO and severity not in SEVERITIES:
            yield Problem(
                f"{path}.severity",
                both(
                    f"“{check.severity}” is geen bekende ernst: het wordt gelezen als error, en dan wordt geweigerd.",
                    f"“{check.severity}” is no severity we know: it is read as error, which refuses.",
                ),
                meant(str(check.severity), SEVERITIES),
            )


def _object(contract: Contract, item: SchemaObject, wrong: set[str]) -> Iterator[Problem]:
    if not item.properties:
        yield Problem(
            f"{path_of(item)}.properties",
            both(f"“{item.name}” heeft geen kolommen.", f"“{item.name}” has no columns."),
            both("Beschrijf ze onder properties.", "Describe them below properties."),
        )
    for spot in spots(item):
        yield from _personal(spot)
    if contract.object(item.name) is item:
        yield from _unchecked(contract, item, wrong)
    yield from _elsewhere(contract, item)
    yield from _schema(contract, item)


def _schema(contract: Contract, item: SchemaObject) -> Iterator[Problem]:
    """The XML Schema that messages have to follow, which is handed over beside a delivery."""
    name = asked_schema(contract, item)
    if name is not None:
        yield Problem(
            f"{path_of(item)}.authoritativeDefinitions",
            both(
                f"Berichten moeten het XML-schema “{name}” volgen; het wordt niet opgehaald.",
                f"Messages have to follow the XML Schema “{name}”; it is not fetched.",
            ),
            both(
                "Geef het bij het controleren mee: --schema BESTAND.xsd.",
                "Hand it over when checking: --schema FILE.xsd.",
            ),
        )


def _personal(spot: Spot) -> Iterator[Problem]:
    column = spot.column
    if column.classification is None and is_personal(column):
        yield Problem(
            f"{spot.path}.classification",
            both(
                f"“{column.name}” lijkt over een persoon te gaan, en er staat niet hoe vertrouwelijk het is.",
                f"“{column.name}” seems to be about a person, and it does not say how confidential it is.",
            ),
            both(
                "Schrijf bijvoorbeeld classification: confidential; dan staan waarden niet in voorbeelden van fouten.",
                "Write for example classification: confidential; then values are kept out of examples of faults.",
            ),
        )


def is_personal(column: Property) -> bool:
    """Whether a column is about a person, by its name or its semantic type."""
    names = (column.name, column.physical_name or "", column.business_name or "")
    words = [re.sub(r"[^a-z0-9]+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()) for name in names]
    types = {column.options.get("format"), column.custom("semanticType")}
    return any(_PERSONAL.search(word) for word in words) or not types.isdisjoint(_PERSONAL_TYPES)


def _unchecked(contract: Contract, item: SchemaObject, wrong: set[str]) -> Iterator[Problem]:
    """What the rules of this object leave unchecked, with why."""
    paths = rule_paths(item)
    for rule in plan_of(contract, item.name).rules:
        if not isinstance(rule, Unchecked):
            continue
        path = paths.get(rule.key.partition("#")[0], path_of(item))
        if any(place.startswith(path) for place in wrong):
            continue
        yield Problem(path, _not_checked(rule), _way_out(rule, item))


def _not_checked(rule: Unchecked) -> Text:
    nl, en = (rule.reason.in_language(language) for language in ("nl", "en"))
    return both(f"Dit wordt niet gecontroleerd. {nl}", f"This will not be checked. {en}")


def _way_out(rule: Unchecked, item: SchemaObject) -> Text:
    word = _type_named(rule, item)
    if word is not None:
        return meant(word, list(SEMANTIC_TYPES))
    return both(
        "Het staat in elke uitslag als niet gecontroleerd.", "Every result tells that it was not checked."
    )


def _type_named(rule: Unchecked, item: SchemaObject) -> str | None:
    """The word that should name a semantic type."""
    column = next((part for part in item.properties if part.name in rule.columns), None)
    if column is None or rule.kind not in {"format", "semanticType"}:
        return None
    written = column.options.get("format") if rule.kind == "format" else column.custom("semanticType")
    return str(written)


def _elsewhere(contract: Contract, item: SchemaObject) -> Iterator[Problem]:
    """Tables of elsewhere, which are handed over beside a delivery."""
    relations = [*item.relationships, *(one for column in item.properties for one in column.relationships)]
    named = [column_of(end) for relation in relations for end in listed(relation.to)]
    for name in dict.fromkeys(end[0] for end in named if end and target_of(contract, end[0]) is None):
        yield Problem(
            f"{path_of(item)}.relationships",
            both(
                f"De tabel “{name}” staat niet in dit contract.",
                f"The table “{name}” is not in this contract.",
            ),
            both(
                f"Geef haar bij het controleren mee: --reference {name}=BESTAND.",
                f"Hand it over when checking: --reference {name}=FILE.",
            ),
        )
