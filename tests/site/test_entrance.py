"""At the entrance a request is taken in whole and an answer made whole, so that pages never wait for the network."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from concordia.site import entrance
from concordia.site.entrance import Entrance

SCOPE = {
    "type": "http",
    "method": "POST",
    "http_version": "1.1",
    "scheme": "http",
    "path": "/a b/",
    "raw_path": b"/a%20b/%0a%ff",
    "query_string": b"q=%00",
    "headers": [(b"content-type", b"text/plain"), (b"cookie", b"a=1"), (b"cookie", b"b=2")],
    "client": ("192.0.2.7", 4711),
    "server": ("127.0.0.1", 8000),
}
Sent = list[dict[str, Any]]


class Line:
    """A connection on which pieces of a request come in; what is answered is kept."""

    def __init__(self, *pieces: bytes, is_cut: bool = False) -> None:
        self._messages: Sent = [
            {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
        ]
        end = {"type": "http.disconnect"} if is_cut else {"type": "http.request", "more_body": False}
        self._messages.append(end)
        self.sent: Sent = []

    async def receive(self) -> dict[str, Any]:
        return self._messages.pop(0)

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])


def echo(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read(), b"|", environ["CONTENT_LENGTH"].encode()]


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread of its own: the one of the tests may have a browser's loop running already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def asked(application: Any, line: Line, **scope: Any) -> Line:
    run(application(SCOPE | scope, line.receive, line.send))
    return line


def test_a_request_in_pieces_reaches_the_page_whole() -> None:
    line = asked(Entrance(echo), Line(b"first ", b"", b"second"))

    assert (line.status, line.body) == (200, b"first second|12")
    assert line.sent[-1]["more_body"] is False


def test_the_page_sees_the_request_as_it_was_written() -> None:
    seen: dict[str, Any] = {}

    def look(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        seen.update(environ)
        return echo(environ, start_response)

    asked(Entrance(look), Line())

    assert seen["PATH_INFO"] == "/a b/\n\xff"
    assert (seen["QUERY_STRING"], seen["CONTENT_TYPE"]) == ("q=%00", "text/plain")
    assert (seen["HTTP_COOKIE"], seen["REMOTE_ADDR"]) == ("a=1; b=2", "192.0.2.7")


def test_a_header_that_would_pass_for_another_is_left_out() -> None:
    def names(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [" ".join(name for name in environ if name.startswith("HTTP_")).encode()]

    line = asked(Entrance(names), Line(), headers=[(b"x_forwarded_for", b"10.0.0.1"), (b"x-real", b"1")])

    assert line.body == b"HTTP_X_REAL"


def test_what_is_cut_off_begins_nothing() -> None:
    called = []

    line = asked(Entrance(lambda *_: called.append(1) or []), Line(b"half", is_cut=True))

    assert (called, line.sent) == ([], [])


@pytest.mark.parametrize("announced", [True, False])
def test_what_is_too_large_is_refused_in_both_languages(monkeypatch: Any, announced: bool) -> None:
    monkeypatch.setattr(entrance, "LARGEST", 10)
    headers = [(b"content-length", b"11")] if announced else []

    line = asked(Entrance(echo), Line(b"123456", b"789ab"), headers=headers)

    assert line.status == 413
    assert "Er is niets bewaard." in line.body.decode()
    assert "Nothing was kept." in line.body.decode()


def test_who_is_silent_or_slower_than_anybody_must_be_is_let_go(monkeypatch: Any) -> None:
    monkeypatch.setattr(entrance, "PATIENCE", 0.01)
    hands = iter(range(0, 1000, 15))
    slow = asked(Entrance(echo, now=lambda: next(hands)), Line(b"a", b"b", b"c"))
    steady = asked(Entrance(echo, now=lambda: next(hands)), Line(*[b"a" * 40_000] * 4))

    async def silent() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    line = Line()
    run(Entrance(echo)(SCOPE, silent, line.send))

    assert [slow.status, line.status, steady.status] == [408, 408, 200]


def test_when_too_much_is_being_sent_at_once_the_rest_waits_its_turn(monkeypatch: Any) -> None:
    monkeypatch.setattr(entrance, "AT_ONCE", 10)
    door = Entrance(echo)

    async def both() -> list[Line]:
        lines = [Line(b"12345678"), Line(b"12345678")]
        held = asyncio.Event()

        async def waits() -> dict[str, Any]:
            if lines[0]._messages[0]["more_body"]:
                return await lines[0].receive()
            await held.wait()
            return await lines[0].receive()

        first = asyncio.ensure_future(door(SCOPE, waits, lines[0].send))
        await asyncio.sleep(0)
        await door(SCOPE, lines[1].receive, lines[1].send)
        held.set()
        await first
        return lines

    first, second = run(both())

    assert (first.status, second.status) == (200, 503)
    assert asked(door, Line(b"12345678")).status == 200


def test_while_somebody_reads_slowly_pages_are_made_for_others() -> None:
    door = Entrance(echo)

    async def both() -> bytes:
        reads = asyncio.Event()
        slow, quick = Line(b"slow"), Line(b"quick")

        async def never_read(message: dict[str, Any]) -> None:
            await reads.wait()
            await slow.send(message)

        waiting = asyncio.ensure_future(door(SCOPE, slow.receive, never_read))
        await asyncio.wait_for(door(SCOPE, quick.receive, quick.send), 10)
        assert slow.sent == []
        reads.set()
        await waiting
        return quick.body + slow.body

    assert run(both()) == b"quick|5slow|4"


def test_pages_are_made_by_one_thread_which_ends_what_it_began() -> None:
    seen: set[int] = set()

    class Pieces(list[bytes]):
        def close(self) -> None:
            seen.add(threading.get_ident())

    def page(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        seen.add(threading.get_ident())
        start_response("204 No Content", [])
        return Pieces()

    door = Entrance(page)
    lines = [asked(door, Line()) for _ in range(3)]

    assert len(seen) == 1
    assert seen != {threading.get_ident()}
    assert [(line.status, line.body) for line in lines] == [(204, b"")] * 3
