"""Reading a charter: without loss, and with every fault at once, its place and how to mend it."""

import json
import unicodedata
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.shared import shared

from concordia.domain.charter import (
    SECTIONS,
    canonical_charter,
    charter_hash,
    dump_json,
    dump_section,
    dump_yaml,
    json_schema,
    load_charter,
    read_charter,
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


@pytest.mark.parametrize(
    "day", ["02-30", "02-31", "04-31", "06-31", "09-31", "11-31", "13-01", "00-10", "3-15"]
)
def test_a_day_that_no_year_has_is_refused_with_its_place_and_how_to_mend(day: str) -> None:
    document = changed(year=[{"by": "03-15", "what": "Plan"}, {"by": day, "what": "Report"}])

    (problem,) = faults(document)

    assert problem.sentence("en").startswith(f"year[1].by: “{day}” is not a day of the year.")
    assert "for example 03-15 for 15 March" in problem.mend.in_language("en")
    assert "15 maart" in problem.mend.in_language("nl")
    assert list(Draft202012Validator(json_schema()).iter_errors(document))


@pytest.mark.parametrize("day", ["01-31", "02-28", "02-29", "04-30", "12-31"])
def test_a_day_that_some_year_has_is_accepted(day: str) -> None:
    document = changed(year=[{"by": day, "what": "Report"}])

    assert load_charter(json.dumps(document)).year[0].by == day
    assert not list(Draft202012Validator(json_schema()).iter_errors(document))


def test_a_charter_in_force_with_a_day_that_no_year_has_holds_on_and_reads() -> None:
    kept = stored_charter(json.dumps(changed(year=[{"by": "02-30", "what": "Report"}])))

    told = [chapter for chapter in read_charter(kept, "en").chapters if chapter.key == "year"]
    assert told[0].blocks[0].rows == (("30 February", "Report"),)


def test_a_chair_that_changes_within_the_day_is_refused_and_holds_on_where_it_was_kept() -> None:
    body = {"key": "board", "level": "strategic", "seats": ["member"]}
    often = changed(bodies=[body | {"chair": {"rotates": "partners", "every": "PT1H"}}])

    assert paths(often) == ["bodies.board.chair.every"]
    assert stored_charter(json.dumps(often)).bodies


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


def test_the_example_of_the_design_is_a_charter_as_it_stands() -> None:
    design = shared("design/charter.md").read_text(encoding="utf-8")
    example = design.partition("```yaml\n")[2].partition("```")[0]

    charter = load_charter(example)

    assert charter.alliance.objective.plain() == {
        "en": "One declaration, used by all, in time and without error."
    }
    assert load_charter(dump_yaml(charter)) == load_charter(dump_json(charter)) == charter
    assert in_schema(example)


def in_schema(text: str) -> bool:
    """Whether a document fits the published schema, read by a YAML reader that is not ours."""
    document = json.loads(json.dumps(yaml.safe_load(text), default=str))
    return not list(Draft202012Validator(json_schema()).iter_errors(document))


def with_objective(written: str) -> str:
    return yaml.safe_dump(changed(alliance={"key": "small", "name": "Small", "objective": "HERE"})).replace(
        "HERE", written
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{en: One thing, for all}", {"en": "One thing, for all"}),
        (
            "{en: 'One', nl: 1,000 dingen, of meer, en-GB: b}",
            {"en": "One", "nl": "1,000 dingen, of meer", "en-GB": "b"},
        ),
        ("{en: One thing,\n      for\n   all}", {"en": "One thing, for all"}),
        ("{nl: Eén, twee,}", {"nl": "Eén, twee"}),
    ],
)
def test_a_text_between_braces_keeps_its_commas(written: str, read: dict) -> None:
    charter = load_charter(with_objective(written))

    assert charter.alliance.objective.plain() == read
    assert load_charter(dump_yaml(charter)) == charter


@pytest.mark.parametrize(
    "written", ["{en: 'One thing', for all}", "{en: One thing, 'for all'}", "{en: [a], b}", "{en, nl}"]
)
def test_what_a_comma_makes_of_a_text_in_quotes_is_not_guessed(written: str) -> None:
    (problem,) = faults(with_objective(written))

    assert problem.path == "alliance.objective"
    assert "between quotes" in problem.mend.in_language("en")


def test_a_name_that_a_comma_cuts_is_refused_with_how_to_write_it() -> None:
    text = yaml.safe_dump(SMALL).replace("- key: one\n  name: One", "- {key: one, name: One, and more}")

    (problem,) = faults(text)

    assert problem.path == "partners.one.and more"
    assert "between quotes" in problem.mend.in_language("en")
    assert "tussen aanhalingstekens" in problem.mend.in_language("nl")


@pytest.mark.parametrize("form", ["14.5", '"14.5"', "0.000001", "40", "'40'"])
def test_a_measure_with_decimals_fits_the_published_schema_however_it_is_written(form: str) -> None:
    text = yaml.safe_dump(SMALL)
    for key in ("one", "two"):
        text = text.replace(f"- key: {key}\n", f"- key: {key}\n  measures: {{quota: {form}}}\n")

    assert load_charter(text).weights(load_charter(text).partner("one"))["quota"] == Fraction(
        form.strip("\"'")
    )
    assert in_schema(text)


