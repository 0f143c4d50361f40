"""Every page of the example, under several hats, in both languages: whole, readable, and of one language."""

import re
from collections import Counter, deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve

from .conftest import Person
from .sentences import Read, labels, sentences

pytestmark = pytest.mark.browser

ENOUGH = 6  # addresses of one kind: the pages of a hundred entries differ in nothing but the entry
HATS = ("Bestuurslid UWV", "Ketenmanager", "Ketencoördinator CBS")
KEY_LIKE = re.compile(r"(?<![\w/.@-])[a-z]+(?:_[a-z]+)*\.[a-z]+(?:_[a-z]+)+\b|\bhead\.[a-z]+\b")


def crawl(someone: Person, inside: str = "") -> dict[str, Any]:
    """Every kind of address that a link leads to, a few of each, with the answer; or all `inside` an alliance."""
    request, base = someone.page.context.request, someone.example.url
    kinds: Counter[str] = Counter()
    seen, waiting = {}, deque([inside] if inside else [f"{base}/", f"{base}/start/", f"{base}/account/"])
    while waiting:
        address = waiting.popleft()
        kind = name_of(base, address)
        if address in seen or not address.startswith(inside or base) or kinds[kind] >= ENOUGH:
            continue
        kinds[kind] += 1
        answer = request.get(address)
        seen[address] = answer
        if "text/html" in answer.headers.get("content-type", ""):
            links = Read(answer.text()).links
            waiting += [urldefrag(urljoin(answer.url, link)).url for link in links]
    return seen


def name_of(base: str, address: str) -> str:
    """The name of an address in the routes, which every address of one kind shares."""
    try:
        return str(resolve(address.removeprefix(base).split("?")[0]).url_name)
    except Resolver404:
        return address


def is_page(answer: Any) -> bool:
    return "text/html" in answer.headers.get("content-type", "")


def wrong_in_words(html: str, language: str) -> list[str]:
    """What does not belong in the words of a page of a language."""
    page, other = Read(html), "en" if language == "nl" else "nl"
    found = [f"also says: {one}" for one in sentences()[other] if one in page.text]
    found += [f"also says: {one}" for one in sorted(labels()[other] & page.pieces)]
    found += [f"shows {sign}" for sign in ("{{", "{%") if sign in page.text]
    found += [f"shows {one}" for one in re.findall(r"\bNone\b|\bUndefined\b", page.text)]
    found += [f"shows the key {one}" for one in KEY_LIKE.findall(page.text)]
    found += [f"has {page.heads} first headings"] if page.heads != 1 else []
    return found + ([f"is in {page.language}"] if page.language != language else [])


@pytest.mark.parametrize("said", ["Stem", "Reden:", "Vote cast", "· Voorstellen", "Wat er ook gebeurt"])
def test_a_word_of_the_other_language_is_found_however_short(said: str) -> None:
    page = "<html lang='{}'><h1>2026</h1><p>{}</p></html>"
    wrong = [wrong_in_words(page.format(language, said), language) for language in ("nl", "en")]
    assert [bool(found) for found in wrong].count(True) == (said != "Wat er ook gebeurt")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("hat", HATS)
def test_every_link_leads_to_a_page_of_one_language(
    person: Callable[..., Person], hat: str, language: str
) -> None:
    someone = person()
    someone.enter(language, hat)
    answers = crawl(someone)

    assert len(answers) > 30
    assert {address: answer.status for address, answer in answers.items() if answer.status != 200} == {}
    wrong = {
        address: wrong_in_words(answer.text(), language)
        for address, answer in answers.items()
        if is_page(answer)
    }
    assert {address: found for address, found in wrong.items() if found} == {}


SMALL = """() => [...document.querySelectorAll(
  'main button, .utility *, .places a, .list .what a, .above a, .contents a, .foot a, summary, select, input[type=file]'
)].filter((one) => one.offsetParent && one.getBoundingClientRect().height < 23.5 && one.tagName !== "FORM")
  .map((one) => one.textContent.trim())"""


def one_of_each(someone: Person) -> list[str]:
    """One address of each kind of page."""
    base = someone.example.url
    kinds: dict[str, str] = {}
    for address, answer in crawl(someone).items():
        if is_page(answer):
            kinds.setdefault(name_of(base, address), address)
    return list(kinds.values())


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_hinders_who_cannot_see_well(
    person: Callable[..., Person], language: str, scheme: str
) -> None:
    someone = person(color_scheme=scheme, viewport={"width": 390, "height": 800})
    someone.enter(language, HATS[0] if scheme == "light" else HATS[1])
    wrong = {}
    for address in one_of_each(someone):
        someone.page.goto(address)
        found = Axe().run(someone.page)
        if found.violations_count:
            wrong[address] = found.generate_report()
        for small in someone.page.evaluate(SMALL):
            wrong[f"{address} has something too small to touch"] = small
        for width in (390, 320):  # 320 is what 1280 becomes at 400 %
            someone.page.set_viewport_size({"width": width, "height": 800})
            needed = someone.page.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                wrong[f"{address} is too wide at {width}"] = str(needed)
    assert wrong == {}
    assert someone.complaints == []


@pytest.mark.parametrize("theme", ["dark", "system"])
def test_paper_is_white_with_black_words_and_without_the_notes_of_an_organization(
    person: Callable[..., Person], theme: str
) -> None:
    someone = person(color_scheme="dark")
    someone.enter("nl", HATS[0])
    someone.go("/account/")
    someone.page.locator(f"input[name=theme][value={theme}]").check()
    someone.follow(someone.page.locator("main form button").first)
    proposal = next(at for at in crawl(someone) if name_of(someone.example.url, at) == "proposal")
    someone.page.goto(proposal)
    assert someone.page.locator(".private").is_visible()
    someone.page.emulate_media(media="print")

    style = "getComputedStyle(document.body)"
    colours = someone.page.evaluate(f"[{style}.color, {style}.backgroundColor]")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert not someone.page.locator(".private").is_visible()


def test_paper_ends_where_the_words_end_and_offers_nothing_to_press(person: Callable[..., Person]) -> None:
    someone = person()
    someone.enter("nl", HATS[0])
    someone.go("/a/wage-data/charter/")
    assert someone.page.locator("a.try").first.is_visible()
    someone.page.emulate_media(media="print")

    assert someone.page.evaluate("getComputedStyle(document.querySelector('main')).minHeight") == "0px"
    assert not someone.page.locator("a.try").first.is_visible()


CUT_OFF = "[...document.querySelectorAll('pre, .state')].filter((one) => one.scrollWidth > one.clientWidth + 1).length"
ALONE = """() => [...document.querySelectorAll("main h2, main h3")].filter((one) => {
  const seen = (other) => other.getClientRects().length;
  let next = one.nextElementSibling;
  while (next && !seen(next)) next = next.nextElementSibling;
  return seen(one) && (!next || next.tagName === one.tagName);
}).map((one) => one.textContent)"""


def test_paper_cuts_nothing_off_and_has_no_heading_above_nothing(person: Callable[..., Person]) -> None:
    someone = person(viewport={"width": 660, "height": 940})  # A4 within its margins
    someone.enter("nl", "Bestuurslid CBS")
    found = {}
    for address in one_of_each(someone):
        someone.page.goto(address)
        someone.page.emulate_media(media="print")
        wrong = [someone.page.evaluate(CUT_OFF), *someone.page.evaluate(ALONE)]
        needed = someone.page.evaluate("document.documentElement.scrollWidth")
        if wrong != [0] or needed > 660:
            found[address] = [*wrong, needed]
        someone.page.emulate_media(media="screen")
    assert found == {}
