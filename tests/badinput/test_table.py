"""The table of bad input is true: every test it names exists, every row says its state, no number is left out."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
TABLE = TESTS.parent / "docs" / "bad-input.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| (\d|–)", line)
]
NAMED = sorted({name for row in ROWS for name in re.findall(r"`([\w/]+\.py::\w+)`", row[2])})


@pytest.mark.parametrize("name", NAMED)
def test_each_test_the_table_names_exists(name: str) -> None:
    path, _, function = name.partition("::")
    assert f"def {function}(" in (TESTS / path).read_text(encoding="utf-8")


def test_every_number_stands_once() -> None:
    numbers = [int(number) for row in ROWS for number in re.findall(r"\d+", row[0])]
    assert numbers == list(range(1, 79))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_says_held_only_with_a_test(row: list[str]) -> None:
    assert len(row) == 4
    assert row[3].startswith(("held", "in part: ", "not here yet: "))
    assert bool(row[2]) == (not row[3].startswith("not here yet"))


def test_every_file_of_these_tests_stands_in_the_table() -> None:
    files = {path.name for path in Path(__file__).parent.glob("test_*.py")} - {"test_table.py"}
    assert files == {name.split("/")[-1].partition("::")[0] for name in NAMED if name.startswith("badinput/")}
