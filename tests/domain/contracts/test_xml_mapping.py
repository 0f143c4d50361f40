import pytest

from concordia.domain.contracts.model import SchemaObject
from concordia.domain.contracts.xml_mapping import XmlColumn, XmlPlace, xml_record
from concordia.domain.problems import DocumentError


def object_of(properties, **custom):
    return SchemaObject.model_validate(
        {
            "name": "rows",
            "properties": properties,
            "customProperties": [{"property": name, "value": value} for name, value in custom.items()],
        }
    )


def column(name, path=None, **more):
    custom = [] if path is None else [{"property": "xmlPath", "value": path}]
    return {"name": name, "customProperties": custom, **more}


def places_of(path, **custom):
    found = xml_record(object_of([column("c", path)], xmlRecord="/M/R", **custom))
    return found.columns[0].places


def test_an_object_without_a_record_element_is_no_xml():
    assert xml_record(object_of([column("c")])) is None


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("A", XmlPlace("own", ("{urn:m}A",))),
        ("A/o:B", XmlPlace("own", ("{urn:m}A", "{urn:o}B"))),
        ("@a", XmlPlace("own", (), "a")),
        ("A/@o:a", XmlPlace("own", ("{urn:m}A",), "{urn:o}a")),
        ("@xml:lang", XmlPlace("own", (), "{http://www.w3.org/XML/1998/namespace}lang")),
        (".", XmlPlace("own", ())),
        ("..", XmlPlace("holder", ())),
        ("/M/A", XmlPlace("outer", ("{urn:m}M", "{urn:m}A"))),
        ("/M/@a", XmlPlace("outer", ("{urn:m}M",), "a")),
        ("#", XmlPlace("number", ())),
        ("/M/R#", XmlPlace("number", ("{urn:m}M", "{urn:m}R"))),
    ],
)
def test_a_path_means_a_place_with_its_namespaces_resolved(path, place):
    assert places_of(path, xmlNamespace="urn:m", xmlNamespaces={"o": "urn:o"}) == (place,)


def test_a_property_without_a_path_is_looked_for_by_its_source_name():
    found = xml_record(object_of([column("c", physicalName="Source")], xmlRecord="/M/R"))
    own = (XmlPlace("own", ("Source",)), XmlPlace("own", (), "Source"))
    assert found.columns == (XmlColumn("Source", own),)


def test_blanks_around_what_is_no_text_do_not_count():
    found = xml_record(object_of([column("c", "A", logicalType="date"), column("d", "B")], xmlRecord="/M/R"))
    assert [one.collapsed for one in found.columns] == [True, False]


def test_a_record_in_several_places_has_all_of_them():
    found = xml_record(object_of([column("c", ["/M/A", "/N/A"])], xmlRecord=["/M/R", "/N/R", "/M/R"]))
    assert found.records == (("M", "R"), ("N", "R"))
    assert len(found.columns[0].places) == 2


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "A//B",
        "o:A",
        "a b",
        "A#",
        "@a/B",
        "../A",
        "A[1]",
        "//A",
        7,
        ["A", 3],
        "/M",
        "/".join("A" * 99),
    ],
)
def test_a_path_that_is_none_is_told_with_its_place(path):
    with pytest.raises(DocumentError) as refused:
        places_of(path)
    (problem,) = refused.value.problems
    assert problem.path == "schema.rows.properties.c.xmlPath" or problem.path == "schema.rows.properties.c"
    assert problem.sentence("nl") != problem.sentence("en")


@pytest.mark.parametrize(
    "custom",
    [
        {"xmlRecord": "R"},
        {"xmlRecord": "/M/@a"},
        {"xmlRecord": ["/M", "/M/R"]},
        {"xmlRecord": "/M", "xmlNamespaces": 3},
    ],
)
def test_a_record_that_is_none_or_within_another_is_told(custom):
    with pytest.raises(DocumentError):
        xml_record(object_of([column("c", ".")], **custom))


def test_every_fault_is_told_at_once():
    with pytest.raises(DocumentError) as refused:
        xml_record(object_of([column("c", "//"), column("d", "x:y")], xmlRecord="R"))
    assert len(refused.value.problems) == 3
