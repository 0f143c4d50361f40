"""What every answer of an installation tells a browser, and how a sign-in page asks (ASVS chapter 3)."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

SIGN_IN = "/account/sign-in/"


@pytest.fixture
def page(client: Client, db: None) -> object:
    """The page that everybody can open."""
    return client.get(SIGN_IN)


def told(setting: str, tmp_path: Path) -> str:
    """What an installation behind https has for a setting, asked in a process of its own."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CONCORDIA_")},
        "CONCORDIA_URL": "https://alliance.example",
        "CONCORDIA_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "concordia.site.settings",
    }
    code = f"from django.conf import settings; print(settings.{setting})"
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SESSION_COOKIE_NAME", "__Host-session"),
        ("SESSION_COOKIE_SECURE", "True"),
        ("CSRF_COOKIE_SECURE", "True"),
        ("SECURE_HSTS_SECONDS", "31536000"),
        ("SECURE_HSTS_INCLUDE_SUBDOMAINS", "True"),
        ("DEBUG", "False"),
        ("PASSWORD_HASHERS", "['django.contrib.auth.hashers.Argon2PasswordHasher']"),
    ],
)
def test_an_installation_behind_https_is_strict(setting: str, value: str, tmp_path: Path) -> None:
    assert told(setting, tmp_path) == value


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "strict-origin"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
        ("Content-Type", "text/html; charset=utf-8"),
    ],
)
def test_every_page_says_what_a_browser_may_do_with_it(page, header: str, value: str) -> None:
    assert value in page[header]


def test_script_runs_with_the_mark_of_this_answer_only(client: Client, page) -> None:
    policy, other = page["Content-Security-Policy"], client.get(SIGN_IN)["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert re.search(r"script-src 'nonce-[^']{16,}'", policy)
    assert policy != other


def test_no_other_site_may_read_an_answer(client: Client, db: None) -> None:
    answer = client.get(SIGN_IN, headers={"origin": "https://other.example"})
    assert [name for name in answer.headers if name.lower().startswith("access-control-")] == []


def test_the_cookie_of_a_session_is_out_of_reach_of_script(page) -> None:
    cookie = page.cookies["concordia_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_password_is_typed_unseen_and_may_be_pasted(page) -> None:
    fields = re.findall(r"<input[^>]*name=\"password\"[^>]*>", page.content.decode())
    assert fields
    for field in fields:
        assert 'type="password"' in field
        assert "onpaste" not in field
        assert 'autocomplete="current-password"' in field


def test_signing_out_clears_what_the_browser_kept(client: Client, db: None) -> None:
    answer = client.post("/account/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
