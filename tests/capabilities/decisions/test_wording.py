"""What people write and read around a vote: a reason that says something, a moment as clocks here tell it."""

import pytest
from support.deciding import LATER, card, opened, page, sent, vote

from concordia.capabilities.decisions.commands import open_voting, record_ballot
from concordia.kernel.errors import NotAllowedError, RefusalError

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reason", ["", "  ", "\u200b", "\u2060\x07"])
def test_a_block_needs_a_reason_that_can_be_seen(cast, reason):
    proposal = opened(cast)

    with pytest.raises(RefusalError) as refused:
        vote(cast, "social", proposal, "block", reason=reason)
    assert refused.value.field == "reason"


def test_until_when_partners_may_answer_is_said_by_the_clock_of_the_alliance(cast):
    proposal = sent(cast)

    with pytest.raises(RefusalError) as refused:
        open_voting(cast.manager.at(), proposal_id=proposal)
    assert "uiterlijk 16 maart 2026 11:00" in refused.value.text.in_language("nl")
    assert "by 16 March 2026 11:00" in refused.value.text.in_language("en")


def test_who_chairs_one_body_records_no_votes_in_another(cast):
    proposal = opened(cast, "silence")
    assert "record" not in page(cast, proposal, "tax").may

    with pytest.raises(NotAllowedError):
        record_ballot(cast.tax.at(LATER), proposal_id=proposal, voter="social", choice="against")


def test_who_chairs_the_body_records_a_vote_in_it(cast):
    proposal = opened(cast)
    assert "record" in page(cast, proposal, "tax").may

    record_ballot(cast.tax.at(LATER), proposal_id=proposal, voter="social", choice="against")

    assert card(cast, proposal, "social").how == "recorded"
