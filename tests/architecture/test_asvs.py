"""docs/asvs.md says of every line of ASVS levels 1 and 2 what holds it, and every test it names exists."""

import re
from pathlib import Path

import pytest
from support.shared import FOLDER

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (ROOT / "docs/asvs.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d", line)
]
LEVELS = [(identifier, row[1]) for row in ROWS for identifier in row[0].split(", ")]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
STATES = ("by the operator: docs/operating.md", "gap: ", "not applicable: ")


def test_no_line_is_answered_twice() -> None:
    ids = [identifier for identifier, _ in LEVELS]
    assert ids
    assert sorted({name for name in ids if ids.count(name) > 1}) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_line_is_held_by_a_test_or_says_why_not(row: list[str]) -> None:
    assert len(row) == 5
    assert row[1] in {"1", "2"}
    assert TEST.fullmatch(row[4]) or row[4].startswith(STATES)


@pytest.mark.parametrize("row", [row for row in ROWS if "::" in row[4]], ids=lambda row: row[0])
def test_the_test_a_line_names_exists(row: list[str]) -> None:
    path, function = TEST.fullmatch(row[4]).groups()
    assert f"def {function}(" in (ROOT / path).read_text(encoding="utf-8")


def test_every_line_that_applies_has_its_answer() -> None:
    asked = FOLDER.parent / "design" / "asvs.md"
    if not asked.exists():
        pytest.skip("the list of what applies is not beside this repository")
    lines = re.findall(r"^- ([\d.]+) L([12]) ", asked.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(LEVELS) == sorted(lines)
