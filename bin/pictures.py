"""Play the story of the README in a real browser, and keep a picture of each step in docs/pictures."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Locator, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
PROPOSAL = "Sharing costs by usage"
BOARD = "Board member, {}"
TAX, STATISTICS = BOARD.format("Tax Administration"), BOARD.format("Statistics Netherlands")


@contextmanager
def example() -> Iterator[str]:
    """The living example in a folder that goes; the address that enters it."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "concordia", "demo", "--data", data, "--port", "8764", "--no-open"]
        command += ["--language", "en"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own words
        assert server.stdout
        try:
            yield next(
                found[0] for line in server.stdout if (found := re.search(r"http\S+/example/\S+", line))
            )
        finally:
            server.terminate()
            server.wait(timeout=20)


def enter(browser: Browser, address: str, size: ViewportSize) -> Page:
    """A fresh visitor."""
    page = browser.new_context(viewport=size, locale="en-GB").new_page()
    for attempt in range(240):
        try:
            page.goto(address)
            break
        except Error:
            if attempt == 239:
                raise
            page.wait_for_timeout(250)
    return page


def wear(page: Page, name: str) -> None:
    """Look as somebody else."""
    with page.expect_navigation():
        page.select_option(".hats select", label=name)


def keep(page: Page, name: str) -> None:
    """One picture, of what a person sees without scrolling."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png")
    print(f"docs/pictures/{name}.png")


def follow(page: Page, control: Locator) -> None:
    """Click what leads to another page, and wait for that page."""
    with page.expect_navigation():
        control.click()


def to_proposal(page: Page) -> None:
    """From anywhere inside the alliance to the vote that runs."""
    follow(page, page.locator("nav.places a").nth(1))
    follow(page, page.get_by_role("link", name=PROPOSAL).first)


def vote(page: Page, who: str) -> None:
    """Vote for, as one of the board."""
    wear(page, who)
    to_proposal(page)
    page.locator("input[name=choice][value=for]").check()
    follow(page, page.locator("section.voting button.primary"))


def story(browser: Browser, address: str) -> None:
    """From what waits for a board member to a decision that each partner verifies."""
    phone = enter(browser, address, PHONE)
    wear(phone, STATISTICS)
    to_proposal(phone)
    phone.locator("#vote").evaluate("element => element.scrollIntoView()")
    keep(phone, "vote-on-a-phone")

    page = enter(browser, address, WIDE)
    wear(page, TAX)
    follow(page, page.locator("nav.places a").first)
    keep(page, "today")
    to_proposal(page)
    keep(page, "proposal")
    for who in (TAX, STATISTICS):
        vote(page, who)
    to_proposal(page)
    follow(page, page.locator("form[action$='/closing/'] button"))
    wear(page, TAX)
    follow(page, page.locator("nav.places a").nth(2))
    follow(page, page.get_by_role("link", name=PROPOSAL).first)
    keep(page, "decision")
    follow(page, page.locator("nav.places a").nth(5))
    keep(page, "register")
    page.goto(re.sub(r"/register/.*", "/charter/procedures/strategic/trial/", page.url))
    follow(page, page.locator("main form button").first)
    keep(page, "try-a-rule")


def main() -> None:
    """Every picture of the README."""
    browser_path = (
        shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    )
    with example() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            story(browser, address)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
