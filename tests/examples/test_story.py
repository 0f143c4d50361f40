"""The story of the example is told in office hours, whenever it is built."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concordia.capabilities.accounts.queries import example_people
from concordia.capabilities.ledger.models import Cosignature, Leaf
from concordia.demo import build_example
from concordia.demo.stage import working_hours
from concordia.web.accounts.example import first_person

HOME = ZoneInfo("Europe/Amsterdam")
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))


@given(MOMENTS)
def test_a_moment_of_the_story_is_on_a_working_day_between_nine_and_six(moment: datetime) -> None:
    found = working_hours(moment).astimezone(HOME)
    assert (found.weekday() < 5, 9 <= found.hour < 18) == (True, True)
    assert found <= moment + timedelta(hours=9)


@given(MOMENTS, MOMENTS)
def test_what_was_later_never_becomes_earlier(one: datetime, other: datetime) -> None:
    early, late = sorted((one, other))
    assert working_hours(early) <= working_hours(late)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "now",
    ["2026-11-23T23:30", "2026-03-29T01:10", "2026-10-25T00:40", "2026-08-08T12:00", "2026-11-27T05:30"],
)
def test_the_story_can_be_told_at_any_hour_and_ends_before_it(now: str) -> None:
    ends = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert build_example(ends)

    acts = list(Leaf.objects.values_list("kind", "at"))
    assert len(acts) > 70
    assert max(at for _, at in acts) <= ends
    told = [at.astimezone(HOME) for _, at in acts]
    assert [at for at in told if at.weekday() > 4 or not 9 <= at.hour < 18] == []


@pytest.mark.django_db
def test_a_partner_verifies_after_it_registered_its_witness() -> None:
    ends = datetime(2026, 11, 27, 5, 30, tzinfo=UTC)
    assert build_example(ends)

    registered = max(Leaf.objects.filter(kind="witness.registered").values_list("at", flat=True))
    looked = list(Cosignature.objects.unscoped().values_list("signed_at", flat=True))
    assert len(looked) == 2
    assert registered < min(looked) <= max(looked) < ends


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "name"), [("nl", "Bestuurslid Belastingdienst"), ("en", "Board member, Tax Administration")]
)
def test_whoever_enters_the_example_begins_as_a_board_member_of_the_tax_administration(
    language: str, name: str
) -> None:
    assert build_example(language=language)

    assert {person.id: person.name for person in example_people()}[first_person()] == name
