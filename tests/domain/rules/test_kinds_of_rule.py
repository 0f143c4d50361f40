"""Every kind of rule that an alliance may live under runs as data, with no code of its own (charter.md)."""

from fractions import Fraction

import pytest
from support.rolls import outcome, procedure, roll, verdict, voter

from concordia.domain.rules import feasible
from concordia.domain.rules.engine import Outcome, Verdict, decide
from concordia.domain.rules.explain import number
from concordia.domain.rules.model import Position
from concordia.domain.texts import Text

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
        ("{votes: [for], at_least: 33.4%, of: all}", "+..", "rejected"),
        ("{votes: [for], at_least: 33.3%, of: all}", "+..", "adopted"),
        ("{votes: [absent], at_most: 1}", "++p", "adopted"),
        ("{votes: [absent], at_most: 0}", "++p", "rejected"),  # present, and did not vote
        ("{votes: [absent], at_most: 0}", "++r", "adopted"),
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


def test_whether_a_block_counts_as_against_hangs_on_the_rule_and_not_on_the_quorum() -> None:
    looks = "{all: [{votes: [block], at_most: 1}, {votes: [for], more_than: {votes: [against]}}]}"
    assert verdict(looks, "+!") == "adopted"
    took_part = {"votes": ["for", "against", "abstain", "block"], "at_least": 2}
    assert verdict(procedure("{votes: [against], at_most: 0}", quorum=took_part), "+!") == "rejected"


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


def test_one_that_is_missing_is_told_in_the_singular() -> None:
    assert "Er ontbreekt er 1." in outcome(UNANIMITY, roll("++-")).lines[-1].text.in_language("nl")


@pytest.mark.parametrize("signs", ["000", "...", "pp.", "0r."])
@pytest.mark.parametrize("comparison", ["at_least", "more_than"])
def test_two_thirds_of_no_votes_at_all_are_not_reached(comparison: str, signs: str) -> None:
    found = outcome(f"{{votes: [for], {comparison}: 2/3, of: cast}}", signs)

    assert found.verdict.value == "rejected"
    assert "and there are none. Not reached." in found.lines[1].text.in_language("en")
    assert "en die zijn er niet. Niet gehaald." in found.lines[1].text.in_language("nl")


SHARES_OF_NOBODY = pytest.mark.parametrize(
    "share",
    [
        f"{{votes: [for], {comparison}, of: {of}, among: nobody}}"
        for comparison in ("at_least: 100%", "more_than: 50%", "at_most: 50%", "fewer_than: 50%")
        for of in ("all", "present", "cast")
    ],
)


@SHARES_OF_NOBODY
def test_a_group_in_which_nobody_is_entitled_stands_in_nobodys_way(share: str) -> None:
    found = outcome(f"{{all: [{share}, {{votes: [for], at_least: 1}}]}}", "++")

    assert found.adopted
    assert (
        found.lines[2]
        .text.in_language("en")
        .endswith("Nobody of this group votes here, so this is left out.")
    )
    assert found.lines[2].text.in_language("nl").endswith("stemt hier niemand, dus dit telt niet mee.")


@SHARES_OF_NOBODY
def test_a_group_in_which_nobody_is_entitled_carries_no_proposal_by_itself(share: str) -> None:
    other = "{votes: [for], at_least: 2}"
    assert verdict(f"{{any: [{share}, {other}]}}", "+-") == "rejected"
    assert verdict(f"{{any: [{share}, {other}]}}", "++") == "adopted"
    assert verdict(f"{{all: [{{not: {share}}}, {other}]}}", "++") == "adopted"
    assert verdict(f"{{any: [{{not: {share}}}, {other}]}}", "+-") == "rejected"
    assert verdict(f"{{all: [{{any: [{share}, {share}]}}, {other}]}}", "++") == "adopted"


@SHARES_OF_NOBODY
def test_a_rule_that_asks_only_those_who_do_not_vote_decides_nothing(share: str) -> None:
    for rule in (share, f"{{not: {share}}}", f"{{any: [{share}, {share}]}}"):
        found = outcome(rule, "++")
        assert found.verdict.value == "not_valid"
        assert "nobody of whom the rule asks something votes here" in found.lines[0].text.in_language("en")
    quorum = procedure(
        "{votes: [for], at_least: 1}", quorum=procedure(share).rule.model_dump(mode="json", exclude_none=True)
    )
    assert verdict(quorum, "+-") == "adopted"


