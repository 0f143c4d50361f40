"""Who is measured: our command with several contracts and limits, a raw scan, and tools of others."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.deliveries.contracts import key_of
from bench.deliveries.data import Made, as_csv
from bench.deliveries.rules import KEY, REFERENCE, TOTAL, Rule
from bench.environments import python_with

CONCORDIA = Path(sys.executable).with_name("concordia")
HERE = Path(__file__).parent
_WITHOUT = {"rows": (REFERENCE, KEY, TOTAL), "references": (KEY, TOTAL), "all": ()}


@dataclass(frozen=True)
class Contender:
    """A program by a name. `command` makes its words from a delivery and the file it answers in.

    `contract` names which of our contracts it is held against; empty where it is not ours. `accepted` are the ends of
    a program that did its work. `slow` ones run once.
    """

    name: str
    command: Callable[[Made, Path], Sequence[str]]
    contract: str = ""
    accepted: tuple[int, ...] = (0,)
    slow: bool = False

    def counts(self, delivery: Made, answer: Path) -> dict[str, int | None]:
        """What it counted for each rule by its name."""
        told = json.loads(answer.read_text())
        if not self.contract:
            return dict(told["counts"])
        found = {rule["key"]: rule["counted"] for rule in told["rules"]}
        return {rule.name: found.get(key_of(rule)) for rule in self.rules(delivery)}

    def rules(self, delivery: Made) -> list[Rule]:
        """The rules it was given, as far as that is known beforehand."""
        without = _WITHOUT.get(self.contract, ())
        return [rule for rule in delivery.rules if rule.sort not in without]

    def others_than_nought(self, delivery: Made, answer: Path) -> list[str]:
        """Rules of ours that nobody wrote (a column is there, its values are of its sort) and that found something."""
        if not self.contract:
            return []
        known = {key_of(rule) for rule in self.rules(delivery)}
        told = json.loads(answer.read_text())["rules"]
        return [rule["key"] for rule in told if rule["key"] not in known and rule["counted"] != 0]


def ours(name: str, contract: str, *words: str, csv: bool = False) -> Contender:
    """Our command, as anybody runs it."""

    def command(delivery: Made, answer: Path) -> Sequence[str]:
        chosen = Contender(name, command, contract).rules(delivery)
        lists = delivery.lists(chosen).items()
        return [
            *(str(CONCORDIA), "check", str(delivery.folder / f"{contract}.odcs.yaml")),
            str(as_csv(delivery) if csv else delivery.lines),
            *(word for name, path in lists for word in ("--reference", f"{name}={path}")),
            *("--json", str(answer), "--threads", "2", *words),
        ]

    return Contender(name, command, contract, accepted=(0, 1, 2))


def scan() -> Contender:
    """The raw scan."""
    program = [sys.executable, "-m", "bench.deliveries.scan"]
    return Contender(
        "raw scan (DuckDB)", lambda delivery, answer: [*program, str(delivery.folder), str(answer)]
    )


def other(name: str, program: str, *requirements: str, slow: bool = False) -> Contender:
    """A tool of others, in an environment of its own."""

    def command(delivery: Made, answer: Path) -> Sequence[str]:
        python = python_with(*requirements)
        return [str(python), str(HERE / "peers" / f"{program}.py"), str(delivery.folder), str(answer)]

    return Contender(name, command, slow=slow)


ROOMY = ("--no-profile", "--memory", "2GB")
ROWS = ours("ours: 28 rules about a row", "rows", *ROOMY)
REFERENCES = ours("ours: and 3 references", "references", *ROOMY)
ALL = ours("ours: all 33", "all", *ROOMY)
ALL_512 = ours("ours: all 33, 512 MB", "all", "--no-profile", "--memory", "512MB")
ALL_256 = ours("ours: all 33, hard 256 MB", "all", "--no-profile", "--memory", "256MB")
WHOLE = ours("ours: all 33, with profile", "all", "--memory", "512MB")
CSV = ours("ours: 31 rules on CSV", "references", *ROOMY, csv=True)
MONTH = ours("ours: a month", "all", "--no-profile", "--memory", "1GB")
SCAN = scan()
DATACONTRACT = other("datacontract-cli 1.2.8", "datacontract_cli", "datacontract-cli[duckdb]==1.2.8")
PANDERA = other("pandera 0.35.0 (polars)", "pandera_polars", "pandera[polars]==0.35.0")
SODA = other("soda 4.28.0 (DuckDB view)", "soda_view", "soda-duckdb==4.28.0")
POINTBLANK = other("pointblank 1.1.1 (polars)", "pointblank_polars", "pointblank[pl]==1.1.1")
EXPECTATIONS = other(
    "Great Expectations 1.24.1 (pandas)",
    "great_expectations_pandas",
    "great-expectations==1.24.1",
    "pyarrow",
    slow=True,
)
OURS = (ROWS, REFERENCES, ALL, ALL_512, ALL_256, WHOLE)
OTHERS = (DATACONTRACT, PANDERA, POINTBLANK, SODA, EXPECTATIONS)
