"""What is called impossible never happens, and what one test alone can come to is known exactly."""

from dataclasses import replace
from itertools import product

from hypothesis import assume, given
from hypothesis import strategies as st
from support.drawn import any_tests, rolls, ruled, trees
from support.rolls import roll

from concordia.domain.rules.bounds import STANDS, can
from concordia.domain.rules.engine import Verdict, decide
from concordia.domain.rules.roll import Roll


def seated(voters):
    """The same voters before anybody did anything."""
    return tuple(replace(voter, vote=None, present=False, recused=False, competent=True) for voter in voters)


def asked(rule):
    return st.one_of(rule, st.builds(lambda part: {"not": part}, rule))


@given(asked(trees(any_tests())), rolls(), st.data())
def test_what_cannot_happen_does_not_happen(rule, voters, data) -> None:
    procedure, voters = ruled(rule), seated(voters)
    hold, fail = can(procedure.rule, Roll(voters, block_is_against=not procedure.tests_block))
    votes = data.draw(st.tuples(*(st.sampled_from(STANDS) for _ in voters)))

    found = decide(procedure, tuple(replace(one, vote=vote) for one, vote in zip(voters, votes, strict=True)))

    assert hold or found.verdict is not Verdict.ADOPTED
    assert fail or found.verdict is not Verdict.REJECTED


@given(asked(any_tests()), rolls())
def test_what_one_test_can_come_to_is_known_exactly(test, voters) -> None:
    voters = seated(voters)[:3]
    assume(all(voter.weights["weight"] for voter in voters))  # a share of no weight at all is another matter
    procedure = ruled(test)
    found = {
        decide(
            procedure, tuple(replace(one, vote=vote) for one, vote in zip(voters, votes, strict=True))
        ).verdict
        for votes in product(STANDS, repeat=len(voters))
    }

    hold, fail = can(procedure.rule, Roll(voters, block_is_against=not procedure.tests_block))

    of_votes = test.get("not", test).get("of") in {"present", "cast"}
    assert hold is (Verdict.ADOPTED in found) or of_votes
    assert fail is (Verdict.REJECTED in found) or of_votes


def test_of_all_one_that_fails_is_enough_and_of_any_one_that_holds() -> None:
    always, maybe, never = ({"votes": ["for"], "at_least": number} for number in (0, 1, 9))

    def possible(rule) -> tuple[bool, bool]:
        return can(ruled(rule).rule, Roll(roll("..")))

    assert possible({"all": [always, maybe]}) == (True, True)
    assert possible({"all": [maybe, never]}) == (False, True)
    assert possible({"any": [maybe, never]}) == (True, True)
    assert possible({"any": [always, never]}) == (True, False)
