"""How much of what a lying footer denies our command finds."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.deliveries.contenders import CONCORDIA
from bench.environments import ROOT


def seen() -> float:
    """The share of values over the maximum that are found in a file whose statistics say that there are none."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support.lying import DIRTY_VALUE, dirty, spliced

    properties = [{"name": "x", "logicalType": "integer", "logicalTypeOptions": {"maximum": DIRTY_VALUE - 1}}]
    contract = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "lies",
        "version": "1.0.0",
        "status": "active",
        "schema": [{"name": "lines", "properties": properties}],
    }
    with tempfile.TemporaryDirectory(prefix="concordia-bench-") as place:
        folder = Path(place)
        liar, answer = spliced(folder), folder / "answer.json"
        (folder / "contract.yaml").write_text(json.dumps(contract))
        words = ["check", str(folder / "contract.yaml"), str(liar), "--json", str(answer)]
        subprocess.run([str(CONCORDIA), *words], check=False, stdout=subprocess.DEVNULL)  # noqa: S603
        rules = {rule["key"]: rule["counted"] for rule in json.loads(answer.read_text())["rules"]}
        return float(rules["lines.x.maximum"] / dirty(folder))
