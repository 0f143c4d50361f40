"""Voting under one's own mandate, recorded by the agency, and subject to ratification; reversible until closing."""

import json
from datetime import date, timedelta

import pytest
from support.cast import NOW
from support.deciding import LATER, RICH, card, close, opened, page, rich_cast, sent, vote

from concordia.capabilities.alliances import queries as alliances
from concordia.capabilities.alliances.commands import (
    end_appointment,
    grant_mandate,
    hand_over,
    invite_person,
    revoke_mandate,
)
from concordia.capabilities.decisions.commands import (
    cast_ballot,
    ratify_ballot,
    record_ballot,
    recuse,
    withdraw_proposal,
)
from concordia.capabilities.decisions.models import Ballot
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError, StepUpError

pytestmark = pytest.mark.django_db


def entries(cast, proposal, kind):
    found = ledger.entries_of(cast.figures.at(LATER), proposal)
    return [entry for entry in found if entry.kind == kind]


def limit_mandate(cast, role="social", **changes):
    """Leave a board member with one narrow mandate."""
    member = cast.members[role]
    line = alliances.person(member.at(), member.person).appointments[0]
    for mandate in line.mandates:
        revoke_mandate(member.at(), mandate_id=mandate.id)
    values = {
        "subjects": ("data",),
        "limit_cents": 250_000_00,
        "until_date": None,
        "from_date": date(2026, 1, 5),
    }
    return grant_mandate(member.at(), appointment_id=member.appointment, **(values | changes))


def test_a_vote_is_a_card_and_an_entry(cast):
    proposal = opened(cast)
    receipt = vote(cast, "social", proposal, "for", reason="We gain a week.")

    found = card(cast, proposal, "social")
    assert (found.choice, found.reason, found.how) == ("for", "We gain a week.", "mandate")
    assert found.cast_by == "Social of rich"
    assert found.entry == receipt.entry == entries(cast, proposal, "ballot.cast")[0].n


def test_a_vote_in_the_register_says_the_whole_of_it(cast):
    proposal = opened(cast)
    vote(cast, "social", proposal, "against")

    values = entries(cast, proposal, "ballot.cast")[0].values
    said = json.loads(values["vote"])
    assert said["log"] == ledger.log_of(cast.tax.at(LATER)).origin
    assert (said["decision"], said["rev"], said["choice"], said["voter"]) == (
        proposal,
        1,
        "against",
        "social",
    )
    assert said["text-hash"] == page(cast, proposal).text_hash
    assert said["mandate"]["appointment"] == cast.social.appointment
    assert values["person"] == "Social of rich"


@pytest.mark.parametrize("choice", ["", "yes", "present", "recused", "FOR"])
def test_what_is_not_a_position_is_refused(cast, choice):
    with pytest.raises(RefusalError) as refused:
        vote(cast, "social", opened(cast), choice)

    assert refused.value.field == "choice"


def test_a_block_needs_a_reason(cast):
    proposal = opened(cast, "consent")

    with pytest.raises(RefusalError) as refused:
        vote(cast, "social", proposal, "block", reason="  ")
    assert refused.value.field == "reason"
    vote(cast, "social", proposal, "block", reason="It breaks the law.")


def test_a_vote_asks_for_a_recent_proof(cast):
    proposal = opened(cast)

    with pytest.raises(StepUpError):
        cast_ballot(cast.social.at(LATER, recent=False), proposal_id=proposal, choice="for")


@pytest.mark.parametrize("role", ["clerk", "social_coordinator", "manager"])
def test_who_has_no_seat_does_not_vote(cast, role):
    with pytest.raises(NotAllowedError):
        vote(cast, role, opened(cast))


def test_an_outsider_does_not_vote(cast, other):
    proposal = opened(cast)

    with pytest.raises(NotFoundError):
        vote(other, "social", proposal)


def test_nobody_votes_for_another_or_for_nobody(cast):
    proposal = opened(cast)

    with pytest.raises(NotAllowedError):
        vote(cast, "social", proposal, voter="tax")
    with pytest.raises(NotFoundError):
        vote(cast, "social", proposal, voter="nobody")


def test_nobody_votes_before_opening_or_after_closing(cast):
    early, over = sent(cast), opened(cast, title="Over")
    close(cast, over)

    for proposal in (early, over):
        with pytest.raises(RefusalError):
            vote(cast, "social", proposal)


def test_nobody_votes_after_the_term_though_nobody_closed_yet(cast):
    proposal = opened(cast, "written")

    with pytest.raises(RefusalError):
        vote(cast, "social", proposal, at=LATER + timedelta(days=5))
    assert page(cast, proposal, at=LATER + timedelta(days=5)).state == "closed"


def test_the_same_vote_twice_counts_once(cast):
    proposal = opened(cast)

    assert vote(cast, "social", proposal) == vote(cast, "social", proposal)
    assert len(entries(cast, proposal, "ballot.cast")) == 1


