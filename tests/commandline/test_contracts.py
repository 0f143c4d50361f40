"""Data contracts from a terminal: what is printed, and what a script reads from the exit status."""

import json

import pytest
from support.contracts import CORPUS, OURS
from support.shared import shared_data

from .test_charters import run

WAGES = CORPUS / "wage-declarations.odcs.yaml"
LINT = {
    "valid.odcs.yaml": 0,
    "valid-3.1.0.odcs.yaml": 0,
    "invalid.odcs.yaml": 1,
    "invalid_multiple_errors.odcs.yaml": 2,
    "invalid_multiple_schema_errors.odcs.yaml": 1,
    "odcs_with_extra_top_level.yaml": 1,
}


@pytest.mark.parametrize(("name", "faults"), LINT.items())
def test_a_real_contract_gets_the_verdict_that_is_known_of_it(name, faults):
    done = run("contract", "lint", shared_data(f"contracts/lint/{name}"), "--json")

    told = json.loads(done.stdout)
    assert done.returncode == (1 if faults else 0)
    assert told["valid"] is not bool(faults)
    assert len(told["problems"]) == faults


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_contract_in_order_ends_with_0_whatever_the_remarks(path):
    done = run("contract", "lint", path)

    assert done.returncode == 0, done.stdout
    assert f"{path}: in order." in done.stdout


def test_remarks_are_printed_and_do_not_fail():
    done = run("contract", "lint", WAGES, language="nl")

    assert done.returncode == 0
    assert "Om over na te denken" in done.stdout
    assert "--reference werkgevers=BESTAND" in done.stdout


def test_every_fault_is_printed_at_once_with_its_place_and_mend(tmp_path):
    broken = tmp_path / "broken.odcs.yaml"
    text = WAGES.read_text(encoding="utf-8")
    broken.write_text(
        text.replace("logicalType: date", "logicalType: datum").replace("status: active", "stats: active")
    )

    done = run("contract", "lint", broken, "--language", "nl")

    assert done.returncode == 1
    assert "niet in orde (3)" in done.stdout
    assert "schema.loonaangifte.properties.maand.logicalType: “datum” kan hier niet." in done.stdout
    assert "stats: “stats” is hier onbekend. Bedoelde u “status”?" in done.stdout


def test_a_fault_beyond_form_fails_too(tmp_path):
    broken = tmp_path / "broken.odcs.yaml"
    broken.write_text(
        WAGES.read_text(encoding="utf-8").replace("primaryKeyPosition: 2", "primaryKeyPosition: 1")
    )

    done = run("contract", "lint", broken)

    assert done.returncode == 1
    assert "Number the columns of the key 1, 2, 3." in done.stdout


def test_a_file_that_is_not_there_is_bad_input(tmp_path):
    for words in (
        ("lint", tmp_path / "none"),
        ("show", tmp_path / "none"),
        ("diff", WAGES, tmp_path / "none"),
    ):
        done = run("contract", *words)
        assert done.returncode == 3
        assert "readable file" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_contract_is_shown_in_the_language_asked():
    dutch, english = run("contract", "show", WAGES, "--language", "nl"), run("contract", "show", WAGES)

    assert (dutch.returncode, english.returncode) == (0, 0)
    assert "Grondslag in de wet" in dutch.stdout
    assert "Legal ground" in english.stdout


def test_a_contract_is_shown_for_programs():
    told = json.loads(run("contract", "show", WAGES, "--json").stdout)

    assert told["title"] == "Loonaangiften"
    assert {chapter["key"] for chapter in told["chapters"]} >= {"about", "ground", "levels"}


def test_a_document_that_is_no_contract_is_not_shown(tmp_path):
    (tmp_path / "none.yaml").write_text("- a list\n")

    done = run("contract", "show", tmp_path / "none.yaml", language="nl")

    assert done.returncode == 3
    assert "Dit is geen datacontract." in done.stderr


def test_a_contract_comes_in_by_a_pipe():
    assert run("contract", "lint", "-", given=WAGES.read_text(encoding="utf-8")).returncode == 0


