"""What belongs to others, asked for by its own id: the answer is that of something that is not there."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from support.cast import NOW, Cast
from support.deciding import decided, drafted, rich_cast

from concordia.capabilities.accounts.commands import claim_attempt
from concordia.capabilities.accounts.models import User
from concordia.capabilities.alliances.commands import draft_charter, end_appointment
from concordia.capabilities.alliances.models import Mandate
from concordia.capabilities.alliances.queries import alliances_of
from concordia.capabilities.decisions.commands import add_paper
from concordia.capabilities.ledger.models import Leaf
from concordia.kernel.ids import new_id

from .conftest import Clock, Desk


@dataclass
class Theirs:
    """Ids of everything another alliance has."""

    alliance: str
    places: list[str]


@pytest.fixture
def theirs(cast: Cast) -> Theirs:
    """Another alliance with a draft, a paper, a decision, a mandate and a draft of its charter."""
    other = rich_cast("elsewhere")
    draft, decision = drafted(other), decided(other)
    paper = add_paper(other.tax.at(), proposal_id=draft, name="a.txt", content=b"theirs")
    charter = draft_charter(other.tax.at())
    mandate = Mandate.objects.unscoped().filter(alliance_id=other.alliance).first()
    assert mandate
    places = [
        *(f"people/{other.clerk.person}/{rest}" for rest in ("", "invitation/", "appointment/", "erasure/")),
        *(
            f"appointments/{other.clerk.appointment}/{rest}/"
            for rest in ("notice", "handover", "end", "mandate")
        ),
        f"mandates/{mandate.id}/withdrawal/",
        *(f"charter/drafts/{charter}/{rest}" for rest in ("", "upload/", "discard/", "proposal/")),
        f"charter/drafts/{charter}/sections/partners/",
        *(f"proposals/{draft}/{rest}" for rest in ("", "draft/", "papers/", "consultation/", "withdrawal/")),
        *(
            f"proposals/{draft}/{rest}/"
            for rest in ("round", "impact", "waiver", "notes", "voting", "ballot")
        ),
        *(f"proposals/{draft}/{rest}/" for rest in ("recorded", "recusal", "proxy", "ratification")),
        *(f"proposals/{draft}/{rest}/" for rest in ("extension", "closing", "paragraphs/0/amendment")),
        *(f"papers/{paper}/{rest}" for rest in ("", "removal/")),
        *(f"decisions/{decision.id}/{rest}" for rest in ("", "extract.pdf", "outcome/", "receipt/")),
        f"decisions/?before={decision.id}",
        f"proposals/?before={draft}",
    ]
    return Theirs("elsewhere", places)


FIELDS = {
    "choice": "for",
    "reason": "Because.",
    "waiver-reason": "Because.",
    "recusal-reason": "Because.",
    "text": "Words.",
    "note": "Words.",
    "title": "Words",
    "question": "Words",
    "procedure": "majority",
    "outcome": "Words.",
    "state": "done",
    "until_date": "2026-04-01",
    "from_date": "2026-03-02",
    "position": "professional",
    "ground": "Because.",
}


def test_no_address_opens_or_changes_what_another_alliance_has(tax: Desk, theirs: Theirs) -> None:
    before = Leaf.objects.count()
    answers = {}

    for place in theirs.places:
        answers[f"GET {place}"] = tax.get(place).status_code
        answers[f"POST {place}"] = tax.post(place, FIELDS).status_code

    assert {place: status for place, status in answers.items() if status not in {404, 405, 422}} == {}
    assert sum(status == 404 for status in answers.values()) > 40
    assert Leaf.objects.count() == before


def test_a_form_that_lacks_something_tells_nothing_about_what_another_has(tax: Desk, theirs: Theirs) -> None:
    for place in theirs.places:
        page = tax.post(place, {}).content.decode()
        assert "One calendar" not in page, place


def test_the_address_of_another_alliance_is_that_of_none(tax: Desk, theirs: Theirs) -> None:
    for place in ["", "people/", "charter/", "register/", *theirs.places]:
        assert tax.client.get(f"/a/{theirs.alliance}/{place}").status_code in {404, 405}, place
        assert tax.client.post(f"/a/{theirs.alliance}/{place}", FIELDS).status_code in {404, 405}, place


def test_people_of_others_cannot_be_chosen_in_a_form(cast: Cast, theirs: Theirs, desk_of: Callable) -> None:
    decision = decided(cast)
    other = theirs.places[0].split("/")[1]
    fields = {"outcome": "Words.", "owner": other, "review_date": ""}

    answer = desk_of("manager").post(f"decisions/{decision.id}/outcome/", fields)

    assert answer.status_code == 422


def test_who_tries_hundreds_of_ids_is_signed_out_and_noted(
    tax: Desk, cast: Cast, hands: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "concordia.security")
    for _ in range(600):
        claim_attempt("absent", cast.tax.user, hands.time)

    answer = tax.get(f"proposals/{new_id('pro')}/")

    assert answer.status_code == 302
    assert "/account/sign-in/" in answer["Location"]
    assert f"absent slowed account={cast.tax.user}" in caplog.text
    assert tax.get("").status_code == 302  # the session is over

    hands.pass_(minutes=30)
    tax.sign_in()
    assert tax.get(f"proposals/{new_id('pro')}/").status_code == 404


def test_every_refusal_inside_an_alliance_is_noted_without_its_address(
    tax: Desk, cast: Cast, desk_of: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "concordia.security")
    proposal = new_id("pro")
    tax.get(f"proposals/{proposal}/")
    desk_of("clerk").get(f"people/{cast.tax.person}/erasure/")

    assert f"refused 404 proposal account={cast.tax.user}" in caplog.text
    assert f"refused 403 person-erasure account={cast.clerk.user}" in caplog.text
    assert proposal not in caplog.text


def test_an_address_that_was_mistyped_ends_nothing(tax: Desk) -> None:
    for _ in range(20):
        assert tax.get(f"proposals/{new_id('pro')}/").status_code == 404

    assert tax.get("").status_code == 200


def test_a_new_account_with_an_old_name_and_address_sees_nothing_old(tax: Desk, cast: Cast) -> None:
    draft = drafted(cast)
    end_appointment(cast.tax.at(), appointment_id=cast.clerk.appointment)
    old = User.objects.get(pk=cast.clerk.user)
    name, email = old.name, "clerk@tax.example"
    User.objects.filter(pk=old.pk).delete()
    new = User.objects.create(name=name, email=email, date_joined=NOW)
    cast.members["clerk"].user = new.pk
    desk = Desk(cast, "clerk", tax.hands)

    assert desk.get("").status_code == 404
    assert desk.get(f"proposals/{draft}/").status_code == 404
    assert alliances_of(str(new.pk), NOW) == ()
