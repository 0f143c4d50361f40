from decimal import Decimal

import pytest
from lxml import etree
from support.shared import shared_data

from concordia.domain.contracts.reading import dump_contract, read_contract
from concordia.domain.contracts.xml_mapping import xml_record
from concordia.domain.xsd import Origin, SchemaError, contract_from_xsd

XS = "{http://www.w3.org/2001/XMLSchema}"
ORIGIN = Origin("message.xsd", "0" * 64)


def contract_of(
    inside, *, record=None, language="nl", head='targetNamespace="urn:m" elementFormDefault="qualified"'
):
    schema = f'<xs:schema xmlns:xs="{XS[1:-1]}" xmlns="urn:m" {head}>{inside}</xs:schema>'
    written = contract_from_xsd(
        [(etree.fromstring(schema), "urn:m" if "targetNamespace" in head else "")],
        ORIGIN,
        record=record,
        language=language,
    )
    return read_contract(dump_contract(written)).contract


def column_of(type_, *, required=True):
    """The property that one element of a simple type becomes."""
    least = "" if required else ' minOccurs="0"'
    found = contract_of(
        '<xs:element name="m"><xs:complexType><xs:sequence><xs:element name="r" maxOccurs="9"><xs:complexType>'
        f'<xs:sequence><xs:element name="v"{least}>{type_}</xs:element></xs:sequence></xs:complexType></xs:element>'
        "</xs:sequence></xs:complexType></xs:element>"
    )
    return found.object("r").property("v")


def simple(base, *facets):
    inside = "".join(f'<xs:{name} value="{value}"/>' for name, value in facets)
    return f'<xs:simpleType><xs:restriction base="xs:{base}">{inside}</xs:restriction></xs:simpleType>'


def asked(column):
    """What a property says, in short."""
    values = [rule.arguments["validValues"] for rule in column.quality if rule.metric == "invalidValues"]
    return column.logical_type, column.physical_type, column.options, *values


@pytest.fixture(scope="module")
def wages():
    path = shared_data("messages/loonaangifte2026/Loonaangifte2026v2.0.xsd")
    root = etree.parse(path).getroot()
    written = contract_from_xsd([(root, root.get("targetNamespace"))], Origin(path.name, "0" * 64))
    reading = read_contract(dump_contract(written))
    assert reading.remarks == ()
    assert reading.written == written
    return reading.contract


def leaf_paths(root):
    """Every path to a single value of the wage-declaration schema, found with nothing of the product."""
    types = {part.get("name"): part for part in root if part.tag == f"{XS}complexType"}

    def below(part, path):
        for child in part:
            if child.tag == f"{XS}element":
                here = f"{path}/{child.get('name')}"
                inner = types.get(child.get("type"))
                inline = child.find(f"{XS}complexType")
                if inner is None and inline is None:
                    yield here
                else:
                    yield from below(inner if inner is not None else inline, here)
            elif child.tag == f"{XS}attribute":
                yield f"{path}/@{child.get('name')}"
            elif child.tag == f"{XS}extension":
                yield from below(types[child.get("base")], path)
                yield from below(child, path)
            elif child.tag in {
                f"{XS}{name}" for name in ("sequence", "choice", "complexType", "complexContent")
            }:
                yield from below(child, path)

    return set(below(root.find(f"{XS}element"), f"/{root.find(f'{XS}element').get('name')}")) | {
        f"/Loonaangifte/@{one.get('name')}"
        for one in root.find(f"{XS}element/{XS}complexType").findall(f"{XS}attribute")
    }


def test_the_contract_of_the_wage_declaration_has_every_item_of_its_schema_once(wages):
    root = etree.parse(shared_data("messages/loonaangifte2026/Loonaangifte2026v2.0.xsd")).getroot()
    found = []
    for item in wages.objects:
        records = item.custom("xmlRecord")
        for record in records if isinstance(records, list) else [records]:
            paths = [column.custom("xmlPath") for column in item.properties]
            own = [path for path in paths if isinstance(path, str) and path[0] not in "/#."]
            found += [f"{record}/{path}" for path in own]
    assert len(found) == len(set(found))
    assert set(found) == leaf_paths(root)
    assert len(found) == 420


