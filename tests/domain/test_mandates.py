"""A mandate covers by subject, amount and date; mandates are never added up."""

from datetime import date

import pytest

from concordia.domain.mandates import Mandate, covers, euros

TODAY = date(2026, 6, 15)


def mandate(*subjects: str, limit=None, since=date(2026, 1, 1), until=None) -> Mandate:
    return Mandate(subjects, limit, since, until)


def test_nobody_binds_without_a_mandate():
    found = covers([], [], None, TODAY)
    assert not found.ok
    assert "not given you a mandate" in found.reason.in_language("en")


def test_a_mandate_without_subjects_covers_all_of_them():
    assert covers([mandate()], ["data", "money"], 10**12, TODAY).ok


def test_a_subject_outside_the_mandate_is_named():
    found = covers([mandate("data")], ["data", "money"], None, TODAY)
    assert not found.ok
    assert found.reason.plain() == {
        "nl": "Uw mandaat gaat niet over: money.",
        "en": "Your mandate does not cover: money.",
    }


@pytest.mark.parametrize(("amount", "ok"), [(25_000_000, True), (25_000_001, False), (None, True), (0, True)])
def test_an_amount_up_to_the_limit_is_covered(amount, ok):
    assert covers([mandate(limit=25_000_000)], [], amount, TODAY).ok is ok


def test_the_limit_and_what_is_asked_are_both_told():
    reason = covers([mandate(limit=25_000_000)], [], 25_000_050, TODAY).reason
    assert "€250,000; this proposal needs €250,000.50" in reason.in_language("en")
    assert "€ 250.000; dit voorstel vraagt € 250.000,50" in reason.in_language("nl")


@pytest.mark.parametrize(
    ("day", "ok"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_the_first_and_the_last_day_belong_to_a_mandate(day, ok):
    assert covers([mandate(until=date(2026, 12, 31))], [], None, day).ok is ok


def test_two_mandates_are_not_added_up():
    held = [mandate("data"), mandate("money")]
    assert covers(held, ["money"], None, TODAY).ok
    assert not covers(held, ["data", "money"], None, TODAY).ok
    assert not covers([mandate(limit=100), mandate(limit=100)], [], 200, TODAY).ok


def test_one_mandate_that_covers_is_enough():
    assert covers([mandate("data", limit=1), mandate(limit=500)], ["money"], 500, TODAY).ok


def test_subjects_read_once_are_held_against_every_mandate():
    assert not covers([mandate("data"), mandate("money")], iter(["rules"]), None, TODAY).ok


@pytest.mark.parametrize(
    ("cents", "nl", "en"),
    [(0, "€ 0", "€0"), (5, "€ 0,05", "€0.05"), (123_456_789, "€ 1.234.567,89", "€1,234,567.89")],
)
def test_an_amount_is_written_as_its_language_does(cents, nl, en):
    assert (euros(cents, "nl"), euros(cents, "en")) == (nl, en)
