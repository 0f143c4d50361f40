"""How a CSV file is written: as the contract says it, else as it is found; and where the two do not agree."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from concordia.domain.contracts.csv_form import DELIMITER_NAMES, CsvForm
from concordia.domain.texts import Text, both

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DELIMITERS = ";,\t|"
_LONGEST_LINE = 16 * 1024 * 1024
_LOOKED_AT = 1_000  # lines in which a comma in numbers is looked for
_WITH_COMMA = re.compile(r"[+-]?[0-9]+(,[0-9]+)?")
_NOT_UTF8 = both(
    "Dit is geen UTF-8; gelezen als ISO 8859-1. Lever bij voorkeur UTF-8 aan.",
    "This is not UTF-8; read as ISO 8859-1. Preferably hand in UTF-8.",
)


class FirstLineError(ValueError):
    """Raised for a first line that cannot be read."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written. `only_comma`: a point in a number is no decimal point, since the contract says so."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    decimal_comma: bool = False
    only_comma: bool = False
    header: bool = True


def dialect_of(
    head: bytes, declared: CsvForm, wanted: Sequence[str]
) -> tuple[Dialect, list[str], tuple[Text, ...]]:
    """The dialect of a file that begins with these bytes, its columns, and what people are told of it.

    `wanted` names the columns that it should have. Raises FirstLineError.
    """
    seen = _encoding(head)
    encoding = declared.encoding or seen
    text = head.decode(_PYTHON.get(encoding, encoding), errors="replace").removeprefix("\ufeff")
    found = _found(text, encoding, wanted, declared)
    dialect = _merged(found, declared)
    columns = first_line(text, dialect) if dialect.header else list(wanted)
    told = [_told(dialect, declared)]
    if declared.encoding is None and seen == "iso-8859-1":
        told.append(_NOT_UTF8)
    told += _conflicts(head, text, dialect, declared, wanted)
    return dialect, columns, tuple(told)


_PYTHON = {"utf-16": "utf-16-le"}  # without a mark, and with one that was looked at


def _merged(found: Dialect, declared: CsvForm) -> Dialect:
    comma = declared.decimal_comma
    return replace(
        found,
        quote=found.quote if declared.quote is None else declared.quote,
        decimal_comma=found.decimal_comma if comma is None else comma,
        only_comma=comma is True,
        header=declared.header is not False,
    )


def _found(text: str, encoding: str, wanted: Sequence[str], declared: CsvForm) -> Dialect:
    found = Dialect(declared.delimiter or _delimiter(text, wanted), encoding=encoding)
    return replace(found, decimal_comma=found.delimiter != "," and _has_decimal_commas(text, found))


def _told(dialect: Dialect, declared: CsvForm) -> Text:
    nl, en = DELIMITER_NAMES.get(dialect.delimiter, (f"“{dialect.delimiter}”", f"“{dialect.delimiter}”"))
    comma = (", een komma in getallen", ", a comma in numbers") if dialect.decimal_comma else ("", "")
    header = ("", "") if dialect.header else (", zonder regel met namen", ", without a line of names")
    agreed = [word for word, said in _parts(declared) if said is not None]
    by = (
        (
            f" Het contract zegt: {', '.join(word[0] for word in agreed)}.",
            f" The contract says: {', '.join(word[1] for word in agreed)}.",
        )
        if agreed
        else ("", "")
    )
    return both(
        f"Gelezen als CSV met {nl}{comma[0]}{header[0]} en tekens in {dialect.encoding}.{by[0]}",
        f"Read as CSV with {en}{comma[1]}{header[1]} and characters in {dialect.encoding}.{by[1]}",
    )


def _parts(declared: CsvForm) -> Iterator[tuple[tuple[str, str], object]]:
    yield ("wat scheidt", "what separates"), declared.delimiter
    yield ("wat omsluit", "what encloses"), declared.quote
    yield ("de tekens", "the characters"), declared.encoding
    yield ("punt of komma in getallen", "point or comma in numbers"), declared.decimal_comma
    yield ("of er een regel met namen is", "whether there is a line of names"), declared.header


