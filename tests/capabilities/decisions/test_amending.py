"""Amendments per paragraph: side by side, then accepted, rejected or promoted to a proposal of its own."""

import pytest
from support.cast import NOW
from support.deciding import LATER, drafted, opened, page, sent

from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import (
    open_voting,
    promote_amendment,
    propose_amendment,
    settle_amendment,
)
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError

pytestmark = pytest.mark.django_db


def amend(cast, proposal, role="social", paragraph=1, text="Second, better.", **more):
    return propose_amendment(
        cast.members[role].at(), proposal_id=proposal, paragraph=paragraph, text=text, **more
    )


def settle(cast, amendment, outcome="accepted", role="tax", **more):
    return settle_amendment(cast.members[role].at(), amendment_id=amendment, outcome=outcome, **more)


def test_an_amendment_stands_beside_the_paragraph(cast):
    proposal = sent(cast)
    amend(cast, proposal, reason="Clearer.")

    line = page(cast, proposal, "figures", at=NOW).amendments[0]
    assert (line.partner, line.paragraph, line.old_text, line.new_text) == (
        "social",
        1,
        "Second.",
        "Second, better.",
    )
    assert ledger.entries_of(cast.tax.at(), proposal)[-1].values["paragraph"] == "2"


def test_the_same_amendment_twice_is_one(cast):
    proposal = sent(cast)

    assert amend(cast, proposal) == amend(cast, proposal)


@pytest.mark.parametrize("text", ["", "Second.", "x" * 10_001])
def test_a_faulty_amendment_is_refused(cast, text):
    with pytest.raises(RefusalError) as refused:
        amend(cast, sent(cast), text=text)

    assert refused.value.field == "text"


@pytest.mark.parametrize("paragraph", [-1, 2])
def test_an_amendment_is_about_a_paragraph_that_is_there(cast, paragraph):
    with pytest.raises(NotFoundError):
        amend(cast, sent(cast), paragraph=paragraph)


def test_a_professional_amends_nothing(cast):
    with pytest.raises(NotAllowedError):
        amend(cast, sent(cast, by="social"), role="clerk")


def test_an_outsider_amends_nothing(cast, other):
    shown, hidden = sent(cast), drafted(cast, title="Hidden")

    with pytest.raises(NotFoundError):
        amend(other, shown)
    with pytest.raises(NotFoundError):
        amend(cast, hidden)


def test_nothing_is_amended_once_voting_began(cast):
    with pytest.raises(RefusalError):
        amend(cast, opened(cast))


def test_an_accepted_amendment_is_in_the_text_that_is_voted_on(cast):
    proposal = sent(cast)
    before = page(cast, proposal, at=NOW).text_hash
    settle(cast, amend(cast, proposal))

    found = page(cast, proposal, at=NOW)
    assert found.paragraphs == ("First.", "Second, better.")
    assert found.text_hash != before
    assert ledger.entries_of(cast.tax.at(), proposal)[-1].values["text"] == found.text_hash


def test_a_rejected_amendment_changes_nothing(cast):
    proposal = sent(cast)
    settle(cast, amend(cast, proposal), "rejected")

    found = page(cast, proposal, at=NOW)
    assert found.paragraphs == ("First.", "Second.")
    assert found.amendments[0].outcome == "rejected"


def test_two_wordings_of_one_paragraph_are_joined_by_hand(cast):
    proposal = sent(cast)
    first, second = amend(cast, proposal), amend(cast, proposal, "figures", text="Second and third.")
    settle(cast, first)

    with pytest.raises(RefusalError):
        settle(cast, second)
    settle(cast, second, text="Second, better, and third.")

    assert page(cast, proposal, at=NOW).paragraphs[1] == "Second, better, and third."


def test_settling_twice_settles_once(cast):
    proposal = sent(cast)
    amendment = amend(cast, proposal)
    settle(cast, amendment)
    settle(cast, amendment)

    kinds = [entry.kind for entry in ledger.entries_of(cast.tax.at(), proposal)]
    assert kinds.count("amendment.settled") == 1
    with pytest.raises(RefusalError):
        settle(cast, amendment, "rejected")


@pytest.mark.parametrize("role", ["social", "figures", "manager"])
def test_only_who_proposes_settles(cast, role):
    amendment = amend(cast, sent(cast))

    with pytest.raises(NotFoundError):
        settle(cast, amendment, role=role)


def test_an_unknown_way_of_settling_is_none(cast):
    with pytest.raises(NotFoundError):
        settle(cast, amend(cast, sent(cast)), "ignored")


def test_an_outsider_settles_nothing(cast, other):
    with pytest.raises(NotFoundError):
        settle(other, amend(cast, sent(cast)))


def test_voting_waits_until_every_amendment_is_settled(cast):
    proposal = sent(cast)
    amendment = amend(cast, proposal)

    with pytest.raises(RefusalError) as refused:
        open_voting(cast.manager.at(LATER), proposal_id=proposal)
    assert "1 amendement" in refused.value.text.in_language("nl")
    settle(cast, amendment, "rejected")
    open_voting(cast.manager.at(LATER), proposal_id=proposal)


def test_a_rejected_amendment_becomes_a_proposal_of_its_own_partner(cast):
    proposal = sent(cast)
    amendment = amend(cast, proposal)
    settle(cast, amendment, "rejected")

    draft = promote_amendment(cast.social.at(), amendment_id=amendment)

    assert promote_amendment(cast.social.at(), amendment_id=amendment) == draft
    assert queries.proposal(cast.social.at(), draft).paragraphs == ("First.", "Second, better.")
    with pytest.raises(NotFoundError):
        queries.proposal(cast.tax.at(), draft)


def test_promoting_instead_of_settling_gives_the_draft_to_the_partner(cast):
    proposal = sent(cast)
    amendment = amend(cast, proposal)

    assert settle(cast, amendment, "promoted").draft == ""
    draft = promote_amendment(cast.social.at(), amendment_id=amendment)
    assert queries.proposal(cast.social.at(), draft).own


def test_an_amendment_still_open_or_accepted_is_not_promoted(cast):
    proposal = sent(cast)
    amendment = amend(cast, proposal)

    with pytest.raises(RefusalError):
        promote_amendment(cast.social.at(), amendment_id=amendment)
    settle(cast, amendment)
    with pytest.raises(RefusalError):
        promote_amendment(cast.social.at(), amendment_id=amendment)


def test_nobody_promotes_the_amendment_of_another(cast, other):
    amendment = amend(cast, sent(cast))
    settle(cast, amendment, "rejected")

    for access in (cast.figures.at(), cast.manager.at(), other.tax.at()):
        with pytest.raises(NotFoundError):
            promote_amendment(access, amendment_id=amendment)
