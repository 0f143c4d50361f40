"""Pages that get better with JavaScript really do: search while typing, a section read while it is written."""

from collections.abc import Callable

import pytest

from .conftest import Person

pytestmark = pytest.mark.browser


def test_decisions_are_found_while_typing(person: Callable[..., Person]) -> None:
    someone = person()
    someone.enter("nl", "Bestuurslid UWV")
    someone.go("/a/wage-data/decisions/")
    found = someone.page.locator("#found")
    assert "Ons gezamenlijke doel" in found.inner_text()

    someone.page.locator("#q").press_sequentially("kalend")
    found.get_by_text("Ons gezamenlijke doel").wait_for(state="detached")

    found.get_by_text("leverkalender").first.wait_for()
    assert someone.complaints == []


def test_a_section_is_read_while_it_is_written(person: Callable[..., Person]) -> None:
    someone = person()
    someone.enter("nl", "Bestuurslid UWV")
    someone.go("/a/wage-data/charter/")
    someone.follow(someone.page.get_by_role("button", name="Ontwerp een wijziging"))
    someone.follow(someone.page.get_by_role("link", name="Vaste data in het jaar"))
    text, reading = someone.page.get_by_role("textbox"), someone.page.locator("#reading")

    text.fill("year:\n  - {by: 06-30, what: {nl: Halfjaarverslag, en: Half-year report}}\n")
    reading.get_by_text("30 juni").wait_for()
    text.fill("year:\n  - {by: 31-12, what: Verslag}\n")
    reading.get_by_role("listitem").filter(has_text="year").first.wait_for()

    assert text.input_value().startswith("year:\n  - {by: 31-12")
    assert someone.complaints == []
