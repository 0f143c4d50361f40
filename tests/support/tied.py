"""Rows that a question leaves tied, given one way or the other: what a database is free to do at any time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models.expressions import OrderBy
from django.db.models.sql.compiler import SQLCompiler


@contextmanager
def ties_given(*, backwards: bool) -> Iterator[None]:
    """In here every question ends in the order of the primary key, or in the opposite one.

    A question whose own order is total says the same both ways. Left as they are: sums, groups and the like, which
    give no rows of a table, and what is `distinct` over some columns only.
    """
    own_order = SQLCompiler.get_order_by

    def ordered(compiler: SQLCompiler) -> list[Any]:
        for part in compiler.query.combined_queries:
            part.is_part = True
        found: list[Any] = own_order(compiler)
        if not _gives_rows(compiler.query):
            return found
        column = compiler.query.model._meta.pk.get_col(compiler.query.get_initial_alias())
        last = OrderBy(column, descending=backwards)
        return [*found, (last, (*compiler.compile(last), False))]

    SQLCompiler.get_order_by = ordered  # type: ignore[method-assign]
    try:
        yield
    finally:
        SQLCompiler.get_order_by = own_order  # type: ignore[method-assign]


def _gives_rows(query: Any) -> bool:
    sums = any(item.contains_aggregate for item in query.annotation_select.values())
    some = query.distinct and not query.default_cols
    compound = query.combinator or hasattr(query, "is_part")
    return not (sums or some or compound or query.group_by or query.extra_order_by)
