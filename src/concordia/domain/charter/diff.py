"""What one version of the charter changes in another, section by section, in sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from concordia.domain.charter.load import SECTIONS, plain
from concordia.domain.charter.model import Charter
from concordia.domain.charter.words import rhythm_words, rule_words
from concordia.domain.durations import Duration
from concordia.domain.rules.procedure import Procedure
from concordia.domain.texts import Text, both

_NAMES = {
    "name": ("naam", "name"),
    "objective": ("doel", "objective"),
    "rule": ("regel", "rule"),
    "quorum": ("opkomst", "quorum"),
    "involve.at_least": ("termijn vooraf", "period of involvement"),
    "involve.waivable": ("afzien toegestaan", "waiving allowed"),
    "term": ("duur van de stemming", "length of the vote"),
    "at_end": ("aan het einde van de termijn", "at the end of the term"),
    "rhythm": ("vergaderritme", "meeting rhythm"),
    "papers": ("stukken vooraf", "papers beforehand"),
    "seats": ("zetels", "seats"),
    "within": ("termijn", "term"),
    "every": ("hoe vaak", "how often"),
    "holders": ("aantal", "number of holders"),
    "substitutes": ("vervangers toegestaan", "substitutes accepted"),
    "procedure": ("procedure", "procedure"),
    "proxy": ("volmacht toegestaan", "proxy allowed"),
    "basis": ("grondslag", "basis"),
    "since": ("sinds", "since"),
    "languages": ("talen", "languages"),
    "kind": ("soort", "kind"),
    "represented_by": ("vertegenwoordigd door", "represented by"),
    "identifier": ("kenmerk", "identifier"),
    "competences": ("bevoegd voor", "competent for"),
    "level": ("niveau", "level"),
    "per": ("per", "per"),
    "mandate": ("mandaat", "mandate"),
    "role": ("rol", "role"),
    "body": ("orgaan", "body"),
    "voters": ("wie stemt", "who votes"),
    "subjects": ("onderwerpen", "subjects"),
    "chair": ("voorzitter", "chair"),
    "extend": ("verlengen", "extension"),
    "urgency.at_least": ("termijn bij spoed", "period when urgent"),
    "ratification": ("bekrachtiging", "ratification"),
    "chair_casting_vote": ("stem van de voorzitter beslist", "casting vote of the chair"),
    "to": ("aan", "to"),
    "who": ("wie", "who"),
    "due": ("uiterlijk na", "due after"),
    "method": ("wijze", "method"),
    "by": ("op of naar", "on or by"),
    "smallest_group": ("kleinste groep", "smallest group"),
    "what": ("wat", "what"),
    "considerations": ("overwegingen", "considerations"),
    "obligations": ("verplichtingen", "obligations"),
    "costs": ("kosten", "costs"),
    "disputes": ("geschillen", "disputes"),
    "duration": ("duur", "duration"),
    "termination": ("opzegging", "termination"),
    "publication": ("bekendmaking", "publication"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `kind` is added, removed or changed; `path` points into the document."""

    kind: str
    path: str
    text: Text


@dataclass(frozen=True, slots=True)
class SectionDiff:
    """The differences of one section, never empty."""

    key: str
    name: Text
    changes: tuple[Change, ...]


