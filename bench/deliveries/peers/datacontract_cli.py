"""datacontract-cli on a contract of the same rules."""

import json
import sys
from pathlib import Path

from datacontract.data_contract import DataContract

KINDS = {
    "field_minimum": "minimum",
    "field_maximum": "maximum",
    "field_required": "required",
    "field_regex": "pattern",
    "field_invalid_values": "valid",
}


def main(folder: Path, answer: Path) -> None:
    """Test the delivery, and read the counts of its checks."""
    rules = json.loads((folder / "rules.json").read_text())
    by_id = {rule["name"].replace(".", "-"): rule["name"] for rule in rules}
    keys = {tuple(rule["columns"]): rule["name"] for rule in rules if rule["kind"] == "key"}
    run = DataContract(data_contract_file=str(folder / "others.odcs.yaml"), server="here").test()
    counts = {}
    for check in run.checks:
        found = check.diagnostics or {}
        if check.type in KINDS:
            counts[f"{check.field}.{KINDS[check.type]}"] = found.get("value")
        elif check.type == "model_quality_sql":
            counts[by_id[check.qualityId]] = found.get("value")
        elif check.type == "model_duplicate_values":
            counts[keys[tuple(found["columns"])]] = found.get("value")
    answer.write_text(json.dumps({"counts": counts}))


main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
