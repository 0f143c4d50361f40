"""What each rule counts according to Polars: written from the neutral rules alone, as a second opinion on SQL of ours.

Exact numbers are 128-bit whole numbers scaled to their column; a time is microseconds of its day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy
import polars as pl

from concordia.domain.checking import expressions as ex
from concordia.domain.checking.rules import (
    CountRule,
    KeyRule,
    Plan,
    ReferenceRule,
    RowRule,
    Rule,
    TotalRule,
    TypeRule,
)
from concordia.domain.checking.semantic_types import NINE_DIGITS, SEMANTIC_TYPES
from concordia.domain.checking.sorts import Kind, Sort

LARGE = pl.Int128
NOTHING = pl.lit(0, LARGE)
WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def counts(plan: Plan, files: list[Path], references: Mapping[str, list[Path]]) -> dict[str, int]:
    """What each rule counts, by its key; rules about files or in words are left out."""
    rows = cells(plan.columns, read(files))
    counted = {
        rule.key: _failing(rows, condition)
        for rule in plan.rules
        if (condition := _condition(rule, plan)) is not None
    }
    for rule in plan.rules:
        match rule:
            case CountRule():
                counted[rule.key] = rows.height
            case KeyRule():
                keys = rows.select([f"v:{name}" for name in rule.columns]).drop_nulls()
                counted[rule.key] = keys.height - keys.unique().height
            case ReferenceRule():
                counted[rule.key] = _unknown(rule, rows, _other(rule, plan, files, references))
            case TotalRule():
                counted[rule.key] = _differing(rule, rows, _other(rule, plan, files, references))
    return counted


def _failing(rows: pl.DataFrame, condition: pl.Expr) -> int:
    """The rows in which a condition is true. What looks at no column may be worked out once, for all of them."""
    found = rows.select(condition.fill_null(value=False).alias("fails"))["fails"]
    return int(found.sum()) * (1 if len(found) == rows.height else rows.height)


def read(files: list[Path]) -> pl.DataFrame:
    """Files as one table, by the names of their columns; whatever a footer says of values is left aside."""
    return pl.concat(
        [pl.scan_parquet(file, use_statistics=False).collect() for file in files], how="diagonal"
    )


def cells(columns: Any, table: pl.DataFrame) -> pl.DataFrame:
    """For each column `v:` its value, `n:` whether nothing stands there, `w:` its text where it is text."""
    made = []
    for column in columns:
        name, sort = column.source, column.sort
        given = pl.col(name) if name in table.columns else pl.lit(None, pl.String)
        kind = table.schema.get(name, pl.String())
        text = given if kind == pl.String else pl.lit(None, pl.String)
        blank = (
            (text.str.strip_chars(" \t") == "")
            if sort.kind not in {Kind.TEXT, Kind.NESTED}
            else pl.lit(False)
        )
        made += [
            value(sort, given, kind).alias(f"v:{column.name}"),
            (given.is_null() | blank.fill_null(value=False)).alias(f"n:{column.name}"),
            text.alias(f"w:{column.name}"),
        ]
    return table.select(made) if made else table


def value(sort: Sort, given: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """A delivered cell as a value of the sort; null for nothing and for what is none."""
    if sort.kind is Kind.NESTED:
        return pl.lit(None, pl.String)
    if kind == pl.String:
        return _FROM_TEXT[sort.kind](sort, given if sort.kind is Kind.TEXT else given.str.strip_chars(" \t"))
    if sort.numeric and isinstance(kind, pl.Decimal):
        return _FROM_TEXT[sort.kind](sort, given.cast(pl.String))
    if sort.numeric and kind.is_integer():
        if sort.kind is Kind.FLOAT:
            return given.cast(pl.Float64)
        return _within(sort, given.cast(LARGE) * 10**sort.scale)
    if sort.numeric and kind.is_float():
        return _from_float(sort, given)
    if sort.kind is Kind.TIME and kind == pl.Time:
        return given.cast(pl.Int64) // 1000
    if sort.kind is Kind.TIMESTAMP and kind == pl.Datetime:
        return given.dt.replace_time_zone(None).cast(pl.Datetime("us"))
    same = {Kind.BOOLEAN: pl.Boolean, Kind.DATE: pl.Date}
    return given if same.get(sort.kind) == kind else pl.lit(None, _TYPES[sort.kind])


_TYPES: dict[Kind, Any] = {
    Kind.TEXT: pl.String,
    Kind.INTEGER: LARGE,
    Kind.DECIMAL: LARGE,
    Kind.FLOAT: pl.Float64,
    Kind.BOOLEAN: pl.Boolean,
    Kind.DATE: pl.Date,
    Kind.TIMESTAMP: pl.Datetime("us"),
    Kind.TIME: pl.Int64,
}


def _where(condition: pl.Expr, then: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(then).otherwise(None)


def _full(text: pl.Expr, form: str) -> pl.Expr:
    return text.str.contains(rf"\A(?:{form})\z")


def _within(sort: Sort, number: pl.Expr) -> pl.Expr:
    low, high = (
        (sort.low, sort.high)
        if sort.kind is Kind.INTEGER
        else (1 - 10**sort.precision, 10**sort.precision - 1)
    )
    return _where((number >= pl.lit(low, LARGE)) & (number <= pl.lit(high, LARGE)), number)


def _from_float(sort: Sort, given: pl.Expr) -> pl.Expr:
    number = _where(given.cast(pl.Float64).is_finite(), given.cast(pl.Float64))
    if sort.kind is Kind.FLOAT:
        return number
    scaled = (number * 10**sort.scale).round()
    near = _where((scaled >= -(2.0**63)) & (scaled < 2.0**63), scaled).cast(pl.Int64, strict=False)
    return _within(sort, _where(near.cast(pl.Float64) / 10**sort.scale == number, near.cast(LARGE)))


def _whole(sort: Sort, text: pl.Expr) -> pl.Expr:
    digits = _where(_full(text, "[+-]?[0-9]+"), text).str.strip_prefix("+")
    return _within(sort, digits.cast(LARGE, strict=False))


def _exact(sort: Sort, text: pl.Expr) -> pl.Expr:
    fits = _full(text, r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
    before = text.str.extract(r"\A[+-]?([0-9]*)", 1)
    behind = text.str.extract(r"\.([0-9]*)\z", 1).fill_null("").str.strip_chars_end("0")
    digits = pl.concat_str([before, behind.str.pad_end(sort.scale, "0")])
    number = digits.str.strip_chars_start("0").str.replace(r"\A\z", "0").cast(LARGE, strict=False)
    signed = pl.when(text.str.starts_with("-")).then(NOTHING - number).otherwise(number)
    return _where(fits & (behind.str.len_chars() <= sort.scale), _within(sort, signed))


def _float(_sort: Sort, text: pl.Expr) -> pl.Expr:
    form = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?"
    number = _where(_full(text, form), text).cast(pl.Float64, strict=False)
    return _where(number.is_finite(), number)


def _boolean(_sort: Sort, text: pl.Expr) -> pl.Expr:
    return _where(_full(text, "(?i-u:true|false)"), text.str.to_lowercase() == "true")


def _date(sort: Sort, text: pl.Expr) -> pl.Expr:
    parts = {part: text.str.slice(sort.form.index(part), len(part)) for part in ("yyyy", "MM", "dd")}
    form = sort.form.replace(".", r"\.")
    for part in parts:
        form = form.replace(part, f"[0-9]{{{len(part)}}}")
    day = pl.concat_str(list(parts.values()), separator="-").str.to_date("%Y-%m-%d", strict=False)
    return _where(_full(text, form) & (day.dt.year() > 0), day)


def _moment(_sort: Sort, text: pl.Expr) -> pl.Expr:
    clock = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
    zone = r"(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
    fits = _full(text, rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{clock}{zone}?")
    day = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    offset = text.str.extract(r"([+-][0-9]{2}:[0-9]{2})\z", 1).fill_null("+00:00")
    sign = pl.when(offset.str.starts_with("-")).then(-1).otherwise(1)
    away = sign * (_number_at(offset, 1) * 60 + _number_at(offset, 4)) * 60_000_000
    local = day.cast(pl.Datetime("us")).cast(pl.Int64) + _micros(
        text.str.slice(11).str.replace(rf"{zone}\z", "")
    )
    found = (local - away).cast(pl.Datetime("us"))
    return _where(fits & (day.dt.year() > 0) & found.dt.year().is_between(1, 9999), found)


def _time(_sort: Sort, text: pl.Expr) -> pl.Expr:
    form = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
    return _where(_full(text, form), _micros(text))


def _micros(clock: pl.Expr) -> pl.Expr:
    seconds = (_number_at(clock, 0) * 60 + _number_at(clock, 3)) * 60 + _number_at(clock, 6).fill_null(0)
    behind = clock.str.extract(r"\.([0-9]+)\z", 1).fill_null("0").str.pad_end(6, "0")
    return seconds * 1_000_000 + behind.cast(pl.Int64, strict=False)


def _number_at(text: pl.Expr, place: int) -> pl.Expr:
    return text.str.slice(place, 2).cast(pl.Int64, strict=False)


_FROM_TEXT: dict[Kind, Any] = {
    Kind.TEXT: lambda _sort, text: text,
    Kind.INTEGER: _whole,
    Kind.DECIMAL: _exact,
    Kind.FLOAT: _float,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _moment,
    Kind.TIME: _time,
}


def _condition(rule: Rule, plan: Plan) -> pl.Expr | None:
    if isinstance(rule, RowRule):
        return Reading(plan).of(rule.fails).expr
    if isinstance(rule, TypeRule):
        name = rule.columns[0]
        return pl.col(f"v:{name}").is_null() & ~pl.col(f"n:{name}")
    return None


@dataclass(frozen=True)
class Valued:
    """An expression; `scale` where it is an exact number times so many tens."""

    expr: pl.Expr
    scale: int | None = None

    @property
    def float(self) -> pl.Expr:
        """As a binary float."""
        return self.expr.cast(pl.Float64) / 10.0**self.scale if self.scale else self.expr.cast(pl.Float64)


class Reading:
    """Predicates over the cells of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def of(self, node: ex.Expression) -> Valued:
        match node:
            case ex.Column(name):
                sort = self.plan.column(name).sort
                exact = sort.kind in {Kind.INTEGER, Kind.DECIMAL}
                return Valued(pl.col(f"v:{name}"), sort.scale if exact else None)
            case ex.Written(name):
                return Valued(pl.when(~pl.col(f"n:{name}")).then(pl.col(f"w:{name}")))
            case ex.Literal(given):
                return literal(given)
            case ex.Length(part):
                return Valued(self.of(part).expr.str.len_chars().cast(LARGE), 0)
            case ex.Arithmetic(operator, left, right):
                return calculated(operator, self.of(left), self.of(right))
            case ex.Call(name, arguments):
                return self.called(name, arguments)
            case ex.Case(branches, otherwise):
                chain: Any = pl
                for when, then in branches:
                    chain = chain.when(self.of(when).expr).then(self.of(then).expr)
                return Valued(chain.otherwise(self.of(otherwise).expr))
        return Valued(self.truth(node))

    def truth(self, node: ex.Expression) -> pl.Expr:
        match node:
            case ex.IsNull(ex.Written(name)):
                return pl.col(f"n:{name}")
            case ex.IsNull(part):
                return self.of(part).expr.is_null()
            case ex.Not(part):
                return ~self.of(part).expr
            case ex.And(parts):
                return pl.all_horizontal([self.of(part).expr for part in parts])
            case ex.Or(parts):
                return pl.any_horizontal([self.of(part).expr for part in parts])
            case ex.Compare(operator, left, right):
                return compared(operator, self.of(left), self.of(right))
            case ex.In(part, listed):
                found = self.of(part)
                return pl.any_horizontal([compared("=", found, literal(item)) for item in listed])
            case ex.Matches(part, pattern):
                return self.of(part).expr.str.contains(pattern.neutral)
            case ex.Passes(key, part):
                found = self.of(part)
                text = found.expr.cast(pl.String)
                return passes(key, text if found.scale is None else text.str.zfill(9))
        raise TypeError(node)

    def called(self, name: str, arguments: tuple[ex.Expression, ...]) -> Valued:
        given = [self.of(argument) for argument in arguments]
        first = given[0]
        if name == "substring":
            start, *size = [argument.value for argument in arguments[1:]]  # type: ignore[union-attr]
            return Valued(first.expr.str.slice(start - 1, *size))
        if name == "nullif":
            return Valued(
                _where(~compared("=", first, given[1]).fill_null(value=False), first.expr), first.scale
            )
        if name == "coalesce":
            first, *others = aligned(given)
            return Valued(pl.coalesce(first.expr, *(one.expr for one in others)), first.scale)
        if name == "abs":
            return Valued(first.expr.abs() if first.scale is None else _size(first.expr), first.scale)
        return CALLS[name](first.expr)


