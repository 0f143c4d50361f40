"""A virus scanner that is set sees every paper first; while it does not answer nothing is kept (row 15)."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from support.clamav import EICAR, LARGEST, Scanner, own_scanner
from support.deciding import drafted
from support.files import PDF, office

from concordia.capabilities.decisions.commands import add_paper
from concordia.capabilities.decisions.models import Paper
from concordia.kernel import scanner as client

from .conftest import Desk


@pytest.fixture(scope="module")
def scanner() -> Iterator[Scanner]:
    with own_scanner() as running:
        yield running


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Papers are kept here, so that what stays behind can be seen."""
    where = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": where}
    return tmp_path


@pytest.fixture
def place(tax: Desk) -> str:
    return f"proposals/{drafted(tax.cast, 'majority')}/papers/"


def hand_in(tax: Desk, place: str, name: str, content: bytes) -> tuple[int, str]:
    answer = tax.post(place, {"file": SimpleUploadedFile(name, content)})
    return answer.status_code, unescape(answer.content.decode())


def nothing_kept(folder: Path) -> bool:
    return not Paper.objects.unscoped().exists() and not any(path.is_file() for path in folder.rglob("*"))


INFECTED = {
    "letter.txt": b"Dear all,\n" + EICAR,
    "letter.pdf": PDF.replace(b"trailer", b"%" + EICAR + b"\ntrailer"),
    "letter.docx": office(**{"word/media/note.txt": EICAR * 50}),
}


@pytest.mark.parametrize("way", ["unix", "tcp"])
@pytest.mark.parametrize("name", INFECTED)
def test_a_known_virus_is_refused_by_its_name_and_nothing_kept(
    settings: Any, scanner: Scanner, tax: Desk, place: str, folder: Path, name: str, way: str
) -> None:
    settings.SCANNER = getattr(scanner, way)

    status, page = hand_in(tax, place, name, INFECTED[name])

    assert status == 422
    assert f"The virus scanner found “Test-File.UNOFFICIAL” in “{name}”. The file was not kept." in page
    assert "One calendar" in page
    assert nothing_kept(folder)


@pytest.mark.parametrize("way", ["unix", "tcp"])
def test_a_clean_file_passes_the_scanner(
    settings: Any, scanner: Scanner, tax: Desk, place: str, way: str
) -> None:
    settings.SCANNER = getattr(scanner, way)

    assert hand_in(tax, place, "letter.pdf", PDF)[0] == 303
    assert Paper.objects.unscoped().count() == 1


def test_what_the_scanner_will_not_look_at_is_refused(
    settings: Any, scanner: Scanner, tax: Desk, place: str, folder: Path
) -> None:
    settings.SCANNER = scanner.unix

    status, page = hand_in(tax, place, "long.txt", b"a" * (LARGEST * 3))

    assert (status, nothing_kept(folder)) == (422, True)
    assert "The virus scanner does not answer now" in page


@contextmanager
def listener(says: bytes | None) -> Iterator[str]:
    """Something that is no scanner: hangs up at once on b"", says nothing on None, or says its line."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        kept: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    line, _ = door.accept()
                except OSError:
                    return
                kept.append(line)
                if says is not None:
                    line.sendall(says)
                    line.close()

        threading.Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{door.getsockname()[1]}"
        door.shutdown(socket.SHUT_RDWR)
        for line in kept:
            line.close()


@pytest.mark.parametrize("says", [None, b"", b"no\0"], ids=["hangs", "hangs up", "says no"])
def test_a_scanner_that_does_not_answer_as_one_refuses_everything(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tax: Desk,
    place: str,
    folder: Path,
    says: bytes | None,
) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.4)
    with listener(says) as settings.SCANNER, caplog.at_level(logging.ERROR, "concordia.security"):
        status, page = hand_in(tax, place, "letter.pdf", PDF)

    assert (status, nothing_kept(folder)) == (422, True)
    assert "The virus scanner does not answer now, and no file is kept unseen." in page
    assert "paper not scanned" in caplog.text


@pytest.mark.parametrize("where", ["unix:///nowhere/clamd.ctl", "tcp://127.0.0.1:9"])
def test_a_scanner_that_is_down_refuses_everything_and_says_why(
    settings: Any, tax: Desk, place: str, folder: Path, where: str
) -> None:
    settings.SCANNER = where

    status, page = hand_in(tax, place, "letter.pdf", PDF)

    assert (status, nothing_kept(folder)) == (422, True)
    assert "The virus scanner does not answer now, and no file is kept unseen." in page
    assert "One calendar" in page


@pytest.mark.parametrize(
    "says", [b"UNKNOWN COMMAND\0", b"\xff" * 9_000, b"OK\0", b"other: OK\0", b"stream: \0"]
)
def test_only_the_word_of_a_scanner_makes_a_file_clean(settings: Any, says: bytes) -> None:
    with listener(says) as settings.SCANNER, pytest.raises(client.ScannerError):
        client.found_in(PDF)


def test_nobody_waits_for_a_lock_while_a_file_is_scanned(
    monkeypatch: pytest.MonkeyPatch, tax: Desk, place: str
) -> None:
    draft = place.split("/")[1]
    outside = len(connection.atomic_blocks)
    open_then: list[int] = []
    monkeypatch.setattr(
        client, "found_in", lambda content: open_then.append(len(connection.atomic_blocks)) or ""
    )

    add_paper(tax.cast.tax.at(), proposal_id=draft, name="letter.pdf", content=PDF)

    assert open_then == [outside]
