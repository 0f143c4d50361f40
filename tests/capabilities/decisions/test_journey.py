"""From a proposal to a receipt, as three partners live it."""

from datetime import timedelta

import pytest
from support.cast import NOW, make_cast

from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import (
    Draft,
    cast_ballot,
    close_voting,
    draft_proposal,
    give_impact_note,
    open_voting,
    report_receipt,
    send_for_consultation,
    write_outcome,
)
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotFoundError, RefusalError

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=15)


@pytest.fixture
def cast():
    return make_cast()


def draft(procedure="strategic", **changes):
    values = {"title": "One calendar", "question": "Do we keep one calendar?", "text": "First.\n\nSecond."}
    return Draft(procedure=procedure, **(values | changes))


def sent(cast, **changes):
    proposal = draft_proposal(cast.tax.at(), draft=draft(**changes))
    send_for_consultation(cast.tax.at(), proposal_id=proposal)
    return proposal


def opened(cast, **changes):
    proposal = sent(cast, **changes)
    open_voting(cast.manager.at(LATER), proposal_id=proposal)
    return proposal


def vote(cast, role, proposal, choice, **more):
    return cast_ballot(cast.members[role].at(LATER), proposal_id=proposal, choice=choice, **more)


def close(cast, proposal):
    return close_voting(cast.manager.at(LATER), proposal_id=proposal)


def test_a_draft_is_seen_by_its_own_organization_only(cast):
    proposal = draft_proposal(cast.tax.at(), draft=draft())

    assert queries.proposal(cast.tax_coordinator.at(), proposal).state == "draft"
    with pytest.raises(NotFoundError):
        queries.proposal(cast.social.at(), proposal)


def test_one_organization_in_two_alliances_keeps_them_apart(cast):
    """The same organization and the same people in both: what they do in the one is not in the other."""
    second = make_cast("second", accounts_of={role: member.user for role, member in cast.members.items()})
    proposal = sent(cast)
    mine = draft_proposal(cast.tax.at(), draft=draft())

    assert len(queries.proposals(cast.tax.at()).open) == 2
    assert queries.proposals(second.tax.at()).open == ()
    for known in (proposal, mine):
        with pytest.raises(NotFoundError):
            queries.proposal(second.tax.at(), known)
    first_log, second_log = (ledger.log_of(one.tax.at(), private=True) for one in (cast, second))
    assert first_log.origin != second_log.origin
    assert second_log.size == 0


def test_the_gate_stays_closed_until_the_period_is_over(cast):
    proposal = sent(cast)

    with pytest.raises(RefusalError):
        open_voting(cast.manager.at(NOW + timedelta(days=13)), proposal_id=proposal)
    open_voting(cast.manager.at(LATER), proposal_id=proposal)

    assert queries.proposal(cast.social.at(LATER), proposal).state == "voting"


def test_the_gate_opens_when_every_partner_answered(cast):
    proposal = sent(cast)
    for role in ("social", "figures"):
        give_impact_note(cast.members[role].at(), proposal_id=proposal, note="Nothing changes for us.")

    open_voting(cast.manager.at(), proposal_id=proposal)

    assert queries.proposal(cast.social.at(), proposal).state == "voting"


def test_three_votes_for_adopt_a_strategic_proposal(cast):
    proposal = opened(cast)
    for role in ("tax", "social", "figures"):
        vote(cast, role, proposal, "for")

    decision = queries.decision(cast.social.at(LATER), close(cast, proposal))

    assert decision.verdict == "adopted"
    assert decision.lines[0].text.in_language("nl").startswith("Aangenomen")
    assert [entry.kind for entry in decision.entries][-1] == "decision.adopted"


def test_one_objection_stops_a_unanimous_procedure(cast):
    proposal = opened(cast)
    for role, choice in (("tax", "for"), ("social", "for"), ("figures", "against")):
        vote(cast, role, proposal, choice)

    assert queries.decision(cast.tax.at(LATER), close(cast, proposal)).verdict == "rejected"


def test_an_outcome_and_receipts_follow(cast):
    proposal = opened(cast)
    for role in ("tax", "social", "figures"):
        vote(cast, role, proposal, "for")
    decision = close(cast, proposal)

    write_outcome(
        cast.manager.at(LATER),
        decision_id=decision,
        outcome="We keep one calendar.",
        owner_id=cast.tax.person,
        review_date=None,
    )
    report_receipt(cast.social.at(LATER), decision_id=decision, state="adopted", word="In our line.")

    page = queries.decision(cast.figures.at(LATER), decision)
    assert page.outcome == "We keep one calendar."
    assert {line.partner.key: line.state for line in page.receipts} == {
        "tax": "waiting",
        "social": "adopted",
        "figures": "waiting",
    }


def test_what_waits_is_told_to_whom_it_waits_for(cast):
    proposal = sent(cast)

    assert [item.kind for item in queries.waiting(cast.social.at())] == ["answer"]
    open_voting(cast.manager.at(LATER), proposal_id=proposal)
    assert [item.kind for item in queries.waiting(cast.social.at(LATER))] == ["vote"]
    vote(cast, "social", proposal, "for")
    assert queries.waiting(cast.social.at(LATER)) == ()


def test_a_decision_is_found_by_part_of_a_word_and_by_its_stem(cast):
    proposal = opened(cast, title="Loonaangifteketen: besluiten over declaraties")
    for role in ("tax", "social", "figures"):
        vote(cast, role, proposal, "for")
    close(cast, proposal)

    for words in ("aangifte", "besluit", "declaratie", "LOON besl"):
        assert len(queries.decisions(cast.social.at(LATER), words=words).lines) == 1, words
    assert queries.decisions(cast.social.at(LATER), words="pension").lines == ()
