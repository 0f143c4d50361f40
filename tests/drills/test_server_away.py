"""A database server that stops while people work: a calm page with what was typed, and on once it is back."""

import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from support.postgres import own_server

DRAFT = {"title": "Een loket", "question": "Komt er een loket?", "procedure": "strategic"}


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


@contextmanager
def example_on(url: str, folder: Path) -> Iterator[str]:
    """The living example on a database server; its door."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORDIA_")}
    settings = {"CONCORDIA_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "concordia.site.settings"}
    words = ["demo", "--data", str(folder / "data"), "--port", str(port), "--no-open", "--language", "nl"]
    log = folder / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "concordia", *words]
        running = subprocess.Popen(command, env=kept | settings, stdout=out, stderr=subprocess.STDOUT)
        try:
            yield _door(log, running, port)
        finally:
            running.terminate()
            running.wait(timeout=30)


def _door(log: Path, running: subprocess.Popen[bytes], port: int) -> str:
    for _ in range(600):
        found = re.search(r"http://\S+/example/\S+", log.read_text())
        with socket.socket() as probe:
            if found and probe.connect_ex(("127.0.0.1", port)) == 0:
                return found.group()
        assert running.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def test_a_database_server_that_restarts_loses_no_word_and_no_session(tmp_path: Path) -> None:
    visitor = Visitor()
    with own_server(tmp_path / "server") as server, example_on(server.url, tmp_path) as door:
        status, today, _ = visitor.ask(door)
        assert status == 200
        new = f"{today}proposals/new/"
        page = visitor.ask(new)[2]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None

        server.stop()
        status, _, page = visitor.ask(new, DRAFT | {"csrfmiddlewaretoken": token.group(1)})
        assert status == 503
        assert "De gegevens zijn nu even niet bereikbaar." in page
        assert all(typed in unescape(page) for typed in DRAFT.values())
        assert visitor.ask(today)[0] == 503

        server.start()
        assert visitor.ask(today)[0] == 200
        status, where, page = visitor.ask(new, DRAFT | {"csrfmiddlewaretoken": token.group(1)})
        assert (status, "Een loket" in page) == (200, True), where
