"""Pages as people get them."""

import pytest


@pytest.fixture(autouse=True)
def at_one_moment(standing_clock: None) -> None:
    """Two pages of one test never differ by the minute that passed between them."""
