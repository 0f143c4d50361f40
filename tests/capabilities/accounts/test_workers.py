"""What must happen once happens once, also when several worker processes are asked at the same moment."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

PRELUDE = """
import sys, time, pathlib
import django
django.setup()
from datetime import UTC, datetime, timedelta
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from concordia.capabilities.accounts import commands
from concordia.capabilities.accounts.models import User
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.subject import Subject
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
def code(moment):
    return format_hotp_value(hotp_value(SEED, int(moment.timestamp()) // 30))
def me():
    return User.objects.get(email="secretaris@wvp.example")
def together():
    pathlib.Path(sys.argv[1], f"ready-{sys.argv[2]}").touch()
    while not pathlib.Path(sys.argv[1], "go").exists():
        time.sleep(0.002)
def tries(act, times=1):
    done = 0
    for _ in range(times):
        try:
            act()
        except (RefusalError, NotFoundError):
            continue
        done += 1
    print(done)
"""
PERSON = """
user = User(email="secretaris@wvp.example", name="secretaris", date_joined=NOW)
user.set_unusable_password()
user.save()
access = Access(NOW - timedelta(days=1), user=user.id, recent=True)
"""


class Workers:
    """Processes of their own on one database, told to act at the same moment."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self.env = folder, env

    def run(self, script: str) -> str:
        command = [sys.executable, "-c", PRELUDE + script]
        return subprocess.run(
            command, env=self.env, check=True, capture_output=True, text=True
        ).stdout.strip()

    def at_once(self, script: str, number: int = 4) -> int:
        """Run the script in so many processes at once; the sum of what they print."""
        command = [sys.executable, "-c", PRELUDE + script, str(self.folder)]
        running = [
            subprocess.Popen([*command, str(index)], env=self.env, stdout=subprocess.PIPE, text=True)
            for index in range(number)
        ]
        while len(list(self.folder.glob("ready-*"))) < number:
            assert all(process.poll() in (None, 0) for process in running)
            time.sleep(0.01)
        (self.folder / "go").touch()
        return sum(int(process.communicate(timeout=60)[0]) for process in running)


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workers(tmp_path: Path) -> Workers:
    env = os.environ | {
        "CONCORDIA_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "concordia.site.settings",
    }
    if connection.vendor == "postgresql":
        it = connection.settings_dict
        place = f"{it['USER']}:{it['PASSWORD']}@{it['HOST']}:{it['PORT'] or 5432}/{it['NAME']}"
        env["CONCORDIA_DATABASE_URL"] = f"postgresql://{place}"
    else:
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=env, check=True)
    return Workers(tmp_path, env)


def test_forty_guesses_on_four_workers_let_five_through(workers: Workers) -> None:
    guess = 'together(); tries(lambda: commands.claim_attempt("password", "a@b.example", NOW), 10)'

    assert workers.at_once(guess) == 5


def test_a_code_counts_once_on_all_workers(workers: Workers) -> None:
    workers.run(PERSON + "commands.confirm_totp(access, seed=SEED, code=code(access.now))")
    use = "user = me().id; together(); tries(lambda: commands.confirm_code(user, code(NOW), NOW))"

    assert workers.at_once(use) == 1


def test_a_recovery_code_counts_once_on_all_workers(workers: Workers) -> None:
    app = "commands.confirm_totp(access, seed=SEED, code=code(access.now))\n"
    recovery = workers.run(PERSON + app + "print(commands.new_recovery_codes(access)[0])")
    use = f'user = me().id; together(); tries(lambda: commands.confirm_code(user, "{recovery}", NOW))'

    assert workers.at_once(use) == 1


def test_an_invitation_lets_one_of_four_in(workers: Workers) -> None:
    invite = 'print(commands.invite(access, subject=Subject("alliances.person", "per_x")).token)'
    token = workers.run(PERSON + invite)
    join = f"""
me_too = commands.Newcomer("lid", f"lid{{sys.argv[2]}}@svb.example", "nl")
together()
tries(lambda: commands.join(me_too, token="{token}", now=NOW, key="een paard leest geen kranten"))
"""

    assert workers.at_once(join) == 1
    assert workers.run("print(User.objects.count())") == "2"
