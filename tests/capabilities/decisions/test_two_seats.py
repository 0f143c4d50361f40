"""Who holds two seats votes for each by name, under the mandate that belongs to it."""

import json
from datetime import timedelta

import pytest
from support.cast import NOW
from support.deciding import LATER, RICH, card, close, opened, page, rich_cast, vote

from concordia.capabilities.alliances import queries as alliances
from concordia.capabilities.alliances.commands import appoint, grant_mandate, hand_over, revoke_mandate
from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import grant_proxy, record_ballot, recuse, revoke_proxy
from concordia.capabilities.decisions.models import Proposal
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotAllowedError, RefusalError

pytestmark = pytest.mark.django_db
TWO = RICH.replace("seats: [alliance-coordinator]", "seats: [alliance-coordinator, board-member]")
TWO = TWO.replace("    voters: seats\n", "    voters: seats\n    proxy: true\n").replace(
    "    body: board\n    voters: seats", "    body: table\n    voters: seats"
)


@pytest.fixture
def cast(db):
    """A table where coordinators and board members each have a seat; one person of Social security has both."""
    cast = rich_cast("two", TWO)
    cast.second = appoint(
        cast.social.at(),
        person_id=cast.social.person,
        position="alliance-coordinator",
        from_date=NOW.date(),
    )
    mandate(cast, cast.second, "costs")
    return cast


def mandate(cast, appointment, *subjects, by="social"):
    grant_mandate(
        cast.members[by].at(),
        appointment_id=appointment,
        subjects=subjects,
        limit_cents=None,
        from_date=NOW.date(),
        until_date=None,
    )


def votes(cast, proposal):
    entries = ledger.entries_of(cast.figures.at(LATER), proposal)
    return [json.loads(entry.values["vote"]) for entry in entries if entry.kind == "ballot.cast"]


def test_who_holds_two_seats_says_for_which_they_vote(cast):
    proposal = opened(cast, "seats")

    with pytest.raises(RefusalError) as refused:
        vote(cast, "social", proposal)

    assert refused.value.field == "voter"
    assert "board member, Social security" in refused.value.text.in_language("en")
    assert not any(one.choice for one in page(cast, proposal).positions)


def test_each_seat_has_its_own_vote_and_both_are_shown(cast):
    proposal = opened(cast, "seats")
    mandate(cast, cast.second)
    vote(cast, "social", proposal, "for", voter=cast.social.appointment)
    assert "vote" in [item.kind for item in queries.waiting(cast.social.at(LATER))]
    vote(cast, "social", proposal, "against", voter=cast.second)

    assert card(cast, proposal, cast.social.appointment).choice == "for"
    assert card(cast, proposal, cast.second).choice == "against"
    assert {one.voter for one in page(cast, proposal).my_votes} == {cast.social.appointment, cast.second}
    assert "vote" not in [item.kind for item in queries.waiting(cast.social.at(LATER))]


def test_a_seat_votes_under_its_own_mandate_only(cast):
    proposal = opened(cast, "seats", subjects=("data",))

    vote(cast, "social", proposal, "for", voter=cast.social.appointment)
    with pytest.raises(RefusalError) as refused:
        vote(cast, "social", proposal, "for", voter=cast.second)

    assert refused.value.field == "ratify"
    assert [one["mandate"]["appointment"] for one in votes(cast, proposal)] == [cast.social.appointment]
    covered = {one.voter: one.cover.ok for one in page(cast, proposal).my_votes}
    assert covered == {cast.social.appointment: True, cast.second: False}


def test_the_register_names_the_seat_whose_mandate_covers_the_vote_of_a_partner(cast):
    for held in _mandates(cast):
        revoke_mandate(cast.social.at(), mandate_id=held)
    proposal = opened(cast, "silence", subjects=("costs",))

    vote(cast, "social", proposal)

    (said,) = votes(cast, proposal)
    assert said["mandate"]["appointment"] == cast.second
    assert said["mandate"]["mandates"][0]["subjects"] == ["costs"]


