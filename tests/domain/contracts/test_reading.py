"""Contracts in YAML and JSON, in and out: nothing turns into something else, and nothing hostile holds us up."""

import json
import time
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.contracts import OURS, plain_values
from support.deliveries import contract_of

from concordia.domain.contracts.reading import dump_contract, plain, read_contract, read_document
from concordia.domain.problems import DocumentError

# Text that a reader of YAML takes for something else, or breaks on.
TREACHEROUS = (
    *(
        "no",
        "yes",
        "on",
        "off",
        "Y",
        "true",
        "True",
        "null",
        "~",
        "",
        " ",
        "1e3",
        "1_000",
        "0x1F",
        "0o17",
        "007",
    ),
    *(
        "01234",
        "1.0",
        ".5",
        "+1",
        "-0",
        "1:30",
        "12:30:45",
        "2026-01-05",
        "2026-01-05T09:00:00Z",
        ".inf",
        ".nan",
    ),
    *(
        "a: b",
        "a #b",
        "#b",
        "- a",
        "? a",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "{a}",
        "[a]",
        "a,b",
        "|",
        ">",
        "---",
    ),
    *(
        "'",
        '"',
        "''",
        "it's",
        'say "a"',
        "back\\slash",
        "tab\tinside",
        " leading",
        "trailing ",
        "two\nlines",
        "\n",
    ),
    *("last line\n", "\n\nfirst", "a\n\n\nb", "  indented\n\tline", "cr\r\nlf", "\r", "...", "<<", "="),
    *(
        "next\x85line",
        "line\u2028separator",
        "paragraph\u2029separator",
        "caf\u00e9",
        "cafe\u0301",
        "\U0001f600",
        "\u200b",
    ),
    *("\ufeffmark", "\u00a0", "\ue000", "\U0010ffff", "9" * 50, "1" + "0" * 400, "1e99999"),
)
TEXTS = st.sampled_from(TREACHEROUS) | st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=60
)
NUMBERS = (
    st.integers(-(10**39), 10**39)
    | st.decimals(allow_nan=False, allow_infinity=False, places=None, min_value=-(10**20), max_value=10**20)
    | st.builds(
        Decimal,
        st.sampled_from(["0.1", "1.10", "2.50", "1E+5", "1E-7", "0.0", "12345678901234567890.123456789"]),
    )
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(TEXTS, inside, max_size=3),
    max_leaves=8,
)
COLUMNS = st.fixed_dictionaries(
    {"name": TEXTS},
    optional={
        "description": TEXTS,
        "businessName": TEXTS,
        "physicalName": TEXTS,
        "required": st.booleans(),
        "examples": st.lists(VALUES, max_size=3),
        "tags": st.lists(TEXTS, max_size=3),
        "customProperties": st.lists(st.fixed_dictionaries({"property": TEXTS, "value": VALUES}), max_size=2),
    },
)
CONTRACTS = st.fixed_dictionaries(
    {
        "apiVersion": st.just("v3.1.0"),
        "kind": st.just("DataContract"),
        "id": TEXTS,
        "version": TEXTS,
        "status": TEXTS,
    },
    optional={
        "name": TEXTS,
        "description": st.dictionaries(TEXTS.filter(lambda key: key not in _TAKEN), VALUES, max_size=2),
        "schema": st.lists(
            st.fixed_dictionaries({"name": TEXTS, "properties": st.lists(COLUMNS, max_size=3)}), max_size=2
        ),
        "slaProperties": st.lists(
            st.fixed_dictionaries({"property": TEXTS, "value": st.none() | st.booleans() | NUMBERS | TEXTS}),
            max_size=2,
        ),
    },
)
_TAKEN = {"usage", "purpose", "limitations", "authoritativeDefinitions", "customProperties"}


def exact(value):
    """Values in which true is not one, one is not text, and 1.10 is a number however it is written."""
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return ("number", Decimal(value)) if is_number else (type(value).__name__, value)


@given(CONTRACTS)
def test_a_contract_goes_out_in_yaml_and_comes_back_the_same(document):
    assert exact(read_document(dump_contract(document))) == exact(document)


@given(CONTRACTS)
def test_a_contract_goes_out_in_json_and_comes_back_the_same(document):
    assert exact(read_document(as_json(document))) == exact(document)


