"""A small document cannot keep the machine busy: what takes long to judge or to explain is bounded."""

import json
import time

import pytest
import yaml
from support.cast import CHARTER

from concordia.domain.charter import load_charter
from concordia.domain.problems import DocumentError

WITHOUT_END = {"all": [{"votes": ["block"], "at_most": 0}, {"votes": ["for"], "at_least": 99}]}


def document(**changes: object) -> str:
    """The charter of the cast with other sections, as JSON."""
    plain = yaml.load(CHARTER.format(key="heavy"), Loader=yaml.BaseLoader)
    return json.dumps({**plain, "positions": POSITIONS, **changes})


POSITIONS = yaml.safe_load(CHARTER.format(key="heavy").partition("positions:")[2].partition("bodies:")[0])


def partners(number: int) -> list[dict[str, object]]:
    return [
        {"key": f"partner-of-many-{i}", "name": f"Many {i}", "measures": {"staff": 1, "share": 1}}
        for i in range(number)
    ]


def seconds(text: str) -> tuple[float, tuple[object, ...]]:
    """How long it takes to refuse a document, and with what."""
    begun = time.monotonic()
    with pytest.raises(DocumentError) as refused:
        load_charter(text)
    return time.monotonic() - begun, refused.value.problems


def test_a_thousand_wrong_names_among_a_thousand_are_refused_at_once() -> None:
    wrong = [f"partner-of-mine-{i}" for i in range(1000)]

    took, problems = seconds(document(partners=partners(1000), groups={"many": wrong}))

    assert took < 5
    assert len(problems) == 200
    assert max(len(str(problem.mend)) for problem in problems) < 5000


def test_a_rule_of_a_hundred_tests_that_never_passes_is_found_without_trying_every_way() -> None:
    tests = {"all": [*WITHOUT_END["all"], *([{"votes": ["block"], "at_most": 0}] * 100)]}
    procedures = [{"key": "strategic", "body": "board", "rule": tests}]

    took, problems = seconds(document(partners=partners(17), procedures=procedures))

    assert took < 5
    assert [problem.path for problem in problems] == ["procedures.strategic.rule"]


def test_a_rule_whose_parts_exclude_each_other_in_too_many_ways_to_try_is_left_to_its_writers() -> None:
    halves = [
        {"votes": [vote], "more_than": "50%", "of": "all", "by": "share"} for vote in ("for", "against")
    ]
    procedures = [{"key": "strategic", "body": "board", "rule": {"all": halves}}]
    begun = time.monotonic()

    assert load_charter(document(partners=WEIGHED, procedures=procedures))
    assert time.monotonic() - begun < 5


def test_a_rule_that_never_passes_is_still_found_among_seventeen_partners() -> None:
    procedures = [{"key": "strategic", "body": "board", "rule": WITHOUT_END}]

    _, problems = seconds(document(partners=partners(17), procedures=procedures))

    assert [problem.path for problem in problems] == ["procedures.strategic.rule"]


WEIGHED = [
    {"key": f"partner-{i}", "name": f"Weighed {chr(97 + i)}", "measures": {"staff": 1, "share": i + 1}}
    for i in range(24)
]  # weights of 1 to 24, 300 together: no two alike


@pytest.mark.parametrize(
    ("rule", "faulty"),
    [
        ({"votes": ["for"], "at_least": 24}, False),
        ({"votes": ["for"], "at_least": 25}, True),
        ({"votes": ["for"], "by": "share", "at_least": 300}, False),
        ({"votes": ["for"], "by": "share", "more_than": 300}, True),
        ({"votes": ["for", "against", "block", "abstain", "absent"], "by": "share", "at_least": 300}, True),
        ({"votes": ["for"], "more_than": "100%", "of": "cast", "by": "share"}, True),
        ({"votes": ["for"], "at_least": "100%", "of": "cast", "by": "share"}, False),
        ({"votes": ["against"], "at_most": {"votes": ["for", "against"]}, "by": "share"}, False),
        ({"not": {"votes": ["against"], "by": "share", "at_most": 300}}, True),
        (
            {
                "any": [
                    {"votes": ["for"], "by": "share", "more_than": 300},
                    {"votes": ["absent"], "fewer_than": 0},
                ]
            },
            True,
        ),
        (
            {"all": [{"votes": ["absent"], "at_least": 0, "by": "share"}, {"votes": ["for"], "at_most": 24}]},
            True,
        ),
    ],
)
def test_a_rule_that_cannot_go_both_ways_is_found_among_two_dozen_who_all_weigh_otherwise(
    rule: dict, faulty: bool
) -> None:
    text = document(partners=WEIGHED, procedures=[{"key": "strategic", "body": "board", "rule": rule}])

    if faulty:
        assert [problem.path for problem in seconds(text)[1]] == ["procedures.strategic.rule"]
    else:
        assert load_charter(text)


def test_a_quorum_beyond_reach_is_told_as_one_of_the_quorum() -> None:
    quorum = {"votes": ["present"], "by": "share", "at_least": 301}
    rule = {"votes": ["for"], "by": "share", "more_than": "50%", "of": "cast"}
    procedures = [{"key": "strategic", "body": "board", "rule": rule, "quorum": quorum}]

    _, problems = seconds(document(partners=WEIGHED, procedures=procedures))

    assert [problem.path for problem in problems] == ["procedures.strategic.quorum"]


def test_parts_that_exclude_each_other_are_found_among_two_dozen_equals() -> None:
    halves = [{"votes": [vote], "more_than": "50%", "of": "all"} for vote in ("for", "against")]
    procedures = [{"key": "strategic", "body": "board", "rule": {"all": halves}}]

    took, problems = seconds(document(partners=WEIGHED, procedures=procedures))

    assert took < 5
    assert [problem.path for problem in problems] == ["procedures.strategic.rule"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"not": {"votes": ["against"], "by": "share", "at_most": 300}}, "no proposal can ever be adopted"),
        ({"not": {"votes": ["against"], "by": "share", "more_than": 300}}, "adopts every proposal"),
        (
            {"all": [{"votes": ["absent"], "at_least": 0, "by": "share"}, {"votes": ["for"], "at_most": 24}]},
            "adopts every proposal",
        ),
    ],
)
def test_a_rule_that_never_passes_is_told_from_one_that_always_does(rule: dict, said: str) -> None:
    text = document(partners=WEIGHED, procedures=[{"key": "strategic", "body": "board", "rule": rule}])

    (problem,) = seconds(text)[1]

    assert said in problem.what.in_language("en")
