"""Forms sent twice, too late, or after somebody else went on: one result, and nothing typed is lost."""

from html import unescape

import pytest
from support.cast import Cast
from support.deciding import close, drafted, opened, sent, vote

from concordia.capabilities.decisions.commands import send_for_consultation, withdraw_proposal
from concordia.capabilities.decisions.models import Ballot, Decision, Involvement, Proposal
from concordia.capabilities.ledger.models import Leaf

from .conftest import Clock, Desk

DRAFT = {"title": "Another title", "question": "Do we?", "procedure": "majority", "text": "Typed for long."}


def leaves() -> int:
    return Leaf.objects.count()


@pytest.fixture
def later(hands: Clock) -> Clock:
    """After every period of involvement."""
    hands.pass_(days=15)
    return hands


def test_a_draft_sent_twice_is_one_draft(tax: Desk) -> None:
    first, second = tax.post("proposals/new/", DRAFT), tax.post("proposals/new/", DRAFT)

    assert first["Location"] == second["Location"]
    assert Proposal.objects.unscoped().count() == 1


def test_a_vote_sent_twice_is_one_vote(cast: Cast, later: Clock, tax: Desk) -> None:
    proposal = opened(cast)
    for _ in range(2):
        assert tax.post(f"proposals/{proposal}/ballot/", {"choice": "for"}).status_code == 303

    assert Ballot.objects.unscoped().filter(proposal_id=proposal).count() == 1


def test_an_answer_sent_twice_is_one_answer(cast: Cast, tax: Desk) -> None:
    proposal = sent(cast, by="social")
    for _ in range(2):
        tax.post(f"proposals/{proposal}/impact/", {"note": "Nothing.", "act": "give"})

    assert Involvement.objects.unscoped().filter(proposal_id=proposal).count() == 1


@pytest.mark.parametrize("act", ["consultation", "withdrawal"], ids=["sending twice", "taking back twice"])
def test_an_act_that_was_done_is_not_done_again_by_going_back(cast: Cast, tax: Desk, act: str) -> None:
    proposal = drafted(cast)
    tax.post(f"proposals/{proposal}/{act}/")
    before = leaves()

    again = tax.post(f"proposals/{proposal}/{act}/")

    assert again.status_code in {303, 422}
    assert leaves() == before


def test_closing_twice_decides_once(cast: Cast, later: Clock, desk_of) -> None:
    proposal = opened(cast)
    for role in ("tax", "social", "figures"):
        vote(cast, role, proposal)
    manager = desk_of("manager")
    manager.post(f"proposals/{proposal}/closing/")
    before = leaves()

    again = manager.post(f"proposals/{proposal}/closing/")

    assert again.status_code in {302, 422}
    assert Decision.objects.unscoped().count() == 1
    assert leaves() == before


def test_a_draft_that_a_colleague_sent_meanwhile_keeps_what_was_typed(cast: Cast, tax: Desk) -> None:
    proposal = drafted(cast)
    send_for_consultation(cast.tax.at(), proposal_id=proposal)

    answer = tax.post(f"proposals/{proposal}/draft/", DRAFT)

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "already sent or withdrawn and changes no more" in page
    assert "Typed for long." in page
    assert Proposal.objects.unscoped().get(id=proposal).title == "One calendar"


def test_an_amendment_that_comes_too_late_keeps_what_was_typed(cast: Cast, tax: Desk) -> None:
    proposal = sent(cast, by="social")
    withdraw_proposal(cast.social.at(), proposal_id=proposal)

    answer = tax.post(
        f"proposals/{proposal}/paragraphs/0/amendment/", {"text": "Typed for long.", "reason": "Because."}
    )

    page = unescape(answer.content.decode())
    assert answer.status_code in {404, 422}
    assert "Typed for long." in page
    assert "Because." in page


@pytest.mark.parametrize(
    ("where", "fields"),
    [
        ("ballot", {"choice": "against", "reason": "Typed for long."}),
        ("recusal", {"recusal-reason": "Typed for long."}),
        ("waiver", {"waiver-reason": "Typed for long."}),
        ("impact", {"note": "Typed for long.", "act": "give"}),
    ],
)
def test_what_comes_after_the_decision_is_refused_with_reason_and_shown_again(
    cast: Cast, later: Clock, tax: Desk, where: str, fields: dict[str, str]
) -> None:
    proposal = opened(cast, by="social")
    vote(cast, "social", proposal)
    close(cast, proposal)
    before = leaves()

    answer = tax.post(f"proposals/{proposal}/{where}/", fields)

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "What you filled in" in page
    assert "Typed for long." in page
    assert "This did not work" in page
    assert leaves() == before


def test_a_session_that_ended_while_writing_keeps_what_was_typed(tax: Desk, hands: Clock) -> None:
    hands.pass_(hours=2)
    ended = tax.post("proposals/new/", DRAFT)

    assert ended["Location"].startswith("/account/sign-in/?next=%2Faccount%2Fkept%2F")
    assert Proposal.objects.unscoped().count() == 0
    tax.sign_in()
    page = unescape(tax.client.get("/account/kept/").content.decode())
    assert "Typed for long." in page
    assert f'action="{tax.root}proposals/new/"' in page
    assert tax.post("proposals/new/", DRAFT).status_code == 303


def test_what_one_person_typed_is_not_shown_to_the_next(tax: Desk, hands: Clock) -> None:
    hands.pass_(hours=2)
    tax.post("proposals/new/", DRAFT)
    tax.role = "social"
    tax.sign_in()

    answer = tax.client.get("/account/kept/")

    assert "Typed for long." not in answer.content.decode()


def test_a_binding_act_in_a_stale_session_keeps_what_was_typed(cast: Cast, later: Clock, tax: Desk) -> None:
    proposal = opened(cast)
    later.pass_(minutes=11)

    asked = tax.post(f"proposals/{proposal}/ballot/", {"choice": "for", "reason": "Typed for long."})

    assert asked["Location"].startswith("/account/confirm/")
    assert "Typed for long." in tax.client.get("/account/kept/").content.decode()
    assert Ballot.objects.unscoped().count() == 0


def test_two_people_that_withdraw_and_send_at_once_see_what_the_first_did(cast: Cast, tax: Desk) -> None:
    proposal = drafted(cast)
    tax.post(f"proposals/{proposal}/withdrawal/")

    answer = tax.post(f"proposals/{proposal}/consultation/")

    assert answer.status_code == 422
    assert "withdrawn" in answer.content.decode()
    assert Proposal.objects.unscoped().get(id=proposal).sent_at is None
