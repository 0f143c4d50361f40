"""Pages asked for as somebody, and a digest of everything that is kept."""

from datetime import UTC, datetime
from hashlib import sha256

from django.apps import apps
from django.test import Client

from concordia.capabilities.accounts.models import User
from concordia.web.accounts.entering import SECOND_FACTOR, SEEN_AT, SIGNED_IN_AT

# Who looked and how often, not what holds.
NOT_OURS = {"django_session", "accounts_deniedentry", "accounts_attempt", "concordia_cache"}


def signed_in(user_id: str) -> Client:
    """The browser of somebody who signed in just now, with both steps done."""
    client = Client()
    client.force_login(User.objects.get(id=user_id))
    session, now = client.session, datetime.now(UTC).isoformat()
    session.update({SECOND_FACTOR: True, SEEN_AT: now, SIGNED_IN_AT: now})
    session.save()
    return client


def state() -> dict[str, str]:
    """A digest of every table that says what holds, by its name."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table not in NOT_OURS:
            rows = model._base_manager.using("default")
            rows = rows.unscoped() if hasattr(rows, "unscoped") else rows.all()
            lines = sorted(repr(row) for row in rows.values_list())
            found[table] = sha256("\n".join(lines).encode()).hexdigest()
    return found
