"""A partner with the one-file witness, and bundles that are changed on the way."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

from support.registers import Log, bundle_of

from concordia import witness
from concordia.domain.archive import write_archive

FILE = Path(witness.__file__)
NAME = "oost.example/w1"


@dataclass(frozen=True)
class Answer:
    """What a command of the witness answered."""

    status: int
    out: str
    err: str


class Partner:
    """The partner in the east: a folder of its own, and the witness run in it."""

    def __init__(self, folder: Path, name: str = NAME) -> None:
        self.folder = folder
        self.home = folder / "witness"
        self.init = self.run("init", str(self.home), "--name", name)

    def run(self, *words: str, language: str = "en") -> Answer:
        """Run a command in this process."""
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = witness.main(["--lang", language, "--state", str(self.home), *words])
        return Answer(status, out.getvalue(), err.getvalue())

    def pin(self, *logs: Log) -> "Partner":
        """Pin the Ed25519 key of each log."""
        for log in logs:
            assert self.run("pin", str(log.signer.keys[0])).status == 0
        return self

    def check(self, bundle: bytes | Log, private: Log | None = None, language: str = "en") -> Answer:
        """Check a bundle, or the bundle of a log."""
        data = bundle if isinstance(bundle, bytes) else bundle_of(bundle, private)
        path = self.write("bundle.zip", data)
        return self.run("check", path, language=language)

    def write(self, name: str, data: bytes) -> str:
        """A file of the partner's; its path."""
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def read(self) -> witness.State:
        """What the witness remembers."""
        with witness.State.opened(str(self.home)) as state:
            return state

    def copy(self) -> dict[str, bytes]:
        """The members of the only bundle that the witness keeps."""
        [path] = self.home.glob("*.zip")
        return members_of(path.read_bytes())


def run_alone(python: str, *words: str, language: str = "en") -> Answer:
    """Run the file itself as partners do: a Python without any package, and nothing of this repository."""
    command = [python, "-I", "-S", str(FILE), *words, "--lang", language]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


def here() -> str:
    """The Python that runs the tests."""
    return sys.executable


def members_of(bundle: bytes) -> dict[str, bytes]:
    """The members of a bundle by name, in their order."""
    with ZipFile(BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: Mapping[str, bytes]) -> bytes:
    """A bundle with valid checksums around any members."""
    out = BytesIO()
    write_archive(out, members)
    return out.getvalue()


def changed(bundle: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The bundle with one member changed, packed again as if nothing happened."""
    members = members_of(bundle)
    return packed({**members, name: change(members[name])})


def without(bundle: bytes, name: str) -> bytes:
    """The bundle without one member."""
    return packed({key: value for key, value in members_of(bundle).items() if key != name})


def flipped(data: bytes, place: int, bits: int = 1) -> bytes:
    """The bytes with one of them changed."""
    return data[:place] + bytes([data[place] ^ bits]) + data[place + 1 :]
