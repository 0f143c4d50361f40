"""What must happen once happens once, also when several worker processes are asked at the same moment."""

from pathlib import Path

import pytest
from support.workers import Workers, workers_in

PRELUDE = """
from datetime import UTC, datetime, timedelta
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from concordia.capabilities.accounts import commands
from concordia.capabilities.accounts.models import User
from concordia.kernel.access import Access
from concordia.kernel.subject import Subject
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
def code(moment):
    return format_hotp_value(hotp_value(SEED, int(moment.timestamp()) // 30))
def me():
    return User.objects.get(email="secretaris@wvp.example")
"""
PERSON = """
user = User(email="secretaris@wvp.example", name="secretaris", date_joined=NOW)
user.set_unusable_password()
user.save()
access = Access(NOW - timedelta(days=1), user=user.id, recent=True)
"""


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workers(tmp_path: Path) -> Workers:
    return workers_in(tmp_path, PRELUDE)


def test_forty_guesses_on_four_workers_let_five_through(workers: Workers) -> None:
    guess = 'together(); tries(lambda: commands.claim_attempt("password", "a@b.example", NOW), 10)'

    assert sum(workers.at_once(guess)) == 5


def test_a_code_counts_once_on_all_workers(workers: Workers) -> None:
    workers.run(PERSON + "commands.confirm_totp(access, seed=SEED, code=code(access.now))")
    use = "user = me().id; together(); tries(lambda: commands.confirm_code(user, code(NOW), NOW))"

    assert sum(workers.at_once(use)) == 1


def test_a_recovery_code_counts_once_on_all_workers(workers: Workers) -> None:
    app = "commands.confirm_totp(access, seed=SEED, code=code(access.now))\n"
    recovery = workers.run(PERSON + app + "print(commands.new_recovery_codes(access)[0])")
    use = f'user = me().id; together(); tries(lambda: commands.confirm_code(user, "{recovery}", NOW))'

    assert sum(workers.at_once(use)) == 1


def test_an_invitation_lets_one_of_four_in(workers: Workers) -> None:
    invite = 'print(commands.invite(access, subject=Subject("alliances.person", "per_x")).token)'
    token = workers.run(PERSON + invite)
    join = f"""
me_too = commands.Newcomer("lid", f"lid{{sys.argv[2]}}@svb.example", "nl")
together()
tries(lambda: commands.join(me_too, token="{token}", now=NOW, key="een paard leest geen kranten"))
"""

    assert sum(workers.at_once(join)) == 1
    assert workers.run("print(User.objects.count())") == "2"


def test_of_four_invitations_with_one_address_one_makes_the_account(workers: Workers) -> None:
    invite = 'print(commands.invite(access, subject=Subject("alliances.person", "per_" + str(number))).token)'
    tokens = workers.run(PERSON + f"for number in range(4):\n    {invite}").split()
    join = f"""
newcomer = commands.Newcomer("lid", "lid@svb.example", "nl")
token = {tokens}[int(sys.argv[2])]
together()
tries(lambda: commands.join(newcomer, token=token, now=NOW, key="een paard leest geen kranten"))
"""

    assert sorted(workers.at_once(join)) == [0, 0, 0, 1]
    assert workers.run("print(User.objects.count())") == "2"


def test_of_four_accounts_that_take_one_address_one_has_it(workers: Workers) -> None:
    make = 'User(email=f"lid{number}@svb.example", name="lid", date_joined=NOW).save()'
    workers.run(f"for number in range(4):\n    {make}")
    change = """
user = User.objects.get(email=f"lid{sys.argv[2]}@svb.example")
access = Access(NOW, user=user.id, recent=True)
together()
tries(lambda: commands.change_email(access, email="nieuw@svb.example"))
"""

    assert sorted(workers.at_once(change)) == [0, 0, 0, 1]