def _versions(tmp_path, **changed: str):
    newer = tmp_path / "newer.odcs.yaml"
    text = WAGES.read_text(encoding="utf-8")
    for old, new in changed.values():
        assert old in text
        text = text.replace(old, new)
    newer.write_text(text, encoding="utf-8")
    return WAGES, newer


def test_versions_that_break_nothing_end_with_0(tmp_path):
    words = (
        ("Alle aangiften van één maand.", "Alle aangiften van een maand."),
        ("version: 1.2.0", "version: 1.2.1"),
    )
    done = run("contract", "diff", *_versions(tmp_path, words=words[0], number=words[1]))

    assert done.returncode == 0
    assert "Compatible: nothing breaks." in done.stdout


def test_versions_that_are_one_end_with_0():
    done = run("contract", "diff", WAGES, WAGES)

    assert (done.returncode, "Nothing changed." in done.stdout) == (0, True)


def test_a_version_that_breaks_ends_with_1_and_tells_for_whom_and_why(tmp_path):
    done = run("contract", "diff", *_versions(tmp_path, step=("minimum: 0}", "minimum: 10}")), language="nl")

    assert done.returncode == 1
    assert "Breekt voor wie levert" in done.stdout
    assert "minimum: van 0 naar 10. Leveringen die goed waren, kunnen nu worden geweigerd." in done.stdout
    assert "het versienummer is niet hoger" in done.stdout


def test_versions_are_compared_for_programs(tmp_path):
    told = json.loads(
        run("contract", "diff", *_versions(tmp_path, step=("minimum: 0}", "minimum: 10}")), "--json").stdout
    )

    assert told["compatible"] is False
    assert told["breaks"] == ["suppliers"]
    assert [one["kind"] for one in told["changes"]] == ["narrowed"]


def test_the_real_contract_that_grew_a_column_breaks_for_who_delivers():
    folder = shared_data("contracts/schema_evolution")
    versions = [folder / f"odcs-datacontract-cities-version-{number}.yaml" for number in (1, 2)]

    told = json.loads(run("contract", "diff", *versions, "--json").stdout)

    added = [
        one["path"] for one in told["changes"] if one["kind"] == "added" and one["path"].startswith("schema.")
    ]
    assert added == ["schema.cities.properties.population"]
    assert "suppliers" in told["breaks"]


def test_a_contract_of_somebody_else_does_not_steer_the_terminal(tmp_path):
    hostile = tmp_path / "hostile.odcs.yaml"
    words = r'description: "\e]0;taken over\a\e[2J\u202e"'
    hostile.write_text(WAGES.read_text(encoding="utf-8").replace("description: Wie het loon kreeg.", words))
    hostile_name = tmp_path / "name.odcs.yaml"
    hostile_name.write_text(WAGES.read_text(encoding="utf-8").replace("status: active", r'"\e[2J": 1'))

    for words in (("show", hostile), ("lint", hostile), ("diff", WAGES, hostile), ("lint", hostile_name)):
        done = run("contract", *words)
        assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout + done.stderr)


def test_a_steward_writes_a_contract_from_a_sample_and_it_is_in_order(tmp_path):
    sample, made = tmp_path / "month 1.csv", tmp_path / "made.odcs.yaml"
    sample.write_text("payer;amount\n1;10\n2;20\n", encoding="utf-8")
    assert run("contract", "from-sample", sample, "--out", made).returncode == 0
    assert run("contract", "lint", made).returncode == 0
    assert "name: month_1" in made.read_text(encoding="utf-8")


def test_a_sample_that_is_not_there_or_cannot_be_read_is_told(tmp_path):
    absent = run("contract", "from-sample", tmp_path / "none.csv")
    assert (absent.returncode, "this file is not there" in absent.stderr) == (3, True)
    (tmp_path / "broken.csv.gz").write_bytes(b"\x1f\x8bnothing")
    broken = run("contract", "from-sample", tmp_path / "broken.csv.gz", language="nl")
    assert (broken.returncode, "is beschadigd" in broken.stderr) == (3, True)
