"""Contracts, deliveries and predicates drawn at random, for what every engine must count alike."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pyarrow as arrow
import pyarrow.parquet as parquet
from support.deliveries import contract_of

from concordia.domain.checking import expressions as ex
from concordia.domain.checking.patterns import Pattern
from concordia.domain.checking.rules import NONE_FAILS, ColumnPlan, Plan, RowRule, Severity
from concordia.domain.checking.sorts import Kind, Sort
from concordia.domain.texts import both

CELLS = {
    "string": [
        "A",
        "B",
        "abc",
        " A",
        "a;b",
        'say "so"',
        "é",
        "x1",
        "111222333",
        "NL91ABNA0417164300",
        "two\nlines",
        "N/A",
        "👍",
    ],
    "integer": [
        "0",
        "1",
        "-1",
        "7",
        "12",
        " 12 ",
        "+5",
        "007",
        "12.5",
        "1e3",
        "1_000",
        "9" * 19,
        "9" * 40,
        "x",
        "N/A",
        "111222333",
    ],
    "number": ["0", "1.5", "-2.25", ".5", "5.", "1e3", "1e999", "NaN", "inf", "1,5", "0.1", "3", " 7.0 "],
    "date": [
        "2026-01-05",
        "2026-02-30",
        "2026-1-5",
        "05-01-2026",
        "2025-12-31",
        "0000-01-01",
        "9999-12-31",
        "x",
    ],
    "timestamp": [
        "2026-01-05T10:00:00Z",
        "2026-01-05 10:00",
        "2026-01-05T10:00:00+02:00",
        "2026-01-05T24:00:00",
        "2026-01-05",
    ],
    "boolean": ["true", "false", "TRUE", "yes", "1"],
}
OPTIONS = {
    "string": {
        "minLength": [0, 2],
        "maxLength": [1, 5],
        "pattern": ["^[A-Z]", r"\d{3}$", "b|c", "^[A-Za-z]{1,3}$", "^(x?1|[0-9]{9})$"],
        "format": ["bsn", "iban", "uuid", "lhnr"],
    },
    "integer": {
        "minimum": [0, 5],
        "maximum": [7, 12],
        "exclusiveMinimum": [0],
        "exclusiveMaximum": [12],
        "multipleOf": [2, 5],
    },
    "number": {"minimum": [0, Decimal("1.5")], "maximum": [3], "exclusiveMinimum": [Decimal("-2.25")]},
    "date": {"minimum": ["2026-01-01"], "exclusiveMaximum": ["2026-01-05"]},
    "timestamp": {"maximum": ["2026-01-05T08:30:00Z"]},
    "boolean": {},
}
VALID = {
    "string": ["A", "abc"],
    "integer": [1, 12, 7],
    "number": [Decimal("1.5"), 3],
    "date": ["2026-01-05"],
    "timestamp": [],
    "boolean": ["true"],
}
SQL = {
    "string": [
        "length({property}) > 2",
        "{property} LIKE '%b%'",
        "{property} IN ('A','x1') OR {property} IS NULL",
        "upper({property}) = 'ABC'",
    ],
    "integer": [
        "{property} > 5 AND NOT {property} = 12",
        "{property} % 2 = 1",
        "{property} BETWEEN -1 AND 7",
        "abs({property}) >= 5",
        "{property} / 2 > 3",
    ],
    "number": ["{property} >= 1.5", "coalesce({property}, 0) = 0"],
    "date": ["{property} < DATE '2026-01-05'", "year({property}) = 2026"],
    "timestamp": ["{property} > '2026-01-05T09:00:00'"],
    "boolean": ["{property}", "{property} IS NOT TRUE"],
}


@st.composite
def columns(draw: st.DrawFn, number: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(list(CELLS)))
    chosen = draw(st.lists(st.sampled_from(sorted(OPTIONS[kind])), unique=True)) if OPTIONS[kind] else []
    column: dict[str, Any] = {"name": f"c{number}", "logicalType": kind}
    if chosen:
        column["logicalTypeOptions"] = {name: draw(st.sampled_from(OPTIONS[kind][name])) for name in chosen}
    column |= draw(
        st.sampled_from([{}, {"required": True}, {"unique": True}, {"required": True, "unique": True}])
    )
    quality = []
    if VALID[kind] and draw(st.booleans()):
        quality.append({"metric": "invalidValues", "arguments": {"validValues": VALID[kind]}, "mustBe": 0})
    if draw(st.booleans()):
        quality.append(
            {"metric": "missingValues", "arguments": {"missingValues": [None, "N/A", "7"]}, "mustBe": 0}
        )
    if draw(st.booleans()):
        where = draw(st.sampled_from(SQL[kind]))
        quality.append(
            {"type": "sql", "query": f"SELECT COUNT(*) FROM {{object}} WHERE {where}", "mustBe": 0}
        )
    return column | ({"quality": quality} if quality else {})


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, str | None]]]:
    made = [draw(columns(number)) for number in range(draw(st.integers(1, 4)))]
    more: dict[str, Any] = {}
    if len(made) > 1 and draw(st.booleans()):
        names = {"properties": ["c0", "c1"]}
        more["quality"] = [{"metric": "duplicateValues", "arguments": names, "mustBeLessThan": 1}]
    cells = {column["name"]: st.sampled_from([None, "  ", *CELLS[column["logicalType"]]]) for column in made}
    rows = draw(st.lists(st.fixed_dictionaries(cells), max_size=12))
    return contract_of(*made, **more), rows


TYPED = {
    Kind.TEXT: ("string", ["A", "abc", "", "é", "👍"]),
    Kind.INTEGER: ("int64", [0, 1, -1, 7, 12, 2**62, -(2**63)]),
    Kind.FLOAT: ("float64", [0.0, 1.5, -2.25, 0.1, 1e300, float("nan"), float("inf")]),
    Kind.BOOLEAN: ("bool", [True, False]),
    Kind.DATE: ("date32", [date(2026, 1, 5), date(1, 1, 1), date(9999, 12, 31)]),
    Kind.TIMESTAMP: ("timestamp", [datetime(2026, 1, 5, 10), datetime(1970, 1, 1)]),
    Kind.TIME: ("time64", [time(10), time(0), time(23, 59, 59, 999999)]),
}
COLUMNS = {f"{kind.value}_{number}": kind for kind in TYPED for number in (0, 1)}


def literals(kind: Kind) -> st.SearchStrategy[ex.Expression]:
    values = [value for value in TYPED[kind][1] if value == value and value != float("inf")]
    return st.sampled_from([ex.Literal(value) for value in values])


def cells(kind: Kind) -> st.SearchStrategy[ex.Expression]:
    return st.sampled_from([ex.Column(name) for name, of in COLUMNS.items() if of is kind])


def values(kind: Kind) -> st.SearchStrategy[ex.Expression]:
    plain = cells(kind) | literals(kind)
    if kind is Kind.TEXT:
        calls = st.builds(
            lambda name, part: ex.Call(name, (part,)), st.sampled_from(["lower", "upper", "trim"]), plain
        )
        return (
            plain
            | calls
            | st.builds(
                lambda part, at, size: ex.Call("substring", (part, ex.Literal(at), ex.Literal(size))),
                plain,
                st.integers(1, 4),
                st.integers(0, 3),
            )
        )
    if kind is Kind.INTEGER:
        whole = st.builds(ex.Arithmetic, st.sampled_from(["+", "-", "*", "%"]), plain, plain)
        days = st.builds(
            lambda name, part: ex.Call(name, (part,)),
            st.sampled_from(["year", "month", "day"]),
            cells(Kind.DATE),
        )
        return (
            plain
            | whole
            | days
            | st.builds(ex.Length, cells(Kind.TEXT))
            | st.builds(lambda part: ex.Call("abs", (part,)), whole)
        )
    if kind is Kind.FLOAT:
        some = plain | cells(Kind.INTEGER)
        return plain | st.builds(ex.Arithmetic, st.sampled_from(["+", "-", "*", "/"]), plain, some)
    return plain


def comparisons() -> st.SearchStrategy[ex.Expression]:
    found = []
    for kind in TYPED:
        if kind is not Kind.BOOLEAN:
            found.append(
                st.builds(
                    ex.Compare, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), values(kind), values(kind)
                )
            )
        listed = st.lists(literals(kind), min_size=1, max_size=3).map(
            lambda items: tuple(item.value for item in items)
        )
        found.append(st.builds(ex.In, values(kind), listed))
        found.append(st.builds(ex.IsNull, values(kind)))
        found.append(
            st.builds(
                lambda one, other: ex.IsNull(ex.Call("nullif", (one, other))), values(kind), values(kind)
            )
        )
    found.append(
        st.builds(
            ex.Matches,
            cells(Kind.TEXT),
            st.sampled_from([Pattern.read(one) for one in ("^a", "é$", ".", "^$", "^[a-c]{3}$", "^[A-Z]?$")]),
        )
    )
    found.append(
        st.builds(ex.Compare, st.sampled_from(["<", ">="]), cells(Kind.INTEGER), literals(Kind.FLOAT))
    )
    return st.one_of(*found) | cells(Kind.BOOLEAN)


def comparisons_of_columns() -> st.SearchStrategy[ex.Expression]:
    """Comparisons that are judged on whole columns."""
    kinds = [Kind.TEXT, Kind.INTEGER, Kind.DATE]
    operators = st.sampled_from(["=", "<>"])
    listed = st.lists(literals(Kind.TEXT), min_size=1, max_size=3)
    patterns = st.sampled_from([Pattern.read(one) for one in ("^a", "^[a-c]{3}$", "^[A-Z]?$")])
    return st.one_of(
        *(st.builds(ex.Compare, operators, cells(kind), literals(kind)) for kind in kinds),
        *(st.builds(ex.IsNull, cells(kind)) for kind in kinds),
        st.builds(ex.Compare, operators, literals(Kind.TEXT), cells(Kind.TEXT)),
        st.builds(ex.Matches, cells(Kind.TEXT), patterns),
        st.builds(ex.In, cells(Kind.TEXT), listed.map(lambda items: tuple(item.value for item in items))),
        st.builds(
            ex.Compare,
            st.sampled_from(["<", ">="]),
            st.builds(ex.Length, cells(Kind.TEXT)),
            st.integers(0, 4).map(ex.Literal),
        ),
    )


predicates_of_columns = st.recursive(
    comparisons_of_columns(),
    lambda inner: (
        st.builds(ex.Not, inner)
        | st.builds(lambda parts: ex.And(tuple(parts)), st.lists(inner, min_size=2, max_size=3))
        | st.builds(lambda parts: ex.Or(tuple(parts)), st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=5,
)
predicates = st.recursive(
    comparisons(),
    lambda inner: (
        st.builds(ex.Not, inner)
        | st.builds(lambda parts: ex.And(tuple(parts)), st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda parts: ex.Or(tuple(parts)), st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda when, then, other: ex.Case(((when, then),), other), inner, inner, inner)
    ),
    max_leaves=6,
)

typed_rows = st.fixed_dictionaries(
    {name: st.none() | st.sampled_from(TYPED[kind][1]) for name, kind in COLUMNS.items()}
)


def plan_of_predicates(fails: Sequence[ex.Expression]) -> Plan:
    """A rule for each predicate, over the typed columns."""
    columns = tuple(ColumnPlan(name, name, Sort(kind), None, name) for name, kind in COLUMNS.items())
    said = both("Een eis.", "A demand.")
    rules = tuple(
        RowRule(f"r{number}", "sql", said, NONE_FAILS, Severity.ERROR, (), fails=one)
        for number, one in enumerate(fails)
    )
    return Plan("lines", columns, rules)


def write_typed(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Rows of the typed columns as Parquet."""
    types = {
        "timestamp": arrow.timestamp("us"),
        "time64": arrow.time64("us"),
        "date32": arrow.date32(),
        "string": arrow.string(),
        "int64": arrow.int64(),
        "float64": arrow.float64(),
        "bool": arrow.bool_(),
    }
    schema = arrow.schema([(name, types[TYPED[kind][0]]) for name, kind in COLUMNS.items()])
    parquet.write_table(arrow.Table.from_pylist([dict(row) for row in rows], schema=schema), path)
    return path


def write_text(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str | None]]) -> Path:
    """Rows of text as Parquet."""
    schema = arrow.schema([(name, arrow.string()) for name in columns])
    parquet.write_table(arrow.Table.from_pylist([dict(row) for row in rows], schema=schema), path)
    return path
