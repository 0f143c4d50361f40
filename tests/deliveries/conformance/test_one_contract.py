"""One contract with every sort of rule: the embedded engine, Polars and a real Spark count the same."""

import pytest
from jsonschema import Draft202012Validator
from support import polars_rules
from support.deliveries import IDENTITY, checked, contract_of, counts_of, planned
from support.lying import DIRTY, ROWS, spliced
from support.rich_delivery import Delivery, rich_delivery

from concordia.deliveries.spark.engine import Asked, check
from concordia.deliveries.spark.session import Session
from concordia.domain.checking.document import result_schema
from concordia.domain.checking.result import Outcome, Result, to_plain

pytestmark = pytest.mark.xdist_group("spark")  # one server, and the delivery made once

UNALIKE = "lines.quality.not alike"  # a query with an average: engines do not agree on these


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    return rich_delivery(tmp_path_factory.mktemp("rich"), rows=10_000, seed=20261127)


@pytest.fixture(scope="module")
def embedded(rich: Delivery, tmp_path_factory: pytest.TempPathFactory) -> Result:
    return checked(
        planned(rich.contract),
        rich.files,
        tmp_path_factory.mktemp("embedded"),
        rich.lists,
        sample=3,
        profile=True,
    )


def test_the_embedded_engine_checks_every_rule_and_most_of_them_fail_somewhere(embedded):
    unchecked = [one.key for one in embedded.rules if one.outcome is Outcome.UNCHECKED]
    assert unchecked == []
    assert sum(bool(one.counted) for one in embedded.rules) > 90
    assert {one.kind for one in embedded.rules} >= {
        "required",
        "type",
        "pattern",
        "reference",
        "primaryKey",
        "total",
    }


def test_polars_counts_the_same(rich, embedded):
    counted = polars_rules.counts(planned(rich.contract), rich.files, rich.lists)
    assert len(counted) > 120
    assert counted == {key: count for key, count in counts_of(embedded).items() if key in counted}


@pytest.fixture(scope="module")
def on_spark(rich: Delivery, spark: Session) -> Result:
    lists = {name: tuple(map(str, files)) for name, files in rich.lists.items()}
    asked = Asked(planned(rich.contract), tuple(map(str, rich.files)), lists, sample=3)
    return check(spark, asked, IDENTITY)


def test_spark_counts_the_same(embedded, on_spark):
    assert counts_of(on_spark) == counts_of(embedded) | {UNALIKE: None}
    reason = next(one.reason for one in on_spark.rules if one.key == UNALIKE)
    assert "avg" in str(reason)


def test_spark_gives_the_same_document(embedded, on_spark):
    assert on_spark.engine.startswith("Spark 4.")
    assert [(one.name, one.sha256, one.rows) for one in on_spark.files] == [
        (one.name, one.sha256, one.rows) for one in embedded.files
    ]
    filled = {one.name: (one.present, one.filled) for one in on_spark.columns}
    assert filled == {one.name: (one.present, one.filled) for one in embedded.columns}
    Draft202012Validator(result_schema()).validate(to_plain(on_spark))


def test_spark_shows_the_same_rows(embedded, on_spark):
    shown = {one.key: [(sample.file, sample.row) for sample in one.samples] for one in on_spark.rules}
    for one in embedded.rules:
        if one.samples:
            assert shown[one.key] == [(sample.file, sample.row) for sample in one.samples], one.key


X = {
    "name": "x",
    "logicalType": "integer",
    "required": True,
    "unique": True,
    "logicalTypeOptions": {"maximum": 9},
    "quality": [{"metric": "invalidValues", "arguments": {"validValues": list(range(10))}, "mustBe": 0}],
}
NAME = {
    "name": "name",
    "logicalType": "string",
    "quality": [{"metric": "invalidValues", "arguments": {"validValues": ["abc"]}, "mustBe": 0}],
}


def test_none_of_them_believes_a_footer_that_lies(tmp_path, spark):
    liar = spliced(tmp_path)
    plan = planned(contract_of(X, NAME))
    result = check(spark, Asked(plan, (str(liar),), {}), IDENTITY)
    counted = counts_of(result)
    assert DIRTY // 2 < counted["lines.x.maximum"] == counted["lines.name.quality.0"]
    assert counted == counts_of(checked(plan, [liar], tmp_path))
    polars = polars_rules.counts(plan, [liar], {})
    assert polars == {key: count for key, count in counted.items() if key in polars}
    assert result.rows == ROWS
    assert [column.highest for column in result.columns] == ["999999", "zzz"]
