"""A file is what it says it is, from its first byte to its last (trust.md 5, items 7 to 16)."""

import io
import struct
import time
import zipfile

import pytest
from support.files import PDF, archive, jpeg, linked, odf, odf_content, office, png

from concordia.domain.filetypes import sniff
from concordia.domain.office import DEEPEST, leads_elsewhere
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


def test_every_part_is_read_to_its_checksum():
    content = bytearray(office(**{"word/media/a.bin": bytes(range(256)) * 40}))
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        place = whole.getinfo("word/media/a.bin").header_offset
    content[place + 14] ^= 1  # the checksum of a part that nothing else looks into
    central = content.index(b"PK\x01\x02", content.index(b"word/media/a.bin"))
    entry = content.rindex(b"PK\x01\x02")
    assert entry >= central
    content[entry + 16] ^= 1

    with pytest.raises(DocumentError):
        sniff("damaged.docx", bytes(content))


def within(depth):
    """A document inside a document, so deep."""
    inner = office()
    for _ in range(depth):
        inner = office(**{"word/embeddings/sheet.xlsx": inner})
    return inner


def test_a_document_inside_a_document_is_taken_and_five_deep_are_refused():
    assert sniff("one.docx", within(DEEPEST))

    for depth in (DEEPEST + 1, 5):
        with pytest.raises(DocumentError):
            sniff("deep.docx", within(depth))


def test_a_macro_in_a_document_inside_is_refused():
    with pytest.raises(DocumentError):
        sniff("inside.docx", office(**{"word/embeddings/a.bin": office(**{"xl/vbaProject.bin": b"macro"})}))


def test_a_hundred_thousand_entries_are_refused_before_they_are_read():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        file.writestr("[Content_Types].xml", b"x")
    content = out.getvalue()
    record = content[content.rindex(b"PK\x01\x02") : -22] * 100_000
    tail = content[-22:]
    said = tail[:8] + struct.pack("<HHLL", 65_535, 65_535, len(record), len(content)) + tail[20:]
    start = time.process_time()

    with pytest.raises(DocumentError):
        sniff("many.xlsx", content[:-22] + record + said)

    assert time.process_time() - start < 0.2


def test_a_second_directory_that_would_be_read_instead_is_refused():
    content = office()
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, 0, 1)

    with pytest.raises(DocumentError):
        sniff("two.docx", content[:-22] + locator + content[-22:])


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_parts_packed_as_no_document_is_are_refused(method):
    out = io.BytesIO(office())
    with zipfile.ZipFile(out, "a", method) as file:
        file.writestr("word/more.xml", b"<a/>" * 500)

    with pytest.raises(DocumentError):
        sniff("odd.docx", out.getvalue())


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("attachedTemplate", "http://evil.example/t.dotm"),
        ("attachedTemplate", "file://server/share/t.dotm"),
        ("attachedTemplate", "file:///\\\\server\\share\\t.dotm"),
        ("attachedTemplate", "\\\\server\\share\\t.dotm"),
        ("image", "https://evil.example/pixel.png"),
        ("oleObject", "HTTPS://evil.example/o"),
        ("externalLinkPath", "file:////server/book.xlsx"),
        ("frame", "mhtml:http://evil.example/x!y"),
        ("image", "%68ttp://evil.example/x"),
    ],
)
def test_a_document_that_fetches_from_another_computer_is_refused_and_told_from_where(kind, target):
    with pytest.raises(DocumentError) as refused:
        sniff("link.docx", linked(kind, target))

    [problem] = refused.value.problems
    assert target in problem.what.in_language("nl")
    assert "Verbreek die koppeling" in problem.mend.in_language("nl")


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("hyperlink", "https://www.example.org/"),
        ("hyperlink", "mailto:board@example.org"),
        ("attachedTemplate", "file:///C:\\Templates\\letter.dotx"),
        ("attachedTemplate", "Normal.dotm"),
        ("externalLinkPath", "../book.xlsx"),
    ],
)
def test_a_link_that_one_presses_and_a_place_on_ones_own_machine_are_no_reason_to_refuse(kind, target):
    assert sniff("link.docx", linked(kind, target))


def test_a_relationship_inside_the_document_leads_nowhere():
    assert sniff("link.docx", linked("image", "/word/media/a.png", outside=False))


def test_an_opendocument_with_a_picture_from_elsewhere_is_refused_and_a_link_in_its_text_is_not():
    far = '<draw:image xlink:href="https://evil.example/p.png" xlink:actuate="onLoad"/>'
    near = '<text:a xlink:href="https://www.example.org/">there</text:a><draw:image xlink:href="Pictures/a.png"/>'

    assert sniff("text.odt", odf(**{"content.xml": odf_content(near)}))
    with pytest.raises(DocumentError):
        sniff("text.odt", odf(**{"content.xml": odf_content(far)}))


def test_words_that_a_part_defines_for_itself_are_refused_unexpanded():
    bomb = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;">]><a>&y;</a>'
    file = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'

    for part in (bomb, file):
        with pytest.raises(DocumentError):
            sniff("bomb.docx", office(**{"word/_rels/document.xml.rels": part}))


@pytest.mark.parametrize(
    "target", ["", "#there", "Pictures/a.png", "/word/a.png", "C:\\a", "file:///home/a", "c|/a"]
)
def test_a_place_on_ones_own_machine_leads_nowhere_else(target):
    assert not leads_elsewhere(target)
