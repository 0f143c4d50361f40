"""The database itself refuses to change or remove what was recorded (trust.md 0.8, 4.1 Tables)."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from support.house import NOW, House

from concordia.capabilities.ledger.models import Checkpoint, Cosignature, Leaf, Log, Node, Opening

TABLES = ("leaf", "node", "cosignature", "checkpoint", "log")


@pytest.fixture(autouse=True)
def full(house: House) -> None:
    """A row in every table."""
    house.record()
    log = house.log
    Checkpoint.objects.create(log=log, size=1, root=b"r" * 32, note=b"signed", at=NOW)
    Cosignature.objects.create(
        log=log,
        size=1,
        line="x",
        signed_at=NOW,
        received_at=NOW,
        alliance_id=house.alliance,
        owner_id=house.partners["tax"],
        audience="shared",
    )


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_removed(table: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        run(f"DELETE FROM ledger_{table}")


@pytest.mark.parametrize(
    "change",
    [
        "ledger_leaf SET bytes = bytes",
        "ledger_leaf SET kind = 'other'",
        "ledger_node SET hash = hash",
        "ledger_cosignature SET line = 'other'",
        "ledger_opening SET salt = salt",
        "ledger_checkpoint SET note = note",
        "ledger_checkpoint SET root = root",
        "ledger_log SET size = 0",
        "ledger_log SET origin = 'other'",
        "ledger_log SET owner_id = 'other' WHERE size = 1",
    ],
)
def test_nothing_is_changed(change: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        run(f"UPDATE {change}")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="INSERT OR REPLACE is of SQLite")
@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_replaced(table: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        run(f"INSERT OR REPLACE INTO ledger_{table} SELECT * FROM ledger_{table}")


def test_a_checkpoint_gets_its_note_once(house: House) -> None:
    row = Checkpoint.objects.create(log=house.log, size=2, root=b"r" * 32, at=NOW)
    Checkpoint.objects.filter(id=row.id).update(note=b"signed")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Checkpoint.objects.filter(id=row.id).update(note=b"signed again")


def test_only_openings_can_go() -> None:
    assert Opening.objects.all().delete()[0] == 1


@pytest.mark.parametrize("model", [Leaf, Node, Checkpoint])
def test_nothing_is_there_twice(model: type[Leaf]) -> None:
    row = model.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_log_may_grow_and_be_stopped(house: House) -> None:
    Log.objects.unscoped().filter(id=house.log.id).update(size=2, stopped="behind 3")
    assert house.log.size == 2
