"""Charters and rules from a terminal: what is printed, and what a script reads from the exit status."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "charters"
CHARTER = EXAMPLES / "wage-data.yaml"


def run(*words: object, language: str = "en", given: str = "") -> subprocess.CompletedProcess[str]:
    """The command as a person runs it, in a process of its own without any installation."""
    return subprocess.run(
        [sys.executable, "-m", "concordia", *map(str, words)],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"LC_ALL": f"{language}.UTF-8", "PYTHONUTF8": "1"},
    )


def tried(votes: str, *more: str, procedure: str = "strategic", language: str = "en"):
    return run("try-rule", CHARTER, procedure, "-", *more, given=votes, language=language)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_an_example_charter_is_in_order(path):
    assert run("charter", "check", path).returncode == 0


def test_a_faulty_charter_tells_every_fault_at_once(tmp_path):
    text = CHARTER.read_text(encoding="utf-8").replace("level: strategic", "level: highest", 1)
    broken = tmp_path / "broken.yaml"
    broken.write_text(re.sub(r"(?m)^amendment:.*", "amendment: 7\ncolour: blue", text), encoding="utf-8")
    answer = run("charter", "check", broken)
    assert answer.returncode == 1
    for path in ("colour", "amendment", "positions.board-member.level"):
        assert path in answer.stdout
    assert "Traceback" not in answer.stderr


def test_a_file_that_is_not_there_is_no_charter_in_order(tmp_path):
    answer = run("charter", "check", tmp_path / "none.yaml")
    assert answer.returncode == 1
    assert "Give the path of a readable file." in answer.stderr


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"concordia: \xff\xfe", "not UTF-8"),
        (b"concordia: charter/1\nname: " + b"x" * 2_000_000, "Give a smaller file."),
        (b"a: &a [x, x]\nb: [*a, *a]\n", "A reference with * is not read here."),
    ],
    ids=["no text", "too long", "a bomb of references"],
)
def test_what_cannot_be_a_charter_gets_a_sentence(tmp_path, data, sentence):
    (tmp_path / "odd.yaml").write_bytes(data)
    answer = run("charter", "check", tmp_path / "odd.yaml")
    assert answer.returncode == 1
    assert sentence in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_schema_is_printed_as_json():
    answer = run("charter", "schema")
    assert answer.returncode == 0
    assert {"partners", "procedures"} <= set(json.loads(answer.stdout)["properties"])


@pytest.mark.parametrize(
    ("votes", "status", "words"),
    [
        ("voter,vote\nirs,for\nssa,for\ncbs,for\n", 0, "Adopted."),
        ("voter;vote\nirs;voor\nssa;voor\ncbs;voor\n", 0, "Adopted."),
        ("voter,vote\nirs,for\nssa,for\ncbs,recused\n", 0, "Stepped aside"),
        ("voter,vote\nirs,for\nssa,for\ncbs,against\n", 1, "Short by 1."),
        ("voter,vote,present\nirs,for,\nssa,for,\ncbs,absent,yes\n", 1, "Not adopted."),
        ("voter,vote\nirs,for\nssa,for\n", 2, "No valid decision"),
    ],
)
def test_the_status_tells_what_the_votes_lead_to(votes, status, words):
    answer = tried(votes)
    assert (answer.returncode, answer.stderr) == (status, "")
    assert words in answer.stdout


@pytest.mark.parametrize(
    ("votes", "words"),
    [
        ("", "The file is empty."),
        ("name,choice\nirs,for\n", "voter and vote are missing"),
        ("voter,vote\nirz,for\n", "Did you mean “irs”?"),
        ("voter,vote\nirs,for\nirs,against\n", "stands here twice"),
        ("voter,vote\nirs,perhaps\n", "“perhaps” is no vote."),
        ('voter,vote\n"irs,for\n', "The CSV is not well formed"),
    ],
)
def test_votes_that_cannot_be_read_are_bad_input(votes, words):
    answer = tried(votes)
    assert (answer.returncode, answer.stdout) == (3, "")
    assert words in answer.stderr


def test_every_fault_in_the_votes_comes_at_once():
    answer = tried("voter,vote\nirz,for\nssa,perhaps\n")
    assert [line.split(":")[0] for line in answer.stderr.splitlines()] == ["line 2", "line 3"]


def test_a_procedure_that_is_not_there_is_bad_input():
    answer = tried("voter,vote\nirs,for\n", procedure="nowhere")
    assert answer.returncode == 3
    assert "This procedure is not in the charter." in answer.stderr


def test_a_forgotten_word_is_bad_input_too():
    answer = run("try-rule", CHARTER)
    assert answer.returncode == 3
    assert "usage:" in answer.stderr


def test_a_faulty_charter_cannot_be_tried(tmp_path):
    (tmp_path / "faulty.yaml").write_text("concordia: charter/1\n", encoding="utf-8")
    answer = run("try-rule", tmp_path / "faulty.yaml", "strategic", "-", given="voter,vote\n")
    assert answer.returncode == 3
    assert "alliance" in answer.stderr


def test_a_machine_reads_the_verdict_and_both_languages():
    answer = tried("voter,vote\nirs,for\nssa,for\ncbs,block\n", "--json")
    found = json.loads(answer.stdout)
    assert (answer.returncode, found["verdict"]) == (1, "rejected")
    assert all(set(line["text"]) == {"nl", "en"} for line in found["lines"])


def test_a_machine_reads_the_problems_with_where_and_how_to_mend():
    answer = tried("voter,vote\nirz,for\n", "--json")
    found = json.loads(answer.stdout)
    assert (answer.returncode, found["verdict"]) == (3, None)
    assert [problem["path"] for problem in found["problems"]] == ["line 2"]
    assert set(found["problems"][0]["mend"]) == {"nl", "en"}


def test_a_dutch_terminal_gets_dutch():
    assert "Aangenomen." in tried("voter,vote\nirs,for\nssa,for\ncbs,for\n", language="nl_NL").stdout
