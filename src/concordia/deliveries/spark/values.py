"""Reading delivered cells as values of their sort, in Spark's SQL: as narrow as `domain.checking.sorts` says.

Spark's own casts trim, take `1d` for a number and `2026-1-5` for a day; each is held to the written form. A time is
kept as microseconds of its day, since not every Spark has a type for it.
"""

import re

from concordia.deliveries.spark.sql import DIGITS, Typed, UnsupportedError, text, too_many_digits
from concordia.domain.checking.reference import FLOAT_SCALE
from concordia.domain.checking.sorts import (
    DECIMAL_FORM,
    INTEGER_FORM,
    NUMBER_FORM,
    TIME_FORM,
    TIMESTAMP_FORM,
    ZONE_FORM,
    Kind,
    Sort,
)

_WHOLE = {
    "tinyint": (-(2**7), 2**7 - 1),
    "smallint": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
}
_LONG = _WHOLE["bigint"]
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_MOMENTS = {"timestamp", "timestamp_ntz"}


def sql_type(sort: Sort) -> str:
    """Spark's type for values of a sort. Raises UnsupportedError for numbers of more than 38 digits."""
    match sort.kind:
        case Kind.INTEGER if _within(sort, _LONG):
            return "BIGINT"
        case Kind.INTEGER:
            if max(abs(sort.low), abs(sort.high)) >= 10**DIGITS:
                raise too_many_digits()
            return f"DECIMAL({DIGITS},0)"
        case Kind.DECIMAL:
            if sort.scale > sort.precision:
                raise too_many_digits()
            return f"DECIMAL({sort.precision},{sort.scale})"
    return _TYPES[sort.kind]


_TYPES = {
    Kind.TEXT: "STRING",
    Kind.FLOAT: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP_NTZ",
    Kind.TIME: "BIGINT",
    Kind.NESTED: "STRING",
}


def typed_value(sort: Sort, written: str) -> Typed:
    """A name that stands for values of a sort, with what it gives."""
    if sort.kind is Kind.INTEGER:
        whole = _within(sort, _LONG)
        return Typed(written, sort.kind, 19 if whole else DIGITS, whole=whole)
    if sort.kind is Kind.DECIMAL:
        return Typed(written, sort.kind, sort.precision - sort.scale, sort.scale)
    return Typed(written, sort.kind)


def _within(sort: Sort, ends: tuple[int, int]) -> bool:
    return ends[0] <= sort.low and sort.high <= ends[1]


def value_sql(sort: Sort, raw: str, delivered: str) -> str:
    """The value of a cell; NULL for nothing and for what is no such value. `delivered` is Spark's type of it.

    Raises UnsupportedError for values that Spark cannot hold exactly.
    """
    kind = sql_type(sort)
    if sort.kind is Kind.NESTED:
        return f"CAST(NULL AS {kind})"
    if delivered == "string":
        return _FROM_TEXT[sort.kind](sort, raw)
    found = _from_typed(sort, raw, delivered)
    return found if found is not None else f"CAST(NULL AS {kind})"


def nothing_sql(sort: Sort, raw: str, delivered: str) -> str:
    """Whether nothing stands in a cell: NULL, or blanks where blanks are no value."""
    if delivered == "string" and sort.kind not in {Kind.TEXT, Kind.NESTED}:
        return f"({raw} IS NULL OR {_trimmed(raw)} = '')"
    return f"({raw} IS NULL)"


def is_always_value(sort: Sort, delivered: str) -> bool:
    """Whether every cell of this type that is not NULL is a value of the sort, so that nothing need be asked."""
    if sort.kind is Kind.NESTED or (sort.kind is Kind.TEXT and delivered == "string"):
        return True
    if sort.kind is Kind.INTEGER and delivered in _WHOLE:
        return sort.low <= _WHOLE[delivered][0] and _WHOLE[delivered][1] <= sort.high
    return sort.kind in {Kind.BOOLEAN, Kind.DATE} and sort.kind.value == delivered


