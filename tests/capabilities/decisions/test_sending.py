"""Papers to all on the same minute; taking back; a new round that resets nothing."""

from datetime import timedelta

import pytest
from support.cast import NOW
from support.deciding import LATER, a_draft, close, decided, drafted, opened, page, sent, vote

from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import (
    change_draft,
    open_voting,
    send_for_consultation,
    start_new_round,
    withdraw_proposal,
)
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError

pytestmark = pytest.mark.django_db


def kinds(cast, obj):
    return [entry.kind for entry in ledger.entries_of(cast.figures.at(LATER), obj)]


def test_all_partners_get_the_papers_on_the_same_minute(cast):
    proposal = sent(cast)

    for role in ("tax", "social", "figures", "manager"):
        found = page(cast, proposal, role, at=NOW)
        assert (found.state, found.sent_at, found.number) == ("consultation", NOW, "2026-001")
    assert kinds(cast, proposal) == ["proposal.sent"]


def test_numbers_follow_one_another_in_a_year(cast):
    first, second = sent(cast), sent(cast, title="Another")

    assert [page(cast, one).number for one in (first, second)] == ["2026-001", "2026-002"]


def test_numbers_go_on_after_a_thousand(cast):
    from concordia.capabilities.decisions.models import Proposal

    Proposal.objects.unscoped().filter(id=sent(cast)).update(number="2026-999")

    assert [page(cast, sent(cast, title=title)).number for title in ("A", "B")] == ["2026-1000", "2026-1001"]


def test_the_year_is_that_of_the_alliance_not_of_greenwich(cast):
    from datetime import UTC, datetime

    proposal = drafted(cast)
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

    assert send_for_consultation(cast.tax.at(late), proposal_id=proposal) == "2027-001"


def test_sending_twice_sends_once(cast):
    proposal = sent(cast)

    assert send_for_consultation(cast.tax.at(LATER), proposal_id=proposal) == "2026-001"
    assert kinds(cast, proposal) == ["proposal.sent"]


def test_a_withdrawn_draft_is_not_sent(cast):
    proposal = drafted(cast)
    withdraw_proposal(cast.tax.at(), proposal_id=proposal)

    with pytest.raises(RefusalError):
        send_for_consultation(cast.tax.at(), proposal_id=proposal)


def test_only_who_drafted_sends(cast, other):
    proposal = drafted(cast)

    for access in (cast.social.at(), cast.manager.at(), other.tax.at()):
        with pytest.raises(NotFoundError):
            send_for_consultation(access, proposal_id=proposal)


def test_sending_needs_the_right_to_propose(cast):
    from dataclasses import replace

    with pytest.raises(NotAllowedError):
        send_for_consultation(replace(cast.tax.at(), permissions=frozenset()), proposal_id=drafted(cast))


def test_what_the_manager_sends_belongs_to_the_alliance(cast):
    proposal = sent(cast, "majority", by="manager")

    assert page(cast, proposal, "manager").own
    assert page(cast, proposal).partner is None
    withdraw_proposal(cast.manager.at(), proposal_id=proposal)


def test_a_proposal_is_taken_back_until_it_is_decided(cast):
    proposal = opened(cast)

    withdraw_proposal(cast.tax.at(LATER), proposal_id=proposal)
    withdraw_proposal(cast.tax.at(LATER), proposal_id=proposal)

    assert page(cast, proposal).state == "withdrawn"
    assert kinds(cast, proposal)[-1] == "proposal.withdrawn"
    assert kinds(cast, proposal).count("proposal.withdrawn") == 1


def test_a_decided_proposal_is_not_taken_back(cast):
    found = decided(cast)

    with pytest.raises(RefusalError):
        withdraw_proposal(cast.tax.at(LATER), proposal_id=found.proposal)


def test_nobody_takes_back_the_proposal_of_another(cast, other):
    proposal = sent(cast)

    for access in (cast.social.at(), cast.manager.at(), other.tax.at()):
        with pytest.raises(NotFoundError):
            withdraw_proposal(access, proposal_id=proposal)


