"""Rules of decision on published votes: the outcome that was published must come out."""

import csv
import json

import pytest
from support.rolls import outcome, procedure, verdict, voter
from support.shared import shared_data

from concordia.domain.rules.roll import Voter

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
