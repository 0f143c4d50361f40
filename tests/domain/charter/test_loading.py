"""Reading a charter: without loss, and with every fault at once, its place and how to mend it."""

import json
import unicodedata
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from concordia.domain.charter import (
    SECTIONS,
    canonical_charter,
    charter_hash,
    dump_json,
    dump_section,
    dump_yaml,
    json_schema,
    load_charter,
    replace_section,
    stored_charter,
)
from concordia.domain.charter.load import from_plain
from concordia.domain.problems import DocumentError, Problem

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "charters" / "wage-data.yaml"
SMALL = {
    "concordia": "charter/1",
    "alliance": {"key": "small", "name": "Small", "objective": "One thing."},
    "partners": [{"key": "one", "name": "One"}, {"key": "two", "name": "Two"}],
    "positions": [{"key": "member", "level": "strategic", "per": "partner"}],
    "bodies": [{"key": "board", "level": "strategic", "seats": ["member"]}],
    "procedures": [
        {"key": "all", "body": "board", "rule": {"votes": ["for"], "at_least": "100%", "of": "all"}}
    ],
    "amendment": {"procedure": "all"},
}


def changed(**sections: object) -> dict:
    return {**SMALL, **sections}


def faults(document: object) -> tuple[Problem, ...]:
    with pytest.raises(DocumentError) as caught:
        load_charter(document if isinstance(document, str) else json.dumps(document))
    return caught.value.problems


def paths(document: object) -> list[str]:
    return [problem.path for problem in faults(document)]


keys = st.from_regex(r"\A[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?\Z")
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\ufeff"),
    min_size=1,
    max_size=30,
).map(partial(unicodedata.normalize, "NFC"))
names = st.one_of(words, st.fixed_dictionaries({"nl": words, "en": words}))


def numbered(index: int, name: str | dict[str, str]) -> str | dict[str, str]:
    """A name that nobody takes for another of the same charter."""
    if isinstance(name, str):
        return f"{index} {name}"
    return {language: f"{index} {text}" for language, text in name.items()}


@st.composite
def charters(draw: st.DrawFn) -> dict:
    """A charter in order, with names in any script."""
    partners = draw(st.lists(keys, min_size=2, max_size=4, unique=True))
    measures = draw(
        st.dictionaries(keys.filter(lambda key: key != "heads"), st.integers(0, 10**9), max_size=2)
    )
    share = draw(st.sampled_from(["100%", "2/3", "50%", "33.4%"]))
    document = changed(
        alliance={"key": draw(keys), "name": draw(names), "objective": draw(names)},
        partners=[
            {"key": key, "name": numbered(index, draw(names)), "measures": measures}
            for index, key in enumerate(partners)
        ],
        names={key: draw(names) for key in measures},
        procedures=[
            {
                "key": "all",
                "body": "board",
                "name": draw(names),
                "rule": {"votes": ["for"], "at_least": share, "of": draw(st.sampled_from(["all", "cast"]))},
                "proxy": draw(st.booleans()),
            }
        ],
    )
    if draw(st.booleans()):
        document["covenant"] = {"obligations": draw(st.lists(names, min_size=1, max_size=3))}
    return document


@given(charters())
def test_a_charter_comes_back_the_same_from_yaml_and_json(document: dict) -> None:
    charter = from_plain(document)
    for text in (dump_yaml(charter), dump_json(charter)):
        again = load_charter(text)
        assert again == charter
        assert canonical_charter(again) == canonical_charter(charter)
        assert charter_hash(again) == charter_hash(charter)


@given(charters(), st.sampled_from([section.key for section in SECTIONS]))
def test_a_section_put_back_unchanged_changes_nothing(document: dict, section: str) -> None:
    charter = from_plain(document)
    assert replace_section(charter, section, dump_section(charter, section)) == charter


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text(max_size=8), part, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from([*SMALL, "extra"]),
)
def test_nonsense_in_any_section_gets_sentences_and_no_crash(nonsense: object, section: str) -> None:
    try:
        load_charter(json.dumps(changed(**{section: nonsense})))
    except DocumentError as error:
        for problem in error.problems:
            assert problem.path
            assert all(problem.mend.in_language(language) for language in ("nl", "en"))


@given(st.text(max_size=200))
def test_any_text_at_all_gets_sentences_and_no_crash(text: str) -> None:
    assert faults(text)


def test_every_fault_comes_at_once_with_its_path_and_mend() -> None:
    found = faults(
        changed(
            partners=[{"key": "one", "name": "One"}, {"key": "one", "name": "Two", "kind": "secret"}],
            bodies=[{"key": "board", "level": "strategic", "seats": ["membre"]}],
            procedures=[
                {"key": "all", "body": "bord", "rule": {"votes": ["for"], "at_least": "120%", "of": "all"}}
            ],
            amendment={"procedure": "al"},
        )
    )
    told = "\n".join(problem.sentence("en") for problem in found)
    for part in ("partners", "procedures", "amendment", "120%", "“membre”"):
        assert part in told, told
    assert len(found) >= 4


