"""What a form of ours sends says what its reader saw, and keeps what it has no field for."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from support.cast import NOW, Cast
from support.deciding import LATER, RICH, card, decided, opened, page, rich_cast, sent, vote
from support.pages import signed_in

from concordia.capabilities.alliances.commands import appoint, grant_mandate, revoke_mandate
from concordia.capabilities.alliances.queries import appointment
from concordia.capabilities.decisions.commands import propose_amendment, settle_amendment, start_new_round
from concordia.web.accounts import clock as door_clock
from concordia.web.accounts.entering import SEEN_AT, SIGNED_IN_AT
from concordia.web.shared import clock

pytestmark = pytest.mark.django_db
WORDS = {"title": "Words", "question": "Do we?", "procedure": "majority", "text": "Other."}


@pytest.fixture
def cast() -> Cast:
    return rich_cast()


@pytest.fixture
def browser(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """The browser of a role at LATER, who has just proved who they are."""
    monkeypatch.setattr(clock, "now", lambda: LATER)
    monkeypatch.setattr(door_clock, "now", lambda: LATER)

    def of(role: str, whose: Cast = cast) -> Client:
        client = signed_in(whose.members[role].user)
        session = client.session
        session[SEEN_AT] = session[SIGNED_IN_AT] = LATER.isoformat()
        proof = {"method": "mfa", "type": "webauthn", "at": LATER.timestamp()}
        session["account_authentication_methods"] = [proof]
        session["account_authentication_methods_user"] = whose.members[role].user
        session.save()
        return client

    return of


def form(client: Client, path: str, action: str) -> dict[str, str]:
    """The fields that a form of a page sends as they stand, none typed."""
    text = client.get(path).content.decode()
    found = re.search(rf'<form method="post"[^>]*action="[^"]*{action}/">(.*?)</form>', text, re.DOTALL)
    assert found, f"no form for {action}"
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found[1]))


def waiting_vote(cast: Cast) -> str:
    """A vote of social security beyond its mandate."""
    (given,) = appointment(cast.social.at(), cast.social.appointment).mandates
    revoke_mandate(cast.social.at(), mandate_id=given.id)
    proposal = opened(cast, "strategic")
    vote(cast, "social", proposal, ratify=True)
    return proposal


def with_mandate(cast: Cast, role: str) -> None:
    values = {"subjects": (), "limit_cents": None, "from_date": NOW.date(), "until_date": None}
    grant_mandate(cast.social.at(), appointment_id=cast.members[role].appointment, **values)


def test_who_has_no_seat_in_the_body_but_a_wider_mandate_ratifies_on_the_page(cast: Cast, browser) -> None:
    proposal = waiting_vote(cast)
    with_mandate(cast, "social_coordinator")
    client, path = browser("social_coordinator"), f"/a/{cast.key}/proposals/{proposal}/"

    client.post(f"{path}ratification/", form(client, path, "ratification"))

    assert card(cast, proposal, "social").ratified


def test_a_vote_that_was_changed_since_the_page_was_opened_is_not_ratified(cast: Cast, browser) -> None:
    proposal = waiting_vote(cast)
    with_mandate(cast, "social_coordinator")
    client, path = browser("social_coordinator"), f"/a/{cast.key}/proposals/{proposal}/"
    fields = form(client, path, "ratification")
    vote(cast, "social", proposal, "against", ratify=True)

    answer = client.post(f"{path}ratification/", fields)

    assert answer.status_code == 422
    assert not card(cast, proposal, "social").ratified


def test_pressing_extend_twice_extends_once(cast: Cast, browser) -> None:
    proposal = opened(cast, "written")
    client, path = browser("manager"), f"/a/{cast.key}/proposals/{proposal}/"
    fields, until = form(client, path, "extension"), page(cast, proposal).closes_at

    for _ in range(2):
        client.post(f"{path}extension/", fields)

    assert page(cast, proposal).closes_at == until + timedelta(days=3)


def test_changing_a_new_round_keeps_its_reason_and_what_it_replaces(cast: Cast, browser) -> None:
    old = decided(cast)
    failed = decided(cast, votes=("against",) * 3, title="Two", why="It saves a day.", replaces=old.id)
    again = start_new_round(cast.tax.at(LATER), proposal_id=failed.proposal)

    browser("tax").post(f"/a/{cast.key}/proposals/{again}/draft/", WORDS)

    found = page(cast, again, "tax")
    assert (found.title, found.why, found.replaces) == ("Words", "It saves a day.", (old.id, old.title))


def test_an_amount_of_trillions_stands_in_the_form_to_the_cent(cast: Cast, browser) -> None:
    failed = decided(cast, votes=("against",) * 3, amount_cents=2**53 - 1)
    again = start_new_round(cast.tax.at(LATER), proposal_id=failed.proposal)

    text = browser("tax").get(f"/a/{cast.key}/proposals/{again}/draft/").content.decode()

    assert "90071992547409.91" in text


def test_a_paragraph_that_changed_meanwhile_is_merged_on_the_page(cast: Cast, browser) -> None:
    proposal = sent(cast, "strategic")
    first, second = (
        propose_amendment(cast.social.at(), proposal_id=proposal, paragraph=0, text=text)
        for text in ("First, soon.", "First, well.")
    )
    settle_amendment(cast.tax.at(), amendment_id=first, outcome="accepted")
    client = browser("tax")
    text = client.get(f"/a/{cast.key}/proposals/{proposal}/").content.decode()
    assert 'name="text"' in text.split(f"amendments/{second}/settlement/")[1].split("</form>")[0]

    merged = {"outcome": "accepted", "text": "First, soon and well."}
    client.post(f"/a/{cast.key}/amendments/{second}/settlement/", merged)

    assert page(cast, proposal, at=NOW).paragraphs[0] == "First, soon and well."


def test_a_vote_by_phone_names_on_whose_word_where_two_can_bind(cast: Cast, browser) -> None:
    second = appoint(
        cast.social.at(),
        person_id=cast.social_coordinator.person,
        position="board-member",
        from_date=NOW.date(),
    )
    grant_mandate(
        cast.social.at(),
        appointment_id=second,
        subjects=(),
        limit_cents=None,
        from_date=NOW.date(),
        until_date=None,
    )
    proposal = opened(cast)
    fields = {"voter": "social", "choice": "for", "told_by": cast.social_coordinator.person}

    browser("manager").post(f"/a/{cast.key}/proposals/{proposal}/recorded/", fields)

    assert card(cast, proposal, "social").told_by == "Social coordinator of rich"


def test_who_has_two_seats_votes_gives_proxy_and_steps_aside_for_the_one_they_name(browser) -> None:
    charter = RICH.replace("seats: [alliance-coordinator]", "seats: [alliance-coordinator, board-member]")
    charter = charter.replace("    voters: people\n", "    voters: seats\n    proxy: true\n")
    cast = rich_cast("seats", charter)
    second = appoint(
        cast.social.at(),
        person_id=cast.social.person,
        position="alliance-coordinator",
        from_date=NOW.date(),
    )
    grant_mandate(
        cast.social.at(),
        appointment_id=second,
        subjects=(),
        limit_cents=None,
        from_date=NOW.date(),
        until_date=None,
    )
    proposal = opened(cast, "people")
    client = browser("social", cast)
    path = f"/a/{cast.key}/proposals/{proposal}/"
    text = client.get(path).content.decode()
    assert text.count('name="voter" required') == 2  # for a proxy, and for stepping aside

    for voter, choice in ((cast.social.appointment, "for"), (second, "against")):
        assert client.post(f"{path}ballot/", {"voter": voter, "choice": choice}).status_code == 303
    assert client.post(f"{path}recusal/", {"recusal-reason": "Ours."}).status_code == 422
    answer = client.post(f"{path}recusal/", {"recusal-reason": "Ours.", "voter": second})
    assert answer.status_code == 303
    answer = client.post(f"{path}proxy/", {"to": cast.tax.person, "voter": cast.social.appointment})
    assert answer.status_code == 303
    assert "Tax of seats" in client.get(path).content.decode()
    answer = client.post(f"{path}proxy/", {"act": "revoke", "voter": cast.social.appointment})
    assert answer.status_code == 303

    found = {one.key: one.choice for one in page(cast, proposal).positions}
    assert (found[cast.social.appointment], found[second]) == ("for", "recused")
