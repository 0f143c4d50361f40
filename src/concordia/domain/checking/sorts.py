"""What a column holds: the sort of its values, and how text becomes such a value.

A delivery of text (CSV, XML) and one with types of its own (Parquet, JSON) are read to the same values, narrowly:
what an engine would guess (`12.5` as a whole number, `1_000`, `yes`) is not a value of the sort.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from concordia.domain.contracts.model import _Property as AnyProperty


class Kind(StrEnum):
    """The sorts there are. `nested` is an object or array: counted and told, and not looked into."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    NESTED = "nested"


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of values.

    INTEGER lies from `low` to `high`, both in. DECIMAL has at most `precision` digits, `scale` of them behind the
    point. DATE is written in `form`: `yyyy-MM-dd`, or another order of those parts.
    """

    kind: Kind
    low: int = -(2**63)
    high: int = 2**63 - 1
    precision: int = 38
    scale: int = 0
    form: str = "yyyy-MM-dd"

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in {Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT}


class Misfit(ValueError):  # noqa: N818 - the word for a value that is none
    """Raised for text that is no value of the sort."""


_BITS = re.compile(r"([iu])(8|16|32|64|128)")
_DECIMAL = re.compile(r"(?:decimal|numeric|number)\s*\(\s*(\d{1,2})\s*(?:,\s*(\d{1,2})\s*)?\)", re.IGNORECASE)
_PHYSICAL = (
    (Kind.INTEGER, r"(big|small|tiny|huge)?int(eger)?(2|4|8|16|32|64)?|long|short|byte"),
    (Kind.DECIMAL, r"(decimal|numeric|number)\s*\(.*\)"),
    (Kind.FLOAT, r"float(4|8|32|64)?|double( precision)?|real|decimal|numeric|number"),
    (Kind.BOOLEAN, r"bool(ean)?"),
    (Kind.DATE, r"date"),
    (Kind.TIMESTAMP, r"timestamp.*|datetime.*"),
    (Kind.TIME, r"time"),
    (Kind.TEXT, r"(var)?char.*|text|string|clob|uuid|nvarchar.*"),
    (Kind.NESTED, r"json|struct.*|array.*|map.*|list.*|object|record|variant"),
)
_LOGICAL = {
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.FLOAT,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "timestamp": Kind.TIMESTAMP,
    "time": Kind.TIME,
    "object": Kind.NESTED,
    "array": Kind.NESTED,
}
TIME_FORMS = (
    "HH:mm",
    "HH:mm:ss",
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ss",
    "yyyy-MM-ddTHH:mm:ss",
    "yyyy-MM-dd HH:mm:ssZ",
    "yyyy-MM-dd HH:mm:ssXXX",
    "yyyy-MM-ddTHH:mm:ssZ",
    "yyyy-MM-dd'T'HH:mm:ssXXX",
    "date-time",
)
DATE_FORMS = ("yyyy-MM-dd", "yyyyMMdd", "dd-MM-yyyy", "dd/MM/yyyy", "MM/dd/yyyy", "yyyy/MM/dd", "dd.MM.yyyy")


def sort_of(column: AnyProperty) -> Sort:
    """The sort a contract gives a column: by its logical type, else by its physical type, else text.

    A number with a physical type such as `decimal(18,2)` is exact; any other number is a binary float of 64
    bits. A whole number lies within 64 bits unless `format` says otherwise.
    """
    kind = _LOGICAL.get(column.logical_type or "") or _by_physical_type(column.physical_type)
    exact = _DECIMAL.fullmatch((column.physical_type or "").strip())
    if kind is Kind.FLOAT and exact:
        kind = Kind.DECIMAL
    if kind is Kind.DECIMAL and exact:
        return Sort(kind, precision=min(int(exact[1]), 38), scale=int(exact[2] or 0))
    if kind is Kind.INTEGER and (bits := _BITS.fullmatch(str(column.options.get("format", "")))):
        size = int(bits[2])
        low, high = (-(2 ** (size - 1)), 2 ** (size - 1) - 1) if bits[1] == "i" else (0, 2**size - 1)
        return Sort(kind, low=low, high=high)
    form = str(column.options.get("format", ""))
    return Sort(kind, form=form) if kind is Kind.DATE and form in DATE_FORMS else Sort(kind)


def _by_physical_type(written: str | None) -> Kind:
    for kind, pattern in _PHYSICAL:
        if written and re.fullmatch(pattern, written.strip(), re.IGNORECASE):
            return kind
    return Kind.TEXT


INTEGER_FORM = r"[+-]?[0-9]+"
NUMBER_FORM = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?"
DECIMAL_FORM = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
TIME_FORM = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
ZONE_FORM = r"(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
TIMESTAMP_FORM = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{TIME_FORM}{ZONE_FORM}?"
BLANKS = " \t"


def read_text(sort: Sort, text: str) -> Any:
    """The value that text says; None where nothing is written. Raises Misfit for what is no such value.

    Blanks around a value are passed over, except in text, which is kept as it is. A moment with a zone becomes
    that moment in UTC; one without is taken as UTC. Neither infinite nor NaN is a number.
    """
    if sort.kind in {Kind.TEXT, Kind.NESTED}:
        return text
    stripped = text.strip(BLANKS)
    if not stripped:
        return None
    try:
        return _READ[sort.kind](sort, stripped)
    except (ValueError, OverflowError) as error:
        raise Misfit(text) from error


def _integer(sort: Sort, text: str) -> int:
    value = int(_matched(INTEGER_FORM, text))
    if not sort.low <= value <= sort.high:
        raise ValueError(text)
    return value


def _decimal(sort: Sort, text: str) -> Decimal:
    value = Decimal(_matched(DECIMAL_FORM, text))
    scaled = value.scaleb(sort.scale)
    if scaled != scaled.to_integral_value() or abs(scaled) >= 10**sort.precision:
        raise ValueError(text)
    return value


def _float(_sort: Sort, text: str) -> float:
    value = float(_matched(NUMBER_FORM, text))
    if value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _boolean(_sort: Sort, text: str) -> bool:
    return _matched(r"true|false", text.lower()) == "true"


def _date(sort: Sort, text: str) -> date:
    order = re.escape(sort.form).replace("yyyy", "(?P<y>[0-9]{4})").replace("MM", "(?P<m>[0-9]{2})")
    match = re.fullmatch(order.replace("dd", "(?P<d>[0-9]{2})"), text)
    if match is None:
        raise ValueError(text)
    return date(int(match["y"]), int(match["m"]), int(match["d"]))


def _timestamp(_sort: Sort, text: str) -> datetime:
    found = datetime.fromisoformat(_matched(TIMESTAMP_FORM, text).replace("Z", "+00:00"))
    return found.replace(tzinfo=None) - (found.utcoffset() or timedelta())


def _time(_sort: Sort, text: str) -> time:
    return time.fromisoformat(_matched(TIME_FORM, text))


def _matched(form: str, text: str) -> str:
    if re.fullmatch(form, text) is None:
        raise ValueError(text)
    return text


_READ = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.FLOAT: _float,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _timestamp,
    Kind.TIME: _time,
}