def test_the_wage_declaration_has_these_tables(wages):
    assert [item.name for item in wages.objects] == [
        "Loonaangifte",
        "SaldoCorrectiesVoorgaandTijdvak",
        "InkomstenverhoudingInitieel",
        "Inkomstenperiode",
        "Sector",
        "InkomstenverhoudingIntrekking",
        "TijdvakCorrectie",
    ]
    for item in wages.objects:
        assert xml_record(item).columns


INITIAL = "InkomstenverhoudingInitieel"
PERIOD = "Inkomstenperiode"


@pytest.mark.parametrize(
    ("table", "name", "kind", "physical", "required", "options"),
    [
        ("Loonaangifte", "IdBer", "string", "string", True, {"minLength": 1, "maxLength": 32}),
        ("Loonaangifte", "DatTdAanm", "timestamp", "dateTime", True, {}),
        ("Loonaangifte", "RelNr", "string", "string", True, {"minLength": 8, "maxLength": 8}),
        ("Loonaangifte", "NmIP", "string", "string", True, {"minLength": 1, "maxLength": 200}),
        (INITIAL, "NumIV", "integer", "nonNegativeInteger", True, {"minimum": 0, "maximum": 9999}),
        (INITIAL, "DatAanv", "date", "date", True, {}),
        (INITIAL, "DatEind", "date", "date", False, {}),
        (INITIAL, "Nat", "integer", "nonNegativeInteger", False, {"minimum": 0, "maximum": 9999}),
        (INITIAL, "Voorv", "string", "string", False, {"maxLength": 10}),
        (INITIAL, "Pc", "string", "string", False, None),
        (INITIAL, "LnLbPh", "number", "decimal(12,2)", True, {"minimum": -9999999999, "maximum": 9999999999}),
        (
            INITIAL,
            "Ctrctln",
            "number",
            "decimal(12,2)",
            False,
            {"minimum": -9999999999, "maximum": 9999999999},
        ),
        (INITIAL, "AantVerlU", "integer", "integer", True, {"minimum": -99999, "maximum": 99999}),
        (INITIAL, "AantCtrcturenPWk", "number", "decimal", False, {}),
        (PERIOD, "DatAanv", "date", "date", True, {}),
        (PERIOD, "CAO", "integer", "nonNegativeInteger", False, {"minimum": 0, "maximum": 9999}),
        (PERIOD, "IndLhKort", "string", "string", True, {"minLength": 1, "maxLength": 1}),
        ("Sector", "DatAanvSect", "date", "date", True, {}),
        ("Sector", "DatEindSect", "date", "date", False, {}),
        ("Sector", "Sect", "integer", "nonNegativeInteger", True, {"minimum": 0, "maximum": 999}),
        (
            "SaldoCorrectiesVoorgaandTijdvak",
            "Saldo",
            "integer",
            "integer",
            True,
            {"minimum": -9999999999, "maximum": 9999999999},
        ),
        (
            "TijdvakCorrectie",
            "AVZeev",
            "integer",
            "integer",
            False,
            {"minimum": -9999999999, "maximum": 9999999999},
        ),
        (
            "InkomstenverhoudingIntrekking",
            "PersNr",
            "string",
            "string",
            False,
            {"minLength": 1, "maxLength": 35},
        ),
    ],
)
def test_items_of_the_wage_declaration_looked_up_by_hand(
    wages, table, name, kind, physical, required, options
):
    item = wages.object(table)
    column = next(one for one in item.properties if one.name in (name, f"AdresBinnenland_{name}"))
    assert (column.logical_type, column.physical_type, column.required) == (kind, physical, required)
    assert options is None or column.options == options


def test_a_citizen_number_keeps_its_zeros_and_its_pattern(wages):
    column = wages.object(INITIAL).property("SofiNr")
    assert column.logical_type == "string"
    assert column.options == {
        "pattern": r"^(?:(?:[1-9][0-9][0-9]|[0-9][1-9][0-9]|[0-9][0-9][1-9])(?:[0-9]{6}))$"
    }


def test_codes_of_the_wage_declaration_are_lists_of_their_own_type(wages):
    period = wages.object(PERIOD)
    assert asked(period.property("IndWAO"))[3] == ["J", "N"]
    assert asked(period.property("FsIndFZ"))[3] == [1, 3, 4, 5, 6, 17, 18, 19, 38, 40, 41, 43]
    assert len(asked(period.property("LbTab"))[3]) == 72
    assert asked(wages.object(INITIAL).property("DatAanvTv"))[3][:2] == ["2026-01-01", "2026-01-26"]


