"""Failing rows put aside: all of them, as they were delivered, and what is confidential hidden."""

import csv
import json
from pathlib import Path

import pytest
from support.deliveries import checked, contract_of, planned, write_csv, write_json_lines

from concordia.deliveries.embedded.quarantine import Wanted

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

AMOUNT = {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}}
NAME = {"name": "name", "logicalType": "string", "required": True}
SECRET = {"name": "secret", "logicalType": "string", "classification": "confidential"}


def aside(document, files, folder: Path, form: str = "jsonl", most: int = 100, **more) -> list[dict]:
    place = folder / "temporary" / f"aside.{form}"  # the only folder that the engine may write in
    place.unlink(missing_ok=True)
    checked(planned(document), files, folder, quarantine=Wanted(place, form, most, "en"), **more)
    if form == "parquet":
        return parquet.read_table(place).to_pylist()
    if form == "csv":
        with place.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    return [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]


ROWS = [
    {"amount": "1", "name": "a", "secret": "s1"},
    {"amount": "-1", "name": 'b;"b"\n,', "secret": "s2"},
    {"amount": "x", "name": None, "secret": None},
]


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_rows_stand_in_it_as_delivered_with_their_place_and_every_reason(tmp_path, form):
    document = contract_of(AMOUNT, NAME, SECRET)
    files = [write_csv(tmp_path / "one.csv", ["amount", "name", "secret"], ROWS)]
    first, last = aside(document, files, tmp_path, form)
    assert (str(first["_file"]), int(first["_row"])) == ("one.csv", 2)
    assert (first["amount"], first["name"], first["secret"]) == ("-1", 'b;"b"\n,', "•••")
    assert last["secret"] in (None, "")
    rules = last["_rules"] if form != "csv" else last["_rules"].split("; ")
    assert rules == ["lines.amount.type", "lines.name.required"]
    why = last["_why"] if form != "csv" else last["_why"].split("; ")
    assert why == ["“amount” is a whole number.", "“name” is always filled in."]


def test_rows_of_several_files_are_told_apart(tmp_path):
    document = contract_of(AMOUNT)
    files = [write_csv(tmp_path / f"{n}.csv", ["amount"], [{"amount": "1"}, {"amount": "-1"}]) for n in "ab"]
    found = aside(document, files, tmp_path)
    assert [(one["_file"], one["_row"]) for one in found] == [("a.csv", 2), ("b.csv", 2)]


def test_typed_files_and_json_lines_give_their_values_as_text(tmp_path):
    document = contract_of(AMOUNT, NAME)
    table = arrow.table({"amount": arrow.array([5, -5, None]), "name": ["a", "b", "c"]})
    parquet.write_table(table, tmp_path / "lines.parquet")
    assert [one["amount"] for one in aside(document, [tmp_path / "lines.parquet"], tmp_path)] == ["-5"]
    lines = write_json_lines(tmp_path / "lines.jsonl", [{"amount": -5, "name": "é"}, {"amount": 1}])
    found = aside(document, [lines], tmp_path)
    assert [(one["amount"], one["name"]) for one in found] == [("-5", "é"), ("1", None)]


def test_what_is_not_among_the_values_of_a_list_is_put_aside_too(tmp_path):
    document = contract_of({"name": "code", "logicalType": "string", "relationships": [{"to": "codes.code"}]})
    files = [write_csv(tmp_path / "lines.csv", ["code"], [{"code": "A"}, {"code": "Z"}])]
    codes = write_csv(tmp_path / "codes.csv", ["code"], [{"code": "A"}])
    found = aside(document, files, tmp_path, references={"codes": [codes]})
    assert [one["code"] for one in found] == ["Z"]


def test_rows_that_a_norm_asks_for_are_no_fault(tmp_path):
    query = "SELECT COUNT(*) FROM {object} WHERE amount > 5"
    asked = {"type": "sql", "query": query, "mustBeGreaterThan": 10}
    document = contract_of(AMOUNT, quality=[asked])
    files = [write_csv(tmp_path / "lines.csv", ["amount"], [{"amount": "7"}, {"amount": "-1"}])]
    assert [one["_row"] for one in aside(document, files, tmp_path)] == [2]


def test_names_that_are_taken_stay_apart(tmp_path):
    columns = [
        {"name": name, "logicalType": "string", "required": True} for name in ("_ROW", "_why", 'q"; --')
    ]
    files = [write_json_lines(tmp_path / "lines.jsonl", [{"_ROW": "x", "_why": "1"}])]
    (found,) = aside(contract_of(*columns), files, tmp_path)
    assert (found["_row"], found["_ROW_"], found["_why_"]) == (1, "x", "1")
    assert found['q"; --'] is None


def test_nothing_that_fails_gives_a_file_without_rows(tmp_path):
    files = [write_csv(tmp_path / "lines.csv", ["amount"], [{"amount": "7"}])]
    for form in ("csv", "parquet", "jsonl"):
        assert aside(contract_of(AMOUNT), files, tmp_path, form) == []


def test_a_wide_contract_is_put_aside_in_parts_that_belong_together(tmp_path):
    names = [f"c{number}" for number in range(130)]
    columns = [{"name": name, "logicalType": "integer", "required": True} for name in names]
    rows = [dict.fromkeys(names, "1") for _ in range(5)]
    rows[1] |= {"c0": "x", "c129": None}
    rows[3] |= {"c64": "y"}
    found = aside(contract_of(*columns), [write_csv(tmp_path / "lines.csv", names, rows)], tmp_path)
    assert [(one["_row"], one["_rules"]) for one in found] == [
        (2, ["lines.c0.type", "lines.c129.required"]),
        (4, ["lines.c64.type"]),
    ]
