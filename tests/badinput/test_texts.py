"""What people can type or paste: signs that hide, turn around, break or never end (section Text)."""

import re
import time
from collections.abc import Callable
from html import unescape

import pytest
from django.utils.html import escape
from support.cast import Cast
from support.deciding import a_draft, sent

from concordia.capabilities.alliances.models import Alliance, Partner, Person
from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import draft_proposal
from concordia.capabilities.decisions.models import Proposal

from .conftest import Desk

DRAFT = {"title": "One calendar", "question": "Do we?", "procedure": "majority", "text": "One.\n\nTwo."}
START = {"name": "New alliance", "partners": "One\nTwo"}
SCRIPTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "data:text/html,<b>x</b>",
    '<b hx-get="/a/" hx-trigger="load">x</b>',
    "{{7*7}} ${7*7} {% raw %} %s%n",
)


def titles() -> list[str]:
    return list(Proposal.objects.unscoped().values_list("title", flat=True))


@pytest.mark.parametrize("text", SCRIPTS)
def test_code_in_a_text_is_shown_as_text(tax: Desk, text: str) -> None:
    made = tax.post("proposals/new/", {**DRAFT, "title": text, "question": text, "text": text})

    page = tax.client.get(made["Location"]).content.decode()
    assert text not in page or "<" not in text
    assert text in unescape(page)
    assert "49" not in re.findall(r"<h1>(.*?)</h1>", page, re.S)[0]


def test_code_in_any_field_is_text_on_every_page_that_shows_it(
    tax: Desk, desk_of: Callable[..., Desk]
) -> None:
    code = "<script>alert(7)</script>"
    proposal = sent(tax.cast, by="social")
    mandate = {"from_date": "2026-03-02", "text": code}
    for place, fields in (
        ("people/invitation/", {"name": code, "position": "professional", "from_date": "2026-03-02"}),
        (f"appointments/{tax.cast.tax.appointment}/mandate/", mandate),
        (f"proposals/{proposal}/impact/", {"note": code, "act": "give"}),
        (f"proposals/{proposal}/notes/", {"text": code}),
        (f"proposals/{proposal}/paragraphs/0/amendment/", {"text": code, "reason": code}),
    ):
        assert tax.post(place, fields).status_code in {200, 303}

    seen = 0
    for desk in (tax, desk_of("social")):
        for place in ("", "people/", f"people/{tax.cast.tax.person}/", f"proposals/{proposal}/", "register/"):
            page = desk.get(place).content.decode()
            assert code not in page, place
            seen += page.count(escape(code))
    assert seen >= 6


def test_code_in_the_names_of_an_alliance_is_text_on_its_pages(tax: Desk) -> None:
    code = "<img src=x onerror=alert(7)>"
    tax.client.post(
        "/start/", {"name": f"New {code}", "objective": code, "partners": f"{code} one\n{code} two"}
    )
    where = Alliance.objects.unscoped().exclude(key=tax.cast.key).get().key

    for place in ("", "alliance/", "people/", "charter/", "charter/versions/", "register/"):
        page = tax.client.get(f"/a/{where}/{place}").content.decode()
        assert code not in page, place
        assert escape(code) in page, place


@pytest.mark.parametrize("field", ["title", "question", "text"])
def test_a_text_with_nul_changes_nothing(tax: Desk, field: str) -> None:
    answer = tax.post("proposals/new/", {**DRAFT, field: "a\0b"})

    assert answer.status_code == 400
    assert "Nothing was changed" in answer.content.decode()
    assert titles() == []


@pytest.mark.parametrize("signs", ["\x07\x08", "\u202e\u200b", "\ufeff", " \u2060 "])
def test_a_title_of_hidden_signs_alone_is_no_title(tax: Desk, signs: str) -> None:
    answer = tax.post("proposals/new/", {**DRAFT, "title": signs})

    assert answer.status_code == 422
    assert "Give the proposal a title." in answer.content.decode()
    assert "One.\n\nTwo." in unescape(answer.content.decode())
    assert titles() == []


