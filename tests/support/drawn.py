"""Rules and rolls drawn at random, for what must hold of every one of them."""

from fractions import Fraction

from hypothesis import strategies as st
from support.rolls import voter

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