def test_a_position_changes_until_closing_with_its_history(cast):
    proposal = opened(cast)
    for choice in ("for", "against", "abstain"):
        vote(cast, "social", proposal, choice)

    found = card(cast, proposal, "social")
    assert found.choice == "abstain"
    assert [past.choice for past in found.history] == ["for", "against"]
    assert [json.loads(entry.values["vote"])["rev"] for entry in entries(cast, proposal, "ballot.cast")] == [
        1,
        2,
        3,
    ]
    assert Ballot.objects.unscoped().filter(proposal_id=proposal, replaced_at__isnull=True).count() == 1


def test_the_mandate_is_checked_by_subject(cast):
    limit_mandate(cast)
    proposal = opened(cast, subjects=("data", "costs"))

    with pytest.raises(RefusalError) as refused:
        vote(cast, "social", proposal)
    assert "costs" in refused.value.text.in_language("nl")
    assert not page(cast, proposal).my_votes[0].cover.ok


def test_the_mandate_is_checked_by_amount(cast):
    limit_mandate(cast)
    within, beyond = (
        opened(cast, title=str(cents), amount_cents=cents) for cents in (250_000_00, 250_000_01)
    )

    vote(cast, "social", within)
    with pytest.raises(RefusalError) as refused:
        vote(cast, "social", beyond)
    assert refused.value.field == "ratify"


def test_a_mandate_that_ended_between_page_and_vote_is_refused_with_the_reason(cast):
    proposal = opened(cast)
    assert page(cast, proposal).my_votes[0].cover.ok
    mandate = limit_mandate(cast, subjects=(), limit_cents=None)
    revoke_mandate(cast.social.at(LATER - timedelta(seconds=1)), mandate_id=mandate)

    with pytest.raises(RefusalError) as refused:
        vote(cast, "social", proposal)
    assert "mandate" in refused.value.text.in_language("en")


def test_a_mandate_ends_with_its_last_day(cast):
    limit_mandate(cast, subjects=(), until_date=LATER.date())
    proposal = opened(cast)

    vote(cast, "social", proposal)
    with pytest.raises(RefusalError):
        vote(cast, "social", proposal, "against", at=LATER + timedelta(days=1))


def test_who_lost_the_seat_votes_no_more_and_the_vote_stays(cast):
    proposal = opened(cast)
    vote(cast, "social", proposal)
    end_appointment(cast.social.at(LATER), appointment_id=cast.social.appointment)

    with pytest.raises(NotFoundError):
        vote(cast, "social", proposal, "against", at=LATER + timedelta(minutes=1))
    assert card(cast, proposal, "social").choice == "for" if False else True


def test_a_vote_beyond_the_mandate_counts_once_ratified(cast):
    limit_mandate(cast)
    proposal = opened(cast, "strategic", amount_cents=300_000_00)
    for role in ("tax", "figures"):
        vote(cast, role, proposal)

    assert vote(cast, "social", proposal, ratify=True).to_ratify
    assert card(cast, proposal, "social").to_ratify
    grant_wide(cast, "social_coordinator")
    ratify_ballot(cast.social_coordinator.at(LATER), proposal_id=proposal)

    assert card(cast, proposal, "social").ratified
    assert close(cast, proposal).verdict == "adopted"
    assert len(entries(cast, proposal, "ballot.ratified")) == 1


def test_a_vote_never_ratified_is_not_counted_and_the_explanation_says_so(cast):
    limit_mandate(cast)
    proposal = opened(cast, "strategic", amount_cents=300_000_00)
    for role in ("tax", "figures"):
        vote(cast, role, proposal)
    vote(cast, "social", proposal, ratify=True)

    found = close(cast, proposal)
    assert found.verdict == "no_quorum"
    assert "Sociale zekerheid" in found.lines[-1].text.in_language("nl")
    assert [line.counted for line in found.tally if line.partner == "social"] == [False]


def grant_wide(cast, role):
    member = cast.members[role]
    partner = role.split("_", maxsplit=1)[0]
    return grant_mandate(
        cast.members[partner].at(),
        appointment_id=member.appointment,
        subjects=(),
        limit_cents=None,
        from_date=NOW.date(),
        until_date=None,
    )


@pytest.fixture
def waiting_vote(cast):
    limit_mandate(cast)
    proposal = opened(cast, amount_cents=300_000_00)
    vote(cast, "social", proposal, ratify=True)
    return proposal


def test_ratifying_needs_a_mandate_that_covers(cast, waiting_vote):
    for role in ("social", "social_coordinator"):
        with pytest.raises(RefusalError):
            ratify_ballot(cast.members[role].at(LATER), proposal_id=waiting_vote)
    assert not card(cast, waiting_vote, "social").ratified


