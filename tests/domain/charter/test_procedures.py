"""A procedure of a charter can decide: judged by who will really vote, a partner, a seat or a person."""

import json
from typing import Any

import pytest

from concordia.domain.charter import load_charter, places
from concordia.domain.problems import DocumentError
from concordia.domain.rules.try_rule import run_try_rule, try_votes


def charter(procedure: dict[str, Any], **sections: Any) -> str:
    document = {
        "concordia": "charter/1",
        "alliance": {"key": "small", "name": "Small", "objective": "One thing."},
        "partners": [{"key": "one", "name": "One"}, {"key": "two", "name": "Two"}],
        "positions": [
            {"key": "member", "level": "strategic", "per": "partner", "holders": 3},
            {"key": "manager", "level": "strategic", "per": "alliance"},
        ],
        "bodies": [{"key": "board", "level": "strategic", "seats": ["member", "manager"]}],
        "procedures": [{"key": "all", "body": "board"} | procedure],
        "amendment": {"procedure": "all"},
    }
    return json.dumps(document | sections)


def faults(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        load_charter(text)
    return [problem.path for problem in caught.value.problems]


FIVE = {"votes": ["for"], "at_least": 5}
TIE = {
    "any": [
        {"votes": ["for"], "more_than": {"votes": ["against"]}},
        {
            "all": [
                {"votes": ["for"], "at_least": {"votes": ["against"]}},
                {"votes": ["for"], "at_least": 1, "among": "chair"},
            ]
        },
    ]
}


@pytest.mark.parametrize("voters", ["seats", "people"])
def test_five_of_seven_seats_can_be_reached_though_there_are_two_partners(voters: str) -> None:
    assert load_charter(charter({"voters": voters, "rule": FIVE}))
    assert faults(charter({"voters": "partners", "rule": FIVE})) == ["procedures.all.rule"]
    eight = {"votes": ["for"], "at_least": 8}
    assert faults(charter({"voters": voters, "rule": eight})) == ["procedures.all.rule"]


def test_who_is_not_competent_for_any_subject_of_a_procedure_does_not_make_its_rule_possible() -> None:
    partners = [
        {"key": "one", "name": "One"},
        {"key": "two", "name": "Two", "competences": ["floods"]},
    ]
    both = {"rule": {"votes": ["for"], "at_least": 2}, "subjects": ["costs"]}

    assert faults(charter(both, partners=partners)) == ["procedures.all.rule"]
    assert load_charter(charter(both | {"subjects": ["costs", "floods"]}, partners=partners))


@pytest.mark.parametrize(
    ("chair", "voters", "fits"),
    [
        (None, "partners", False),
        ({"rotates": "partners", "every": "P1Y"}, "partners", True),
        ({"position": "member"}, "partners", True),
        ({"position": "manager"}, "partners", False),
        ({"position": "manager"}, "seats", True),
    ],
)
def test_a_casting_vote_asks_for_a_chair_who_votes(chair: dict | None, voters: str, fits: bool) -> None:
    body = {"key": "board", "level": "strategic", "seats": ["member", "manager"]}
    text = charter({"voters": voters, "rule": TIE}, bodies=[body | ({"chair": chair} if chair else {})])

    if fits:
        assert load_charter(text)
    else:
        assert faults(text) == ["procedures.all.rule.among"]


def test_a_seat_is_tried_by_its_own_name_and_else_as_its_partner_votes() -> None:
    agreed = load_charter(charter({"voters": "seats", "rule": FIVE}))
    procedure = agreed.procedure("all")
    voters = places(agreed, procedure)
    assert [voter.key for voter in voters] == [
        *(f"{partner}.member.{number}" for partner in ("one", "two") for number in (1, 2, 3)),
        "manager",
    ]
    assert voters[1].name.in_language("en") == "One, member 2"

    def tried(text: str) -> int:
        return run_try_rule(procedure, voters, text, "en").exit_code

    assert tried("voter,vote\none,for\ntwo,for\n") == 0
    assert tried("voter,vote\none,for\ntwo,for\ntwo.member.1,against\ntwo.member.2,against\n") == 1
    assert tried("voter,vote\none,for\nmanager,for\n") == 1
    assert tried("voter,vote\none.member,for\ntwo,against\nmanager,for\ntwo.member.3,for\n") == 0
    assert tried("voter,vote\none.member,against\none,for\ntwo,for\n") == 1
    assert tried("voter,vote\none.member.4,for\n") == 3
    (_, line) = try_votes(procedure, voters, {"one": "for"}).lines
    assert "(One, member 1; One, member 2; One, member 3)" in line.text.in_language("en")


def test_a_line_with_more_cells_than_the_first_is_refused_not_guessed() -> None:
    agreed = load_charter(charter({"rule": {"votes": ["for"], "at_least": 1}}))
    procedure = agreed.procedure("all")
    text = "voter,vote\none,for,against\ntwo,for,,\n"

    found = run_try_rule(procedure, places(agreed, procedure), text, "en")

    assert found.exit_code == 3
    assert [problem.path for problem in found.problems] == ["line 2"]


def test_a_thousand_places_are_no_more_work_than_a_hundred() -> None:
    positions = [{"key": "member", "level": "strategic", "per": "partner", "holders": 1000}]
    body = [{"key": "board", "level": "strategic", "seats": ["member"]}]
    partners = [{"key": f"p{number}", "name": f"Partner {number}"} for number in range(40)]
    text = charter({"voters": "seats", "rule": FIVE}, positions=positions, bodies=body, partners=partners)

    assert len(places(load_charter(text), load_charter(text).procedure("all"))) == 2000


def test_a_place_counts_in_the_groups_of_its_partner() -> None:
    rule = {"votes": ["for"], "at_least": 3, "among": "small"}
    agreed = load_charter(charter({"voters": "seats", "rule": rule}, groups={"small": ["two"]}))
    voters = places(agreed, agreed.procedure("all"))

    assert try_votes(agreed.procedure("all"), voters, {"two": "for"}).adopted
    assert not try_votes(agreed.procedure("all"), voters, {"one": "for", "manager": "for"}).adopted


@pytest.mark.parametrize(
    ("competences", "subjects", "votes"),
    [
        (None, (), True),
        (None, ("costs",), True),
        (["floods"], (), True),  # a proposal on nothing in particular
        (["floods"], ("costs", "floods"), True),
        (["floods"], ("costs",), False),
        ([], (), False),
        ([], ("costs",), False),
    ],
)
def test_a_partner_votes_on_what_it_is_competent_for(
    competences: list[str] | None, subjects: tuple[str, ...], votes: bool
) -> None:
    limited = {"key": "two", "name": "Two"} | ({} if competences is None else {"competences": competences})
    rule = {"votes": ["for"], "at_least": 1}
    agreed = load_charter(charter({"rule": rule}, partners=[{"key": "one", "name": "One"}, limited]))

    assert agreed.is_competent(agreed.partner("two"), subjects) is votes
    assert places(agreed, agreed.procedure("all"), subjects)[1].eligible is votes


def test_a_measure_is_asked_of_those_who_are_weighed_by_it_and_no_others() -> None:
    partners = [
        {"key": "one", "name": "One", "measures": {"quota": 3}},
        {"key": "two", "name": "Two", "measures": {"quota": 1}},
        {"key": "three", "name": "Three"},
    ]
    rule = {"votes": ["for"], "by": "quota", "more_than": "50%", "of": "all"}
    groups = {"payers": ["one", "two"]}

    assert load_charter(charter({"rule": rule | {"among": "payers"}}, partners=partners, groups=groups))
    assert faults(charter({"rule": rule}, partners=partners, groups=groups)) == ["procedures.all.rule.by"]


@pytest.mark.parametrize(
    ("involve", "fits"), [(None, False), ("P1D", False), ("P2D", False), ("P3D", True), ("P14D", True)]
)
def test_urgency_shortens_a_period_that_is_there(involve: str | None, fits: bool) -> None:
    rule = {"rule": {"votes": ["for"], "at_least": 1}, "urgency": {"at_least": "P2D"}}
    text = charter(rule | ({"involve": {"at_least": involve}} if involve else {}))

    if fits:
        assert load_charter(text)
    else:
        assert faults(text) == ["procedures.all.urgency"]