def charter_diff(old: Charter, new: Charter) -> tuple[SectionDiff, ...]:
    """The sections that differ, in the order of the document."""
    before, after = plain(old), plain(new)
    found = []
    for section in SECTIONS:
        a, b = _flat(before.get(section.key)), _flat(after.get(section.key))
        changes = tuple(_changes(section.key, a, b))
        if changes:
            found.append(SectionDiff(section.key, section.name, changes))
    return tuple(found)


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Leaves by path. Items with a key stand under it, so that a moved item is not a change."""
    if isinstance(value, Mapping):
        if _is_leaf(path):
            return {path: value}
        return {
            key: leaf
            for name, part in value.items()
            for key, leaf in _flat(part, _join(path, str(name))).items()
        }
    if isinstance(value, list) and not _is_leaf(path):
        found: dict[str, Any] = {}
        for index, part in enumerate(value):
            name = part["key"] if isinstance(part, Mapping) and "key" in part else f"[{index}]"
            found |= _flat(part, _join(path, str(name)))
        return found
    return {} if value is None else {path: value}


def _is_leaf(path: str) -> bool:
    last = path.rsplit(".", 1)[-1]
    return last in {"rule", "quorum", "seats", "name", "objective", "mandate", "role", "description", "who"}


def _join(path: str, name: str) -> str:
    if name.startswith("["):
        return path + name
    return f"{path}.{name}" if path else name


def _changes(section: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    items = _items(old), _items(new)
    for key in [*items[0], *(key for key in items[1] if key not in items[0])]:
        if key in items[0] and key not in items[1]:
            yield Change("removed", _join(section, key), both(f"“{key}” vervalt.", f"“{key}” is removed."))
        elif key not in items[0]:
            yield Change("added", _join(section, key), both(f"“{key}” is nieuw.", f"“{key}” is new."))
    whole = {key for key in (*items[0], *items[1]) if (key in items[0]) != (key in items[1])}
    for path in [*old, *(path for path in new if path not in old)]:
        if _head(path) not in whole and old.get(path) != new.get(path):
            yield _changed(section, path, old.get(path), new.get(path))


def _items(flat: dict[str, Any]) -> list[str]:
    """The things of a section that come and go as a whole."""
    return list(dict.fromkeys(_head(path) for path in flat if path.endswith(".key")))


def _head(path: str) -> str:
    return path.split(".", 1)[0]


def _changed(section: str, path: str, old: Any, new: Any) -> Change:
    where = _join(section, path)
    kind = "added" if old is None else "removed" if new is None else "changed"
    sentences = [_sentence(path, old, new, language) for language in ("nl", "en")]
    return Change(kind, where, both(*sentences))


def _sentence(path: str, old: Any, new: Any, language: str) -> str:
    head, name = _titles(path, language)
    was, becomes = _shown(path, old, language), _shown(path, new, language)
    lead = f"{head}: {name}" if head else name[:1].upper() + name[1:]
    if old is None:
        return {
            "nl": f"{lead} wordt {becomes} (was er niet).",
            "en": f"{lead} becomes {becomes} (was not there).",
        }[language]
    if new is None:
        return {"nl": f"{lead} vervalt (was {was}).", "en": f"{lead} is removed (was {was})."}[language]
    return {"nl": f"{lead} gaat van {was} naar {becomes}.", "en": f"{lead} goes from {was} to {becomes}."}[
        language
    ]


def _titles(path: str, language: str) -> tuple[str, str]:
    head, separator, rest = path.partition(".")
    if not separator:
        head, rest = "", path
    for known, names in _NAMES.items():
        if rest == known or rest.endswith(f".{known}"):
            return head, names[0 if language == "nl" else 1]
    return head, rest.replace("_", " ")


def _shown(path: str, value: Any, language: str) -> str:
    last = path.rsplit(".", 1)[-1]
    if last in {"rule", "quorum"} and isinstance(value, Mapping):
        return f"“{rule_words(_node(value), language, {})}”"
    if last == "rhythm":
        return rhythm_words(str(value), language)
    if isinstance(value, bool):
        return {"nl": ("nee", "ja"), "en": ("no", "yes")}[language][value]
    if isinstance(value, Mapping):
        return (
            f"“{Text.of(value).in_language(language)}”"
            if all(isinstance(v, str) for v in value.values())
            else str(value)
        )
    if isinstance(value, list):
        return ", ".join(
            str(item["position"] if isinstance(item, Mapping) and "position" in item else item)
            for item in value
        )
    try:
        return Duration.parse(value).text().in_language(language)
    except ValueError:
        return f"“{value}”"


def _node(value: Mapping[str, Any]) -> Any:
    return Procedure.model_validate({"key": "a", "body": "a", "rule": dict(value)}).rule
