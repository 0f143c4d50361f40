"""Reading delivered cells as values of their sort, in SQL: as narrow as `domain.checking.sorts` says.

An engine's own casts guess (`'12.5'` as 13, `'1_000'`, `'yes'`); each is held to the written form. The usual form is
found by casting back, which is cheap; only what differs meets a pattern.
"""

import re

from concordia.deliveries.embedded.sql import text
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

ISO = "yyyy-MM-dd"
_WHOLE_TYPES = {
    "TINYINT": (-(2**7), 2**7 - 1),
    "SMALLINT": (-(2**15), 2**15 - 1),
    "INTEGER": (-(2**31), 2**31 - 1),
    "BIGINT": (-(2**63), 2**63 - 1),
    "HUGEINT": (-(2**127), 2**127 - 1),
    "UTINYINT": (0, 2**8 - 1),
    "USMALLINT": (0, 2**16 - 1),
    "UINTEGER": (0, 2**32 - 1),
    "UBIGINT": (0, 2**64 - 1),
    "UHUGEINT": (0, 2**128 - 1),
}
_DECIMAL_TYPE = re.compile(r"DECIMAL\((\d+),(\d+)\)")


def sql_type(sort: Sort) -> str:
    """The engine's type for values of a sort."""
    match sort.kind:
        case Kind.INTEGER:
            return next(one for one in ("BIGINT", "HUGEINT", "UHUGEINT") if _within(sort, _WHOLE_TYPES[one]))
        case Kind.DECIMAL:
            return f"DECIMAL({sort.precision},{sort.scale})"
    return _TYPES[sort.kind]


_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.FLOAT: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.TIME: "TIME",
    Kind.NESTED: "VARCHAR",
}


def _within(sort: Sort, ends: tuple[int, int]) -> bool:
    return ends[0] <= sort.low and sort.high <= ends[1]


def cast_sql(sort: Sort, raw: str, delivered: str) -> str:
    """The engine's own cast of a text cell, to be made once for `value_sql`; empty where it takes none."""
    if delivered != "VARCHAR" or sort.kind not in {Kind.INTEGER, Kind.DECIMAL, Kind.DATE}:
        return ""
    usual = sort.kind is not Kind.DATE or sort.form == ISO
    return f"TRY_CAST({raw} AS {sql_type(sort)})" if usual else ""


def value_sql(sort: Sort, raw: str, delivered: str, cast: str = "") -> str:
    """The value of a cell; NULL for nothing and for what is no such value. `delivered` is the engine's type of it.

    `cast` names what `cast_sql` gave, where that was made before: the engine makes what stands in a CASE twice, twice.
    """
    if delivered == "VARCHAR":
        return _FROM_TEXT[sort.kind](sort, raw, cast or cast_sql(sort, raw, delivered))
    if delivered == "JSON":
        given = _json_text(sort, raw)
        return _FROM_TEXT[sort.kind](sort, given, cast_sql(sort, given, "VARCHAR"))
    if sort.kind is Kind.NESTED:
        return f"CAST({raw} AS VARCHAR)"
    found = _from_typed(sort, raw, delivered)
    return found if found is not None else f"CAST(NULL AS {sql_type(sort)})"


def nothing_sql(sort: Sort, raw: str, delivered: str, value: str) -> str:
    """Whether nothing stands in a cell: NULL, or blanks where blanks are no value. Where there is a value there is."""
    if delivered == "JSON":
        blank = "" if sort.kind in {Kind.TEXT, Kind.NESTED} else f" OR trim({raw} ->> '$', ' \t') = ''"
        nothing = f"({raw} IS NULL OR json_type({raw}) = 'NULL'{blank})"
        return f"(CASE WHEN {value} IS NULL THEN {nothing} ELSE FALSE END)"
    if delivered == "VARCHAR" and sort.kind not in {Kind.TEXT, Kind.NESTED}:
        blank = f"WHEN {raw} IS NULL THEN TRUE ELSE trim({raw}, ' \t') = ''"
        return f"(CASE WHEN {value} IS NOT NULL THEN FALSE {blank} END)"
    return f"({raw} IS NULL)"


