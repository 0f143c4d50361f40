import pytest
from support.shared import shared_data

from concordia.commandline.contracts import contract
from concordia.commandline.from_xsd import from_xsd
from concordia.domain.contracts.reading import read_contract

HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:m" xmlns:o="urn:o" targetNamespace="urn:m" '
HEAD += 'elementFormDefault="qualified">'
MAIN = f"""{HEAD}
<xs:include schemaLocation="types/codes.xsd"/><xs:import namespace="urn:o" schemaLocation="other.xsd"/>
<xs:element name="m"><xs:complexType><xs:sequence>
  <xs:element name="code" type="code"/><xs:element ref="o:item" maxOccurs="3"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""
CODES = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:simpleType name="code">'
    '<xs:restriction base="xs:string"><xs:maxLength value="4"/></xs:restriction></xs:simpleType></xs:schema>'
)
OTHER = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:o">'
    '<xs:element name="item" type="xs:date"/></xs:schema>'
)


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "schema"
    (inside / "types").mkdir(parents=True)
    (inside / "main.xsd").write_text(MAIN)
    (inside / "types" / "codes.xsd").write_text(CODES)
    (inside / "other.xsd").write_text(OTHER)
    return inside


def test_a_contract_is_made_of_the_schema_and_of_those_that_lie_beside_it(folder, capsys):
    assert from_xsd([str(folder / "main.xsd")]) == 0
    contract = read_contract(capsys.readouterr().out).contract
    assert contract.object("m").property("code").options == {"maxLength": 4}
    assert contract.object("item").property("item").logical_type == "date"
    assert contract.object("item").custom("xmlRecord") == "/m/n1:item"
    assert contract.object("item").custom("xmlNamespaces") == {"n1": "urn:o"}


def test_the_contract_of_the_wage_declaration_is_written_to_a_file_in_the_language_asked_for(
    tmp_path, capsys
):
    out = tmp_path / "wages.odcs.yaml"
    path = shared_data("messages/loonaangifte2026/Loonaangifte2026v2.0.xsd")
    assert from_xsd([str(path), "--out", str(out), "--language", "en"]) == 0
    assert capsys.readouterr().out == ""
    reading = read_contract(out.read_text())
    assert reading.remarks == ()
    assert "exactly one of" in out.read_text()
    assert [
        item.value for item in reading.contract.custom_properties if item.property == "xmlSchemaSha256"
    ] == ["eb862bea8c7232154cfb30bb37c4ecf192b4a86540944358b065bb7fa54fc441"]


def test_one_record_can_be_asked_for(folder, capsys):
    assert from_xsd([str(folder / "main.xsd"), "--record", "item"]) == 0
    assert [item.name for item in read_contract(capsys.readouterr().out).contract.objects] == ["item"]
    assert from_xsd([str(folder / "main.xsd"), "--record", "thing", "--language", "nl"]) == 3
    assert "Kies uit: m, item." in capsys.readouterr().err


@pytest.mark.parametrize(
    "location", ["../outside.xsd", "/etc/passwd", "http://127.0.0.1:9/x.xsd", "file:///etc/passwd"]
)
def test_nothing_outside_the_folder_of_the_schema_is_opened(folder, capsys, location):
    (folder.parent / "outside.xsd").write_text(CODES)
    (folder / "main.xsd").write_text(MAIN.replace("types/codes.xsd", location))
    assert from_xsd([str(folder / "main.xsd"), "--language", "nl"]) == 3
    assert "“code”, dat er niet is" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<a/>",
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        HEAD + "</xs:schema>",
        HEAD + '<xs:element name="m" type="nowhere"/></xs:schema>',
        HEAD + '<xs:element name="m" type="x:y"/></xs:schema>',
        HEAD
        + '<xs:element name="m"><xs:complexType><xs:sequence maxOccurs="many"/></xs:complexType>'
        + "</xs:element></xs:schema>",
    ],
)
def test_a_file_that_is_no_usable_schema_gets_a_sentence_and_status_3(tmp_path, capsys, text):
    (tmp_path / "s.xsd").write_text(text)
    assert from_xsd([str(tmp_path / "s.xsd")]) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_a_file_that_is_not_there_or_cannot_be_written_gets_a_sentence(folder, capsys):
    assert from_xsd([str(folder / "absent.xsd")]) == 3
    assert from_xsd([str(folder / "main.xsd"), "--out", str(folder / "no" / "such.yaml")]) == 3
    assert "such.yaml" in capsys.readouterr().err


def test_it_is_one_of_the_words_of_contract(folder, capsys):
    assert contract(["from-xsd", str(folder / "main.xsd")]) == 0
    assert "kind: DataContract" in capsys.readouterr().out
