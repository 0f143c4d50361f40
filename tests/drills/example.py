"""The living example served for a drill."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.served import free_port

DRAFT = {"title": "Een loket", "question": "Komt er een loket?", "procedure": "strategic"}


@contextmanager
def example_on(url: str, folder: Path, more: Mapping[str, str] | None = None) -> Iterator[str]:
    """The living example on a database, SQLite where the URL is empty, with more in its environment; its door."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORDIA_")}
    settings = {"CONCORDIA_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "concordia.site.settings"}
    words = ["demo", "--data", str(folder / "data"), "--port", str(port), "--no-open", "--language", "nl"]
    log = folder / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "concordia", *words]
        running = subprocess.Popen(
            command, env=kept | settings | dict(more or {}), stdout=out, stderr=subprocess.STDOUT
        )
        try:
            yield _door(log, running, port)
        finally:
            running.terminate()
            running.wait(timeout=90)


def _door(log: Path, running: subprocess.Popen[bytes], port: int) -> str:
    for _ in range(1800):  # a busy machine takes its time to make the example
        found = re.search(r"http://\S+/example/\S+", log.read_text())
        with socket.socket() as probe:
            if found and probe.connect_ex(("127.0.0.1", port)) == 0:
                return found.group()
        assert running.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())
