"""A check on Spark from a terminal: the same words and exit statuses, and calm ones for what cannot be."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
from support.deliveries import contract_of
from support.spark import standalone_master, why_not

from concordia.domain.contracts.reading import dump_contract

NUMBER = {
    "name": "number",
    "logicalType": "integer",
    "unique": True,
    "logicalTypeOptions": {"maximum": 3},
    "relationships": [{"to": "known.number"}],
}
SECRET = {
    "name": "secret",
    "logicalType": "string",
    "classification": "restricted",
    "logicalTypeOptions": {"maxLength": 1},
}
WITHOUT_SPARK = (
    "import sys; sys.modules['pyspark'] = None; from concordia.__main__ import main; sys.exit(main())"
)


def run(*words: object, start: tuple[str, ...] = ("-m", "concordia")) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *start, "check", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=os.environ | {"LC_ALL": "en.UTF-8", "PYTHONUTF8": "1"},
    )


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "contract.odcs.yaml"
    path.write_text(dump_contract(contract_of(NUMBER, SECRET)), encoding="utf-8")
    return path


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A file with signs in its name that Spark would take for others."""
    path = tmp_path / "lines [1] 100%.parquet"
    table = {"number": [1, 2, 3, 4, 4, None], "secret": ["a", "bb", None, "c", "d", "e"], "more": [0] * 6}
    parquet.write_table(arrow.table(table), path)
    return path


@pytest.mark.xdist_group("spark")
def test_a_delivery_is_refused_in_the_same_words(contract, lines, tmp_path, spark_server):
    known = tmp_path / "known.parquet"
    parquet.write_table(arrow.table({"number": [1, 2, 3]}), known)
    document = tmp_path / "result.json"
    more = ("--reference", f"known={known}", "--json", document)
    here, there = (run(contract, lines, *more, *engine) for engine in ((), ("--engine", spark_server)))
    assert (there.returncode, there.stderr) == (2, "")
    assert there.stdout == here.stdout
    assert "secret “•••”" in there.stdout
    assert json.loads(document.read_text())["engine"].startswith("Spark 4.")
    assert spark_server not in document.read_text()


@pytest.mark.xdist_group("spark")
@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_a_cluster_of_its_own_comes_to_the_same_words(contract, lines, tmp_path, monkeypatch):
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    known = tmp_path / "known.parquet"
    parquet.write_table(arrow.table({"number": [1, 2, 3]}), known)
    (tmp_path / "cluster").mkdir()
    here = run(contract, lines, "--reference", f"known={known}")
    with standalone_master(tmp_path / "cluster") as address:
        there = run(contract, lines, "--reference", f"known={known}", "--engine", address)
    assert (there.returncode, there.stdout) == (2, here.stdout)


@pytest.mark.xdist_group("spark")
def test_a_file_that_the_server_does_not_see_is_a_bad_call(contract, tmp_path, spark_server):
    said = run(contract, tmp_path / "nowhere.parquet", "--engine", spark_server)
    assert said.returncode == 3
    assert "Spark does not see this file" in said.stderr


def test_other_forms_than_parquet_are_for_the_embedded_engine(contract, tmp_path):
    path = tmp_path / "lines.csv"
    path.write_text("number,secret\n1,a\n")
    said = run(contract, path, "--engine", "sc://127.0.0.1:1")
    assert said.returncode == 3
    assert "Use --engine embedded" in said.stderr


def test_without_the_extra_it_says_what_to_install(contract, lines):
    said = run(contract, lines, "--engine", "sc://127.0.0.1:1", start=("-c", WITHOUT_SPARK))
    assert said.returncode == 3
    assert "pip install 'concordia[spark]'" in said.stderr


@pytest.mark.parametrize("address", ["spork://127.0.0.1:1", "sc://", "sc://a:99999", "duckdb"])
def test_an_engine_that_is_none_is_told(contract, lines, address):
    said = run(contract, lines, "--engine", address)
    assert said.returncode == 3
    assert "sc://server:port" in said.stderr


def test_a_server_that_does_not_answer_gives_no_verdict(contract, lines):
    said = run(contract, lines, "--engine", "sc://127.0.0.1:1")
    assert said.returncode == 4
    assert "Nothing was checked" in said.stderr


def test_what_only_the_embedded_engine_does_is_not_passed_over(contract, lines, tmp_path):
    aside = tmp_path / "aside.csv"
    said = run(contract, lines, "--engine", "sc://127.0.0.1:1", "--quarantine", aside)
    assert said.returncode == 3
    assert "--quarantine works only with --engine embedded" in said.stderr
    assert not aside.exists()
