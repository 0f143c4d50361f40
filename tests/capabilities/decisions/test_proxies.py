"""Voting by proxy: one step, among members, while its giver could vote; the principal has the last word."""

from datetime import timedelta

import pytest
from support.cast import NOW
from support.deciding import LATER, RICH, card, close, opened, page, rich_cast, vote

from concordia.capabilities.alliances import queries as alliances
from concordia.capabilities.alliances.commands import (
    appoint,
    end_appointment,
    grant_mandate,
    hand_over,
    revoke_mandate,
)
from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import (
    close_due,
    close_voting,
    grant_proxy,
    recuse,
    revoke_proxy,
)
from concordia.capabilities.decisions.models import Decision, Proxy
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError, StepUpError

pytestmark = pytest.mark.django_db
SOON = LATER + timedelta(minutes=5)
SILENCE = RICH.replace("    at_end: consent\n", "    at_end: consent\n    proxy: true\n")


def give(cast, proposal, *, by="social", to="tax", at=LATER, **more):
    grant_proxy(cast.members[by].at(at), proposal_id=proposal, to=cast.members[to].person, **more)


def entries(cast, proposal):
    return [entry.kind for entry in ledger.entries_of(cast.figures.at(LATER), proposal)]


def told(decision, language="en"):
    return [line.text.in_language(language) for line in decision.lines]


def leave(cast, role="social", at=LATER):
    """The appointment of a member ends, by their own coordinator."""
    member = cast.members[role]
    end_appointment(cast.members[f"{role}_coordinator"].at(at), appointment_id=member.appointment)


def lose_mandate(cast, role="social"):
    line = alliances.person(cast.members[role].at(), cast.members[role].person).appointments[0]
    for mandate in line.mandates:
        revoke_mandate(cast.members[role].at(LATER), mandate_id=mandate.id)


def test_another_member_votes_by_proxy_and_everybody_sees_how(cast):
    proposal = opened(cast)
    give(cast, proposal)
    vote(cast, "tax", proposal, "against", voter="social")

    found = card(cast, proposal, "social")
    assert (found.choice, found.how, found.cast_by, found.proxy_to) == (
        "against",
        "proxy",
        "Tax of rich",
        "Tax of rich",
    )
    assert "proxy.granted" in entries(cast, proposal)
    assert card(cast, proposal, "tax").choice == ""


def test_the_same_proxy_twice_is_one_and_a_new_one_ends_the_one_before(cast):
    proposal = opened(cast)
    for to in ("tax", "tax", "figures"):
        give(cast, proposal, to=to)

    assert entries(cast, proposal).count("proxy.granted") == 2
    with pytest.raises(NotAllowedError):
        vote(cast, "tax", proposal, voter="social")
    vote(cast, "figures", proposal, voter="social")


def test_the_principal_takes_a_proxy_back_and_changes_what_was_voted(cast):
    proposal = opened(cast)
    give(cast, proposal)
    vote(cast, "tax", proposal, "against", voter="social")
    revoke_proxy(cast.social.at(SOON), proposal_id=proposal)
    vote(cast, "social", proposal, "for", at=SOON)

    with pytest.raises(NotAllowedError):
        vote(cast, "tax", proposal, "against", voter="social", at=SOON)
    assert card(cast, proposal, "social").choice == "for"
    assert "proxy.revoked" in entries(cast, proposal)


def test_what_the_principal_voted_itself_no_proxy_changes(cast):
    proposal = opened(cast)
    give(cast, proposal)
    vote(cast, "social", proposal, "for")

    with pytest.raises(RefusalError):
        vote(cast, "tax", proposal, "against", voter="social")
    assert card(cast, proposal, "social").choice == "for"


def test_a_proxy_is_not_passed_on_and_does_not_step_aside(cast):
    proposal = opened(cast)
    give(cast, proposal)

    with pytest.raises(NotAllowedError):
        give(cast, proposal, by="tax", to="figures", voter="social")
    with pytest.raises(NotAllowedError):
        recuse(cast.tax.at(LATER), proposal_id=proposal, reason="x", voter="social")
    with pytest.raises(NotAllowedError):
        revoke_proxy(cast.tax.at(LATER), proposal_id=proposal, voter="social")


@pytest.mark.parametrize("to", ["social", "clerk", "manager", "figures_coordinator"])
def test_a_proxy_goes_to_another_member_who_votes(cast, to):
    with pytest.raises(RefusalError) as refused:
        give(cast, opened(cast), to=to)
    assert refused.value.field == "to"
    assert not Proxy.objects.unscoped().exists()


def test_a_procedure_without_proxies_takes_none(cast):
    with pytest.raises(RefusalError):
        give(cast, opened(cast, "consent"))


def test_a_proxy_asks_for_a_mandate_and_a_recent_proof(cast):
    proposal = opened(cast)

    with pytest.raises(StepUpError):
        grant_proxy(cast.social.at(LATER, recent=False), proposal_id=proposal, to=cast.tax.person)
    lose_mandate(cast)
    with pytest.raises(RefusalError):
        give(cast, proposal)