def _letters(text: pl.Expr, small: bool) -> pl.Expr:
    upper, lower = ([chr(start + place) for place in range(26)] for start in (65, 97))
    return text.str.replace_many(upper, lower) if small else text.str.replace_many(lower, upper)


CALLS: dict[str, Any] = {
    "lower": lambda text: Valued(_letters(text, small=True)),
    "upper": lambda text: Valued(_letters(text, small=False)),
    "trim": lambda text: Valued(text.str.strip_chars(" ")),
    "year": lambda day: Valued(day.dt.year().cast(LARGE), 0),
    "month": lambda day: Valued(day.dt.month().cast(LARGE), 0),
    "day": lambda day: Valued(day.dt.day().cast(LARGE), 0),
}


def literal(given: ex.Value) -> Valued:
    """A value that a rule names."""
    match given:
        case bool() | str():
            return Valued(pl.lit(given))
        case int():
            return Valued(pl.lit(given, LARGE), 0)
        case Decimal():
            scale = max(0, -int(given.as_tuple().exponent))
            return Valued(pl.lit(int(given.scaleb(scale)), LARGE), scale)
        case time():
            seconds = (given.hour * 60 + given.minute) * 60 + given.second
            return Valued(pl.lit(seconds * 1_000_000 + given.microsecond))
        case datetime():
            return Valued(pl.lit(given, pl.Datetime("us")))
        case date() | float():
            return Valued(pl.lit(given))
    raise TypeError(given)


