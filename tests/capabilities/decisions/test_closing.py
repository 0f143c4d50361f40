"""Closing: by the chair when everybody spoke, by time when the term is over; counted once, kept whole."""

import json
from datetime import timedelta

import pytest
from support.deciding import BOARD, LATER, close, opened, page, sent, vote
from support.tied import ties_given

from concordia.capabilities.alliances.commands import grant_mandate
from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import (
    close_due,
    close_voting,
    open_voting,
    record_ballot,
    recuse,
    send_for_consultation,
    start_new_round,
    withdraw_proposal,
)
from concordia.capabilities.decisions.models import Decision
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError, StepUpError

pytestmark = pytest.mark.django_db
OVER = LATER + timedelta(days=5)


def decision_of(cast, proposal, *, at=OVER):
    row = Decision.objects.unscoped().get(proposal_id=proposal)
    return queries.decision(cast.social.at(at), row.id)


def told(decision, language="en"):
    return [line.text.in_language(language) for line in decision.lines]


def snapshot(decision):
    entry = next(one for one in decision.entries if one.kind.startswith("decision."))
    return json.loads(entry.values["snapshot"])


def test_closing_counts_by_the_rule_and_keeps_who_was_entitled_present_represented_and_voted(cast):
    proposal = opened(cast)
    vote(cast, "tax", proposal, "for")
    record_ballot(cast.manager.at(LATER), proposal_id=proposal, voter="social", choice="against")
    recuse(cast.figures.at(LATER), proposal_id=proposal, reason="Our own bid.")

    found = close(cast, proposal)

    assert found.verdict == "rejected"
    kept = snapshot(found)
    assert kept["entitled"] == ["tax", "social"]
    assert kept["present"] == ["tax", "social"]
    assert kept["represented"] == {"social": "recorded"}
    assert kept["voted"] == {"tax": "for", "social": "against", "figures": "recused"}
    assert kept["explanation"] == told(found)
    assert kept["uitleg"] == told(found, "nl")
    assert page(cast, proposal).state == "decided"


def test_closing_twice_gives_the_same_decision(cast):
    proposal = opened(cast)

    first, again = (close_voting(cast.manager.at(LATER), proposal_id=proposal) for _ in range(2))

    assert first == again
    assert Decision.objects.unscoped().count() == 1


@pytest.mark.parametrize("make", [sent, lambda cast: withdrawn(cast)])
def test_what_is_not_being_voted_on_is_not_closed(cast, make):
    with pytest.raises(RefusalError):
        close_voting(cast.manager.at(LATER), proposal_id=make(cast))


def withdrawn(cast):
    proposal = opened(cast)
    withdraw_proposal(cast.tax.at(LATER), proposal_id=proposal)
    return proposal


def test_nobody_who_may_still_speak_is_cut_short(cast):
    proposal = opened(cast, "written")
    for role in ("tax", "social"):
        vote(cast, role, proposal, "for")

    with pytest.raises(RefusalError, match="Not everybody has voted"):
        close_voting(cast.manager.at(LATER), proposal_id=proposal)
    assert "close" not in page(cast, proposal, "manager").may
    vote(cast, "figures", proposal, "for")
    assert close(cast, proposal).verdict == "adopted"


def test_who_does_not_chair_closes_nothing_and_hears_who_may(cast):
    proposal = opened(cast)

    with pytest.raises(NotAllowedError, match="Tax office"):
        close_voting(cast.social.at(LATER), proposal_id=proposal)
    with pytest.raises(StepUpError):
        close_voting(cast.manager.at(LATER, recent=False), proposal_id=proposal)
    assert page(cast, proposal).state == "voting"


def test_an_outsider_finds_nothing_to_close(cast, other):
    with pytest.raises(NotFoundError):
        close_voting(other.manager.at(LATER), proposal_id=opened(cast))


def test_a_vote_closes_by_itself_at_the_end_of_its_term_and_not_before(cast):
    proposal = opened(cast, "written")

    assert close_due(OVER - timedelta(minutes=1)) == 0
    assert close_due(OVER) == 1
    assert close_due(OVER) == 0
    assert decision_of(cast, proposal).verdict == "rejected"


