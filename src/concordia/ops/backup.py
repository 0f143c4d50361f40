"""Back up an installation: database and files in one folder, keys and signer in another, the copy checked.

Keys are kept apart since a copy of the database with its keys could bring back what was erased; of the keys
only the newest copy is kept, for the same reason (docs/operating.md).
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from concordia.capabilities.ledger.models import Checkpoint
from concordia.domain.texts import both
from concordia.ops.engines import Engine, engine
from concordia.ops.fsck import Report, fsck

FORMAT = "concordia-backup/1"
DESCRIPTION = "backup.json"
FILES = "files"
KEYS, SIGNER, SECRET = "keys", "signer", "secret-key"
_UNSURE = "-not-whole"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written. `report` is what checking the copy said; None when it could only be read."""

    folder: Path
    size: int
    report: Report | None

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong with the copy."""
        return self.report is None or self.report.ok

    def lines(self, language: str) -> list[str]:
        """The outcome for people."""
        megabytes = f"{self.size / 1e6:.1f}"
        written = both(
            f"Reservekopie geschreven: {self.folder} ({megabytes.replace('.', ',')} MB).",
            f"Backup written: {self.folder} ({megabytes} MB).",
        )
        unchecked = both(
            "De kopie is gelezen maar niet nagerekend: deze databaserol mag geen database maken. "
            "Geef haar CREATEDB, of zet deze kopie nu en dan ergens terug.",
            "The copy was read but not recomputed: this database role may not make a database. "
            "Give it CREATEDB, or restore this copy somewhere now and then.",
        )
        checked = self.report.lines(language) if self.report else [unchecked.in_language(language)]
        return [written.in_language(language), *checked]


def write_backup(out: Path, now: datetime, keys: Path | None = None) -> Backup:
    """Write a backup as a new folder in `out`, and the keys to `keys`, in place of their former copy.

    A copy in which something is wrong is kept too, under a name that says so. Raises EngineError or OSError,
    and leaves nothing behind then.
    """
    name = f"concordia-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    part = out / f".{name}.part"
    out.mkdir(parents=True, exist_ok=True)
    part.mkdir(mode=0o700)
    try:
        report = _copied(part, engine(), now)
        sound = report is None or report.ok
        folder = part.rename(out / (name if sound else f"{name}{_UNSURE}"))
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _sync(out)
    if keys is not None:  # after the database: whatever it holds then has its key
        _replace_keys(keys)
    return Backup(folder, sum(path.stat().st_size for path in _files_in(folder)), report)


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a backup by its path, but for the description that lists them."""
    found = {str(path.relative_to(folder)): path for path in _files_in(folder)}
    return {name: _digest(path) for name, path in sorted(found.items()) if name != DESCRIPTION}


def _copied(part: Path, source: Engine, now: datetime) -> Report | None:
    """Everything in its place; files before the database and after it, so that none it names is missed."""
    _copy_files(part / FILES)
    source.dump(part / source.file)
    _copy_files(part / FILES)
    with source.opened(part / source.file) as alias:
        report = fsck(alias, stop=False) if alias else None
    description = {
        "format": FORMAT,
        "made": now.astimezone(UTC).isoformat(timespec="seconds"),
        "engine": source.name,
        "database": source.file,
        "signed": Checkpoint.objects.exclude(note=b"").exists(),
        "files": digests(part),
    }
    (part / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")
    for path in (*_files_in(part), part):
        _sync(path)
    return report


def _copy_files(target: Path) -> None:
    """Copy the files that are not there yet, or were not all there: one that is whole never changes."""
    source = Path(default_storage.path(""))
    for path in _files_in(source):
        to = target / path.relative_to(source)
        if not _is_copied(path, to):
            to.parent.mkdir(parents=True, exist_ok=True)
            _copy_unless_gone(path, to)


def _is_copied(path: Path, to: Path) -> bool:
    """Whether a file is there whole; one that was still being written when it was copied is copied again."""
    if not to.exists():
        return False
    with suppress(FileNotFoundError):
        return to.stat().st_size == path.stat().st_size
    return True  # removed since: what was copied stays


def _replace_keys(target: Path) -> None:
    """The newest copy of keys, signer and secret; the former goes once this one is on disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = target.with_name(f".{target.name}.part"), target.with_name(f".{target.name}.old")
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    for name, source in ((KEYS, settings.KEYS), (SIGNER, settings.SIGNER)):
        for path in _files_in(Path(source)):
            to = fresh / name / path.relative_to(source)
            to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _copy_unless_gone(path, to)
    if (settings.DATA / SECRET).exists():
        _copy_unless_gone(settings.DATA / SECRET, fresh / SECRET)
    for path in (*_files_in(fresh), fresh):
        _sync(path)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    _sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _copy_unless_gone(path: Path, to: Path) -> None:
    """Copy bytes and mode; what was removed since it was listed is not missed."""
    try:
        shutil.copy2(path, to)
    except FileNotFoundError:
        to.unlink(missing_ok=True)


def _files_in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
