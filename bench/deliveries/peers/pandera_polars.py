"""pandera on a polars frame that holds the whole delivery: on a lazy one it looks at no row."""

import json
import sys
from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def failing(rule: dict[str, Any], folder: Path) -> pl.Expr:
    """What is true of a row that fails; nothing where it is unknown."""
    column = pl.col(rule["columns"][0])
    if rule["kind"] == "eleven":
        number = column.cast(pl.Int64, strict=False)
        total = sum(weight * (number // 10 ** (8 - place) % 10) for place, weight in enumerate(WEIGHTS))
        return column.is_not_null() & ~(number.is_between(1, 999_999_999) & (total % 11 == 0))
    if rule["kind"] == "reference":
        known = pl.read_parquet(folder / f"{rule['given']['list']}.parquet")[rule["given"]["of"]]
        return column.is_not_null() & ~column.is_in(known.implode())
    if rule["kind"] == "key":
        return pl.struct(rule["columns"]).is_duplicated() & pl.all_horizontal(
            pl.col(name).is_not_null() for name in rule["columns"]
        )
    return pl.sql_expr(rule["given"]["condition"])


def check_of(rule: dict[str, Any], folder: Path) -> Any:
    """A check of a column where pandera has one, else an expression over the frame."""
    given, name = rule["given"], {"name": rule["name"]}
    if rule["kind"] in {"minimum", "maximum"}:
        bound = given["value"]
        bound = pl.Series([bound]).str.to_date()[0] if isinstance(bound, str) else bound
        return (pa.Check.ge if rule["kind"] == "minimum" else pa.Check.le)(bound, **name)
    if rule["kind"] == "valid":
        return pa.Check.isin(given["values"], **name)
    if rule["kind"] == "pattern":
        return pa.Check.str_matches(given["pattern"], **name)
    passes = ~failing(rule, folder).fill_null(value=False)
    return pa.Check(lambda data, passes=passes: data.lazyframe.select(passes.alias("passes")), **name)


def main(folder: Path, answer: Path) -> None:
    """Validate, and count what failed by the check that it failed."""
    rules = [rule for rule in json.loads((folder / "rules.json").read_text()) if rule["kind"] != "total"]
    frame = pl.read_parquet(folder / "lines.parquet")
    schema = _schema(rules, frame, folder)
    counts = {rule["name"]: 0 for rule in rules}
    required = {rule["columns"][0]: rule["name"] for rule in rules if rule["kind"] == "required"}
    keys = {rule["name"] for rule in rules if rule["kind"] == "key"}
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        for error in errors.schema_errors:
            name = error.check.name if isinstance(error.check, pa.Check) else required[error.schema.name]
            output = error.check_output
            counts[name] = (
                int((~output.to_series()).sum()) if output is not None else len(error.failure_cases)
            )
    for name in keys:
        counts[name] //= 2  # it marks both rows of a pair; every key here stands at most twice
    answer.write_text(json.dumps({"counts": counts}))


def _schema(rules: list[dict[str, Any]], frame: pl.DataFrame, folder: Path) -> pa.DataFrameSchema:
    required = {rule["columns"][0] for rule in rules if rule["kind"] == "required"}
    of_columns: dict[str, list[Any]] = {name: [] for name in frame.columns}
    of_frame = []
    for rule in rules:
        if rule["kind"] in {"minimum", "maximum", "valid", "pattern"}:
            of_columns[rule["columns"][0]].append(check_of(rule, folder))
        elif rule["kind"] != "required":
            of_frame.append(check_of(rule, folder))
    columns = {
        name: pa.Column(frame.schema[name], checks, nullable=name not in required)
        for name, checks in of_columns.items()
    }
    return pa.DataFrameSchema(columns, checks=of_frame)


main(Path(sys.argv[1]), Path(sys.argv[2]))
