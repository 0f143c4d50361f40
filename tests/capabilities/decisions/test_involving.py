"""The gate of prior involvement: own notes in private, own waivers, nobody's right waived by another (C22)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.cast import NOW
from support.deciding import LATER, drafted, opened, page, sent

from concordia.capabilities.decisions.commands import (
    give_impact_note,
    open_voting,
    waive_involvement,
    write_impact_note,
    write_partner_note,
)
from concordia.capabilities.decisions.models import Involvement
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError, StepUpError

pytestmark = pytest.mark.django_db


def write(access, proposal, note="It costs us a week."):
    write_impact_note(access, proposal_id=proposal, note=note)


def give(access, proposal, note="It costs us a week."):
    give_impact_note(access, proposal_id=proposal, note=note)


def waive(access, proposal, reason="We know it well."):
    waive_involvement(access, proposal_id=proposal, reason=reason)


def states(cast, proposal, role="tax"):
    return {line.partner.key: line.state for line in page(cast, proposal, role, at=NOW).involvement}


def test_a_note_being_written_is_seen_inside_the_organization_only(cast):
    proposal = sent(cast)
    write(cast.social.at(), proposal)

    assert page(cast, proposal, "social_coordinator", at=NOW).my_note == "It costs us a week."
    for role in ("tax", "figures", "manager"):
        assert page(cast, proposal, role, at=NOW).my_note == ""
        assert states(cast, proposal, role)["social"] == "waiting"


def test_writing_goes_on_until_the_note_is_given(cast):
    proposal = sent(cast)
    write(cast.social.at(), proposal, "First thoughts")
    write(cast.social_coordinator.at(), proposal, "Better thoughts")

    assert page(cast, proposal, at=NOW).my_note == "Better thoughts"
    assert Involvement.objects.unscoped().count() == 1


def test_a_given_note_is_seen_by_all(cast):
    proposal = sent(cast)
    write(cast.social.at(), proposal, "Draft")
    give(cast.social.at(), proposal)

    line = next(
        one for one in page(cast, proposal, "figures", at=NOW).involvement if one.partner.key == "social"
    )
    assert (line.state, line.note, line.at) == ("given", "It costs us a week.", NOW)
    assert ledger.entries_of(cast.tax.at(), proposal)[-1].kind == "impact.given"


def test_giving_twice_gives_once(cast):
    proposal = sent(cast)
    give(cast.social.at(), proposal)
    give(cast.social.at(), proposal)

    assert [entry.kind for entry in ledger.entries_of(cast.tax.at(), proposal)].count("impact.given") == 1


def test_a_given_note_is_not_rewritten(cast):
    proposal = sent(cast)
    give(cast.social.at(), proposal)

    for act in (write, give, waive):
        with pytest.raises(RefusalError):
            act(cast.social.at(), proposal, "Something else")


@pytest.mark.parametrize("act", [give, waive])
def test_an_answer_has_words(cast, act):
    proposal = sent(cast)

    with pytest.raises(RefusalError) as refused:
        act(cast.social.at(), proposal, "  ")
    assert refused.value.field in {"note", "reason"}


def test_a_note_has_an_end(cast):
    proposal = sent(cast)

    with pytest.raises(RefusalError) as refused:
        write(cast.social.at(), proposal, "x" * 20_001)
    assert refused.value.field == "note"


@pytest.mark.parametrize("act", [write, give, waive])
def test_who_proposes_needs_no_answer_of_its_own(cast, act):
    proposal = sent(cast)

    with pytest.raises(RefusalError):
        act(cast.tax.at(), proposal)
    assert states(cast, proposal)["tax"] == "proposer"


@pytest.mark.parametrize("act", [write, give, waive])
def test_a_professional_answers_nothing_for_the_organization(cast, act):
    proposal = sent(cast, by="social")

    with pytest.raises(NotAllowedError):
        act(cast.clerk.at(), proposal)


@pytest.mark.parametrize("act", [write, give, waive])
def test_a_proposal_that_is_not_there_takes_no_answer(cast, other, act):
    hidden, shown = drafted(cast), sent(cast, title="Sent")

    for access, proposal in ((cast.social.at(), hidden), (other.tax.at(), shown)):
        with pytest.raises(NotFoundError):
            act(access, proposal)


@pytest.mark.parametrize("act", [write, give, waive])
def test_once_voting_began_there_is_nothing_to_answer(cast, act):
    proposal = opened(cast)

    with pytest.raises(RefusalError):
        act(cast.social.at(LATER), proposal)


def test_waiving_ones_own_period_is_recorded_with_its_reason(cast):
    proposal = sent(cast)
    waive(cast.social.at(), proposal)
    waive(cast.social.at(), proposal)

    assert states(cast, proposal)["social"] == "waived"
    entries = ledger.entries_of(cast.figures.at(), proposal)
    assert [entry.kind for entry in entries].count("involvement.waived") == 1
    assert entries[-1].values["reason"] == "We know it well."


def test_waiving_the_right_of_another_is_impossible(cast):
    proposal = sent(cast)

    for role in ("manager", "tax"):
        access = cast.members[role].at()
        with pytest.raises((NotAllowedError, NotFoundError, RefusalError)):
            waive(replace(access, permissions=access.permissions | {"decisions.involve"}), proposal)
    assert states(cast, proposal) == {"tax": "proposer", "social": "waiting", "figures": "waiting"}


def test_waiving_asks_for_a_recent_proof(cast):
    with pytest.raises(StepUpError):
        waive(cast.social.at(recent=False), sent(cast))


def test_what_the_charter_does_not_let_go_is_not_waived(cast):
    with pytest.raises(RefusalError):
        waive(cast.social_coordinator.at(), sent(cast, "silence"))


def test_the_gate_says_who_is_still_to_answer_and_by_when(cast):
    proposal = sent(cast)
    give(cast.social.at(), proposal)

    with pytest.raises(RefusalError) as refused:
        open_voting(cast.manager.at(), proposal_id=proposal)
    assert "Statistiek, uiterlijk 16 maart 2026" in refused.value.text.in_language("nl")
    assert "Sociale" not in refused.value.text.in_language("nl")
    assert page(cast, proposal, at=NOW).gate.waiting_for == ("figures",)


def test_the_gate_opens_when_all_answered_or_waived(cast):
    proposal = sent(cast)
    give(cast.social.at(), proposal)
    waive(cast.figures.at(), proposal)

    assert page(cast, proposal, at=NOW).state == "ready"
    open_voting(cast.manager.at(), proposal_id=proposal)


def test_the_gate_opens_at_the_end_of_the_period_and_not_before(cast):
    proposal = sent(cast)
    end = NOW + timedelta(days=14)

    assert page(cast, proposal, at=end - timedelta(seconds=1)).state == "consultation"
    assert page(cast, proposal, at=end).state == "ready"


def test_urgency_shortens_the_period_and_is_recorded(cast):
    proposal = sent(cast, urgent=True, urgent_reason="The law changes tomorrow.")
    soon = NOW + timedelta(hours=24)

    with pytest.raises(RefusalError):
        open_voting(cast.manager.at(soon - timedelta(minutes=1)), proposal_id=proposal)
    open_voting(cast.manager.at(soon), proposal_id=proposal)

    assert (
        ledger.entries_of(cast.figures.at(soon), proposal)[-1].values["urgent"] == "The law changes tomorrow."
    )


def test_notes_stay_inside_one_partner(cast):
    proposal = sent(cast)
    write_partner_note(cast.social.at(), proposal_id=proposal, text="Our minister will ask about this.")
    write_partner_note(cast.social.at(), proposal_id=proposal, text="Our minister will ask about this.")

    notes = page(cast, proposal, "social_coordinator", at=NOW).notes
    assert [note.text for note in notes] == ["Our minister will ask about this."]
    for role in ("tax", "manager"):
        assert page(cast, proposal, role, at=NOW).notes == ()
    assert "note.written" not in {entry.kind for entry in ledger.entries_of(cast.social.at(), proposal)}


def test_a_note_says_something(cast):
    with pytest.raises(RefusalError):
        write_partner_note(cast.social.at(), proposal_id=sent(cast), text=" ")


def test_the_agency_has_no_room_of_a_partner(cast):
    proposal = sent(cast)
    access = cast.manager.at()

    with pytest.raises(NotAllowedError):
        write_partner_note(access, proposal_id=proposal, text="x")
    with pytest.raises(NotFoundError):
        write_partner_note(
            replace(access, permissions=access.permissions | {"decisions.note"}),
            proposal_id=proposal,
            text="x",
        )


def test_an_outsider_notes_nothing_here(cast, other):
    with pytest.raises(NotFoundError):
        write_partner_note(other.tax.at(), proposal_id=sent(cast), text="x")
