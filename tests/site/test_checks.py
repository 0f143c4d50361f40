"""An installation that would be unsafe does not start, and says how to mend it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from concordia.site.checks import refuse_unsafe, unsafe

SAFE = {
    "DEBUG": False,
    "EXAMPLE": False,
    "PUBLIC_URL": "https://concordia.example",
    "SECRET_KEY": "Zx9-kQ2_pL7vT4wR1nY6mB3cD8fG5hJ0sA" * 2,
    "SECRET_KEY_FALLBACKS": [],
    "ALLOWED_HOSTS": ["concordia.example"],
    "EMAIL_URL": "smtps://mail.example",
    "SCANNER": "unix:///run/clamav/clamd.ctl",
}
LOCAL = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOCKLESS = {"default": {"ENGINE": "django.db.backends.sqlite3"}}


def codes(settings, **changes: object) -> set[str]:
    for name, value in (SAFE | changes).items():
        setattr(settings, name, value)
    return {problem.id.removeprefix("concordia.") for problem in unsafe()}


def test_a_safe_installation_starts(settings) -> None:
    assert codes(settings) == set()
    refuse_unsafe()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DEBUG", True, "E001"),
        ("SECRET_KEY", "short", "E002"),
        ("SECRET_KEY", "a" * 80, "E002"),
        ("SECRET_KEY_FALLBACKS", ["old"], "E002"),
        ("PUBLIC_URL", "concordia.example", "E003"),
        ("PUBLIC_URL", "http://concordia.example", "E004"),
        ("PUBLIC_URL", "http://127.0.0.1.evil.example", "E004"),
        ("ALLOWED_HOSTS", ["*"], "E005"),
        ("EMAIL_URL", "smtp://mail.example", "E008"),
        ("SCANNER", "tcp://scanner.example:3310", "E009"),
        ("CACHES", LOCAL, "E006"),
        ("DATABASES", LOCKLESS, "E007"),
    ],
)
def test_each_unsafe_setting_is_named(settings, name: str, value: object, code: str) -> None:
    assert codes(settings, **{name: value}) == {code}
    with pytest.raises(ImproperlyConfigured, match=code):
        refuse_unsafe()


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]", "http://a.localhost"]
)
def test_this_very_machine_needs_no_https(settings, url: str) -> None:
    assert codes(settings, PUBLIC_URL=url) == set()


def test_the_example_may_be_shown_over_http(settings) -> None:
    assert codes(settings, PUBLIC_URL="http://concordia.example", EXAMPLE=True) == set()


def test_all_problems_are_told_at_once(settings) -> None:
    assert codes(settings, DEBUG=True, SECRET_KEY="x", CACHES=LOCAL) == {"E001", "E002", "E006"}


def test_the_entrance_does_not_open_unsafely(tmp_path: Path) -> None:
    unsafe_start = {"CONCORDIA_DATA": str(tmp_path), "CONCORDIA_URL": "http://concordia.example"}
    command = [sys.executable, "-c", "import concordia.site.wsgi"]
    refused = subprocess.run(command, env=os.environ | unsafe_start, capture_output=True, text=True)

    assert refused.returncode != 0
    assert "E004: Passwords and sessions would cross the network in the clear." in refused.stderr
