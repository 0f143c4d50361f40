"""The list of parts names everything that runs; a known weakness of one stops the build where somebody can be asked."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKED = dict(
    re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE)
)


def told(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "bin/parts.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@contextmanager
def answering(weak: dict[str, list[str]], results: object = None) -> Iterator[str]:
    """A database of weaknesses on this machine, which knows these; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            known = [weak.get(f"{query['package']['name']} {query['version']}", []) for query in asked]
            found = [{"vulns": [{"id": one} for one in ids]} if ids else {} for ids in known]
            body = json.dumps({"results": found if results is None else results}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_every_locked_part_is_in_the_list_with_its_version_and_hashes() -> None:
    listed = json.loads(told().stdout)

    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    assert {one["name"]: one["version"] for one in listed["components"]} == LOCKED
    for one in listed["components"]:
        assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"
        assert all(len(file["hashes"][0]["content"]) == 64 for file in one["externalReferences"])
        assert one["externalReferences"], one["name"]
    assert told().stdout == told().stdout


def test_what_the_list_names_is_what_runs_here() -> None:
    for one in ("django", "cryptography", "django-allauth", "granian"):
        assert LOCKED[one] == version(one)


def test_the_list_says_what_needs_what() -> None:
    listed = json.loads(told().stdout)
    names = {one["bom-ref"]: one["name"] for one in listed["components"]}
    needs = {one["ref"]: {names[ref] for ref in one["dependsOn"]} for one in listed["dependencies"]}
    own = needs[listed["metadata"]["component"]["bom-ref"]]

    assert {"django", "jinja2", "cryptography", "granian"} <= own
    assert "asgiref" in needs[f"pkg:pypi/django@{LOCKED['django']}"]
    assert set().union(*needs.values()) == set(LOCKED)


def test_a_known_weakness_is_named_with_status_1_and_none_gives_0() -> None:
    with answering({f"django {LOCKED['django']}": ["TEST-1", "TEST-2"]}) as address:
        answer = told("--weaknesses", "--ask", address)
    assert answer.returncode == 1
    assert f"pkg:pypi/django@{LOCKED['django']}: TEST-1, TEST-2" in answer.stdout

    with answering({"django 0.9": ["OLD-1"]}) as address:
        answer = told("--weaknesses", "--ask", address)
    assert (answer.returncode, f"{len(LOCKED)} parts, 0 with" in answer.stdout) == (0, True)


@pytest.mark.parametrize("results", [[], "odd", [{}]])
def test_an_answer_that_makes_no_sense_is_never_taken_for_all_is_well(results: object) -> None:
    with answering({}, results) as address:
        assert told("--weaknesses", "--ask", address).returncode == 3


def test_where_nobody_can_be_asked_it_says_so_with_status_3() -> None:
    answer = told("--weaknesses", "--ask", "http://127.0.0.1:9/")

    assert answer.returncode == 3
    assert "Nobody could be asked" in answer.stderr


def test_repairs_have_times_for_our_own_code_and_for_parts_of_others() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = [
        re.findall(r"(\d+) days", line)
        for line in text.splitlines()
        if line.startswith("| ") and "day" in line
    ]

    assert [row for row in rows if row] == [["2", "2"], ["7", "7"], ["90", "90"]]
