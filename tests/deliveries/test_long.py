"""Ten million rows of which the last is wrong: it is found by its number, in the memory that a small machine has."""

import json
from pathlib import Path

import pytest
from support.deliveries import contract_of, failing

from concordia.deliveries.checking import Limits, Quarantine, check_delivery
from concordia.domain.contracts.reading import dump_contract

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

ROWS, AT_ONCE = 10_000_000, 1_000_000
COLUMNS = (
    {"name": "amount", "logicalType": "integer", "required": True, "logicalTypeOptions": {"minimum": 0}},
    {"name": "code", "logicalType": "string", "logicalTypeOptions": {"pattern": "^[A-Z]{2}$"}},
)


def piece(last_amount: int, last_code: str):
    """A million rows, all alike but for the last; few values, so that they take a few bytes only."""
    amounts = arrow.concat_arrays([arrow.repeat(7, AT_ONCE - 1), arrow.array([last_amount])])
    codes = arrow.concat_arrays([arrow.repeat("NL", AT_ONCE - 1), arrow.array([last_code])])
    return arrow.table({"amount": amounts, "code": codes.dictionary_encode()})


@pytest.fixture(scope="module")
def long_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("long") / "lines.parquet"
    good = piece(7, "NL")
    with parquet.ParquetWriter(path, good.schema) as writer:
        for _ in range(ROWS // AT_ONCE - 1):
            writer.write_table(good)
        writer.write_table(piece(-1, "nl"))
    return path


def test_row_ten_million_is_found_by_its_number_and_put_aside(long_file, tmp_path):
    aside = tmp_path / "aside.jsonl"
    found = check_delivery(
        dump_contract(contract_of(*COLUMNS)),
        "lines",
        [long_file],
        limits=Limits(memory="256MB"),
        quarantine=Quarantine(aside),
    )
    assert found.rows == ROWS
    assert failing(found) == {"lines.amount.minimum": 1, "lines.code.pattern": 1}
    assert {sample.row for one in found.rules for sample in one.samples} == {ROWS}
    (row,) = map(json.loads, aside.read_text(encoding="utf-8").splitlines())
    assert (row["_row"], row["amount"], row["code"]) == (ROWS, "-1", "nl")


KNOWN = [
    {"name": "code", "logicalType": "string", "relationships": [{"to": "known.code"}]},
    {"name": "wide", "logicalType": "string"},
    {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
]


@pytest.mark.parametrize("together", [False, True], ids=["one column", "columns together"])
def test_rows_of_long_csv_files_have_their_numbers_however_many_threads_read(tmp_path, together):
    """Lines that are no row have no number. A list of pairs is joined, after which rows come in any order."""
    rows, files, wrong = 300_000, ("a", "b"), {"a": {9, 70_001, 299_999}, "b": {1, 150_000, 250_007}}
    for name in files:
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8") as file:
            file.write("code,wide,amount\n")
            for number in range(1, rows + 1):
                file.write("only one\n" if number % 100_000 == 50 else "")
                code = "ZZ" if number in wrong[name] else "NL"
                file.write(f"{code},{'x' * (number % 61)},{-1 if number in wrong[name] else number}\n")
    (tmp_path / "known.csv").write_text("code,amount\nNL,1\n", encoding="utf-8")
    pairs = [{"from": ["lines.code", "lines.code"], "to": ["known.code", "known.code"]}]
    columns = [column | ({"relationships": []} if together else {}) for column in KNOWN]
    found = check_delivery(
        dump_contract(contract_of(*columns, **({"relationships": pairs} if together else {}))),
        "lines",
        [tmp_path / f"{name}.csv" for name in files],
        references={"known": [tmp_path / "known.csv"]},
        limits=Limits(threads=4),
    )
    expected = [(f"{name}.csv", number) for name in files for number in sorted(wrong[name])]
    shown = {
        one.key: [(sample.file, sample.row) for sample in one.samples] for one in found.rules if one.samples
    }
    assert shown.pop("lines.amount.minimum") == expected
    assert list(shown.values()) == [expected]
    assert found.rows == len(files) * rows
    assert failing(found)["lines.readable"] == 6


def test_one_key_in_every_row_is_counted_and_shown_in_the_usual_memory(tmp_path):
    path = tmp_path / "lines.parquet"
    with parquet.ParquetWriter(path, arrow.schema([("key", arrow.int64())])) as writer:
        for _ in range(3):
            writer.write_table(arrow.table({"key": arrow.repeat(7, AT_ONCE)}))
    key = {"name": "key", "logicalType": "integer", "unique": True}
    found = check_delivery(dump_contract(contract_of(key)), "lines", [path], sample=2)
    assert failing(found) == {"lines.key.unique": 3 * AT_ONCE - 1}
    rows = next(one.samples for one in found.rules if one.samples)
    assert [(one.row, one.first) for one in rows] == [(2, (path.name, 1)), (3, (path.name, 1))]
