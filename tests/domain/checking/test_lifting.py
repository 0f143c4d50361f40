"""SQL rules that count rows become predicates; what is more, or less, than that is not lifted."""

import pytest

from concordia.domain.checking import expressions as ex
from concordia.domain.checking.lifting import NotLiftedError, NotReadOnlyError, Table, filled_in, lift
from concordia.domain.checking.rules import ColumnPlan
from concordia.domain.checking.sorts import Kind, Sort

SORTS = {
    "a": Kind.INTEGER,
    "b": Kind.TEXT,
    "d": Kind.DATE,
    "f": Kind.BOOLEAN,
    "x": Kind.FLOAT,
    "j": Kind.NESTED,
}
TABLE = Table(
    ("t", "physical_t"), tuple(ColumnPlan(one, one, Sort(kind), None, one) for one, kind in SORTS.items())
)


def test_a_count_of_rows_that_break_something_is_its_condition():
    assert lift("SELECT COUNT(*) FROM t WHERE a > 1", TABLE) == ex.Compare(">", ex.Column("a"), ex.Literal(1))


def test_a_count_of_all_rows_has_no_condition():
    assert lift("select count(*) from physical_t", TABLE) is None
    assert lift("select count(1) as n from t", TABLE) is None


def test_a_count_of_a_column_counts_where_it_is_filled():
    filled = ex.Not(ex.IsNull(ex.Column("b")))
    assert lift("SELECT COUNT(b) FROM t", TABLE) == filled
    assert lift("SELECT COUNT(*) FILTER (WHERE b IS NOT NULL) FROM t", TABLE) == filled


def test_names_are_found_by_alias_table_and_whatever_their_case():
    for query in ("SELECT COUNT(*) FROM T x WHERE x.A = 1", 'SELECT COUNT(*) FROM t WHERE t."a" = 1'):
        assert lift(query, TABLE) == ex.Compare("=", ex.Column("a"), ex.Literal(1))


def test_a_written_day_is_read_as_a_day():
    found = lift("SELECT COUNT(*) FROM t WHERE d < '2026-01-01'", TABLE)
    assert found == lift("SELECT COUNT(*) FROM t WHERE d < DATE '2026-01-01'", TABLE)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT COUNT(*) FROM t WHERE b = 1",
        "SELECT COUNT(*) FROM t WHERE a = 'one'",
        "SELECT COUNT(*) FROM t WHERE a",
        "SELECT COUNT(*) FROM t WHERE unknown = 1",
        "SELECT COUNT(*) FROM other WHERE a = 1",
        "SELECT COUNT(*) FROM main.t",
        "SELECT COUNT(*) FROM t, t AS u",
        "SELECT COUNT(*) FROM t JOIN t u ON t.a = u.a",
        "SELECT COUNT(DISTINCT a) FROM t",
        "SELECT SUM(a) FROM t",
        "SELECT COUNT(*), 1 FROM t",
        "SELECT COUNT(*) FROM t GROUP BY a",
        "SELECT COUNT(*) FROM t HAVING COUNT(*) > 1",
        "SELECT COUNT(*) FROM t LIMIT 1",
        "SELECT DISTINCT COUNT(*) FROM t",
        "WITH u AS (SELECT 1) SELECT COUNT(*) FROM t",
        "SELECT COUNT(*) FROM t UNION SELECT 1",
        "SELECT COUNT(*) FROM t WHERE a IN (SELECT 1)",
        "SELECT COUNT(*) FROM t WHERE a IN (1, NULL)",
        "SELECT COUNT(*) FROM t WHERE EXISTS (SELECT 1)",
        "SELECT COUNT(*) FROM t WHERE regexp_matches(b, '(?=x)')",
        "SELECT COUNT(*) FROM t WHERE j = 'x'",
        "SELECT COUNT(*) FROM t WHERE current_date > d",
        "SELECT COUNT(*) FROM read_csv('x')",
        "SELECT COUNT(*) FROM t WHERE CAST(b AS INTEGER) > 1",
        "SELECT COUNT(*) FROM t WHERE trim(LEADING 'x' FROM b) = 'y'",
        "SELECT COUNT(*) FROM t WHERE substr(b, a) = 'x'",
        "SELECT 1",
    ],
)
def test_what_is_no_predicate_over_these_rows_is_not_lifted(query):
    with pytest.raises(NotLiftedError):
        lift(query, TABLE)


@pytest.mark.parametrize(
    "query", ["", "DROP TABLE t", "SELECT 1; SELECT 2", "no sql", "PRAGMA x", "x" * 30_000]
)
def test_what_is_not_one_query_is_refused(query):
    with pytest.raises(NotReadOnlyError):
        lift(query, TABLE)


def test_placeholders_become_quoted_names():
    assert filled_in("SELECT COUNT(*) FROM ${object} WHERE {property} > 1", 'my"t', "a b") == (
        'SELECT COUNT(*) FROM "my""t" WHERE "a b" > 1'
    )
