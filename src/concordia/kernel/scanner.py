"""Ask a virus scanner, where one is set: ClamAV's daemon, by its INSTREAM command (clamd(8)).

Fail closed: a scanner that is set and does not answer stops what was to be scanned.
"""

import socket
import struct
import time
from contextlib import closing
from urllib.parse import urlparse

from django.conf import settings

PATIENCE = 20.0  # seconds for the whole of one file
_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096
_CLEAN, _FOUND = "stream: OK", " FOUND"


class ScannerError(Exception):
    """The scanner did not say whether a file is clean; the message says why, for the log."""


def found_in(content: bytes) -> str:
    """What the scanner finds in a file, "" when nothing or when no scanner is set. Raises ScannerError."""
    if not settings.SCANNER:
        return ""
    try:
        answer = _ask(settings.SCANNER, content)
    except OSError as error:
        raise ScannerError(f"the scanner did not answer: {error}") from None
    if answer == _CLEAN:
        return ""
    if answer.startswith("stream: ") and answer.endswith(_FOUND):
        return answer.removeprefix("stream: ").removesuffix(_FOUND)
    raise ScannerError(f"the scanner answered: {answer[:200]!r}")


def _ask(address: str, content: bytes) -> str:
    until = time.monotonic() + PATIENCE
    with closing(_reach(address)) as line:
        line.sendall(b"zINSTREAM\0")
        try:
            for start in range(0, len(content), _PIECE):
                piece = content[start : start + _PIECE]
                _hurry(line, until)
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
        except ConnectionError:
            pass  # it has heard enough, such as a file that is too large for it; its answer may still be there
        return _answer(line, until)


def _reach(address: str) -> socket.socket:
    """A connection to tcp://host:port or unix:///path."""
    parts = urlparse(address)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname, parts.port or 3310), timeout=PATIENCE / 4)
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(PATIENCE / 4)
        line.connect(parts.path)
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket, until: float) -> str:
    heard = b""
    while not heard.endswith(b"\0") and len(heard) < _LONGEST_ANSWER:
        _hurry(line, until)
        piece = line.recv(_LONGEST_ANSWER)
        if not piece:
            break
        heard += piece
    return heard.rstrip(b"\0\n").decode(errors="replace").strip()


def _hurry(line: socket.socket, until: float) -> None:
    """Wait no longer than what is left of the patience for one file."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    line.settimeout(left)
