"""Each example charter runs, and gives what its source says must come out."""

from fractions import Fraction
from pathlib import Path

import pytest
from support.shared import shared_data

from concordia.domain.charter import (
    Charter,
    breaches,
    canonical_charter,
    check_charter,
    dump_json,
    dump_yaml,
    example_voters,
    load_charter,
    read_charter,
    read_covenant,
)
from concordia.domain.rules.engine import Outcome
from concordia.domain.rules.try_rule import try_votes

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "charters"
NAMES = ("justice-chain", "project-council", "river-commission", "wage-data")


def example(name: str) -> Charter:
    return load_charter((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))


def tried(name: str, procedure: str, votes: dict[str, str], subjects: tuple[str, ...] = ()) -> Outcome:
    charter = example(name)
    return try_votes(charter.procedure(procedure), example_voters(charter, subjects), votes)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_example_is_in_order_and_can_be_read(name: str, language: str) -> None:
    charter, lines = check_charter((EXAMPLES / f"{name}.yaml").read_text("utf-8"), language)
    assert charter is not None, lines
    assert len(read_charter(charter, language).chapters) >= 5
    assert "Ondertekening" in read_covenant(charter, "nl", number=1, in_force=None).chapters[-1].heading


@pytest.mark.parametrize("name", NAMES)
def test_an_example_comes_back_the_same_from_yaml_and_json(name: str) -> None:
    charter = example(name)
    for text in (dump_yaml(charter), dump_json(charter)):
        assert load_charter(text) == charter
        assert canonical_charter(load_charter(text)) == canonical_charter(charter)


def test_every_example_is_tested() -> None:
    assert sorted(path.stem for path in EXAMPLES.glob("*.yaml")) == sorted(NAMES)


RIVER = ("germany", "belgium", "brussels", "flanders", "wallonia", "france", "luxembourg", "netherlands")


def river(procedure: str, signs: str, subjects: tuple[str, ...] = ()) -> str:
    words = {"+": "for", "-": "against", "0": "abstain", ".": "absent"}
    votes = {key: words[sign] for key, sign in zip(RIVER, signs, strict=True)}
    return tried("river-commission", procedure, votes, subjects).verdict.value


@pytest.fixture
def checks() -> list[str]:
    """The checks of the river commission's source, each as a sentence."""
    text = shared_data("governance/meuse/extraction.yaml").read_text(encoding="utf-8")
    return text.split("checks_a_tool_must_pass:")[1].splitlines()


def test_the_river_commission_has_the_checks_of_its_source(checks: list[str]) -> None:
    assert sum(line.lstrip().startswith("- ") for line in checks) == 5


def test_five_present_and_nobody_against_adopts() -> None:
    assert river("ordinary", "++++0...") == "adopted"


def test_four_of_eight_is_no_quorum() -> None:
    assert river("ordinary", "++++....") == "no_quorum"


def test_one_delegation_against_rejects() -> None:
    assert river("ordinary", "+++++++-") == "rejected"


def test_the_budget_needs_every_delegation_present() -> None:
    assert river("rules-and-budget", "+++++++.") == "no_quorum"
    assert river("rules-and-budget", "++++++++") == "adopted"


def test_a_region_without_a_say_on_floods_does_not_vote_on_them() -> None:
    voters = {voter.key: voter for voter in example_voters(example("river-commission"), ("flood",))}
    assert not voters["brussels"].eligible
    assert not voters["belgium"].eligible
    assert voters["flanders"].eligible
    assert river("ordinary", "++-+++++", ("flood",)) == "adopted"
    assert river("ordinary", "++-+++++", ("drinking-water",)) == "rejected"


def test_the_written_procedure_keeps_the_principles_of_the_meeting() -> None:
    assert river("written", "++++0...") == "adopted"
    assert river("written", "++++....") == "no_quorum"
    assert river("written", "+++++++-") == "rejected"


def council(procedure: str, in_favour: int, *, against: int = 0, block: int = 0) -> str:
    keys = [f"p{number:02}" for number in range(1, 18)]
    words = ["for"] * in_favour + ["against"] * against + ["block"] * block
    return tried("project-council", procedure, dict(zip(keys, words, strict=False))).verdict.value


def test_overruling_takes_two_thirds_of_all_members_whoever_voted() -> None:
    assert shared_data("governance/openjs_cpc/extraction.yaml").exists()
    assert council("overrule", 12) == "adopted"
    assert council("overrule", 11) == "rejected"
    assert council("overrule", 11, against=1) == "rejected"


def test_silence_is_consent_with_three_in_favour() -> None:
    assert council("lazy-consensus", 3) == "adopted"
    assert council("lazy-consensus", 2) == "rejected"
    assert council("lazy-consensus", 8, block=1) == "rejected"
    assert council("lazy-consensus", 3, against=3) == "rejected"


def test_five_of_seventeen_from_one_employer_is_a_breach() -> None:
    body = example("project-council").body("council")
    origins = ["one"] * 5 + ["two"] * 4 + [f"other {number}" for number in range(8)]
    (breach,) = breaches(body, "employer", origins)
    assert (breach.origin, breach.members, breach.limit) == ("one", 5, Fraction(17, 4))
    assert not breaches(body, "partner", origins)


def test_the_justice_chain_decides_only_together() -> None:
    charter = example("justice-chain")
    for procedure in charter.procedures:
        voters = example_voters(charter)
        split = {voter.key: "for" if place else "against" for place, voter in enumerate(voters)}
        assert try_votes(procedure, voters, split).verdict.value != "adopted"
        assert try_votes(procedure, voters, {voter.key: "for" for voter in voters}).adopted


def test_the_board_of_the_wage_data_alliance_needs_every_partner() -> None:
    everybody = {"irs": "for", "ssa": "for", "cbs": "for"}
    assert tried("wage-data", "strategic", everybody).adopted
    assert tried("wage-data", "strategic", everybody | {"cbs": "abstain"}).verdict.value == "rejected"
    assert tried("wage-data", "strategic", everybody | {"cbs": "absent"}).verdict.value == "no_quorum"
    assert tried("wage-data", "operational", {"irs": "for"}).adopted
