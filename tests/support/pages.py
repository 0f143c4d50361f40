"""Pages asked for as somebody, and a digest of everything that is kept."""

import re
from functools import cache
from hashlib import sha256

from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from concordia.capabilities.accounts.models import User
from concordia.web.accounts import clock
from concordia.web.accounts.entering import SECOND_FACTOR, SEEN_AT, SIGNED_IN_AT

# Who looked and how often, not what holds.
NOT_OURS = {"django_session", "accounts_deniedentry", "accounts_attempt", "concordia_cache"}
_VALUES = re.compile(r"'[^']*'|\bs\d+_x\d+|_curs_\w+|\b\d+\b")  # texts, names, numbers


def signed_in(user_id: str) -> Client:
    """The browser of somebody who signed in just now, with both steps done."""
    client = Client()
    client.force_login(User.objects.get(id=user_id))
    session, now = client.session, clock.now().isoformat()
    session.update({SECOND_FACTOR: True, SEEN_AT: now, SIGNED_IN_AT: now})
    session.save()
    return client


def shapes(asked: CaptureQueriesContext) -> list[str]:
    """What the database was asked, whatever about whom."""
    return [_VALUES.sub("?", query["sql"]) for query in asked.captured_queries]


def state() -> dict[str, str]:
    """A digest of every table that says what holds, by its name."""
    found = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}"')
            lines = sorted(map(repr, cursor.fetchall()))
            found[table] = sha256("\n".join(lines).encode()).hexdigest()
    return found


@cache
def _tables() -> tuple[str, ...]:
    models = apps.get_models(include_auto_created=True)
    return tuple(model._meta.db_table for model in models if model._meta.db_table not in NOT_OURS)