def _json_text(sort: Sort, raw: str) -> str:
    """The text of a JSON cell, where its kind can say a value of the sort: a number as its digits, a text as itself."""
    if sort.kind is Kind.NESTED:
        return f"CAST({raw} AS VARCHAR)"
    kinds = "'VARCHAR'"
    if sort.numeric:
        kinds += ", 'BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT'"
    elif sort.kind is Kind.BOOLEAN:
        kinds += ", 'BOOLEAN'"
    return f"(CASE WHEN json_type({raw}) IN ({kinds}) THEN {raw} ->> '$' END)"


def is_always_value(sort: Sort, delivered: str) -> bool:
    """Whether every cell of this type that is not NULL is a value of the sort, so that nothing need be asked."""
    if sort.kind is Kind.NESTED or (sort.kind is Kind.TEXT and delivered == "VARCHAR"):
        return True
    if sort.kind is Kind.INTEGER and delivered in _WHOLE_TYPES:
        low, high = _WHOLE_TYPES[delivered]
        return sort.low <= low and high <= sort.high
    if sort.kind is Kind.DECIMAL and (match := _DECIMAL_TYPE.fullmatch(delivered)):
        precision, scale = int(match[1]), int(match[2])
        return scale <= sort.scale and precision - scale <= sort.precision - sort.scale
    same = {Kind.BOOLEAN: "BOOLEAN", Kind.DATE: "DATE", Kind.TIME: "TIME"}
    return same.get(sort.kind) == delivered or (
        sort.kind is Kind.TIMESTAMP and delivered.startswith("TIMESTAMP")
    )


def _trimmed(raw: str) -> str:
    return f"trim({raw}, ' \t')"


def _fits(form: str, trimmed: str) -> str:
    return f"regexp_full_match({trimmed}, {text(form)})"


def _text(_sort: Sort, raw: str, _cast: str) -> str:
    return raw


def _integer(sort: Sort, raw: str, cast: str) -> str:
    kind, trimmed = sql_type(sort), _trimmed(raw)
    found = (
        f"CASE WHEN CAST({cast} AS VARCHAR) = {raw} THEN {cast} "
        f"WHEN {_fits(INTEGER_FORM, trimmed)} THEN TRY_CAST({trimmed} AS {kind}) END"
    )
    return _ranged(sort, f"({found})", _WHOLE_TYPES[kind])


def _ranged(sort: Sort, found: str, ends: tuple[int, int]) -> str:
    """Held to the range of the sort, where the type is wider."""
    if sort.low <= ends[0] and ends[1] <= sort.high:
        return found
    low, high = (f"CAST('{end}' AS {sql_type(sort)})" for end in (sort.low, sort.high))
    return f"(CASE WHEN {found} BETWEEN {low} AND {high} THEN {found} END)"


def _decimal(sort: Sort, raw: str, cast: str) -> str:
    kind, trimmed = sql_type(sort), _trimmed(raw)
    behind = rf"(\.[0-9]{{0,{sort.scale}}}0*)?" if sort.scale else r"(\.0*)?"
    form = (
        rf"[+-]?([0-9]+{behind}|\.0*)"
        if not sort.scale
        else rf"[+-]?([0-9]+{behind}|\.[0-9]{{1,{sort.scale}}}0*)"
    )
    fits = f"{_fits(DECIMAL_FORM, trimmed)} AND {_fits(form, trimmed)}"
    return (
        f"(CASE WHEN CAST({cast} AS VARCHAR) = {raw} THEN {cast} "
        f"WHEN {fits} THEN TRY_CAST({trimmed} AS {kind}) END)"
    )


def _float(_sort: Sort, raw: str, _cast: str) -> str:
    trimmed = _trimmed(raw)
    cast = f"TRY_CAST({trimmed} AS DOUBLE)"
    return f"(CASE WHEN {_fits(NUMBER_FORM, trimmed)} AND isfinite({cast}) THEN {cast} END)"


def _boolean(_sort: Sort, raw: str, _cast: str) -> str:
    lowered = f"translate({_trimmed(raw)}, 'AEFLRSTU', 'aeflrstu')"
    slowly = f"CASE {lowered} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
    return (
        f"(CASE WHEN {raw} = 'true' THEN TRUE WHEN {raw} = 'false' THEN FALSE WHEN {raw} IS NULL THEN NULL "
        f"ELSE {slowly} END)"
    )


