"""A charter as prose, its difference with another, and who chairs when."""

import re
from datetime import date
from pathlib import Path

import pytest

from concordia.domain.charter import (
    Charter,
    chair_partner,
    chair_until,
    charter_diff,
    load_charter,
    procedure_sentences,
    read_bodies,
    read_charter,
    replace_section,
)
from concordia.domain.charter.words import rule_words
from concordia.domain.problems import DocumentError
from concordia.domain.rules.model import Test as Rule
from concordia.domain.rules.procedure import Procedure

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples" / "charters").glob("*.yaml"))


def wage_data() -> Charter:
    return load_charter(next(path for path in EXAMPLES if path.stem == "wage-data").read_text("utf-8"))


def prose(charter: Charter, language: str) -> str:
    found = []
    for chapter in read_charter(charter, language).chapters:
        found.append(chapter.heading)
        for block in chapter.blocks:
            found += [block.text, *block.items, *block.head, *(cell for row in block.rows for cell in row)]
    return "\n".join(found)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_prose_has_no_word_of_the_other_language_and_no_raw_key(path: Path) -> None:
    charter = load_charter(path.read_text("utf-8"))
    dutch, english = prose(charter, "nl"), prose(charter, "en")
    assert not re.search(r"\b(the|votes|each|partners have|Meets|Adopted)\b", dutch)
    assert not re.search(r"\b(het|stemmen|elke|Vergadert|Aangenomen|zonder)\b", english)
    assert not re.search(r"\w_\w|P\d+D|FREQ=|\d{4}-\d\d-\d\d|None", dutch + english)


def test_a_rule_that_asks_everybody_says_so() -> None:
    charter = wage_data()
    told = " ".join(procedure_sentences(charter.procedure("strategic"), charter, "nl"))
    assert "alle stemgerechtigden stemmen voor" in told
    assert "100%" not in told


def test_measures_and_days_are_named_as_people_do() -> None:
    assert "aandeel in het volume" in prose(wage_data(), "nl")
    assert "share of volume" in prose(wage_data(), "en")
    assert "15 december" in prose(wage_data(), "nl")
    assert "1 January 2006" in prose(wage_data(), "en")


def test_each_body_tells_who_sits_in_it() -> None:
    board = read_bodies(wage_data(), "nl")[0]
    assert board.title == "Ketenbestuur"
    assert any("zonder stem" in sentence for sentence in board.sentences)


def test_the_difference_tells_what_a_board_would_ask() -> None:
    old = wage_data()
    new = replace_section(
        old,
        "evaluation",
        "evaluation:\n  every: P2Y\n  smallest_group: 8\n",
    )
    (section,) = charter_diff(old, new)
    told = [change.text.in_language("nl") for change in section.changes]
    assert section.key == "evaluation"
    assert any("8" in sentence for sentence in told)
    assert not charter_diff(old, old)


def test_a_changed_rule_is_told_in_words() -> None:
    old = wage_data()
    text = old_procedures().replace("at_least: 100%", "at_least: 2/3", 1)
    told = [
        change.text.in_language("nl")
        for section in charter_diff(old, replace_section(old, "procedures", text))
        for change in section.changes
    ]
    assert len(told) == 1
    assert "twee derde" in told[0]


def old_procedures() -> str:
    from concordia.domain.charter import dump_section

    return dump_section(wage_data(), "procedures")


def test_the_chair_rotates_over_the_partners_and_says_until_when() -> None:
    charter = wage_data()
    days = [date(year, 6, 1) for year in (2026, 2027, 2028, 2029)]
    chairs = [chair_partner(charter, "board", day) for day in days]
    assert set(chairs[:3]) == {partner.key for partner in charter.partners}
    assert chairs[3] == chairs[0]
    until = chair_until(charter, "board", days[0])
    assert until is not None
    assert chair_partner(charter, "board", until) != chairs[0]


def test_a_place_in_a_file_is_told_in_the_readers_words():
    with pytest.raises(DocumentError) as caught:
        load_charter("concordia: charter/1\nalliance: [")
    (problem,) = caught.value.problems
    assert problem.sentence("en").startswith("line ")
    assert problem.sentence("nl").startswith("regel ")
    assert "kolom" in problem.sentence("nl")


@pytest.mark.parametrize(
    ("votes", "nl", "en"),
    [
        ("for", "minstens 1 stem voor", "at least 1 vote for"),
        ("against", "minstens 1 stem tegen", "at least 1 vote against"),
        ("block", "minstens 1 blokkade", "at least 1 block"),
    ],
)
def test_one_vote_is_told_in_the_singular(votes: str, nl: str, en: str) -> None:
    rule = Rule.model_validate({"votes": [votes], "at_least": 1})
    assert (rule_words(rule, "nl", {}), rule_words(rule, "en", {})) == (nl, en)


@pytest.mark.parametrize(
    ("extend", "nl", "en"),
    [
        (
            {"times": 2, "by": "P5D"},
            "De voorzitter mag de stemming hoogstens 2 keer met 5 dagen verlengen.",
            "The chair may extend the vote up to 2 times, by 5 days.",
        ),
        (
            {"by": "P1D", "who": "voter"},
            "Wie stemt mag de stemming één keer met 1 dag verlengen.",
            "Whoever votes may extend the vote once, by 1 day.",
        ),
    ],
)
def test_how_long_a_vote_may_be_extended_and_by_whom_is_told(extend: dict, nl: str, en: str) -> None:
    charter = wage_data()
    plain = charter.procedure("strategic").model_dump(mode="json", by_alias=True, exclude_unset=True)
    extended = Procedure.model_validate({**plain, "extend": extend})

    assert nl in procedure_sentences(extended, charter, "nl")
    assert en in procedure_sentences(extended, charter, "en")
