"""A disk that fails when it is told to (disk.c): built here, and steered through a file that all processes share."""

import mmap
import os
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_CONTROL = struct.Struct("@5l")
WRITING, READING, MAKING = 1, 2, 4
ALWAYS = 2**62


@dataclass(frozen=True)
class Disk:
    """The disk under a folder. It works until it is told to fail."""

    library: Path
    control: Path
    under: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to be on this disk."""
        return {
            "LD_PRELOAD": str(self.library),
            "FAILING_CONTROL": str(self.control),
            "FAILING_UNDER": str(self.under),
        }

    def fail(self, kinds: int, error: int, *, after: int = 0, times: int = ALWAYS) -> None:
        """From now on let calls of these kinds fail: `times` of them in a row, once `after` have succeeded."""
        self._write(_CONTROL.pack(kinds, error, after, times, 0))

    def count(self, kinds: int) -> None:
        """Let everything succeed and count the calls of these kinds."""
        self.fail(kinds, 0, times=0)

    def work(self) -> None:
        """Let everything succeed again."""
        self._write(_CONTROL.pack(0, 0, 0, 0, 0))

    @property
    def counted(self) -> int:
        """How many calls of the kinds asked for were made since."""
        count: int = _CONTROL.unpack(self.control.read_bytes())[-1]
        return count

    def _write(self, data: bytes) -> None:
        with self.control.open("r+b") as file, mmap.mmap(file.fileno(), _CONTROL.size) as shared:
            shared[:] = data


def make_disk(folder: Path, under: Path) -> Disk:
    """A disk for what lies under a folder. Skips where it cannot be built, which CI forbids."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        assert "CI" not in os.environ, "a C compiler is needed to make a disk fail"
        pytest.skip("there is no C compiler here to make a disk that fails")
    library, control = folder / "disk.so", folder / "control"
    command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(_HERE / "disk.c"), "-ldl"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    control.write_bytes(bytes(_CONTROL.size))
    return Disk(library, control, under.resolve())
