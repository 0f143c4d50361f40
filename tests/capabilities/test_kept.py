"""What tests start from is the same whether commands built it or it was put back (support/kept.py)."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import AutoField
from support.cast import Cast, make_cast
from support.kept import kept

from concordia.capabilities.alliances.models import Alliance
from concordia.kernel import keystore

pytestmark = pytest.mark.django_db


def everything() -> dict[str, list[str]]:
    """Every row of every table, without the numbers that a database hands out."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        columns = [field.column for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
        names = ", ".join(f'"{column}"' for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}"')
            found[model._meta.label] = sorted(map(repr, cursor.fetchall()))
    return found


def test_what_is_put_back_is_what_was_built() -> None:
    found: list[tuple[Cast, Any]] = []
    for _ in range(2):
        with transaction.atomic():
            found.append((make_cast("put-back"), everything()))
            transaction.set_rollback(True)

    assert found[0] == found[1]
    assert len(found[0][1]["ledger.Leaf"]) > 10


def test_a_person_whose_key_an_earlier_test_destroyed_is_back() -> None:
    for _ in range(2):
        with transaction.atomic():
            cast = make_cast("destroyed")
            assert not keystore.is_erased(cast.tax.person)
            keystore.destroy(cast.tax.person)
            transaction.set_rollback(True)


def test_what_changes_a_row_that_was_there_is_not_kept() -> None:
    make_cast("changed")

    @kept
    def rename() -> None:
        Alliance.objects.unscoped().filter(key="changed").update(example=True)

    with pytest.raises(AssertionError, match="is not as it was"):
        rename()
