"""What holds for every rule and every roll: abstaining, silence, turning round, and an explanation that fits."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from support.drawn import any_tests, rising_tests, rolls, ruled, trees

from concordia.domain.rules.engine import Verdict, decide
from concordia.domain.rules.model import Position, counts_in

STANDS = (Position.FOR, Position.AGAINST, Position.ABSTAIN, Position.BLOCK, None)
DECIDED = {Verdict.ADOPTED, Verdict.REJECTED}


def turned(voters, place, vote):
    return tuple(
        replace(voter, vote=vote, present=vote is not None) if n == place else voter
        for n, voter in enumerate(voters)
    )


@given(trees(rising_tests()), rolls(), st.data())
def test_one_who_gives_up_being_against_never_turns_adopted_into_rejected(rule, voters, data) -> None:
    place = data.draw(st.integers(0, len(voters) - 1))
    milder = data.draw(st.sampled_from([Position.ABSTAIN, Position.FOR]))
    if decide(ruled(rule), turned(voters, place, Position.AGAINST)).adopted:
        assert decide(ruled(rule), turned(voters, place, milder)).adopted


@st.composite
def cast_tests(draw: st.DrawFn) -> dict:
    """A test that looks at votes for and against only, of all or of those cast."""
    votes = draw(st.sampled_from([["for"], ["against"], ["for", "against"]]))
    comparison = draw(st.sampled_from(["at_least", "more_than", "at_most", "fewer_than"]))
    if draw(st.booleans()):
        share = draw(st.sampled_from(["50%", "2/3", "100%"]))
        return {"votes": votes, comparison: share, "of": draw(st.sampled_from(["all", "cast"]))}
    return {"votes": votes, comparison: draw(st.integers(0, 5))}


@given(trees(cast_tests()), rolls(), st.data())
def test_abstaining_is_as_staying_away_where_only_votes_for_and_against_are_looked_at(
    rule, voters, data
) -> None:
    place = data.draw(st.integers(0, len(voters) - 1))
    abstained, away = (turned(voters, place, vote) for vote in (Position.ABSTAIN, None))
    assert decide(ruled(rule), abstained).verdict == decide(ruled(rule), away).verdict


@given(
    trees(any_tests()), rolls(), st.sampled_from([("consent", Position.FOR), ("refuse", Position.AGAINST)])
)
def test_silence_at_the_end_is_as_if_everybody_silent_had_said_so(rule, voters, end) -> None:
    at_end, vote = end
    said = tuple(replace(voter, vote=vote) if voter.silent else voter for voter in voters)
    procedure = ruled(rule, at_end=at_end, term="P5D")

    found = decide(procedure, voters, term_over=True)

    assert found.verdict == decide(procedure, said, term_over=True).verdict
    running = decide(procedure, voters, term_over=False)
    assert running.verdict == decide(ruled(rule), voters).verdict


@given(trees(any_tests()), rolls())
def test_a_matter_is_carried_over_just_when_somebody_who_may_vote_was_silent(rule, voters) -> None:
    found = decide(ruled(rule, at_end="carry-over", term="P5D"), voters, term_over=True)
    silent = any(voter.eligible and voter.silent for voter in voters)
    assert (found.verdict is Verdict.CARRIED_OVER) is silent


@given(trees(any_tests()), rolls())
def test_the_contrary_of_a_rule_decides_the_contrary(rule, voters) -> None:
    procedure, contrary = ruled(rule), ruled({"not": rule})
    found = {decide(procedure, voters).verdict, decide(contrary, voters).verdict}
    assert found in ({Verdict.NOT_VALID}, DECIDED)


@given(trees(any_tests()), rolls(), st.data())
def test_a_block_is_a_vote_against_just_where_no_test_looks_at_blocks(rule, voters, data) -> None:
    procedure = ruled(rule)
    if any(Position.BLOCK in count.votes for count in counts_in(procedure.rule)):
        return
    place = data.draw(st.integers(0, len(voters) - 1))
    blocked, against = (turned(voters, place, vote) for vote in (Position.BLOCK, Position.AGAINST))
    assert decide(procedure, blocked).verdict == decide(procedure, against).verdict


@given(trees(any_tests()), rolls())
def test_who_is_not_competent_is_not_part_of_anything(rule, voters) -> None:
    without = tuple(voter for voter in voters if voter.competent)
    if without:
        assert decide(ruled(rule), voters).verdict == decide(ruled(rule), without).verdict


@given(trees(any_tests()), rolls())
def test_stepping_aside_leaves_every_line_of_the_explanation_to_the_others(rule, voters) -> None:
    voters = tuple(replace(voter, competent=voter.competent or voter.recused) for voter in voters)
    without = tuple(voter for voter in voters if not voter.recused)
    if any(voter.eligible for voter in voters):
        lines = [line.text for line in decide(ruled(rule), without).lines]
        found = [line.text for line in decide(ruled(rule), voters).lines]
        assert [text for text in found if "Stepped aside" not in text.in_language("en")] == lines


def numbers(text: str, language: str) -> list[str]:
    found = re.findall(r"\d[\d.,]*", text)
    if language == "nl":
        found = [number.replace(".", "\0").replace(",", ".").replace("\0", ",") for number in found]
    return [number.rstrip(".,") for number in found]


@given(trees(any_tests()), rolls(), st.booleans())
def test_an_explanation_gives_the_same_figures_in_both_languages_and_its_first_line_the_outcome(
    rule, voters, over
) -> None:
    found = decide(ruled(rule, at_end="refuse", term="P5D"), voters, term_over=over)

    for line in found.lines:
        nl, en = (line.text.in_language(language) for language in ("nl", "en"))
        assert numbers(nl, "nl") == numbers(en, "en"), (nl, en)
        assert nl != en
    assert found.lines[0].ok is found.adopted
    if found.verdict in DECIDED:
        assert found.lines[1].ok is found.adopted


@given(rolls(), st.sampled_from(STANDS))
def test_a_present_vote_is_among_those_present_and_an_absent_one_is_not(voters, vote) -> None:
    more = (*voters, replace(voters[0], key="x", vote=vote, present=False, recused=False, competent=True))
    before = sum(voter.eligible and (not voter.silent or voter.present) for voter in voters)
    exactly = ruled({"votes": ["present"], "at_least": before + (vote is not None)})
    assert decide(exactly, more).adopted
    assert not decide(ruled({"not": exactly.rule.model_dump(exclude_none=True, mode="json")}), more).adopted
