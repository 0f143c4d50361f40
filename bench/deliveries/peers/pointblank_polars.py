"""pointblank on a polars frame."""

import json
import sys
from pathlib import Path
from typing import Any

import pointblank as pb
import polars as pl

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def passing(rule: dict[str, Any], folder: Path) -> pl.Expr:
    """What is true of a row that passes, also where it is unknown."""
    column = pl.col(rule["columns"][0])
    if rule["kind"] == "eleven":
        number = column.cast(pl.Int64, strict=False)
        total = sum(weight * (number // 10 ** (8 - place) % 10) for place, weight in enumerate(WEIGHTS))
        return column.is_null() | (number.is_between(1, 999_999_999) & (total % 11 == 0)).fill_null(
            value=False
        )
    if rule["kind"] == "reference":
        known = pl.read_parquet(folder / f"{rule['given']['list']}.parquet")[rule["given"]["of"]]
        return column.is_null() | column.is_in(known.implode())
    return ~pl.sql_expr(rule["given"]["condition"]).fill_null(value=False)


def add(validation: pb.Validate, rule: dict[str, Any], folder: Path) -> pb.Validate:
    """The rule as a step, in the words that pointblank has for it."""
    column, given, name = rule["columns"][0], rule["given"], {"brief": rule["name"]}
    if rule["kind"] == "required":
        return validation.col_vals_not_null(column, **name)
    if rule["kind"] in {"minimum", "maximum"}:
        bound = given["value"]
        bound = pl.Series([bound]).str.to_date()[0] if isinstance(bound, str) else bound
        step = validation.col_vals_ge if rule["kind"] == "minimum" else validation.col_vals_le
        return step(column, bound, na_pass=True, **name)
    if rule["kind"] == "valid":
        return validation.col_vals_in_set(column, [*given["values"], None], **name)
    if rule["kind"] == "pattern":
        return validation.col_vals_regex(column, given["pattern"], na_pass=True, **name)
    if rule["kind"] == "key":
        return validation.rows_distinct(columns_subset=rule["columns"], **name)
    return validation.col_vals_expr(passing(rule, folder), **name)


def main(folder: Path, answer: Path) -> None:
    """Interrogate, and read the number of rows that failed each step."""
    rules = [rule for rule in json.loads((folder / "rules.json").read_text()) if rule["kind"] != "total"]
    frame = pl.read_parquet(folder / "lines.parquet").cast({pl.Decimal: pl.Float64})  # it fails on decimals
    validation = pb.Validate(frame)
    for rule in rules:
        validation = add(validation, rule, folder)
    validation = validation.interrogate(collect_extracts=False)
    failed = validation.n_failed()
    counts = {rule["name"]: failed.get(number) for number, rule in enumerate(rules, 1)}
    for rule in rules:
        if rule["kind"] == "key" and counts[rule["name"]] is not None:
            counts[rule["name"]] //= 2  # it marks both rows of a pair; every key here stands at most twice
    answer.write_text(json.dumps({"counts": counts}))


main(Path(sys.argv[1]), Path(sys.argv[2]))
