"""What can be only once is there once, also when several worker processes are asked at the same moment."""

import json
from pathlib import Path

import pytest
from support.workers import Workers, workers_in

pytestmark = pytest.mark.django_db(transaction=True)

PRELUDE = """
import json
from support.cast import CHARTER, FOUNDED, NOW, make_account, make_cast
from concordia.capabilities.alliances.commands import found_alliance, invite_person, take_place
from concordia.capabilities.alliances.models import Alliance, Person
from concordia.domain.charter import load_charter
from concordia.kernel.subject import Subject
"""
TWO_SEATS = """
cast, user = make_cast(), make_account("newcomer")
seats = [
    invite_person(
        cast.system, name="Newcomer", email="", position="professional", partner_id=cast.partners[partner],
        from_date=FOUNDED.date(),
    ).person
    for partner in ("tax", "social", "figures", "tax")
]
print(json.dumps([user, seats]))
"""


@pytest.fixture
def workers(tmp_path: Path) -> Workers:
    return workers_in(tmp_path, PRELUDE)


def test_of_four_alliances_founded_with_one_key_one_is_founded(workers: Workers) -> None:
    found = """
charter = load_charter(CHARTER.format(key="river"))
together()
tries(lambda: found_alliance(FOUNDED, charter=charter))
"""

    assert sorted(workers.at_once(found)) == [0, 0, 0, 1]
    assert workers.run("print(Alliance.objects.unscoped().count())") == "1"


def test_of_four_links_opened_with_one_account_one_gives_a_seat(workers: Workers) -> None:
    user, seats = json.loads(workers.run(TWO_SEATS))
    take = f"""
subject = Subject("alliances.person", {seats}[int(sys.argv[2])])
together()
tries(lambda: take_place(NOW, subject=subject, user_id="{user}"))
"""

    assert sorted(workers.at_once(take)) == [0, 0, 0, 1]
    assert workers.run(f'print(Person.objects.unscoped().filter(account_id="{user}").count())') == "1"