def test_an_income_relationship_carries_the_tax_number_and_the_period_it_is_declared_in(wages):
    item = wages.object(INITIAL)
    assert item.property("LhNr").custom("xmlPath") == "/Loonaangifte/AdministratieveEenheid/LhNr"
    assert item.property("DatAanvTv").custom("xmlPath") == [
        "/Loonaangifte/AdministratieveEenheid/TijdvakAangifte/DatAanvTv",
        "/Loonaangifte/AdministratieveEenheid/TijdvakCorrectie/DatAanvTv",
    ]
    assert item.property("xml_onderdeel").custom("xmlPath") == ".."
    assert {"LhNr", "DatAanvTv", "NumIV", "InkomstenverhoudingInitieel_nr"} <= {
        column.name for column in wages.object("Inkomstenperiode").properties
    }


def test_what_a_flat_table_cannot_say_stays_as_words(wages):
    said = [rule.description for item in wages.objects for rule in item.quality]
    assert (
        "AdministratieveEenheid/TijdvakAangifte: precies één van VolledigeAangifte, AanvullendeAangifte."
        in said
    )
    assert "NatuurlijkPersoon: precies één van AdresBinnenland, AdresBuitenland." in said
    assert "Per plaats in het bericht: minstens 1, hoogstens 99 Inkomstenperiode." in said


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (simple("string", ("maxLength", 3)), ("string", "string", {"maxLength": 3})),
        (simple("string", ("length", 2)), ("string", "string", {"minLength": 2, "maxLength": 2})),
        (simple("string", ("pattern", "[A-Z]{2}")), ("string", "string", {"pattern": "^(?:[A-Z]{2})$"})),
        (
            simple("string", ("pattern", "a"), ("pattern", "b")),
            ("string", "string", {"pattern": "^(?:a|b)$"}),
        ),
        (simple("string", ("enumeration", "x"), ("enumeration", "y")), ("string", "string", {}, ["x", "y"])),
        (simple("integer", ("minInclusive", 1)), ("integer", "integer", {"minimum": 1})),
        (
            simple("positiveInteger", ("maxExclusive", 9)),
            ("integer", "positiveInteger", {"minimum": 1, "exclusiveMaximum": 9}),
        ),
        (simple("decimal", ("minInclusive", "0.5")), ("number", "decimal", {"minimum": Decimal("0.5")})),
        (
            simple("decimal", ("totalDigits", 5), ("fractionDigits", 2)),
            ("number", "decimal(7,2)", {"minimum": -99999, "maximum": 99999}),
        ),
        (simple("int"), ("integer", "int", {"minimum": -(2**31), "maximum": 2**31 - 1})),
        (
            simple("unsignedLong"),
            ("integer", "unsignedLong", {"minimum": 0, "maximum": 2**64 - 1, "format": "u64"}),
        ),
        (simple("double"), ("number", "double", {})),
        (simple("boolean"), ("string", "boolean", {}, ["true", "false", "1", "0"])),
        (simple("date", ("minInclusive", "2026-01-01")), ("date", "date", {"minimum": "2026-01-01"})),
        (simple("dateTime"), ("timestamp", "dateTime", {})),
        (simple("time"), ("time", "time", {})),
        (simple("anyURI"), ("string", "anyURI", {})),
    ],
)
def test_a_simple_type_becomes_a_type_with_options(type_, expected):
    assert asked(column_of(type_)) == expected


@pytest.mark.parametrize("pattern", [r"\p{L}+", r"\i\c*", r"\w+", "[a-z-[aeiou]]"])
def test_a_pattern_that_no_engine_shares_stays_as_words(pattern):
    column = column_of(simple("string", ("pattern", pattern)))
    assert column.options == {}
    assert [rule.description for rule in column.quality] == [f"De waarde past bij het patroon {pattern}"]


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        (r"\d{2}", ["12"], ["1", "123", "a1", "1\n2"]),
        ("a.c", ["abc", "a-c"], ["ac", "a\nc"]),
        ("^$", ["^$"], ["", "^"]),
        (r"\-?\d{1,3}|\-?\d{1,3}\.\d{1,2}", ["-12", "1.25"], ["1.255", "x"]),
        (r"[\-+x-z^]", ["-", "+", "y", "^"], ["a", ""]),
        (r"(ab|c)\s[^\s]", ["ab x", "c\ty"], ["ab  ", "d x"]),
    ],
)
def test_a_translated_pattern_fits_the_same_texts(pattern, fits, fails):
    import re

    from concordia.domain.checking.patterns import Pattern

    column = column_of(simple("string", ("pattern", pattern)))
    found = re.compile(Pattern.read(column.options["pattern"]).python)
    schema = etree.XMLSchema(
        etree.fromstring(
            f'<xs:schema xmlns:xs="{XS[1:-1]}"><xs:element name="v">{simple("string", ("pattern", pattern))}'
            "</xs:element></xs:schema>"
        )
    )
    for text in [*fits, *fails]:
        element = etree.Element("v")
        element.text = text
        assert bool(found.search(text)) is schema.validate(element) is (text in fits), text