def test_partners_that_look_the_same_are_refused() -> None:
    alike = changed(partners=[{"key": "one", "name": "Kadaster"}, {"key": "two", "name": "K\u0430daster"}])

    with pytest.raises(DocumentError) as found:
        load_charter(json.dumps(alike))

    assert [problem.path for problem in found.value.problems] == ["partners.two.name"]
    assert "looks the same as that of “one”" in found.value.problems[0].sentence("en")


def test_what_was_kept_holds_on_under_checks_that_came_later() -> None:
    alike = changed(partners=[{"key": "one", "name": "Kadaster"}, {"key": "two", "name": "K\u0430daster"}])

    kept = stored_charter(json.dumps(alike))

    assert [partner.key for partner in kept.partners] == ["one", "two"]
    with pytest.raises(DocumentError):
        load_charter(dump_json(kept))


def test_a_name_almost_right_is_suggested() -> None:
    (problem,) = faults(changed(amendment={"procedure": "al"}))
    assert problem.path == "amendment.procedure"
    assert "“all”" in problem.mend.in_language("en")


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (changed(partners=[{"key": "one", "name": "One"}]), "partners"),
        (changed(colour="blue"), "colour"),
        ({key: value for key, value in SMALL.items() if key != "amendment"}, "amendment"),
        (changed(concordia="charter/9"), "concordia"),
        (changed(bodies=[{"key": "board", "level": "strategic", "seats": []}]), "bodies.board.seats"),
        (changed(year=[{"by": "13-01", "what": "Report"}]), "year"),
    ],
)
def test_a_fault_is_told_at_its_place(document: dict, path: str) -> None:
    assert any(found.startswith(path) for found in paths(document)), paths(document)


def rule(**test: object) -> list[dict]:
    return [{"key": "all", "body": "board", "rule": test}]


@pytest.mark.parametrize(
    "procedures",
    [
        rule(votes=["for"], at_least="2/0", of="all"),
        rule(votes=["for"], at_least="50%"),
        rule(votes=["for"], at_least=1, at_most=2),
        rule(votes=["for"]),
        rule(votes=["maybe"], at_least=1),
        rule(votes=["for"], by="gold", at_least=1),
        rule(votes=["for"], among="tall", at_least=1),
        rule(votes=["for"], at_least=3),
        rule(votes=["for"], at_least=True),
        rule(all=[]),
        [{"key": "all", "body": "board", "at_end": "consent", "rule": {"votes": ["for"], "at_least": 1}}],
    ],
)
def test_a_rule_that_cannot_work_is_refused(procedures: list) -> None:
    assert any(path.startswith("procedures") for path in paths(changed(procedures=procedures)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "just words",
        "a: &x [1]\nb: *x",
        "a: !!python/object/apply:os.system ['true']",
        "a: 1\na: 2",
        "{" * 2000,
        "a: [" * 500,
        "\x00",
        "concordia: charter/1\n\tpartners: []",
        "a: |\n  \u202eevil",
    ],
)
def test_a_document_that_is_none_is_refused_calmly(text: str) -> None:
    assert all(problem.sentence("nl") and problem.sentence("en") for problem in faults(text))


def test_a_document_of_many_megabytes_is_refused_before_it_is_read() -> None:
    assert len(faults("a: " + "x" * 1_000_001)) == 1


def test_words_that_yaml_would_turn_stay_words() -> None:
    charter = load_charter(
        yaml.safe_dump(changed(alliance={"key": "no", "name": "NO", "objective": "12:30"}))
    )
    assert charter.alliance.name.in_language("en") == "NO"
    assert load_charter(dump_yaml(charter)).alliance.objective.in_language("nl") == "12:30"


def test_a_section_that_holds_another_is_refused() -> None:
    charter = from_plain(SMALL)
    with pytest.raises(DocumentError):
        replace_section(charter, "year", "partners: []\n")


def test_an_emptied_section_is_left_out() -> None:
    charter = load_charter(EXAMPLE.read_text(encoding="utf-8"))
    assert charter.year
    assert not replace_section(charter, "year", "year: []\n").year


def test_the_published_schema_names_every_section() -> None:
    schema = json_schema()
    assert {section.key for section in SECTIONS} <= set(schema["properties"])
    assert schema["additionalProperties"] is False
    assert {"partners", "procedures", "amendment"} <= set(schema["required"])


def test_the_published_schema_accepts_the_examples_and_refuses_what_is_no_charter() -> None:
    validator = Draft202012Validator(json_schema())
    Draft202012Validator.check_schema(json_schema())
    for path in EXAMPLE.parent.glob("*.yaml"):
        charter = load_charter(path.read_text(encoding="utf-8"))
        assert not list(validator.iter_errors(json.loads(dump_json(charter)))), path.name
    for wrong in (changed(colour="blue"), changed(partners=[]), changed(concordia="charter/9")):
        assert list(validator.iter_errors(wrong))
