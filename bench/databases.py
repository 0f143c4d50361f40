"""The two databases to measure on, each empty and gone afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@contextmanager
def installation(database: str) -> Iterator[dict[str, str]]:
    """The environment of an empty installation on a database of this kind."""
    with tempfile.TemporaryDirectory(prefix="concordia-bench-") as folder:
        if database == SQLITE:
            yield _environment(folder, "")
            return
        with _server(Path(folder, "server")) as url:
            yield _environment(folder, url)


def _environment(folder: str, url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORDIA_")}
    return kept | {
        "CONCORDIA_DATA": str(Path(folder, "data")),
        "CONCORDIA_DATABASE_URL": url,
        "CONCORDIA_URL": f"http://127.0.0.1:{_free_port()}",
        "CONCORDIA_LOG_HOST": "concordia.example",
        "DJANGO_SETTINGS_MODULE": "concordia.site.settings",
        "PYTHONPATH": str(Path(__file__).resolve().parents[1] / "tests"),
    }


@contextmanager
def _server(home: Path) -> Iterator[str]:
    """A PostgreSQL server of our own, as somebody without rights; its URL."""
    home.mkdir()
    as_somebody: list[str] = []
    if os.getuid() == 0:
        home.parent.chmod(0o755)
        shutil.chown(home, "postgres")
        as_somebody = ["runuser", "-u", "postgres", "--"]
    tools, port = _tools(), _free_port()

    def run(tool: str, *words: str) -> None:
        command = [*as_somebody, str(tools / tool), "-D", str(home / "db"), *words]
        subprocess.run(command, cwd=home, check=True, stdout=subprocess.DEVNULL)  # noqa: S603

    run("initdb", "-A", "trust", "-U", "concordia", "-E", "UTF8", "--locale=C.UTF-8")
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c max_connections=100"
    )
    run("pg_ctl", "-w", "-l", str(home / "log"), "-o", options, "start")
    try:
        yield f"postgresql://concordia@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")


def _tools() -> Path:
    on_path = shutil.which("initdb")
    found = (
        [Path(on_path)] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    )
    if not found:
        raise SystemExit("PostgreSQL is not on this machine: install it, or measure with --database sqlite.")
    return found[-1].parent


def _version(initdb: Path) -> tuple[int, str]:
    name = initdb.parts[-3]
    return (int(name) if name.isdigit() else 0, name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
