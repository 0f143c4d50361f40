"""What is wrong with a contract beyond its form, and what it is only asked to think about."""

import json
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.contracts import OURS, REAL, changed, changes, contract, places, plain_values

from concordia.domain.contracts.reading import read_contract
from concordia.domain.problems import DocumentError
from concordia.domain.stewardship.checks import problems
from concordia.domain.stewardship.options import is_pattern
from concordia.domain.stewardship.readable import as_text, read_aloud
from concordia.domain.stewardship.remarks import remarks
from concordia.domain.stewardship.versions import compare

TABLE = "schema.table"
X = "schema.table.properties.x"


def column(**words) -> dict:
    return contract({"name": "x", **words})


def options(kind: str, **words) -> dict:
    return column(logicalType=kind, logicalTypeOptions=words)


def check(**words) -> dict:
    return column(quality=[{"mustBe": 0, **words} if not any(w.startswith("must") for w in words) else words])


def table_check(**words) -> dict:
    made = contract({"name": "x"}, {"name": "y"})
    made["schema"][0]["quality"] = [{"mustBe": 0, **words}]
    return made


def referring(*relations: dict, **words) -> dict:
    made = contract({"name": "x"}, {"name": "y"}, **words)
    made["schema"][0]["relationships"] = list(relations)
    return made


def found(document: dict, what=problems) -> dict[str, str]:
    told = list(what(read_contract(json.dumps(document)).contract))
    for problem in told:
        for language in ("nl", "en"):
            assert problem.what.in_language(language).endswith((".", "?"))
            assert problem.mend.in_language(language)
    return {problem.path: problem.sentence("en") for problem in told}


