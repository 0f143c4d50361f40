"""A fresh partner for each test."""

from pathlib import Path

import pytest
from support.bundles import Partner


@pytest.fixture
def east(tmp_path: Path) -> Partner:
    return Partner(tmp_path)
