"""The embedded engine counts what the obvious reading of the rules counts, on random contracts and random tables."""

import json
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from support.deliveries import (
    checked,
    contract_of,
    counts_of,
    planned,
    write_csv,
    write_json_lines,
    write_xml,
)
from support.drawn_deliveries import (
    deliveries,
    plan_of_predicates,
    predicates,
    predicates_of_columns,
    typed_rows,
    write_text,
    write_typed,
)

from concordia.deliveries.embedded import few
from concordia.deliveries.embedded.quarantine import Wanted
from concordia.domain.checking.reference import counts
from concordia.domain.checking.rules import KeyRule, Plan, RowRule, TypeRule
from concordia.domain.checking.sorts import Kind
from concordia.domain.contracts.reading import dump_contract, read_contract

ABOUT_ROWS = RowRule | TypeRule | KeyRule


@pytest.fixture(params=[few.FEW, -1], ids=["few texts", "texts by their bytes"])
def both_forms(request, monkeypatch):
    """Texts of which there are few have a form of their own; small tables would never meet the other."""
    monkeypatch.setattr(few, "FEW", request.param)


def assert_same(result, plan, rows):
    """What is counted by reading rows is counted alike; that lines can be read and columns are there is of the file."""
    expected = {key: count for key, count in counts(plan, rows).items() if count is not None}
    found = {key: count for key, count in counts_of(result).items() if key in expected}
    assert found == expected


def counted_rows(plan, rule, rows):
    """The numbers of the rows that a rule counts: those with which its count grows."""
    alone = Plan(plan.object, plan.columns, (rule,))
    grows = [counts(alone, rows[:number])[rule.key] for number in range(len(rows) + 1)]
    return [number for number in range(1, len(rows) + 1) if grows[number] > grows[number - 1]]


def write_json(path, _names, rows):
    return write_json_lines(path, rows)


def item_of(document):
    """The object of a contract with where its rows stand in XML."""
    document["schema"][0]["customProperties"] = [{"property": "xmlRecord", "value": "/m/r"}]
    return read_contract(dump_contract(document)).contract.object("lines")


WRITERS = {"csv": write_csv, "parquet": write_text, "jsonl": write_json, "xml": write_xml}
FORMS = pytest.mark.parametrize(
    ("write", "name"), [(write, f"lines.{name}") for name, write in WRITERS.items()], ids=list(WRITERS)
)


@FORMS
@pytest.mark.usefixtures("both_forms")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(deliveries())
def test_every_form_of_file_counts_as_the_rules_say(tmp_path, write, name, given):
    document, rows = given
    plan = planned(document)
    names = [column.name for column in plan.columns]
    assert_same(
        checked(plan, [write(tmp_path / name, names, rows)], tmp_path, item=item_of(document)), plan, rows
    )


@FORMS
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(deliveries())
def test_the_rows_shown_are_the_first_that_are_counted(tmp_path, write, name, given):
    document, rows = given
    plan = planned(document)
    names = [column.name for column in plan.columns]
    result = checked(plan, [write(tmp_path / name, names, rows)], tmp_path, item=item_of(document), sample=3)
    by_key = {one.key: one for one in result.rules}
    for rule in plan.rules:
        shown = by_key[rule.key].samples
        if shown or (isinstance(rule, ABOUT_ROWS) and by_key[rule.key].outcome == "failed"):
            assert [sample.row for sample in shown] == counted_rows(plan, rule, rows)[:3]
        for sample in shown if isinstance(rule, KeyRule) else ():
            alone = Plan(plan.object, plan.columns, (rule,))
            alike = [
                number
                for number in range(1, sample.row)
                if counts(alone, [rows[number - 1], rows[sample.row - 1]])[rule.key]
            ]
            assert sample.first == (name, alike[0])


def put_aside(column, row, write):
    """What was delivered in a cell. Around other values than text, blanks do not count in XML."""
    value = row[column.name]
    is_cut = write is write_xml and value is not None and column.sort.kind is not Kind.TEXT
    return (value.strip() or None) if is_cut else value


@FORMS
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(deliveries(), st.integers(1, 15))
def test_the_rows_put_aside_are_the_first_of_all_that_fail_with_every_rule_that_does(
    tmp_path, write, name, given, most
):
    document, rows = given
    plan = planned(document)
    names = [column.name for column in plan.columns]
    place = tmp_path / "temporary" / "aside.jsonl"
    wanted = Wanted(place, "jsonl", most, "en")
    files = [write(tmp_path / name, names, rows)]
    result = checked(plan, files, tmp_path, item=item_of(document), quarantine=wanted)
    failed = {one.key for one in result.rules if one.outcome == "failed"}
    about_rows = [one for one in plan.rules if one.key in failed and isinstance(one, ABOUT_ROWS)]
    counted = {rule.key: counted_rows(plan, rule, rows) for rule in about_rows}
    expected = {}
    for number, row in enumerate(rows, 1):
        if found := [rule.key for rule in about_rows if number in counted[rule.key]]:
            expected[number] = (found, [put_aside(column, row, write) for column in plan.columns])
    written = [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]
    found = {one["_row"]: (one["_rules"], [one[name] for name in names]) for one in written}
    assert found == dict(list(expected.items())[:most])
    told = dict(result.run)
    assert told["quarantineRows"] == str(len(found))
    assert told["quarantineMore"] == str(len(expected) > most).lower()


