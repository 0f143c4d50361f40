"""What holds for every rule and every roll."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from support.rolls import voter

from concordia.domain.rules.engine import Verdict, decide
from concordia.domain.rules.model import Position
from concordia.domain.rules.procedure import Procedure
from concordia.domain.rules.roll import Voter

SHARES = st.sampled_from(["50%", "2/3", "1/3", "65%", "100%", "33.4%"])


@st.composite
def rising_tests(draw: st.DrawFn) -> dict:
    """A test that another vote in favour can only help."""
    by = draw(st.sampled_from(["heads", "weight"]))
    kind = draw(st.sampled_from(["number", "share", "against", "block"]))
    comparison = draw(st.sampled_from(["at_least", "more_than"]))
    if kind == "number":
        return {"votes": ["for"], "by": by, comparison: draw(st.integers(0, 9))}
    if kind == "share":
        whole = draw(st.sampled_from(["all", "present", "cast"]))
        return {"votes": ["for"], "by": by, comparison: draw(SHARES), "of": whole}
    if kind == "against":
        return {"votes": ["for"], "by": by, comparison: {"votes": ["against", "block"], "by": by}}
    return {"votes": ["block", "against"], "at_most": draw(st.integers(0, 3))}


def trees(leaves: st.SearchStrategy[dict]) -> st.SearchStrategy[dict]:
    return st.recursive(
        leaves,
        lambda parts: st.builds(
            lambda word, found: {word: found},
            st.sampled_from(["all", "any"]),
            st.lists(parts, min_size=1, max_size=3),
        ),
        max_leaves=4,
    )


@st.composite
def any_tests(draw: st.DrawFn) -> dict:
    """Any test at all, those that another vote can harm included."""
    votes = draw(
        st.lists(
            st.sampled_from([position.value for position in Position]), min_size=1, max_size=3, unique=True
        )
    )
    comparison = draw(st.sampled_from(["at_least", "more_than", "at_most", "fewer_than"]))
    if draw(st.booleans()):
        return {
            "votes": votes,
            comparison: draw(SHARES),
            "of": draw(st.sampled_from(["all", "present", "cast"])),
        }
    return {
        "votes": votes,
        comparison: draw(st.integers(0, 9)),
        "by": draw(st.sampled_from(["heads", "weight"])),
    }


@st.composite
def rolls(draw: st.DrawFn) -> tuple[Voter, ...]:
    signs = draw(st.text("+-0!.pr", min_size=1, max_size=9))
    return tuple(
        voter(
            f"v{i}",
            sign,
            weights={"weight": Fraction(draw(st.integers(0, 50)), 3)},
            competent=draw(st.sampled_from([True, True, True, False])),
        )
        for i, sign in enumerate(signs)
    )


def ruled(rule: dict, **more: object) -> Procedure:
    return Procedure.model_validate({"key": "tried", "body": "board", "rule": rule, **more})


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
