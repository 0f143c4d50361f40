"""What the register asks of the database does not grow with the register."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from support.house import NOW, House, make_house

from concordia.capabilities.ledger import commands, queries

pytestmark = pytest.mark.django_db


def _asked(house: House, n: int) -> int:
    commands.publish(house.log.id, NOW)
    with CaptureQueriesContext(connection) as captured:
        assert queries.receipt(house.access("tax"), n)
    return len(captured)


def test_a_receipt_asks_as_much_in_a_long_register_as_in_a_short_one():
    house = make_house()
    house.fill(3)
    short = _asked(house, 1)
    house.fill(70)
    assert _asked(house, 1) == short
