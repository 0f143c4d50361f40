"""Random contracts on random tables: Polars, and a real Spark, count what the plain reading of the rules counts.

The embedded engine is held to that same reading in `test_agrees.py`. A question to Spark takes its time whatever its
size, so that each example for it is a wide one.
"""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from support import polars_rules
from support.deliveries import IDENTITY, checked, contract_of, counts_of, planned
from support.drawn_deliveries import (
    CELLS,
    columns,
    deliveries,
    plan_of_predicates,
    predicates,
    typed_rows,
    write_text,
    write_typed,
)

from concordia.deliveries.spark.engine import Asked, check
from concordia.domain.checking.reference import counts

ANYTHING = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
quick = settings(suppress_health_check=ANYTHING, max_examples=40)
wide = settings(
    suppress_health_check=ANYTHING, max_examples=3, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


@st.composite
def wide_deliveries(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, str | None]]]:
    """Fifteen columns with rules of their own, on a few rows."""
    made = [draw(columns(number)) for number in range(15)]
    both = {"metric": "duplicateValues", "arguments": {"properties": ["c0", "c1"]}, "mustBeLessThan": 1}
    cells = {column["name"]: st.sampled_from([None, "  ", *CELLS[column["logicalType"]]]) for column in made}
    rows = draw(st.lists(st.fixed_dictionaries(cells), min_size=5, max_size=10))
    return contract_of(*made, quality=[both]), rows


@quick
@given(deliveries())
def test_polars_counts_a_text_as_the_embedded_engine_does(tmp_path, given):
    document, rows = given
    plan = planned(document)
    file = write_text(tmp_path / "lines.parquet", [column.name for column in plan.columns], rows)
    polars = polars_rules.counts(plan, [file], {})
    embedded = counts_of(checked(plan, [file], tmp_path))
    assert polars == {key: count for key, count in embedded.items() if key in polars}


@quick
@given(st.lists(predicates, min_size=1, max_size=4), st.lists(typed_rows, min_size=1, max_size=8))
def test_polars_finds_a_predicate_true_for_the_same_rows(tmp_path, given, rows):
    plan = plan_of_predicates(given)
    file = write_typed(tmp_path / "lines.parquet", rows)
    embedded = counts_of(checked(plan, [file], tmp_path))
    assert polars_rules.counts(plan, [file], {}) == embedded


@pytest.mark.xdist_group("spark")
@wide
@given(wide_deliveries())
def test_spark_counts_a_text_as_the_rules_say(tmp_path, spark, given):
    document, rows = given
    plan = planned(document)
    file = write_text(tmp_path / "lines.parquet", [column.name for column in plan.columns], rows)
    found = counts_of(check(spark, Asked(plan, (str(file),), {}, sample=0, profile=False), IDENTITY))
    expected = {key: count for key, count in counts(plan, rows).items() if count is not None}
    assert {key: found[key] for key in expected} == expected


@pytest.mark.xdist_group("spark")
@wide
@given(st.lists(predicates, min_size=40, max_size=40), st.lists(typed_rows, min_size=3, max_size=8))
def test_spark_finds_a_predicate_true_for_the_same_rows(tmp_path, spark, given, rows):
    plan = plan_of_predicates(given)
    file = write_typed(tmp_path / "lines.parquet", rows)
    result = check(spark, Asked(plan, (str(file),), {}, sample=0, profile=False), IDENTITY)
    assert counts_of(result) == counts(plan, rows), [one.reason for one in result.rules if one.reason]