def aligned(parts: list[Valued]) -> list[Valued]:
    """Numbers in one unit: floats where one of them is, else exact at the finest scale."""
    if all(part.scale is None for part in parts):
        return parts
    if any(part.scale is None for part in parts):
        return [Valued(part.float) for part in parts]
    finest = max(part.scale or 0 for part in parts)
    return [Valued(part.expr * pl.lit(10 ** (finest - (part.scale or 0)), LARGE), finest) for part in parts]


def compared(operator: str, left: Valued, right: Valued) -> pl.Expr:
    """One comparison."""
    first, second = (one.expr for one in aligned([left, right]))
    return {
        "=": first == second,
        "<>": first != second,
        "<": first < second,
        "<=": first <= second,
        ">": first > second,
        ">=": first >= second,
    }[operator]


def calculated(operator: str, left: Valued, right: Valued) -> Valued:
    """One calculation; null where it has no result."""
    if operator != "/" and left.scale == 0 and right.scale == 0:
        first, second = left.expr.cast(LARGE), right.expr.cast(LARGE)
        left_over = _size(first) % _size(_where(second != 0, second))
        rest = pl.when(first < 0).then(NOTHING - left_over).otherwise(left_over)
        found = {"+": first + second, "-": first - second, "*": first * second, "%": rest}[operator]
        return Valued(_where(_size(found) < pl.lit(10**38, LARGE), found), 0)
    first, second = left.float, right.float
    if operator in "/%":
        second = _where(second != 0, second)
    if operator == "%":
        both = pl.struct(first.alias("a"), second.alias("b"))
        found = both.map_batches(
            lambda pair: pl.Series(numpy.fmod(pair.struct["a"].to_numpy(), pair.struct["b"].to_numpy())),
            return_dtype=pl.Float64,
        )
        found = _where(first.is_not_null() & second.is_not_null(), found)
    else:
        found = {"+": first + second, "-": first - second, "*": first * second, "/": first / second}[operator]
    return Valued(_where(found.is_finite(), found))


