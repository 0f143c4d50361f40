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


def test_a_rule_of_a_hundred_tests_that_never_passes_is_not_tried_in_every_way() -> None:
    tests = {"all": [*WITHOUT_END["all"], *([{"votes": ["block"], "at_most": 0}] * 100)]}
    procedures = [{"key": "strategic", "body": "board", "rule": tests}]
    begun = time.monotonic()

    load_charter(document(partners=partners(17), procedures=procedures))

    assert time.monotonic() - begun < 5


def test_a_rule_that_never_passes_is_still_found_among_seventeen_partners() -> None:
    procedures = [{"key": "strategic", "body": "board", "rule": WITHOUT_END}]

    _, problems = seconds(document(partners=partners(17), procedures=procedures))

    assert [problem.path for problem in problems] == ["procedures.strategic.rule"]
