"""Queries of a contract that could not be lifted: run alone, over the deliveries by their names and nothing else."""

from fractions import Fraction

import duckdb
from sqlglot import exp

from concordia.deliveries.embedded.cells import Cells
from concordia.deliveries.embedded.session import rows
from concordia.deliveries.embedded.sql import name
from concordia.deliveries.embedded.wholes import NotCheckedError
from concordia.domain.checking.lifting import NotReadOnlyError, read_query
from concordia.domain.checking.rules import QueryRule
from concordia.domain.texts import Text, both


def query_result(
    connection: duckdb.DuckDBPyConnection, rule: QueryRule, tables: dict[str, Cells]
) -> int | Fraction:
    """The one number that a query of the contract gives, over the deliveries by their names.

    Raises NotCheckedError for a query that does more than read them, fails, or gives no number.
    """
    try:
        query = read_query(rule.query)
    except NotReadOnlyError as error:
        raise NotCheckedError(_not_run(str(error))) from None
    written = _guarded(query, tables)
    try:
        found = rows(connection, written)
    except duckdb.Error as error:
        raise NotCheckedError(_not_run(str(error).splitlines()[0][:160])) from None
    number = found[0][0] if len(found) == 1 and len(found[0]) == 1 else None
    try:
        return Fraction(number) if number is not None and not isinstance(number, str | bool) else _no_number()
    except (ValueError, TypeError, OverflowError):
        return _no_number()


def _no_number() -> int:
    raise NotCheckedError(both("De query geeft geen enkel getal.", "The query does not give one number."))


def _not_run(why: str) -> Text:
    return both(f"De query kan hier niet worden uitgevoerd: {why}", f"The query cannot be run here: {why}")


def _guarded(query: exp.Query, tables: dict[str, Cells]) -> str:
    """The query over views of the deliveries alone: no other table, no function that reads, casts that do not fail."""
    for unsafe in query.find_all(
        exp.Anonymous, exp.Command, exp.Into, exp.DML, exp.Parameter, exp.Placeholder
    ):
        if not isinstance(unsafe, exp.Query):
            raise NotCheckedError(_not_run(unsafe.name or type(unsafe).__name__))
    used = _tables_used(query, tables)
    for cast in [found for found in query.find_all(exp.Cast) if type(found) is exp.Cast]:
        cast.replace(exp.TryCast(**cast.args))
    views = ", ".join(f"{name(called)} AS ({_view(cells)})" for called, cells in used.items())
    written = query.sql(dialect="duckdb")
    return f"WITH {views} SELECT * FROM ({written})" if views else written


def _tables_used(query: exp.Query, tables: dict[str, Cells]) -> dict[str, Cells]:
    known = {table.lower(): cells for table, cells in tables.items()}
    inside = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    used = {}
    for table in query.find_all(exp.Table):
        called = table.name.lower()
        if (
            not isinstance(table.this, exp.Identifier)
            or table.args.get("db")
            or called not in {*known, *inside}
        ):
            raise NotCheckedError(_not_run(table.name or table.sql()))
        if called in known:
            used[called] = known[called]
    return used


def _view(cells: Cells) -> str:
    columns = [column.name for column in cells.plan.columns]
    named = ", ".join(f"{cells.value(column)} AS {name(column)}" for column in columns)
    return f"SELECT {named} FROM {cells.rows(columns, numbered=False)}"
