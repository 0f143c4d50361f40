"""An installation to be harmed, copied for each drill."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.installation import Installation

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here is a drill."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.drill)


@pytest.fixture
def place(installed: Installation, tmp_path: Path, db: None) -> Iterator[Installation]:
    """A copy of it to harm."""
    made = installed.copy(tmp_path / "place")
    yield made
    made.drop()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Where the signer leaves a copy of every note it gives out."""
    return tmp_path / "notes"