def _mandates(cast):
    lines = alliances.person(cast.social.at(), cast.social.person).appointments
    return [one.id for line in lines if line.id == cast.social.appointment for one in line.mandates]


def test_a_proxy_and_stepping_aside_are_of_one_seat(cast):
    mandate(cast, cast.second)
    proposal = opened(cast, "seats")
    me, to = cast.social.at(LATER), cast.tax.person

    with pytest.raises(RefusalError):
        grant_proxy(me, proposal_id=proposal, to=to)
    grant_proxy(me, proposal_id=proposal, to=to, voter=cast.second)
    vote(cast, "tax", proposal, "against", voter=cast.second)
    with pytest.raises(NotAllowedError):
        vote(cast, "tax", proposal, "against", voter=cast.social.appointment)
    with pytest.raises(RefusalError):
        recuse(me, proposal_id=proposal, reason="Our own bid.")
    recuse(me, proposal_id=proposal, reason="Our own bid.", voter=cast.social.appointment)

    assert card(cast, proposal, cast.second).how == "proxy"
    assert card(cast, proposal, cast.social.appointment).choice == "recused"
    revoke_proxy(me, proposal_id=proposal, voter=cast.second)


def test_a_recorded_vote_is_that_of_the_seat_it_was_given_for(cast):
    proposal = opened(cast, "seats")

    record_ballot(cast.manager.at(LATER), proposal_id=proposal, voter=cast.social.appointment, choice="for")

    assert card(cast, proposal, cast.social.appointment).told_by == "Social of two"
    assert votes(cast, proposal)[0]["mandate"]["appointment"] == cast.social.appointment


def test_a_vote_of_a_seat_is_recorded_on_the_word_of_who_holds_it(cast):
    proposal = opened(cast, "seats")

    people = {
        one.voter: [name for _, name in one.people] for one in page(cast, proposal, "manager").record_for
    }

    assert people[cast.social.appointment] == ["Social of two"]
    assert people[cast.social_coordinator.appointment] == ["Social coordinator of two"]


def passed_on(cast, appointment, to, day):
    following = hand_over(
        cast.social.at(LATER - timedelta(days=10)),
        appointment_id=appointment,
        successor_id=cast.members[to].person,
        text="Votes run.",
        on=day,
    )
    mandate(cast, following)
    return following


def test_on_the_day_a_seat_is_handed_over_it_is_one_seat(cast):
    following = passed_on(cast, cast.social.appointment, "social_coordinator", LATER.date())

    proposal = opened(cast, "seats")

    keys = {line["key"] for line in Proposal.objects.unscoped().get(id=proposal).roll}
    assert following in keys
    assert cast.social.appointment not in keys
    assert {cast.second, cast.social_coordinator.appointment} <= keys


def test_a_seat_handed_over_twice_during_a_vote_is_voted_for_and_recorded_for_its_holder_of_now(cast):
    proposal = opened(cast, "seats")
    first = passed_on(cast, cast.social.appointment, "social_coordinator", LATER.date())
    day = LATER + timedelta(days=3)
    second = hand_over(
        cast.social.at(LATER),
        appointment_id=first,
        successor_id=cast.social.person,
        text="Back again.",
        on=day.date(),
    )
    mandate(cast, second)

    vote(cast, "social", proposal, "for", at=day, voter=cast.social.appointment)
    record_ballot(
        cast.manager.at(day),
        proposal_id=proposal,
        voter=cast.second,
        choice="against",
        ratify=True,
        told_by=cast.social.person,
    )

    found = {one.key: one.choice for one in page(cast, proposal, "tax", at=day).positions}
    assert (found[cast.social.appointment], found[cast.second]) == ("for", "against")
    assert votes(cast, proposal)[0]["mandate"]["appointment"] == second
    assert close(cast, proposal, at=day).verdict == "rejected"
