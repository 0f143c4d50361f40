"""Many heavy pages at once: they wait their turn within bounded memory, none is lost, and the server goes on."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

pytestmark = pytest.mark.drill
AT_ONCE = 50
WORKERS = 2
MOST = 512 * 1024  # kB of memory of one worker
PAPER = 20 * 1024 * 1024  # bytes: the largest there may be


@dataclass(frozen=True)
class House:
    """The example, served by workers in processes of their own; `cookie` is that of somebody signed in."""

    port: int
    server: int
    cookie: str
    home: str

    def ask(self, path: str, body: bytes = b"", kind: str = "") -> tuple[int, dict[str, str], bytes]:
        """The status, the headers and the page, however long it takes."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=500)
        headers = {"Cookie": self.cookie} | ({"Content-Type": kind} if kind else {})
        line.request("POST" if kind else "GET", path, body or None, headers)
        answer = line.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        line.close()
        return found

    def workers(self) -> dict[int, int]:
        """The most memory that each worker ever had, in kB, by its process."""
        return {
            pid: _most(pid) for child in _children(self.server) for pid in _children(child) if _serves(child)
        }


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _serves(pid: int) -> bool:
    return b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()


def _most(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found.group(1))


@contextmanager
def served(folder: Path) -> Iterator[House]:
    """The example on a database of its own, with more than one worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORDIA_")}
    words = ["demo", "--data", str(folder / "data"), "--port", str(port), "--no-open", "--language", "nl"]
    log = folder / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "concordia", *words, "--workers", str(WORKERS)]
        environment = kept | {"DJANGO_SETTINGS_MODULE": "concordia.site.settings"}
        running = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            door = _door(log, running, port)
            cookie, home = _enter(port, urlsplit(door).path)
            yield House(port, running.pid, cookie, home)
        finally:
            running.terminate()
            running.wait(timeout=60)


def _door(log: Path, running: subprocess.Popen[bytes], port: int) -> str:
    for _ in range(3000):
        found = re.search(r"http://\S+/example/\S+", log.read_text())
        with socket.socket() as probe:
            if found and probe.connect_ex(("127.0.0.1", port)) == 0:
                return found.group()
        assert running.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def _enter(port: int, door: str) -> tuple[str, str]:
    """The cookie of a session, and the place of the alliance."""
    stranger = House(port, 0, "", "")
    _, headers, _ = stranger.ask(door)
    cookie = headers["set-cookie"].partition(";")[0]
    _, headers, _ = House(port, 0, cookie, "").ask("/")
    return cookie, headers["location"]


def _token(house: House, path: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', house.ask(path)[2].decode())
    assert found is not None
    return found.group(1)


def _pages(house: House) -> list[tuple[str, bytes, str]]:
    """What is heavy: bundles, documents and trials of a rule."""
    decisions = house.ask(f"{house.home}decisions/")[2].decode()
    decided = re.findall(rf"{house.home}decisions/dec_\w+/", decisions)[0]
    trial = f"{house.home}charter/procedures/strategic/trial/"
    votes = urlencode({"csrfmiddlewaretoken": _token(house, trial)}).encode()
    kinds = [
        (f"{house.home}register/bundle/", b"", ""),
        (f"{decided}extract.pdf", b"", ""),
        (f"{house.home}charter/versions/1/charter.pdf", b"", ""),
        (trial, votes, "application/x-www-form-urlencoded"),
    ]
    return [kinds[number % len(kinds)] for number in range(AT_ONCE)]


def _paper(token: str) -> bytes:
    start = f'--cut\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n--cut\r\n'
    head = 'Content-Disposition: form-data; name="file"; filename="long.txt"\r\n\r\n'
    return start.encode() + head.encode() + b"a" * PAPER + b"\r\n--cut--\r\n"


def test_fifty_heavy_pages_at_once_are_all_made_within_the_memory_of_two_workers(tmp_path: Path) -> None:
    with served(tmp_path) as house:
        asked = _pages(house)
        before = set(house.workers())
        with ThreadPoolExecutor(AT_ONCE) as people:
            answers = list(people.map(lambda one: house.ask(*one), asked))
        after = house.workers()

        assert [
            (one[0], answer[0]) for one, answer in zip(asked, answers, strict=True) if answer[0] >= 400
        ] == []
        assert len(before) == WORKERS
        assert set(after) == before, "a worker died"
        assert max(after.values()) < MOST, after
        assert house.ask(house.home)[0] == 200


def test_the_largest_papers_from_many_at_once_wait_within_the_memory_of_two_workers(tmp_path: Path) -> None:
    with served(tmp_path) as house:
        new = f"{house.home}proposals/new/"
        draft = {"title": "Stukken", "question": "Nemen wij deze stukken aan?", "procedure": "strategic"}
        token = _token(house, new)
        sent = urlencode(draft | {"csrfmiddlewaretoken": token}).encode()
        _, headers, _ = house.ask(new, sent, "application/x-www-form-urlencoded")
        before = set(house.workers())
        asked = (f"{headers['location']}papers/", _paper(token), "multipart/form-data; boundary=cut")

        with ThreadPoolExecutor(AT_ONCE) as people:
            answers = list(people.map(lambda _: house.ask(*asked), range(AT_ONCE)))

        after = house.workers()
        assert {answer[0] for answer in answers} == {303}
        assert set(after) == before, "a worker died"
        assert max(after.values()) < MOST, after
        assert house.ask(headers["location"])[2].count(b"long.txt") >= 1
