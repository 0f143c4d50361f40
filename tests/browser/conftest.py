"""The living example behind its real server, and people who look at it in a real Chromium."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of one file share a server: one process runs them all."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@dataclass(frozen=True)
class Example:
    """A running example: where it is, its door, and the folder with all its data."""

    url: str
    door: str
    data: Path


@dataclass
class Person:
    """Somebody at a browser, and what the browser complained about."""

    page: Any
    example: Example
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        return self.page.goto(f"{self.example.url}{path}")

    def follow(self, control: Any) -> None:
        """Click what leads to another page, and wait for that page: until then the old one is read."""
        with self.page.expect_navigation():
            control.click()

    def enter(self, language: str, hat: str = "") -> None:
        """Through the door of the example, under a hat, in a language."""
        self.page.goto(self.example.door)
        if hat:
            with self.page.expect_navigation():  # choosing is enough: the bar sends itself
                self.page.locator("#hat").select_option(label=hat)
        if self.page.locator("html").get_attribute("lang") != language:
            self.follow(self.page.locator("button[name=language]"))
        assert self.page.locator("html").get_attribute("lang") == language


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _door(log: Path, server: subprocess.Popen[bytes]) -> str:
    """The address that the server prints once it is about to serve."""
    for _ in range(900):  # a busy machine takes a minute
        found = re.search(r"http://\S+/example/\S+", log.read_text())
        if found:
            return found.group()
        assert server.poll() is None, log.read_text()
        time.sleep(0.2)
    raise AssertionError(log.read_text())


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _served(data: Path) -> Iterator[Example]:
    """`concordia demo`, as anybody starts it."""
    port, log = _free_port(), data.parent / f"{data.name}.log"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CONCORDIA_")}
    environment["DJANGO_SETTINGS_MODULE"] = "concordia.site.settings"
    command = [sys.executable, "-m", "concordia", "demo", "--data", str(data), "--port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*command, "--no-open", "--language", "nl"], stdout=out, stderr=subprocess.STDOUT, env=environment
        )
        try:
            door = _door(log, server)
            while not _answers(port):
                time.sleep(0.1)
            yield Example(f"http://127.0.0.1:{port}", door, data)
        finally:
            server.terminate()
            server.wait(timeout=90)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of an example that was started once and that nobody touched."""
    data = tmp_path_factory.mktemp("begun") / "data"
    with _served(data):
        pass
    return data


@pytest.fixture(scope="module")
def example(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """The example, one for each module: its people change its languages and votes."""
    data = tmp_path_factory.mktemp("example") / "data"
    shutil.copytree(begun, data)
    with _served(data) as served:
        yield served


@pytest.fixture
def person(example: Example, chromium: Any) -> Iterator[Callable[..., Person]]:
    """Makes somebody at an empty browser; `options` are those of a browser context."""
    contexts: list[Any] = []

    def make(**options: Any) -> Person:
        context = chromium.new_context(accept_downloads=True, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        made = Person(context.new_page(), example)
        made.page.on(
            "console",
            lambda said: said.type == "error" and made.complaints.append(f"{made.page.url}: {said.text}"),
        )
        made.page.on("pageerror", lambda error: made.complaints.append(f"{made.page.url}: {error}"))
        return made

    yield make
    for context in contexts:
        context.close()
