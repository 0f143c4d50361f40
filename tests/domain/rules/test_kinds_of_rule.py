"""Every kind of rule that an alliance may live under runs as data, with no code of its own (charter.md)."""

from fractions import Fraction

import pytest
from support.rolls import outcome, procedure, roll, verdict, voter

from concordia.domain.rules import feasible
from concordia.domain.rules.engine import Outcome, Verdict, decide
from concordia.domain.rules.explain import number

UNANIMITY = "{votes: [for], at_least: 100%, of: all}"
CONSENT = "{all: [{votes: [block], at_most: 0}, {votes: [for], at_least: 1}]}"
MAJORITY = "{votes: [for], more_than: 50%, of: cast}"
TWO_THIRDS = "{votes: [for], at_least: 2/3, of: cast}"
LAZY = """{all: [{votes: [block], at_most: 0}, {votes: [for], at_least: 3},
                 {votes: [for], more_than: {votes: [against]}}]}"""
CASTING = """{any: [{votes: [for], more_than: {votes: [against]}},
                    {all: [{votes: [for], at_least: {votes: [against]}},
                           {votes: [for], at_least: 1, among: chair}]}]}"""
CLASSES = """{all: [{votes: [for], more_than: 50%, of: all, among: small},
                    {votes: [for], more_than: 50%, of: all, among: large}]}"""
VETO = """{all: [{votes: [for], at_least: 9}, {votes: [against, block], among: permanent, at_most: 0}]}"""


@pytest.mark.parametrize(
    ("rule", "signs", "expected"),
    [
        (UNANIMITY, "+++", "adopted"),
        (UNANIMITY, "++.", "rejected"),
        (UNANIMITY, "++0", "rejected"),
        (UNANIMITY, "++r", "adopted"),
        (CONSENT, "+--", "adopted"),
        (CONSENT, "++!", "rejected"),
        (CONSENT, "...", "rejected"),
        (MAJORITY, "++-00", "adopted"),
        (MAJORITY, "++--", "rejected"),
        (MAJORITY, "+....", "adopted"),
        (TWO_THIRDS, "++-", "adopted"),
        (TWO_THIRDS, "+++--", "rejected"),
        (TWO_THIRDS, "++-000", "adopted"),
        (LAZY, "+++--....", "adopted"),
        (LAZY, "++.......", "rejected"),
        (LAZY, "+++---...", "rejected"),
        (LAZY, "++++!....", "rejected"),
    ],
)
def test_a_rule_gives_what_its_words_say(rule: str, signs: str, expected: str) -> None:
    assert verdict(rule, signs) == expected


def test_one_objection_stops_consent() -> None:
    assert verdict(CONSENT, "+++++++++!") == "rejected"


def test_a_block_counts_as_against_where_the_rule_does_not_look_at_blocks() -> None:
    found = outcome(MAJORITY, "+!")
    assert found.verdict.value == "rejected"
    assert "telt in deze procedure als tegen" in found.lines[-1].text.in_language("nl")


@pytest.mark.parametrize(("sign", "expected"), [("+", "adopted"), ("-", "rejected"), (".", "rejected")])
def test_the_chair_decides_a_tie(sign: str, expected: str) -> None:
    rest = {"+": "+--", "-": "++-", ".": "+-."}[sign]
    voters = (voter("chair", sign, chair=True), *roll(rest))
    assert verdict(CASTING, voters) == expected


def test_the_chair_decides_nothing_when_there_is_no_tie() -> None:
    assert verdict(CASTING, (voter("chair", "+", chair=True), *roll("---"))) == "rejected"


def classes(small: str, large: str) -> tuple:
    of_small = [voter(f"s{i}", sign, groups=frozenset({"small"})) for i, sign in enumerate(small)]
    return (*of_small, *(voter(f"l{i}", sign, groups=frozenset({"large"})) for i, sign in enumerate(large)))


def test_each_class_of_partners_decides_by_itself() -> None:
    assert verdict(CLASSES, classes("++-", "++-")) == "adopted"
    assert verdict(CLASSES, classes("+++", "+--")) == "rejected"


def council(permanent: str, elected: str) -> tuple:
    fixed = [voter(f"p{i}", sign, groups=frozenset({"permanent"})) for i, sign in enumerate(permanent)]
    return (*fixed, *(voter(f"e{i}", sign) for i, sign in enumerate(elected)))


def test_a_permanent_member_stops_by_voting_against_but_not_by_abstaining() -> None:
    assert verdict(VETO, council("++++-", "+++++++++0")) == "rejected"
    assert verdict(VETO, council("++++0", "+++++-----")) == "adopted"
    assert verdict(VETO, council("+++++", "+++-------")) == "rejected"


def test_eighty_five_percent_of_the_quota_is_exact() -> None:
    rule = "{votes: [for], by: quota, at_least: 85%, of: all}"
    weights = {"quota": ["84.99", "0.01", "15"]}
    assert verdict(rule, roll("++-", weights)) == "adopted"
    assert verdict(rule, roll("+--", weights)) == "rejected"


def test_a_share_in_thirds_has_no_rounding() -> None:
    assert verdict("{votes: [for], at_least: 1/3, of: all}", "+..") == "adopted"
    assert verdict("{votes: [for], more_than: 1/3, of: all}", "+..") == "rejected"


# The Council of the European Union: 55% of members with 65% of the population; a blocking minority has at
# least four members. Populations of 2019 (millions), Treaty on European Union, article 16(4).
EU = """{any: [{all: [{votes: [for], at_least: 55%, of: all},
                     {votes: [for], by: population, at_least: 65%, of: all}]},
               {all: [{votes: [for], at_least: 55%, of: all},
                     {votes: [against, abstain, absent, block], at_most: 3}]}]}"""