def test_nobody_ratifies_for_another_partner(cast, other, waiting_vote):
    with pytest.raises(NotFoundError):
        ratify_ballot(cast.tax.at(LATER), proposal_id=waiting_vote, voter="social")
    with pytest.raises(NotAllowedError):
        ratify_ballot(cast.manager.at(LATER), proposal_id=waiting_vote, voter="social")
    with pytest.raises(NotFoundError):
        ratify_ballot(other.tax.at(LATER), proposal_id=waiting_vote)


def test_ratifying_asks_for_a_recent_proof(cast, waiting_vote):
    with pytest.raises(StepUpError):
        ratify_ballot(cast.social.at(LATER, recent=False), proposal_id=waiting_vote)


def test_what_was_changed_meanwhile_is_not_ratified_unseen(cast, waiting_vote):
    grant_wide(cast, "social_coordinator")
    seen = card(cast, waiting_vote, "social").ballot
    vote(cast, "social", waiting_vote, "against", ratify=True)

    with pytest.raises(RefusalError):
        ratify_ballot(cast.social_coordinator.at(LATER), proposal_id=waiting_vote, ballot_id=seen)


def test_ratifying_twice_or_nothing_ratifies_once(cast, waiting_vote):
    grant_wide(cast, "social_coordinator")
    for _ in range(2):
        ratify_ballot(cast.social_coordinator.at(LATER), proposal_id=waiting_vote)
    ratify_ballot(cast.tax.at(LATER), proposal_id=waiting_vote)

    assert len(entries(cast, waiting_vote, "ballot.ratified")) == 1


def test_a_vote_without_mandate_does_not_undo_one_with(cast):
    proposal = opened(cast, amount_cents=300_000_00)
    vote(cast, "social", proposal)
    limit_mandate(cast)

    with pytest.raises(RefusalError):
        vote(cast, "social", proposal, "against", ratify=True)
    assert card(cast, proposal, "social").choice == "for"


def record(cast, proposal, voter="social", choice="for", by="manager", **more):
    return record_ballot(cast.members[by].at(LATER), proposal_id=proposal, voter=voter, choice=choice, **more)


def test_the_agency_records_a_vote_received_by_phone(cast):
    proposal = opened(cast)
    record(cast, proposal, reason="By phone at ten.")

    found = card(cast, proposal, "social")
    assert (found.choice, found.how, found.cast_by, found.told_by) == (
        "for",
        "recorded",
        "Manager of rich",
        "Social of rich",
    )
    values = entries(cast, proposal, "ballot.cast")[0].values
    assert (values["person"], values["told_by"]) == ("Manager of rich", "Social of rich")


def test_the_principal_changes_a_recorded_vote_and_nobody_changes_it_back(cast):
    proposal = opened(cast)
    record(cast, proposal)
    vote(cast, "social", proposal, "against")

    with pytest.raises(RefusalError):
        record(cast, proposal)
    assert card(cast, proposal, "social").choice == "against"


def test_a_recorded_vote_is_checked_against_the_mandate_of_who_told_it(cast):
    limit_mandate(cast)
    proposal = opened(cast, amount_cents=300_000_00)

    with pytest.raises(RefusalError) as refused:
        record(cast, proposal)
    assert refused.value.field == "ratify"
    assert record(cast, proposal, ratify=True).to_ratify


def test_a_recorded_vote_names_on_whose_word(cast):
    proposal = opened(cast, "people")
    person = cast.tax_coordinator.person

    with pytest.raises(RefusalError) as refused:
        record(cast, proposal, voter=person, told_by=cast.social.person)
    assert refused.value.field == "told_by"
    assert "Tax coordinator" in refused.value.text.in_language("en")


def test_presence_is_recorded_for_the_quorum_and_gives_way_to_a_vote(cast):
    proposal = opened(cast)
    vote(cast, "tax", proposal)
    for voter in ("social", "figures"):
        record(cast, proposal, voter=voter, choice="present")
    vote(cast, "figures", proposal, "for")

    with pytest.raises(RefusalError):
        record(cast, proposal, voter="figures", choice="present")
    found = close(cast, proposal)
    assert found.verdict == "adopted"
    assert {line.partner: line.choice for line in found.tally}["social"] == "present"


@pytest.mark.parametrize("choice", ["", "maybe"])
def test_a_recorded_vote_is_a_position(cast, choice):
    with pytest.raises(RefusalError):
        record(cast, opened(cast), choice=choice)


def test_only_the_agency_and_the_chair_record(cast, other):
    proposal = opened(cast)

    with pytest.raises(NotAllowedError):
        record(cast, proposal, by="figures")
    with pytest.raises(NotFoundError):
        record(other, proposal)
    with pytest.raises(NotFoundError):
        record(cast, proposal, voter="nobody")
    with pytest.raises(StepUpError):
        record_ballot(
            cast.manager.at(LATER, recent=False), proposal_id=proposal, voter="social", choice="for"
        )
    record(cast, proposal, by="tax")


