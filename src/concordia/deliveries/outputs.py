"""Write what a check hands over: whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, EIO, ENOSPC
from pathlib import Path
from typing import IO

QUARANTINE = "quarantine"  # the file of failing rows, in the folder of a job
FULL = frozenset({ENOSPC, EDQUOT, EFBIG, EIO})


def keep(data: bytes, place: Path) -> None:
    """Write a file, in the place of one that may be there. Raises OSError, and then leaves what was there."""
    with _whole(place) as file:
        file.write(data)


def keep_copy(source: Path, place: Path) -> None:
    """Write a file as another one is, as `keep` does."""
    with source.open("rb") as given, _whole(place) as file:
        shutil.copyfileobj(given, file)


def is_full(error: OSError) -> bool:
    """Whether a disk had no room left, or gave up."""
    return error.errno in FULL


@contextmanager
def _whole(place: Path) -> Iterator[IO[bytes]]:
    """A file beside the place, that takes it over when all was written."""
    if place.exists() and not place.is_file():  # a pipe or a device
        with place.open("wb") as file:
            yield file
        return
    place = place.resolve()
    beside = place.with_name(f".{place.name[:100]}.{os.getpid()}.part")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    except OSError as error:
        error.filename = str(place)
        raise
    finally:
        beside.unlink(missing_ok=True)
