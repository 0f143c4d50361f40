"""A database server that stops while people work: a calm page with what was typed, and on once it is back."""

import contextlib
import secrets
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import psycopg
import pytest
from support.postgres import own_server
from support.served import Visitor, token_in

from .example import DRAFT, example_on


def _started(visitor: Visitor, door: str) -> tuple[str, dict[str, str]]:
    """Where a proposal is begun, and the draft with its token."""
    _, today, _ = visitor.ask(door)
    new = f"{today}proposals/new/"
    return new, DRAFT | {"csrfmiddlewaretoken": token_in(visitor.ask(new)[2])}


def _waiting(looking: psycopg.Connection[Any]) -> int:
    """How many hold the alliance and wait for what somebody else holds. Asked in transactions of its own each time."""
    held = "l.granted AND l.relation = 'alliances_alliance'::regclass AND l.mode = 'RowShareLock'"
    found = looking.execute(
        "SELECT count(*) FROM pg_stat_activity a JOIN pg_locks l USING (pid) "
        f"WHERE a.wait_event_type = 'Lock' AND {held}"
    ).fetchone()
    assert found is not None
    return int(found[0])


def test_an_act_that_the_database_stops_for_another_is_done_all_the_same(tmp_path: Path) -> None:
    visitor = Visitor()
    with own_server(tmp_path / "server") as server, example_on(server.url, tmp_path) as door:
        new, draft = _started(visitor, door)
        looking = psycopg.connect(server.url, autocommit=True)
        with looking, psycopg.connect(server.url) as other, ThreadPoolExecutor(1) as hands:
            other.execute("SET deadlock_timeout = '60s'")  # so that the page is the one that gives way
            other.execute("SELECT id FROM ledger_log FOR UPDATE")
            sent = hands.submit(visitor.ask, new, draft)
            while not (_waiting(looking) or sent.done()):
                time.sleep(0.01)
            other.execute("SELECT id FROM alliances_alliance FOR UPDATE")
            other.commit()
            status, where, page = sent.result(timeout=60)

        assert (status, "Een loket" in page) == (200, True), where
        assert (tmp_path / "server" / "log").read_text().count("deadlock detected") == 1


def test_a_row_that_somebody_holds_without_end_is_met_with_a_sentence_and_what_was_typed(
    tmp_path: Path,
) -> None:
    visitor = Visitor()
    with own_server(tmp_path / "server") as server, example_on(server.url, tmp_path) as door:
        new, draft = _started(visitor, door)
        with psycopg.connect(server.url) as other:
            other.execute(
                "SELECT id FROM alliances_alliance FOR UPDATE"
            )  # and then nothing: idle in transaction
            status, _, page = visitor.ask(new, draft)

        assert status == 503
        assert "De gegevens zijn nu even niet bereikbaar." in page
        assert all(DRAFT[typed] in unescape(page) for typed in ("title", "question"))
        assert visitor.ask(new, draft)[0] == 200


def test_a_database_server_that_restarts_loses_no_word_and_no_session(tmp_path: Path) -> None:
    visitor = Visitor()
    with own_server(tmp_path / "server") as server, example_on(server.url, tmp_path) as door:
        status, today, _ = visitor.ask(door)
        assert status == 200
        new = f"{today}proposals/new/"
        token = token_in(visitor.ask(new)[2])

        server.stop()
        status, _, page = visitor.ask(new, DRAFT | {"csrfmiddlewaretoken": token})
        assert status == 503
        assert "De gegevens zijn nu even niet bereikbaar." in page
        assert all(DRAFT[typed] in unescape(page) for typed in ("title", "question"))
        assert visitor.ask(today)[0] == 503

        server.start()
        assert visitor.ask(today)[0] == 200
        status, where, page = visitor.ask(new, DRAFT | {"csrfmiddlewaretoken": token})
        assert (status, "Een loket" in page) == (200, True), where


def test_a_standby_that_takes_over_has_what_was_said_and_takes_acts_once_it_leads(tmp_path: Path) -> None:
    visitor = Visitor()
    with own_server(tmp_path / "server") as server, example_on(server.url, tmp_path) as door:
        new, draft = _started(visitor, door)
        assert visitor.ask(new, draft)[0] == 200
        standby = server.twin(tmp_path / "standby")
        server.stop()
        standby.start()
        try:
            status, _, page = visitor.ask(new, draft | {"title": "Een tweede loket"})
            assert status == 503
            assert "De gegevens zijn nu even niet bereikbaar." in page
            assert "Een tweede loket" in unescape(page)

            standby.promote()
            status, where, page = visitor.ask(new, draft | {"title": "Een tweede loket"})
            assert (status, "Een tweede loket" in page) == (200, True), where
            assert "Een loket" in visitor.ask(new.replace("new/", ""))[2]
        finally:
            standby.stop()


def test_a_full_disk_of_the_database_server_loses_nothing_that_was_said(
    small_disk: Path, tmp_path: Path
) -> None:
    visitor, filler, said = Visitor(), small_disk / "filler", []
    with own_server(small_disk / "server") as server, example_on(server.url, tmp_path) as door:
        new, draft = _started(visitor, door)
        _fill(filler)
        for number in range(400):
            words = draft | {"title": f"Loket {number}", "text": secrets.token_hex(7_000)}
            status, _, page = visitor.ask(new, words)
            if status != 200:
                break
            said.append(words["title"])
        assert status == 503
        assert "De gegevens zijn nu even niet bereikbaar." in page
        assert words["title"] in unescape(page)

        filler.unlink()
        if not server.answers():
            server.start()
        status, where, page = visitor.ask(new, words)
        assert (status, words["title"] in page) == (200, True), where
        with psycopg.connect(server.url) as other:
            kept = {row[0] for row in other.execute("SELECT title FROM decisions_proposal").fetchall()}
        assert {*said, words["title"]} <= kept


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 MB. Skips where none can be made."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", str(place)], check=False)
    if made.returncode:
        pytest.skip("no small disk can be made here: mounting is not allowed")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _fill(path: Path) -> None:
    """Write until there is no room."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"0" * 4096):
            pass