PEOPLE = (
    "82.9 66.9 61.1 46.7 38.0 19.5 17.3 11.5 10.7 10.6 10.3 10.1 9.8 8.8 7.1 5.8 5.5 5.4 4.9 4.1 2.8 "
    "2.1 1.9 1.3 0.9 0.6 0.5"
)


def eu(against: set[int]) -> str:
    signs = "".join("-" if i in against else "+" for i in range(27))
    return verdict(EU, roll(signs, {"population": PEOPLE.split()}))


def test_three_large_members_alone_cannot_block() -> None:
    assert eu({0, 1, 2}) == "adopted"


def test_a_fourth_member_makes_a_blocking_minority() -> None:
    assert eu({0, 1, 2, 26}) == "rejected"


def test_many_people_are_not_enough_members() -> None:
    assert eu(set(range(14, 27))) == "rejected"


def test_silence_is_consent_only_once_the_term_is_over() -> None:
    silent = procedure("{votes: [against, block], at_most: 0}", at_end="consent", term="P5D")
    found = outcome(silent, "+..", term_over=True)
    assert found.verdict.value == "adopted"
    assert "b, c" in found.lines[-1].text.in_language("en")
    assert verdict(procedure(UNANIMITY, at_end="consent"), "+..") == "rejected"
    assert verdict(procedure(UNANIMITY, at_end="consent"), "+..", term_over=True) == "adopted"


def test_silence_may_count_as_against() -> None:
    assert verdict(procedure(MAJORITY, at_end="refuse"), "+..", term_over=True) == "rejected"


def test_a_matter_may_be_carried_over_until_everybody_voted() -> None:
    held = procedure(MAJORITY, at_end="carry-over")
    assert verdict(held, "++.", term_over=True) == "carried_over"
    assert verdict(held, "++r", term_over=True) == "adopted"


def test_too_few_present_is_no_decision_at_all() -> None:
    held = procedure(MAJORITY, quorum={"votes": ["present"], "more_than": "50%", "of": "all"})
    assert verdict(held, "++..") == "no_quorum"
    assert verdict(held, "++p.") == "adopted"
    assert verdict(held, "++rr") == "adopted"


def test_nobody_who_may_vote_is_no_valid_decision() -> None:
    assert verdict(UNANIMITY, "rr") == "not_valid"
    assert verdict(UNANIMITY, (voter("a", "+", competent=False),)) == "not_valid"


def test_a_partner_that_is_not_competent_is_not_counted() -> None:
    voters = (voter("a", "+"), voter("b", "-", competent=False))
    found = outcome(UNANIMITY, voters)
    assert found.verdict.value == "adopted"
    assert "Niet bevoegd" in found.lines[-1].text.in_language("nl")


def test_the_explanation_says_how_many_were_missing() -> None:
    line = outcome("{votes: [for], at_least: 720, by: votes}", roll("+-", {"votes": [700, 298]})).lines[1]
    assert not line.ok
    assert "Short by 20" in line.text.in_language("en")
    assert "Er ontbreken er 20" in line.text.in_language("nl")


@pytest.mark.parametrize("signs", ["000", "...", "pp.", "0r."])
@pytest.mark.parametrize("comparison", ["at_least", "more_than"])
def test_two_thirds_of_no_votes_at_all_are_not_reached(comparison: str, signs: str) -> None:
    found = outcome(f"{{votes: [for], {comparison}: 2/3, of: cast}}", signs)

    assert found.verdict.value == "rejected"
    assert "and there are none. Not reached." in found.lines[1].text.in_language("en")
    assert "en die zijn er niet. Niet gehaald." in found.lines[1].text.in_language("nl")


def test_a_group_in_which_nobody_is_entitled_stands_in_nobodys_way() -> None:
    assert verdict("{votes: [for], at_least: 100%, of: all, among: nobody}", "++") == "adopted"


@pytest.mark.parametrize(
    ("comparison", "said"),
    [
        ("at_least: 50%", "so at least 7.25. Not reached. Short by 0.05."),
        ("more_than: 50%", "so more than 7.25. Not reached. Short by more than 0.05."),
    ],
)
def test_what_is_needed_of_broken_weights_is_not_rounded_to_whole_ones(comparison: str, said: str) -> None:
    rule = f"{{votes: [for], by: quota, {comparison}, of: all}}"
    line = outcome(rule, roll("+-", {"quota": ["7.2", "7.3"]})).lines[1]

    assert line.text.in_language("en").endswith(said)


@pytest.mark.parametrize(
    ("value", "written"), [("84.999", "84.999"), ("7", "7"), ("1/3", "≈ 0.33"), ("1234.5", "1,234.5")]
)
def test_a_number_is_never_rounded_without_saying_so(value: str, written: str) -> None:
    assert number(Fraction(value), 1) == written


def test_a_large_roll_is_judged_in_a_few_ways_of_voting() -> None:
    calls = [0]

    def counting(*args: object, **more: object) -> Outcome:
        calls[0] += 1
        return decide(*args, **more)  # type: ignore[arg-type]

    feasible_decide, feasible.decide = feasible.decide, counting
    try:
        found = feasible.verdicts(procedure(MAJORITY), roll("." * 17))
    finally:
        feasible.decide = feasible_decide
    assert found is not None
    assert found >= {Verdict.ADOPTED, Verdict.REJECTED}
    assert calls[0] <= 5
