"""The register of decisions: filtered by what is known of a decision, a page at a time."""

from datetime import timedelta
from importlib import import_module

import pytest
from support.deciding import LATER, close, decided, drafted, opened, vote

from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import open_voting, send_for_consultation

pytestmark = pytest.mark.django_db
NEXT_YEAR = LATER + timedelta(days=365)


def titles(cast, *, at=LATER, **filters):
    return [line.title for line in queries.decisions(cast.social.at(at), **filters).lines]


@pytest.fixture
def three(cast):
    """Adopted by the board, rejected by the board, and adopted a year later by the table."""
    decided(cast, title="Adopted")
    decided(cast, title="Rejected", votes=("against",) * 3, by="figures")
    late = drafted(cast, "people", title="Late", by="manager")
    send_for_consultation(cast.manager.at(NEXT_YEAR), proposal_id=late)
    open_voting(cast.manager.at(NEXT_YEAR), proposal_id=late)
    close(cast, late, at=NEXT_YEAR)
    return cast


def test_decisions_are_filtered_by_outcome_body_year_and_who_put_them_forward(three):
    cast = three

    assert titles(cast)[0] == "Late"
    assert sorted(titles(cast)) == ["Adopted", "Late", "Rejected"]
    assert titles(cast, verdict="adopted") == ["Adopted"]
    assert titles(cast, verdict="rejected", year=LATER.year) == ["Rejected"]
    assert titles(cast, year=NEXT_YEAR.year) == ["Late"]
    assert titles(cast, body="table") == ["Late"]
    assert titles(cast, partner=cast.partners["figures"]) == ["Rejected"]
    assert titles(cast, partner=cast.partners["tax"], words="adopt") == ["Adopted"]
    assert titles(cast, partner=cast.partners["tax"], verdict="rejected") == []
    assert titles(cast, verdict="nonsense") == []


def test_what_can_be_filtered_by_is_offered(three):
    found = queries.decisions(three.social.at(NEXT_YEAR))

    assert found.years == (NEXT_YEAR.year, LATER.year)
    assert [key for key, _ in found.bodies] == ["board", "table"]


def test_the_register_goes_on_where_a_page_ends(cast, monkeypatch):
    module = import_module("concordia.capabilities.decisions.queries.decisions")
    monkeypatch.setattr(module, "PAGE", 2)
    for title in ("First", "Second", "Third"):
        decided(cast, title=title)

    newest = queries.decisions(cast.social.at(LATER))
    rest = queries.decisions(cast.social.at(LATER), before=newest.older)

    assert len(newest.lines) == 2
    assert sorted(line.title for line in (*newest.lines, *rest.lines)) == ["First", "Second", "Third"]
    assert rest.older == ""


def test_decisions_of_another_alliance_are_not_found(three, other):
    assert titles(other) == []
    assert titles(other, words="Adopted") == []


def test_a_vote_that_still_runs_is_no_decision(cast):
    vote(cast, "tax", opened(cast, title="Running"))

    assert titles(cast) == []
