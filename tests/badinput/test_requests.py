"""Requests that no browser of ours sends: refused calmly, with nothing changed and nobody led astray."""

import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core import mail
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from support.cast import make_cast
from support.deciding import drafted, opened

from concordia.capabilities.accounts.models import User
from concordia.capabilities.alliances.models import Person
from concordia.capabilities.decisions.models import Proposal
from concordia.capabilities.ledger.models import Leaf

from .conftest import Clock, Desk

DRAFT = {"title": "One calendar", "question": "Do we?", "procedure": "majority", "text": "Typed for long."}
FORM = "application/x-www-form-urlencoded"


def addresses(patterns: list[Any] | None = None, before: str = "") -> list[str]:
    """Every address there is, with the names of its parts in <>."""
    found: list[str] = []
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            found.append("/" + here)
    return found


def filled(address: str, alliance: str, part: str) -> str:
    """An address with `part` for everything it asks."""
    out = []
    for piece in address.replace("<slug:alliance>", alliance).split("<"):
        kind, mark, rest = piece.partition(">")
        number = part if part.isdecimal() else "7"
        out.append(piece if not mark else (number if kind.startswith("int:") else part) + rest)
    return "".join(out)


@pytest.mark.parametrize(
    "part", ["x" * 2000, quote("é☃"), "%ff%fe", "9" * 40, "0", quote("' OR 1=1 --"), "..%2f..", "a;b"]
)
def test_no_address_fails_on_an_odd_part(tax: Desk, part: str) -> None:
    before = Leaf.objects.count()
    odd: dict[str, int] = {}

    for address in addresses():
        for answer in (tax.client.get, tax.client.post):
            path = filled(address, tax.cast.key, part)
            if "sign-out" not in path and path not in {
                "/a/rich/charter/drafts/",
                "/start/",
            }:  # an empty form is enough
                odd[path] = max(odd.get(path, 0), answer(path).status_code)

    assert len(odd) > 70
    assert {path: status for path, status in odd.items() if status >= 500} == {}
    assert Leaf.objects.count() == before


@pytest.mark.parametrize(
    "query",
    ["%00", "q=%00", "q=a%07b", "q=1&q=2", "before=a&before=b", "&".join(f"a{i}=1" for i in range(1100))],
    ids=["nul", "nul value", "bell", "twice", "before twice", "many"],
)
@pytest.mark.parametrize("path", ["decisions/", "proposals/", "register/", ""])
def test_a_query_that_no_page_makes_is_refused(tax: Desk, path: str, query: str) -> None:
    answer = tax.client.get(f"{tax.root}{path}?{query}")

    assert answer.status_code == 400
    assert "cannot be read. Nothing was changed." in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "q=%ff%fe&year=abcd&verdict=odd",
        "q=%22)(*%26!:&year=0000",
        "q=" + "word+" * 3000,
        "year=%D9%A1%D9%A2%D9%A3%D9%A4",
        "q=%25_%5c",
        "=&&&;=",
    ],
)
def test_an_odd_search_finds_nothing_and_breaks_nothing(tax: Desk, query: str) -> None:
    assert tax.client.get(f"{tax.root}decisions/?{query}").status_code == 200


@pytest.mark.parametrize("before", ["nothing", "%ff", "-1", "x" * 5000, "1e9"])
@pytest.mark.parametrize("path", ["decisions/", "proposals/"])
def test_a_page_that_is_not_there_is_not_found(tax: Desk, path: str, before: str) -> None:
    assert tax.get(f"{path}?before={before}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/a/rich/proposals/%0a/", "/a/rich//proposals/", "/a/rich/%2e%2e/x/", "/a/rich/proposals;x/"]
)
def test_an_address_written_in_another_way_is_no_way_around(tax: Desk, path: str) -> None:
    assert tax.client.get(path).status_code in {400, 404}


def test_a_field_sent_twice_is_refused_and_nothing_kept(tax: Desk) -> None:
    answer = tax.post("proposals/new/", {**DRAFT, "title": ["One", "Two"]})

    assert answer.status_code == 400
    assert "Typed for long." in answer.content.decode()
    assert not Proposal.objects.unscoped().exists()


def test_fields_that_no_form_has_change_nothing_and_are_noted_by_name(
    tax: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "concordia.security")
    other = make_cast("elsewhere")
    odd = {
        "owner_id": other.partners["tax"],
        "alliance_id": other.alliance,
        "number": "2026-999",
        "sent_at": "2026-01-01",
        "is_staff": "on",
        "id": "pro_mine",
    }
    tax.post("proposals/new/", {**DRAFT, **odd})

    [made] = Proposal.objects.unscoped()
    assert (made.owner_id, made.alliance_id) == (tax.cast.partners["tax"], tax.cast.alliance)
    assert (made.sent_at, made.id != "pro_mine") == (None, True)
    assert "unasked fields alliance_id,id,is_staff,number,owner_id account=" in caplog.text
    assert "pro_mine" not in caplog.text


