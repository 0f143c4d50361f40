"""One key per subject, outside the database: destroying it makes what was said unreadable (trust.md 4.1).

Keys are files of 32 random bytes named by subject, made and synced before their first use. The folder is
backed up apart from the database, with a short rotation (docs/operating.md).
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_SUBJECT = re.compile(r"[a-z]{3}_[0-9a-z]{26}")
_NONCE = 12
_LENGTH = 32
_ERASED = ".erased"

type Unseal = Callable[[str, bytes, bytes], bytes]


class ErasedError(Exception):
    """The key of this subject was destroyed: what it encrypted can never be read again."""


def seal(subject: str, plaintext: bytes, context: bytes) -> bytes:
    """Encrypt under the subject's key with AES-256-GCM; `context` must be given again to open.

    Raises ErasedError for a subject that was erased.
    """
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key(subject)).encrypt(nonce, plaintext, context)


def unseal(subject: str, sealed: bytes, context: bytes) -> bytes:
    """Decrypt what `seal` made. Raises ErasedError when the key is gone, InvalidTag when bytes changed."""
    return _open(_read(subject), sealed, context)


def unsealer() -> Unseal:
    """`unseal` for many openings at once, which reads each key once. Let go of it soon."""
    read = lru_cache(maxsize=1024)(_read)
    return lambda subject, sealed, context: _open(read(subject), sealed, context)


def destroy(subject: str) -> None:
    """Destroy a subject's key for good; doing it twice is the same as once. No new key is ever made."""
    path = _path(subject)
    _make_folder(path.parent)
    path.with_name(f"{subject}{_ERASED}").touch(mode=0o600)
    _sync(path.parent)
    with suppress(FileNotFoundError), path.open("r+b", buffering=0) as file:
        file.write(bytes(_LENGTH))  # where the disk writes in place, the old bytes are gone too
        os.fsync(file.fileno())
    path.unlink(missing_ok=True)
    _sync(path.parent)


def is_erased(subject: str) -> bool:
    """Whether the subject's key was destroyed."""
    path = _path(subject)
    return path.with_name(f"{subject}{_ERASED}").exists()


def erased() -> Iterator[str]:
    """Every subject whose key was destroyed."""
    for path in sorted(Path(settings.KEYS).glob(f"*/*{_ERASED}")):
        yield path.name.removesuffix(_ERASED)


def _open(key: bytes, sealed: bytes, context: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context)


def _read(subject: str) -> bytes:
    try:
        return _path(subject).read_bytes()
    except FileNotFoundError:
        raise ErasedError(subject) from None


def _key(subject: str) -> bytes:
    path = _path(subject)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return _make(path, subject)


def _make(path: Path, subject: str) -> bytes:
    if is_erased(subject):
        raise ErasedError(subject)
    _make_folder(path.parent)
    fresh = path.with_suffix(f".{os.getpid()}-{os.urandom(4).hex()}")
    with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(os.urandom(_LENGTH))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(fresh, path)  # of two that make it at once, one wins and both use that one
    fresh.unlink()
    if is_erased(subject):  # meanwhile: one of the two takes the key away again
        path.unlink(missing_ok=True)
        raise ErasedError(subject)
    _sync(path.parent)
    return path.read_bytes()


def _make_folder(folder: Path) -> None:
    """A folder only its owner enters, itself on disk before anything in it is relied upon."""
    for each in (folder.parent, folder):
        if not each.is_dir():
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sync(each.parent)


def _path(subject: str) -> Path:
    if not _SUBJECT.fullmatch(subject):
        raise ValueError(f"not a subject: {subject!r}")
    return Path(settings.KEYS) / subject[-2:] / subject


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
