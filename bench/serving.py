"""The product as it is served: one worker process, asked over the network of this machine."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlparse

from concordia.commandline.serving import server_command


@contextmanager
def server() -> Iterator[subprocess.Popen[bytes]]:
    """Serve with one worker, with the settings of `concordia run`, until done."""
    port = _address()[1]
    process = subprocess.Popen(server_command("127.0.0.1", port, workers=1))  # noqa: S603
    try:
        _wait()
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def ask(path: str, cookie: str = "") -> tuple[bytes, int, str]:
    """A page or file as a browser asks for it: what came, how many bytes the answer was, how it was packed.

    Raises RuntimeError for anything but 200.
    """
    connection = HTTPConnection(*_address(), timeout=30)
    headers = {"Accept-Encoding": "gzip", "Accept-Language": "nl"}
    connection.request("GET", path, headers=headers | ({"Cookie": cookie} if cookie else {}))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: status {answer.status}")
    heads = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    return body, heads + len(body), answer.headers.get("Content-Encoding", "")


def resident(process: int) -> int:
    """The memory of a process and of those it started, each for itself, in bytes: the largest is the worker."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    own = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    kilobytes = next(int(line.split()[1]) for line in own.splitlines() if line.startswith("VmRSS"))
    return max([kilobytes * 1024, *(resident(int(child)) for child in children)])


def _address() -> tuple[str, int]:
    parts = urlparse(os.environ["CONCORDIA_URL"])
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def _wait() -> None:
    for _ in range(200):
        try:
            ask("/health")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
