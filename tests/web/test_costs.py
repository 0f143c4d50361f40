"""A page asks the database as much after a long history as before it (`bin/bench pages` measures the rest)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from support.cast import Cast, make_cast
from support.deciding import decided, opened, sent
from support.pages import signed_in

pytestmark = pytest.mark.django_db

PLACES = ("", "alliance/", "people/", "charter/", "proposals/", "decisions/", "register/")
NOT_SHOWN = 40  # more than a page of the register, of proposals or of decisions holds


def browser_of(cast: Cast, role: str) -> Client:
    """Somebody of the cast, signed in with both steps done."""
    return signed_in(cast.members[role].user)


def asked(client: Client, path: str) -> int:
    """How often a page asks, once the charter is in memory."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


def test_the_people_are_found_without_walking_a_query_inside_a_query():
    """On PostgreSQL a young database, which knows nothing of its rows yet, walks it once for each of them."""
    cast = make_cast()
    client = browser_of(cast, "social")
    path = f"/a/{cast.key}/people/"
    asked(client, path)

    with CaptureQueriesContext(connection) as captured:
        client.get(path)

    about_people = [query["sql"] for query in captured if 'FROM "alliances_person"' in query["sql"]]
    assert about_people
    assert [sql for sql in about_people if "EXISTS" in sql] == []


def test_today_asks_twelve_questions_when_something_of_every_kind_waits():
    cast = make_cast()
    client = browser_of(cast, "tax")
    opened(cast)
    decided(cast)
    sent(cast, by="social")
    assert asked(client, f"/a/{cast.key}/") == 12


def test_no_page_asks_more_for_the_history_it_does_not_show():
    cast = make_cast()
    client = browser_of(cast, "social")
    running = opened(cast)
    for _ in range(2):
        decided(cast)
    paths = [f"/a/{cast.key}/{place}" for place in (*PLACES, f"proposals/{running}/")]
    young = {path: asked(client, path) for path in paths}

    for number in range(NOT_SHOWN):
        decided(cast, title=f"Decision {number}")

    assert {path: asked(client, path) for path in paths} == young
