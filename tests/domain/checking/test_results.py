"""Results add up over files, survive being written, and are held to their norms exactly."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.deliveries import contract_of, planned

from concordia.domain.checking.document import result_schema
from concordia.domain.checking.reference import counts
from concordia.domain.checking.result import (
    FileRead,
    Outcome,
    Result,
    Verdict,
    from_plain,
    judged,
    merged,
    to_plain,
)
from concordia.domain.checking.rules import KeyRule, Norm, Unchecked, Unit

LEAST = {"minimum": 3}
NULLS = {"metric": "nullValues", "mustBeLessThan": 30, "unit": "percent"}
COUNT = {"metric": "rowCount", "mustBeGreaterThan": 2, "severity": "warning"}
PLAN = planned(
    contract_of(
        {
            "name": "a",
            "logicalType": "integer",
            "required": True,
            "unique": True,
            "logicalTypeOptions": LEAST,
        },
        {"name": "b", "logicalType": "string", "quality": [NULLS]},
        quality=[COUNT, {"type": "text", "description": "In time."}],
    )
)
rows = st.lists(
    st.fixed_dictionaries({"a": st.sampled_from([None, "1", "5", "x"]), "b": st.sampled_from([None, "t"])}),
    max_size=6,
)


def result_of(given_rows):
    counted = counts(PLAN, given_rows)
    total = len(given_rows)
    rules = tuple(
        judged(rule, None if isinstance(rule, Unchecked) else counted[rule.key] or 0, total)
        for rule in PLAN.rules
    )
    file = FileRead("lines.csv", 1, "0" * 64, "csv", len(given_rows))
    return Result("demo", "1.0.0", "0" * 64, "lines", "reference", (file,), rules)


@given(st.lists(rows, min_size=1, max_size=4))
def test_results_of_files_add_up_to_that_of_all(parts):
    together = merged([result_of(part) for part in parts])
    whole = result_of([row for part in parts for row in part])
    for one, other in zip(together.rules, whole.rules, strict=True):
        if one.outcome is not Outcome.UNCHECKED:
            assert (one.counted, one.rows, one.outcome) == (other.counted, other.rows, other.outcome)


def test_what_is_about_all_rows_is_not_added_up():
    together = merged([result_of([{"a": "5", "b": "t"}]), result_of([{"a": "5", "b": "t"}])])
    key = next(rule.key for rule in PLAN.rules if isinstance(rule, KeyRule))
    assert next(one for one in together.rules if one.key == key).outcome is Outcome.UNCHECKED


def test_results_of_different_contracts_do_not_add_up():
    with pytest.raises(ValueError, match="one object of one contract"):
        merged([])


@given(rows)
def test_a_result_is_read_back_as_it_was_written(given_rows):
    result = result_of(given_rows)
    assert from_plain(json.loads(json.dumps(to_plain(result)))) == result


@given(rows, rows)
def test_every_document_is_as_the_published_schema_says(given_rows, earlier):
    schema = result_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(to_plain(result_of(given_rows), result_of(earlier)))


def test_another_document_is_no_result():
    with pytest.raises(ValueError, match="delivery-check/1"):
        from_plain({"concordia": "other"})


def test_an_error_refuses_a_warning_remarks_and_the_unchecked_is_told():
    assert result_of([{"a": None, "b": "t"}]).verdict is Verdict.REFUSE
    remarked = result_of([{"a": "5", "b": "t"}])
    assert remarked.verdict is Verdict.ACCEPT_WITH_REMARKS
    assert {one.kind for one in remarked.rules if one.outcome is not Outcome.PASSED} == {"rowCount", "text"}


@pytest.mark.parametrize(
    ("operator", "bounds", "within", "without"),
    [
        ("mustBe", (1,), (1,), (0, 2)),
        ("mustNotBe", (1,), (0, 2), (1,)),
        ("mustBeGreaterThan", (1,), (2,), (0, 1)),
        ("mustBeGreaterOrEqualTo", (1,), (1, 2), (0,)),
        ("mustBeLessThan", (1,), (0,), (1, 2)),
        ("mustBeLessOrEqualTo", (1,), (0, 1), (2,)),
        ("mustBeBetween", (1, 3), (1, 2, 3), (0, 4)),
        ("mustNotBeBetween", (1, 3), (0, 4), (1, 2, 3)),
    ],
)
def test_every_comparison_holds_where_it_says(operator, bounds, within, without):
    norm = Norm(operator, tuple(Fraction(bound) for bound in bounds))
    assert all(norm.holds(count, 100) for count in within)
    assert not any(norm.holds(count, 100) for count in without)


def test_a_share_is_exact_and_of_no_rows_is_none():
    norm = Norm("mustBeLessThan", (Fraction(Decimal("33.3334")),), Unit.PERCENT)
    assert norm.holds(1, 3)
    assert not Norm("mustBeLessThan", (Fraction(100, 3),), Unit.PERCENT).holds(1, 3)
    assert Norm("mustBe", (Fraction(0),), Unit.PERCENT).holds(0, 0)