def test_a_form_as_it_stands_on_its_page_is_noted_nowhere(
    tax: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "concordia.security")
    waiting = list(pages_with_forms(tax))
    assert len(waiting) > 8

    for path, fields in waiting:
        tax.client.post(path, fields)

    assert [line for line in caplog.messages if line.startswith("unasked")] == []


def pages_with_forms(tax: Desk) -> Iterator[tuple[str, dict[str, str]]]:
    """Every form that posts on a number of pages: where to, and its fields with the values that stand there."""
    proposal = drafted(tax.cast)
    running = opened(tax.cast)
    pages = ["proposals/new/", "people/invitation/", "register/verification/", "charter/", "people/"]
    pages += [f"proposals/{proposal}/", f"proposals/{proposal}/draft/", f"proposals/{running}/"]
    pages += [f"people/{tax.cast.clerk.person}/{rest}" for rest in ("", "appointment/", "erasure/")]
    pages += [f"appointments/{tax.cast.clerk.appointment}/{rest}/" for rest in ("notice", "mandate", "end")]
    found = [(f"{tax.root}{page}", tax.get(page).content.decode()) for page in pages]
    found += [
        (page, tax.client.get(page).content.decode())
        for page in ("/account/", "/account/sessions/", "/start/")
    ]
    for page, text in found:
        for form in re.findall(r"<form[^>]*method=.?post.*?</form>", text, re.DOTALL):
            where = re.search(r'<form[^>]*action="([^"]*)"', form)
            form = re.sub(r'<input[^>]*type="?file[^>]*>', "", form)
            names = re.findall(r'<(?:input|select|textarea|button)[^>]*\bname="([^"]+)"', form)
            if "language" not in (where[1] if where else "") or page.startswith("/account/"):
                yield (where[1] if where and where[1] else page), dict.fromkeys(names, "2099-01-01")


@pytest.mark.parametrize(
    "evil", ["//evil.example", "https:evil.example", "/\\evil.example", "javascript:alert(1)", "///e.example"]
)
def test_next_never_leads_away(tax: Desk, evil: str) -> None:
    assert tax.client.post("/language/", {"language": "nl", "next": evil})["Location"] == "/"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80@127.0.0.1", "a b", "127.0.0.1.evil.example"]
)
def test_another_host_gets_no_page_and_no_link(tax: Desk, host: str) -> None:
    for path in ("/", "/account/sign-in/", tax.root + "people/"):
        answer = tax.client.get(path, headers={"host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()


def test_links_of_an_invitation_come_from_the_settings_alone(tax: Desk, settings: Any) -> None:
    settings.PUBLIC_URL = "https://concordia.example"
    person = {"name": "Deputy", "position": "professional", "from_date": "2026-03-02"}
    forged = {"host": "localhost", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}

    page = tax.post("people/invitation/", person, headers=forged).content.decode()

    assert "https://concordia.example/invitation/" in page
    assert "evil.example" not in page
    assert len(getattr(mail, "outbox", [])) == 0


def test_a_forged_chain_of_addresses_is_not_believed(
    db: None, hands: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "concordia.security")
    chain = ", ".join(f"10.0.0.{i}" for i in range(200))
    answer = Client(raise_request_exception=False).post(
        "/account/sign-in/",
        {"email": "nobody@example.org", "password": "wrong"},
        headers={"x-forwarded-for": chain},
    )

    assert answer.status_code == 422
    assert "10.0.0." not in caplog.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "ODD"])
def test_an_act_is_a_post_and_nothing_else(tax: Desk, method: str) -> None:
    proposal = drafted(tax.cast)
    answer = tax.client.generic(method, f"{tax.root}proposals/{proposal}/consultation/?_method=POST")

    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert Proposal.objects.unscoped().get(id=proposal).sent_at is None


def test_a_method_in_a_field_changes_no_method(tax: Desk) -> None:
    answer = tax.client.get(tax.root + "charter/drafts/", {"_method": "POST"})

    assert answer.status_code == 405


@pytest.mark.parametrize("token", [None, "x", "x" * 64, "é"])
def test_a_form_without_its_token_is_refused_and_keeps_what_was_typed(
    desk_of: Any, token: str | None
) -> None:
    desk = desk_of("tax", csrf=True)
    answer = desk.post(
        "proposals/new/", {**DRAFT, **({} if token is None else {"csrfmiddlewaretoken": token})}
    )

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "What you filled in is below" in page
    assert "Typed for long." in page
    assert not Proposal.objects.unscoped().exists()


