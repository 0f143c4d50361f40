"""What holds for every rule and every roll."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from support.drawn import SHARES, any_tests, rising_tests, rolls, ruled, trees
from support.rolls import voter

from concordia.domain.rules.engine import Verdict, decide
from concordia.domain.rules.model import Position


@given(trees(rising_tests()), rolls(), st.data())
def test_one_more_in_favour_never_turns_adopted_into_rejected(rule, voters, data) -> None:
    before = decide(ruled(rule), voters)
    turned = data.draw(st.integers(0, len(voters) - 1))
    after = list(voters)
    after[turned] = replace(voters[turned], vote=Position.FOR, present=True)
    if before.adopted:
        assert decide(ruled(rule), tuple(after)).adopted


@given(trees(any_tests()), rolls(), st.booleans())
def test_every_rule_decides_on_every_roll_and_says_why_in_both_languages(rule, voters, over) -> None:
    found = decide(ruled(rule, at_end="consent"), voters, term_over=over)
    assert isinstance(found.verdict, Verdict)
    assert all(line.text.in_language(language).strip() for line in found.lines for language in ("nl", "en"))


@given(trees(any_tests()), rolls(), st.randoms(use_true_random=False))
def test_the_order_of_voters_does_not_matter(rule, voters, random) -> None:
    shuffled = list(voters)
    random.shuffle(shuffled)
    assert decide(ruled(rule), tuple(shuffled)).verdict == decide(ruled(rule), voters).verdict


@given(trees(any_tests()), rolls(), st.sampled_from("+-0!.p"))
def test_who_stepped_aside_is_not_part_of_anything(rule, voters, sign) -> None:
    aside = replace(voter("aside", sign, weights={"weight": Fraction(7)}), recused=True)
    assert decide(ruled(rule), (*voters, aside)).verdict == decide(ruled(rule), voters).verdict


@given(rolls(), SHARES)
def test_abstaining_and_staying_away_do_not_change_a_share_of_the_votes_cast(voters, share) -> None:
    rule = ruled({"votes": ["for"], "at_least": share, "of": "cast"})
    more = (*voters, voter("x", "0"), voter("y", "."), voter("z", "p"))
    if any(one.eligible for one in voters):
        assert decide(rule, more).verdict == decide(rule, voters).verdict


@given(rolls(), SHARES)
def test_staying_away_makes_a_share_of_all_harder_never_easier(voters, share) -> None:
    rule = ruled({"votes": ["for"], "at_least": share, "of": "all"})
    if decide(rule, (*voters, voter("y", "."))).adopted and any(one.eligible for one in voters):
        assert decide(rule, voters).adopted
