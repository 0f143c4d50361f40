"""What every test may lean on."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from _pytest.nodeid import coerce_node_id
from hypothesis import HealthCheck, settings
from playwright.sync_api import sync_playwright
from pytest_django.plugin import DjangoDbBlocker
from support.installation import Installation, new_installation
from support.moment import MOMENT

settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile(
    "ci", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


CHROMIUM = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
_DATABASE = {"db", "transactional_db", "django_db_setup"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """What touches no database need not be run on each of them."""
    parser.addoption("--only-database", action="store_true", help="run only tests that touch the database")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what never meets the database of the tests; keep groups together."""
    if config.getoption("loadgroup", False):
        _keep_together(items)
    if config.getoption("--only-database"):
        out = [item for item in items if not _touches_the_database(item)]
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if _touches_the_database(item)]


def _keep_together(items: list[pytest.Item]) -> None:
    """Name each test's group in its identity: pytest 9.2 keeps that elsewhere than xdist 3.8 writes it."""
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark is not None and "@" not in item.nodeid.rpartition("]")[2]:
            item._id = coerce_node_id(f"{item.nodeid}@{mark.args[0]}")  # type: ignore[attr-defined]


def _touches_the_database(item: pytest.Item) -> bool:
    marked = item.get_closest_marker("django_db") is not None
    return marked or not _DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Translations are compiled once, as at the start of an installation."""
    from concordia.web.shared.catalogs import compile_catalogs

    compile_catalogs()


@pytest.fixture
def standing_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the pages stands still, except where a browser brings its own."""
    from concordia.web.accounts import clock as door_clock
    from concordia.web.shared import clock

    if request.node.get_closest_marker("browser") is None:
        for each in (clock, door_clock):
            monkeypatch.setattr(each, "now", lambda: MOMENT)


@pytest.fixture(scope="session")
def installed(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Installation]:
    """An installation with an alliance of three partners whose logs are empty, to be copied and never changed."""
    with django_db_blocker.unblock():
        made = new_installation(tmp_path_factory.mktemp("installed") / "data")
        yield made
        made.drop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real Chromium, one for all tests of a process: a second event loop in its thread would be refused.

    Django is told that we know of that loop.
    """
    if not CHROMIUM:
        pytest.skip("no Chromium found: install the package chromium or set CHROMIUM_PATH")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()
