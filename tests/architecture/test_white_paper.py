"""docs/white-paper.md says of every section where it lives, and what it says is so."""

import re
from pathlib import Path

import pytest
from support.shared import FOLDER

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (ROOT / "docs/white-paper.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d\.\d+ \|", line)
]


def test_every_section_of_the_white_paper_has_its_row():
    paper = FOLDER.parent / "seed" / "mastering-alliances.txt"
    if not paper.exists():
        pytest.skip("the white paper is not beside this repository")
    sections = re.findall(r"^\s*(\d\.\d+)\s*$", paper.read_text(encoding="utf-8"), re.MULTILINE)

    assert [row[0] for row in ROWS] == sections


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_section_names_its_capabilities(row):
    ids = row[2].split(", ")

    assert ids
    assert all(re.fullmatch(r"C([1-9]|[1-5]\d|60)", identifier) for identifier in ids)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_works_names_a_test_that_exists(row):
    state, test = row[3], row[4]

    assert state in {"works", "planned"}
    assert bool(test) == (state == "works")
    if test:
        assert (ROOT / test).exists()
