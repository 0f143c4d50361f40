"""Pages show partners as equals, with one thing that is first to do."""

import re
from datetime import timedelta

import pytest
from support.cast import NOW, Cast, make_cast
from support.deciding import LATER, decided, opened, sent, vote
from support.pages import signed_in

from concordia.web.accounts import clock as door_clock
from concordia.web.shared import clock
from concordia.web.shared.marks import in_turn

pytestmark = pytest.mark.django_db
NAMES = ("Tax office", "Social security", "Statistics")
PRIMARY = re.compile(r'<(?:button|a class="button)(?! second)(?![^>]*(?:second|plain|small))[^>]*>(.*?)</')


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    at(monkeypatch, LATER)
    return make_cast()


def at(monkeypatch: pytest.MonkeyPatch, moment) -> None:
    for one in (clock, door_clock):
        monkeypatch.setattr(one, "now", lambda: moment)


def first_named(html: str, inside: str) -> str:
    """The partner that is named first below a heading."""
    below = html[html.index(inside) :]
    return min(NAMES, key=lambda name: below.index(f">{name}<"))


def test_everybody_has_a_turn_to_come_first() -> None:
    days = [NOW + timedelta(days=day) for day in range(3)]
    assert {in_turn("abc", day)[0] for day in days} == {"a", "b", "c"}
    assert all(sorted(in_turn("abc", day)) == list("abc") for day in days)
    assert in_turn((), NOW) == []


@pytest.mark.parametrize(
    ("place", "inside"),
    [("", "The partners"), ("alliance/", "as equals"), ("register/", "<table"), ("people/", "</h1>")],
)
def test_another_partner_comes_first_every_day(
    monkeypatch: pytest.MonkeyPatch, cast: Cast, place: str, inside: str
) -> None:
    firsts = set()
    for day in range(3):
        at(monkeypatch, LATER + timedelta(days=day))
        html = signed_in(cast.tax.user).get(f"/a/{cast.key}/{place}").content.decode()
        firsts.add(first_named(html, inside))
    assert firsts == set(NAMES)


def test_who_chairs_and_has_not_voted_votes_first(cast: Cast) -> None:
    proposal = opened(cast)
    chairs = next(
        role for role in ("tax", "social", "figures") if "Close the vote" in see(cast, role, proposal)
    )
    assert PRIMARY.findall(main(see(cast, chairs, proposal))) == ["Vote"]

    for role in ("tax", "social", "figures"):
        vote(cast, role, proposal)
    assert "Close the vote" in PRIMARY.findall(main(see(cast, chairs, proposal)))


def test_the_partners_of_a_decision_carry_their_strands(cast: Cast) -> None:
    decision = decided(cast)
    html = signed_in(cast.tax.user).get(f"/a/{cast.key}/decisions/{decision.id}/").content.decode()
    tally = html[html.index("<table") : html.index("</table>")]
    assert all(f"strand-{place}" in tally for place in range(3))


def test_who_may_not_chair_reads_who_does_in_words(cast: Cast) -> None:
    proposal = sent(cast)
    html = see(cast, "social", proposal)
    assert "This is for the chair (now " in html


def see(cast: Cast, role: str, proposal: str) -> str:
    return signed_in(cast.members[role].user).get(f"/a/{cast.key}/proposals/{proposal}/").content.decode()


def main(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]
