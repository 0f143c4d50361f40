"""Code that somebody types is text for everybody: in a real browser nothing of it runs."""

from collections.abc import Callable

import pytest

from .conftest import Person

pytestmark = pytest.mark.browser

CODE = (
    "<script>window.hit=1</script>",
    '<img src=x onerror="window.hit=1">',
    "<svg onload=window.hit=1>",
    "<div hx-get='/' hx-trigger='load' hx-target='body'>hx</div>",
    '<a href="javascript:window.hit=1">go</a>',
    "</textarea><script>window.hit=1</script>",
    "{{7*7}} ${7*7} {% raw %} %s%n",
)
PLACES = ("", "proposals/", "decisions/", "alliance/", "people/", "register/")


def put(someone: Person) -> str:
    """A proposal that holds all of it in every field, sent to all partners; its address."""
    someone.go("/")
    root = someone.page.url
    someone.page.goto(f"{root}proposals/new/")
    code = "\n\n".join(CODE)
    for name, text in (("title", CODE[0] + CODE[1]), ("question", code), ("text", code)):
        someone.page.locator(f"[name={name}]").fill(text)
    someone.page.get_by_role("radio", name="Bestuursbesluit").check()
    someone.follow(someone.page.get_by_role("button", name="Bewaar het concept"))
    someone.follow(someone.page.get_by_role("button", name="Verstuur naar alle partners"))
    return str(someone.page.url)


def test_code_in_every_field_is_shown_and_does_not_run(person: Callable[..., Person]) -> None:
    someone = person()
    someone.enter("nl", "Bestuurslid Belastingdienst")
    proposal = put(someone)
    root = proposal.partition("proposals/")[0]

    for hat in ("Bestuurslid Belastingdienst", "Ketencoördinator UWV"):
        someone.enter("nl", hat)
        for address in (proposal, *(f"{root}{place}" for place in PLACES)):
            someone.page.goto(address)
            someone.page.wait_for_load_state("networkidle")
            assert someone.page.evaluate("window.hit") is None, address
    someone.page.goto(proposal)
    said = someone.page.get_by_role("main").inner_text()
    assert all(line in said for code in CODE for line in code.splitlines())
    assert someone.complaints == []
