"""A partner that leaves the alliance while a vote runs is out of the whole, and the decision says so."""

import json
from datetime import timedelta

import pytest
from support.cast import CHARTER, Cast, make_cast
from support.deciding import LATER, close, opened, vote

from concordia.capabilities.alliances.commands import (
    draft_charter,
    enact_charter,
    propose_charter,
    replace_charter_draft,
)
from concordia.kernel.errors import NotFoundError
from concordia.kernel.subject import Subject

pytestmark = pytest.mark.django_db
AFTER = LATER + timedelta(hours=1)


def leaves(cast: Cast, partner: str) -> None:
    """A charter without the partner comes into force while the vote runs; another takes its place."""
    text = CHARTER.format(key="cast").replace(f"  - key: {partner}", "  - key: elsewhere")
    draft = draft_charter(cast.tax.at(LATER))
    replace_charter_draft(cast.tax.at(LATER), version_id=draft, text=text)
    propose_charter(cast.tax.at(LATER), version_id=draft)
    decision = Subject("decisions.decision", "d")
    enact_charter(cast.manager.at(LATER), draft, decision=decision, in_force_from=LATER)


def test_a_partner_that_left_is_counted_out_and_the_register_names_it():
    cast = make_cast()
    proposal = opened(cast)
    vote(cast, "figures", proposal, "against")
    vote(cast, "tax", proposal, "for")
    leaves(cast, "figures")
    vote(cast, "social", proposal, "for", at=AFTER)

    decision = close(cast, proposal, at=AFTER)

    assert decision.verdict == "adopted"
    lines = [line.text.in_language("en") for line in decision.lines]
    assert "Entitled to vote: 2." in lines[0]
    assert {line.partner: line.left for line in decision.tally} == {
        "tax": False,
        "social": False,
        "figures": True,
    }
    recorded = next(entry for entry in decision.entries if entry.kind == "decision.adopted")
    assert json.loads(recorded.values["snapshot"])["left"] == ["figures"]


def test_two_of_three_with_the_third_gone_are_a_quorum_of_the_two():
    cast = make_cast()
    proposal = opened(cast)
    leaves(cast, "figures")
    vote(cast, "tax", proposal, "for", at=AFTER)

    decision = close(cast, proposal, at=AFTER)

    assert decision.verdict == "no_quorum"  # one of two is less than two thirds


def test_who_works_for_a_partner_that_left_votes_no_more():
    cast = make_cast()
    proposal = opened(cast)
    leaves(cast, "figures")

    with pytest.raises(NotFoundError):
        vote(cast, "figures", proposal, "for", at=AFTER)