def test_a_comparison_says_by_what_and_within_which_group_it_counts() -> None:
    rule = "{votes: [for], by: quota, at_most: {votes: [against], by: quota, among: large}}"
    voters = (
        voter("a", "+", weights={"quota": Fraction(7)}),
        voter("b", "-", weights={"quota": Fraction(3)}, groups=frozenset({"large"})),
    )
    line = decide(procedure(rule), voters, names={"large": Text.of("Grote Landen")}).lines[1]

    assert line.text.in_language("nl") == (
        "Voor: 7 naar quota (a). Toegestaan: niet meer dan tegen binnen “Grote Landen” (3 naar quota). "
        "Klopt niet. Dat is 4 te veel."
    )


def test_a_group_that_is_there_and_stays_away_does_stand_in_the_way() -> None:
    voters = (voter("a", ".", groups=frozenset({"small"})), voter("b", "+"))
    assert verdict("{votes: [for], more_than: 50%, of: cast, among: small}", voters) == "rejected"


def test_a_chair_who_stepped_aside_casts_no_vote() -> None:
    voters = (voter("a", "r", chair=True), voter("b", "+"), voter("c", "-"))
    casting = "{votes: [for], at_least: 100%, of: all, among: chair}"
    rule = f"{{any: [{{votes: [for], more_than: {{votes: [against]}}}}, {casting}]}}"
    assert verdict(rule, voters) == "rejected"


@pytest.mark.parametrize("comparison", ["at_least: 60%", "more_than: 50%"])
def test_a_share_of_no_weight_at_all_is_not_reached(comparison: str) -> None:
    found = outcome(f"{{votes: [for], by: quota, {comparison}, of: all}}", "++")

    assert found.verdict.value == "rejected"
    assert "and they weigh nothing here. Not reached." in found.lines[1].text.in_language("en")
    assert "en die wegen hier niets. Niet gehaald." in found.lines[1].text.in_language("nl")


@pytest.mark.parametrize(
    ("rule", "signs", "nl", "en"),
    [
        (
            "{votes: [against], at_most: 0}",
            "+--",
            "Tegen: 2 (b, c). Toegestaan: hoogstens 0. Klopt niet. Dat is 2 te veel.",
            "Against: 2 (b, c). Allowed: at most 0. This does not hold. That is 2 too many.",
        ),
        (
            "{votes: [against], fewer_than: 1/3, of: all}",
            "++-",
            "Tegen: 1 (c). Toegestaan: minder dan een derde van alle stemgerechtigden (3), dus hoogstens 0. "
            "Klopt niet. Dat is 1 te veel.",
            "Against: 1 (c). Allowed: fewer than one third of all who may vote (3), so at most 0. "
            "This does not hold. That is 1 too many.",
        ),
        (
            "{votes: [against], at_most: 0}",
            "++",
            "Tegen: 0. Toegestaan: hoogstens 0. Klopt.",
            "Against: 0. Allowed: at most 0. This holds.",
        ),
        (
            "{votes: [for], at_least: 3}",
            "++",
            "Voor: 2 (a, b). Nodig: minstens 3. Niet gehaald. Er ontbreekt er 1.",
            "For: 2 (a, b). Needed: at least 3. Not reached. Short by 1.",
        ),
    ],
)
def test_what_is_allowed_and_what_is_needed_are_told_apart(rule: str, signs: str, nl: str, en: str) -> None:
    line = outcome(rule, signs).lines[1]

    assert (line.text.in_language("nl"), line.text.in_language("en")) == (nl, en)


def test_who_said_no_in_a_way_that_does_not_count_was_not_silent() -> None:
    held = procedure(UNANIMITY, at_end="consent", term="P5D")
    voters = (
        voter("a", "+"),
        voter("b", ".", unheard=Position.AGAINST),
        voter("c", ".", unheard=Position.FOR),
    )

    found = outcome(held, voters, term_over=True)

    assert found.verdict.value == "rejected"
    assert found.lines[-1].text.in_language("en") == "Who was silent consents, and counts as for: c."


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
