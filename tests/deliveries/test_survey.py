"""A contract proposed from a file accepts that file, and says of its columns what a careful reader would."""

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from support.deliveries import checked, opened, write_csv, write_json_lines

from concordia.deliveries.checking import UnreadError, survey_files
from concordia.deliveries.embedded.survey import survey
from concordia.domain.checking.compile import plan_of
from concordia.domain.checking.result import Verdict
from concordia.domain.checking.semantic_types import passes
from concordia.domain.contracts.reading import dump_contract, read_contract
from concordia.domain.contracts.sampling import proposed
from concordia.domain.stewardship.checks import problems

CELLS = [
    "",
    "  ",
    "0",
    "1",
    "-7",
    "12.5",
    "1e3",
    "007",
    "x",
    "true",
    "false",
    "2026-01-05",
    "05-01-2026",
    "10:00",
    "é",
    "A",
]
CELLS += ["111222333", "9" * 30, "2026-01-05T10:00:00Z", "NL91ABNA0417164300", 'a "b"', "2026-02-30", "NaN"]


def proposal(path, folder):
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    seen = survey(opened([path], temporary), temporary, memory="512MB", threads=1)
    return proposed("lines", seen)


def columns(path, folder):
    return {one["name"]: one for one in proposal(path, folder)["schema"][0]["properties"]}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25)
@given(
    st.lists(
        st.fixed_dictionaries({"a": st.sampled_from(CELLS), "b": st.sampled_from(CELLS[2:6])}), max_size=8
    )
)
def test_the_file_itself_is_accepted_by_the_contract_proposed_from_it(tmp_path, rows):
    path = write_csv(tmp_path / "lines.csv", ["a", "b"], rows)
    reading = read_contract(dump_contract(proposal(path, tmp_path)))
    assert list(problems(reading.contract)) == []
    assert checked(plan_of(reading.contract, "lines"), [path], tmp_path).verdict is Verdict.ACCEPT


def test_sorts_ends_keys_and_few_values_are_proposed(tmp_path):
    rows = [
        {
            "number": str(n),
            "amount": f"{n}.{n % 100:02d}",
            "day": f"2026-01-{1 + n % 28:02d}",
            "code": "AB"[n % 2],
            "zip": f"0{n:03d}",
            "sometimes": "" if n % 2 else "x",
            "account": "NL91ABNA0417164300",
        }
        for n in range(60)
    ]
    found = columns(write_csv(tmp_path / "lines.csv", list(rows[0]), rows), tmp_path)
    assert found["number"] == {
        "name": "number",
        "logicalType": "integer",
        "logicalTypeOptions": {"format": "i64", "minimum": 0, "maximum": 59},
        "required": True,
        "unique": True,
    }
    assert (found["amount"]["logicalType"], found["amount"]["physicalType"]) == ("number", "decimal(18,2)")
    assert found["day"]["logicalTypeOptions"] == {"minimum": "2026-01-01", "maximum": "2026-01-28"}
    assert found["code"]["quality"][0]["arguments"] == {"validValues": ["A", "B"]}
    assert found["zip"]["logicalType"] == "string"
    assert "required" not in found["sometimes"]
    assert found["account"]["logicalTypeOptions"] == {"format": "iban"}
    assert found["account"]["classification"] == "confidential"


def test_numbers_that_all_pass_the_eleven_test_are_codes_and_named_as_their_column(tmp_path):
    sound = [number for number in range(100_000_000, 100_001_000) if passes("bsn", number)]
    rows = [{"citizen": str(one), "rsin": str(one), "count": str(one + 1)} for one in sound[:60]]
    found = columns(write_csv(tmp_path / "lines.csv", list(rows[0]), rows), tmp_path)
    assert found["citizen"]["logicalTypeOptions"] == {"format": "bsn"}
    assert found["citizen"]["classification"] == "confidential"
    assert found["rsin"]["logicalTypeOptions"] == {"format": "rsin"}
    assert found["count"]["logicalType"] == "integer"


def test_a_number_that_is_blank_somewhere_is_not_required(tmp_path):
    rows = [{"a": "  ", "b": "0"}, {"a": "0", "b": "0"}]
    found = columns(write_csv(tmp_path / "lines.csv", ["a", "b"], rows), tmp_path)
    assert (found["a"].get("required"), found["b"].get("required")) == (None, True)


def test_typed_files_and_json_keep_their_sorts(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    parquet.write_table(
        arrow.table({"n": [1, 2], "t": ["x", None], "f": [1.5, 2.0]}), tmp_path / "lines.parquet"
    )
    lines = write_json_lines(
        tmp_path / "lines.jsonl", [{"n": 1, "t": "x", "f": 1.5}, {"n": 2, "t": None, "f": 2.0}]
    )
    for path in (tmp_path / "lines.parquet", lines):
        found = columns(path, tmp_path)
        assert [found[name]["logicalType"] for name in "ntf"] == ["integer", "string", "number"]


def test_a_file_that_is_none_is_told_in_the_same_process_limits(tmp_path):
    (tmp_path / "lines.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(UnreadError, match="no proper Parquet file"):
        survey_files([tmp_path / "lines.parquet"])
