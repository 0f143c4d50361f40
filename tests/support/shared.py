"""Real inputs that live beside the repository and are never copied into it."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def shared_data(path: str) -> Path:
    """The file or folder of real inputs, or a skip that says what is absent."""
    found = FOLDER / path
    if not found.exists():
        pytest.skip(f"the real inputs ../shared/data/{path} are not here")
    return found
