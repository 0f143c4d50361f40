"""datacontract-cli judges the same contracts and deliveries as we do; where it differs, docs/contracts.md says why."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from bench.deliveries.contracts import key_of
from bench.deliveries.data import Made, make
from bench.environments import UnavailableError, python_with
from support.contracts import OURS, REAL, contract
from support.deliveries import checked, counts_of
from support.shared import FOLDER

from concordia.domain.checking.compile import plan_of
from concordia.domain.contracts.reading import dump_contract, read_contract
from concordia.domain.problems import DocumentError
from concordia.domain.stewardship.checks import problems

pytestmark = pytest.mark.foreign

ROOT = Path(__file__).resolve().parents[2]
VERSION = "1.2.8"
DOCUMENT = ROOT / "docs" / "contracts.md"

# Small contracts on which it is interesting to differ; our verdict stands beside the name.
MADE = {
    "unknown word in a column": contract({"name": "x", "requierd": True}),
    "unknown word in a check": contract(
        {"name": "x", "quality": [{"metric": "nullValues", "mustBe": 0, "mustbe": 1}]}
    ),
    "unknown word in a server": contract(
        servers=[{"server": "s", "type": "local", "path": "p", "format": "csv", "delimiter": ";"}]
    ),
    "two norms": contract({"name": "x", "quality": [{"metric": "nullValues", "mustBe": 0, "mustNotBe": 1}]}),
    "items in a text": contract({"name": "x", "logicalType": "string", "items": {}}),
    "options without a type": contract({"name": "x", "logicalTypeOptions": {"minLength": 1}}),
    "a column twice": contract({"name": "x"}, {"name": "x"}),
    "nothing between minimum and maximum": contract(
        {"name": "x", "logicalType": "integer", "logicalTypeOptions": {"minimum": 5, "maximum": 4}}
    ),
    "a pattern that is none": contract(
        {"name": "x", "logicalType": "string", "logicalTypeOptions": {"pattern": "("}}
    ),
    "a reference to a column that is not there": contract(
        {"name": "x", "relationships": [{"to": "table.y"}]}
    ),
    "invalid without what is valid": contract(
        {"name": "x", "quality": [{"metric": "invalidValues", "mustBe": 0}]}
    ),
    "a share over a hundred": contract(
        {"name": "x", "quality": [{"metric": "nullValues", "mustBeLessThan": 200, "unit": "percent"}]}
    ),
    "words in a description": contract({"name": "x"}, description={"anything": 1}),
    "null for text": contract({"name": "x", "description": None}),
    "a wrong sort of column": contract({"name": "x", "logicalType": "text"}),
    "a version that is not there": contract({"name": "x"}, apiVersion="v9.9.9"),
    "in order": contract({"name": "x"}),
}


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of an environment that holds datacontract-cli and nothing of ours."""
    try:
        return python_with(f"datacontract-cli[duckdb]=={VERSION}")
    except UnavailableError as why:
        pytest.skip(str(why))


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """Every contract by the name it has in docs/contracts.md."""
    folder = tmp_path_factory.mktemp("contracts")
    found = {path.name: path for path in (*OURS, *REAL)}
    for number, (name, document) in enumerate(MADE.items()):
        found[name] = folder / f"{number}.odcs.yaml"
        found[name].write_text(dump_contract(document), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def theirs(python, files) -> dict[str, bool]:
    """What it says of each of them; one process for all."""
    program = Path(__file__).with_name("datacontract_verdicts.py")
    done = subprocess.run(
        [str(python), str(program), *map(str, files.values())],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        env={"PATH": os.environ["PATH"], "HOME": str(python.parent)},
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return {name: told[str(path)]["passed"] for name, path in files.items()}


@pytest.fixture(scope="module")
def delivery(tmp_path_factory) -> Made:
    """Rows with known faults, and their rules as it can be told them."""
    return make(30_000, place=tmp_path_factory.mktemp("delivery"))


def test_it_counts_the_same_rows_of_a_delivery_as_we_do(python, delivery, tmp_path):
    answer = tmp_path / "answer.json"
    program = ROOT / "bench" / "deliveries" / "peers" / "datacontract_cli.py"
    subprocess.run(
        [str(python), str(program), str(delivery.folder), str(answer)],
        check=True,
        capture_output=True,
        timeout=300,
        env={"PATH": os.environ["PATH"], "HOME": str(python.parent)},
    )
    theirs = {
        name: count for name, count in json.loads(answer.read_text())["counts"].items() if count is not None
    }
    lists = {
        name: [delivery.folder / f"{name}.parquet"] for name in ("employers", "tables", "sectors", "declared")
    }
    plan = plan_of(read_contract((delivery.folder / "all.odcs.yaml").read_text()).contract, "lines")
    counted = counts_of(checked(plan, [delivery.lines], tmp_path, lists))
    ours = {rule.name: counted[key_of(rule)] for rule in delivery.rules if rule.name in theirs}
    assert theirs == ours
    assert {rule.name for rule in delivery.rules} - set(theirs) == {"total"}


def ours(path: Path) -> bool:
    try:
        return not list(problems(read_contract(path.read_text(encoding="utf-8")).contract))
    except DocumentError:
        return False


def listed() -> dict[str, tuple[bool, bool]]:
    """The differences that the document tells: ours, theirs."""
    rows = re.findall(
        r"^\| `([^`]+)` \| (passes|fails) \| (passes|fails) \| .{20,} \|$",
        DOCUMENT.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    return {name: (us == "passes", them == "passes") for name, us, them in rows}


def test_where_datacontract_cli_differs_is_told_and_nothing_else_differs(files, theirs):
    verdicts = {name: (ours(path), theirs[name]) for name, path in files.items()}

    differing = {name: both for name, both in verdicts.items() if both[0] is not both[1]}
    told = listed()
    assert differing == {name: both for name, both in told.items() if name in files}
    unseen = {name for name in told if name not in files}
    assert not unseen or not FOLDER.exists()


def test_both_accept_and_refuse_something(files, theirs):
    agreed = {ours(path) for name, path in files.items() if ours(path) is theirs[name]}

    assert agreed == {True, False}
