"""The signer is asked as a command apart, and what it says is passed on as it is."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from concordia.domain.merkle import leaf_hash
from concordia.kernel import signing

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, settings: Settings) -> None:
    settings.SIGNER = tmp_path / "signer"


def test_marks_of_many_logs_come_in_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    signing.sign("a.example/log", 1, leaf_hash(b"a"), [], NOW)
    monkeypatch.setattr(signing, "_ORIGINS", 2)
    found = signing.marks(["a.example/log", "b.example/log", "c.example/log"])
    assert [found[f"{name}.example/log"][0] for name in "abc"] == [1, 0, 0]
    assert signing.mark("a.example/log") == found["a.example/log"]


def test_a_refusal_is_the_signers_own_sentence() -> None:
    signing.sign("a.example/log", 2, leaf_hash(b"a"), [], NOW)
    with pytest.raises(signing.SigningError, match=r"Nothing was signed|Niets is ondertekend"):
        signing.sign("a.example/log", 1, leaf_hash(b"b"), [], NOW)


@pytest.mark.parametrize("command", ["/nowhere/signer", f"{sys.executable} -c 'import time; time.sleep(9)'"])
def test_a_signer_that_does_not_answer_is_given_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    settings.SIGNER_COMMAND = command
    monkeypatch.setattr(signing, "_PATIENCE", 0.2)
    with pytest.raises(signing.SigningError, match="did not answer"):
        signing.mark("a.example/log")


def test_both_keys_of_a_log_are_told() -> None:
    keys = signing.verifier_keys("a.example/log")
    assert [key.startswith("a.example/log+") for key in keys] == [True, True]