def _trimmed(raw: str) -> str:
    return f"trim(BOTH ' \t' FROM {raw})"


def _fits(form: str, trimmed: str) -> str:
    return f"{trimmed} RLIKE {text(rf'\A(?:{form})\z')}"


def _text(_sort: Sort, raw: str) -> str:
    return raw


def _integer(sort: Sort, raw: str) -> str:
    kind, trimmed = sql_type(sort), _trimmed(raw)
    found = f"(CASE WHEN {_fits(INTEGER_FORM, trimmed)} THEN try_cast({trimmed} AS {kind}) END)"
    return _ranged(sort, found)


def _ranged(sort: Sort, found: str) -> str:
    """Held to the range of the sort, where the type is wider."""
    if (sort.low, sort.high) == _LONG:
        return found
    low, high = (f"CAST('{end}' AS {sql_type(sort)})" for end in (sort.low, sort.high))
    return f"(CASE WHEN {found} BETWEEN {low} AND {high} THEN {found} END)"


def _decimal(sort: Sort, raw: str) -> str:
    trimmed = _trimmed(raw)
    behind = rf"(\.[0-9]{{0,{sort.scale}}}0*)?" if sort.scale else r"(\.0*)?"
    bare = rf"\.[0-9]{{1,{sort.scale}}}0*" if sort.scale else r"\.0*"
    fits = f"{_fits(DECIMAL_FORM, trimmed)} AND {_fits(rf'[+-]?([0-9]+{behind}|{bare})', trimmed)}"
    return f"(CASE WHEN {fits} THEN try_cast({trimmed} AS {sql_type(sort)}) END)"


def _float(_sort: Sort, raw: str) -> str:
    trimmed = _trimmed(raw)
    return f"(CASE WHEN {_fits(NUMBER_FORM, trimmed)} THEN {finite(f'try_cast({trimmed} AS DOUBLE)')} END)"


def finite(number: str) -> str:
    """A binary float, or nothing where it is infinite or NaN (which Spark holds to be the largest)."""
    return f"(CASE WHEN abs({number}) < CAST('Infinity' AS DOUBLE) THEN {number} END)"


def _boolean(_sort: Sort, raw: str) -> str:
    lowered = f"translate({_trimmed(raw)}, 'AEFLRSTU', 'aeflrstu')"
    return f"(CASE {lowered} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END)"


def _date(sort: Sort, raw: str) -> str:
    trimmed = _trimmed(raw)
    pattern = re.escape(sort.form)
    for part in ("yyyy", "MM", "dd"):
        pattern = pattern.replace(part, f"[0-9]{{{len(part)}}}")
    year, month, day = (
        f"substring({trimmed}, {sort.form.index(part) + 1}, {len(part)})" for part in ("yyyy", "MM", "dd")
    )
    found = f"try_cast(concat({year}, '-', {month}, '-', {day}) AS DATE)"
    return f"(CASE WHEN {_fits(pattern, trimmed)} AND {year} > '0000' THEN {found} END)"


def _timestamp(_sort: Sort, raw: str) -> str:
    trimmed = _trimmed(raw)
    has_zone = f"{trimmed} RLIKE {text(ZONE_FORM + r'\z')}"
    day, clock = f"left({trimmed}, 10)", f"substring({trimmed}, 12)"
    zone = f"regexp_extract({trimmed}, {text(ZONE_FORM + r'\z')}, 0)"
    bare = f"left({clock}, char_length({clock}) - char_length({zone}))"
    full = f"concat({day}, ' ', {bare}, CASE WHEN char_length({bare}) = 5 THEN ':00' ELSE '' END)"
    zoned = f"CAST(try_cast(concat({full}, {zone}) AS TIMESTAMP) AS TIMESTAMP_NTZ)"
    found = f"(CASE WHEN {has_zone} THEN {zoned} ELSE try_cast({full} AS TIMESTAMP_NTZ) END)"
    return (
        f"(CASE WHEN {_fits(TIMESTAMP_FORM, trimmed)} AND {trimmed} > '0001' AND {_in_our_era(found)} "
        f"THEN {found} END)"
    )


