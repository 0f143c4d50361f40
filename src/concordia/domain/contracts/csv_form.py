"""How a contract says that its CSV files are written: at a server whose `format` is `csv`.

`delimiter` may stand at the server where its type has it; everything may stand in its custom properties: `delimiter`,
`encoding`, `quote`, `decimalSeparator` and `header`. The order of the parts of a date is said by the `format` of its
column.
"""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from concordia.domain.contracts.model import Contract, Server
from concordia.domain.problems import Problem
from concordia.domain.texts import Text, both

ENCODINGS = ("utf-8", "utf-16", "utf-16-be", "iso-8859-1", "iso-8859-15", "windows-1252")
_CALLED = {codecs.lookup(name).name: name for name in ENCODINGS} | {"ascii": "utf-8"}
DELIMITER_NAMES = {
    ";": ("puntkomma's", "semicolons"),
    ",": ("komma's", "commas"),
    "\t": ("tabs", "tabs"),
    "|": ("verticale strepen", "vertical bars"),
}
_TAB, _NONE = {"tab", "\\t", "\t"}, {"", "none", "geen"}


@dataclass(frozen=True, slots=True)
class CsvForm:
    """What is said of how a CSV is written; None where nothing is. No quote is an empty text."""

    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    decimal_comma: bool | None = None
    header: bool | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """How files are written by agreement, and what people should know of that agreement."""

    form: CsvForm = CsvForm()
    told: tuple[Text, ...] = ()


def agreed_form(contract: Contract, server: str | None = None) -> Agreed:
    """What the contract says, at one server or, where no server is named, at all that are of CSV alike.

    Servers that contradict each other are not followed, and that is told; so are values that are none.
    """
    listed = [one for one in csv_servers(contract) if server in (None, one.server)]
    forms = {form_of(one) for one in listed}
    faults = [problem for one in listed for problem in form_problems(one)]
    told = tuple(
        both(*(f"{fault.what.in_language(code)} {fault.mend.in_language(code)}" for code in ("nl", "en")))
        for fault in faults
    )
    if len(forms) > 1:
        return Agreed(told=(*told, differing([one.server for one in listed])))
    return Agreed(forms.pop() if forms else CsvForm(), told)


def differing(names: list[str]) -> Text:
    """That servers say different things of how a CSV is written."""
    shown = ", ".join(f"“{name}”" for name in names)
    return both(
        f"De servers {shown} zeggen niet hetzelfde over hoe een CSV is geschreven. Kies er een met --server NAAM.",
        f"The servers {shown} do not say the same of how a CSV is written. Choose one with --server NAME.",
    )


def csv_servers(contract: Contract) -> list[Server]:
    """The servers whose files are CSV."""
    return [one for one in contract.servers if _said(one, "format").strip().lower() in {"csv", "text/csv"}]


def form_of(server: Server) -> CsvForm:
    """What one server says; what is no value counts as nothing said."""
    found = {word: _read(word, value) for word, value in _written(server)}
    return CsvForm(
        found.get("delimiter"),
        found.get("quote"),
        found.get("encoding"),
        found.get("decimalSeparator"),
        found.get("header"),
    )


def form_problems(server: Server) -> Iterator[Problem]:
    """Every value that is none, and a quote that separates."""
    for word, value in _written(server):
        if _read(word, value) is None:
            nl, en = _ALLOWED[word]
            yield Problem(
                f"servers.{server.server}.{word}",
                both(f"{word}: “{value}” kan hier niet.", f"{word}: “{value}” cannot be here."),
                both(f"Kies uit: {nl}.", f"Choose from: {en}."),
            )
    form = form_of(server)
    if form.delimiter is not None and form.delimiter == form.quote:
        yield Problem(
            f"servers.{server.server}.quote",
            both("Wat scheidt, kan niet ook omsluiten.", "What separates cannot enclose as well."),
            both("Kies een ander teken voor quote.", "Choose another sign for quote."),
        )


def _written(server: Server) -> Iterator[tuple[str, Any]]:
    given = _said(server, "delimiter")
    named = {one.property: one.value for one in server.custom_properties}
    for word in _READERS:
        if word in named:
            yield word, named[word]
        elif word == "delimiter" and given:
            yield word, given


def _said(server: Server, word: str) -> str:
    found = (server.model_extra or {}).get(word)
    return found if isinstance(found, str) else ""


def _read(word: str, value: Any) -> Any:
    return _READERS[word](value)


def _delimiter(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    if value.lower() in _TAB:
        return "\t"
    return (
        value if len(value) == 1 and value.isascii() and value.isprintable() and not value.isalnum() else None
    )


def _quote(value: Any) -> str | None:
    if isinstance(value, str) and value.lower() in _NONE:
        return ""
    return value if value in ('"', "'") else None


def _encoding(value: Any) -> str | None:
    try:
        return _CALLED.get(codecs.lookup(value).name) if isinstance(value, str) else None
    except (LookupError, ValueError):
        return None


def _comma(value: Any) -> bool | None:
    return {",": True, ".": False}.get(value) if isinstance(value, str) else None


def _header(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


_READERS: dict[str, Callable[[Any], Any]] = {
    "delimiter": _delimiter,
    "quote": _quote,
    "encoding": _encoding,
    "decimalSeparator": _comma,
    "header": _header,
}
_ALLOWED = {
    "delimiter": ("één leesteken, of tab", "one sign that is no letter or digit, or tab"),
    "quote": ("\", ' of none", "\", ' or none"),
    "encoding": (", ".join(ENCODINGS), ", ".join(ENCODINGS)),
    "decimalSeparator": ("een komma of een punt", "a comma or a point"),
    "header": ("true of false", "true or false"),
}
