"""What happens is written where the operator can read it: one line each, whatever somebody sent (ASVS chapter 16)."""

import json
import os
import subprocess
import sys
from pathlib import Path

START = "import logging, django; django.setup(); log = logging.getLogger"


def written(code: str, tmp_path: Path) -> list[dict[str, str]]:
    """What an installation writes on its error stream when this happens in it."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CONCORDIA_")},
        "CONCORDIA_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "concordia.site.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", f"{START}\n{code}"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_sign_in_is_written_with_its_moment_in_utc(tmp_path: Path) -> None:
    [line] = written("log('concordia.security').info('signed in account=%s', 'a1')", tmp_path)

    assert line["message"] == "signed in account=a1"
    assert line["logger"] == "concordia.security"
    assert line["time"].endswith("Z")


def test_nobody_forges_a_line(tmp_path: Path) -> None:
    [line] = written(
        "log('concordia.web').warning('policy: %s', 'x\\n\\x1b[2Jsigned in\\u2028as you')", tmp_path
    )

    assert line["message"] == "policy: x\n\x1b[2Jsigned in\u2028as you"


def test_a_page_that_fails_is_written_with_its_cause_and_without_its_address(tmp_path: Path) -> None:
    code = """
try:
    {}["absent"]
except KeyError:
    log('django.request').error('%s: %s', 'Internal Server Error', '/invitation/token/', exc_info=True)
"""
    [line] = written(code, tmp_path)

    assert "KeyError" in line["trace"]
    assert "token" not in line["message"]


def test_an_address_that_is_not_there_fills_no_log(tmp_path: Path) -> None:
    assert written("log('django.request').warning('%s: %s', 'Not Found', '/x')", tmp_path) == []
