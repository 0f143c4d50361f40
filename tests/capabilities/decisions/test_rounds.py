"""What a new round takes along, and what the partners must hear of first; what can still be taken back."""

from datetime import date, timedelta

import pytest
from support.cast import NOW
from support.deciding import LATER, RICH, a_draft, decided, opened, page, sent, vote

from concordia.capabilities.alliances.commands import (
    draft_charter,
    enact_charter,
    propose_charter,
    replace_charter_draft,
)
from concordia.capabilities.decisions.commands import (
    change_draft,
    close_due,
    propose_amendment,
    send_for_consultation,
    settle_amendment,
    start_new_round,
    withdraw_proposal,
)
from concordia.capabilities.decisions.queries import waiting
from concordia.kernel.errors import RefusalError
from concordia.kernel.subject import Subject

pytestmark = pytest.mark.django_db


def again_with(cast, **changes):
    """A new round of a proposal that failed, changed and sent; its page."""
    found = decided(cast, "strategic", votes=("for", None, "for"))
    again = start_new_round(cast.tax.at(LATER), proposal_id=found.proposal)
    change_draft(cast.tax.at(LATER), proposal_id=again, draft=a_draft(**changes))
    send_for_consultation(cast.tax.at(LATER), proposal_id=again)
    return page(cast, again)


@pytest.mark.parametrize(
    "changes",
    [{"amount_cents": 10_000_000_00}, {"effective_date": date(2030, 1, 1)}],
)
def test_a_round_about_more_than_the_one_before_is_another_text(cast, changes):
    found = again_with(cast, **changes)
    first = page(cast, found.previous)

    assert found.text_hash != first.text_hash


def test_a_round_about_another_amount_has_its_own_period(cast):
    assert not again_with(cast, amount_cents=10_000_000_00).gate.open


def test_a_partner_that_joined_since_has_its_own_period_in_a_new_round(cast):
    found = decided(cast, "strategic", votes=("for", None, "for"))
    _join(cast, "elsewhere", LATER)
    again = start_new_round(cast.tax.at(LATER), proposal_id=found.proposal)
    send_for_consultation(cast.tax.at(LATER), proposal_id=again)

    assert not page(cast, again).gate.open


def test_a_round_after_an_adopted_one_does_not_replace_the_same_decision_again(cast):
    old = decided(cast)
    new = decided(cast, title="Two calendars", replaces=old.id)

    again = start_new_round(cast.tax.at(LATER), proposal_id=new.proposal)

    assert page(cast, again, "tax").replaces is None


def test_what_was_voted_on_until_the_end_is_not_taken_back_before_it_is_counted(cast):
    proposal = opened(cast, "written")
    vote(cast, "social", proposal, "against")
    over = page(cast, proposal).closes_at

    with pytest.raises(RefusalError) as refused:
        withdraw_proposal(cast.tax.at(over), proposal_id=proposal)
    assert "over" in refused.value.text.in_language("en")
    assert close_due(over) == 1
    assert page(cast, proposal, at=over).verdict == "rejected"


def test_until_the_last_moment_it_can_be_taken_back(cast):
    proposal = opened(cast, "written")
    last = page(cast, proposal).closes_at - timedelta(seconds=1)

    withdraw_proposal(cast.tax.at(last), proposal_id=proposal)

    assert page(cast, proposal, at=last).state == "withdrawn"


def _join(cast, key, at):
    """Another organization becomes party to the charter."""
    partner = f"  - {{key: {key}, name: Newcomer, measures: {{staff: 5, share: 0}}}}\npositions:"
    draft = draft_charter(cast.tax.at())
    text = RICH.replace("positions:", partner.replace("{", "{{").replace("}", "}}"), 1)
    replace_charter_draft(cast.tax.at(), version_id=draft, text=text.format(key=cast.key))
    propose_charter(cast.tax.at(), version_id=draft)
    decision = Subject("decisions.decision", "d")
    enact_charter(cast.manager.at(NOW), draft, decision=decision, in_force_from=at)


def test_today_asks_nobody_to_open_what_cannot_be_opened_yet(cast):
    proposal = sent(cast, "consent")
    amendment = propose_amendment(cast.social.at(), proposal_id=proposal, paragraph=0, text="Better.")
    assert [item.kind for item in waiting(cast.manager.at())] == []

    settle_amendment(cast.tax.at(), amendment_id=amendment, outcome="rejected")

    assert [item.kind for item in waiting(cast.manager.at())] == ["open"]
