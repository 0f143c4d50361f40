import io

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from support.messages import TEXTS, Refused, elements, obvious_rows, records, written

from concordia.deliveries.xml import Reading, XmlFaultError, limits
from concordia.deliveries.xml.plain import read_plainly
from concordia.deliveries.xml.plain_tags import NotPlainError
from concordia.deliveries.xml.shape import Shape
from concordia.domain.contracts.xml_mapping import XmlColumn, XmlPlace, XmlRecord

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"]


def rows_of(data, record, *, fast):
    batches = [batch for _, batch in Reading(io.BytesIO(data), [record], fast=fast)]
    return [row for batch in batches for row in batch.to_pylist()]


def outcome(read):
    """What a reader gives: its rows, or that it refuses a message for what stands twice or too late."""
    try:
        return read()
    except Refused:
        return "refused"
    except XmlFaultError as fault:
        return "refused" if fault.kind in {"repeated", "too-late"} else fault.kind


def message_of(element, choices, encoding, *, plain):
    ways = iter(choices)
    text = written(element, lambda most: next(ways, 0) % most, plain=plain)
    named = encoding.removesuffix("-sig")
    return f'<?xml version="1.0" encoding="{named}"?>\n{text}\n'.encode(encoding)


drawn = given(
    data=st.data(),
    record=records(),
    choices=st.lists(st.integers(0, 1_000), max_size=60),
    encoding=st.sampled_from(ENCODINGS),
    window=st.sampled_from([7, 40, 150, 1 << 20]),
)
many = settings(max_examples=150, deadline=None)


@drawn
@many
def test_the_fast_and_the_strict_reader_and_the_obvious_one_give_the_same_rows(
    data, record, choices, encoding, window
):
    element = data.draw(elements(texts=TEXTS))
    message = message_of(element, choices, encoding, plain=True)
    before, limits.WINDOW = limits.WINDOW, window
    try:
        expected = outcome(lambda: obvious_rows(message, record))
        assert outcome(lambda: rows_of(message, record, fast=False)) == expected
        assert outcome(lambda: rows_of(message, record, fast=True)) == expected
        plainly = outcome_plainly(message, record)
        assert plainly in (expected, "not plain")
    finally:
        limits.WINDOW = before


def outcome_plainly(message, record):
    try:
        batches = list(read_plainly(io.BytesIO(message), Shape.of([record])))
    except NotPlainError:
        return "not plain"
    return [row for _, batch in batches for row in batch.to_pylist()]


@drawn
@many
def test_what_is_not_plain_is_read_just_as_well(data, record, choices, encoding, window):
    element = data.draw(elements(texts=TEXTS))
    message = message_of(element, choices, encoding, plain=False)
    expected = outcome(lambda: obvious_rows(message, record))
    assert outcome(lambda: rows_of(message, record, fast=True)) == expected
    assert outcome(lambda: rows_of(message, record, fast=False)) == expected


RECORD = XmlRecord(
    "rows",
    (("r", "row"),),
    (
        XmlColumn("id", (XmlPlace("own", (), "id"),)),
        XmlColumn("v", (XmlPlace("own", ("v",)),)),
        XmlColumn("head", (XmlPlace("outer", ("r", "head")),)),
    ),
)
PLAIN = b'<r><head>h</head><row id="1"><v>a&amp;b</v></row>\r\n<row id="2"><v/></row></r>'


def test_a_plain_message_is_read_by_the_fast_reader_and_any_other_says_why_it_is_not():
    reading = Reading(io.BytesIO(PLAIN), [RECORD])
    assert sum(batch.num_rows for _, batch in reading) == 2
    assert reading.strict_because is None
    reading = Reading(io.BytesIO(PLAIN.replace(b"<v/>", b"<v><!-- x --></v>")), [RECORD])
    assert sum(batch.num_rows for _, batch in reading) == 2
    assert reading.strict_because == "a tag that is not plain"


def test_most_drawn_messages_without_refusal_are_plain_so_that_the_fast_reader_is_really_compared():
    assert outcome_plainly(PLAIN, RECORD) == [
        {"id": "1", "v": "a&b", "head": "h"},
        {"id": "2", "v": None, "head": "h"},
    ]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_changed_message_is_never_read_as_two_different_tables(data):
    message = bytearray(PLAIN)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(message) - 1))
        message[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from(
                [b"<", b">", b"/", b"&", b'"', b"=", b" ", b"", b"]]>", b"<!--", b"-->", b"\xff", b"\0"]
            )
        )
    assert same_verdict(bytes(message))


def test_with_any_one_byte_changed_both_readers_agree_and_neither_breaks():
    for at in range(len(PLAIN)):
        for bit in range(8):
            message = bytearray(PLAIN)
            message[at] ^= 1 << bit
            assert same_verdict(bytes(message)), bytes(message)


def same_verdict(message):
    """Whether the fast reader alone either doubts, or gives what the strict one gives."""
    plainly = outcome_plainly(message, RECORD)
    if plainly == "not plain":
        try:
            return isinstance(rows_of(message, RECORD, fast=True), list)
        except XmlFaultError:
            return True
    return plainly == rows_of(message, RECORD, fast=False)


def test_rows_are_given_once_when_doubt_comes_late(monkeypatch):
    monkeypatch.setattr(limits, "WINDOW", 40)
    body = "".join(f'<row id="{n}"><v>{n}</v></row>' for n in range(500))
    message = f"<r><head>h</head>{body}<row id='x'><v><!-- late --></v></row></r>".encode()
    reading = Reading(io.BytesIO(message), [RECORD])
    table = pa.Table.from_batches([batch for _, batch in reading])
    assert table.column("id").to_pylist() == [*map(str, range(500)), "x"]
    assert reading.strict_because


def test_what_is_declared_as_nothing_is_null_and_its_message_plain():
    message = (
        b'<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x x.xsd">'
        b'<row id=""><v xsi:nil="true"/></row><row><v xsi:nil="true"></v></row></r>'
    )
    nothing = {"id": None, "v": None, "head": None}
    assert outcome_plainly(message, RECORD) == rows_of(message, RECORD, fast=False) == [nothing, nothing]


def test_two_objects_may_have_the_same_record_element():
    other = XmlRecord("others", RECORD.records, RECORD.columns[:1])
    for fast in (True, False):
        found = {
            name: batch.to_pylist() for name, batch in Reading(io.BytesIO(PLAIN), [RECORD, other], fast=fast)
        }
        assert [row["v"] for row in found["rows"]] == ["a&b", None]
        assert found["others"] == [{"id": "1"}, {"id": "2"}]
