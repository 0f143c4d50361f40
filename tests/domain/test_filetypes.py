"""A file is what it says it is, from its first byte to its last (trust.md 5, items 7 to 16)."""

import struct
import zipfile

import pytest
from support.files import PDF, archive, jpeg, odf, office, png

from concordia.domain.filetypes import sniff
from concordia.domain.problems import DocumentError

SHEET = ("spreadsheetml.sheet", "xl")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("plan.pdf", PDF, "application/pdf"),
        ("PLAN.PDF", PDF, "application/pdf"),
        ("map.png", png(), "image/png"),
        ("map.jpg", jpeg(), "image/jpeg"),
        ("map.jpeg", jpeg(), "image/jpeg"),
        ("notes.txt", "één < twee".encode(), "text/plain"),
        ("rows.csv", b"a;b\n1;2\n", "text/csv"),
        ("notes.md", b"# Heading\n\n<b>text</b>", "text/plain"),
        ("text.docx", office(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("sheet.xlsx", office(*SHEET), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("text.odt", odf(), "application/vnd.oasis.opendocument.text"),
        ("sheet.ods", odf("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    ],
)
def test_a_file_of_an_allowed_kind_is_known(name, content, kind):
    assert sniff(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.pdf", b""),
        ("page.html", b"<html></html>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("program.exe", b"MZ"),
        ("letter.docm", office()),
        ("none", PDF),
        ("page.pdf", b"<html><script>1</script></html>"),
        ("both.pdf", b"%PDF-1.7\n<html><script>1</script></html>\n%%EOF"),
        ("late.pdf", b"junk" + PDF),
        ("more.pdf", PDF + b"PK\x03\x04 an archive behind it"),
        ("drawing.png", b"<svg onload='x()'/>"),
        ("script.png", png()[:-12] + b"<script>"),
        ("more.png", png() + archive({"a": b"b"})),
        ("cut.png", png()[:-4]),
        ("wide.png", png(50_000, 50_000)),
        ("flat.png", png(0, 4)),
        ("large.png", png(20_000, 20_000)),
        ("photo.png", jpeg()),
        ("cut.jpg", jpeg()[:-2]),
        ("more.jpg", jpeg() + b"<script>1</script>"),
        ("wide.jpg", jpeg(60_000, 60_000)),
        ("empty.jpg", b"\xff\xd8\xff\xd9\xff\xd9"),
        ("binary.txt", b"\xff\xfe\x00"),
        ("nul.txt", b"a\0b"),
        ("page.txt", b"  <!DOCTYPE html><html>"),
        ("page.csv", b"<script>1</script>"),
        ("data.md", b"<?xml version='1.0'?><a/>"),
        ("sheet.docx", office(*SHEET)),
        ("text.xlsx", office()),
        ("plain.docx", archive({"a.txt": b"a"})),
        ("broken.docx", office()[:-30]),
        ("not.docx", b"PK\x03\x04 nothing"),
        ("sheet.odt", odf("spreadsheet")),
        (
            "late.odt",
            archive({"content.xml": b"<a/>", "mimetype": b"application/vnd.oasis.opendocument.text"}),
        ),
        ("macro.docx", office(**{"word/vbaProject.bin": b"macro"})),
        ("up.docx", office(**{"../../etc/passwd": b"x"})),
        ("root.docx", office(**{"/etc/passwd": b"x"})),
        ("drive.docx", office(**{"C:/x": b"x"})),
        ("bomb.docx", office(**{"word/spaces.xml": b" " * 3_000_000})),
        ("many.docx", office(**{f"word/{i}.xml": b"" for i in range(5_001)})),
        ("behind.docx", b"%PDF-1.7\n" + office()),
        ("before.docx", office() + b"more"),
    ],
)
def test_a_file_that_is_something_else_is_refused(name, content):
    with pytest.raises(DocumentError) as refused:
        sniff(name, content)

    assert refused.value.problems[0].mend.in_language("nl")


def test_an_archive_that_lies_about_its_size_is_read_no_further_than_needed():
    content = bytearray(office())
    place = content.index(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 4_000_000_000)

    with pytest.raises(DocumentError):
        sniff("lies.docx", bytes(content))


def test_an_encrypted_archive_is_refused():
    content = bytearray(office())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = content.index(mark)
        content[place + offset] |= 1

    with pytest.raises(DocumentError):
        sniff("secret.docx", bytes(content))


def test_a_name_twice_in_an_archive_is_refused(tmp_path):
    path = tmp_path / "double.docx"
    path.write_bytes(office())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as file:
        file.writestr("word/document.xml", b"<other/>")

    with pytest.raises(DocumentError):
        sniff("double.docx", path.read_bytes())


def test_damaged_packed_parts_are_refused():
    content = bytearray(office())
    place = content.index(b"[Content_Types].xml") + len("[Content_Types].xml")
    content[place : place + 8] = b"\xff" * 8

    with pytest.raises(DocumentError):
        sniff("damaged.docx", bytes(content))
