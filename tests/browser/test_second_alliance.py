"""A second alliance beside the example, founded on screen: on each published charter, and by skipping all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Person
from .test_every_page import crawl, is_page, wrong_in_words

pytestmark = pytest.mark.browser

CHARTERS = sorted((Path(__file__).parents[2] / "examples" / "charters").glob("*.yaml"))


def founder(person: Callable[..., Person]) -> Person:
    """A board member of the example who opens the page of founding."""
    someone = person()
    someone.enter("nl", "Bestuurslid UWV")
    someone.go("/start/")
    return someone


def dead_ends(someone: Person, inside: str) -> dict[str, object]:
    """What goes wrong behind the links of an alliance."""
    answers = {at: answer for at, answer in crawl(someone, inside).items() if "/a/" in at}
    assert len(answers) >= 8
    wrong = {at: wrong_in_words(one.text(), "nl") for at, one in answers.items() if is_page(one)}
    refused = {at: one.status for at, one in answers.items() if one.status != 200}
    return refused | {at: found for at, found in wrong.items() if found}


@pytest.mark.parametrize("charter", CHARTERS, ids=lambda path: path.stem)
def test_every_published_charter_founds_an_alliance_without_dead_ends(
    person: Callable[..., Person], charter: Path
) -> None:
    someone = founder(person)
    text = charter.read_text("utf-8").replace(f"key: {charter.stem}", f"key: second-{charter.stem}", 1)
    file = {"name": charter.name, "mimeType": "application/yaml", "buffer": text.encode()}
    someone.page.locator("input[type=file]").set_input_files(files=[file])
    someone.page.get_by_role("button", name="Richt op met dit handvest").click()
    someone.page.wait_for_url("**/a/*/people/")
    inside = someone.page.url.removesuffix("people/")

    assert dead_ends(someone, inside) == {}
    assert someone.complaints == []


def test_a_key_that_is_taken_gets_a_sentence(person: Callable[..., Person]) -> None:
    someone = founder(person)
    someone.page.locator("input[type=file]").set_input_files(CHARTERS[-1])
    someone.page.get_by_role("button", name="Richt op met dit handvest").click()
    someone.page.locator(".error", has_text="Kies bij `alliance.key` een andere sleutel").wait_for()


def test_an_alliance_is_founded_with_every_question_skipped(person: Callable[..., Person]) -> None:
    someone = founder(person)
    someone.page.get_by_role("button", name="Richt de alliantie op").click()
    someone.page.wait_for_url("**/a/*/people/")

    assert dead_ends(someone, someone.page.url.removesuffix("people/")) == {}
    someone.go("/")
    someone.page.get_by_role("main").wait_for()
    assert someone.complaints == []
