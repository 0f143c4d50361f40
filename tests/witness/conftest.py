"""A fresh partner for each test, and keys that are looked at once."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from support.bundles import Partner

from concordia import witness


@pytest.fixture
def east(tmp_path: Path) -> Partner:
    return Partner(tmp_path)


@pytest.fixture(scope="module")
def fast_keys() -> Iterator[None]:
    """Verifying is a pure function; a sweep asks it the same thousands of times."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("is_sound_key", "ed25519_verify", "ml_dsa_verify", "ed25519_public"):
            patch.setattr(witness, name, lru_cache(maxsize=4096)(getattr(witness, name)))
        yield
