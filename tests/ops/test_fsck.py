"""One flipped bit anywhere in the register is found, named, and stops the log it is in (trust.md 5, 57)."""

from collections.abc import Callable

import pytest
from django.db import connection
from support.house import NOW, House, make_house

from concordia.capabilities.ledger.commands import publish
from concordia.capabilities.ledger.models import Checkpoint, Leaf, Node, Opening
from concordia.kernel import keystore
from concordia.kernel.ids import new_id
from concordia.ops.fsck import fsck


@pytest.fixture
def full(house: House) -> House:
    house.fill(6)
    publish(house.log.id, NOW)
    house.fill(3)
    house.record(private_to="tax")
    return house


def tamper(statement: str, *parameters: object) -> None:
    """What somebody with the database in hands does: the triggers do not stop them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(statement, parameters)
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement, parameters)
        for _, definition in triggers:
            cursor.execute(definition.replace("%", "%%"))


def flipped(data: bytes, at: int = 5) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_register_as_it_was_recorded_is_whole(full: House) -> None:
    report = fsck()
    assert (report.ok, report.logs, report.entries) == (True, 4, 10)
    assert "10" in report.lines("nl")[0]


def test_every_length_is_whole(house: House) -> None:
    for _ in range(20):
        assert fsck().ok
        house.record()


def flip_leaf(house: House) -> None:
    row = Leaf.objects.get(log=house.log, n=4)
    tamper("UPDATE ledger_leaf SET bytes = %s WHERE id = %s", flipped(bytes(row.bytes), 40), row.id)


def flip_node(house: House) -> None:
    row = Node.objects.get(log=house.log, level=1, index=2)
    tamper("UPDATE ledger_node SET hash = %s WHERE id = %s", flipped(bytes(row.hash)), row.id)


def lose_node(house: House) -> None:
    tamper(
        "DELETE FROM ledger_node WHERE log_id = %s AND level = 0 AND index = 4".replace("index", '"index"'),
        house.log.id,
    )


def lose_leaf(house: House) -> None:
    tamper("DELETE FROM ledger_leaf WHERE log_id = %s AND n = 4", house.log.id)


def flip_opening(house: House) -> None:
    row = Opening.objects.get(log=house.log, n=4)
    tamper("UPDATE ledger_opening SET sealed = %s WHERE id = %s", flipped(bytes(row.sealed), 20), row.id)


def flip_salt(house: House) -> None:
    row = Opening.objects.get(log=house.log, n=4)
    tamper("UPDATE ledger_opening SET salt = %s WHERE id = %s", flipped(bytes(row.salt)), row.id)


def move_opening(house: House) -> None:
    row = Opening.objects.get(log=house.log, n=4)
    tamper("UPDATE ledger_opening SET field = 'text' WHERE id = %s", row.id)


def other_subject(house: House) -> None:
    row = Opening.objects.get(log=house.log, n=4)
    tamper("UPDATE ledger_opening SET subject = %s WHERE id = %s", new_id("per"), row.id)


def other_kind(house: House) -> None:
    tamper("UPDATE ledger_leaf SET kind = 'decision.rejected' WHERE log_id = %s AND n = 4", house.log.id)


@pytest.mark.parametrize(
    "change",
    [
        flip_leaf,
        flip_node,
        lose_node,
        lose_leaf,
        flip_opening,
        flip_salt,
        move_opening,
        other_subject,
        other_kind,
    ],
)
def test_what_was_changed_is_named_and_its_log_stopped(full: House, change: Callable[[House], None]) -> None:
    change(full)
    report = fsck()
    assert next(fault.n for fault in report.faults if fault.n is not None) == 4
    assert ", entry 4: " in report.lines("en")[0]
    assert ", regel 4: " in report.lines("nl")[0]
    assert full.log.stopped == "altered 4"
    assert full.private("tax").stopped == ""


def flip_root(house: House) -> None:
    row = Checkpoint.objects.get(log=house.log)
    tamper("UPDATE ledger_checkpoint SET root = %s WHERE id = %s", flipped(bytes(row.root)), row.id)


def flip_note(house: House) -> None:
    row = Checkpoint.objects.get(log=house.log)
    note = bytes(row.note).replace(b"\n6\n", b"\n7\n")
    tamper("UPDATE ledger_checkpoint SET note = %s WHERE id = %s", note, row.id)


def flip_signature(house: House) -> None:
    row = Checkpoint.objects.get(log=house.log)
    note = bytes(row.note)
    at = note.index("— ".encode()) + len(house.log.origin) + 20
    other = b"A" if note[at : at + 1] != b"A" else b"B"
    tamper("UPDATE ledger_checkpoint SET note = %s WHERE id = %s", note[:at] + other + note[at + 1 :], row.id)


def shorten(house: House) -> None:
    tamper("UPDATE ledger_log SET size = 5 WHERE id = %s", house.log.id)


@pytest.mark.parametrize("change", [flip_root, flip_note, flip_signature, shorten])
def test_a_changed_checkpoint_or_length_is_found(full: House, change: Callable[[House], None]) -> None:
    change(full)
    assert {fault.origin for fault in fsck().faults} == {full.log.origin}
    assert full.log.stopped.startswith("altered")


def test_a_whole_rewritten_log_is_found_by_what_was_signed(full: House) -> None:
    other = make_house()
    other.fill(9)
    for table in ("leaf", "node"):
        tamper(f"DELETE FROM ledger_{table} WHERE log_id = %s", full.log.id)
        tamper(f"UPDATE ledger_{table} SET log_id = %s WHERE log_id = %s", full.log.id, other.log.id)
    tamper("UPDATE ledger_log SET origin = 'gone' WHERE id = %s", other.log.id)
    sentences = [fault.sentence("en") for fault in fsck().faults if fault.origin == full.log.origin]
    assert any("first 6 entries are not those of the checkpoint" in line for line in sentences)


def test_a_mended_log_goes_on(full: House) -> None:
    row = Leaf.objects.get(log=full.log, n=4)
    whole = bytes(row.bytes)
    flip_leaf(full)
    assert not fsck().ok
    tamper("UPDATE ledger_leaf SET bytes = %s WHERE id = %s", whole, row.id)
    assert fsck().ok
    assert full.log.stopped == ""


def test_looking_only_stops_nothing(full: House) -> None:
    flip_leaf(full)
    assert not fsck(stop=False).ok
    assert full.log.stopped == ""


def test_an_erased_person_is_no_fault(house: House) -> None:
    person = new_id("per")
    house.record(house.fact(personal={"person": (person, "A chair")}))
    keystore.destroy(person)
    assert fsck().ok


def test_a_lost_key_is_said(house: House) -> None:
    house.record()
    for path in keystore.Path(keystore.settings.KEYS).rglob("par_*"):
        path.unlink()
    assert "key that title was encrypted under" in fsck().lines("en")[0]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite about its file")
def test_what_the_database_says_of_itself_is_passed_on(full: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from concordia.ops import fsck as module

    monkeypatch.setattr(
        module, "_database", lambda _: iter([module.Fault("SQLite", None, module.Text.of("page 7"))])
    )
    assert fsck().lines("en")[0] == "SQLite: page 7"
