"""Thousands of requests that nobody should send, as everybody, at every address: nothing breaks, nothing is half kept.

`CONCORDIA_FUZZ=20000` sends so many instead of the few of every run; `CONCORDIA_FUZZ_SEED` begins elsewhere.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from concordia.capabilities.accounts.facts import LIMITS, Limit

from .fuzzing import Visitor, visitor

NUMBER = int(os.environ.get("CONCORDIA_FUZZ", "600"))
SEED = int(os.environ.get("CONCORDIA_FUZZ_SEED", "1"))


@pytest.fixture
def guest(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Somebody whom nothing slows down, with files kept where they go with the test."""
    for name in LIMITS:
        monkeypatch.setitem(LIMITS, name, Limit(10_000_000, timedelta(seconds=1)))
    where = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": where}
    return visitor(SEED)


def test_nothing_breaks_or_is_half_kept_whatever_is_sent(guest: Visitor) -> None:
    guest.send(NUMBER)

    told = [f"{sent.told}\n  {why}" for sent, why in guest.broken]
    print(sorted(guest.statuses.items()))
    assert not told, "\n".join(told[:20])
    assert sum(guest.statuses.values()) == NUMBER