def test_who_has_no_seat_gives_none_and_an_outsider_finds_nothing(cast, other):
    proposal = opened(cast)

    with pytest.raises(NotAllowedError):
        give(cast, proposal, by="clerk")
    with pytest.raises(NotFoundError):
        grant_proxy(other.tax.at(LATER), proposal_id=proposal, to=cast.tax.person)
    with pytest.raises(NotFoundError):
        revoke_proxy(other.tax.at(LATER), proposal_id=proposal)


def test_a_proxy_ends_with_the_seat_of_its_giver(cast):
    proposal = opened(cast)
    give(cast, proposal)
    assert "proxy" in [item.kind for item in queries.waiting(cast.tax.at(LATER))]
    leave(cast)

    with pytest.raises(RefusalError, match="no longer has this seat"):
        vote(cast, "tax", proposal, voter="social", at=SOON)
    assert [one.voter for one in page(cast, proposal, "tax", at=SOON).my_votes] == ["tax"]
    assert "proxy" not in [item.kind for item in queries.waiting(cast.tax.at(SOON))]
    shown = next(one for one in page(cast, proposal, "tax", at=SOON).positions if one.key == "social")
    assert shown.proxy_ended is not None


def test_a_proxy_ends_with_the_mandate_of_its_giver(cast):
    proposal = opened(cast)
    give(cast, proposal)
    lose_mandate(cast)

    with pytest.raises(RefusalError, match="mandate"):
        vote(cast, "tax", proposal, voter="social", at=SOON, ratify=True)
    assert card(cast, proposal, "social").choice == ""


def test_a_proxy_ends_with_the_seat_of_who_received_it(cast):
    proposal = opened(cast)
    give(cast, proposal)
    appoint(
        cast.tax.at(),
        person_id=cast.tax.person,
        position="professional",
        from_date=NOW.date(),
    )
    leave(cast, "tax")

    with pytest.raises(RefusalError, match="no longer sits in this body"):
        vote(cast, "tax", proposal, voter="social", at=SOON)


def test_who_takes_over_the_seat_votes_or_gives_a_new_proxy(cast):
    proposal = opened(cast)
    give(cast, proposal)
    following = hand_over(
        cast.social.at(LATER),
        appointment_id=cast.social.appointment,
        successor_id=cast.social_coordinator.person,
        text="One vote runs.",
        on=LATER.date(),
    )
    grant_mandate(
        cast.social.at(LATER),
        appointment_id=following,
        subjects=(),
        limit_cents=None,
        from_date=LATER.date(),
        until_date=None,
    )
    day_after = LATER + timedelta(days=1)

    with pytest.raises(RefusalError):
        vote(cast, "tax", proposal, voter="social", at=day_after)
    give(cast, proposal, by="social_coordinator", at=day_after)
    vote(cast, "tax", proposal, voter="social", at=day_after)
    counted = page(cast, proposal, "tax", at=day_after)
    assert {one.key: (one.choice, one.unseated) for one in counted.positions}["social"] == ("for", False)


def test_a_vote_by_proxy_stays_when_only_the_mandate_ended_after_it(cast):
    proposal = opened(cast)
    give(cast, proposal)
    vote(cast, "tax", proposal, "against", voter="social")
    lose_mandate(cast)

    assert {line.partner: line.counted for line in close(cast, proposal).tally}["social"]


def test_a_vote_by_proxy_for_whom_nobody_sits_any_more_is_not_counted_and_the_decision_says_so(cast):
    proposal = opened(cast)
    give(cast, proposal)
    vote(cast, "tax", proposal, "against", voter="social")
    for role in ("tax", "figures"):
        vote(cast, role, proposal, "for")
    leave(cast)
    assert next(one for one in page(cast, proposal, "tax", at=SOON).positions if one.key == "social").unseated

    found = queries.decision(cast.tax.at(SOON), close_voting(cast.manager.at(SOON), proposal_id=proposal))

    assert found.verdict == "adopted"
    assert "Voted by proxy, but has nobody left in this body and was not counted: Social security." in told(
        found
    )
    assert any("heeft niemand meer in dit orgaan" in line for line in told(found, "nl"))
    assert {line.partner: line.counted for line in found.tally} == {
        "tax": True,
        "social": False,
        "figures": True,
    }
    assert [line.partner for line in found.tally if line.unseated] == ["social"]


def test_a_no_by_proxy_that_no_longer_counts_does_not_become_consent():
    cast = rich_cast(
        "quiet",
        SILENCE.replace("{{votes: [against], at_most: 0}}", "{{votes: [for], at_least: 100%, of: all}}"),
    )
    proposal = opened(cast, "silence")
    for role in ("social", "tax"):
        member = cast.members[f"{role}_coordinator"]
        grant_mandate(
            cast.members[role].at(),
            appointment_id=member.appointment,
            subjects=(),
            limit_cents=None,
            from_date=NOW.date(),
            until_date=None,
        )
    give(cast, proposal, by="social_coordinator", to="tax_coordinator")
    vote(cast, "tax_coordinator", proposal, "against", voter="social")
    end_appointment(cast.social.at(LATER), appointment_id=cast.social_coordinator.appointment)

    assert close_due(LATER + timedelta(days=6)) == 1

    decision = Decision.objects.unscoped().get(proposal_id=proposal)
    assert decision.verdict == "rejected"
    silent = [line["text"]["en"] for line in decision.lines if "silent" in line["text"]["en"]]
    assert silent == ["Who was silent consents, and counts as for: Tax office, Statistics."]
