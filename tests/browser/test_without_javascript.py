"""The vote of the example, from ballot to decision, in a browser that runs no script."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Person

pytestmark = pytest.mark.browser

TITLE = "Kosten verdelen naar gebruik"


def look_as(someone: Person, name: str) -> None:
    """Wear another hat and open the running vote again."""
    someone.page.locator("#hat").select_option(label=name)
    someone.follow(someone.page.get_by_role("button", name="Wissel"))
    someone.go("/a/wage-data/proposals/")
    someone.follow(someone.page.get_by_role("link", name=TITLE).first)


def vote(someone: Person, name: str, choice: str) -> Any:
    look_as(someone, name)
    someone.page.get_by_role("radio", name=re.compile(f"^{choice}")).first.check()
    someone.follow(someone.page.get_by_role("button", name="Stem", exact=True))
    return someone.page.get_by_role("main").inner_text()


def test_a_vote_runs_to_its_decision_without_script(person: Callable[..., Person]) -> None:
    someone = person(java_script_enabled=False)
    someone.page.goto(someone.example.door)
    assert "Uw stem voor" in vote(someone, "Bestuurslid Belastingdienst", "Voor")
    vote(someone, "Bestuurslid CBS", "Voor")
    look_as(someone, "Ketenmanager")
    someone.follow(someone.page.get_by_role("button", name="Sluit de stemming"))

    link = someone.page.get_by_role("link", name="Naar het besluit")
    if link.count():
        someone.follow(link)
    assert "/decisions/" in someone.page.url
    assert "Aangenomen" in someone.page.get_by_role("main").inner_text()