def test_a_withdrawn_vote_counts_no_more(cast):
    proposal = opened(cast)
    withdraw_proposal(cast.tax.at(LATER), proposal_id=proposal)

    with pytest.raises(RefusalError) as refused:
        vote(cast, "social", proposal)
    assert "withdrawn" in refused.value.text.in_language("en")


def test_a_new_round_is_linked_and_deletes_nothing(cast):
    found = decided(cast, votes=("for", None, None))
    again = start_new_round(cast.social.at(LATER), proposal_id=found.proposal)

    new, old = page(cast, again), page(cast, found.proposal)
    assert new.previous == old.id
    assert (new.title, new.paragraphs) == (old.title, old.paragraphs)
    assert found.verdict == "no_quorum"
    assert old.decision == found.id
    assert [line.choice for line in queries.decision(cast.tax.at(LATER), found.id).tally] == [
        "for",
        "absent",
        "absent",
    ]


def test_beginning_a_round_twice_begins_one(cast):
    found = decided(cast, votes=("for", None, None))

    first = start_new_round(cast.social.at(LATER), proposal_id=found.proposal)
    assert start_new_round(cast.social.at(LATER), proposal_id=found.proposal) == first


def test_a_new_round_of_the_same_text_needs_no_second_period(cast):
    found = decided(cast, "strategic", votes=("for", None, "for"))
    again = start_new_round(cast.tax.at(LATER), proposal_id=found.proposal)
    send_for_consultation(cast.tax.at(LATER), proposal_id=again)

    assert page(cast, again).gate.open
    open_voting(cast.manager.at(LATER), proposal_id=again)
    assert page(cast, again).state == "voting"
    assert page(cast, found.proposal).next_rounds[0].id == again


def test_a_new_round_of_another_text_has_its_own_period(cast):
    found = decided(cast, "strategic", votes=("for", None, "for"))
    again = start_new_round(cast.tax.at(LATER), proposal_id=found.proposal)
    change_draft(cast.tax.at(LATER), proposal_id=again, draft=a_draft(text="Other words."))
    send_for_consultation(cast.tax.at(LATER), proposal_id=again)

    assert not page(cast, again).gate.open


def test_a_round_begins_only_after_the_one_before(cast, other):
    proposal = opened(cast)

    with pytest.raises(RefusalError):
        start_new_round(cast.tax.at(LATER), proposal_id=proposal)
    with pytest.raises(NotFoundError):
        start_new_round(other.tax.at(LATER), proposal_id=proposal)


def test_a_new_round_needs_the_right_to_propose(cast):
    from dataclasses import replace

    found = decided(cast)
    with pytest.raises(NotAllowedError):
        start_new_round(replace(cast.tax.at(LATER), permissions=frozenset()), proposal_id=found.proposal)


def test_a_decision_that_replaces_another_says_so_both_ways(cast):
    old = decided(cast)
    new = decided(cast, title="Two calendars", replaces=old.id)

    assert new.replaces == (old.id, "One calendar")
    assert queries.decision(cast.figures.at(LATER), old.id).replaced_by == (new.id, "Two calendars")
    assert kinds(cast, old.id)[-1] == "decision.replaced"
    assert [line.replaced for line in queries.decisions(cast.tax.at(LATER)).lines if line.id == old.id] == [
        True
    ]


def test_a_rejected_proposal_replaces_nothing(cast):
    old = decided(cast)
    decided(cast, votes=("against",) * 3, title="Two calendars", replaces=old.id)

    assert queries.decision(cast.figures.at(LATER), old.id).replaced_by is None


def test_a_second_period_is_not_asked_after_a_late_round(cast):
    proposal = opened(cast, "carried")
    vote(cast, "tax", proposal, "for")
    over = LATER + timedelta(days=6)

    assert close(cast, proposal, at=over).verdict == "carried_over"
