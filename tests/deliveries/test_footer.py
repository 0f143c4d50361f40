"""A Parquet file whose footer lies: what it says of its own values is not believed."""

import struct

import pyarrow as arrow
import pyarrow.parquet as parquet
from support.deliveries import checked, contract_of, counts_of, planned
from support.lying import DIRTY, GROUP, ROWS, dirty, spliced, written


def test_values_that_the_footer_denies_are_found(tmp_path):
    column = {
        "name": "x",
        "logicalType": "integer",
        "required": True,
        "logicalTypeOptions": {"maximum": 9},
        "quality": [
            {"type": "sql", "query": "SELECT COUNT(*) FROM {object} WHERE {property} > 9", "mustBe": 0},
            {"metric": "invalidValues", "arguments": {"validValues": list(range(10))}, "mustBe": 0},
        ],
    }
    name = {
        "name": "name",
        "logicalType": "string",
        "quality": [{"metric": "invalidValues", "arguments": {"validValues": ["abc"]}, "mustBe": 0}],
    }
    liar = spliced(tmp_path)
    expected = dirty(tmp_path)
    assert expected > DIRTY // 2
    found = counts_of(checked(planned(contract_of(column, name)), [liar], tmp_path, profile=True))
    for key in ("x.maximum", "x.quality.0", "x.quality.1", "name.quality.0"):
        assert found[f"lines.{key}"] == expected
    assert found["lines.x.required"] == ROWS // 50


def test_the_profile_is_of_the_values_and_not_of_the_footer(tmp_path):
    plan = planned(
        contract_of({"name": "x", "logicalType": "integer"}, {"name": "name", "logicalType": "string"})
    )
    seen = {
        column.name: column for column in checked(plan, [spliced(tmp_path)], tmp_path, profile=True).columns
    }
    assert (seen["x"].lowest, seen["x"].highest, seen["x"].filled) == ("0", "999999", ROWS - ROWS // 50)
    assert seen["name"].highest == "zzz"


def test_what_only_a_dictionary_holds_is_in_no_profile(tmp_path):
    listed = arrow.array(["aaa", "abc", "zzz"])
    names = arrow.DictionaryArray.from_arrays(arrow.array([1, None, 1], arrow.int32()), listed)
    parquet.write_table(arrow.table({"name": names}), tmp_path / "wide.parquet", store_schema=False)
    plan = planned(contract_of({"name": "name", "logicalType": "string"}))
    (seen,) = checked(plan, [tmp_path / "wide.parquet"], tmp_path, profile=True).columns
    assert (seen.lowest, seen.highest, seen.filled, seen.distinct) == ("abc", "abc", 2, 1)


def test_keys_and_references_look_at_the_values_too(tmp_path):
    (tmp_path / "known.csv").write_text(
        "x\n" + "".join(f"{number}\n" for number in range(10)), encoding="utf-8"
    )
    column = {"name": "x", "logicalType": "integer", "relationships": [{"to": "known.x"}]}
    plan = planned(contract_of(column))
    result = checked(plan, [spliced(tmp_path)], tmp_path, {"known": [tmp_path / "known.csv"]})
    assert counts_of(result)["lines.x.relationships[0]"] > DIRTY // 2


def test_a_footer_that_says_fewer_rows_does_not_pass_unseen(tmp_path):
    """A file whose footer and pages disagree on how many rows there are is refused or counted whole."""
    whole = written(tmp_path / "whole.parquet", [1] * ROWS, ["abc"] * ROWS)
    half = written(tmp_path / "half.parquet", [1] * GROUP, ["abc"] * GROUP)
    (size,) = struct.unpack("<I", half[-8:-4])
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(whole[: -8 - size] + half[-8 - size :])
    from concordia.deliveries.checking import check_delivery
    from concordia.domain.contracts.reading import dump_contract

    document = dump_contract(contract_of({"name": "x", "logicalType": "integer", "required": True}))
    result = check_delivery(document, "lines", [cut])
    assert result.rows in (0, GROUP, ROWS)
