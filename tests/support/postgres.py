"""A PostgreSQL server of our own, to be stopped and started while somebody works."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Server:
    """A server in a folder of its own; `run` is its `pg_ctl`."""

    folder: Path
    tools: Path
    port: int

    @property
    def url(self) -> str:
        """The setting that makes an installation use it."""
        return f"postgresql://concordia@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start, and wait until it answers. Without a socket file: its path may be longer than a system allows."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def answers(self) -> bool:
        """Whether it runs."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """Stop at once, as in a failure: who is connected is cut off."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def make(self) -> None:
        """Make the files of an empty server."""
        self._run("initdb", "-A", "trust", "-U", "concordia", "-E", "UTF8", "--locale=C.UTF-8")

    def twin(self, folder: Path) -> "Server":
        """A standby made of this server as it runs now, in a folder of its own, to take its place at its port."""
        folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        found = Server(folder, self.tools, self.port)
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "concordia")
        found._run("pg_basebackup", *where, "-R", "-X", "stream", "-c", "fast")
        return found

    def promote(self) -> None:
        """Let a standby take over for good."""
        self._run("pg_ctl", "-w", "promote")

    def _run(self, tool: str, *words: str) -> None:
        as_somebody = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*as_somebody, str(self.tools / tool), "-D", str(self.folder / "db"), *words]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, timeout=120)


@contextmanager
def own_server(folder: Path) -> Iterator[Server]:
    """A running server without tables. Skips where no PostgreSQL is installed."""
    tools = _tools()
    if tools is None:
        pytest.skip("no PostgreSQL found: install the package postgresql")
    folder.mkdir()
    if os.getuid() == 0:
        for above in [folder, *folder.parents]:
            if above.stat().st_uid == 0 and above.name.startswith(("pytest-", "popen-", "test_", "server")):
                above.chmod(0o755)
        shutil.chown(folder, "postgres")
    server = Server(folder, tools, _free_port())
    server.make()
    server.start()
    try:
        yield server
    finally:
        with_it = (folder / "db" / "postmaster.pid").exists()
        if with_it:
            server.stop()


def _tools() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
