"""Opening and extending a vote: by who chairs, under a rule and a roll that no longer change."""

from datetime import timedelta

import pytest
from support.cast import NOW
from support.deciding import LATER, RICH, close, drafted, opened, page, rich_cast, sent, vote

from concordia.capabilities.alliances.commands import (
    draft_charter,
    enact_charter,
    end_appointment,
    grant_mandate,
    propose_charter,
    replace_charter_draft,
)
from concordia.capabilities.decisions.commands import (
    extend_voting,
    open_voting,
    send_for_consultation,
    waive_involvement,
    withdraw_proposal,
)
from concordia.capabilities.decisions.models import Proposal
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError, StepUpError
from concordia.kernel.subject import Subject

pytestmark = pytest.mark.django_db


def start(cast, proposal, role="manager", at=LATER, **more):
    open_voting(cast.members[role].at(at), proposal_id=proposal, **more)


def test_opening_copies_the_rule_and_the_roll(cast):
    proposal = opened(cast, "weighted")

    row = Proposal.objects.unscoped().get(id=proposal)
    assert row.rule["key"] == "weighted"
    assert {line["key"]: line["weights"]["share"] for line in row.roll} == {
        "tax": "40",
        "social": "40",
        "figures": "20",
    }
    assert row.roll[0]["holders"][0]["person"] == cast.tax.person
    values = ledger.entries_of(cast.social.at(LATER), proposal)[-1].values
    assert '"weights":{"share":"40"' in values["roll"]
    assert cast.tax.person not in str(values)


def test_opening_twice_opens_once(cast):
    proposal = opened(cast)
    start(cast, proposal, at=LATER + timedelta(hours=1))

    assert page(cast, proposal).opened_at == LATER


@pytest.mark.parametrize("make", [drafted, sent])
def test_what_is_not_ready_is_not_opened(cast, make):
    proposal = make(cast, by="manager")

    with pytest.raises(RefusalError):
        start(cast, proposal, at=NOW)


def test_what_was_withdrawn_is_not_opened(cast):
    proposal = sent(cast)
    withdraw_proposal(cast.tax.at(), proposal_id=proposal)

    with pytest.raises(RefusalError):
        start(cast, proposal)


def test_opening_asks_for_a_recent_proof(cast):
    with pytest.raises(StepUpError):
        open_voting(cast.manager.at(LATER, recent=False), proposal_id=sent(cast))


def test_the_partner_in_the_chair_opens_and_others_hear_who_may(cast):
    proposal, second = sent(cast), sent(cast, title="Second")

    with pytest.raises(NotAllowedError) as refused:
        start(cast, proposal, "social")
    assert "Belastingkantoor" in refused.value.text.in_language("nl")
    start(cast, proposal, "tax")
    with pytest.raises(NotAllowedError):
        start(cast, second, "tax_coordinator")


def test_the_chair_goes_round_with_the_year(cast):
    proposal = sent(cast)

    start(cast, proposal, "social", at=NOW + timedelta(days=365))

    assert page(cast, proposal, at=NOW + timedelta(days=366)).state == "voting"


def test_in_a_body_without_a_chair_every_member_opens(cast):
    proposal = sent(cast, "silence")

    with pytest.raises(NotAllowedError) as refused:
        start(cast, proposal, "social")
    assert "wie stemt in het orgaan" in refused.value.text.in_language("nl")
    start(cast, proposal, "social_coordinator")


def test_the_holder_of_the_chairing_position_opens():
    chaired = RICH.replace(
        "level: tactical, seats: [alliance-coordinator]",
        "level: tactical, chair: {{position: alliance-coordinator}}, seats: [alliance-coordinator]",
    ).replace("{{key: alliance-coordinator,", "{{key: alliance-coordinator, name: {{nl: Ketencoördinator}},")
    cast = rich_cast("chaired", chaired)

    proposal = sent(cast, "silence")
    with pytest.raises(NotAllowedError) as refused:
        start(cast, proposal, "social")
    assert "de voorzitter (Ketencoördinator)" in refused.value.text.in_language("nl")
    start(cast, proposal, "figures_coordinator")

    assert page(cast, proposal).state == "voting"


def test_an_outsider_opens_nothing(cast, other):
    proposal = sent(cast)

    with pytest.raises(NotFoundError):
        open_voting(other.manager.at(LATER), proposal_id=proposal)


def test_nobody_in_the_body_means_no_vote(cast):
    proposal = sent(cast, "people")
    for role in ("tax", "social", "figures"):
        member = cast.members[f"{role}_coordinator"]
        end_appointment(cast.members[role].at(), appointment_id=member.appointment)

    with pytest.raises(RefusalError) as refused:
        start(cast, proposal)
    assert "Benoem" in refused.value.text.in_language("nl")


