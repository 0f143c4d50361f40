"""Run inside an environment of datacontract-cli: its verdict on each contract named, as JSON.

References of a contract are not fetched: verdicts are to be the same with and without a network.
"""

import json
import logging
import sys

from datacontract.data_contract import DataContract


def verdict(path: str) -> dict[str, object]:
    """Whether it passes, with or without a warning, and what it says of it."""
    run = DataContract(data_contract_file=path, inline_references=False, all_errors=True).lint()
    said = [check.reason for check in run.checks if check.reason]
    return {"passed": getattr(run.result, "value", run.result) in {"passed", "warning"}, "said": said}


logging.disable(logging.CRITICAL)
print(json.dumps({path: verdict(path) for path in sys.argv[1:]}))
