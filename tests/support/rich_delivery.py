"""One contract with every sort of rule, and a large, dirty delivery of it in two files; the same for the same seed."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.parquet as parquet
from support.deliveries import contract_of

VALUES: dict[str, list[Any]] = {
    "period": ["2026-01", "2026-02", "2026-3", "", None],
    "employer": ["A", "B", "C", "é", "👍", "Z", " A", None],
    "bsn": [
        "111222333",
        "123456782",
        "111222334",
        "000000000",
        "11122233",
        "111222333\n",
        "１１１２２２３３３",
        None,
    ],
    "iban": ["NL91ABNA0417164300", "NL91ABNA0417164301", "GB82WEST12345698765432", "nl91", "", None],
    "lei": ["529900T8BM49AURSDO55", "529900T8BM49AURSDO56", "X", None],
    "lhnr": ["111222333L01", "111222334L01", "111222333L1", None],
    "kvk": ["12345678", "1234567", None],
    "oin": ["0" * 20, "1" * 19, None],
    "postcode": ["1234 AB", "1234AB", "0234 AB", "1234 ab", None],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000", "123e4567e89b12d3a456426614174000", None],
    "email": ["a@b.nl", "a@b..nl", "a b@c.nl", "é@b.nl", None],
    "ipv4": ["10.0.0.255", "10.0.0.256", "1.2.3", None],
    "hostname": ["a.example.nl", "-a.nl", "a_b", None],
    "uri": ["https://a.nl/x?y=1", "https://a b", "nothing", None],
    "words": [
        "",
        "a",
        "abc",
        "ABC",
        "say 'so'",
        "a\\b",
        "100%",
        "a_c",
        "a\nb",
        "a\0b",
        "é",
        "e\u0301",
        "👍👍",
        "İ",
        "x" * 5000,
        "${x}",
        " a ",
        "N/A",
        None,
    ],
    "amount": [
        "0",
        "12.50",
        "12.5",
        "-0.01",
        "1e3",
        "12,50",
        " 7 ",
        "9999999999.99",
        "10000000000",
        "1.005",
        "+5",
        ".5",
        "5.",
        "0" * 45 + "1",
        "",
        None,
    ],
    "ratio": ["0.25", "1.5", "0.1", "1e3", "1e999", "NaN", "inf", "-0", ".5", "1_000", "0x1p3", "1d", None],
    "born": [
        "05-01-2026",
        "31-02-2026",
        "01-01-0001",
        "00-00-0000",
        "31-12-9999",
        "2026-01-05",
        "5-1-2026",
        None,
    ],
    "seen": [
        "2026-01-05T10:00:00Z",
        "2026-01-05 10:00",
        "2026-01-05T23:30:00-02:00",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59.999999-01:00",
        "2026-01-05T24:00:00",
        "2026-01-05",
        "2026-01-05T10:00:00.1234567Z",
        None,
    ],
    "clock": ["10:00", "23:59:59.999999", "24:00", "9:00", "10:00:00.5", " 07:30:00 ", None],
    "flag": ["true", "FALSE", "True", "yes", "1", " true ", "", None],
    "count": [0, 5, 7, -5, 2**31 - 1, -(2**31), None],
    "rsin": [111222333, 123456782, 111222334, 0, -111222333, 10**9, 1, None],
    "unsigned": [0, 1, 2**63, 2**64 - 1, None],
    "cents": [Decimal("1.0000"), Decimal("-1.2300"), Decimal("1.2345"), Decimal("99999999.0000"), None],
    "start": [date(2026, 1, 5), date(1, 1, 1), date(9999, 12, 31), date(2025, 12, 31), None],
    "moment": [
        datetime(2026, 1, 5, 10),
        datetime(1970, 1, 1),
        datetime(2026, 1, 5, 23, 59, 59, 999999),
        None,
    ],
    "noon": [time(12), time(0), time(23, 59, 59, 999999), None],
    "flagged": [True, False, None],
    "whole": [
        0.0,
        -0.0,
        5.0,
        5.5,
        1e300,
        9.007199254740993e15,
        2.0**63,
        -(2.0**63),
        float("nan"),
        float("inf"),
        None,
    ],
    "exact": [0.1, 0.25, 12.34, 12.345, -0.01, 1e12, float("nan"), None],
    "nested": [{"a": 1}, {"a": None}, None],
    "parent": [1, 2, 3, 10**12, None],
}
TYPES = {
    "count": arrow.int32(),
    "rsin": arrow.int64(),
    "unsigned": arrow.uint64(),
    "cents": arrow.decimal128(14, 4),
    "start": arrow.date32(),
    "moment": arrow.timestamp("us", tz="UTC"),
    "noon": arrow.time64("us"),
    "flagged": arrow.bool_(),
    "whole": arrow.float64(),
    "exact": arrow.float64(),
    "nested": arrow.struct([("a", arrow.int64())]),
    "parent": arrow.int64(),
    "id": arrow.int64(),
}


@dataclass(frozen=True)
class Delivery:
    """A contract, the files of a delivery, and those of its lists."""

    contract: dict[str, Any]
    files: list[Path]
    lists: dict[str, list[Path]]


def rich_delivery(folder: Path, rows: int, seed: int) -> Delivery:
    """The contract and its files, in this folder; the second file lacks a column and has another order."""
    chance = random.Random(seed)
    drawn = [_row(chance, number) for number in range(rows)]
    names = ["id", *VALUES]
    first, second = drawn[: rows * 2 // 3], drawn[rows * 2 // 3 :]
    files = [
        _written(folder / "first.parquet", first, names),
        _written(folder / "second.parquet", second, [name for name in reversed(names) if name != "clock"]),
    ]
    for row in second:
        row["clock"] = None
    return Delivery(contract(), files, _lists(folder, drawn))


def _row(chance: random.Random, number: int) -> dict[str, Any]:
    row = {name: chance.choice(values) for name, values in VALUES.items()}
    row["id"] = (
        None if chance.random() < 0.01 else number if chance.random() < 0.9 else chance.randrange(1, 50)
    )
    if chance.random() < 0.5:
        row["amount"] = f"{chance.randrange(-(10**6), 10**6) / 100:.2f}"
        row["words"] = "".join(chance.choices("abcXYZ09 é👍%_\\'", k=chance.randrange(12)))
        row["start"] = date(2026, 1, 1) + timedelta(days=chance.randrange(-400, 400))
        row["count"] = chance.randrange(-20, 20)
    return row


def _written(path: Path, rows: list[dict[str, Any]], names: list[str]) -> Path:
    schema = arrow.schema([(name, TYPES.get(name, arrow.string())) for name in names])
    parquet.write_table(arrow.Table.from_pylist(rows, schema=schema), path, row_group_size=2000)
    return path


def _lists(folder: Path, rows: list[dict[str, Any]]) -> dict[str, list[Path]]:
    known = [
        {"code": code, "period": period}
        for code in ("A", "B", "é", None)
        for period in ("2026-01", "2026-02")
    ]
    sums: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        if row["employer"] is not None and row["period"] is not None:
            key = (row["employer"], row["period"])
            cents = row["cents"] if row["cents"] is not None and row["cents"] * 100 % 1 == 0 else Decimal(0)
            sums[key] = sums.get(key, Decimal(0)) + cents
    whole = [
        {"code": code, "period": period, "whole": f"{total + (code == 'B'):.2f}"}
        for (code, period), total in sums.items()
    ]
    empty = arrow.table({"code": arrow.array([], arrow.string())})
    parquet.write_table(empty, folder / "none.parquet")
    parquet.write_table(arrow.Table.from_pylist(known), folder / "known.parquet")
    parquet.write_table(
        arrow.Table.from_pylist([*whole[1:], {"code": "Q", "period": "2026-01", "whole": "1"}]),
        folder / "sums.parquet",
    )
    return {name: [folder / f"{name}.parquet"] for name in ("known", "sums", "none")}


def contract() -> dict[str, Any]:
    """Every sort of rule there is, on every sort of column."""
    texts = {"bsn", "iban", "lei", "lhnr", "kvk", "oin", "uuid", "email", "ipv4", "hostname", "uri"}
    semantic = [_column(name, logicalTypeOptions={"format": name}) for name in sorted(texts)]
    total = {
        "total": {
            "of": "cents",
            "per": ["employer", "period"],
            "equals": "sums.whole",
            "on": ["code", "period"],
        }
    }
    return contract_of(
        _column("id", "integer", required=True, primaryKey=True, primaryKeyPosition=1),
        _column("period", primaryKey=True, primaryKeyPosition=2, logicalTypeOptions={"pattern": r"^\d{4}-\d{2}$"}),
        _column("employer", relationships=[{"to": "known.code"}, {"to": "none.code"}], quality=[
            {"metric": "invalidValues", "arguments": {"validValues": ["A", "B", "C", "é"]}, "mustBe": 0}]),
        *semantic,
        _column("postcode", logicalTypeOptions={"format": "postcode-nl"}),
        _words(),
        *_numbers(),
        *_moments(),
        _column("flag", "boolean", quality=[_sql("{property}"), _sql("{property} IS NOT TRUE")]),
        _column("flagged", "boolean", quality=[_sql("NOT {property}")]),
        _column("nested", "object", required=True),
        _column("absent", "integer", required=True, logicalTypeOptions={"minimum": 3}),
        relationships=[{"from": ["lines.employer", "lines.period"], "to": ["known.code", "known.period"]}],
        quality=[
            {"metric": "rowCount", "mustBeGreaterThan": 5},
            {"metric": "duplicateValues", "arguments": {"properties": ["employer", "period", "count"]},
             "mustBeLessThan": 5, "unit": "percent"},
            {"type": "custom", "engine": "concordia", "implementation": total},
            _sql("employer = 'A' AND (count > 3 OR cents < 0) OR start < born"),
            _sql("CASE WHEN count > 0 THEN words ELSE employer END = 'A'"),
            {"name": "alike", "type": "sql", "mustBe": 0,
             "query": "SELECT COUNT(*) FROM (SELECT employer, COUNT(*) AS n FROM lines GROUP BY employer "
                      "HAVING COUNT(*) > 10) AS t WHERE n > 20"},
            {"name": "not alike", "type": "sql", "mustBe": 0, "query": "SELECT AVG(count) FROM lines"},
        ],
    )  # fmt: skip


def _column(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "logicalType": kind, **more}


def _sql(where: str) -> dict[str, Any]:
    return {"type": "sql", "query": f"SELECT COUNT(*) FROM {{object}} WHERE {where}", "mustBe": 0}


def _words() -> dict[str, Any]:
    like = ["{property} LIKE '%a%'", "{property} LIKE 'a!_c' ESCAPE '!'", "{property} LIKE '___'"]
    more = [
        *(
            "length({property}) > 2",
            "upper({property}) = 'ABC'",
            "trim({property}) = 'a'",
            "{property} > 'a'",
        ),
        *("substr({property}, 2, 1) = 'b'", "{property} IN ('', 'a\\b', '${x}') OR {property} IS NULL"),
        *(
            "regexp_matches({property}, '[^a-z]$')",
            "coalesce({property}, 'abc') = 'abc'",
            "nullif({property}, 'a') = 'b'",
        ),
    ]
    quality = [_sql(where) for where in (*like, *more)]
    quality += [
        {"metric": "missingValues", "arguments": {"missingValues": [None, "N/A", ""]}, "mustBe": 0},
        {"metric": "invalidValues", "arguments": {"pattern": r"^[\w\s]*$"}, "mustBe": 0},
        {"metric": "nullValues", "mustBe": 0},
    ]
    options = {"minLength": 1, "maxLength": 4, "pattern": r"^.*[^\s]$"}
    return _column("words", logicalTypeOptions=options, quality=quality)


def _numbers() -> list[dict[str, Any]]:
    money, bounds = "decimal(12,2)", {"minimum": 0, "exclusiveMaximum": Decimal("1000.01")}
    count = [
        *(
            "{property} % 5 = 1",
            "{property} / 2 > 1.5",
            "{property} * {property} >= 49",
            "abs({property}) = 5",
        ),
        *(
            "{property} - 1 < 0",
            "{property} BETWEEN -5 AND 5",
            "{property} > 4.5",
            "{property} IN (5, 7.5)",
            "- {property} > 3",
        ),
        *("CASE WHEN {property} > 5 THEN 1 ELSE 0 END = 1", "{property} IS NULL", "{property} % 0 = 1"),
    ]
    codes = {"missingValues": ["N/A", "5", "0.5"]}
    ratio = ["{property} * 2 >= 3", "{property} / 0 > 1", "{property} >= 0.5", "coalesce({property}, 0) = 0"]
    return [
        _column("amount", "number", physicalType=money, logicalTypeOptions=bounds,
                quality=[_sql("{property} >= 12.5"), {"metric": "missingValues", "arguments": codes, "mustBe": 0}]),
        _column("cents", "number", physicalType="decimal(9,2)", logicalTypeOptions={"maximum": Decimal("1.00")}),
        _column("ratio", "number", logicalTypeOptions={"minimum": 0, "multipleOf": Decimal("0.25")},
                quality=[_sql(where) for where in ratio]),
        _column("count", "integer", logicalTypeOptions={"exclusiveMinimum": -5, "maximum": 7, "multipleOf": 5},
                quality=[_sql(where) for where in count]),
        _column("unsigned", "integer", unique=True, logicalTypeOptions={"format": "u64", "maximum": 2**63}),
        _column("whole", "integer", unique=True, logicalTypeOptions={"minimum": 1}),
        _column("exact", "number", physicalType="decimal(9,2)", unique=True, logicalTypeOptions={"minimum": 0}),
        _column("rsin", "integer", customProperties=[{"property": "semanticType", "value": "rsin"}]),
        _column("parent", "integer", relationships=[{"to": "lines.id"}]),
    ]  # fmt: skip


def _moments() -> list[dict[str, Any]]:
    return [
        _column("born", "date", logicalTypeOptions={"format": "dd-MM-yyyy", "minimum": "2000-01-01"},
                quality=[_sql("year({property}) = 2026"), _sql("{property} > DATE '2026-01-04'")]),
        _column("start", "date", logicalTypeOptions={"exclusiveMaximum": "2026-01-05"}, unique=True,
                quality=[_sql("month({property}) = 12 AND day({property}) = 31")]),
        _column("seen", "timestamp", unique=True, logicalTypeOptions={"maximum": "2026-01-05T09:00:00Z"}),
        _column("moment", "timestamp", logicalTypeOptions={"minimum": "2026-01-01T00:00:00Z"},
                quality=[_sql("{property} > '2026-01-05T09:00:00'")]),
        _column("clock", "time", unique=True, logicalTypeOptions={"minimum": "09:00:00"}),
        _column("noon", "time", logicalTypeOptions={"maximum": "12:00"}),
    ]  # fmt: skip
