"""The pages of founding and of people say what their buttons do, and errors stand where they are mended."""

import re

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from support.cast import NOW, Cast, make_cast
from support.pages import signed_in

from concordia.capabilities.decisions.commands import Draft, draft_proposal, withdraw_proposal
from concordia.web.accounts import clock as door_clock
from concordia.web.accounts.entering import SEEN_AT, SIGNED_IN_AT
from concordia.web.alliances.forms import HandoverForm
from concordia.web.decisions.forms import OutcomeForm, ProxyForm, RecordedForm
from concordia.web.shared import clock

pytestmark = pytest.mark.django_db
ACTS = {
    "people/{person}/appointment/": ("Give a position", False),
    "people/{person}/erasure/": ("Erase a person&#39;s data", True),
    "appointments/{appointment}/mandate/": ("Give a mandate", False),
    "appointments/{appointment}/notice/": ("Announce a departure", False),
    "appointments/{appointment}/handover/": ("Hand over", False),
    "appointments/{appointment}/end/": ("End this appointment", True),
}


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(door_clock, "now", lambda: NOW)
    return make_cast()


@pytest.fixture
def client(cast: Cast) -> Client:
    client = signed_in(cast.tax.user)
    session = client.session
    session[SEEN_AT] = session[SIGNED_IN_AT] = NOW.isoformat()
    session["account_authentication_methods"] = [{"method": "mfa", "type": "webauthn", "at": NOW.timestamp()}]
    session["account_authentication_methods_user"] = cast.tax.user
    session.save()
    return client


@pytest.mark.parametrize("path", ACTS)
def test_a_page_about_a_person_explains_what_its_button_does(cast: Cast, client: Client, path: str) -> None:
    label, final = ACTS[path]
    at = path.format(person=cast.tax.person, appointment=cast.tax.appointment)
    page = client.get(f"/a/{cast.key}/{at}").content.decode()

    assert f'<button class="primary{" final" if final else ""}">{label}</button>' in page
    assert '<p class="lead">' in page


def test_a_faulty_file_is_told_beside_the_place_to_hand_it_in_again(client: Client) -> None:
    file = SimpleUploadedFile("charter.yaml", b"concordia: charter/1\nalliance: 3\n")
    page = client.post("/start/upload/", {"file": file}).content.decode()

    heading = page.index("Or: you have a charter already")
    assert page.index("Nothing was founded.") > heading
    assert "What you wrote is below" not in page


def test_a_forgotten_file_is_told_first_and_loses_no_name(client: Client) -> None:
    page = client.post("/start/upload/", {}).content.decode()

    assert re.search(r"data-focus>\s*<p><strong>Nothing was founded\.</strong>", page)
    assert page.count("Choose a file first.") == 2
    assert re.search(r'name="own_name" value="[^"]+"', page)


def test_an_alliance_without_an_objective_says_so_and_does_not_repeat_its_name(client: Client) -> None:
    answer = client.post("/start/", {"name": "Two rivers", "procedure": "consent", "own_name": "Board"})
    inside = answer.url.removesuffix("people/")

    alliance = client.get(f"{inside}alliance/").content.decode()
    assert "is not described yet" in alliance
    charter = client.get(f"{inside}charter/").content.decode()
    assert '<p class="lead">Two rivers</p>' not in alliance + charter + client.get(inside).content.decode()
    assert "<dt>Objective</dt><dd>not described yet</dd>" in charter


def test_the_register_says_which_partner_joined(cast: Cast, client: Client) -> None:
    page = client.get(f"/a/{cast.key}/register/").content.decode()
    joined = re.findall(r'Partner joined</a></span>\s*<span class="by">the alliance · (.*?) ·', page)
    assert sorted(joined) == ["Social security", "Statistics", "Tax office"]


def test_no_decisions_yet_leads_to_the_proposals_and_does_not_speak_of_searching(
    cast: Cast, client: Client
) -> None:
    page = client.get(f"/a/{cast.key}/decisions/").content.decode()
    assert "No decisions yet." in page
    assert "Nothing found." not in page
    assert "Nothing found." in client.get(f"/a/{cast.key}/decisions/?q=zzz").content.decode()


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (HandoverForm(people=[("per_1", "Board member")]), "successor"),
        (ProxyForm(people=[("per_1", "Board member")]), "to"),
        (OutcomeForm(people=[("per_1", "Board member")]), "owner"),
        (RecordedForm(voters=[("tax", "Tax office")], people=[]), "voter"),
    ],
)
def test_no_list_of_people_chooses_somebody_by_itself(form: forms.Form, field: str) -> None:
    first, *_ = form.fields[field].choices  # type: ignore[attr-defined]
    assert first[0] == ""


def test_a_draft_that_was_withdrawn_has_no_number_and_says_so(cast: Cast, client: Client) -> None:
    draft = Draft(title="Never sent", question="Do we?", procedure="majority", text="No.")
    withdraw_proposal(cast.tax.at(), proposal_id=draft_proposal(cast.tax.at(), draft=draft))
    page = client.get(f"/a/{cast.key}/proposals/").content.decode()
    assert re.search(r"Never sent</a></span><span class=\"by\">draft · ", page)
