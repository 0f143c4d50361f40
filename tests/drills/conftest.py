"""An installation to be harmed, made once for each module and copied for each drill."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker
from support.installation import Installation, new_installation

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here is a drill."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.drill)


@pytest.fixture(scope="module")
def fresh(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Installation]:
    """An alliance of three partners whose logs are empty."""
    with django_db_blocker.unblock():
        made = new_installation(tmp_path_factory.mktemp("fresh") / "data")
        yield made
        made.drop()


@pytest.fixture
def place(fresh: Installation, tmp_path: Path, db: None) -> Iterator[Installation]:
    """A copy of it to harm."""
    made = fresh.copy(tmp_path / "place")
    yield made
    made.drop()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Where the signer leaves a copy of every note it gives out."""
    return tmp_path / "notes"
