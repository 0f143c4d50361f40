"""The first door of an installation that nobody is in yet."""

from datetime import UTC, datetime

from django.conf import settings

from concordia.capabilities.accounts.commands import create_first_account


def first_account_link(name: str = "", email: str = "") -> str:
    """A one-time link with which the first person makes an account. Raises RefusalError when one exists."""
    token = create_first_account(datetime.now(UTC), name=name, email=email)
    return f"{settings.PUBLIC_URL}/invitation/{token}/"
