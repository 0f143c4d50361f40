"""A decision makes way for a later one: from its page, by a proposal of its own, once."""

from html import unescape

import pytest
from support.cast import Cast, make_cast
from support.deciding import BOARD, close, decided, opened, vote
from support.pages import signed_in

from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.models import Decision, Proposal

pytestmark = pytest.mark.django_db
FORM = {"title": "Two calendars", "question": "Do we keep two?", "text": "Better.", "procedure": "majority"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def address(cast: Cast, rest: str) -> str:
    return f"/a/{cast.key}/{rest}"


def adopt(cast: Cast, **changes: str) -> queries.DecisionPage:
    proposal = opened(cast, **changes)
    for role in BOARD:
        vote(cast, role, proposal, "for")
    return close(cast, proposal)


def test_who_may_propose_gets_from_a_decision_to_a_proposal_that_replaces_it(cast: Cast) -> None:
    old = decided(cast)
    board = signed_in(cast.tax.user)
    link = address(cast, f"proposals/new/?replaces={old.id}")
    assert link in board.get(address(cast, f"decisions/{old.id}/")).content.decode()

    page = unescape(board.get(link, headers={"accept-language": "en"}).content.decode())
    assert f"{old.number}, {old.title}" in page
    assert board.post(link, FORM).status_code == 303

    assert Proposal.objects.unscoped().get(title="Two calendars").replaces_id == old.id


def test_an_adopted_successor_stands_on_the_page_of_the_old_decision(cast: Cast) -> None:
    old = decided(cast)
    new = adopt(cast, replaces=old.id)

    page = signed_in(cast.social.user).get(address(cast, f"decisions/{old.id}/")).content.decode()

    assert address(cast, f"decisions/{new.id}/") in page
    assert "?replaces=" not in page  # once is enough
    assert [entry.kind for entry in new.entries].count("decision.adopted") == 1


def test_of_two_successors_the_first_takes_the_place(cast: Cast) -> None:
    old = decided(cast)
    first, second = opened(cast, replaces=old.id), opened(cast, replaces=old.id, title="Another")
    for proposal in (first, second):
        for role in BOARD:
            vote(cast, role, proposal, "for")

    one, other = close(cast, first), close(cast, second)

    assert (one.verdict, other.verdict) == ("adopted", "adopted")
    assert list(Decision.objects.unscoped().filter(replaces_id=old.id).values_list("id", flat=True)) == [
        one.id
    ]


def test_the_decision_of_others_cannot_be_replaced(cast: Cast) -> None:
    other = make_cast("other")
    theirs = decided(other)

    assert (
        signed_in(cast.tax.user).get(address(cast, f"proposals/new/?replaces={theirs.id}")).status_code == 404
    )


def test_what_was_replaced_is_refused_with_a_sentence_and_what_was_typed(cast: Cast) -> None:
    old = decided(cast)
    adopt(cast, replaces=old.id)

    answer = signed_in(cast.tax.user).post(address(cast, f"proposals/new/?replaces={old.id}"), FORM)

    assert answer.status_code == 422
    assert "Two calendars" in answer.content.decode()
    assert not Proposal.objects.unscoped().filter(title="Two calendars").exists()