def test_a_term_sets_the_end_and_without_one_the_chair_may(cast):
    with_term = opened(cast, "silence")
    without = sent(cast, "majority")
    end = LATER + timedelta(hours=2)

    with pytest.raises(RefusalError):
        start(cast, without, closes_at=LATER)
    start(cast, without, closes_at=end)

    assert page(cast, with_term).closes_at == LATER + timedelta(days=5)
    assert page(cast, without).closes_at == end


def test_later_mandates_and_people_do_not_touch_the_roll(cast):
    proposal = opened(cast)
    before = Proposal.objects.unscoped().get(id=proposal).roll
    grant_mandate(
        cast.tax.at(LATER),
        appointment_id=cast.tax.appointment,
        subjects=("costs",),
        limit_cents=1,
        from_date=NOW.date(),
        until_date=None,
    )
    vote(cast, "tax", proposal)

    assert Proposal.objects.unscoped().get(id=proposal).roll == before


def test_a_vote_is_extended_as_often_as_the_charter_says(cast):
    proposal = opened(cast, "written")
    for days in (8, 11):
        assert extend_voting(cast.manager.at(LATER), proposal_id=proposal) == LATER + timedelta(days=days)

    with pytest.raises(RefusalError):
        extend_voting(cast.manager.at(LATER), proposal_id=proposal)
    assert [entry.kind for entry in ledger.entries_of(cast.tax.at(LATER), proposal)][-2:] == [
        "voting.extended"
    ] * 2


def test_extending_from_a_page_that_is_old_adds_nothing(cast):
    proposal = opened(cast, "written")
    seen = page(cast, proposal).closes_at
    longer = extend_voting(cast.manager.at(LATER), proposal_id=proposal, seen=seen)

    assert extend_voting(cast.manager.at(LATER), proposal_id=proposal, seen=seen) == longer


def test_voters_extend_where_the_charter_says_so(cast):
    silence, written = opened(cast, "silence"), opened(cast, "written", title="Written")

    extend_voting(cast.figures_coordinator.at(LATER), proposal_id=silence)
    with pytest.raises(NotAllowedError):
        extend_voting(cast.figures.at(LATER), proposal_id=written)
    with pytest.raises(NotAllowedError):
        extend_voting(cast.figures.at(LATER), proposal_id=silence)


def test_nothing_is_extended_that_is_over_or_never_ended(cast, other):
    over, endless = opened(cast, "written"), opened(cast, "majority", title="Endless")

    with pytest.raises(RefusalError):
        extend_voting(cast.manager.at(LATER + timedelta(days=5)), proposal_id=over)
    with pytest.raises(RefusalError):
        extend_voting(cast.manager.at(LATER), proposal_id=endless)
    with pytest.raises(NotFoundError):
        extend_voting(other.manager.at(LATER), proposal_id=over)


def test_a_vote_that_runs_finishes_under_its_own_rule(cast):
    proposal = opened(cast, "consent")
    Proposal.objects.unscoped().filter(id=proposal).update(procedure="strategic")
    vote(cast, "tax", proposal)

    assert close(cast, proposal).verdict == "adopted"


def amended(cast, **changed):
    """Another charter comes into force at NOW + 1 day; `changed` gives procedures other words."""
    text = RICH.format(key=cast.key)
    for old, new in changed.values():
        assert old in text
        text = text.replace(old, new)
    draft = draft_charter(cast.social.at())
    replace_charter_draft(cast.social.at(), version_id=draft, text=text)
    propose_charter(cast.social.at(), version_id=draft)
    begins = NOW + timedelta(days=1)
    enact_charter(cast.manager.at(), draft, decision=Subject("decisions.decision", "d"), in_force_from=begins)
    return begins


def test_a_consultation_and_its_vote_finish_under_the_charter_they_began_with(cast):
    proposal = sent(cast, "strategic")
    begins = amended(
        cast,
        period=("involve: {at_least: P14D, waivable: true}", "involve: {at_least: P90D}"),
        quorum=(
            "quorum: {votes: [present], at_least: 100%, of: all}",
            "quorum: {votes: [present], at_least: 1}",
        ),
        weight=("{staff: 300, share: 40}", "{staff: 300, share: 41}"),
    )
    waive_involvement(
        cast.social.at(begins), proposal_id=proposal, reason="Known to us."
    )  # the new one has no waiver

    start(cast, proposal)  # after 14 days, not 90
    vote(cast, "tax", proposal)
    found = close(cast, proposal)

    assert found.verdict == "no_quorum"
    assert page(cast, proposal).charter_number == 1
    weights = Proposal.objects.unscoped().get(id=proposal).roll[0]["weights"]
    assert weights["share"] == "40"
    later = sent_at(cast, begins)
    assert page(cast, later, at=begins).gate.until.date() == (begins + timedelta(days=90)).date()


def sent_at(cast, moment):
    """A proposal sent under the charter of that moment."""
    proposal = drafted(cast, "strategic", title="Later")
    send_for_consultation(cast.tax.at(moment), proposal_id=proposal)
    return proposal
