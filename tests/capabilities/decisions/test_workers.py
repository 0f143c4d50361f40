"""Two people act at the same moment: one thing happens, the other is told, and the register says it once."""

import json
from pathlib import Path

import pytest
from support.workers import Workers, workers_in

pytestmark = pytest.mark.django_db(transaction=True)

PRELUDE = """
import json
from support.cast import make_cast
from support.deciding import LATER, opened, sent, vote
from concordia.capabilities.alliances.queries import access_for
from concordia.capabilities.decisions.commands import cast_ballot, close_voting, withdraw_proposal
from concordia.capabilities.decisions.models import Ballot, Decision, Proposal
from concordia.capabilities.ledger.models import Leaf
kept = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".", "kept")
def me(role):
    return access_for(json.loads(kept.read_text())[role], "cast", now=LATER, language="en", recent=True)
"""
BEGIN = """
cast = make_cast()
proposal = opened(cast)
print(json.dumps({role: member.user for role, member in cast.members.items()} | {"proposal": proposal}))
"""
COUNT = """
print(json.dumps({
    "ballots": Ballot.objects.unscoped().count(),
    "decisions": Decision.objects.unscoped().count(),
    "withdrawn": Proposal.objects.unscoped().filter(withdrawn_at__isnull=False).count(),
    "kinds": list(Leaf.objects.values_list("kind", flat=True)),
}))
"""


@pytest.fixture
def workers(tmp_path: Path) -> Workers:
    return workers_in(tmp_path, PRELUDE)


@pytest.fixture
def proposal(workers: Workers) -> str:
    """A vote that runs; who sits where is kept for the workers."""
    begun = workers.run(BEGIN)
    (workers.folder / "kept").write_text(begun)
    return str(json.loads(begun)["proposal"])


def test_fifty_equal_votes_under_one_mandate_count_once(workers: Workers, proposal: str) -> None:
    vote = f'who = me("tax"); together(); tries(lambda: cast_ballot(who, proposal_id="{proposal}", choice="for"), 10)'

    assert sum(workers.at_once(vote, number=5)) == 50  # each gets the same receipt

    found = json.loads(workers.run(COUNT))
    assert found["ballots"] == 1
    assert found["kinds"].count("ballot.cast") == 1


def test_of_closing_and_withdrawing_at_once_exactly_one_happens(workers: Workers, proposal: str) -> None:
    close = f'who = me("manager"); together(); tries(lambda: close_voting(who, proposal_id="{proposal}"))'
    withdraw = f'who = me("tax"); together(); tries(lambda: withdraw_proposal(who, proposal_id="{proposal}"))'

    assert sum(workers.at_once(close, withdraw)) == 1

    found = json.loads(workers.run(COUNT))
    assert found["decisions"] + found["withdrawn"] == 1
    ended = [kind for kind in found["kinds"] if kind.startswith("decision.") or kind == "proposal.withdrawn"]
    assert len(ended) == 1
