"""What is counted, as queries for Spark: `count_if` for rows, groups for keys, anti-joins for references.

Spark counts conditions one by one faster than it groups by a mask of them: a mask makes it build a row's whole number
before it may count anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from concordia.deliveries.spark.cells import PATH, ROW, Cells
from concordia.deliveries.spark.patterns import LONGEST_CLIMBED, climbs
from concordia.deliveries.spark.sql import DIGITS, UnsupportedError
from concordia.domain.checking.expressions import columns_in
from concordia.domain.checking.rules import KeyRule, ReferenceRule, RowRule, Rule, TotalRule, TypeRule
from concordia.domain.checking.sorts import Kind

TOGETHER = 60  # conditions in one query: more make the code that Spark writes for them too large to compile


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule about single rows: the condition under which a row is counted, and the columns it needs.

    `spared` is the condition of rows that cannot be judged here, `FALSE` where there are none: they are not counted.
    """

    rule: Rule
    sql: str
    columns: frozenset[str]
    spared: str = "FALSE"


def condition_of(cells: Cells, rule: Rule) -> Condition | None:
    """The condition of a rule about single rows; None for other rules. Raises UnsupportedError."""
    if isinstance(rule, RowRule):
        return _row_condition(cells, rule)
    if isinstance(rule, TypeRule):
        return Condition(rule, cells.misfit(rule.columns[0]) or "FALSE", frozenset(rule.columns))
    return None


def _row_condition(cells: Cells, rule: RowRule) -> Condition:
    """Texts that are too long for a pattern with a repeat of parts are kept from Java: its stack would not hold."""
    sql, columns = cells.forms().truth(rule.fails), columns_in(rule.fails)
    texts = [one for one in sorted(columns) if cells.plan.column(one).sort.kind is Kind.TEXT]
    if not texts or not climbs(rule.fails):
        return Condition(rule, sql, columns)
    too_long = [f"coalesce(char_length({cells.value(one).sql}) > {LONGEST_CLIMBED}, FALSE)" for one in texts]
    spared = f"({' OR '.join(too_long)})"
    return Condition(rule, f"(CASE WHEN {spared} THEN FALSE ELSE {sql} END)", columns, spared)


def rows_query(cells: Cells, conditions: Sequence[Condition], texts: Sequence[str] = ()) -> str:
    """One row: how many rows there are, how many of each condition, how many it spares, how many texts are no UTF-8."""
    columns = frozenset(texts).union(*(one.columns for one in conditions))
    counted = ["count(*)", *(f"count_if({one.sql})" for one in conditions)]
    counted += [f"count_if({one.spared})" for one in conditions]
    counted += [f"count_if(NOT is_valid_utf8(w{cells.place(column)}))" for column in texts]
    return f"SELECT {', '.join(counted)} FROM {cells.rows(columns)}"


def whole_query(cells: Cells, rule: Rule, other: Cells | None) -> str | None:
    """The one count of a rule about all rows together; None for other rules. Raises UnsupportedError."""
    match rule:
        case KeyRule():
            return _surplus(cells, rule)
        case ReferenceRule() if other is not None:
            return f"SELECT count(*) AS n FROM {unknown_rows(cells, rule, other)}"
        case TotalRule() if other is not None:
            return _differing(cells, other, rule)
    return None


def together(queries: Sequence[str]) -> str:
    """Several counts as one query: the place of each in the list, and what it counts."""
    return " UNION ALL ".join(f"SELECT {place}, n FROM ({one})" for place, one in enumerate(queries))


def _surplus(cells: Cells, rule: KeyRule) -> str:
    values = [cells.value(column).sql for column in rule.columns]
    groups = (
        f"SELECT count(*) AS n FROM {cells.rows(rule.columns)} WHERE {_filled(values)} "
        f"GROUP BY {', '.join(values)}"
    )
    return f"SELECT coalesce(sum(n - 1), 0) AS n FROM ({groups})"


def repeated_rows(cells: Cells, rule: KeyRule, shown: Sequence[str]) -> str:
    """The rows whose key stands more than once: where each stands, the `nth` of its key, and where the first does."""
    values = [cells.value(column).sql for column in rule.columns]
    keys = ", ".join(f"{value} AS k{number}" for number, value in enumerate(values))
    listed = ", ".join(values)
    twice = (
        f"SELECT {keys} FROM {cells.rows(rule.columns)} WHERE {_filled(values)} "
        f"GROUP BY {listed} HAVING count(*) > 1"
    )
    equal = " AND ".join(f"o.{value} = t.k{number}" for number, value in enumerate(values))
    rows = f"{cells.rows(rule.columns, (PATH, ROW), rule.columns)} o LEFT SEMI JOIN ({twice}) t ON {equal}"
    order = f"(PARTITION BY {listed} ORDER BY {PATH}, {ROW})"
    first = f"first_value(struct({PATH}, {ROW})) OVER {order} AS first"
    told = ", ".join([PATH, ROW, *shown])
    return f"SELECT {told}, row_number() OVER {order} AS nth, {first} FROM (SELECT o.* FROM {rows})"


def unknown_rows(
    cells: Cells, rule: ReferenceRule, other: Cells, more: Sequence[str] = (), shown: Sequence[str] = ()
) -> str:
    """The rows whose values, none of them null, do not stand together in a reference."""
    ours = [cells.value(column).sql for column in rule.columns]
    theirs = [other.value(column).sql for column in rule.target_columns]
    named = ", ".join(f"{value} AS k{number}" for number, value in enumerate(theirs))
    known = f"SELECT DISTINCT {named} FROM {other.rows(rule.target_columns)} WHERE {_filled(theirs)}"
    equal = " AND ".join(f"o.{value} = t.k{number}" for number, value in enumerate(ours))
    rows = cells.rows(rule.columns, more, shown)
    return f"(SELECT o.* FROM {rows} o LEFT ANTI JOIN ({known}) t ON {equal} WHERE {_filled(ours)})"


def _differing(cells: Cells, other: Cells, rule: TotalRule) -> str:
    left = _totals(cells, rule.columns, rule.total)
    right = _totals(other, rule.target_columns, rule.equals)
    keys = " AND ".join(f"l.k{number} = r.k{number}" for number in range(len(rule.columns)))
    return f"SELECT count(*) AS n FROM ({left}) l FULL OUTER JOIN ({right}) r ON {keys} WHERE NOT l.total <=> r.total"


def _totals(cells: Cells, groups: Sequence[str], total: str) -> str:
    """The sum of each group, exact in 38 digits; Spark fails where that is too few, and the rule is told unchecked."""
    values = [cells.value(column).sql for column in groups]
    summed = cells.value(total)
    if not summed.exact:
        raise UnsupportedError(
            "Alleen exacte getallen worden hier opgeteld.", "Only exact numbers are added up here."
        )
    named = ", ".join(f"{value} AS k{number}" for number, value in enumerate(values))
    exact = f"coalesce(CAST({summed.sql} AS DECIMAL({DIGITS},{summed.scale})), 0)"
    rows = cells.rows([*groups, total])
    return f"SELECT {named}, sum({exact}) AS total FROM {rows} WHERE {_filled(values)} GROUP BY {', '.join(values)}"


def _filled(values: Sequence[str]) -> str:
    return " AND ".join(f"{value} IS NOT NULL" for value in values)
