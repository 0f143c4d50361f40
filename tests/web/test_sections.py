"""Changing the charter section by section: one sees how it reads before anything is saved."""

import pytest
from support.cast import NOW, Cast, make_cast
from support.pages import signed_in

from concordia.capabilities.alliances.commands import draft_charter
from concordia.capabilities.alliances.queries import charter_version

pytestmark = pytest.mark.django_db
TEXT = "year:\n  - {by: 12-15, what: Year plan}\n"


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


@pytest.fixture
def draft(cast: Cast) -> str:
    return draft_charter(cast.tax.at(NOW))


def page(cast: Cast, draft: str, **options):
    client = signed_in(cast.tax.user)
    path = f"/a/{cast.key}/charter/drafts/{draft}/sections/year/"
    return client.post(path, {"text": TEXT, **options.pop("fields", {})}, **options)


def test_looking_shows_how_it_reads_and_saves_nothing(cast, draft):
    answer = page(cast, draft, fields={"look": "1"})

    assert answer.status_code == 200
    assert "15 december" in answer.content.decode().lower()
    assert TEXT.splitlines()[1].strip() in answer.content.decode()
    assert not charter_version(cast.tax.at(NOW), draft).charter.year


def test_while_typing_only_the_reading_comes(cast, draft):
    answer = page(cast, draft, fields={"look": "1"}, headers={"HX-Request": "true", "HX-Target": "reading"})

    assert answer.content.decode().strip().startswith('<aside id="reading"')
    assert "15 december" in answer.content.decode().lower()


def test_what_is_wrong_is_told_while_typing(cast, draft):
    fields = {"look": "1", "text": "year:\n  - {by: 31-12, what: Report}\n"}
    answer = page(cast, draft, fields=fields, headers={"HX-Request": "true", "HX-Target": "reading"})

    assert answer.status_code == 200
    assert "year" in answer.content.decode()
    assert "<li" in answer.content.decode()


def test_saving_keeps_the_section_and_goes_back_to_the_draft(cast, draft):
    answer = page(cast, draft)

    assert answer.status_code == 303
    assert charter_version(cast.tax.at(NOW), draft).charter.year


def test_a_faulty_section_is_refused_with_what_was_typed(cast, draft):
    answer = page(cast, draft, fields={"text": "year:\n  - {by: never}\n"})

    assert answer.status_code == 422
    assert "{by: never}" in answer.content.decode()
    assert not charter_version(cast.tax.at(NOW), draft).charter.year
