"""The tables ask for thousands of pages that are not there, which would slow anybody else."""

from datetime import timedelta

import pytest

from concordia.capabilities.accounts.facts import LIMITS, Limit


@pytest.fixture(autouse=True)
def at_one_moment(standing_clock: None) -> None:
    """Two pages of one test never differ by the minute that passed between them."""


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one account miss as often as a table asks; tests/badinput holds the limit itself."""
    monkeypatch.setitem(LIMITS, "absent", Limit(1_000_000, timedelta(seconds=1)))
