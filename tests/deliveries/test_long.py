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