def test_the_token_of_another_session_is_refused(desk_of: Any) -> None:
    theirs, mine = desk_of("social", csrf=True), desk_of("tax", csrf=True)
    found = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"', theirs.get("proposals/new/").content.decode()
    )
    assert found
    token = {"csrfmiddlewaretoken": found[1]}
    mine.get("proposals/new/")

    assert mine.post("proposals/new/", {**DRAFT, **token}).status_code == 403
    assert theirs.post("proposals/new/", {**DRAFT, **token}).status_code == 303


def test_a_password_is_never_shown_again(db: None, hands: Clock) -> None:
    typed = {"email": "a@example.org", "password": "correct horse", "code": "123456"}
    page = Client(enforce_csrf_checks=True).post("/account/sign-in/", typed).content.decode()

    assert "a@example.org" in page
    assert "correct horse" not in page
    assert "123456" not in page


BODIES = {
    "no boundary": (b"zzz", "multipart/form-data; boundary=", {400}),
    "no parts": (b"zzz", "multipart/form-data; boundary=cut", {200, 422}),
    "other charset": (b"a=1", FORM + "; charset=utf-7", {400}),
    "unknown charset": (b"a=1", "multipart/form-data; boundary=cut; charset=zz", {200, 400, 422}),
    "json": (b'{"title": "a", "title": "b"}', "application/json", {200, 422}),
    "xml": (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "text/xml", {200, 422}),
    "many fields": (b"&".join(b"a%d=1" % i for i in range(1001)), FORM, {413}),
    "large": (b"title=" + b"x" * 3_000_000, FORM, {413}),
    "surrogates": (b"title=%ed%a0%80&question=%ff&procedure=%00", FORM, {400}),
    "percent": (b"title=%zz%&&&=&%=1", FORM, {200, 422}),
    "nothing": (b"", "", {200, 422}),
}


def _raw(desk: Desk, content: bytes, kind: str) -> Any:
    return desk.client.generic("POST", desk.root + "proposals/new/", content, content_type=kind)


@pytest.mark.parametrize("csrf", [False, True], ids=["inside", "at the door"])
@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_form_is_refused_and_nothing_kept(desk_of: Any, name: str, csrf: bool) -> None:
    content, kind, expected = BODIES[name]
    answer = _raw(desk_of("tax", csrf=csrf), content, kind)

    assert answer.status_code in (expected | {403} if csrf else expected)
    assert "root:" not in answer.content.decode()
    assert not Proposal.objects.unscoped().exists()


def test_what_is_too_large_says_so_and_how_to_mend(tax: Desk) -> None:
    page = tax.post("proposals/new/", b"title=" + b"x" * 3_000_000, content_type=FORM).content.decode()

    assert "Nothing was kept. Make it smaller or split it." in page


def test_a_cookie_of_eight_kilobytes_is_a_stranger(tax: Desk) -> None:
    answer = Client(raise_request_exception=False).get(
        tax.root, headers={"cookie": f"concordia_session={'x' * 8000}; language=\xff; odd"}
    )

    assert answer["Location"].startswith("/account/sign-in/")


def test_reports_of_browsers_are_taken_and_never_shown(tax: Desk, caplog: pytest.LogCaptureFixture) -> None:
    answer = tax.client.post(
        "/csp-report", b"\xff\r\nforged line\x1b[31m", content_type="application/csp-report"
    )

    assert (answer.status_code, answer.content) == (204, b"")
    assert "\x1b" not in caplog.text
    assert "\r" not in caplog.text


def test_every_failure_is_the_same_page_in_both_languages(tax: Desk) -> None:
    for language, word in (("nl", "Deze pagina is er niet"), ("en", "This page is not there")):
        User.objects.filter(pk=tax.cast.tax.user).update(language=language)
        assert word in tax.get("nothing/").content.decode()


def test_hidden_and_absent_look_the_same(tax: Desk, hands: Clock) -> None:
    other = make_cast("elsewhere")
    person = Person.objects.unscoped().filter(alliance_id=other.alliance).first()
    assert person
    proposal = drafted(other)

    for hidden in (f"people/{person.id}/", f"proposals/{proposal}/", f"proposals/?before={proposal}"):
        there, nowhere = tax.get(hidden), tax.get(hidden.replace("_", "_0"))
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert len(there.content) - len(hidden) == len(nowhere.content) - len(hidden.replace("_", "_0")) or (
            abs(len(there.content) - len(nowhere.content)) < 8
        )
