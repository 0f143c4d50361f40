"""A few seconds of `bin/fuzz` on every change; ten minutes of it on request."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

ROOT = Path(__file__).resolve().parents[2]


def fuzz(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fuzz", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def test_no_reader_falls_over_damaged_input(tmp_path):
    answer = fuzz("--seconds", 10, "--keep", tmp_path)
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.startswith("seed ")
    assert not any(tmp_path.iterdir())


def test_one_case_is_tried_again_by_its_number(tmp_path):
    answer = fuzz("two-readers", "--seed", 3, "--only", 5, "--keep", tmp_path)
    assert answer.returncode == 0, answer.stdout
    assert "two-readers         1 cases" in answer.stdout


def test_a_target_that_is_none_is_told():
    answer = fuzz("nothing")
    assert answer.returncode == 2
    assert "no such target: nothing" in answer.stderr


def test_what_a_reader_falls_over_is_told_and_it_reads_on(tmp_path):
    (tmp_path / "good").write_text("<m/>")
    given = [
        {"case": number, "target": "two-readers", "path": str(tmp_path / name), "contract": ""}
        for number, name in enumerate(("none", "good"))
    ]
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.reader"],
        cwd=ROOT,
        env=os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system"},
        input="".join(json.dumps(one) + "\n" for one in given),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    first, last = map(json.loads, done.stdout.splitlines())
    assert first["wrong"].startswith("FileNotFoundError")
    assert last == {"case": 1, "wrong": None}


def test_a_case_is_the_same_every_time():
    code = "from fuzz.cases import case_of\nfor n in range(14): print(hash(case_of(9, n)))"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    }
    assert len(said) == 1
