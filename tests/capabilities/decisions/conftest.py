"""The cast of these tests, once per test."""

import pytest
from support.cast import make_cast
from support.deciding import rich_cast


@pytest.fixture
def cast(db):
    return rich_cast()


@pytest.fixture
def other(db):
    """Another alliance, of people who are outsiders here."""
    return make_cast("other")
