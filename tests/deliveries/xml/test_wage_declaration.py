import io

import pyarrow as pa
import pytest
from support.wages import example, schema_path, wage_contract, wage_declaration, wage_records

from concordia.deliveries.xml import read_tables
from concordia.deliveries.xml.schema import Schema, validate
from concordia.domain.checking.compile import plan_of
from concordia.domain.checking.reference import counts
from concordia.domain.checking.rules import RowRule, TypeRule


def tables_of(message, *, fast=True):
    batches = {}
    for name, batch in read_tables(io.BytesIO(message), list(wage_records().values()), fast=fast):
        batches.setdefault(name, []).append(batch)
    return {name: pa.Table.from_batches(found).combine_chunks() for name, found in batches.items()}


@pytest.fixture(scope="module")
def message():
    return wage_declaration(400, corrections=3)


def test_the_published_example_has_three_income_relationships_of_one_employer():
    tables = tables_of(example())
    assert {name: table.num_rows for name, table in tables.items()} == {
        "Loonaangifte": 1,
        "InkomstenverhoudingInitieel": 3,
        "Inkomstenperiode": 3,
    }
    rows = tables["InkomstenverhoudingInitieel"].to_pylist()
    assert [row["SofiNr"] for row in rows] == ["123456782", "123456782", None]
    assert {(row["LhNr"], row["DatAanvTv"], row["DatEindTv"], row["xml_onderdeel"]) for row in rows} == {
        ("123456789L01", "2026-01-01", "2026-01-31", "VolledigeAangifte")
    }
    assert tables["Loonaangifte"].to_pylist()[0]["IdBer"] == "SYNTHETIC-CONTROL02-001"


def test_every_value_of_the_example_is_in_some_table():
    from lxml import etree

    texts = sorted(element.text for element in etree.fromstring(example()).iter() if not len(element))
    found = []
    records = wage_records()
    for name, table in tables_of(example()).items():
        for column in records[name].columns:
            if all(place.kind == "own" and not place.attribute for place in column.places):
                found += [value for value in table[column.name].to_pylist() if value is not None]
    assert sorted(found) == texts


def test_a_declaration_of_many_records_follows_the_schema_and_is_read_whole(message):
    assert validate(io.BytesIO(message), Schema(schema_path())) == []
    tables = tables_of(message)
    counts = {name: table.num_rows for name, table in tables.items()}
    assert counts["InkomstenverhoudingInitieel"] == message.count(b"<InkomstenverhoudingInitieel>") > 400
    for name in ("Inkomstenperiode", "Sector", "InkomstenverhoudingIntrekking", "TijdvakCorrectie"):
        assert counts[name] == message.count(f"<{name}>".encode()) > 0


def test_both_readers_give_the_same_tables_of_a_declaration(message):
    fast, strict = tables_of(message), tables_of(message, fast=False)
    assert fast.keys() == strict.keys()
    for name, table in fast.items():
        assert table.equals(strict[name]), name


def test_a_correction_carries_its_own_period_and_its_parts_the_number_of_their_record(message):
    tables = tables_of(message)
    rows = tables["InkomstenverhoudingInitieel"].to_pylist()
    corrected = [row for row in rows if row["xml_onderdeel"] == "TijdvakCorrectie"]
    assert len(corrected) == len(rows) - 400 > 0
    periods = {row["DatAanvTv"] for row in tables["TijdvakCorrectie"].to_pylist()}
    assert {row["DatAanvTv"] for row in corrected} <= periods
    starts = {row["InkomstenverhoudingInitieel_nr"]: (row["NumIV"], row["DatAanvTv"]) for row in rows}
    for period in tables["Inkomstenperiode"].to_pylist():
        assert starts[period["InkomstenverhoudingInitieel_nr"]] == (period["NumIV"], period["DatAanvTv"])


def failing(message):
    """What the contract finds in a message, by table: how often a kind of rule about rows fails, where it does."""
    contract, tables = wage_contract(), tables_of(message)
    found = {}
    for name, table in tables.items():
        plan = plan_of(contract, name)
        kinds = {rule.key: rule.kind for rule in plan.rules if isinstance(rule, RowRule | TypeRule)}
        counted = counts(plan, table.to_pylist())
        found.update({(name, kind): counted[key] for key, kind in kinds.items() if counted[key]})
    return found


def test_what_follows_the_schema_passes_every_rule_of_the_contract_made_from_it(message):
    assert failing(example()) == {}
    assert failing(message) == {}


@pytest.mark.parametrize(
    ("old", "new", "table", "rule"),
    [
        ("<SrtIV>11<", "<SrtIV>99<", "Inkomstenperiode", "invalidValues"),
        ("<NumIV>2<", "<NumIV>x<", "InkomstenverhoudingInitieel", "type"),
        ("<NumIV>2<", "<NumIV>10000<", "InkomstenverhoudingInitieel", "maximum"),
        ("<RelNr>12345678</RelNr>", "", "Loonaangifte", "required"),
        ("<IdBer>SYNTHETIC-CONTROL02-001</IdBer>", "<IdBer/>", "Loonaangifte", "required"),
        ("<RelNr>12345678<", "<RelNr>1234<", "Loonaangifte", "minLength"),
        ("<Voorl>AB<", "<Voorl>ABCDEFG<", "InkomstenverhoudingInitieel", "maxLength"),
        ("<SofiNr>123456782<", "<SofiNr>000456782<", "InkomstenverhoudingInitieel", "pattern"),
        ("<DatAanvTv>2026-01-01<", "<DatAanvTv>2026-01-02<", "InkomstenverhoudingInitieel", "invalidValues"),
        ("<LnSV>0.00<", "<LnSV>0.001<", "InkomstenverhoudingInitieel", "type"),
        (' version="2.0"', ' version="1.0"', "Loonaangifte", "invalidValues"),
    ],
)
def test_what_breaks_the_schema_fails_the_contract_too(old, new, table, rule):
    message = example().decode().replace(old, new, 1).encode()
    assert validate(io.BytesIO(message), Schema(schema_path()))
    assert (table, rule) in failing(message)