def test_what_is_always_there_but_may_be_empty_is_not_required_and_says_so():
    column = column_of(simple("string", ("maxLength", 9)))
    assert not column.required
    assert "mag leeg zijn" in column.quality[0].description
    assert column_of(simple("date")).required
    assert not column_of(simple("date"), required=False).required


SHOP = """
<xs:element name="orders"><xs:complexType><xs:sequence>
  <xs:element name="shop" type="xs:token"/>
  <xs:element ref="order" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="order"><xs:annotation><xs:documentation xml:lang="en">An order.</xs:documentation>
  <xs:documentation xml:lang="nl">Een bestelling.</xs:documentation></xs:annotation>
  <xs:complexType><xs:sequence>
    <xs:element name="line" type="line" maxOccurs="20"/>
    <xs:element name="remark" type="xs:string" minOccurs="0" maxOccurs="2"/>
    <xs:choice><xs:element name="paid" type="xs:date"/><xs:element name="due" type="xs:date"/></xs:choice>
    <xs:element name="part" type="tree" minOccurs="0"/>
    <xs:any namespace="##other" minOccurs="0" processContents="lax"/>
  </xs:sequence><xs:attribute name="id" type="xs:ID" use="required"/></xs:complexType></xs:element>
<xs:complexType name="line"><xs:simpleContent><xs:extension base="xs:decimal">
  <xs:attribute name="currency" type="xs:string" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
<xs:complexType name="tree"><xs:sequence><xs:element name="part" type="tree" minOccurs="0"/>
  <xs:element name="size" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType>
"""


def test_repeating_parts_attributes_and_recursion_become_tables_keys_and_words():
    shop = contract_of(SHOP)
    assert {item.name: [column.name for column in item.properties] for item in shop.objects} == {
        "orders": ["shop"],
        "order": ["order_nr", "shop", "id", "paid", "due", "size"],
        "line": ["line_nr", "order_nr", "shop", "id", "currency", "line"],
        "remark": ["remark_nr", "order_nr", "shop", "id", "remark"],
    }
    order = shop.object("order")
    assert order.description == "Een bestelling."
    assert [rule.description for rule in order.quality] == [
        "precies één van paid, due.",
        "hier mogen ook andere onderdelen staan; die worden niet gelezen.",
        "part/part: dit onderdeel kan zichzelf bevatten; dat wordt niet gelezen.",
    ]
    assert shop.object("line").property("line").custom("xmlPath") == "."


def test_one_record_can_be_asked_for_by_name_and_another_is_refused_with_those_there_are():
    assert [item.name for item in contract_of(SHOP, record="order").objects] == ["order"]
    with pytest.raises(SchemaError) as refused:
        contract_of(SHOP, record="invoice")
    assert "orders, order, line, remark" in refused.value.mend.in_language("nl")


def test_a_part_that_the_schema_lacks_is_named():
    with pytest.raises(SchemaError, match="nowhere"):
        contract_of('<xs:element name="m" type="nowhere"/>')


def test_the_schema_of_iati_with_what_it_imports_becomes_a_contract():
    folder = shared_data("messages/iati_organisation")
    names = ("iati-organisations-schema.xsd", "xml.xsd", "iati-common.xsd")
    roots = [etree.parse(folder / name).getroot() for name in names]
    written = contract_from_xsd(
        [(root, root.get("targetNamespace") or "") for root in roots], ORIGIN, language="en"
    )
    found = read_contract(dump_contract(written)).contract
    assert len(found.objects) == 17
    assert found.object("iati_organisation").property("lang").custom("xmlPath") == "@xml:lang"
    assert len(found.object("narrative").custom("xmlRecord")) > 5