@pytest.mark.parametrize("backwards", [False, True])
def test_votes_over_at_one_moment_are_numbered_in_an_order_of_their_own(cast, backwards):
    ended = sorted(opened(cast, "written") for _ in range(3))

    with ties_given(backwards=backwards):
        assert close_due(OVER) == 3

    numbers = [decision_of(cast, proposal).number for proposal in ended]
    assert numbers == sorted(numbers)


def test_silence_at_the_end_is_consent_where_the_charter_says_so(cast):
    proposal = opened(cast, "silence")

    close_due(OVER)

    found = decision_of(cast, proposal)
    assert found.verdict == "adopted"
    assert told(found)[-1].startswith("Who was silent consents, and counts as for: ")
    assert {line.choice for line in found.tally} == {"absent"}


def test_one_objection_in_time_stops_a_silence_procedure(cast):
    proposal = opened(cast, "silence")
    grant_mandate(
        cast.social.at(),
        appointment_id=cast.social_coordinator.appointment,
        subjects=(),
        limit_cents=None,
        from_date=LATER.date(),
        until_date=None,
    )
    vote(cast, "social_coordinator", proposal, "against")

    close_due(OVER)

    assert decision_of(cast, proposal).verdict == "rejected"


def test_who_did_not_answer_in_time_counts_as_against_where_the_charter_says_so(cast):
    proposal = opened(cast, "written")
    for role in ("tax", "social"):
        vote(cast, role, proposal, "for")

    close_due(OVER)

    found = decision_of(cast, proposal)
    assert found.verdict == "rejected"
    assert told(found)[-1] == "Who did not answer in time counts as against: Statistics."


def test_an_unfinished_vote_is_carried_over_and_a_finished_one_is_not(cast):
    unfinished, finished = opened(cast, "carried"), opened(cast, "carried", title="Finished")
    vote(cast, "tax", unfinished, "for")
    for role in BOARD:
        vote(cast, role, finished, "for")

    assert close_due(OVER) == 2

    assert decision_of(cast, unfinished).verdict == "carried_over"
    assert decision_of(cast, finished).verdict == "adopted"


def test_what_was_carried_over_waits_until_it_is_put_before_the_next_meeting(cast):
    proposal = opened(cast, "carried")
    vote(cast, "tax", proposal, "for")
    close_due(OVER)

    def asked(role, at=OVER):
        return [
            (one.kind, one.id) for one in queries.waiting(cast.members[role].at(at)) if one.kind == "again"
        ]

    carried = [("again", decision_of(cast, proposal).id)]
    assert asked("tax") == asked("manager") == carried  # who put it forward, and who serves the bodies
    assert asked("social") == asked("clerk") == []

    again = start_new_round(cast.tax.at(OVER), proposal_id=proposal)
    send_for_consultation(cast.tax.at(OVER), proposal_id=again)
    open_voting(cast.manager.at(OVER), proposal_id=again)

    assert asked("tax") == asked("manager") == []
    for role in BOARD:
        vote(cast, role, again, "for", at=OVER)
    assert close(cast, again, at=OVER).verdict == "adopted"


def test_too_few_present_is_no_decision_and_a_new_round_may_begin(cast):
    proposal = opened(cast)
    vote(cast, "tax", proposal, "for")

    found = close(cast, proposal)

    assert found.verdict == "no_quorum"
    assert told(found)[1].startswith("Quorum. Present: 1 (Tax office).")
    assert told(found, "nl")[1].startswith("Opkomst. Aanwezig: 1 (Belastingkantoor).")
    assert "again" in page(cast, proposal).may


@pytest.mark.parametrize(("chair", "verdict"), [("for", "adopted"), ("against", "rejected")])
def test_the_chair_decides_a_tie(cast, chair, verdict):
    proposal = opened(cast, "casting")
    vote(cast, "tax", proposal, chair)  # chairs this year
    vote(cast, "social", proposal, {"for": "against", "against": "for"}[chair])

    assert close(cast, proposal).verdict == verdict


def test_partners_weigh_what_they_weighed_when_voting_opened(cast):
    proposal = opened(cast, "weighted")
    for role in ("tax", "figures"):
        vote(cast, role, proposal, "for")

    found = close(cast, proposal)

    assert found.verdict == "adopted"
    assert told(found)[1] == (
        "For: 60 by share (Tax office, Statistics). "
        "Needed: at least 60% of all who may vote (100), so at least 60. Reached."
    )
