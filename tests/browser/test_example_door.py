"""Whoever leaves the example, or erases who they look as, reads how to come back."""

from collections.abc import Callable

import pytest

from .conftest import Person

pytestmark = pytest.mark.browser


def test_who_signs_out_of_the_example_reads_how_to_open_it_again(person: Callable[..., Person]) -> None:
    someone = person()
    someone.enter("nl", "Bestuurslid UWV")
    someone.go("/account/sign-out/")
    someone.follow(someone.page.locator("main form button").first)

    assert "Open haar met het adres dat bij het starten is getoond" in someone.page.inner_text("main")
    someone.enter("nl")
    assert someone.page.locator("#hat").count() == 1
