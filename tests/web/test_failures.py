"""A page of a failure says what happened and keeps what was typed, in words and not in names of fields."""

import re

import pytest
from django import forms
from django.test import Client
from support.cast import NOW, Cast, make_cast
from support.pages import signed_in

from concordia.web.alliances import forms as of_alliances
from concordia.web.decisions import forms as of_decisions
from concordia.web.home import forms as of_home
from concordia.web.register import forms as of_register
from concordia.web.shared import clock
from concordia.web.shared.failures import _TYPED

pytestmark = pytest.mark.django_db
HIDDEN = {"voter"}  # a field that a page fills in


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast()


def strict(cast: Cast) -> Client:
    """A browser whose forms are checked for coming from our own pages."""
    client = signed_in(cast.tax.user)
    client.handler.enforce_csrf_checks = True
    return client


@pytest.mark.parametrize("module", [of_alliances, of_decisions, of_home, of_register])
def test_every_field_in_which_people_type_has_a_word(module: object) -> None:
    made = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, forms.BaseForm)]
    typed = {
        name
        for form in made
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField | forms.DateField) and name not in HIDDEN
    }
    assert typed <= set(_TYPED)


def test_a_form_that_expired_shows_what_was_typed_and_no_name_of_a_field(cast: Cast) -> None:
    sent = {"title": "Een titel", "question": "Doen wij dit?", "procedure": "majority", "next": "/x/"}
    answer = strict(cast).post(f"/a/{cast.key}/proposals/new/", sent)
    page = answer.content.decode()

    assert answer.status_code == 403
    told = dict(re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page))
    assert told == {"Title": "Een titel", "Question": "Doen wij dit?"}


def test_what_was_typed_in_a_field_without_a_word_of_its_own_is_not_lost(cast: Cast) -> None:
    sent = {"section-nl": "Een lange zin.", "kind": "public", "voter": "tax"}
    page = strict(cast).post(f"/a/{cast.key}/charter/draft/", sent).content.decode()

    assert dict(re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page)) == {
        "Also filled in": "Een lange zin."
    }


def test_what_proves_who_somebody_is_never_comes_back(cast: Cast) -> None:
    secret = {
        "password": "a long secret",
        "old_password": "older",
        "code": "123456",
        "email": "a@example.org",
    }
    page = strict(cast).post("/account/sign-in/", secret).content.decode()

    assert "a@example.org" in page
    assert not [one for one in ("a long secret", "older", "123456") if one in page]


def test_the_way_on_leads_to_today_and_not_to_the_choice_of_alliances(cast: Cast) -> None:
    client = signed_in(cast.tax.user)
    inside = client.get(f"/a/{cast.key}/proposals/none/").content.decode()
    outside = client.get("/nothing-here/").content.decode()

    assert f'<a class="button" href="/a/{cast.key}/">' in inside
    assert '<a class="button" href="/" referrerpolicy="no-referrer">' in outside


def test_who_is_not_signed_in_is_led_to_signing_in() -> None:
    page = Client(headers={"accept-language": "nl"}).get("/nothing-here/").content.decode()
    assert "Naar inloggen" in page
    assert "Naar Vandaag" not in page
