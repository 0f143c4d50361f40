import io

import pytest
from support.shared import shared_data
from support.wages import example, schema_path

from concordia.deliveries.xml import XmlFaultError
from concordia.deliveries.xml.schema import MOST_FINDINGS, Schema, validate


@pytest.fixture(scope="module")
def wages():
    return Schema(schema_path())


def test_the_published_verdicts_on_139_messages_come_out():
    folder = shared_data("messages/iati_organisation")
    schema = Schema(folder / "iati-organisations-schema.xsd")
    passing, failing = (sorted((folder / name).rglob("*.xml")) for name in ("should-pass", "should-fail"))
    assert (len(passing), len(failing)) == (12, 127)
    assert [path.name for path in passing if validate(path, schema)] == []
    assert [path.name for path in failing if not validate(path, schema)] == []


def test_the_example_of_the_wage_declaration_follows_its_schema(wages):
    assert validate(io.BytesIO(example()), wages) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "end", "kind", "nl"),
    [
        (
            "<SrtIV>11<",
            "<SrtIV>99<",
            50,
            "Inkomstenperiode/SrtIV",
            "wrong-value",
            "staat niet in de lijst: 11, 13",
        ),
        (
            "<NumIV>2<",
            "<NumIV>x<",
            103,
            "InkomstenverhoudingInitieel[2]/NumIV",
            "wrong-type",
            "verkeerde vorm",
        ),
        ("<RelNr>12345678</RelNr>", "", 9, "Bericht/GebrSwPakket", "not-allowed", "hier hoort RelNr"),
        (
            "<IdBer>SYNTHETIC-CONTROL02-001</IdBer>",
            "<IdBer/>",
            4,
            "Bericht/IdBer",
            "too-short",
            "minstens 1 tekens",
        ),
        ("<RelNr>12345678<", "<RelNr>1234<", 8, "Bericht/RelNr", "length", "moet 8 tekens"),
        ("<Voorl>AB<", "<Voorl>ABCDEFG<", 42, "NatuurlijkPersoon/Voorl", "too-long", "hoogstens 6 tekens"),
        ("<Nat>999<", "<Nat>99999<", 45, "NatuurlijkPersoon/Nat", "digits", "hoogstens 4"),
        (
            "<SofiNr>123456782<",
            "<SofiNr>12345678<",
            41,
            "NatuurlijkPersoon/SofiNr",
            "pattern",
            "afgesproken opbouw",
        ),
        (' version="2.0"', "", 2, "/Loonaangifte", "attribute-missing", "“version” ontbreekt"),
        (
            ' version="2.0"',
            ' version="2.0" v="1"',
            2,
            "/Loonaangifte",
            "attribute-not-allowed",
            "“v” mag hier niet",
        ),
        ("<CdZvw>N</CdZvw>", "", 59, "Inkomstenperiode", "missing", "ontbreekt iets"),
        ("<Bericht>", "<Bericht>x", 4, "/Loonaangifte/Bericht", "text-not-allowed", "geen losse tekst"),
    ],
)
def test_a_finding_tells_line_path_and_what_is_wrong(wages, old, new, line, end, kind, nl):
    message = example().decode().replace(old, new, 1).encode()
    found = validate(io.BytesIO(message), wages)[0]
    assert (found.line, found.kind) == (line, kind)
    assert found.path.endswith(end)
    assert nl in found.sentence("nl")
    assert found.sentence("en") != found.sentence("nl")
    assert found.detail


def test_another_kind_of_message_is_told_as_such(wages):
    found = validate(io.BytesIO(b"<Other xmlns='urn:other'/>"), wages)
    assert [one.kind for one in found] == ["other-message"]


def test_findings_are_capped_and_all_are_found_wherever_pieces_end(wages):
    message = example().replace(b"<LnSV>0.00<", b"<LnSV>much<")
    text = message.decode()
    begin, end = text.index("<InkomstenverhoudingInitieel>"), text.rindex("</VolledigeAangifte>")
    many = (text[:begin] + text[begin:end] * 30 + text[end:]).encode()
    found = validate(io.BytesIO(many), wages)
    assert len(found) == 90 == many.count(b"much")
    assert len({one.path for one in found}) == 90
    lines = many.decode().split("\n")
    assert all("much" in lines[one.line - 1] for one in found)
    assert len(validate(io.BytesIO(many), wages, most=7)) == 7
    assert MOST_FINDINGS >= 90


def test_a_large_message_is_validated_in_bounded_memory(wages):
    text = example().decode()
    begin, end = text.index("<InkomstenverhoudingInitieel>"), text.rindex("</VolledigeAangifte>")

    def peak(times):
        message = io.BytesIO((text[:begin] + text[begin:end] * times + text[end:]).encode())
        before = resident()
        assert validate(message, wages) == []
        return resident() - before

    peak(5)
    assert peak(1_000) < 8_000_000  # of a message of seven million bytes, whose tree takes ten times as much


def resident():
    """Bytes of memory of this process now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def test_what_is_no_xml_is_refused_before_any_schema_looks_at_it(wages):
    for message in (b"<!DOCTYPE Loonaangifte><Loonaangifte/>", b"<Loonaangifte>", b"", b"<a/><b/>"):
        with pytest.raises(XmlFaultError):
            validate(io.BytesIO(message), wages)


@pytest.mark.parametrize(
    "location", ["/etc/passwd", "../outside.xsd", "http://127.0.0.1:9/far.xsd", "file:///etc/passwd"]
)
def test_a_schema_reaches_nothing_but_what_lies_beside_it(tmp_path, location):
    head = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    inside = f'{head}<xs:element name="m" type="xs:string"/></xs:schema>'
    (tmp_path / "outside.xsd").write_text(inside)
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "beside.xsd").write_text(inside)
    main = folder / "main.xsd"
    main.write_text(f'{head}<xs:include schemaLocation="beside.xsd"/></xs:schema>')
    assert validate(io.BytesIO(b"<m>x</m>"), Schema(main)) == []
    main.write_text(f'{head}<xs:include schemaLocation="{location}"/></xs:schema>')
    with pytest.raises(XmlFaultError) as refused:
        Schema(main)
    assert refused.value.kind == "no-schema"


def test_a_schema_that_is_none_is_refused_in_words(tmp_path):
    for text in ("", "<a/>", "no xml"):
        (tmp_path / "s.xsd").write_text(text)
        with pytest.raises(XmlFaultError) as refused:
            Schema(tmp_path / "s.xsd")
        assert "schema" in refused.value.problems[0].sentence("nl")