def _date(sort: Sort, raw: str, cast: str) -> str:
    trimmed = _trimmed(raw)
    if sort.form == ISO:
        slowly = _written_back(trimmed)
        return (
            f"(CASE WHEN strlen({raw}) = 10 AND CAST({cast} AS VARCHAR) = {raw} THEN {cast} "
            f"WHEN {raw} IS NULL THEN NULL ELSE {slowly} END)"
        )
    form = sort.form.replace("yyyy", "%Y").replace("MM", "%m").replace("dd", "%d")
    pattern = (
        re.escape(sort.form).replace("yyyy", "[0-9]{4}").replace("MM", "[0-9]{2}").replace("dd", "[0-9]{2}")
    )
    made = f"try_strptime({trimmed}, {text(form)})"
    return f"(CASE WHEN {_fits(pattern, trimmed)} AND year({made}) > 0 THEN CAST({made} AS DATE) END)"


def _written_back(trimmed: str) -> str:
    cast = f"TRY_CAST({trimmed} AS DATE)"
    return f"CASE WHEN CAST({cast} AS VARCHAR) = {trimmed} AND length({trimmed}) = 10 THEN {cast} END"


def _timestamp(_sort: Sort, raw: str, _cast: str) -> str:
    trimmed = _trimmed(raw)
    zoned = f"(TRY_CAST({trimmed} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"
    local = f"TRY_CAST({trimmed} AS TIMESTAMP)"
    has_zone = f"regexp_matches({trimmed}, {text(ZONE_FORM + r'\z')})"
    found = f"(CASE WHEN {has_zone} THEN {zoned} ELSE {local} END)"
    return f"(CASE WHEN {_fits(TIMESTAMP_FORM, trimmed)} AND {_in_our_era(found)} THEN {found} END)"


def _in_our_era(moment: str) -> str:
    return f"{moment} BETWEEN TIMESTAMP '0001-01-01 00:00:00' AND TIMESTAMP '9999-12-31 23:59:59.999999'"


def _time(_sort: Sort, raw: str, _cast: str) -> str:
    trimmed = _trimmed(raw)
    whole = f"(CASE WHEN length({trimmed}) = 5 THEN {trimmed} || ':00' ELSE {trimmed} END)"
    return f"(CASE WHEN {_fits(TIME_FORM, trimmed)} THEN TRY_CAST({whole} AS TIME) END)"


_FROM_TEXT = {
    Kind.TEXT: _text,
    Kind.NESTED: _text,
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
    number = (
        delivered in _WHOLE_TYPES or delivered in {"FLOAT", "DOUBLE"} or _DECIMAL_TYPE.fullmatch(delivered)
    )
    if sort.numeric and number:
        return _number(sort, raw, delivered)
    if sort.kind is Kind.TIMESTAMP and delivered == "TIMESTAMP WITH TIME ZONE":
        return f"({raw} AT TIME ZONE 'UTC')"
    if sort.kind is Kind.TIMESTAMP and delivered.startswith("TIMESTAMP"):
        return f"CAST({raw} AS TIMESTAMP)"
    same = {Kind.BOOLEAN: "BOOLEAN", Kind.DATE: "DATE", Kind.TIME: "TIME"}
    return raw if same.get(sort.kind) == delivered else None


def _number(sort: Sort, raw: str, delivered: str) -> str:
    kind, is_float = sql_type(sort), delivered in {"FLOAT", "DOUBLE"}
    if sort.kind is Kind.FLOAT:
        cast = f"CAST({raw} AS DOUBLE)"
        return f"(CASE WHEN isfinite({cast}) THEN {cast} END)" if is_float else cast
    if is_always_value(sort, delivered):
        return f"CAST({raw} AS {kind})"
    if delivered == "FLOAT":
        raw, delivered = f"CAST({raw} AS DOUBLE)", "DOUBLE"
    cast = f"TRY_CAST({raw} AS {kind})"
    if delivered in _WHOLE_TYPES:
        return _ranged(sort, cast, _WHOLE_TYPES[kind]) if sort.kind is Kind.INTEGER else cast
    if is_float and sort.kind is Kind.DECIMAL and sort.scale > FLOAT_SCALE:
        return f"CAST(NULL AS {kind})"
    back = f"TRY_CAST({cast} AS {delivered}) = {raw}"
    if is_float and sort.kind is Kind.INTEGER:
        back = f"trunc({raw}) = {raw}"
    checked = f"(CASE WHEN {back} THEN {cast} END)"
    return _ranged(sort, checked, _WHOLE_TYPES[kind]) if sort.kind is Kind.INTEGER else checked
