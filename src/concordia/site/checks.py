"""What an installation refuses to start with, each with a sentence that says how to mend it (T-E10)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.core.checks import Critical, Tags, register
from django.core.exceptions import ImproperlyConfigured

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SHORTEST_KEY = 50  # characters, of which at least ten differ
ONE_PROCESS = ("locmem.LocMemCache", "dummy.DummyCache")


@register(Tags.security)
def unsafe(**_: Any) -> list[Critical]:
    """Every unsafe combination at once, as problems of Django's own check command."""
    return [Critical(what, hint=mend, id=f"concordia.{code}") for code, what, mend in _problems()]


def refuse_unsafe() -> None:
    """Raise ImproperlyConfigured with every problem. The entrance calls this before it serves anything."""
    lines = [f"{code}: {what} {mend}" for code, what, mend in _problems()]
    if lines:
        raise ImproperlyConfigured("Concordia does not start.\n" + "\n".join(lines))


def _problems() -> Iterator[tuple[str, str, str]]:
    if settings.DEBUG:
        yield "E001", "DEBUG shows settings and code to visitors.", "Leave DEBUG off."
    for name, key in _keys():
        if len(key) < SHORTEST_KEY or len(set(key)) < 10:
            yield (
                "E002",
                f"{name} is too weak to sign sessions and seal keys with.",
                f"Let Concordia make one, or give at least {SHORTEST_KEY} random characters.",
            )
    yield from _address()
    yield from _mail()
    yield from _scanner()
    yield from _storage()


def _keys() -> Iterator[tuple[str, str]]:
    yield "CONCORDIA_SECRET_KEY", settings.SECRET_KEY
    for key in settings.SECRET_KEY_FALLBACKS:
        yield "CONCORDIA_OLD_SECRET_KEYS", key


def _address() -> Iterator[tuple[str, str, str]]:
    public = urlparse(settings.PUBLIC_URL)
    if public.scheme not in {"http", "https"} or not public.hostname:
        yield (
            "E003",
            f"CONCORDIA_URL is not an address people can open: {settings.PUBLIC_URL}.",
            "Write it as https://host.",
        )
    elif public.scheme == "http" and not settings.EXAMPLE and not is_loopback(public.hostname):
        yield (
            "E004",
            "Passwords and sessions would cross the network in the clear.",
            "Set CONCORDIA_URL to an https address; plain http is for this machine and the example only.",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield "E005", "Any host name would be believed.", "Name the hosts in CONCORDIA_HOSTS."


def _mail() -> Iterator[tuple[str, str, str]]:
    server = urlparse(settings.EMAIL_URL)
    if server.scheme == "smtp" and not is_loopback(server.hostname or ""):
        yield (
            "E008",
            "Letters with links would cross the network in the clear.",
            "Write CONCORDIA_EMAIL_URL with smtps or smtp+tls; plain smtp is for a server on this machine.",
        )


def _scanner() -> Iterator[tuple[str, str, str]]:
    place = urlparse(settings.SCANNER)
    if place.scheme == "tcp" and not is_loopback(place.hostname or ""):
        yield (
            "E009",
            "Papers would cross the network to the virus scanner in the clear.",
            "Let CONCORDIA_SCANNER name a scanner on this machine, or the end of a protected tunnel here.",
        )


def _storage() -> Iterator[tuple[str, str, str]]:
    if any(cache["BACKEND"].endswith(ONE_PROCESS) for cache in settings.CACHES.values()):
        yield (
            "E006",
            "The cache is kept per process, so workers do not see each other's limits.",
            "Keep it in the database.",
        )
    if any(base["ENGINE"] == "django.db.backends.sqlite3" for base in settings.DATABASES.values()):
        yield (
            "E007",
            "SQLite is used without the lock that keeps writers from corrupting and starving each other.",
            "Use the engine concordia.kernel.sqlite, or PostgreSQL.",
        )


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this very machine."""
    return host in LOOPBACK or host.endswith(".localhost")
