"""Rules of decision on published votes: the outcome that was published must come out."""

import csv
import json

import pytest
from support.rolls import outcome, procedure, verdict, voter
from support.shared import shared_data

from concordia.domain.rules.roll import Voter
from concordia.domain.texts import Text

FUND = "{all: [{votes: [for], by: votes, at_least: 720}, {votes: [for], at_least: 14}]}"


def members() -> list[tuple[str, int]]:
    """The members that vote with their votes, from the most to the fewest; one had not acceded yet."""
    with shared_data("decisions/edf11_committee/edf11_committee_votes.csv").open(encoding="utf-8") as file:
        rows = [(row["member_state"], int(row["votes"])) for row in csv.DictReader(file) if not row["status"]]
    known = json.loads(shared_data("decisions/edf11_committee/rule_and_expected.json").read_text("utf-8"))
    assert sum(votes for _, votes in rows) == known["rule"]["total_votes"]
    return sorted(rows, key=lambda row: -row[1])


def fund(in_favour: range) -> tuple[Voter, ...]:
    return tuple(
        voter(name, "+" if place in in_favour else "-", weights={"votes": votes})
        for place, (name, votes) in enumerate(members())
    )


def test_the_five_largest_have_the_votes_of_the_fund_but_not_the_members() -> None:
    found = outcome(FUND, fund(range(5)))
    assert [line.ok for line in found.lines[1:]] == [False, True, False]
    assert "735" in found.lines[2].text.in_language("en")


def test_four_of_the_largest_do_not_have_the_votes_of_the_fund() -> None:
    assert outcome(FUND, fund(range(4))).lines[2].ok is False


def test_the_fourteen_smallest_have_the_members_but_not_the_votes() -> None:
    count = len(members())
    found = outcome(FUND, fund(range(count - 14, count)))
    assert [line.ok for line in found.lines[1:]] == [False, False, True]


def test_both_together_adopt() -> None:
    assert verdict(FUND, fund(range(14))) == "adopted"


LARGEST = "Duitsland, Frankrijk, Verenigd Koninkrijk, Italië, Spanje"
FUND_SAYS = {
    range(5): (
        (
            "Niet aangenomen. Stemgerechtigd: 27.",
            "Alle volgende punten moeten kloppen. Klopt niet.",
            f"Voor: 735 naar stemmen ({LARGEST}). Nodig: minstens 720. Gehaald.",
            f"Voor: 5 ({LARGEST}). Nodig: minstens 14. Niet gehaald. Er ontbreken er 9.",
        ),
        (
            "Not adopted. Entitled to vote: 27.",
            "All of the following must hold. This does not hold.",
            f"For: 735 by votes ({LARGEST}). Needed: at least 720. Reached.",
            f"For: 5 ({LARGEST}). Needed: at least 14. Not reached. Short by 9.",
        ),
    ),
    range(13, 27): (
        (
            "Niet aangenomen. Stemgerechtigd: 27.",
            "Alle volgende punten moeten kloppen. Klopt niet.",
            "Voor: 59 naar stemmen. Nodig: minstens 720. Niet gehaald. Er ontbreken er 661.",
            "Voor: 14. Nodig: minstens 14. Gehaald.",
        ),
        (
            "Not adopted. Entitled to vote: 27.",
            "All of the following must hold. This does not hold.",
            "For: 59 by votes. Needed: at least 720. Not reached. Short by 661.",
            "For: 14. Needed: at least 14. Reached.",
        ),
    ),
}


@pytest.mark.parametrize("in_favour", FUND_SAYS, ids=["the largest", "the smallest"])
def test_the_fund_explains_itself_in_both_languages(in_favour: range) -> None:
    names = {"votes": Text.of({"nl": "stemmen", "en": "votes"})}
    found = outcome(FUND, fund(in_favour), names=names)

    for language, said in zip(("nl", "en"), FUND_SAYS[in_favour], strict=True):
        assert tuple(line.text.in_language(language) for line in found.lines) == said


def test_two_hundred_and_seventy_nine_votes_block_the_fund_and_one_fewer_do_not() -> None:
    known = json.loads(shared_data("decisions/edf11_committee/rule_and_expected.json").read_text("utf-8"))
    total, needed = known["rule"]["total_votes"], known["rule"]["min_votes"]
    rule = "{votes: [for], by: votes, at_least: 720}"
    for against, expected in ((known["rule"]["blocking_minority"], "rejected"), (total - needed, "adopted")):
        two = (
            voter("a", "-", weights={"votes": against}),
            voter("b", "+", weights={"votes": total - against}),
        )
        assert verdict(rule, two) == expected


def assembly() -> list[tuple[dict, tuple[Voter, ...]]]:
    """Each roll call with its published totals."""
    with shared_data("decisions/unga/votes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    sign = {"yes": "+", "no": "-", "abstain": "0"}
    return [
        (
            known,
            tuple(
                voter(row["country"], sign[row["vote"]]) for row in rows if row["rcid"] == str(known["rcid"])
            ),
        )
        for known in json.loads(shared_data("decisions/unga/expected.json").read_text("utf-8"))
    ]


@pytest.mark.parametrize("place", range(3))
def test_the_totals_of_the_assembly_are_those_that_were_published(place: int) -> None:
    known, voters = assembly()[place]
    for word, total in zip(("for", "against", "abstain"), known["published_yes_no_abstain"], strict=True):
        exactly = f"{{all: [{{votes: [{word}], at_least: {total}}}, {{votes: [{word}], at_most: {total}}}]}}"
        assert verdict(exactly, voters) == "adopted", word


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(
    ("share", "key"), [("more_than: 50%", "simple_majority"), ("at_least: 2/3", "two_thirds")]
)
def test_the_assembly_decides_as_was_published(place: int, share: str, key: str) -> None:
    known, voters = assembly()[place]
    adopted = verdict(procedure(f"{{votes: [for], {share}, of: cast}}"), voters) == "adopted"
    assert adopted is known[f"{key}_of_yes_plus_no"]


ASSEMBLY_SAYS = (
    (
        "Voor: 100. Nodig: minstens twee derde van de stemmen voor en tegen (111), dus minstens 74. Gehaald.",
        "For: 100. Needed: at least two thirds of the votes for and against (111), so at least 74. Reached.",
    ),
    (
        "Voor: 188. Nodig: minstens twee derde van de stemmen voor en tegen (190), dus minstens 127. Gehaald.",
        "For: 188. Needed: at least two thirds of the votes for and against (190), so at least 127. Reached.",
    ),
    (
        "Voor: 79. Nodig: minstens twee derde van de stemmen voor en tegen (146), dus minstens 98. "
        "Niet gehaald. Er ontbreken er 19.",
        "For: 79. Needed: at least two thirds of the votes for and against (146), so at least 98. "
        "Not reached. Short by 19.",
    ),
)


@pytest.mark.parametrize("place", range(3))
def test_the_assembly_explains_its_two_thirds_in_both_languages(place: int) -> None:
    known, voters = assembly()[place]

    result, line = outcome("{votes: [for], at_least: 2/3, of: cast}", voters).lines

    assert (line.text.in_language("nl"), line.text.in_language("en")) == ASSEMBLY_SAYS[place]
    assert result.text.in_language("nl").endswith(f"Stemgerechtigd: {known['rows']}.")
    assert result.text.in_language("en").startswith("Adopted." if line.ok else "Not adopted.")
