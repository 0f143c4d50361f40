"""Great Expectations on a pandas frame.

It has no expectation for the eleven-test, which is asked of a column that is made of it beforehand.
"""

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import pandas as pd

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def eleven(values: pd.Series) -> pd.Series:
    """Whether each passes; nothing passes."""
    number = pd.to_numeric(values, errors="coerce").fillna(0).astype("int64")
    total = sum(weight * (number // 10 ** (8 - place) % 10) for place, weight in enumerate(WEIGHTS))
    return values.isna() | ((total % 11 == 0) & number.between(1, 999_999_999))


def expectation(rule: dict[str, Any], folder: Path) -> Any:
    """The rule in words of Great Expectations."""
    e, given, column = gx.expectations, rule["given"], rule["columns"][0]
    match rule["kind"]:
        case "required":
            return e.ExpectColumnValuesToNotBeNull(column=column)
        case "minimum" | "maximum":
            bound = pd.Timestamp(given["value"]) if isinstance(given["value"], str) else given["value"]
            end = {"min_value": bound} if rule["kind"] == "minimum" else {"max_value": bound}
            return e.ExpectColumnValuesToBeBetween(column=column, **end)
        case "pattern":
            return e.ExpectColumnValuesToMatchRegex(column=column, regex=given["pattern"])
        case "eleven":
            return e.ExpectColumnValuesToBeInSet(column=f"{column} passes", value_set=[True])
        case "valid" | "reference":
            return e.ExpectColumnValuesToBeInSet(column=column, value_set=known(given, folder))
        case "key":
            return e.ExpectCompoundColumnsToBeUnique(
                column_list=rule["columns"], ignore_row_if="any_value_is_missing"
            )
    return conditional(rule)


def known(given: dict[str, Any], folder: Path) -> list[Any]:
    """The values that a rule lists, or those of the list that it names."""
    if "values" in given:
        return list(given["values"])
    return list(pd.read_parquet(folder / f"{given['list']}.parquet")[given["of"]])


def conditional(rule: dict[str, Any]) -> Any:
    """The four rules over two columns."""
    e, (first, second) = gx.expectations, rule["columns"]
    words = {"condition_parser": "pandas"}
    match rule["name"].split("_")[0]:
        case "ends-after-start":
            pair = {"column_A": second, "column_B": first}
        case "tax-within-wage":
            pair = {"column_A": first, "column_B": second}
        case "premium-if-insured":
            return e.ExpectColumnValuesToBeBetween(
                column=second, max_value=0, row_condition=f"{first} == False", **words
            )
        case _:
            return e.ExpectColumnValuesToNotBeNull(column=second, row_condition=f'{first} == "NL"', **words)
    return e.ExpectColumnPairValuesAToBeGreaterThanB(
        **pair, or_equal=True, ignore_row_if="either_value_is_missing"
    )


def frame_of(folder: Path, rules: list[dict[str, Any]]) -> pd.DataFrame:
    """The delivery, with what the expectations need of it."""
    frame = pd.read_parquet(folder / "lines.parquet")
    for name in frame.columns:
        if name.startswith(("period_", "born")):
            frame[name] = pd.to_datetime(frame[name])
        elif name.startswith("premium_sick"):
            frame[name] = frame[name].astype("float64")
    for rule in rules:
        if rule["kind"] == "eleven":
            frame[f"{rule['columns'][0]} passes"] = eleven(frame[rule["columns"][0]])
    return frame


def main(folder: Path, answer: Path) -> None:
    """Validate, and read the number of unexpected values of each expectation."""
    logging.disable(logging.WARNING)
    rules = [rule for rule in json.loads((folder / "rules.json").read_text()) if rule["kind"] != "total"]
    frame = frame_of(folder, rules)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    suite = gx.ExpectationSuite(name="rules")
    for rule in rules:
        made = expectation(rule, folder)
        made.meta = {"rule": rule["name"], "kind": rule["kind"]}
        suite.add_expectation(made)
    asset = context.data_sources.add_pandas("here").add_dataframe_asset("lines")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    counts = {}
    for result in batch.validate(suite, result_format="BASIC").results:
        asked, count = result.expectation_config.meta, result.result.get("unexpected_count")
        if asked["kind"] == "key" and count:
            count //= 2  # it marks both rows of a pair; every key here stands at most twice
        counts[asked["rule"]] = count
    answer.write_text(json.dumps({"counts": counts}))


main(Path(sys.argv[1]), Path(sys.argv[2]))
