"""Papers that are not what they say: refused on the page, with nothing kept (section Files)."""

import io
import struct
import time
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from support.deciding import drafted
from support.files import PDF, archive, linked, office, png

from concordia.capabilities.decisions.commands import LARGEST_PAPER
from concordia.capabilities.decisions.models import Paper
from concordia.domain.filetypes import sniff
from concordia.domain.problems import DocumentError

from .conftest import Desk


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Papers are kept here, so that what stays behind can be seen."""
    where = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": where}
    return tmp_path


@pytest.fixture
def place(tax: Desk) -> str:
    """Where the papers of a draft are added."""
    return f"proposals/{drafted(tax.cast, 'majority')}/papers/"


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def overlapping(copies: int = 20) -> bytes:
    """An office document of which many entries are one and the same packed part."""
    content = office(**{"word/x.xml": b"x" * 2000})
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        start = whole.start_dir
    end = content[-22:]
    record = content[content.rindex(b"PK\x01\x02") : -22]
    more = b"".join(record.replace(b"word/x.xml", b"word/%c.xml" % (97 + i)) for i in range(copies))
    directory = content[start:-22] + more
    count = struct.unpack("<H", end[10:12])[0] + copies
    tail = end[:8] + struct.pack("<HHLL", count, count, len(directory), start) + end[20:]
    return content[:start] + directory + tail


REFUSED = {
    "bomb.docx": office(**{"word/spaces.xml": b" " * 5_000_000}),
    "many.xlsx": office(**{f"xl/{number}.xml": b"" for number in range(5_001)}),
    "slip.docx": office(**{"../../x": b"x"}),
    "overlap.docx": overlapping(),
    "macro.docx": office(**{"word/vbaProject.bin": b"macro"}),
    "macro.docm": office(),
    "deep.docx": office(**{"word/a.bin": office(**{"word/a.bin": office(**{"word/a.bin": office()})})}),
    "fetching.docx": linked("attachedTemplate", "http://evil.example/t.dotm"),
    "nested.zip": archive({"inner.zip": archive({"a": b"b"})}),
    "drawing.png": b"<svg onload='x()'/>",
    "page.pdf": b"<html><script>1</script></html>",
    "both.png": png() + b"<script>1</script>",
    "wide.png": png(50_000, 50_000),
    "program.exe": b"MZ",
    "noname": PDF,
    "empty.pdf": b"",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_what_it_says_is_refused_with_a_way_out(
    tax: Desk, place: str, folder: Path, name: str
) -> None:
    answer = tax.post(place, {"file": SimpleUploadedFile(name, REFUSED[name])})

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "One calendar" in page
    assert any(
        way in page
        for way in ("Save the file again", "Choose one of", "Choose another file", "Break that link")
    )
    assert (Paper.objects.unscoped().count(), kept(folder)) == (0, [])


def test_the_overlapping_archive_of_these_tests_is_one_that_opens() -> None:
    with zipfile.ZipFile(io.BytesIO(overlapping(5))) as whole:
        assert len({entry.header_offset for entry in whole.infolist()}) == len(whole.infolist()) - 5


def test_a_bomb_is_refused_from_its_directory_without_unpacking(tax: Desk) -> None:
    bomb = office(**{"word/spaces.xml": b" " * 200_000_000})
    start = time.perf_counter()

    with pytest.raises(DocumentError):
        sniff("bomb.docx", bomb)

    assert time.perf_counter() - start < 0.1


@pytest.mark.parametrize(
    ("extra", "status", "papers"), [(-1, 303, 1), (0, 303, 1), (1, 422, 0)], ids=["below", "limit", "above"]
)
def test_the_limit_of_size_is_exact_and_said(
    tax: Desk, place: str, folder: Path, extra: int, status: int, papers: int
) -> None:
    content = b"a" * (LARGEST_PAPER + extra)
    answer = tax.post(place, {"file": SimpleUploadedFile("long.txt", content)})

    assert answer.status_code == status
    assert ("larger than 20 MB" in answer.content.decode()) == (not papers)
    assert (Paper.objects.unscoped().count(), len(kept(folder))) == (papers, papers)


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' !A1.pdf",
        "..\\..\\up.pdf",
        "../../../etc/up.pdf",
        "C:\\windows\\up.pdf",
        "\u202efdp.exe.pdf",
        "x" * 300 + ".pdf",
        "CON.pdf",
        "two\nlines.pdf",
        'quote".pdf',
        "Ａ😀.pdf",
    ],
)
def test_a_hostile_file_name_becomes_a_label_and_never_a_place(
    tax: Desk, place: str, folder: Path, name: str
) -> None:
    tax.post(place, {"file": SimpleUploadedFile(name, PDF)})

    [paper] = Paper.objects.unscoped()
    assert not set(paper.name) & set("/\\\n\u202e\0")
    assert len(paper.name) <= 120
    assert [path.relative_to(folder).as_posix() for path in kept(folder)] == [f"papers/{paper.id}"]
    given = tax.get(f"papers/{paper.id}/")
    assert given["Content-Disposition"].startswith("attachment")
    assert "\n" not in given["Content-Disposition"]
    assert given["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in given["Content-Security-Policy"]
    assert b"".join(given.streaming_content) == PDF


def test_an_upload_that_was_cut_off_leaves_nothing(tax: Desk, place: str, folder: Path) -> None:
    whole = (
        b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + PDF
    )
    answer = tax.client.generic(
        "POST", tax.root + place, whole[:-40], content_type="multipart/form-data; boundary=cut"
    )

    assert answer.status_code == 422
    assert (Paper.objects.unscoped().count(), kept(folder)) == (0, [])


def test_a_hundred_and_one_files_in_one_form_are_refused(tax: Desk, place: str, folder: Path) -> None:
    files = {f"file{number}": SimpleUploadedFile("a.pdf", PDF) for number in range(101)}
    answer = tax.post(place, files)

    assert answer.status_code == 413
    assert "Nothing was kept" in answer.content.decode()
    assert kept(folder) == []


def test_a_form_without_a_file_says_so(tax: Desk, place: str) -> None:
    answer = tax.post(place, {"file": "just text"})

    assert answer.status_code == 422
    assert Paper.objects.unscoped().count() == 0
