"""What all this is for: a data steward agrees, checks, reads, mends; the alliance and an auditor come to the same."""

import csv
import json
import random
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
import yaml
from support.check import run

COLUMNS = ("bsn", "loonheffingennummer", "tijdvak_begin", "loon", "soort")
NEGATIVE, TWIN, TYPO = 70_001, 90_000, 500  # rows of the month that are wrong
AT = {name: place for place, name in enumerate(COLUMNS)}


def numbers(seed: int):
    """Citizen service numbers that pass the eleven-test, each once."""
    digits = iter(random.Random(seed).sample(range(10_000_000, 99_999_999), 150_000))
    for eight in digits:
        last = sum((9 - place) * int(digit) for place, digit in enumerate(str(eight))) % 11
        if last < 10:
            yield f"{eight}{last}"


def lines(rows: int, seed: int) -> list[list[str]]:
    chance, citizen = random.Random(seed), numbers(seed)
    return [
        [
            next(citizen),
            f"000000024L0{number % 3 + 1}",
            f"2026-{number % 12 + 1:02d}-01",
            f"{chance.randint(0, 500_000) / 100:.2f}".replace(".", ","),
            chance.choice(["11", "13", "15"]),
        ]
        for number in range(rows)
    ]


def written(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([COLUMNS, *rows])
    return path


def sampled(path: Path, rows: list[list[str]]) -> Path:
    """A tenth of the rows as an auditor takes them: typed, as Parquet."""
    cells = list(zip(*rows[::10], strict=True))
    made = {
        "bsn": arrow.array(cells[AT["bsn"]]),
        "loonheffingennummer": arrow.array(cells[AT["loonheffingennummer"]]),
        "tijdvak_begin": arrow.array([date.fromisoformat(day) for day in cells[AT["tijdvak_begin"]]]),
        "loon": arrow.array(
            [Decimal(wage.replace(",", ".")) for wage in cells[AT["loon"]]], arrow.decimal128(18, 2)
        ),
        "soort": arrow.array([int(kind) for kind in cells[AT["soort"]]]),
    }
    parquet.write_table(arrow.table(made), path)
    return path


@pytest.fixture
def agreed(tmp_path) -> Path:
    """A contract that somebody made of last month's file, and edited: ends of a sample are no demands."""
    proposed = tmp_path / "proposed.yaml"
    last = written(tmp_path / "wages.csv", lines(2_000, 1))
    made = subprocess.run(
        [sys.executable, "-m", "concordia", "contract", "from-sample", str(last), "--out", str(proposed)],
        check=False,
    )
    assert made.returncode == 0
    document = yaml.safe_load(proposed.read_text(encoding="utf-8"))
    of = {one["name"]: one for one in document["schema"][0]["properties"]}
    assert of["bsn"]["logicalTypeOptions"]["format"] == "bsn"
    of["loon"]["logicalTypeOptions"] = {"minimum": 0}
    document["version"], document["status"] = "1.0.0", "active"
    path = tmp_path / "wages.odcs.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def month() -> list[list[str]]:
    rows = lines(100_000, 2)
    rows[TYPO - 1][AT["bsn"]] = "123456789"
    rows[NEGATIVE - 1][AT["loon"]] = "-12,50"
    rows[TWIN - 1][AT["bsn"]] = rows[0][AT["bsn"]]
    return rows


def told(document: Path) -> dict:
    return json.loads(document.read_text(encoding="utf-8"))


def readme() -> list[str]:
    """What the README shows of a check."""
    text = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    return text[text.index("Refused: ") : text.index("```", text.index("Refused: "))].splitlines()


@pytest.mark.xdist_group("spark")
def test_a_steward_mends_what_was_told_and_everybody_sees_the_same_verdict(agreed, tmp_path, spark_server):
    rows, aside = month(), tmp_path / "aside.jsonl"
    refused = run(
        agreed, written(tmp_path / "this-month.csv", rows), "--quarantine", aside, "--json", tmp_path / "first.json",
        language="nl",
    )  # fmt: skip
    assert refused.returncode == 2
    first = told(tmp_path / "first.json")
    failed = {rule["key"]: rule["counted"] for rule in first["rules"] if rule["result"] == "failed"}
    assert failed == {"wages.bsn.format": 1, "wages.bsn.unique": 1, "wages.loon.minimum": 1}
    for sentence in (
        "Geweigerd: 3 van de",
        "rij 70.001: loon “-12,50”",
        "rij 500: bsn “•••”",
        "rij 90.000: bsn “•••” (ook in rij 1)",
    ):
        assert sentence in refused.stdout

    in_english = run(agreed, tmp_path / "this-month.csv").stdout.splitlines()
    assert readme() == in_english[: len(readme())]

    wrong = [json.loads(line) for line in aside.read_text(encoding="utf-8").splitlines()]
    assert [one["_row"] for one in wrong] == [TYPO, NEGATIVE, TWIN]
    spare = numbers(3)
    mended = [list(row) for row in rows]
    mended[TYPO - 1][AT["bsn"]] = next(spare)
    mended[NEGATIVE - 1][AT["loon"]] = "12,50"
    mended[TWIN - 1][AT["bsn"]] = next(spare)
    month_file = written(tmp_path / "this-month.csv", mended)
    at_home = run(agreed, month_file, "--json", tmp_path / "home.json", "--previous", tmp_path / "first.json")
    assert at_home.returncode == 0

    arrived = tmp_path / "alliance" / "this-month.csv"
    arrived.parent.mkdir()
    arrived.write_bytes(month_file.read_bytes())
    there = run(agreed, arrived, "--json", tmp_path / "there.json", language="nl")
    assert there.returncode == 0
    home, alliance = (told(tmp_path / f"{name}.json") for name in ("home", "there"))
    for part in ("verdict", "contract", "files", "columns"):
        assert home[part] == alliance[part]
    without_before = [{key: rule[key] for key in rule if key != "previous"} for rule in home["rules"]]
    assert without_before == [
        {key: rule[key] for key in rule if key != "previous"} for rule in alliance["rules"]
    ]

    some = sampled(tmp_path / "sample.parquet", rows)
    again = [
        run(agreed, some, "--json", tmp_path / f"{name}.json", *more).returncode
        for name, more in (("here", ()), ("spark", ("--engine", spark_server)))
    ]
    assert again == [2, 2]
    here, spark = (told(tmp_path / f"{name}.json") for name in ("here", "spark"))
    counts = [{rule["key"]: rule["counted"] for rule in one["rules"]} for one in (here, spark)]
    assert counts[0] == counts[1]
    assert (counts[0]["wages.bsn.format"], counts[0]["wages.loon.minimum"]) == (0, 1)
