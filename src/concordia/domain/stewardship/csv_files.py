"""How the CSV files of a contract are written: in words, and what is wrong with what is said of it."""

from collections.abc import Iterator

from concordia.domain.contracts.csv_form import (
    DELIMITER_NAMES,
    CsvForm,
    csv_servers,
    differing,
    form_of,
    form_problems,
)
from concordia.domain.contracts.model import Contract
from concordia.domain.problems import Problem
from concordia.domain.texts import both


def csv_problems(contract: Contract) -> Iterator[Problem]:
    """Every value that cannot be."""
    for server in csv_servers(contract):
        yield from form_problems(server)


def csv_remarks(contract: Contract) -> Iterator[Problem]:
    """That servers do not say the same, so that whoever checks has to choose."""
    servers = csv_servers(contract)
    if len({form_of(server) for server in servers}) > 1:
        way_out = both("Of schrijf het bij elke server hetzelfde.", "Or write the same at every server.")
        yield Problem("servers", differing([server.server for server in servers]), way_out)


def csv_words(contract: Contract, nl: bool) -> Iterator[tuple[str, str]]:
    """Each server of CSV with how its files are written; nothing where that is left to be found out."""
    for server in csv_servers(contract):
        said = ", ".join(_said(form_of(server), nl))
        if said:
            yield server.server, said


def _said(form: CsvForm, nl: bool) -> Iterator[str]:
    if form.delimiter is not None:
        shown = f"“{form.delimiter}”"
        name = DELIMITER_NAMES.get(form.delimiter, (shown, shown))[not nl]
        yield f"{'gescheiden door' if nl else 'separated by'} {name}"
    if form.quote is not None:
        yield _quoted(form.quote, nl)
    if form.encoding is not None:
        yield f"{'tekens in' if nl else 'characters in'} {form.encoding}"
    if form.decimal_comma is not None:
        sign = ("een komma", "a comma") if form.decimal_comma else ("een punt", "a point")
        yield f"{sign[0]} in getallen" if nl else f"{sign[1]} in numbers"
    if form.header is not None:
        word = ("met", "with") if form.header else ("zonder", "without")
        yield f"{word[0]} een regel met namen" if nl else f"{word[1]} a line of names"


def _quoted(quote: str, nl: bool) -> str:
    if quote:
        return f"tekst tussen {quote}" if nl else f"text between {quote}"
    return "zonder aanhalingstekens" if nl else "without quotes"