def test_signs_that_turn_text_around_or_hide_are_left_out(tax: Desk) -> None:
    tax.post("proposals/new/", {**DRAFT, "title": "Pay \u202e001\u202c eu\u200bros\x07"})

    assert titles() == ["Pay 001 euros"]


@pytest.mark.parametrize("text", ["العربية ‏עברית", "نمی‌خواهم", "👩‍👩‍👧 🇳🇱", "日本語"])
def test_every_script_and_emoji_is_kept_as_typed(tax: Desk, text: str) -> None:
    made = tax.post("proposals/new/", {**DRAFT, "title": text})

    assert titles() == [text]
    assert text in tax.client.get(made["Location"]).content.decode()


def test_the_same_word_composed_in_two_ways_is_one_word(tax: Desk) -> None:
    for title in ("Cafe\u0301", "Caf\u00e9"):
        tax.post("proposals/new/", {**DRAFT, "title": title})

    assert titles() == ["Caf\u00e9"]  # the second form is the same draft again


@pytest.mark.parametrize(("field", "most"), [("title", "200"), ("question", "2000"), ("text", "60000")])
def test_a_text_without_end_is_refused_with_its_limit_and_kept_on_the_page(
    tax: Desk, field: str, most: str
) -> None:
    answer = tax.post("proposals/new/", {**DRAFT, field: "word " * 20_000})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"at most {most} characters" in page
    assert page.count("word ") > 19_000
    assert titles() == []


def test_a_million_brackets_are_refused_quickly(tax: Desk) -> None:
    start = time.perf_counter()
    answer = tax.post("proposals/new/", {**DRAFT, "title": "<" * 1_000_000})

    assert answer.status_code == 422
    assert time.perf_counter() - start < 3


def test_a_lone_surrogate_is_refused_with_a_sentence(cast: Cast) -> None:
    from concordia.kernel.errors import RefusalError

    with pytest.raises(RefusalError) as refused:
        draft_proposal(cast.tax.at(), draft=a_draft(title="a\ud800b"))

    assert refused.value.field == "title"
    assert "Type that part again" in refused.value.text.in_language("en")
    assert queries.proposals(cast.tax.at()).open == ()


def test_invalid_bytes_in_a_form_become_marks_and_break_nothing(tax: Desk) -> None:
    form = b"title=Caf%ff%ed%a0%80&question=Q&procedure=majority&text="
    answer = tax.post("proposals/new/", form, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 303
    assert titles()[0].startswith("Caf\ufffd")


def test_the_name_of_a_person_holds_no_hidden_signs(tax: Desk) -> None:
    tax.post(
        "people/invitation/",
        {"name": "Deputy \u202ecoordinator\x07", "position": "professional", "from_date": "2026-03-02"},
    )

    assert Person.objects.unscoped().filter(name="Deputy coordinator").exists()


def test_partners_that_differ_by_a_hidden_sign_are_the_same_partner(tax: Desk) -> None:
    before = Alliance.objects.unscoped().count()
    answer = tax.client.post("/start/", {**START, "partners": "Tax office\nTax\u200b office"})

    assert "Two organizations have the same name" in answer.content.decode()
    assert Alliance.objects.unscoped().count() == before


@pytest.mark.parametrize("partners", ["العربية\nעברית", "😀\n😁", "Zoë\nZoe", "Ａ\nB"])
def test_partners_with_names_in_any_script_get_keys_of_their_own(tax: Desk, partners: str) -> None:
    made = tax.client.post("/start/", {**START, "partners": partners})

    assert made["Location"] == "/a/new-alliance/people/"
    made = Alliance.objects.unscoped().get(key="new-alliance").id
    keys = Partner.objects.unscoped().filter(alliance_id=made).values_list("key", flat=True)
    assert len(set(keys)) == 2


@pytest.mark.parametrize("name", ["\u200b\u202e", "\x07"])
def test_an_alliance_of_hidden_signs_alone_has_no_name(tax: Desk, name: str) -> None:
    answer = tax.client.post("/start/", {**START, "name": name})

    assert "Fill in a name one can read." in answer.content.decode()
    assert "One\nTwo" in unescape(answer.content.decode())
