"""What a contract or file says never reaches further than the delivery itself."""

import pytest
from support.deliveries import checked, contract_of, counts_of, planned, write_csv

from concordia.deliveries.embedded.session import open_session
from concordia.domain.checking.rules import QueryRule, Unchecked

OUTSIDE = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM read_parquet('http://127.0.0.1/x.parquet')",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "ATTACH '{folder}/out.db'",
    "EXPORT DATABASE '{folder}/out'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '4GB'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET allowed_paths = ['/etc/passwd']",
    "RESET memory_limit",
    "CREATE SECRET (TYPE s3)",
]


@pytest.mark.parametrize("statement", OUTSIDE)
def test_the_engine_reaches_no_file_network_or_setting(tmp_path, statement):
    import duckdb

    (tmp_path / "temporary").mkdir()
    (tmp_path / "mine.csv").write_text("a\n1\n", encoding="utf-8")
    session = open_session([tmp_path / "mine.csv"], tmp_path / "temporary")
    with pytest.raises(duckdb.Error):
        session.execute(statement.format(folder=tmp_path)).fetchall()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.csv", "temporary"]


def test_another_delivery_beside_it_is_not_read(tmp_path):
    import duckdb

    (tmp_path / "temporary").mkdir()
    for name in ("mine.csv", "theirs.csv"):
        (tmp_path / name).write_text("a\n1\n", encoding="utf-8")
    session = open_session([tmp_path / "mine.csv"], tmp_path / "temporary")
    assert session.execute(f"SELECT count(*) FROM read_csv('{tmp_path}/mine.csv')").fetchall() == [(1,)]
    for path in (f"{tmp_path}/theirs.csv", f"{tmp_path}/mine.csv/../theirs.csv", f"{tmp_path}/*.csv"):
        with pytest.raises(duckdb.Error):
            session.execute(f"SELECT * FROM read_csv('{path}')").fetchall()


HOSTILE_QUERIES = [
    "SELECT COUNT(*) FROM read_text('/etc/passwd')",
    "SELECT COUNT(*) FROM '/etc/passwd'",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT COUNT(*) FROM {object}, read_csv('/etc/passwd')",
    "SELECT COUNT(*) FROM {object} WHERE a IN (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT COUNT(*) FROM {object}; DROP TABLE lines",
    "DELETE FROM {object}",
    "COPY {object} TO '/tmp/x'",
    "SELECT getvariable('x') FROM {object}",
    "SELECT COUNT(*) FROM duckdb_settings()",
    "SELECT COUNT(*) FROM information_schema.tables",
    "PRAGMA database_list",
    "SELECT query('SELECT 1')",
    "SELECT COUNT(*) FROM query('SELECT 1')",
    "not sql at all",
    "SELECT",
    "",
]


@pytest.mark.parametrize("query", HOSTILE_QUERIES)
def test_a_query_that_does_more_than_read_the_delivery_is_told_and_not_run(tmp_path, query):
    check = {"type": "sql", "query": query, "mustBe": 0}
    plan = planned(contract_of({"name": "a", "logicalType": "string"}, quality=[check]))
    result = checked(plan, [write_csv(tmp_path / "lines.csv", ["a"], [{"a": "1"}])], tmp_path)
    one = next(one for one in result.rules if one.key == "lines.quality.0")
    assert isinstance(plan.rules[-1], QueryRule | Unchecked)
    assert (one.outcome, one.counted) == ("unchecked", None)
    assert one.reason is not None


NAMES = [
    'a"b',
    "a'b",
    "a;b",
    "a`b",
    "a\\b",
    "drop table x",
    "a b",
    "select",
    "naïve",
    "a,b",
    "{object}",
    "a\tb",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_column_is_a_name_and_nothing_else(tmp_path, name):
    plan = planned(contract_of({"name": name, "logicalType": "integer", "required": True, "unique": True}))
    rows = [{name: "1"}, {name: "1"}, {name: None}, {name: "x"}]
    found = counts_of(
        checked(plan, [write_csv(tmp_path / "lines.csv", [name], rows)], tmp_path, profile=True)
    )
    assert [found[f"lines.{name}.{kind}"] for kind in ("required", "type", "unique", "present")] == [
        1,
        1,
        1,
        0,
    ]


TEXTS = [
    "'",
    "''",
    '"',
    "\\",
    "'); DROP TABLE lines; --",
    "$1",
    "{property}",
    "%",
    "\x01",
    "a\nb",
    "é👍",
    "\u202e",
]


@pytest.mark.parametrize("value", TEXTS)
def test_a_value_of_a_rule_is_a_value_and_nothing_else(tmp_path, value):
    check = {"metric": "invalidValues", "arguments": {"validValues": [value]}, "mustBe": 0}
    plan = planned(contract_of({"name": "a", "logicalType": "string", "quality": [check]}))
    rows = [{"a": value}, {"a": "other"}]
    found = counts_of(checked(plan, [write_csv(tmp_path / "lines.csv", ["a"], rows)], tmp_path))
    assert found["lines.a.quality.0"] == 1


def test_a_file_whose_name_is_sql_is_only_a_file(tmp_path):
    path = tmp_path / "a'); COPY (SELECT 1) TO 'x'; --.csv"
    plan = planned(contract_of({"name": "a", "logicalType": "integer"}))
    assert counts_of(checked(plan, [write_csv(path, ["a"], [{"a": "1"}])], tmp_path))["lines.a.type"] == 0


def test_a_query_that_cannot_be_lifted_runs_alone_and_its_casts_do_not_fail(tmp_path):
    query = "SELECT COUNT(DISTINCT a) - COUNT(*) FILTER (WHERE CAST(a AS INTEGER) > 1) FROM {object}"
    check = {"type": "sql", "query": query, "mustBe": 2}
    plan = planned(contract_of({"name": "a", "logicalType": "string"}, quality=[check]))
    rows = [{"a": "1"}, {"a": "2"}, {"a": "x"}]
    result = checked(plan, [write_csv(tmp_path / "lines.csv", ["a"], rows)], tmp_path)
    assert counts_of(result)["lines.quality.0"] == 2
