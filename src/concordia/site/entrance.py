"""Where requests come in: each is taken in whole before a page is made, and each answer is made whole before it goes.

A page is made by one thread at a time. Were that thread to wait for whoever sends or reads slowly, a handful of
strangers could keep everybody out (trust.md 5, no. 32). So the waiting is done here, where it costs nothing:
between the server (ASGI 3) and Django (WSGI, PEP 3333).
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import unquote_to_bytes

from concordia.domain.texts import LANGUAGES, Text, both

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

PATIENCE = 10.0  # seconds without a single byte, after which nothing more is expected
GRACE = 20.0  # seconds after which what was sent must have come at the slowest pace at least
SLOWEST = 2_048  # bytes a second: a paper of 20 MB over the poorest line still arrives
LARGEST = 32 * 1024**2  # bytes of one request: the largest paper with room around it
AT_ONCE = (
    2 * 1024**3
)  # bytes of all requests that are being sent at one moment, for each worker; they lie on disk
_IN_MEMORY = 65_536  # bytes of a request or answer kept in memory; the rest waits on disk
_PIECE = 65_536


@dataclass
class Answer:
    """What a page answered. `body` is read from its beginning."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: Any = field(default_factory=lambda: SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - closed when sent


class RefusedError(Exception):
    """The request is not taken in; `status` says why."""

    def __init__(self, status: int) -> None:
        self.status = status


class Entrance:
    """An ASGI application around a WSGI application, which is called by one thread of its own."""

    def __init__(self, application: Application, now: Callable[[], float] = time.monotonic) -> None:
        self._application, self._now = application, now
        self._worker = ThreadPoolExecutor(1, "pages")
        self._held = 0

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Take in, let the page be made, and send it."""
        if scope["type"] != "http":
            return
        with SpooledTemporaryFile(_IN_MEMORY) as body:
            try:
                length = await self._take_in(receive, body, announced(scope))
            except RefusedError as refusal:
                await give_out(send, refused(refusal.status))
                return
            except ConnectionResetError:
                return  # cut off: nobody is there to answer, and nothing was begun
            body.seek(0)
            environ = environment(scope, body, length)
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._worker, make, self._application, environ)
        await give_out(send, answer)

    async def _take_in(self, receive: Receive, body: Any, expected: int) -> int:
        """Write what is sent into `body`; how many bytes it was."""
        if expected > LARGEST:
            raise RefusedError(413)
        began, length = self._now(), 0
        try:
            while True:
                piece, is_last = await _next_piece(receive)
                length += len(piece)
                self._held += len(piece)
                self._judge(length, self._now() - began, is_last)
                body.write(piece)
                if is_last:
                    return length
        finally:
            self._held -= length

    def _judge(self, length: int, seconds: float, is_last: bool) -> None:
        if length > LARGEST:
            raise RefusedError(413)
        if self._held > AT_ONCE:
            raise RefusedError(503)
        if seconds > GRACE and length < seconds * SLOWEST and not is_last:
            raise RefusedError(408)


async def _next_piece(receive: Receive) -> tuple[bytes, bool]:
    try:
        message = await asyncio.wait_for(_received(receive), PATIENCE)
    except TimeoutError:
        raise RefusedError(408) from None
    if message["type"] == "http.disconnect":
        raise ConnectionResetError
    return message.get("body", b""), not message.get("more_body", False)


async def _received(receive: Receive) -> Message:
    return await receive()


def announced(scope: Mapping[str, Any]) -> int:
    """How many bytes the request says it has; 0 when it does not say."""
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() and len(value) < 20 else 0


def environment(scope: Mapping[str, Any], body: Any, length: int) -> dict[str, Any]:
    """The request as PEP 3333 has it."""
    server, client = scope.get("server") or ("localhost", 0), scope.get("client") or ("", 0)
    path = scope.get("raw_path") or scope["path"].encode()
    return {
        **_headers(scope["headers"]),
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "CONTENT_LENGTH": str(length),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers by their names in PEP 3333. One written with _ would pass for another, so it is left out."""
    found: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").upper(), raw_value.decode("latin-1")
        if "_" in name:
            continue
        name = "CONTENT_TYPE" if name == "CONTENT-TYPE" else "HTTP_" + name.replace("-", "_")
        between = "; " if name == "HTTP_COOKIE" else ","
        found[name] = f"{found[name]}{between}{value}" if name in found else value
    return found


def make(application: Application, environ: dict[str, Any]) -> Answer:
    """Let the page be made, to its last byte."""
    answer = Answer()

    def start_response(status: str, headers: list[tuple[str, str]], _failed: object = None) -> object:
        answer.status = int(status.split(" ", 1)[0])
        answer.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]
        return answer.body.write

    pieces = application(environ, start_response)
    try:
        for piece in pieces:
            answer.body.write(piece)
    finally:
        getattr(pieces, "close", lambda: None)()
    answer.body.seek(0)
    return answer


async def give_out(send: Send, answer: Answer) -> None:
    """Send an answer piece by piece, as fast as it is read."""
    with answer.body as body:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        while piece := body.read(_PIECE):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def refused(status: int) -> Answer:
    """A calm sentence in both languages, since nobody knows yet who reads it; then the connection ends."""
    answer = Answer(status, [(b"connection", b"close"), *_PLAIN])
    for language in LANGUAGES:
        answer.body.write(f"{_WHY[status].in_language(language)}\n".encode())
    answer.body.seek(0)
    return answer


_PLAIN = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)
_WHY: dict[int, Text] = {
    408: both(
        "Dit kwam te langzaam binnen. Er is niets bewaard. Ga terug en probeer het opnieuw.",
        "This arrived too slowly. Nothing was kept. Go back and try again.",
    ),
    413: both(
        "Dit is te groot om te ontvangen. Er is niets bewaard. Ga terug en maak het kleiner of splits het.",
        "This is too large to receive. Nothing was kept. Go back and make it smaller or split it.",
    ),
    503: both(
        "Het is nu te druk. Er is niets bewaard. Ga terug en probeer het over een minuut opnieuw.",
        "It is too busy now. Nothing was kept. Go back and try again in a minute.",
    ),
}