def _in_our_era(moment: str) -> str:
    first, last = "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"
    return f"{moment} BETWEEN CAST('{first}' AS TIMESTAMP_NTZ) AND CAST('{last}' AS TIMESTAMP_NTZ)"


def _time(_sort: Sort, raw: str) -> str:
    trimmed = _trimmed(raw)
    hour, minute, second = (f"try_cast(substring({trimmed}, {place}, 2) AS BIGINT)" for place in (1, 4, 7))
    behind = f"try_cast(rpad(substring({trimmed}, 10), 6, '0') AS BIGINT)"
    found = f"(({hour} * 60 + {minute}) * 60 + coalesce({second}, 0L)) * 1000000L + coalesce({behind}, 0L)"
    return f"(CASE WHEN {_fits(TIME_FORM, trimmed)} THEN {found} END)"


_FROM_TEXT = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.FLOAT: _float,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _timestamp,
    Kind.TIME: _time,
}


def _from_typed(sort: Sort, raw: str, delivered: str) -> str | None:
    """A cell with a type of its own; None where no cell of that type is a value of the sort."""
    if sort.numeric and (delivered in {*_WHOLE, "float", "double"} or _DECIMAL.fullmatch(delivered)):
        return _number(sort, raw, delivered)
    if sort.kind is Kind.TIMESTAMP and delivered in _MOMENTS:
        return f"CAST({raw} AS TIMESTAMP_NTZ)"
    if sort.kind is Kind.TIME and delivered.startswith("time("):
        return f"time_to_micros({raw})"
    return raw if sort.kind in {Kind.BOOLEAN, Kind.DATE} and sort.kind.value == delivered else None


def _number(sort: Sort, raw: str, delivered: str) -> str:
    if delivered == "float":
        raw, delivered = f"CAST({raw} AS DOUBLE)", "double"
    if sort.kind is Kind.FLOAT:
        return finite(raw) if delivered == "double" else f"CAST({raw} AS DOUBLE)"
    cast = f"try_cast({raw} AS {sql_type(sort)})"
    if delivered == "double":
        cast = _from_float(sort, raw, cast)
    elif (match := _DECIMAL.fullmatch(delivered)) and int(match[2]) > sort.scale:
        cast = f"(CASE WHEN {raw} % {_last_place(sort.scale)} = 0 THEN {cast} END)"
    return _ranged(sort, cast) if sort.kind is Kind.INTEGER else cast


def _last_place(scale: int) -> str:
    """The number 1 at the last place behind the point."""
    written = "0." + "0" * (scale - 1) + "1" if scale else "1"
    return f"CAST('{written}' AS DECIMAL({scale + 1},{scale}))"


def _from_float(sort: Sort, raw: str, cast: str) -> str:
    """A whole number from a float without a fraction; an exact one from the float that is nearest to it."""
    if sort.kind is Kind.DECIMAL:
        if sort.scale > FLOAT_SCALE:
            return f"CAST(NULL AS {sql_type(sort)})"
        return f"(CASE WHEN CAST({cast} AS DOUBLE) = {finite(raw)} THEN {cast} END)"
    if not _within(sort, _LONG):
        raise UnsupportedError(
            "Zulke grote gehele getallen uit gewone getallen zijn hier niet exact.",
            "Whole numbers of this size out of floats are not exact here.",
        )
    edge = "CAST('9223372036854775808' AS DOUBLE)"
    inside = f"{raw} >= -{edge} AND {raw} < {edge}"
    return f"(CASE WHEN {inside} AND {raw} % 1 = 0 THEN {cast} END)"
