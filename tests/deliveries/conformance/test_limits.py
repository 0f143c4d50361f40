"""What Spark cannot count is told as not checked, and what it cannot read is refused; never a wrong count."""

from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
from support.deliveries import IDENTITY, contract_of, counts_of, planned

from concordia.deliveries.checking import UnreadError
from concordia.deliveries.spark.engine import Asked, check
from concordia.deliveries.spark.patterns import climbs
from concordia.domain.checking.expressions import Column, Matches, Passes
from concordia.domain.checking.patterns import Pattern
from concordia.domain.checking.result import Result, Verdict

pytestmark = pytest.mark.xdist_group("spark")


def text(name: str, pattern: str) -> dict[str, Any]:
    return {"name": name, "logicalType": "string", "logicalTypeOptions": {"pattern": pattern}}


def written(path: Path, **columns: Any) -> Path:
    parquet.write_table(arrow.table(columns), path)
    return path


def on_spark(spark: Any, path: Path, *columns: dict[str, Any]) -> Result:
    return check(spark, Asked(planned(contract_of(*columns)), (str(path),), {}), IDENTITY)


def test_a_long_text_and_a_repeated_group_do_not_meet(tmp_path, spark):
    long = written(tmp_path / "long.parquet", a=["ab" * 60_000, "bc"], b=["ab" * 500_000, "c"])
    result = on_spark(spark, long, text("a", "^(a|b|ba|bc)*c$"), text("b", "^([a-b])*$"))
    counted = counts_of(result)
    assert (counted["lines.a.pattern"], counted["lines.b.pattern"]) == (None, 1)
    reason = next(one.reason for one in result.rules if one.key == "lines.a.pattern")
    assert "more than 1000 characters" in str(reason)


@pytest.mark.parametrize("pattern", ["(a|bc)*", "(?:ab)+", "x(y(z1)*)?", "([a-z]+,)*"])
def test_a_repeat_of_parts_climbs(pattern):
    assert climbs(Matches(Column("a"), Pattern.read(pattern)))
    assert climbs(Passes("hostname", Column("a")))


@pytest.mark.parametrize("pattern", ["[a-z]*", "(?:a)*", "([ab])+c", "(ab){0,9}", "^.*$"])
def test_a_repeat_of_single_signs_does_not_climb(pattern):
    assert not climbs(Matches(Column("a"), Pattern.read(pattern)))
    assert not climbs(Passes("uri", Column("a")))


def test_numbers_of_more_than_38_digits_are_told_and_the_rest_is_counted(tmp_path, spark):
    big = {"name": "a", "logicalType": "integer", "required": True, "logicalTypeOptions": {"format": "u128"}}
    result = on_spark(
        spark, written(tmp_path / "big.parquet", a=["1", None], b=["x", "y"]), big, text("b", "x")
    )
    counted = counts_of(result)
    assert counted["lines.a.type"] is counted["lines.a.required"] is None
    assert counted["lines.b.pattern"] == 1
    assert result.verdict is Verdict.REFUSE


def test_a_damaged_file_and_bytes_that_are_no_text_are_refused(tmp_path, spark):
    good = written(tmp_path / "good.parquet", a=["x"] * 1000).read_bytes()
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(good[:8] + bytes(one ^ 0xFF for one in good[8:60]) + good[60:])
    odd = written(tmp_path / "odd.parquet", a=arrow.array([b"\xff\xfe", b"a"], arrow.binary()))
    for path, words in ((bad, "damaged"), (odd, "UTF-8")):
        result = on_spark(spark, path, text("a", "x"))
        assert (result.verdict, result.rows) == (Verdict.REFUSE, 0)
        assert words in str(result.rules[0].reason)
        assert all(one.counted is None for one in result.rules[1:])


def test_a_type_that_spark_does_not_read_is_a_bad_call(tmp_path, spark):
    nanos = written(tmp_path / "nanos.parquet", a=arrow.array([1], arrow.timestamp("ns")))
    with pytest.raises(UnreadError, match="embedded"):
        on_spark(spark, nanos, text("a", "x"))
