"""Queries of a contract that could not be lifted, where they are known to mean the same on Spark.

Contracts write the SQL of the embedded engine. Only what both engines hold alike goes to Spark: counting, grouping,
joining, comparing values of one sort. For the rest the rule is told as not checked, with the word in the way.
"""

from typing import Any

from sqlglot import exp

from concordia.deliveries.spark.cells import Cells
from concordia.deliveries.spark.sql import UnsupportedError, name
from concordia.domain.checking.lifting import NotReadOnlyError, read_query
from concordia.domain.checking.sorts import Kind

_ALIKE = (
    exp.Select,
    exp.From,
    exp.Where,
    exp.Group,
    exp.Having,
    exp.Join,
    exp.Subquery,
    exp.With,
    exp.CTE,
    exp.Table,
    exp.TableAlias,
    exp.Identifier,
    exp.Column,
    exp.Star,
    exp.Alias,
    exp.Count,
    exp.Distinct,
    exp.And,
    exp.Or,
    exp.Not,
    exp.Paren,
    exp.Is,
    exp.Null,
    exp.Literal,
    exp.In,
    exp.Exists,
    exp.Case,
    exp.If,
)
_COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_PARTS = {
    *(
        "this",
        "expressions",
        "expression",
        "from_",
        "joins",
        "where",
        "group",
        "having",
        "with_",
        "alias",
        "table",
    ),
    *("side", "kind", "on", "query", "columns", "distinct", "big_int", "is_string", "quoted"),
    *("ifs", "true", "default"),
}
_KINDS = {"INNER", "CROSS", "OUTER"}
_NUMBERS = {Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT}


def query_of(written: str, cells: Cells) -> str:
    """A query of the contract for Spark, over a view of the delivery alone.

    Raises UnsupportedError for what is not one query, or might mean something else there.
    """
    try:
        query = read_query(written)
    except NotReadOnlyError as error:
        raise _not_alike(str(error)) from None
    kinds = _kinds(query, cells)
    for node in query.walk():
        _require_alike(node, kinds)
    _require_tables(query, cells.plan.object)
    for column in query.find_all(exp.Column):
        column.this.set("this", kinds[column.name.lower()][0])
    for identifier in query.find_all(exp.Identifier):
        identifier.set("quoted", True)
    for table in query.find_all(exp.Table):
        if table.name.lower() == cells.plan.object.lower():
            table.this.set("this", cells.plan.object)
    return f"WITH {name(cells.plan.object)} AS ({_view(cells)}) SELECT * FROM ({query.sql(dialect='spark')})"


def _kinds(query: exp.Query, cells: Cells) -> dict[str, tuple[str, Kind]]:
    """Every name that a query may use for a value, in lower case: as it is spelled, and the kind of its values."""
    hindered = cells.unsupported()
    found: dict[str, tuple[str, Kind]] = {}
    for column in cells.plan.columns:
        if column.name.lower() in found:
            raise _not_alike(column.name)
        if column.sort.kind not in {Kind.NESTED, Kind.TIME} and column.name not in hindered:
            found[column.name.lower()] = (column.name, column.sort.kind)
    for alias in query.find_all(exp.Alias):
        inside = alias.this
        if isinstance(inside, exp.Count):
            kind = Kind.INTEGER
        elif isinstance(inside, exp.Column) and inside.name.lower() in found:
            kind = found[inside.name.lower()][1]
        else:
            raise _not_alike(alias.alias)
        if found.get(alias.alias.lower(), (alias.alias, kind)) != (alias.alias, kind):
            raise _not_alike(alias.alias)
        found[alias.alias.lower()] = (alias.alias, kind)
    return found


def _require_alike(node: Any, kinds: dict[str, tuple[str, Kind]]) -> None:
    if not isinstance(node, (*_ALIKE, *_COMPARED)):
        raise _not_alike(type(node).__name__.lower())
    _require_parts(node)
    if isinstance(node, _COMPARED):
        _require_one_sort(node.this, node.expression, kinds)
    elif isinstance(node, exp.In):
        for item in node.expressions:
            _require_one_sort(node.this, item, kinds)
    elif isinstance(node, exp.Column):
        _kind_of(node, kinds)


def _require_parts(node: Any) -> None:
    for word, given in node.args.items():
        if given and (word not in _PARTS or (word == "kind" and given not in _KINDS)):
            raise _not_alike(word)
    if isinstance(node, exp.Distinct) and len(node.expressions) > 1:
        raise _not_alike("distinct")


def _require_one_sort(left: Any, right: Any, kinds: dict[str, tuple[str, Kind]]) -> None:
    first, second = _kind_of(left, kinds), _kind_of(right, kinds)
    if first is not second and not {first, second} <= _NUMBERS:
        raise _not_alike(f"{left.sql()}, {right.sql()}")


def _kind_of(node: Any, kinds: dict[str, tuple[str, Kind]]) -> Kind:
    if isinstance(node, exp.Paren):
        return _kind_of(node.this, kinds)
    if isinstance(node, exp.Count):
        return Kind.INTEGER
    if isinstance(node, exp.Literal):
        return Kind.TEXT if node.is_string else Kind.FLOAT if "e" in node.this.lower() else Kind.DECIMAL
    if isinstance(node, exp.Column) and node.name.lower() in kinds:
        return kinds[node.name.lower()][1]
    if isinstance(node, exp.Case) and node.this is None and node.args.get("default"):
        found = {
            _kind_of(one, kinds)
            for one in (*(part.args["true"] for part in node.args["ifs"]), node.args["default"])
        }
        if len(found) == 1:
            return found.pop()
    raise _not_alike(node.sql())


def _require_tables(query: exp.Query, known: str) -> None:
    inside = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if table.args.get("db") or table.name.lower() not in {known.lower(), *inside}:
            raise _not_alike(table.name or table.sql())
    if known.lower() in inside:
        raise _not_alike(known)


def _view(cells: Cells) -> str:
    hindered = cells.unsupported()
    columns = [
        column.name
        for column in cells.plan.columns
        if column.sort.kind not in {Kind.NESTED, Kind.TIME} and column.name not in hindered
    ]
    named = ", ".join(f"{cells.value(column).sql} AS {name(column)}" for column in columns)
    return f"SELECT {named} FROM {cells.rows(columns)}"


def _not_alike(why: str) -> UnsupportedError:
    shown = why[:100]
    return UnsupportedError(
        f"Deze query kan op Spark iets anders betekenen ({shown}). Controleer haar met --engine embedded.",
        f"This query may mean something else on Spark ({shown}). Check it with --engine embedded.",
    )
