"""From text to plain values: YAML and JSON read narrowly, so that nothing turns into something else.

In a charter `2026-01-05`, `14.5` and `no` are what they look like: text. Keys stand once, aliases are refused
(a page of them can stand for a billion words), depth and length are bounded.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import yaml

from concordia.domain.narrow import LONGEST, NarrowLoader, fault_at
from concordia.domain.problems import DocumentError, Problem
from concordia.domain.texts import LANGUAGE, both

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
MOST_VALUES = 20_000  # keys, texts, lists and maps together; the largest real charter has some hundreds
_NO_LANGUAGES = frozenset({"all", "any", "by", "due", "key", "not", "of", "per", "to", "who"})


class _Loader(NarrowLoader):
    """Maps with each text by language in one piece."""

    most_values = MOST_VALUES

    def too_many(self) -> DocumentError:
        """More than any charter needs."""
        return _too_many()

    def pairs(self, node: Any) -> list[tuple[Any, Any]]:
        """The pairs of a map, as a charter means them."""
        return _whole_texts(node)


def _whole_texts(node: Any) -> list[tuple[Any, Any]]:
    """The pairs of a map, a text by language in one piece: `{en: One declaration, used by all}`.

    Between braces YAML ends an unquoted text at its comma, and takes the rest for keys without a value. In a map
    by language nothing else can be meant than the text as it stands.
    """
    pairs: list[tuple[Any, Any]] = []
    by_language = all(_is_language(key) for key, value in node.value if not _is_nothing(value))
    for key, value in node.value:
        goes_on = by_language and _is_nothing(value) and getattr(key, "style", "") is None
        if goes_on and pairs and _is_plain_text(pairs[-1][1]):
            language, begun = pairs.pop()
            mark = begun.start_mark
            words = mark.buffer[mark.pointer : key.end_mark.pointer].split()
            tag = "tag:yaml.org,2002:str"
            pairs.append((language, yaml.ScalarNode(tag, " ".join(words), mark, key.end_mark)))
        else:
            pairs.append((key, value))
    return pairs


def _is_plain_text(node: Any) -> bool:
    """Whether something is written here without quotes."""
    return isinstance(node, yaml.ScalarNode) and node.style is None and not _is_nothing(node)


def _is_nothing(node: Any) -> bool:
    """Whether a key stands without a value: nothing is written at all, not even `null`."""
    return isinstance(node, yaml.ScalarNode) and node.start_mark.pointer == node.end_mark.pointer


def _is_language(node: Any) -> bool:
    """Whether a key is the code of a language. Words of a charter that look like one are none."""
    written = node.value if isinstance(node, yaml.ScalarNode) else ""
    return bool(LANGUAGE.fullmatch(written)) and written not in _NO_LANGUAGES


def read_plain(text: str) -> Any:
    """The plain value of a document in YAML or JSON. Raises DocumentError with where and how to mend."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise DocumentError(
            [
                Problem(
                    "document",
                    both("Het document is groter dan 1 MB.", "The document is larger than 1 MB."),
                    both(
                        "Een handvest is korter; controleer het bestand.",
                        "A charter is shorter; check the file.",
                    ),
                )
            ]
        )
    is_json = text.lstrip("\ufeff \t\r\n").startswith("{")
    found = _read_json(text.lstrip("\ufeff")) if is_json else _read_yaml(text)
    try:
        if sum(1 for _ in _values(found)) > MOST_VALUES:
            raise _too_many()
        return _composed(found)
    except RecursionError:
        raise _unreadable() from None


def _values(value: Any) -> Iterator[Any]:
    """Every key, text, list and map of a document, so far as it may hold them."""
    waiting = [value]
    for _ in range(MOST_VALUES + 1):
        if not waiting:
            return
        found = waiting.pop()
        yield found
        if isinstance(found, dict):
            waiting += [*found, *found.values()]
        elif isinstance(found, list):
            waiting += found


def _composed(value: Any) -> Any:
    """The same value with every text in NFC, so that two spellings of a word are one."""
    if isinstance(value, dict):
        return {_composed(key): _composed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_composed(item) for item in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def require_visible(document: dict[str, Any]) -> None:
    """Refuse signs that nobody sees, however they were written: they hide, turn text around or do not exist."""
    waiting: list[tuple[str, Any]] = list(document.items())
    while waiting:
        where, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{where}.{key}", item) for key, item in value.items()]
            waiting += [(where, str(key)) for key in value]
        elif isinstance(value, list):
            waiting += [(f"{where}.{place}", item) for place, item in enumerate(value)]
        elif isinstance(value, str) and _UNSEEN.search(value):
            what = both("Hier staat een teken dat niemand ziet.", "Here stands a sign that nobody sees.")
            raise DocumentError([Problem(where, what, both("Typ dit opnieuw.", "Type this again."))])


def _read_yaml(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a narrowed SafeLoader
    except yaml.constructor.ConstructorError as error:
        raise fault_at(
            error.problem_mark,
            "Een label met ! wordt hier niet gelezen.",
            "A tag with ! is not read here.",
            "Haal het label weg, of zet de tekst tussen aanhalingstekens.",
            "Take the tag away, or put the text between quotes.",
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise fault_at(
            mark,
            "Hier klopt de opmaak van YAML niet.",
            "The YAML is not well formed here.",
            "Controleer de inspringing, de dubbele punt en de aanhalingstekens op deze regel.",
            "Check the indentation, the colon and the quotes on this line.",
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, DocumentError):
            raise
        raise _unreadable() from None


def _read_json(text: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_float=str, parse_constant=_no_constant, parse_int=int
        )
    except json.JSONDecodeError as error:
        raise DocumentError(
            [
                Problem(
                    f"line {error.lineno}, column {error.colno}",
                    both("Hier klopt de opmaak van JSON niet.", "The JSON is not well formed here."),
                    both(
                        "Controleer komma's, aanhalingstekens en haakjes.",
                        "Check commas, quotes and brackets.",
                    ),
                )
            ]
        ) from None
    except (RecursionError, ValueError) as error:
        if isinstance(error, DocumentError):
            raise
        raise _unreadable() from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DocumentError(
                [
                    Problem(
                        key,
                        both(f"De sleutel “{key}” staat twee keer.", f"The key “{key}” stands twice."),
                        both("Houd er één over.", "Keep one of them."),
                    )
                ]
            )
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _too_many() -> DocumentError:
    return DocumentError(
        [
            Problem(
                "document",
                both(
                    f"Hier staan meer dan {MOST_VALUES} waarden.",
                    f"Here stand more than {MOST_VALUES} values.",
                ),
                both(
                    "Een handvest heeft er hoogstens enkele duizenden; controleer het bestand.",
                    "A charter has some thousands at most; check the file.",
                ),
            )
        ]
    )


def _unreadable() -> DocumentError:
    return DocumentError(
        [
            Problem(
                "document",
                both("Dit document is niet te lezen.", "This document cannot be read."),
                both("Lever YAML of JSON aan, als UTF-8-tekst.", "Hand in YAML or JSON, as UTF-8 text."),
            )
        ]
    )
