"""Somebody who works with the keyboard only."""

import re
from dataclasses import dataclass
from typing import Any

from .conftest import Person


@dataclass
class Keys:
    """Somebody with a keyboard and nothing else: every control is reached with Tab from the top of the page."""

    person: Person

    @property
    def page(self) -> Any:
        return self.person.page

    def reach(self, control: Any) -> None:
        """Press Tab until the control has the focus."""
        wanted = control.first.element_handle()
        self.page.evaluate("document.activeElement.blur()")
        for _ in range(200):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("one => document.activeElement === one", wanted):
                return
        raise AssertionError(f"no Tab reaches {control} on {self.page.url}")

    def press(self, control: Any, key: str = "Enter") -> None:
        """Reach a control and press a key that goes to another page."""
        self.reach(control)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name, exact=True))

    def link(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=name))

    def open(self, summary: str) -> None:
        """Unfold what is folded away."""
        self.reach(self.page.locator("summary", has_text=summary))
        self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        self.reach(self.page.get_by_label(re.compile(f"^{re.escape(label)}")))
        self.page.keyboard.type(text)

    def choose(self, label: str) -> None:
        """Choose one of some radio buttons: Tab to the group, then arrows."""
        radio = self.page.get_by_role("radio", name=re.compile(f"^{re.escape(label)}"))
        name = radio.first.get_attribute("name")
        first = self.page.locator(f"input[name={name}]")
        checked = self.page.locator(f"input[name={name}]:checked")
        self.reach(checked if checked.count() else first)
        self.page.keyboard.press("Space")
        for _ in range(first.count()):
            if radio.first.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        assert radio.first.is_checked()

    def pick(self, select: Any, name: str) -> None:
        """Go down a list with the arrow until it shows a name."""
        self.reach(select)
        names = select.locator("option").all_inner_texts()
        self.page.keyboard.press("Space")
        self.page.keyboard.press("Home")
        for _ in range(names.index(name)):
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        chosen = select.locator("option:checked").inner_text()
        assert chosen == name, f"{chosen} instead of {name} out of {names}"

    def hat(self, name: str) -> None:
        """Look as somebody else, in the bar: choosing sends it, and who is chosen already takes the button."""
        address = self.page.url
        if self.page.locator("#hat option:checked").inner_text() == name:
            self.button("Wissel")
        else:
            with self.page.expect_navigation():
                self.pick(self.page.locator("#hat"), name)
        if self.page.url != address:
            self.page.goto(address)
