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
from concordia.domain.problems import DocumentError

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
