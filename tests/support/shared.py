"""Real inputs that live beside the repository and are never copied into it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2].parent / "shared"
FOLDER = ROOT / "data"


def shared_data(path: str) -> Path:
    """The file or folder of real inputs, or a skip that says what is absent."""
    return shared(f"data/{path}")


def shared(path: str) -> Path:
    """A file or folder beside the repository, or a skip that says what is absent."""
    found = ROOT / path
    if not found.exists():
        pytest.skip(f"../shared/{path} is not here")
    return found
