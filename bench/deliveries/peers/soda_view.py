"""Soda on a view of the delivery in DuckDB."""

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ["SODA_CORE_TELEMETRY_ENABLED"] = "false"

import duckdb
from soda_core.contracts.api.verify_api import verify_contract_locally
from soda_duckdb.common.data_sources.duckdb_data_source import DuckDBDataSourceImpl

NUMBERS = {"minimum": "valid_min", "maximum": "valid_max"}


def written(rule: dict[str, Any], failing: dict[str, str]) -> tuple[str | None, dict[str, Any]]:
    """A check with the column it belongs to, or none for the whole."""
    column, given, named = (
        rule["columns"][0],
        rule["given"],
        {"name": rule["name"], "qualifier": rule["name"]},
    )
    if rule["kind"] == "required":
        return column, {"missing": named}
    if rule["kind"] in NUMBERS and not isinstance(given["value"], str):
        return column, {"invalid": named | {NUMBERS[rule["kind"]]: given["value"]}}
    if rule["kind"] == "valid":
        return column, {"invalid": named | {"valid_values": given["values"]}}
    if rule["kind"] == "pattern":
        form = {"regex": given["pattern"], "name": rule["name"]}
        return column, {"invalid": named | {"valid_format": form}}
    if rule["kind"] == "key":
        return None, {"duplicate": named | {"columns": rule["columns"]}}
    if rule["kind"] in NUMBERS:
        sign = "<" if rule["kind"] == "minimum" else ">"
        return None, {"failed_rows": named | {"expression": f"{column} {sign} DATE '{given['value']}'"}}
    return None, {"failed_rows": named | {"expression": failing[rule["name"]]}}


def main(folder: Path, answer: Path) -> None:
    """Verify the delivery, and read the counts of its checks."""
    rules = [rule for rule in json.loads((folder / "rules.json").read_text()) if rule["kind"] != "total"]
    connection = duckdb.connect(":memory:")
    connection.execute(f"CREATE VIEW lines AS FROM read_parquet('{folder / 'lines.parquet'}')")
    columns = [row[0] for row in connection.execute("DESCRIBE lines").fetchall()]
    of_columns: dict[str, list[Any]] = {name: [] for name in columns}
    whole = []
    for rule in rules:
        column, check = written(rule, {one["name"]: one["sql"] for one in rules})
        (of_columns[column] if column else whole).append(check)
    contract = {
        "dataset": "here/memory/main/lines",
        "columns": [{"name": name, "checks": checks} for name, checks in of_columns.items() if checks],
        "checks": whole,
    }
    file = answer.with_suffix(".soda.yml")
    file.write_text(json.dumps(contract))
    source = DuckDBDataSourceImpl.from_existing_cursor(connection, name="here")
    result = verify_contract_locally(data_sources=[source], contract_file_path=str(file), publish=False)
    counts = {}
    for one in result.contract_verification_results[0].check_results:
        counts[one.check.name] = one.threshold_value
    answer.write_text(json.dumps({"counts": counts, "version": ""}))


main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