@pytest.mark.parametrize(
    ("test", "fits"),
    [
        ({"votes": ["for"], "at_least": 1.5}, True),
        ({"votes": ["for"], "at_least": "2/3", "of": "cast"}, True),
        ({"votes": ["for"], "at_least": "50 %", "of": "cast"}, True),
        ({"votes": ["for"], "more_than": {"votes": ["against"]}}, True),
        ({"votes": ["for"], "at_least": "50%"}, False),
        ({"votes": ["for"], "at_least": "1/2"}, False),
        ({"votes": ["for"], "at_least": 1, "of": "all"}, False),
        ({"votes": ["for"], "at_least": "1", "of": "all"}, False),
        ({"votes": ["for"], "more_than": {"votes": ["against"]}, "of": "all"}, False),
        ({"votes": ["for"]}, False),
        ({"votes": ["for"], "at_least": 1, "at_most": 1}, False),
    ],
)
def test_the_published_schema_says_of_a_test_what_checking_it_says(test: dict, fits: bool) -> None:
    document = json.dumps(changed(procedures=rule(**test)))

    assert in_schema(document) is fits
    if fits:
        assert load_charter(document)
    else:
        assert faults(document)


def test_a_group_within_a_group_counts_its_partners_too() -> None:
    groups = {"core": ["one"], "all-users": ["core", "two"], "none": []}
    charter = load_charter(json.dumps(changed(groups=groups)))

    assert charter.groups_of("one") == {"core", "all-users"}
    assert charter.groups_of("two") == {"all-users"}
    told = [chapter for chapter in read_charter(charter, "en").chapters if chapter.key == "groups"]
    assert "all-users: core, Two" in told[0].blocks[0].items


def test_a_group_with_the_name_of_a_partner_holds_that_partner() -> None:
    groups = {"one": ["one"], "more": ["one"], "other": ["two"]}
    charter = load_charter(json.dumps(changed(groups=groups)))

    assert charter.groups_of("one") == {"one", "more"}
    assert charter.groups_of("two") == {"other"}


def test_groups_that_lie_within_each_other_are_refused() -> None:
    assert paths(changed(groups={"a": ["b", "one"], "b": ["a"], "c": ["a"]})) == ["groups.a", "groups.b"]
    assert paths(changed(groups={"a": ["a"]})) == ["groups.a"]
    assert paths(changed(groups={"a": ["b", "three"]})) == ["groups.a[0]", "groups.a[1]"]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (changed(alliance={"key": "small", "name": "Small", "objective": " "}), "alliance.objective"),
        (
            changed(partners=[{"key": "one", "name": {"nl": "Eén", "en": ""}}, SMALL["partners"][1]]),
            "partners.one.name",
        ),
        (changed(year=[{"by": "03-15", "what": "\u00a0"}]), "year[0].what"),
        (changed(names={"money": ""}), "names.money"),
        (changed(covenant={"obligations": ["Pay.", ""]}), "covenant.obligations[1]"),
    ],
)
def test_a_text_without_words_is_refused_where_it_stands(document: dict, path: str) -> None:
    assert paths(document) == [path]


def test_faults_beside_a_fault_of_form_are_told_with_it() -> None:
    procedures = [
        {"key": "all", "body": "bord", "at_end": "consent", "rule": {"votes": ["fro"], "at_least": "120%"}},
        {"key": "never", "body": "board", "voters": "everybody", "rule": {"votes": ["for"], "at_least": 9}},
    ]
    document = changed(
        partners=[{"key": "one"}, {"key": "two", "name": "Two"}],
        groups={"wrong": "one", "right": ["one", "three"]},
        procedures=procedures,
        bodies=[{"key": "board", "level": "top", "seats": ["mamber"]}],
    )
    del document["amendment"]

    assert sorted(paths(document)) == [
        "amendment",
        "bodies.board.level",
        "bodies.board.seats[0]",
        "groups.right[1]",
        "groups.wrong",
        "partners.one.name",
        "procedures.all.at_end",
        "procedures.all.body",
        "procedures.all.rule.at_least",
        "procedures.all.rule.votes[0]",
        "procedures.never.rule",
        "procedures.never.voters",
    ]


@pytest.mark.parametrize(
    ("test", "mend"),
    [
        ("unanimity", "{votes: [for], more_than: 50%, of: cast}"),
        ([{"votes": ["for"], "at_least": 1}], "{votes: [for], more_than: 50%, of: cast}"),
        ({"votes": "for", "at_least": 1}, "Write a list here: [for]."),
        (
            {"all": [{"votes": ["for"], "at_least": 1}], "any": []},
            "one list under all (both) or any (one of them)",
        ),
        ({"not": {"votes": ["for"], "at_least": 1}, "votes": ["for"]}, "one list under all (both)"),
    ],
)
def test_a_rule_of_another_form_is_refused_with_one_that_fits(test: object, mend: str) -> None:
    document = changed(procedures=[{"key": "all", "body": "board", "rule": test}])

    (problem,) = faults(document)

    assert problem.path.startswith("procedures.all.rule")
    assert mend in problem.mend.in_language("en")


def test_a_key_that_is_no_text_is_refused_calmly():
    with pytest.raises(DocumentError):
        load_charter("? [a, b]\n:\n")
