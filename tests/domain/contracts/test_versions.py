"""Two versions of a contract compared: what changes, for whom it breaks, and what number it asks for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.contracts import OURS, changed, changes, contract, places, plain_values

from concordia.domain.contracts.model import Contract
from concordia.domain.contracts.reading import plain, read_contract
from concordia.domain.problems import DocumentError
from concordia.domain.stewardship.versions import Comparison, Kind, Party, compare

S, U = {Party.SUPPLIERS}, {Party.USERS}
SMALL = contract(
    {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0, "maximum": 10}},
    {"name": "code", "physicalName": "cd", "logicalType": "string", "required": True, "primaryKey": True},
)


def versions(old: dict, new: dict) -> Comparison:
    return compare(*(read_contract(json.dumps(one)).contract for one in (old, new)))


def column(**words) -> dict:
    return contract({"name": "x", **words})


def check(**words) -> dict:
    return column(quality=[{"metric": "nullValues", "mustBe": 0, **words}])


def between(low, high, **words) -> dict:
    made = {"metric": "nullValues", "mustBeBetween": [low, high], **words}
    return column(quality=[made])


CASES = [
    (
        "an integer gets a smaller range",
        column(logicalType="integer"),
        column(logicalType="integer", logicalTypeOptions={"format": "i8"}),
        Kind.NARROWED,
        S,
    ),
    (
        "a number gets more digits",
        column(logicalType="number", physicalType="decimal(5,2)"),
        column(logicalType="number", physicalType="decimal(7,2)"),
        Kind.WIDENED,
        U,
    ),
    (
        "whole numbers become fractions",
        column(logicalType="integer"),
        column(logicalType="number"),
        Kind.WIDENED,
        U,
    ),
    ("text becomes a date", column(logicalType="string"), column(logicalType="date"), Kind.CHANGED, S | U),
    (
        "a date is written otherwise",
        column(logicalType="date"),
        column(logicalType="date", logicalTypeOptions={"format": "dd-MM-yyyy"}),
        Kind.CHANGED,
        S | U,
    ),
    (
        "a text becomes longer",
        column(logicalType="string", logicalTypeOptions={"maxLength": 5}),
        column(logicalType="string", logicalTypeOptions={"maxLength": 9}),
        Kind.WIDENED,
        U,
    ),
    (
        "a text gets a least length",
        column(logicalType="string"),
        column(logicalType="string", logicalTypeOptions={"minLength": 2}),
        Kind.NARROWED,
        S,
    ),
    ("a column must be filled in", column(), column(required=True), Kind.NARROWED, S),
    ("a column becomes unique", column(), column(unique=True), Kind.NARROWED, S),
    (
        "a column becomes the key",
        column(required=True),
        column(required=True, primaryKey=True),
        Kind.NARROWED,
        S,
    ),
    (
        "a minimum rises",
        column(logicalType="integer", logicalTypeOptions={"minimum": 1}),
        column(logicalType="integer", logicalTypeOptions={"minimum": 2}),
        Kind.NARROWED,
        S,
    ),
    (
        "a minimum leaves itself out",
        column(logicalType="number", logicalTypeOptions={"minimum": 1}),
        column(logicalType="number", logicalTypeOptions={"exclusiveMinimum": 1}),
        Kind.NARROWED,
        S,
    ),
    (
        "a last day goes later",
        column(logicalType="date", logicalTypeOptions={"maximum": "2026-01-01"}),
        column(logicalType="date", logicalTypeOptions={"maximum": "2027-01-01"}),
        Kind.WIDENED,
        U,
    ),
    (
        "a step becomes finer",
        column(logicalType="integer", logicalTypeOptions={"multipleOf": 10}),
        column(logicalType="integer", logicalTypeOptions={"multipleOf": 5}),
        Kind.WIDENED,
        U,
    ),
    (
        "a step becomes another",
        column(logicalType="integer", logicalTypeOptions={"multipleOf": 10}),
        column(logicalType="integer", logicalTypeOptions={"multipleOf": 3}),
        Kind.CHANGED,
        S | U,
    ),
    (
        "a pattern is asked",
        column(logicalType="string"),
        column(logicalType="string", logicalTypeOptions={"pattern": "^a$"}),
        Kind.NARROWED,
        S,
    ),
    (
        "a pattern becomes another",
        column(logicalType="string", logicalTypeOptions={"pattern": "^b$"}),
        column(logicalType="string", logicalTypeOptions={"pattern": "^a$"}),
        Kind.CHANGED,
        S | U,
    ),
    (
        "a semantic type is asked",
        column(logicalType="string"),
        column(logicalType="string", logicalTypeOptions={"format": "bsn"}),
        Kind.NARROWED,
        S,
    ),
    (
        "a semantic type is asked of numbers",
        column(logicalType="integer"),
        column(logicalType="integer", customProperties=[{"property": "semanticType", "value": "bsn"}]),
        Kind.NARROWED,
        S,
    ),
    (
        "a valid value goes",
        column(quality=[{"metric": "invalidValues", "arguments": {"validValues": ["a", "b"]}, "mustBe": 0}]),
        column(quality=[{"metric": "invalidValues", "arguments": {"validValues": ["a"]}, "mustBe": 0}]),
        Kind.NARROWED,
        S,
    ),
    (
        "a word no longer stands for nothing",
        column(
            quality=[{"metric": "missingValues", "arguments": {"missingValues": ["a", None]}, "mustBe": 0}]
        ),
        column(quality=[{"metric": "missingValues", "arguments": {"missingValues": [None]}, "mustBe": 0}]),
        Kind.WIDENED,
        U,
    ),
    (
        "a norm is loosened",
        check(),
        check(mustBe=None) | column(quality=[{"metric": "nullValues", "mustBeLessThan": 5}]),
        Kind.WIDENED,
        U,
    ),
    ("a norm is tightened", between(0, 9), between(2, 8), Kind.NARROWED, S),
    ("a norm moves", between(0, 9), between(5, 20), Kind.CHANGED, S | U),
    (
        "a norm of a remark is tightened",
        between(0, 9, severity="warning"),
        between(2, 8, severity="warning"),
        Kind.NARROWED,
        set(),
    ),
    ("a remark begins to refuse", check(severity="warning"), check(severity="error"), Kind.NARROWED, S),
    ("a check is added", column(), check(), Kind.ADDED, S),
    ("a check goes", check(), column(), Kind.REMOVED, U),
    (
        "a check by words is added",
        column(),
        column(quality=[{"type": "text", "description": "Plausible."}]),
        Kind.ADDED,
        set(),
    ),
    ("a check counts a share instead of rows", check(), check(unit="percent"), Kind.CHANGED, S | U),
    ("a reference is asked", column(), column(relationships=[{"to": "other.key"}]), Kind.ADDED, S),
    (
        "a column becomes more confidential",
        column(classification="public"),
        column(classification="confidential"),
        Kind.CHANGED,
        U,
    ),
    (
        "a column becomes less confidential",
        column(classification="confidential"),
        column(classification="public"),
        Kind.CHANGED,
        S,
    ),
    (
        "a column is called otherwise in the file",
        column(physicalName="a"),
        column(physicalName="b"),
        Kind.RENAMED,
        S | U,
    ),
    ("a column is described", column(), column(description="Words."), Kind.TOLD, set()),
    (
        "retention is shorter",
        column() | {"slaProperties": [{"property": "retention", "value": 7}]},
        column() | {"slaProperties": [{"property": "retention", "value": 5}]},
        Kind.WIDENED,
        U,
    ),
    (
        "latency is shorter",
        column() | {"slaProperties": [{"property": "latency", "value": 7}]},
        column() | {"slaProperties": [{"property": "latency", "value": 5}]},
        Kind.NARROWED,
        S,
    ),
    (
        "a service level is promised",
        column(),
        column() | {"slaProperties": [{"property": "latency", "value": 7}]},
        Kind.ADDED,
        S,
    ),
    (
        "the legal ground is another",
        column() | {"customProperties": [{"property": "legalGround", "value": "a"}]},
        column() | {"customProperties": [{"property": "legalGround", "value": "b"}]},
        Kind.CHANGED,
        U,
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "kind", "breaks"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_change_breaks_for_whom_it_breaks(old, new, kind, breaks):
    (found,) = versions(old, new).changes

    assert (found.kind, set(found.breaks)) == (kind, breaks)


@pytest.mark.parametrize(("old", "new"), [case[1:3] for case in CASES], ids=[case[0] for case in CASES])
def test_the_other_way_round_narrowed_is_widened(old, new):
    (forth,), (back,) = versions(old, new).changes, versions(new, old).changes

    assert back.kind is forth.kind.backwards


def test_a_schema_for_messages_that_is_asked_from_now_on_narrows_and_another_one_changes():
    def asking(name: str) -> dict:
        return SMALL | {"authoritativeDefinitions": [{"type": "xsd", "url": name}]}

    for old, new, kind in (
        (SMALL, asking("a.xsd"), Kind.NARROWED),
        (asking("a.xsd"), SMALL, Kind.WIDENED),
        (asking("a.xsd"), asking("b.xsd"), Kind.CHANGED),
        (asking("a.xsd"), asking("a.xsd"), None),
    ):
        found = [one.kind for one in versions(old, new).changes if one.path.startswith("schema.")]
        assert found == ([kind] if kind else [])


def test_a_column_that_comes_breaks_suppliers_and_one_that_goes_breaks_users():
    more = contract(*SMALL["schema"][0]["properties"], {"name": "extra"})

    (added,), (gone,) = versions(SMALL, more).changes, versions(more, SMALL).changes

    assert (added.kind, set(added.breaks)) == (Kind.ADDED, S)
    assert (gone.kind, set(gone.breaks)) == (Kind.REMOVED, U)
    assert "empty" in added.why.in_language("en")


def test_a_required_column_that_comes_must_be_filled_in():
    more = contract(*SMALL["schema"][0]["properties"], {"name": "extra", "required": True})

    (added,) = versions(SMALL, more).changes

    assert "always fill" in added.why.in_language("en")


def test_a_renamed_column_is_known_by_its_id_or_by_its_name_in_the_file():
    for sign in ({"id": "stable"}, {"physicalName": "cd"}):
        found = versions(column(**sign), contract({"name": "y", **sign})).changes
        assert Kind.RENAMED in {one.kind for one in found}
        assert Kind.ADDED not in {one.kind for one in found}


def test_a_key_with_fewer_columns_asks_more():
    first, second = {"name": "a", "primaryKey": True}, {"name": "b", "required": True}
    both, one = contract(first, {**second, "primaryKey": True}), contract(first, second)

    assert [found.kind for found in versions(both, one).changes] == [Kind.NARROWED]
    assert [found.kind for found in versions(one, both).changes] == [Kind.WIDENED]


def test_a_column_that_leaves_the_key_may_be_empty_from_then_on():
    both = contract({"name": "a", "primaryKey": True}, {"name": "b", "primaryKey": True})
    one = contract({"name": "a", "primaryKey": True}, {"name": "b"})

    found = {change.path: change.kind for change in versions(both, one).changes}

    assert found == {
        "schema.table.properties.b.required": Kind.WIDENED,
        "schema.table.primaryKey": Kind.NARROWED,
    }


def test_an_object_that_comes_and_goes():
    more = SMALL | {"schema": [*SMALL["schema"], {"name": "second"}]}

    assert [(one.kind, set(one.breaks)) for one in versions(SMALL, more).changes] == [(Kind.ADDED, S)]
    assert [(one.kind, set(one.breaks)) for one in versions(more, SMALL).changes] == [(Kind.REMOVED, U)]


def test_columns_in_another_order_break_nobody():
    turned = contract(*reversed(SMALL["schema"][0]["properties"]))

    found = versions(SMALL, turned)

    assert [one.kind for one in found.changes] == [Kind.TOLD]
    assert not found.breaking


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("1.0.0", "1.1.0", "call it 2.0.0"),
        ("1.0.0", "2.0.0", None),
        ("0.1.0", "0.1.1", "call it 0.2.0"),
        ("0.1.0", "0.2.0", None),
        ("1.0.0", "1.0.0", "not higher"),
        ("2.0.0", "1.0.0", "not higher"),
        ("1.0.0", "first", "1.2.3"),
        ("1.0", "2.0", None),
    ],
)
def test_a_breaking_change_asks_for_a_new_major_version(old, new, words):
    found = versions(column() | {"version": old}, column(required=True) | {"version": new})

    told = found.numbering.in_language("en") if found.numbering else None
    assert (words in told) if words else told is None


def test_a_change_in_words_asks_only_for_a_higher_number():
    assert versions(column(), column(description="Words.") | {"version": "1.0.1"}).numbering is None
    assert versions(column(), column(description="Words.")).numbering is not None


def test_a_version_of_its_own_says_nothing_of_its_number():
    assert versions(column(), column() | {"version": "1.0.0-rc"}).numbering is None


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_nothing_differs_between_a_version_and_itself(path):
    written = plain_values(path)

    found = versions(written, written)

    assert found.changes == ()
    assert found.numbering is None
    assert not found.breaking


def _read(document) -> Contract | None:
    try:
        return read_contract(json.dumps(document)).contract
    except DocumentError:
        return None


@given(st.data())
def test_every_change_is_seen(data):
    old = plain_values(data.draw(st.sampled_from(OURS)))
    place = data.draw(st.sampled_from(list(places(old))))
    kind, value = data.draw(st.sampled_from(list(changes(old, place)) or [("set", None)]))
    new = changed(old, place, kind, value) if place or kind != "set" else old
    before, after = _read(old), _read(new)
    if before is None or after is None:
        return

    found = compare(before, after)

    assert bool(found.changes) == (typed(plain(before)) != typed(plain(after)))
    for one in found.changes:
        assert all(one.what.in_language(language) for language in ("nl", "en"))


def typed(value):
    """Values in which true is not one."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return [typed(item) for item in value] if isinstance(value, list) else (isinstance(value, bool), value)


@given(st.data())
def test_back_and_forth_narrowed_and_widened_change_places(data):
    old = plain_values(data.draw(st.sampled_from(OURS)))
    place = data.draw(st.sampled_from(list(places(old))))
    kind, value = data.draw(st.sampled_from(list(changes(old, place)) or [("set", None)]))
    new = changed(old, place, kind, value) if place or kind != "set" else old
    before, after = _read(old), _read(new)
    if before is None or after is None:
        return

    forth, back = compare(before, after).changes, compare(after, before).changes

    turned = sorted(one.kind.backwards for one in forth)
    assert turned == sorted(one.kind for one in back)
