"""The form of a data contract: what the published schemas accept we accept, and nothing else."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.contracts import (
    OURS,
    REAL,
    accepted,
    agrees,
    at,
    changed,
    changes,
    contract,
    is_latest,
    numbers_as_json,
    official,
    officially,
    places,
    plain_values,
    read_as_yaml,
)
from support.shared import shared_data

from concordia.domain.contracts.reading import read_contract, read_document
from concordia.domain.problems import DocumentError

VERDICTS = json.loads((Path(__file__).parent / "verdicts.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def schemas():
    shared_data("contracts/bitol")
    return official("3.1.0"), official("3.0.2")


@pytest.mark.parametrize("path", [*OURS, *REAL], ids=lambda path: path.name)
def test_a_whole_contract_is_accepted_as_its_schema_does(path, schemas):
    document = plain_values(path)

    assert agrees(document, officially(document, *schemas))


def _good(schemas) -> list:
    documents = [plain_values(path) for path in (*OURS, *REAL)]
    return [document for document in documents if officially(document, *schemas)]


@given(st.data())
@settings(max_examples=150)
def test_a_contract_with_something_changed_is_accepted_as_its_schema_does(schemas, data):
    document = data.draw(st.sampled_from(_cached(schemas)))
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.sampled_from(list(places(document))))
        possible = list(changes(document, place))
        if possible:
            document = changed(document, place, *data.draw(st.sampled_from(possible)))
        if not isinstance(document, dict):
            break

    assert agrees(document, officially(document, *schemas)), _said(document)


_KEPT: list = []


def _cached(schemas) -> list:
    if not _KEPT:
        _KEPT.extend(_good(schemas))
    return _KEPT


def _said(document) -> str:
    try:
        return "accepted" if accepted(document) else "accepted with remarks"
    except DocumentError as error:
        return str(error)


def _mutant(verdict: dict):
    path = next(path for path in OURS if path.name == verdict["contract"])
    return changed(plain_values(path), tuple(verdict["place"]), verdict["kind"], verdict["value"])


def test_the_verdicts_of_the_published_schemas_on_our_own_contracts_come_out():
    wrong = [one for one in VERDICTS if not agrees(_mutant(one), one["accepted"])]

    assert wrong == []
    assert len(VERDICTS) > 1500
    assert {one["accepted"] for one in VERDICTS} == {True, False}


def test_the_verdicts_kept_here_are_those_of_the_published_schemas(schemas):
    for one in VERDICTS[::25]:
        assert officially(_mutant(one), *schemas) is one["accepted"], one


# What the published schemas say though one would not think so.
SURPRISES = [
    ("other words in a description", contract({"name": "x"}, description={"anything": 1}), True),
    ("options without a type", contract({"name": "x", "logicalTypeOptions": {"minLength": 1}}), False),
    ("empty options without a type", contract({"name": "x", "logicalTypeOptions": {}}), True),
    ("a check without type and metric", contract({"name": "x", "quality": [{"name": "n"}]}), True),
    ("a norm without metric", contract({"name": "x", "quality": [{"mustBe": 0}]}), False),
    (
        "two norms",
        contract({"name": "x", "quality": [{"metric": "rowCount", "mustBe": 0, "mustNotBe": 1}]}),
        False,
    ),
    (
        "ends that are one number",
        contract({"name": "x", "quality": [{"metric": "rowCount", "mustBeBetween": [1, 1.0]}]}),
        False,
    ),
    ("a whole number with a point", contract({"name": "x", "primaryKeyPosition": 1.0}), True),
    ("true for a number", contract({"name": "x", "primaryKeyPosition": True}), False),
    ("a team that is a list", contract(team=[{"username": "u"}]), True),
    ("a team that is a map", contract(team={"name": "n"}), True),
    ("nothing where text belongs", contract({"name": "x", "description": None}), False),
    ("a service level of nothing", contract(slaProperties=[{"property": "p", "value": None}]), True),
    ("from in a column", contract({"name": "x", "relationships": [{"from": "a.b", "to": "a.b"}]}), False),
    ("items in a text", contract({"name": "x", "logicalType": "string", "items": {}}), False),
    ("unknown on top", contract(change_management={}), False),
    ("unknown in 3.0, below the top", contract({"name": "x", "anything": 1}, apiVersion="v3.0.2"), True),
    (
        "unknown in an object of 3.0",
        contract(apiVersion="v3.0.2", schema=[{"name": "x", "anything": 1}]),
        False,
    ),
    (
        "whether a minimum is left out, in 3.0",
        contract(
            {"name": "x", "logicalType": "integer", "logicalTypeOptions": {"exclusiveMinimum": True}},
            apiVersion="v3.0.2",
        ),
        True,
    ),
    ("a version that is not there", contract(apiVersion="v9.9.9"), False),
]


@pytest.mark.parametrize(
    ("document", "verdict"), [case[1:] for case in SURPRISES], ids=[case[0] for case in SURPRISES]
)
def test_the_schema_is_followed_where_it_surprises(document, verdict):
    assert accepted(document) is verdict


@pytest.mark.parametrize(
    ("document", "verdict"), [case[1:] for case in SURPRISES], ids=[case[0] for case in SURPRISES]
)
def test_the_schema_surprises_there(document, verdict, schemas):
    if is_latest(document):
        assert officially(document, *schemas) is verdict


def test_what_older_contracts_let_stand_unread_is_told():
    document = contract({"name": "x", "requierd": True}, apiVersion="v3.0.2")

    reading = read_contract(json.dumps(document))

    assert [remark.path for remark in reading.remarks] == ["schema.table.properties.x.requierd"]
    assert "Did you mean “required”?" in reading.remarks[0].sentence("en")
    assert reading.written == document


def test_a_norm_that_an_older_contract_writes_wrong_is_told_and_not_followed():
    check = {"type": "sql", "query": "SELECT 1", "mustBeLessThan": "five"}
    reading = read_contract(json.dumps(contract({"name": "x", "quality": [check]}, apiVersion="v3.0.2")))

    assert [remark.path for remark in reading.remarks] == [
        "schema.table.properties.x.quality[0].mustBeLessThan"
    ]
    assert reading.contract.objects[0].properties[0].quality[0].operator is None


def test_every_fault_is_told_at_once_with_a_path_and_a_mend():
    document = contract({"name": 5, "requird": True}, {"logicalType": "text"}, extra=1)
    del document["status"]

    with pytest.raises(DocumentError) as caught:
        read_contract(json.dumps(document))

    told = {problem.path: problem for problem in caught.value.problems}
    assert set(told) == {
        "status",
        "extra",
        "schema.table.properties[0].name",
        "schema.table.properties[0].requird",
        "schema.table.properties[1].name",
        "schema.table.properties[1].logicalType",
    }
    for problem in told.values():
        for language in ("nl", "en"):
            assert problem.what.in_language(language)
            assert problem.mend.in_language(language)


def test_a_fault_in_a_list_of_members_is_told_there_and_not_as_if_a_map_was_meant():
    with pytest.raises(DocumentError) as caught:
        read_contract(json.dumps(contract(team=[{"username": "u", "rol": "owner"}])))

    assert [problem.path for problem in caught.value.problems] == ["team[0].rol"]


@pytest.mark.parametrize("path", [*OURS, *REAL], ids=lambda path: path.name)
def test_another_reader_of_yaml_reads_the_same(path):
    text = path.read_text(encoding="utf-8")

    assert numbers_as_json(read_document(text)) == read_as_yaml(text)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_path_names_the_place_of_the_fault_in_words_of_the_contract(path):
    document = plain_values(path)
    for place in places(document):
        if place and isinstance(at(document, place[:-1]), dict):
            for problem in _problems(changed(document, place, "set", {"unheardOf": [[]]})):
                assert re.fullmatch(r"(\w|[.#\[\] -])+", problem.path), problem.path
                assert set(re.findall(r"[A-Za-z]+", problem.path)) <= _words_of(document)


def _words_of(document) -> set[str]:
    text = json.dumps(document)
    return {"unheardOf", *re.findall(r"[A-Za-z]+", text), *_ALWAYS}


_ALWAYS = (
    "document",
    "metric",
    "query",
    "name",
    "engine",
    "implementation",
    "username",
    "logicalType",
    "items",
)


def _problems(document):
    try:
        return read_contract(json.dumps(document)).remarks
    except DocumentError as error:
        return error.problems
