"""What a page tells somebody to do next is possible, wise and true."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.template import loader
from support.cast import Cast
from support.deciding import LATER, decided, opened, rich_cast, sent, vote
from support.pages import signed_in

from concordia.capabilities.accounts.models import User
from concordia.web.accounts import clock as door_clock
from concordia.web.shared import clock

pytestmark = pytest.mark.django_db
EARLY = re.compile(r'<button class="second">Close the vote</button>')


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: LATER + timedelta(minutes=1))
    monkeypatch.setattr(door_clock, "now", lambda: LATER + timedelta(minutes=1))
    made = rich_cast()
    User.objects.update(language="en")
    return made


def main_of(cast: Cast, role: str, path: str) -> str:
    """What stands in the middle of a page, on one line."""
    answer = signed_in(cast.members[role].user).get(f"/a/{cast.key}/{path}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode().partition("<main")[2])


def proposal_page(cast: Cast, role: str, proposal: str) -> str:
    return main_of(cast, role, f"proposals/{proposal}/")


def test_who_leads_a_vote_reads_who_did_not_vote_and_is_not_urged_to_close(cast: Cast) -> None:
    proposal = opened(cast)
    vote(cast, "social", proposal)
    page = proposal_page(cast, "manager", proposal)
    assert "For the chair" not in page
    assert EARLY.search(page)
    silent = re.search(r"Not voted yet: ([^.]*)\. After closing nobody can vote any more\.", page)
    assert silent is not None
    assert sorted(silent[1].split(", ")) == ["Statistics", "Tax office"]

    for role in ("tax", "figures"):
        vote(cast, role, proposal)
    page = proposal_page(cast, "manager", proposal)
    assert "Not voted yet:" not in page
    assert "Close the vote" in page
    assert not EARLY.search(page)


def test_an_adopted_proposal_offers_no_new_round_and_one_that_failed_does(cast: Cast) -> None:
    adopted, failed = decided(cast), decided(cast, votes=("against", "against", "against"))
    pages = [proposal_page(cast, "social", one.proposal) for one in (adopted, failed)]
    assert ["Begin a new round" in page for page in pages] == [False, True]
    assert all("How this was decided" in page for page in pages)


def test_who_does_not_vote_reads_when_voting_closes(cast: Cast) -> None:
    proposal = opened(cast, "written")
    assert "<dt>Voting closes</dt>" in proposal_page(cast, "clerk", proposal)


def test_an_answer_that_must_be_given_is_not_called_optional(cast: Cast) -> None:
    page = proposal_page(cast, "social", sent(cast))
    asked = page.partition("What does this mean for your organization?")[2].partition("</label>")[0]
    assert "optional" not in asked


def test_who_works_for_the_alliance_as_a_whole_is_shown_on_from_the_page_of_verifying(cast: Cast) -> None:
    page = main_of(cast, "manager", "register/verification/")
    assert "On your own computer" not in page
    assert f'<a href="/a/{cast.key}/register/">the register</a>' in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Fill this in.", "Make a choice.", "This is too long: at most 200 characters, now 201.")),
        ("nl", ("Vul dit in.", "Maak een keuze.", "Dit is te lang: hoogstens 200 tekens, nu 201.")),
    ],
)
def test_a_refused_form_says_what_to_do_in_plain_words(
    cast: Cast, language: str, said: tuple[str, ...]
) -> None:
    User.objects.update(language=language)
    answer = signed_in(cast.tax.user).post(f"/a/{cast.key}/proposals/new/", {"title": "x" * 201})
    assert answer.status_code == 422
    assert [sentence for sentence in said if sentence not in answer.content.decode()] == []


def test_the_bar_of_the_example_names_who_is_really_looking() -> None:
    """The bar exists only in an installation that is the example from its start, so it is rendered by itself here."""
    given = {"url": lambda name: "/hat/", "t": lambda nl, en: en, "csrf_input": "", "path": "/"}
    hats = [SimpleNamespace(id="usr_1", name="Board member")]
    for me, name in (("usr_1", "Board member"), ("usr_2", "A colleague who joined")):
        page = loader.get_template("shared/hats.html").render(
            given | {"hats": hats, "me": me, "user_name": name}
        )
        assert re.findall(r"<option [^>]*selected>(.*?)</option>", page) == [name]
