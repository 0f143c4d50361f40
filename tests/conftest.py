"""What every test may lean on."""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile(
    "ci", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Translations are compiled once, as at the start of an installation."""
    from concordia.web.shared.catalogs import compile_catalogs

    compile_catalogs()
