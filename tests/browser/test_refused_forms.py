"""A form that is refused says first what is wrong, and hinders nobody who cannot see well."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import Person
from .test_every_page import crawl, is_page, name_of

pytestmark = pytest.mark.browser

FORMS = {
    *("start", "start-upload", "proposal-new", "people-invitation", "person-appointment", "person-erasure"),
    *("appointment-mandate", "appointment-notice", "appointment-handover", "amendment-new"),
    *("proposal-ballot", "proposal-recorded", "proposal-recusal", "proposal-proxy", "proposal-notes"),
    *("decision-outcome", "decision-receipt", "register-cosignature", "register-witness-key"),
}
EMPTY = """(form) => {
  form.noValidate = true;
  for (const one of form.elements) {
    if (one.type === "radio" || one.type === "checkbox") one.checked = false;
    else if (one.tagName === "SELECT") one.selectedIndex = -1;
    else if (one.type !== "hidden" && one.tagName !== "BUTTON") one.value = one.name === "partners" ? "one" : "";
  }
  form.requestSubmit();
}"""


def with_forms(someone: Person) -> list[str]:
    """A page of each kind, and every proposal: what may be done differs from one to the next."""
    kinds: set[str] = set()
    found = []
    for address, answer in crawl(someone).items():
        kind = name_of(someone.example.url, address)
        if is_page(answer) and (kind == "proposal" or kind not in kinds):
            kinds.add(kind)
            found.append(address)
    return found


def refused(someone: Person, form: Any) -> bool:
    """Send a form with nothing in it; whether it was refused."""
    with someone.page.expect_navigation():
        form.evaluate(EMPTY)
    return bool(someone.page.locator(".problem").count())


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_refused_form_says_so_first_and_hinders_nobody(
    person: Callable[..., Person], language: str
) -> None:
    someone = person(viewport={"width": 390, "height": 800})
    someone.enter(language, "Bestuurslid CBS")  # chairs now, so that most forms are offered
    base, tried, wrong = someone.example.url, set(), {}
    for address in with_forms(someone):
        someone.page.goto(address)
        for place in range(someone.page.locator("main form[method=post]").count()):
            someone.page.goto(address)
            form = someone.page.locator("main form[method=post]").nth(place)
            name = name_of(base, f"{base}{form.get_attribute('action') or address.removeprefix(base)}")
            if name not in FORMS - tried or not refused(someone, form):
                continue
            tried.add(name)
            if someone.page.evaluate("document.activeElement.id") != "problem":
                wrong[f"{name} does not say so first"] = address
            if (found := Axe().run(someone.page)).violations_count:
                wrong[name] = found.generate_report()
    assert wrong == {}
    assert len(tried) > 12, tried
