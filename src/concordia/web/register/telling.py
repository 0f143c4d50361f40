"""What an entry of the register says, in words. The exact bytes stand below it, for who verifies."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from concordia.capabilities.ledger.queries import EntryLine
from concordia.domain.assertions import Assertion, SigningKey
from concordia.domain.charter import Charter
from concordia.web.shared import formats
from concordia.web.shared.words import language, say, t

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Line:
    """Something an entry says: what it is, and in words; None where it was erased."""

    label: str
    words: str | None


def told(entry: EntryLine, charter: Charter) -> Iterator[Line]:
    """Everything of an entry that people read; what only programs read is left out.

    Positions, subjects and partners go by their names in `charter`, and by their key where it has none.
    """
    for field, (label, tell) in _fields().items():
        if field not in entry.values:
            continue
        value = entry.values[field]
        if value is None:
            yield Line(label, None)
        elif words := _safely(tell, value, charter):
            yield Line(label, words)


type Tell = Callable[[str, Charter], str]


def _safely(tell: Tell, value: str, charter: Charter) -> str:
    """The words; the value as it is when it has another shape than this version writes."""
    try:
        return tell(value, charter)
    except (ValueError, KeyError, TypeError, AttributeError):
        return value


def _fields() -> dict[str, tuple[str, Tell]]:
    """Of each field that people read: its label, and how it is told. In the order of reading."""
    return {
        "number": (t("Nummer", "Number"), _as_it_is),
        "title": (t("Titel", "Title"), _as_it_is),
        "name": (t("Naam", "Name"), _as_it_is),
        "objective": (t("Doel", "Objective"), _as_it_is),
        "question": (t("Vraag", "Question"), _as_it_is),
        "key": (t("Partner", "Partner"), _partner),
        "person": (t("Persoon", "Person"), _as_it_is),
        "told_by": (t("Op het woord van", "On the word of"), _as_it_is),
        "position": (t("Functie", "Position"), _position),
        "period": (t("Periode", "Period"), _period),
        "from": (t("Vanaf", "From"), _day),
        "scope": (t("Mandaat", "Mandate"), _scope),
        "vote": (t("Stem", "Vote"), _vote),
        "voter": (t("Stemmer", "Voter"), _partner),
        "how": (t("Hoe", "How"), _code),
        "assertion": (t("Handtekening", "Signature"), _assertion),
        "public-key": (t("Vingerafdruk van de sleutel", "Fingerprint of the key"), _fingerprint),
        "verdict": (t("Uitslag", "Verdict"), _code),
        "outcome": (t("Uitkomst", "Outcome"), _code),
        "owner": (t("Bewaakt door", "Seen to by"), _as_it_is),
        "effective": (t("Geldt vanaf", "In force from"), _day),
        "review": (t("Terugkijken op", "Review on"), _day),
        "state": (t("Stand", "State"), _progress),
        "paragraph": (t("Alinea", "Paragraph"), _as_it_is),
        "text": (t("Tekst", "Text"), _text),
        "note": (t("Antwoord", "Answer"), _as_it_is),
        "word": (t("Toelichting", "In words"), _as_it_is),
        "reason": (t("Reden", "Reason"), _as_it_is),
        "urgent": (t("Waarom spoed", "Why urgent"), _as_it_is),
        "until": (t("Tot en met", "Until"), _day),
        "by": (t("Vervangen door", "Replaced by"), _as_it_is),
        "ground": (t("Grond", "Ground"), _as_it_is),
    }


def _as_it_is(value: str, _charter: Charter) -> str:
    return value


def _text(value: str, _charter: Charter) -> str:
    return "" if _FINGERPRINT.fullmatch(value) else value


def _code(value: str, _charter: Charter) -> str:
    return _codes().get(value, value)


def _codes() -> dict[str, str]:
    return {
        "adopted": t("aangenomen", "adopted"),
        "rejected": t("niet aangenomen", "not adopted"),
        "no_quorum": t("geen quorum", "no quorum"),
        "not_valid": t("niet geldig", "not valid"),
        "carried_over": t("aangehouden", "carried over"),
        "accepted": t("overgenomen", "accepted"),
        "promoted": t("eigen voorstel geworden", "became a proposal of its own"),
        "mandate": t("zelf gestemd", "voted in person"),
        "proxy": t("met een volmacht", "by proxy"),
        "recorded": t("vastgelegd door een ander", "recorded by somebody else"),
        "for": t("voor", "for"),
        "against": t("tegen", "against"),
        "block": t("blokkeert", "blocks"),
        "abstain": t("onthoudt zich", "abstains"),
        "present": t("aanwezig, stemt niet", "present, does not vote"),
        "recused": t("trekt zich terug", "steps aside"),
    }


def _progress(value: str, _charter: Charter) -> str:
    words = {
        "adopted": t("overgenomen in eigen lijn", "adopted in own line"),
        "started": t("begonnen", "started"),
        "done": t("gereed", "done"),
    }
    return words.get(value, value)


def _partner(value: str, charter: Charter) -> str:
    try:
        return say(charter.partner(value).name)
    except KeyError:
        return value


def _position(value: str, charter: Charter) -> str:
    try:
        return charter.position(value).title(language())
    except KeyError:
        return value.replace("-", " ")


def _vote(value: str, charter: Charter) -> str:
    vote = json.loads(value)
    beyond = t(", onder voorbehoud van bekrachtiging", ", subject to ratification")
    choice = _code(vote["choice"], charter) + (beyond if vote["to-ratify"] else "")
    return f"{_partner(vote['voter'], charter)}: {choice}"


def _assertion(value: str, _charter: Charter) -> str:
    number = Assertion.from_json(value).key
    return t(
        f"van de stemmer zelf, met de sleutel van handeling {number}",
        f"of the voter's own, with the key of entry {number}",
    )


def _fingerprint(value: str, _charter: Charter) -> str:
    return SigningKey.from_json(value).fingerprint


def _scope(value: str, charter: Charter) -> str:
    scope: dict[str, Any] = json.loads(value)
    subjects = ", ".join(charter.called(key, language()) for key in scope["subjects"])
    parts = [
        subjects or t("alle onderwerpen", "all subjects"),
        t("tot ", "up to ") + formats.euros(scope["limit_cents"])
        if "limit_cents" in scope
        else t("geen grens in geld", "no limit in money"),
        _span(scope["from"], scope.get("until", "..")),
        scope["text"],
    ]
    return "; ".join(part for part in parts if part)


def _period(value: str, _charter: Charter) -> str:
    return _span(*value.split("/"))


def _span(first: str, last: str) -> str:
    begins = t("vanaf ", "from ") + formats.day(date.fromisoformat(first))
    if last == "..":
        return begins
    return begins + t(" tot en met ", " until ") + formats.day(date.fromisoformat(last))


def _day(value: str, _charter: Charter) -> str:
    if "T" in value:
        return formats.moment(datetime.fromisoformat(value))
    return formats.day(date.fromisoformat(value))
