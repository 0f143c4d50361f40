"""A shared log is read by its alliance, a private one by its partner, a value by the parties it names."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from support.house import NOW, House, make_house

from concordia.capabilities.ledger.commands import erase_subject, stop_log
from concordia.capabilities.ledger.facts import ALTERED, BEHIND, DIVERGED, UNSURE, stop_reason
from concordia.capabilities.ledger.queries import entries_of, entry, register_page
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError
from concordia.kernel.ids import new_id


def test_a_page_shows_the_newest_entries_first(house: House) -> None:
    house.fill(7)
    page = register_page(house.access("social"), limit=3)
    assert [line.n for line in page.entries] == [6, 5, 4]
    assert page.entries[0].values == {"title": "Decision 6"}
    assert (page.size, page.older, page.stopped, page.private) == (7, 4, None, False)


def test_pages_follow_each_other_to_the_first_entry(house: House) -> None:
    house.fill(7)
    access, seen, before = house.access("tax"), [], None
    while True:
        page = register_page(access, before, limit=3)
        seen += [line.n for line in page.entries]
        before = page.older
        if before is None:
            break
    assert seen == [6, 5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize("before", [-4, 0, 99, 10**30])
def test_a_page_beyond_the_ends_is_no_failure(house: House, before: int) -> None:
    house.fill(2)
    page = register_page(house.access("tax"), before)
    assert [line.n for line in page.entries] == ([] if before <= 0 else [1, 0])


def test_an_empty_log_has_an_empty_page(house: House) -> None:
    page = register_page(house.access("tax"))
    assert (page.entries, page.older, page.size) == ((), None, 0)


def test_values_are_for_the_parties_an_entry_names(house: House) -> None:
    two = (house.partners["tax"], house.partners["social"])
    house.record(house.fact(audience=two, title="Between us two"))
    for partner, values in [("tax", 1), ("social", 1), ("figures", 0), (None, 0)]:
        line = entry(house.access(partner), 0)
        assert (line.kind, len(line.values)) == ("decision.adopted", values), partner


def test_whoever_made_an_entry_may_open_it(house: House) -> None:
    house.record(house.fact(by="figures", audience=(), title="Our own"))
    assert entry(house.access("figures"), 0).values == {"title": "Our own"}
    assert entry(house.access("tax"), 0).values == {}


def test_people_of_the_alliance_open_what_names_the_alliance(house: House) -> None:
    house.record(house.fact(title="For all"))
    assert entry(house.access(None), 0).values == {"title": "For all"}


def test_a_private_log_is_seen_by_its_partner_only(house: House) -> None:
    house.record(house.fact(audience=(house.partners["tax"],), title="A draft"), private_to="tax")
    (line,) = register_page(house.access("tax"), private=True).entries
    assert line.values == {"title": "A draft"}
    assert register_page(house.access("social"), private=True).entries == ()
    assert register_page(house.access("tax")).entries == ()
    with pytest.raises(NotFoundError):
        register_page(house.access(None), private=True)


def test_other_alliances_and_outsiders_find_nothing(house: House) -> None:
    house.record()
    assert register_page(make_house().access("tax")).entries == ()
    for stranger in (Access(now=NOW), Access(now=NOW, alliance=house.alliance)):
        with pytest.raises(NotFoundError):
            register_page(stranger)
    with pytest.raises(NotFoundError):
        entry(make_house().access("tax"), 0)


@pytest.mark.parametrize("n", [-1, 1, 10**30])
def test_an_entry_that_is_not_there_is_not_found(house: House, n: int) -> None:
    house.record()
    with pytest.raises(NotFoundError):
        entry(house.access("tax"), n)


def test_everything_about_an_object_in_order(house: House) -> None:
    house.fill(11)
    assert [line.n for line in entries_of(house.access("tax"), "dec_1")] == [1, 6]
    assert entries_of(house.access("tax"), "dec_none") == ()


def test_an_erased_value_shows_that_it_was_there(house: House) -> None:
    person = new_id("per")
    house.record(house.fact(title="Appointed", personal={"person": (person, "A chair")}))
    assert entry(house.access("social"), 0).values == {"person": "A chair", "title": "Appointed"}
    erase_subject(house.access("tax"), person, "on request")
    assert entry(house.access("social"), 0).values == {"person": None, "title": "Appointed"}


def test_a_page_costs_three_queries_whatever_it_shows(house: House) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            register_page(house.access("tax"))
        return len(captured)

    house.fill(3)
    few = cost()
    house.fill(60)
    assert cost() == few == 3


def test_a_stopped_log_is_read_as_before_and_says_why(house: House) -> None:
    house.fill(2)
    stop_log(house.log.id, BEHIND, 9)
    page = register_page(house.access("tax"))
    assert len(page.entries) == 2
    assert page.stopped is not None
    assert "9 entries were signed" in page.stopped.in_language("en")


@pytest.mark.parametrize("word", [BEHIND, ALTERED, DIVERGED, UNSURE])
def test_every_reason_is_a_sentence_in_both_languages(word: str) -> None:
    reason = stop_reason(f"{word} 17")
    assert reason is not None
    assert reason.in_language("nl") != reason.in_language("en")
    assert reason.in_language("nl").endswith(".")
    assert stop_reason("") is None
