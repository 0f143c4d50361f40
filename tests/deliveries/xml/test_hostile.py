"""What a message may try: each is refused in calm words, in bounded memory, and never read as something else."""

import gzip
import io
import os
import resource
import signal
import subprocess
import sys
import time

import pytest

from concordia.deliveries.xml import Reading, XmlFaultError, limits, read_xml
from concordia.domain.contracts.xml_mapping import XmlColumn, XmlPlace, XmlRecord

RECORD = XmlRecord(
    "rows",
    (("r", "row"),),
    (XmlColumn("v", (XmlPlace("own", ("v",)),)), XmlColumn("id", (XmlPlace("own", (), "id"),))),
)
GOOD = b'<r><row id="1"><v>one</v></row><row id="2"><v>two</v></row></r>'
LAUGHS = (
    b'<!DOCTYPE r [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><r><row><v>&j;</v></row></r>"
)


def rows_of(message, *, fast=True):
    source = message if hasattr(message, "read") else io.BytesIO(message)
    return [row for batch in read_xml(source, RECORD, fast=fast) for row in batch.to_pylist()]


def refused(message, kind):
    """Both readers refuse a message, with one kind of fault and a sentence in both languages."""
    for fast in (True, False):
        with pytest.raises(XmlFaultError) as error:
            rows_of(message, fast=fast)
        assert error.value.kind == kind
        (problem,) = error.value.problems
        dutch, english = problem.sentence("nl"), problem.sentence("en")
        assert dutch != english
        assert "{" not in dutch + english
    return error.value


@pytest.mark.parametrize(
    "message",
    [
        LAUGHS,
        b'<!DOCTYPE r [<!ENTITY a "' + b"x" * 50_000 + b'">]><r>' + b"&a;" * 50_000 + b"</r>",
        b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r><row><v>&a;</v></row></r>',
        b'<!DOCTYPE r [<!ENTITY a SYSTEM "http://127.0.0.1:9/a">]><r><row><v>&a;</v></row></r>',
        b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]><r/>',
        b"<!DOCTYPE r [<!ENTITY % p \"<!ENTITY a 'b'>\">%p;]><r><row><v>&a;</v></row></r>",
        b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd"><r/>',
        b"<!DOCTYPE r><r/>",
        b"<?xml version='1.0'?>\n<!-- c -->\n<!DOCTYPE r [<!ATTLIST row id CDATA 'x'>]><r><row/></r>",
    ],
    ids=[
        "laughs",
        "quadratic",
        "file",
        "http",
        "parameter",
        "inner parameter",
        "outer",
        "empty",
        "default attribute",
    ],
)
def test_a_document_type_is_refused_at_its_first_word(message):
    begun = time.process_time()
    refused(message, "doctype")
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("message", "kind", "line"),
    [
        (GOOD + b"garbage", "after-root", 1),
        (GOOD + b"\n<r/>", "after-root", 2),
        (GOOD + GOOD, "after-root", 1),
        (GOOD + b"&amp;", "ill-formed", 1),
        (GOOD + b"<!DOCTYPE r>", "after-root", 1),
        (GOOD[:-4], "truncated", 1),
        (GOOD[:30], "truncated", 1),
        (b"", "empty", 1),
        (b"  \n ", "empty", 2),
        (b"<?xml version='1.0'?>", "empty", 1),
        (GOOD.replace(b"one", b"\xff"), "encoding", 1),
        (GOOD.replace(b"one", b"caf\xe9"), "encoding", 1),
        (b"<?xml version='1.0' encoding='utf-8'?>\n" + GOOD.replace(b"one", b"\xc3("), "encoding", 2),
        (GOOD.replace(b"one", b"a\0b"), "ill-formed", 1),
        (GOOD.replace(b"one", b"a&#0;b"), "ill-formed", 1),
        (GOOD.replace(b"one", b"a&nbsp;b"), "ill-formed", 1),
        (GOOD.replace(b"one", b"a & b"), "ill-formed", 1),
        (GOOD.replace(b"</v>", b"</w>", 1), "ill-formed", 1),
        (GOOD.replace(b'id="1"', b'id="1" id="1"'), "ill-formed", 1),
        (GOOD.replace(b"<v>", b"<p:v>", 1).replace(b"</v>", b"</p:v>", 1), "ill-formed", 1),
        (b"<?xml version='1.0' encoding='klingon'?>" + GOOD, "unknown-encoding", 1),
        (b"PK\x03\x04" + GOOD, "ill-formed", 1),
        (b'{"r": 1}', "ill-formed", 1),
        (b"<s><row/></s>", "other-root", 1),
        (b"<r xmlns='urn:x'><row/></r>", "other-root", 1),
        (GOOD.replace(b"<v>one</v>", b"<v>one</v>\n<v>1</v>"), "repeated", 2),
    ],
)
def test_what_is_no_message_of_this_kind_is_refused_with_its_line(message, kind, line):
    assert refused(message, kind).line == line