def _size(number: pl.Expr) -> pl.Expr:
    """An exact number without its sign."""
    return pl.when(number < 0).then(NOTHING - number).otherwise(number)


def passes(key: str, text: pl.Expr) -> pl.Expr:
    """The test of a semantic type; unknown for nothing."""
    return _where(text.is_not_null(), _passes(key, text))


def _passes(key: str, text: pl.Expr) -> pl.Expr:
    fits = _full(text, SEMANTIC_TYPES[key].form)
    if key in NINE_DIGITS or key == "lhnr":
        digits = [text.str.slice(place, 1).cast(pl.Int64, strict=False) for place in range(9)]
        weighed = sum(digit * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
        return fits & ((weighed % 11 == 0) & (text.str.slice(0, 9) != "000000000")).fill_null(value=False)
    if key in {"iban", "lei"}:
        moved = pl.concat_str([text.str.slice(4), text.str.slice(0, 4)]) if key == "iban" else text
        rest = _where(fits, moved).map_elements(
            lambda signs: int("".join(str(int(sign, 36)) for sign in signs)) % 97, return_dtype=pl.Int64
        )
        return fits & (rest == 1).fill_null(value=False)
    return fits


def _other(
    rule: ReferenceRule | TotalRule, plan: Plan, files: list[Path], references: Mapping[str, list[Path]]
) -> pl.DataFrame:
    """A list, its columns read as ours are; they keep their own names behind `v:`."""
    ours, theirs = rule.columns, rule.target_columns
    if isinstance(rule, TotalRule):
        ours, theirs = (*ours, rule.total), (*theirs, rule.equals)
    table = read(references.get(rule.target, files))
    return table.select(
        [
            value(plan.column(our).sort, pl.col(their), table.schema[their]).alias(f"v:{their}")
            for our, their in zip(ours, theirs, strict=True)
        ]
    )


def _unknown(rule: ReferenceRule, rows: pl.DataFrame, other: pl.DataFrame) -> int:
    ours = rows.select([f"v:{name}" for name in rule.columns]).drop_nulls()
    left = [f"v:{name}" for name in rule.columns]
    return ours.join(
        other, left_on=left, right_on=[f"v:{name}" for name in rule.target_columns], how="anti"
    ).height


def _differing(rule: TotalRule, rows: pl.DataFrame, other: pl.DataFrame) -> int:
    ours = _totals(rows, rule.columns, rule.total)
    theirs = _totals(other, rule.target_columns, rule.equals)
    keys = [f"k{place}" for place in range(len(rule.columns))]
    joined = ours.join(theirs, on=keys, how="full", coalesce=True)
    return joined.filter(pl.col("total").ne_missing(pl.col("total_right"))).height


def _totals(rows: pl.DataFrame, groups: tuple[str, ...], total: str) -> pl.DataFrame:
    keys = [pl.col(f"v:{name}").alias(f"k{place}") for place, name in enumerate(groups)]
    named = rows.select([*keys, pl.col(f"v:{total}").fill_null(0).alias("total")])
    filled = named.drop_nulls([f"k{place}" for place in range(len(groups))])
    return filled.group_by([f"k{place}" for place in range(len(groups))]).agg(pl.col("total").sum())