WRONG = [
    (
        "a column stands twice",
        contract({"name": "x", "physicalName": "a"}, {"name": "x", "physicalName": "b"}),
        X,
    ),
    (
        "two columns read one of the file",
        contract({"name": "x"}, {"name": "y", "physicalName": "x"}),
        f"{TABLE}.properties.y.physicalName",
    ),
    (
        "a table stands twice",
        contract({"name": "x"}) | {"schema": [{"name": "t"}, {"name": "t"}]},
        "schema.t",
    ),
    (
        "a part stands twice",
        column(logicalType="object", properties=[{"name": "p"}, {"name": "p"}]),
        f"{X}.properties.p",
    ),
    (
        "a position in the key is taken",
        contract(
            {"name": "x", "primaryKey": True, "primaryKeyPosition": 1},
            {"name": "y", "primaryKey": True, "primaryKeyPosition": 1},
        ),
        f"{TABLE}.properties.y.primaryKeyPosition",
    ),
    (
        "a minimum lies above a maximum",
        options("integer", minimum=5, maximum=4),
        f"{X}.logicalTypeOptions.minimum",
    ),
    (
        "an end that leaves itself out leaves nothing",
        options("number", minimum=5, exclusiveMaximum=5),
        f"{X}.logicalTypeOptions.minimum",
    ),
    (
        "a first day lies after the last",
        options("date", minimum="2026-02-01", maximum="2026-01-01"),
        f"{X}.logicalTypeOptions.minimum",
    ),
    (
        "a least length is over the most",
        options("string", minLength=5, maxLength=4),
        f"{X}.logicalTypeOptions.minLength",
    ),
    ("a day does not exist", options("date", minimum="2026-02-30"), f"{X}.logicalTypeOptions.minimum"),
    ("a moment cannot be read", options("timestamp", maximum="yesterday"), f"{X}.logicalTypeOptions.maximum"),
    ("a pattern is none", options("string", pattern="(a"), f"{X}.logicalTypeOptions.pattern"),
    (
        "more digits behind the point than there are",
        column(logicalType="number", physicalType="decimal(2,5)"),
        f"{X}.physicalType",
    ),
    (
        "a part that is required may be absent",
        column(
            logicalType="object",
            logicalTypeOptions={"required": ["p"]},
            properties=[{"name": "p", "required": False}],
        ),
        f"{X}.properties.p.required",
    ),
    (
        "a part is required and not listed",
        column(
            logicalType="object",
            logicalTypeOptions={"required": ["q"]},
            properties=[{"name": "p", "required": True}, {"name": "q"}],
        ),
        f"{X}.logicalTypeOptions.required",
    ),
    (
        "a required part is not there",
        column(logicalType="object", logicalTypeOptions={"required": ["q"]}, properties=[{"name": "p"}]),
        f"{X}.logicalTypeOptions.required",
    ),
    ("invalid without what is valid", check(metric="invalidValues"), f"{X}.quality[0].arguments"),
    (
        "valid values are no list",
        check(metric="invalidValues", arguments={"validValues": "a"}),
        f"{X}.quality[0].arguments.validValues",
    ),
    (
        "a valid pattern is none",
        check(metric="invalidValues", arguments={"pattern": "["}),
        f"{X}.quality[0].arguments.pattern",
    ),
    (
        "missing without what stands for nothing",
        check(metric="missingValues"),
        f"{X}.quality[0].arguments.missingValues",
    ),
    ("rows are counted in a column", check(metric="rowCount"), f"{X}.quality[0].metric"),
    ("empty values are counted in a table", table_check(metric="nullValues"), f"{TABLE}.quality[0].metric"),
    (
        "doubles in a table without columns",
        table_check(metric="duplicateValues"),
        f"{TABLE}.quality[0].arguments.properties",
    ),
    (
        "doubles in a column that is not there",
        table_check(metric="duplicateValues", arguments={"properties": ["z"]}),
        f"{TABLE}.quality[0].arguments.properties",
    ),
    (
        "a range begins after its end",
        check(metric="nullValues", mustBeBetween=[5, 4]),
        f"{X}.quality[0].mustBeBetween",
    ),
    (
        "a share is over a hundred",
        check(metric="nullValues", mustBeLessThan=101, unit="percent"),
        f"{X}.quality[0].mustBeLessThan",
    ),
    ("a count is below zero", check(metric="nullValues", mustBe=-1), f"{X}.quality[0].mustBe"),
    ("a norm is no number", check(metric="nullValues", mustBe="none"), f"{X}.quality[0].mustBe"),
    ("a unit is none", check(metric="nullValues", unit="euro"), f"{X}.quality[0].unit"),
    (
        "a check is told by its name",
        check(metric="rowCount", name="how many"),
        f"{X}.quality.how many.metric",
    ),
    (
        "a reference to a column that is not there",
        column(relationships=[{"to": "table.z"}]),
        f"{X}.relationships[0].to",
    ),
    (
        "a reference of one column to two",
        column(relationships=[{"to": ["other.a", "other.b"]}]),
        f"{X}.relationships[0]",
    ),
    (
        "ends of different number",
        referring({"from": ["table.x", "table.y"], "to": ["other.a"]}),
        f"{TABLE}.relationships[0]",
    ),
    (
        "a reference from another table",
        referring({"from": "other.x", "to": "other.a"}),
        f"{TABLE}.relationships[0].from",
    ),
    (
        "a reference from a column that is not there",
        referring({"from": "table.z", "to": "other.a"}),
        f"{TABLE}.relationships[0].from",
    ),
]


