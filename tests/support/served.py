"""The product as it is served for real: processes of its own, asked over the network of this machine."""

import http.cookiejar
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from .installation import Installation

FORM = "application/x-www-form-urlencoded"


class Visitor:
    """A browser without pictures: keeps cookies, follows redirects, takes every status."""

    def __init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._open = urllib.request.build_opener(jar).open

    def ask(self, url: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """The status, where one ended, and the page."""
        data = urlencode(form).encode() if form else None
        try:
            with self._open(url, data, timeout=30) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, url, error.read().decode()

    def send(self, url: str, form: dict[str, str], *, to: str = "") -> tuple[int, str, str]:
        """Open a page and send its form with these fields, to the page itself unless said otherwise."""
        token = token_in(self.ask(url)[2])
        return self.ask(to or url, form | {"csrfmiddlewaretoken": token})


def token_in(page: str) -> str:
    """The token of the forms on a page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None, page
    return found.group(1)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(place: Installation, port: int, workers: int = 3) -> Iterator[str]:
    """`concordia run` with so many workers until done; its address."""
    address = f"http://127.0.0.1:{port}"
    words = ["run", "--data", str(place.data), "--port", str(port), "--workers", str(workers)]
    log = place.data / "served.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "concordia", *words]
        environment = place.environment | {"CONCORDIA_URL": address}
        running = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait(port, running, log)
            yield address
        finally:
            running.terminate()
            running.wait(timeout=30)


def _wait(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert running.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.1)
    raise AssertionError("it was not served within a minute")