def as_json(value) -> str:
    """JSON in which a number stands digit for digit."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{as_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(as_json, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


@given(CONTRACTS)
def test_the_typed_contract_says_what_was_written_and_nothing_more(document):
    reading = read_contract(dump_contract(document))

    assert exact(reading.written) == exact(document)
    assert exact(plain(reading.contract)) == exact(document)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_contract_of_ours_is_the_same_after_any_number_of_times(path):
    once = dump_contract(read_document(path.read_text(encoding="utf-8")))

    assert dump_contract(read_document(once)) == once
    assert json.loads(json.dumps(plain_values(path))) == plain_values(path)


@pytest.mark.parametrize("text", TREACHEROUS, ids=repr)
def test_a_text_stays_that_text(text):
    document = {"key": text, text: ["item", text]}

    assert exact(read_document(dump_contract(document))) == exact(document)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("2026-01-05", "2026-01-05"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("True", "True"),
        ("true", True),
        ("~", None),
        ("1e3", Decimal("1e3")),
        ("0.1", Decimal("0.1")),
        (".5", Decimal("0.5")),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_yaml_is_read_as_its_version_1_2_has_it(written, value):
    assert exact(read_document(f"key: {written}")) == exact({"key": value})


HOSTILE = {
    "references that grow": "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b]\n",
    "a label": "a: !!python/object/apply:os.system [ls]\n",
    "an unknown label": "a: !thing b\n",
    "a key of a list": "? [a, b]\n: c\n",
    "a key of a map": "{a: 1}: b\n",
    "a key twice": "a: 1\na: 2\n",
    "a key twice in JSON": '{"a": 1, "a": 2}',
    "several documents": "a: 1\n---\nb: 2\n",
    "nothing": "",
    "a list": "- a\n",
    "text": "just words\n",
    "a number": "5\n",
    "not a number": '{"a": NaN}',
    "endless": '{"a": Infinity}',
    "half a surrogate": '{"a": "\\ud800"}',
    "control signs": "a: \x07\n",
    "a null": "a: \x00b\n",
    "a huge power": '{"version": 1e999999999}',
    "a huge power where a number belongs": '{"apiVersion": "v3.1.0", "kind": "DataContract", "id": "a", "status": "a", '
    '"version": "1", "schema": [{"name": "t", "properties": [{"name": "x", "logicalType": "integer", '
    '"logicalTypeOptions": {"minimum": 1e999999999}}]}]}',
    "a huge power in YAML": "version: 1e999999999\n",
    "a very long number": "version: " + "9" * 900_000,
    "a very long number in JSON": '{"version": ' + "9" * 900_000 + "}",
    "a long fraction": "version: 0." + "9" * 900_000,
    "a long fraction in JSON": '{"version": 0.' + "9" * 900_000 + "}",
    "deep lists": "a: " + "[" * 400_000,
    "deep lists in JSON": '{"a": ' + "[" * 400_000,
    "deep maps": "{a: " * 200_000,
    "deep indentation": "\n".join(" " * depth + "a:" for depth in range(1_300)),
    "many unknown words": "\n".join(f"word{number}: 1" for number in range(60_000)),
    "many columns that are wrong": "schema:\n- name: t\n  properties:\n" + "  - {nam: x}\n" * 60_000,
    "many columns that are wrong, in JSON": '{"schema": [{"name": "t", "properties": ['
    + '{"nam": 1},' * 60_000
    + "{}]}]}",
    "a long pattern": 'apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: "1"\nstatus: a\nschema:\n- name: t\n'
    "  relationships:\n  - from: " + "a" * 400_000 + "\n    to: " + "a/" * 200_000 + "\n",
    "a long quoted text": 'a: "' + "x" * 990_000,
    "many quotes": "'" * 990_000,
    "many colons": "a" + ": " * 490_000,
    "many dashes": "- " * 490_000,
    "many brackets": "[]" * 490_000,
    "long comments": "#" + "x" * 990_000,
    "too large": "a: " + "x" * 1_000_001,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_document_is_refused_calmly_and_soon(text):
    began = time.process_time()

    with pytest.raises(DocumentError) as caught:
        read_contract(text)

    assert time.process_time() - began < 2  # seconds of this process; below one where nothing else competes
    assert caught.value.problems
    for problem in caught.value.problems[:5]:
        for language in ("nl", "en"):
            assert problem.sentence(language)


def test_of_very_many_faults_a_thousand_are_told_and_that_there_are_more():
    with pytest.raises(DocumentError) as caught:
        read_contract(HOSTILE["many columns that are wrong, in JSON"])

    assert len(caught.value.problems) <= 1001
    assert str(caught.value.problems[-1].what) == "There are more faults."


PIECES = st.sampled_from(
    [
        *TREACHEROUS,
        "apiVersion: v3.1.0",
        "kind: DataContract",
        "schema:",
        "- name: x",
        "  properties:",
        "quality:",
        ": ",
        "\n",
        "\n  ",
        "[",
        "]",
        "{",
        "}",
        ",",
    ]
)


@given(
    st.lists(PIECES, max_size=30).map("".join)
    | st.text(max_size=200)
    | st.binary(max_size=80).map(lambda data: data.decode("latin-1"))
)
@example("\x85")
@example("a:\u2028b: 1")
def test_whatever_is_written_is_a_contract_or_refused_with_words(text):
    try:
        reading = read_contract(text)
    except DocumentError as error:
        for problem in error.problems:
            assert problem.sentence("nl")
            assert problem.sentence("en")
    else:
        assert reading.contract.kind == "DataContract"


@given(st.data())
def test_a_contract_with_letters_changed_is_a_contract_or_refused_with_words(data):
    text = data.draw(st.sampled_from(OURS)).read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text)))
        text = text[:place] + data.draw(PIECES) + text[place + data.draw(st.integers(0, 3)) :]
    try:
        assert read_contract(text).contract
    except DocumentError as error:
        told = error.problems
        assert told


def test_a_contract_may_be_as_large_as_real_ones_are_and_its_commas_are_those_of_yaml():
    many = [{"name": f"c{number}", "logicalType": "string"} for number in range(6_000)]
    document = contract_of(*many)
    assert len(read_contract(dump_contract(document)).contract.objects[0].properties) == 6_000
    assert read_document("a: {en: one, two, nl: een}") == {"a": {"en": "one", "two": None, "nl": "een"}}
