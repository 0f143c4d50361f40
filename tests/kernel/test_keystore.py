"""What is said about a subject is readable as long as its key is there, and never again after."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from pytest_django import Settings

from concordia.kernel import keystore
from concordia.kernel.ids import new_id

CONTEXT = b"concordia.example/log\n4\nname"


@pytest.fixture
def subject() -> str:
    return new_id("per")


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, settings: Settings) -> Path:
    settings.KEYS = tmp_path / "keys"
    return settings.KEYS


def test_what_was_sealed_opens_again(subject: str) -> None:
    sealed = keystore.seal(subject, b"a name", CONTEXT)
    assert b"a name" not in sealed
    assert keystore.unseal(subject, sealed, CONTEXT) == b"a name"
    assert keystore.unsealer()(subject, sealed, CONTEXT) == b"a name"


def test_what_was_sealed_opens_in_its_own_place_only(subject: str) -> None:
    sealed = keystore.seal(subject, b"a name", CONTEXT)
    with pytest.raises(InvalidTag):
        keystore.unseal(subject, sealed, b"concordia.example/log\n5\nname")
    with pytest.raises(InvalidTag):
        keystore.unseal(subject, sealed[:-1] + bytes([sealed[-1] ^ 1]), CONTEXT)


def test_a_key_opens_for_nobody_else(subject: str) -> None:
    sealed = keystore.seal(subject, b"a name", CONTEXT)
    other = new_id("per")
    keystore.seal(other, b"another", CONTEXT)
    with pytest.raises(InvalidTag):
        keystore.unseal(other, sealed, CONTEXT)


def test_a_destroyed_key_stays_destroyed(subject: str, keys: Path) -> None:
    sealed = keystore.seal(subject, b"a name", CONTEXT)
    keystore.destroy(subject)
    keystore.destroy(subject)
    with pytest.raises(keystore.ErasedError):
        keystore.unseal(subject, sealed, CONTEXT)
    with pytest.raises(keystore.ErasedError):
        keystore.seal(subject, b"again", CONTEXT)
    assert list(keystore.erased()) == [subject]
    assert keystore.is_erased(subject)
    assert [path.name for path in keys.rglob("per_*")] == [f"{subject}.erased"]


def test_a_subject_nobody_spoke_of_can_be_destroyed_too(subject: str) -> None:
    keystore.destroy(subject)
    assert keystore.is_erased(subject)
    assert not keystore.is_erased(new_id("per"))


def test_keys_are_for_their_owner_only(subject: str, keys: Path) -> None:
    keystore.seal(subject, b"a name", CONTEXT)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [keys, *keys.rglob("*")]}
    assert modes == {"keys": 0o700, subject[-2:]: 0o700, subject: 0o600}


def test_of_many_that_make_a_key_at_once_all_use_the_same(subject: str, keys: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        sealed = list(pool.map(lambda i: keystore.seal(subject, b"%d" % i, CONTEXT), range(64)))
    opened = [keystore.unseal(subject, each, CONTEXT) for each in sealed]
    assert opened == [b"%d" % i for i in range(64)]
    assert len([path for path in keys.rglob("*") if path.is_file()]) == 1


def test_a_key_made_while_its_subject_is_erased_does_not_stay(
    subject: str, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def erase_first(source: Path, target: Path) -> None:
        keystore.destroy(subject)
        link(source, target)

    monkeypatch.setattr(os, "link", erase_first)
    with pytest.raises(keystore.ErasedError):
        keystore.seal(subject, b"a name", CONTEXT)
    assert [path.name for path in keys.rglob("per_*")] == [f"{subject}.erased"]


@pytest.mark.parametrize("name", ["", "../../secret", "per_", "per_" + "a" * 27, "PER_" + "a" * 26])
def test_only_an_identifier_names_a_key(name: str) -> None:
    with pytest.raises(ValueError, match="not a subject"):
        keystore.seal(name, b"a name", CONTEXT)
