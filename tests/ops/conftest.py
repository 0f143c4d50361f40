"""The register of an alliance by itself, its keys and signer in a folder apart."""

from pathlib import Path

import pytest
from pytest_django import Settings
from support.house import House, make_house


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, settings: Settings) -> None:
    settings.KEYS = tmp_path / "keys"
    settings.SIGNER = tmp_path / "signer"


@pytest.fixture
def house(db: None) -> House:
    return make_house()