def _conflicts(
    head: bytes, text: str, dialect: Dialect, declared: CsvForm, wanted: Sequence[str]
) -> Iterator[Text]:
    """What the file seems to be otherwise than the contract says; the contract is followed."""
    looks = _looks_encoded(head)
    if declared.encoding is not None and looks not in (None, declared.encoding):
        yield _conflict("de tekens", "the characters", declared.encoding, str(looks))
    other = _delimiter(text, wanted)
    if declared.delimiter is not None and dialect.header and other != declared.delimiter:
        named = [
            len(set(first_line(text, Dialect(one))) & set(wanted)) for one in (other, declared.delimiter)
        ]
        if named[0] > named[1]:
            yield _conflict("wat scheidt", "what separates", declared.delimiter, other)
    if declared.decimal_comma is False and dialect.delimiter != "," and _has_decimal_commas(text, dialect):
        yield _conflict("punt of komma in getallen", "point or comma in numbers", ".", ",")
    first = set(first_line(text, dialect)) if declared.header is False else set[str]()
    if len(wanted) > 0 and set(wanted) <= first:
        yield both(
            "Het contract zegt dat er geen regel met namen is; de eerste regel lijkt er toch een. "
            "Zij is als rij gelezen.",
            "The contract says that there is no line of names; the first line seems to be one all the same. "
            "It was read as a row.",
        )


def _conflict(nl: str, en: str, said: str, seen: str) -> Text:
    shown = [{"\t": "tab"}.get(one, one) for one in (said, seen)]
    return both(
        f"Het contract zegt over {nl}: “{shown[0]}”; het bestand lijkt “{shown[1]}” te hebben. "
        "Gelezen zoals het contract zegt. Pas het bestand of het contract aan.",
        f"The contract says of {en}: “{shown[0]}”; the file seems to have “{shown[1]}”. "
        "Read as the contract says. Change the file or the contract.",
    )


def _looks_encoded(head: bytes) -> str | None:
    """What the bytes can hardly be otherwise: marked, or UTF-8 with signs beyond ASCII; None where they may be more."""
    seen = _encoding(head)
    marked = any(head.startswith(mark) for mark, _ in _BOMS)
    return seen if marked or (seen == "utf-8" and not head.isascii()) else None


def _encoding(head: bytes) -> str:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
    except UnicodeDecodeError:
        return "iso-8859-1"
    return "utf-8"


def _has_decimal_commas(text: str, dialect: Dialect) -> bool:
    """Whether some column holds numbers alone, of which one has a comma and none a point, in the first lines."""
    lines = text.split("\n", _LOOKED_AT + 1)[1 : _LOOKED_AT + 1]
    columns: dict[int, list[str]] = {}
    try:
        for row in _reader(lines, dialect):
            for place, cell in enumerate(row):
                if cell.strip():
                    columns.setdefault(place, []).append(cell.strip())
    except csv.Error:
        pass  # what cannot be read is counted later; what was seen until there tells enough
    return any(
        all(_WITH_COMMA.fullmatch(cell) for cell in cells) and any("," in cell for cell in cells)
        for cells in columns.values()
    )


def _delimiter(text: str, wanted: Sequence[str]) -> str:
    """The separator that gives most of the wanted columns, then most columns; a comma where none does."""
    found = {one: first_line(text, Dialect(one)) for one in _DELIMITERS}
    return max(_DELIMITERS, key=lambda one: (len(set(found[one]) & set(wanted)), len(found[one]), one == ","))


def first_line(text: str, dialect: Dialect) -> list[str]:
    """The cells of the first line. Raises FirstLineError."""
    limit = csv.field_size_limit(_LONGEST_LINE)
    try:
        return [column.strip() for column in next(_reader(io.StringIO(text), dialect), [])]
    except csv.Error as error:
        raise FirstLineError from error
    finally:
        csv.field_size_limit(limit)


def _reader(lines: "list[str] | io.StringIO", dialect: Dialect) -> Iterator[list[str]]:
    if not dialect.quote:
        return csv.reader(lines, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote)