@pytest.mark.parametrize(("document", "path"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_contradicts_itself_or_points_nowhere_is_told_where_it_stands(document, path):
    assert list(found(document)) == [path]


def test_every_fault_is_told_at_once():
    made = contract(
        {"name": "x", "logicalType": "integer", "logicalTypeOptions": {"minimum": 2, "maximum": 1}},
        {"name": "x", "physicalName": "b"},
        {
            "name": "z",
            "relationships": [{"to": "table.no"}],
            "quality": [{"metric": "rowCount", "mustBe": -1}],
        },
    )

    assert len(found(made)) == 5


def test_a_name_that_is_nearly_right_gets_the_one_that_is_meant():
    made = contract({"name": "x", "relationships": [{"to": "table.amont"}]}, {"name": "amount"})

    assert "Did you mean “amount”?" in found(made)[f"{X}.relationships[0].to"]


@pytest.mark.parametrize(
    "document",
    [
        options("integer", minimum=5, maximum=5),
        options("date", minimum="2026-01-01", maximum="2026-01-01"),
        options("date", format="dd-MM-yyyy", minimum="01-02-2026", maximum="31-12-2026"),
        options("time", minimum="08:00", maximum="18:00"),
        options("string", pattern=r"^\p{L}+$"),
        options("string", pattern=r"(?<year>\d{4})-\k<year>"),
        check(metric="nullValues", unit="percent", mustBeLessThan=100),
        check(type="sql", query="SELECT SUM(x) FROM t", mustBe=-4, unit="euro"),
        check(metric="duplicateValues"),
        column(relationships=[{"to": "elsewhere.key"}]),
        referring({"from": ["table.x", "table.y"], "to": ["table.y", "table.x"]}),
    ],
)
def test_what_is_unusual_and_right_passes(document):
    assert found(document) == {}


THINK = [
    ("a contract without a schema", contract() | {"schema": []}, "schema", "does not say what"),
    ("a table without columns", contract(), f"{TABLE}.properties", "no columns"),
    (
        "a type that is nearly one we know",
        options("string", format="Bsn"),
        f"{X}.logicalTypeOptions.format",
        "Did you mean “bsn”?",
    ),
    (
        "a semantic type that is nearly one",
        column(
            logicalType="string",
            classification="public",
            customProperties=[{"property": "semanticType", "value": "ibn"}],
        ),
        f"{X}.customProperties.semanticType",
        "Did you mean “iban”?",
    ),
    (
        "a type of elsewhere",
        options("string", format="password"),
        f"{X}.logicalTypeOptions.format",
        "will not be checked",
    ),
    (
        "a pattern that not every engine has",
        options("string", pattern="a(?=b)"),
        f"{X}.logicalTypeOptions.pattern",
        "will not be checked",
    ),
    (
        "an agreement in words",
        column(quality=[{"type": "text", "description": "Plausible."}]),
        f"{X}.quality[0]",
        "for you to check",
    ),
    (
        "another engine",
        column(quality=[{"type": "custom", "engine": "soda", "implementation": "x"}]),
        f"{X}.quality[0]",
        "another program",
    ),
    (
        "SQL that writes",
        column(quality=[{"type": "sql", "query": "DELETE FROM x", "mustBe": 0}]),
        f"{X}.quality[0]",
        "only reads",
    ),
    (
        "a severity nobody knows",
        check(metric="nullValues", severity="eror"),
        f"{X}.quality[0].severity",
        "Did you mean “error”?",
    ),
    (
        "a table of elsewhere",
        column(relationships=[{"to": "employers.number"}]),
        f"{TABLE}.relationships",
        "--reference employers=FILE",
    ),
]


@pytest.mark.parametrize(
    ("document", "path", "words"), [case[1:] for case in THINK], ids=[case[0] for case in THINK]
)
def test_what_leaves_something_open_is_a_remark_and_no_fault(document, path, words):
    assert found(document) == {}
    assert words in found(document, remarks)[path]


@pytest.mark.parametrize(
    "name", ["bsn", "geboortedatum", "BSN_werknemer", "birthDate", "e-mail", "first name"]
)
def test_a_column_that_is_personal_by_name_asks_how_confidential_it_is(name):
    document = contract({"name": name})

    assert f"schema.table.properties.{name}.classification" in found(document, remarks)
    document["schema"][0]["properties"][0]["classification"] = "confidential"
    assert found(document, remarks) == {}


@pytest.mark.parametrize("name", ["amount", "bsnippet", "emailing", "period"])
def test_other_names_are_left_alone(name):
    assert found(contract({"name": name}), remarks) == {}


def test_a_fault_is_not_told_a_second_time_as_a_remark():
    assert found(options("string", pattern="(a"), remarks) == {}


@given(st.data())
def test_whatever_is_a_contract_can_be_judged_told_and_compared(data):
    name, old, document = data.draw(st.sampled_from(_contracts()))
    place = data.draw(st.sampled_from(list(places(document))))
    possible = list(changes(document, place))
    if not possible:
        return
    try:
        new = read_contract(
            json.dumps(changed(document, place, *data.draw(st.sampled_from(possible))))
        ).contract
    except DocumentError:
        return

    told = [*problems(new), *remarks(new)]

    assert all(problem.sentence("nl") and problem.sentence("en") for problem in told), name
    assert as_text(read_aloud(new, "nl"))
    assert compare(old, new).data()


@cache
def _contracts():
    found = []
    for path in (*OURS, *REAL):
        try:
            found.append(
                (path.name, read_contract(path.read_text(encoding="utf-8")).contract, plain_values(path))
            )
        except DocumentError:
            continue
    return found


@pytest.mark.parametrize(
    "document",
    [
        contract({"name": ""}),
        options("date", minimum="", maximum="2026-01-01"),
        options("number", minimum=10**400),
        options("integer", maximum=10**400, multipleOf=10**300),
        options("number", multipleOf=10**400),
        options("timestamp", exclusiveMinimum=" ", maximum="2026-01-01T00:00:00Z"),
        table_check(metric="duplicateValues", arguments={"properties": [["x"], {"x": 1}, None]}),
    ],
)
def test_what_once_could_not_be_judged_can_be(document):
    made = read_contract(json.dumps(document)).contract

    for problem in (*problems(made), *remarks(made)):
        assert problem.sentence("nl")
    assert as_text(read_aloud(made, "en"))
    assert not compare(made, made).changes


@pytest.mark.parametrize(
    ("written", "is_one"),
    [
        ("^a$", True),
        ("(", False),
        ("a{2,1}", False),
        ("[z-a]", False),
        (r"\p{Lu}", True),
        (r"(?<n>a)", True),
        ("*", False),
        ("a" * 2000, True),
    ],
)
def test_what_is_a_pattern_somewhere_is_one(written, is_one):
    assert is_pattern(written) is is_one


def test_a_schema_for_messages_is_read_aloud_and_to_be_handed_over():
    document = column(logicalType="string") | {
        "authoritativeDefinitions": [{"type": "xsd", "url": "https://example.org/m.xsd"}]
    }
    read = read_contract(json.dumps(document)).contract
    assert "Each message follows the XML Schema “https://example.org/m.xsd”." in as_text(
        read_aloud(read, "en")
    )
    assert any("--schema FILE.xsd" in one.mend.in_language("en") for one in remarks(read))
    assert not list(problems(read))


def served(**words: object) -> dict:
    custom = [{"property": name, "value": value} for name, value in words.items()]
    server = {"server": "in", "type": "local", "path": "x", "format": "csv", "customProperties": custom}
    return column(logicalType="string") | {"servers": [server]}


@pytest.mark.parametrize(
    "words",
    [
        {"delimiter": ";;"},
        {"delimiter": "x"},
        {"delimiter": 5},
        {"encoding": "utf-7"},
        {"encoding": "none\0"},
        {"quote": "`"},
        {"decimalSeparator": ";"},
        {"header": "maybe"},
        {"delimiter": "'", "quote": "'"},
    ],
)
def test_how_a_csv_is_written_has_values_that_can_be(words):
    read = read_contract(json.dumps(served(**words))).contract
    assert [one.path for one in problems(read)] == [f"servers.in.{list(words)[-1]}"]


def test_how_a_csv_is_written_is_read_aloud_and_servers_that_differ_are_remarked():
    said = {
        "delimiter": "tab",
        "encoding": "cp1252",
        "quote": "none",
        "decimalSeparator": ",",
        "header": False,
    }
    document = served(**said)
    read = read_contract(json.dumps(document)).contract
    assert not list(problems(read))
    for language, words in (
        (
            "en",
            (
                "separated by tabs",
                "without quotes",
                "in windows-1252",
                "a comma in numbers",
                "without a line",
            ),
        ),
        (
            "nl",
            ("gescheiden door tabs", "zonder aanhalingstekens", "een komma in getallen", "zonder een regel"),
        ),
    ):
        text = " ".join(as_text(read_aloud(read, language)).split())
        assert all(word in text for word in words)
    document["servers"].append(document["servers"][0] | {"server": "out", "customProperties": []})
    differ = read_contract(json.dumps(document)).contract
    assert any("--server NAME" in one.what.in_language("en") for one in remarks(differ))