def test_a_wrongly_declared_encoding_is_refused_where_it_shows():
    said_utf16 = b"<?xml version='1.0' encoding='utf-16'?>" + GOOD
    refused(said_utf16, "encoding")
    said_ascii = b"<?xml version='1.0' encoding='us-ascii'?>" + GOOD.replace(b"one", b"\xc3\xa9")
    refused(said_ascii, "encoding")


def test_text_in_another_encoding_is_read_as_what_it_is():
    for encoding in ("iso-8859-1", "windows-1252", "utf-16", "iso-8859-15"):
        message = f"<?xml version='1.0' encoding='{encoding}'?><r><row><v>é</v></row></r>".encode(encoding)
        assert rows_of(message) == rows_of(message, fast=False) == [{"v": "é", "id": None}]


def test_a_message_cut_off_anywhere_is_never_taken_for_whole():
    for end in range(len(GOOD)):
        for fast in (True, False):
            with pytest.raises(XmlFaultError):
                rows_of(GOOD[:end], fast=fast)


def test_a_cell_of_ten_megabytes_is_refused_and_one_within_the_limit_is_read():
    refused(GOOD.replace(b"one", b"x" * 10_000_001), "too-large")
    refused(GOOD.replace(b"one", b"x" * 9_000_000), "too-long")
    long = b"x" * limits.LONGEST_VALUE
    assert rows_of(GOOD.replace(b"one", long))[0]["v"] == long.decode()


def test_a_hundred_thousand_attributes_are_refused():
    attributes = b" ".join(b'a%d="x"' % number for number in range(100_000))
    refused(b"<r><row " + attributes + b"><v/></row></r>", "too-many-attributes")


def test_a_hundred_thousand_levels_are_refused():
    refused(b"<r><row>" + b"<v>" * 100_000 + b"</v>" * 100_000 + b"</row></r>", "too-deep")
    refused(b"<r>" * 101 + b"</r>" * 101, "too-deep")
    assert rows_of(b"<r>" * 100 + b"</r>" * 100) == []


def test_a_hundred_thousand_names_are_refused():
    refused(b"<r>" + b"".join(b"<n%d/>" % number for number in range(100_000)) + b"</r>", "too-many-names")


@pytest.mark.parametrize(
    ("inside", "rows"), [(b"<v>", 0), (b"<x/>", 0), (b" ", 0), (b"<row/>", 20 * (1_000_000 // 6))]
)
def test_a_gzip_bomb_is_read_in_bounded_memory(inside, rows):
    """Twenty million bytes of the same, from a file a thousand times as small."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as file:
        file.write(b"<r>")
        for _ in range(20):
            file.write(inside * (1_000_000 // len(inside)))
        file.write(b"</r>")
    packed.seek(0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count, fault = 0, None
    with gzip.GzipFile(fileobj=packed) as file:
        try:
            for batch in read_xml(file, RECORD):
                count += batch.num_rows
        except XmlFaultError as error:
            fault = error.kind
    assert count == rows
    assert fault == {b"<v>": "too-deep", b" ": "too-large"}.get(inside)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250_000


def test_a_file_that_cannot_be_read_twice_is_read_strictly():
    class Stream(io.RawIOBase):
        def __init__(self):
            self._inner = io.BytesIO(GOOD)

        def readable(self):
            return True

        def read(self, size=-1):
            return self._inner.read(size)

    reading = Reading(Stream(), [RECORD])
    assert sum(batch.num_rows for _, batch in reading) == 2
    assert reading.strict_because


def test_interrupting_stops_at_once(tmp_path):
    path = tmp_path / "long.xml"
    path.write_bytes(b"<r>" + b"<row><v><!-- strict -->x</v></row>" * 400_000 + b"</r>")
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from concordia.deliveries.xml import read_xml\n"
        "from concordia.domain.contracts.xml_mapping import *\n"
        "record = XmlRecord('rows', (('r', 'row'),), (XmlColumn('v', (XmlPlace('own', ('v',)),)),))\n"
        "print('ready', flush=True)\n"
        "for batch in read_xml(sys.argv[1], record): print(batch.num_rows, flush=True)\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout.readline() == "ready\n"
    assert int(running.stdout.readline()) > 0
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == -signal.SIGINT or "KeyboardInterrupt" in errors
    assert os.path.exists(path)
