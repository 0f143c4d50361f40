"""XML messages held against their schema from a terminal: asked for by the contract, or by whoever checks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support.check import run
from support.deliveries import contract_of
from support.shared import shared_data
from support.wages import example, schema_path

from concordia.domain.checking.document import result_schema
from concordia.domain.checking.result import from_plain, merged
from concordia.domain.contracts.reading import dump_contract

pytest.importorskip("duckdb", reason="the embedded engine (duckdb) is not installed")

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="m"><xs:complexType><xs:sequence>
<xs:element name="r" maxOccurs="unbounded"><xs:complexType><xs:sequence>
<xs:element name="amount" type="xs:decimal"/><xs:element name="note" type="xs:string" minOccurs="0"/>
</xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"""
ROW = {"name": "amount", "logicalType": "string"}
RECORD = [{"property": "xmlRecord", "value": "/m/r"}]
ASKED = {"authoritativeDefinitions": [{"type": "xsd", "url": "https://example.org/agreed.xsd"}]}


@pytest.fixture
def schema(tmp_path) -> Path:
    return made(tmp_path / "agreed.xsd", XSD)


def made(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def contract(folder: Path, **more: object) -> Path:
    return made(folder / "contract.yaml", dump_contract(contract_of(ROW, customProperties=RECORD, **more)))


def message(folder: Path, name: str, *amounts: str) -> Path:
    rows = "\n".join(f"<r>\n<amount>{amount}</amount></r>" for amount in amounts)
    return made(folder / name, f"<m>{rows}</m>")


def test_what_the_contract_asks_and_nobody_gave_is_told_with_how_to_mend_it(tmp_path):
    answer = run(contract(tmp_path, **ASKED), message(tmp_path, "a.xml", "1"))
    assert answer.returncode == 1
    assert "Each message follows the XML Schema “https://example.org/agreed.xsd”." in answer.stdout
    assert "was not given. Give it with --schema FILE.xsd." in answer.stdout


def test_messages_that_do_not_follow_the_schema_refuse_with_line_and_path(tmp_path, schema):
    good, bad = message(tmp_path, "a.xml", "1"), message(tmp_path, "b.xml", "1", "much", "more")
    out, page = tmp_path / "out.json", tmp_path / "out.html"
    words = (contract(tmp_path, **ASKED), good, bad, "--schema", schema, "--json", out, "--html", page)
    answer = run(*words, language="nl")
    assert answer.returncode == 2
    assert "1 van 2 berichten niet, op 2 plaatsen." in answer.stdout
    assert "b.xml, regel 4, /m/r[2]/amount: De waarde van “amount” heeft de verkeerde vorm." in answer.stdout
    assert "Ook getoetst aan het XML-schema “agreed.xsd”: 0,0" in answer.stdout
    assert "/m/r[3]/amount" in page.read_text(encoding="utf-8")
    document = json.loads(out.read_text(encoding="utf-8"))
    Draft202012Validator(result_schema()).validate(document)
    rule = next(one for one in document["rules"] if one["kind"] == "xsd")
    assert (rule["key"], rule["counted"], rule["result"], rule["of_rows"]) == (
        "lines.xsd",
        1,
        "failed",
        False,
    )
    assert [place["line"] for place in rule["places"]] == [4, 6]
    assert "much" not in json.dumps(rule)
    assert [one["name"] for one in document["schemas"]] == ["agreed.xsd"]


def test_results_of_messages_add_up(tmp_path, schema):
    found = []
    for name, amounts in (("a.xml", ["1"]), ("b.xml", ["x", "y"]), ("c.xml", ["z"])):
        out = tmp_path / f"{name}.json"
        run(contract(tmp_path), message(tmp_path, name, *amounts), "--schema", schema, "--json", out)
        found.append(from_plain(json.loads(out.read_text(encoding="utf-8"))))
    rule = next(one for one in merged(found, sample=2).rules if one.kind == "xsd")
    assert (rule.counted, rule.outcome) == (2, "failed")
    assert [place.file for place in rule.places] == ["b.xml", "c.xml"]


def test_a_schema_is_looked_at_without_being_asked_for(tmp_path, schema):
    answer = run(contract(tmp_path), message(tmp_path, "a.xml", "1"), "--schema", schema, "--whole")
    assert answer.returncode == 0
    assert (
        "✓ Each message follows the XML Schema “agreed.xsd”.\n    Held against it: 1 message."
        in answer.stdout
    )


def test_another_schema_than_the_contract_was_made_of_is_remarked(tmp_path, schema):
    document = contract_of(ROW, customProperties=RECORD)
    document["customProperties"] = [{"property": "xmlSchemaSha256", "value": "0" * 64}]
    path = made(tmp_path / "contract.yaml", dump_contract(document))
    answer = run(path, message(tmp_path, "a.xml", "1"), "--schema", schema)
    assert answer.returncode == 1
    assert "another file than the one that the contract was made of" in answer.stdout


def test_of_a_delivery_that_is_no_xml_a_schema_says_nothing(tmp_path, schema):
    answer = run(contract(tmp_path, **ASKED), made(tmp_path / "a.csv", "amount\n1\n"), "--schema", schema)
    assert answer.returncode == 1
    assert "This delivery is no XML" in answer.stdout


def test_a_message_that_is_no_xml_does_not_follow_it(tmp_path, schema):
    answer = run(contract(tmp_path, **ASKED), made(tmp_path / "a.xml", "<m><r>"), "--schema", schema)
    assert answer.returncode == 2
    assert "1 of 1 message not, at 1 place." in answer.stdout


OUTSIDE = XSD.replace("<xs:element", "<xs:include schemaLocation='/etc/passwd'/><xs:element", 1)


@pytest.mark.parametrize("text", ["", "<m/>", OUTSIDE])
def test_a_schema_that_is_none_is_bad_input(tmp_path, text):
    answer = run(
        contract(tmp_path), message(tmp_path, "a.xml", "1"), "--schema", made(tmp_path / "s.xsd", text)
    )
    assert answer.returncode == 3
    assert "“s.xsd”" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_published_verdicts_on_139_messages_come_out(tmp_path):
    folder = shared_data("messages/iati_organisation")
    definition = folder / "iati-organisations-schema.xsd"
    path = tmp_path / "iati.yaml"
    made_of = [sys.executable, "-m", "concordia", "contract", "from-xsd", definition, "--out", path]
    subprocess.run(made_of, check=True, timeout=60)
    for name, failed, status in (("should-pass", 0, 1), ("should-fail", 127, 2)):
        messages = sorted((folder / name).rglob("*.xml"))
        words = (path, *messages, "--object", "iati_organisation", "--schema", definition, "--no-profile")
        answer = run(*words, "--sample", 200, "--json", tmp_path / "out.json")
        document = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
        rule = next(one for one in document["rules"] if one["kind"] == "xsd")
        assert (answer.returncode, rule["counted"]) == (status, failed)
        assert len({place["file"] for place in rule.get("places", [])}) <= failed
        assert "iati-common.xsd" in [one["name"] for one in document["schemas"]]


def test_the_example_of_the_wage_declaration_follows_its_schema_until_it_is_changed(tmp_path):
    path, text = tmp_path / "wages.yaml", example()
    made_of = [sys.executable, "-m", "concordia", "contract", "from-xsd", schema_path(), "--out", path]
    subprocess.run(made_of, check=True, timeout=60)
    for content, status in ((text, 0), (text.replace(b"<SrtIV>11<", b"<SrtIV>99<", 1), 2)):
        (tmp_path / "message.xml").write_bytes(content)
        words = (path, tmp_path / "message.xml", "--object", "Inkomstenperiode", "--schema", schema_path())
        answer = run(*words, language="nl")
        shown = "Elk bericht volgt het XML-schema “Loonaangifte2026v2.0.xsd”." in answer.stdout
        assert (answer.returncode == 2, shown) == (status == 2, status == 2)
    assert "regel 50" in answer.stdout
    assert "staat niet in de lijst: 11, 13" in answer.stdout
