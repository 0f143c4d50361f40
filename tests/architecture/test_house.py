"""What the import contracts cannot say of the house: owners, the one choke point, sizes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from concordia.kernel.scoping import Owned

SOURCE = Path(__file__).resolve().parents[2] / "src" / "concordia"
CODE = sorted(SOURCE.rglob("*.py"))

# Rows that belong to the installation: an account is a person's own in every alliance; the entries of a log have
# the owner of their log; the framework's own tables.
WITHOUT_OWNER = {
    "accounts": "an account belongs to one person, across alliances; its queries answer for that person",
    "ledger.leaf": "an entry has the owner and audience of its log",
    "ledger.node": "a hash of a log's tree",
    "ledger.checkpoint": "a signed state of a log",
    "ledger.opening": "opened for a reader by the entry's own audience (may_open)",
    "ledger.erasure": "that a key was destroyed, kept beside every back-up",
}
# Who may ask for every row, and why: everything else starts from visible_to(access).
EVERY_ROW = {
    "kernel/scoping.py": "defines it",
    "capabilities/alliances/queries/entrance.py": "finds out who asks; nobody is known yet",
    "capabilities/alliances/commands/": "writes, under rows the command was granted through visible_to",
    "capabilities/decisions/commands/": "writes, counts numbers, and does due work for nobody in particular",
    "capabilities/ledger/commands/": "appends, signs and heals whole logs",
    "capabilities/ledger/queries/taking.py": "witness keys of a log that visible_to gave",
    "demo/": "builds the example",
    "ops/": "keeps the installation: back-up, healing, recomputing, the host's own commands",
}
# Functions that are longer than fifty lines, and why. A list to make shorter.
LONGER = {
    "demo/wage_data.py": {"_running": "texts in two languages"},
    "capabilities/decisions/queries/proposal.py": {"proposal": "gathers the largest page"},
}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in CODE:
        yield str(path.relative_to(SOURCE)), ast.parse(path.read_text(encoding="utf-8"))


def test_every_row_has_one_owner_and_an_audience() -> None:
    without = [
        model._meta.label_lower
        for model in apps.get_models()
        if model.__module__.startswith("concordia.") and not issubclass(model, Owned)
    ]
    assert without
    for label in without:
        assert label in WITHOUT_OWNER or label.split(".")[0] in WITHOUT_OWNER, f"{label} has no owner"


def test_only_listed_places_ask_for_every_row() -> None:
    asking = [name for name, tree in trees() if _calls(tree, "unscoped")]
    assert [name for name in asking if not any(name.startswith(place) for place in EVERY_ROW)] == []
    for place in EVERY_ROW:
        assert any(name.startswith(place) for name in [*asking, "kernel/scoping.py"]), (
            f"{place} no longer does"
        )


def test_no_page_touches_a_model() -> None:
    for path in (SOURCE / "web").rglob("*.py"):
        names = _imported(ast.parse(path.read_text(encoding="utf-8")))
        found = [name for name in names if re.search(r"capabilities\.\w+\.models", name)]
        assert found == [], path


def test_nothing_happens_behind_ones_back() -> None:
    for name, tree in trees():
        signals = [
            found for found in _imported(tree) if re.search(r"(^|\.)signals(\.|$)|^django\.dispatch", found)
        ]
        assert signals == [], f"{name} uses signals"


def test_time_is_an_argument() -> None:
    entrances = ("web/", "commandline/", "ops/", "demo/", "signer.py", "witness.py", "kernel/sqlite/")
    for name, tree in trees():
        if not name.startswith(entrances):
            found = [call for call in ("now", "today", "utcnow", "time") if _clock(tree, call)]
            assert found == [], f"{name} looks at the clock"


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(SOURCE)))
def test_files_fit_a_room_and_functions_a_glance(path: Path) -> None:
    if path.name == "witness.py":
        pytest.skip("one file by design: partners get it as it is (docs/decisions/0005)")
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    if "migrations" in path.parts:
        return
    longer = {
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _lines_of(node) > 50
    }
    assert longer == set(LONGER.get(str(path.relative_to(SOURCE)), {}))


def _lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _calls(tree: ast.Module, name: str) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
        for node in ast.walk(tree)
    )


def _clock(tree: ast.Module, name: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "time", "timezone"}
        for node in ast.walk(tree)
    )


def _imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found