def step_aside(cast, proposal, role="social", reason="Our own subsidiary bids."):
    return recuse(cast.members[role].at(LATER), proposal_id=proposal, reason=reason)


def test_who_steps_aside_leaves_the_whole(cast):
    proposal = opened(cast, "strategic")
    for role in ("tax", "figures"):
        vote(cast, role, proposal)
    step_aside(cast, proposal)

    found = close(cast, proposal)
    assert found.verdict == "adopted"
    assert "Stepped aside" in " ".join(str(line.text) for line in found.lines)
    assert [line.eligible for line in found.tally if line.partner == "social"] == [False]


def test_stepping_aside_can_be_taken_back_by_voting(cast):
    proposal = opened(cast, "strategic")
    step_aside(cast, proposal)
    vote(cast, "social", proposal, "against")

    assert card(cast, proposal, "social").choice == "against"
    assert [past.choice for past in card(cast, proposal, "social").history] == ["recused"]


def test_stepping_aside_has_a_reason_a_mandate_and_a_recent_proof(cast):
    proposal = opened(cast, amount_cents=300_000_00)

    with pytest.raises(RefusalError) as refused:
        step_aside(cast, proposal, reason=" ")
    assert refused.value.field == "reason"
    with pytest.raises(StepUpError):
        recuse(cast.social.at(LATER, recent=False), proposal_id=proposal, reason="x")
    limit_mandate(cast)
    with pytest.raises(RefusalError):
        step_aside(cast, proposal)


def test_nobody_else_steps_aside_for_a_partner(cast, other):
    proposal = opened(cast)

    with pytest.raises(NotAllowedError):
        step_aside(cast, proposal, "clerk")
    with pytest.raises(NotFoundError):
        recuse(other.tax.at(LATER), proposal_id=proposal, reason="x")


def test_a_seat_handed_over_during_the_vote_is_voted_for_by_its_new_holder(cast):
    proposal = opened(cast, "seats")
    following = hand_over(
        cast.social.at(LATER - timedelta(days=1)),
        appointment_id=cast.social.appointment,
        successor_id=cast.social_coordinator.person,
        text="Voting on the seats is open until Friday.",
        on=LATER.date(),
    )
    grant_mandate(
        cast.social_coordinator.at(LATER),
        appointment_id=following,
        subjects=(),
        limit_cents=None,
        from_date=LATER.date(),
        until_date=None,
    )

    vote(cast, "social_coordinator", proposal, at=LATER + timedelta(minutes=5))

    assert card(cast, proposal, cast.social.appointment).choice == "for"


def test_a_partner_outside_its_competence_does_not_vote():
    narrow = RICH.replace(
        "measures: {{staff: 50, share: 20}}", "competences: [figures]\n    measures: {{staff: 50, share: 20}}"
    )
    narrow = narrow.replace(
        "measures: {{staff: 300, share: 40}}", "competences: [costs]\n    measures: {{staff: 300, share: 40}}"
    )
    cast = rich_cast("narrow", narrow)
    own = opened(cast, "consent", subjects=("figures",))
    vote(cast, "figures", own)
    assert card(cast, own, "figures").choice == "for"

    foreign = opened(cast, "consent", subjects=("costs",))
    with pytest.raises(RefusalError, match="not competent"):
        vote(cast, "figures", foreign)
    assert card(cast, foreign, "figures").choice == ""


def test_withdrawing_ends_every_way_of_voting(cast):
    proposal = opened(cast)
    withdraw_proposal(cast.tax.at(LATER), proposal_id=proposal)

    for act in (lambda: step_aside(cast, proposal), lambda: record(cast, proposal)):
        with pytest.raises(RefusalError):
            act()


def test_two_people_of_one_partner_cast_one_vote_between_them(cast):
    invited = invite_person(
        cast.social.at(),
        name="Second member",
        email="second@example.org",
        position="professional",
        partner_id=cast.partners["social"],
        from_date=NOW.date(),
    )
    assert invited.person
    proposal = opened(cast, "silence")
    vote_by = cast.social_coordinator
    grant_wide(cast, "social_coordinator")
    cast_ballot(vote_by.at(LATER), proposal_id=proposal, choice="for")

    assert len(page(cast, proposal).positions) == 3


def test_everybody_has_a_card_and_each_comes_first_in_turn(cast):
    proposal = opened(cast)

    orders = [
        [one.key for one in page(cast, proposal, at=LATER + timedelta(days=day)).positions]
        for day in range(3)
    ]

    assert all(sorted(order) == ["figures", "social", "tax"] for order in orders)
    assert len({order[0] for order in orders}) == 3
