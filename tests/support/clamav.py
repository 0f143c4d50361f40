"""A virus scanner of our own: ClamAV's real daemon, which knows one signature, that of the harmless test file."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

# The test file of EICAR. Put together here, so that no scanner trips over this file.
EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$", b"EICAR", b"-STANDARD-ANTIVIRUS-", b"TEST-FILE!$H+H*"))
LARGEST = 1024 * 1024  # bytes this scanner takes


@dataclass(frozen=True)
class Scanner:
    """Where it listens, as the setting names it."""

    unix: str
    tcp: str


@contextmanager
def own_scanner() -> Iterator[Scanner]:
    """A running scanner. Skips, saying so, where ClamAV is not installed."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("no ClamAV found: install the package clamav-daemon")
    folder = Path(tempfile.mkdtemp(prefix="scanner-"))  # short: the path of a socket has a limit
    port = _free_port()
    (folder / "known.ndb").write_text(f"Test-File:0:*:{EICAR.hex()}\n", encoding="ascii")
    _write_settings(folder, port)
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen([program, "-c", str(folder / "conf")], stdout=log, stderr=log)
        try:
            _wait(running, folder, port)
            yield Scanner(f"unix://{folder}/socket", f"tcp://127.0.0.1:{port}")
        finally:
            running.terminate()
            running.wait(timeout=30)
            shutil.rmtree(folder)


def _write_settings(folder: Path, port: int) -> None:
    lines = {
        "Foreground": "yes",
        "DatabaseDirectory": folder,
        "TemporaryDirectory": folder,
        "LocalSocket": folder / "socket",
        "TCPSocket": port,
        "TCPAddr": "127.0.0.1",
        "StreamMaxLength": LARGEST,
    }
    if os.getuid() == 0:
        lines["User"] = "root"
    text = "".join(f"{name} {value}\n" for name, value in lines.items())
    (folder / "conf").write_text(text, encoding="utf-8")


def _wait(running: subprocess.Popen[bytes], folder: Path, port: int) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        assert running.poll() is None, (folder / "log").read_text()
        time.sleep(0.1)
    raise AssertionError((folder / "log").read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
