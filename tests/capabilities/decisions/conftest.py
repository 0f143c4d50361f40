"""The cast of these tests, once per test."""

import pytest
from support.cast import make_cast
from support.deciding import rich_cast


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    """Keys are synced to disk when made; these tests are not about losing power."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


@pytest.fixture
def cast(db):
    return rich_cast()


@pytest.fixture
def other(db):
    """Another alliance, of people who are outsiders here."""
    return make_cast("other")
