"""Deliveries from a terminal: what is printed, and what a script reads from the exit status."""

import json
from pathlib import Path

import pikepdf
import pytest
from jsonschema import Draft202012Validator
from support.check import run
from support.deliveries import contract_of
from support.shared import shared_data

from concordia.domain.contracts.reading import dump_contract

pytest.importorskip("duckdb", reason="the embedded engine (duckdb) is not installed")

COLUMNS = (
    {"name": "payer", "businessName": "Payer", "logicalType": "string", "required": True, "unique": True},
    {
        "name": "amount",
        "logicalType": "integer",
        "logicalTypeOptions": {"minimum": 0},
        "quality": [{"metric": "nullValues", "mustBeLessThan": 50, "unit": "percent", "severity": "warning"}],
    },
    {
        "name": "secret",
        "logicalType": "string",
        "classification": "restricted",
        "logicalTypeOptions": {"maxLength": 3},
    },
)


@pytest.fixture
def contract(tmp_path) -> Path:
    path = tmp_path / "contract.odcs.yaml"
    path.write_text(dump_contract(contract_of(*COLUMNS)), encoding="utf-8")
    return path


def delivered(folder: Path, *lines: str, header: str = "payer;amount;secret") -> Path:
    path = folder / "lines.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_a_delivery_in_order_is_accepted(contract, tmp_path):
    answer = run(contract, delivered(tmp_path, "a;1;x", "b;2;y"), "--whole")
    assert answer.returncode == 0
    assert answer.stdout.startswith("Accepted: all ")
    assert "✓ “Payer” is always filled in." in answer.stdout


def test_a_warning_accepts_with_remarks(contract, tmp_path):
    answer = run(contract, delivered(tmp_path, "a;;x", "b;;y", "c;1;z"))
    assert answer.returncode == 1
    assert "Accepted with remarks" in answer.stdout
    assert "2 of 3 rows (66.667 %); the norm is fewer than 50 %." in answer.stdout


def test_a_delivery_that_breaks_a_rule_is_refused_with_its_rows(contract, tmp_path):
    answer = run(contract, delivered(tmp_path, "a;-5;x", ";x;y", "a;1;z"), language="nl")
    assert answer.returncode == 2
    shown = [line.strip() for line in answer.stdout.splitlines()]
    at = shown.index("✗ “amount” is minstens 0.")
    assert shown[at + 1 : at + 3] == ["1 van 3 rijen (33,333 %); de norm is precies 0.", "rij 1: amount “-5”"]
    assert "rij 2: payer leeg" in answer.stdout


def test_what_is_sensitive_is_not_shown(contract, tmp_path):
    answer = run(contract, delivered(tmp_path, "a;1;very private"), "--json", tmp_path / "out.json")
    assert answer.returncode == 2
    assert "very private" not in answer.stdout + (tmp_path / "out.json").read_text(encoding="utf-8")
    assert "secret “•••”" in answer.stdout


def test_the_document_is_written_and_read_back_as_the_time_before(contract, tmp_path):
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    run(contract, delivered(tmp_path, "a;-5;x"), "--json", first)
    answer = run(contract, delivered(tmp_path, "a;-5;x", "b;-6;y"), "--json", second, "--previous", first)
    assert "The time before: 1 of 1 rows (100 %)." in answer.stdout
    document = json.loads(second.read_text(encoding="utf-8"))
    Draft202012Validator(json.loads(run("--print-schema").stdout)).validate(document)
    rule = next(one for one in document["rules"] if one["key"] == "lines.amount.minimum")
    assert (rule["counted"], rule["rows"], rule["share"], rule["result"]) == (2, 2, "1", "failed")
    assert rule["previous"] == {"counted": 1, "rows": 1}
    assert document["verdict"] == "refuse"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["{contract}", "nothing.csv"], "this file is not there"),
        (["nothing.yaml", "{lines}"], "Give the path of a readable file."),
        (["{lines}", "{lines}"], "This is no data contract."),
        (["{contract}", "{lines}", "--memory", "3"], "Give memory as 512MB"),
        (["{contract}", "{lines}", "--reference", "x"], "--reference NAME=FILE"),
        (["{contract}", "{lines}", "--object", "other"], "Name one with --object: lines."),
        (["{contract}", "{lines}", "--server", "other"], "This server is not in the contract."),
        (["{contract}", "{lines}", "--previous", "{contract}"], "no result of an earlier check"),
    ],
)
def test_a_call_that_cannot_be_done_ends_with_three_and_what_to_do(contract, tmp_path, words, sentence):
    known = {"contract": str(contract), "lines": str(delivered(tmp_path, "a;1;x"))}
    answer = run(*(word.format(**known) for word in words))
    assert answer.returncode == 3
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_reference_that_is_given_is_followed_and_one_that_is_not_is_told(tmp_path):
    column = {"name": "code", "logicalType": "string", "relationships": [{"to": "codes.code"}]}
    contract = tmp_path / "contract.yaml"
    contract.write_text(dump_contract(contract_of(column)), encoding="utf-8")
    lines = delivered(tmp_path, "A", "Z", header="code")
    codes = tmp_path / "codes.csv"
    codes.write_text("code\nA\nB\n", encoding="utf-8")
    followed = run(contract, lines, "--reference", f"codes={codes}")
    assert followed.returncode == 2
    assert "row 2: code “Z”" in followed.stdout
    told = run(contract, lines)
    assert told.returncode == 1
    assert "Give it with --reference codes=FILE." in told.stdout


EVOLUTION = [
    (2, ["cities-version-1"], {"cities.population.present"}),
    (2, ["cities-version-2"], set()),
    (2, ["cities-version-1", "cities-version-2", "cities-version-3"], set()),
    (2, ["invalid/cities-version-2-invalid"], {"cities.population.minimum"}),
    (3, ["cities-version-1"], {"cities.population.present", "cities.population.required"}),
]


@pytest.mark.parametrize(("version", "names", "broken"), EVOLUTION)
def test_the_verdicts_on_schema_evolution_come_out(tmp_path, version, names, broken):
    folder = shared_data("contracts/schema_evolution")
    files = [folder / f"{name}.csv" for name in names]
    answer = run(
        folder / f"odcs-datacontract-cities-version-{version}.yaml", *files, "--json", tmp_path / "out.json"
    )
    rules = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["rules"]
    assert {one["key"] for one in rules if one["result"] == "failed"} == broken
    assert answer.returncode == (2 if broken else 0)


def test_the_report_is_a_page_without_script_and_a_tagged_document(contract, tmp_path):
    hostile = '<script>alert(1)</script>;"<img src=x onerror=alert(1)>";x'
    page, pdf = tmp_path / "report.html", tmp_path / "report.pdf"
    words = (contract, delivered(tmp_path, hostile, "a;-1;x"), "--html", page, "--pdf", pdf)
    assert run(*words, language="nl").returncode == 2
    text = page.read_text(encoding="utf-8")
    assert text.startswith('<!doctype html>\n<html lang="nl">')
    assert "<h1>Geweigerd: 2 van de 12 eisen van het contract zijn niet gehaald.</h1>" in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "<script" not in text
    assert "<img" not in text
    with pikepdf.open(pdf) as made:
        assert made.Root.MarkInfo.Marked
        assert str(made.Root.Lang) == "nl"


def test_a_report_that_cannot_be_written_is_told(contract, tmp_path):
    answer = run(contract, delivered(tmp_path, "a;1;x"), "--html", tmp_path / "none" / "report.html")
    assert answer.returncode == 3
    assert "No such file or directory" in answer.stderr