@pytest.mark.usefixtures("both_forms")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(predicates, min_size=1, max_size=4) | st.lists(predicates_of_columns, min_size=1, max_size=4),
    st.lists(typed_rows, max_size=8),
)
def test_every_predicate_is_true_for_the_same_rows_in_a_typed_file(tmp_path, given, rows):
    plan = plan_of_predicates(given)
    file = write_typed(tmp_path / "lines.parquet", rows)
    assert_same(checked(plan, [file], tmp_path), plan, rows)


KEYS = ["A", "B", "C", None]
AMOUNTS = ["1", "2.50", "-3", "0", None]


@FORMS
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "k": st.sampled_from(KEYS),
                "l": st.sampled_from(["1", "2", None]),
                "of": st.sampled_from(AMOUNTS),
            }
        ),
        max_size=8,
    ),
    st.lists(
        st.fixed_dictionaries({"k": st.sampled_from(KEYS), "l": st.sampled_from(["1", "2"])}), max_size=5
    ),
    st.dictionaries(st.sampled_from(KEYS[:3]), st.sampled_from(AMOUNTS[:4]), max_size=3),
)
def test_references_and_totals_count_as_the_rules_say(tmp_path, write, name, rows, known, totals):
    total = {"total": {"of": "of", "per": ["k"], "equals": "sums.whole"}}
    document = contract_of(
        {"name": "k", "logicalType": "string", "relationships": [{"to": "known.k"}]},
        {"name": "l", "logicalType": "integer"},
        {"name": "of", "logicalType": "number", "physicalType": "decimal(10,2)"},
        relationships=[{"from": ["lines.k", "lines.l"], "to": ["known.k", "known.l"]}],
        quality=[{"type": "custom", "engine": "concordia", "implementation": total}],
    )
    plan = planned(document)
    sums = [{"k": key, "whole": whole} for key, whole in totals.items()]
    files = {
        "known": [write_csv(tmp_path / "known.csv", ["k", "l"], known)],
        "sums": [write_csv(tmp_path / "sums.csv", ["k", "whole"], sums)],
    }
    lines = write(tmp_path / name, ["k", "l", "of"], rows)
    result = checked(plan, [lines], tmp_path, files, item_of(document))
    read = {
        "known": [{"k": row["k"], "l": int(row["l"])} for row in known],
        "sums": [{"k": row["k"], "whole": Decimal(row["whole"])} for row in sums],
    }
    expected = {key: count for key, count in counts(plan, rows, read).items() if count is not None}
    assert {key: count for key, count in counts_of(result).items() if key in expected} == expected


OF_EVERY_SORT = {
    "whole": ({"logicalType": "integer"}, ["7", "007", "+7"], ["70"]),
    "huge": (
        {"logicalType": "integer", "logicalTypeOptions": {"format": "i128"}},
        [str(10**30), str(-(10**30))],
        [str(10**30 + 1)],
    ),
    "float": ({"logicalType": "number"}, ["0", "-0.0", "1.5", "0.15e1"], ["1.4999999"]),
    "decimal": ({"logicalType": "number", "physicalType": "decimal(9,2)"}, ["1.5", "1.50"], ["1.51"]),
    "wide": ({"logicalType": "number", "physicalType": "decimal(30,2)"}, ["1" + "0" * 25], ["10"]),
    "day": ({"logicalType": "date"}, ["2026-01-05"], ["2026-01-06"]),
    "moment": ({"logicalType": "timestamp"}, ["2026-01-05T10:00:00", "2026-01-05 10:00:00"], ["2026-01-05T11:00:00"]),
    "time": ({"logicalType": "time"}, ["10:00:00"], ["10:00:01"]),
    "truth": ({"logicalType": "boolean"}, ["true", "TRUE"], ["false"]),
    "text": ({"logicalType": "string"}, ["é", "a b"], ["é ", "e"]),
}  # fmt: skip


@FORMS
@pytest.mark.parametrize("sort", OF_EVERY_SORT)
def test_a_list_knows_a_value_of_every_sort_however_it_is_written(tmp_path, write, name, sort):
    column, alike, others = OF_EVERY_SORT[sort]
    known = write_csv(tmp_path / "known.csv", ["c"], [{"c": value} for value in alike])
    rows = [{"c": value} for value in [*alike, *others, None]]
    document = contract_of({"name": "c", **column, "relationships": [{"to": "known.c"}]})
    file = write(tmp_path / name, ["c"], rows)
    found = counts_of(checked(planned(document), [file], tmp_path, {"known": [known]}, item_of(document)))
    assert (found["lines.c.type"], found["lines.c.relationships[0]"]) == (0, len(others))
