"""A register restored from an old backup is healed by any partner's bundle, which need not be trusted."""

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings
from support.house import NOW, House, make_house

from concordia.capabilities.ledger.commands import append, erase_subject, publish
from concordia.capabilities.ledger.models import Checkpoint, Log, Opening
from concordia.capabilities.ledger.queries import entry, register_page
from concordia.capabilities.ledger.queries.tree import stored_root
from concordia.domain.archive import write_archive
from concordia.kernel import keystore, signing
from concordia.kernel.errors import RefusalError
from concordia.kernel.ids import new_id
from concordia.ops.fsck import fsck
from concordia.ops.heal import heal
from concordia.ops.starting import open_register

from .test_fsck import flip_leaf, tamper

PAPER = b"the text of a paper"
PAPER_NAME = hashlib.sha256(PAPER).hexdigest()


def forget_after(log: Log, size: int) -> None:
    """What the restore of an old backup does to a log."""
    for table in ("leaf", "opening"):
        tamper(f"DELETE FROM ledger_{table} WHERE log_id = %s AND n >= %s", log.id, size)
    for level in range(20):
        tamper(
            'DELETE FROM ledger_node WHERE log_id = %s AND level = %s AND "index" >= %s',
            log.id,
            level,
            size >> level,
        )
    tamper("DELETE FROM ledger_checkpoint WHERE log_id = %s AND size > %s", log.id, size)
    tamper("UPDATE ledger_log SET size = %s, vkeys = '' WHERE id = %s", size, log.id)


class Lost:
    """A register of eleven entries that forgot the last six, and what partners kept of it."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder, self.person = house, folder, new_id("per")
        house.fill(5)
        house.fill(3)
        house.record(house.fact("dec_p", title="Paper", files=(PAPER,)))
        two = (house.partners["tax"], house.partners["social"])
        house.record(house.fact("dec_q", audience=two, title="Between us two"))
        house.record(house.fact("app_1", title="Appointed", personal={"person": (self.person, "A chair")}))
        house.record(house.fact(audience=(house.partners["tax"],), title="A draft"), private_to="tax")
        publish(house.log.id, NOW)
        publish(house.private("tax").id, NOW)
        self.root = stored_root(house.log, 11)
        self.bundles = {key: self.kept(key) for key in house.partners}

    def kept(self, partner: str) -> Path:
        path = self.folder / f"{partner}.zip"
        path.write_bytes(self.house.bundle(partner, {PAPER_NAME: PAPER}.get))
        return path

    def forget(self) -> None:
        forget_after(self.house.log, 5)
        forget_after(self.house.private("tax"), 0)
        open_register()


@pytest.fixture
def lost(house: House, tmp_path: Path) -> Lost:
    found = Lost(house, tmp_path)
    found.forget()
    return found


def test_until_it_is_healed_nothing_is_added_and_no_size_is_signed_again(lost: Lost) -> None:
    house = lost.house
    assert house.log.stopped == "behind 11"
    with pytest.raises(RefusalError), transaction.atomic():
        append(house.system(), house.fact(title="x"))
    with pytest.raises(signing.SigningError):
        signing.sign(house.log.origin, 11, b"x" * 32, [], NOW)
    assert house.log.size == 5


def test_a_bundle_brings_back_entries_values_and_files(lost: Lost, settings: Settings) -> None:
    settings.DATA = lost.folder / "data"
    healed = heal(lost.bundles["tax"], NOW)
    house = lost.house
    assert [(n, kind) for _, n, kind, _ in healed.entries[:2]] == [
        (5, "decision.adopted"),
        (6, "decision.adopted"),
    ]
    assert (len(healed.entries), healed.files, healed.stopped) == (7, 1, ())
    assert stored_root(house.log, 11) == lost.root
    assert entry(house.access("social"), 9).values == {"title": "Between us two"}
    assert entry(house.access("tax"), 0, private=True).values == {"title": "A draft"}
    assert (settings.DATA / "recovered" / PAPER_NAME).read_bytes() == PAPER


def test_after_that_it_goes_on_as_if_nothing_had_happened(lost: Lost) -> None:
    heal(lost.bundles["tax"], NOW)
    house = lost.house
    house.record(house.fact("dec_p", title="Going on"))
    checkpoint = publish(house.log.id, NOW)
    assert checkpoint is not None
    assert checkpoint.size == 12
    assert fsck().ok
    assert register_page(house.access("tax")).stopped is None


def test_each_partner_brings_back_what_it_may_open(lost: Lost) -> None:
    house = lost.house
    heal(lost.bundles["figures"], NOW)
    assert entry(house.access("social"), 9).values == {"title": None}
    assert heal(lost.bundles["social"], NOW).openings == 1
    assert entry(house.access("social"), 9).values == {"title": "Between us two"}
    assert heal(lost.bundles["social"], NOW).openings == 0


def test_what_is_about_a_person_is_under_that_persons_key_again(lost: Lost) -> None:
    heal(lost.bundles["social"], NOW)
    assert Opening.objects.get(field="person").subject == lost.person
    erase_subject(lost.house.access("tax"), lost.person, "on request")
    assert entry(lost.house.access("tax"), 10).values == {"person": None, "title": "Appointed"}


def test_what_was_erased_does_not_come_back(house: House, tmp_path: Path) -> None:
    person = new_id("per")
    house.record(house.fact(personal={"person": (person, "A chair")}))
    publish(house.log.id, NOW)
    old = tmp_path / "old.zip"
    old.write_bytes(house.bundle("tax"))
    erase_subject(house.access("tax"), person, "on request")
    assert heal(old, NOW).openings == 0
    keystore.destroy(person)
    forget_after(house.log, 0)
    heal(old, NOW)
    assert entry(house.access("tax"), 0).values == {"person": None}


def test_an_older_bundle_helps_as_far_as_it_goes(house: House, tmp_path: Path) -> None:
    house.fill(6)
    publish(house.log.id, NOW)
    older = tmp_path / "older.zip"
    older.write_bytes(house.bundle("tax"))
    house.fill(4)
    publish(house.log.id, NOW)
    forget_after(house.log, 2)
    healed = heal(older, NOW)
    assert (house.log.size, house.log.stopped) == (6, "behind 10")
    assert "10 entries were signed" in healed.lines("en")[-1]


def test_a_bundle_of_a_whole_register_changes_nothing(house: House, tmp_path: Path) -> None:
    house.fill(6)
    publish(house.log.id, NOW)
    path = tmp_path / "same.zip"
    path.write_bytes(house.bundle("tax"))
    house.fill(2)
    healed = heal(path, NOW)
    assert (healed.entries, healed.openings, house.log.size) == ([], 0, 8)
    assert Checkpoint.objects.count() == 1


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The bundle with other contents, packed as a bundle."""
    from concordia.domain.bundle import open_bundle

    with path.open("rb") as file:
        archive = open_bundle(file)
        members = {name: archive.read(name) for name in archive.names}
    change(members)
    out = BytesIO()
    write_archive(out, members)
    path.write_bytes(out.getvalue())
    return path


def other_value(members: dict[str, bytes]) -> None:
    members["openings.jsonl"] = members["openings.jsonl"].replace(b"Between us two", b"Between us all")


def other_entry(members: dict[str, bytes]) -> None:
    name = "tile/entries/000.p/11"
    members[name] = members[name].replace(
        b'"kind":"decision.adopted","log"', b'"kind":"decision.adoptee","log"', 9
    )


def other_note(members: dict[str, bytes]) -> None:
    members["checkpoint"] = members["checkpoint"].replace(b"\n11\n", b"\n12\n")


def no_entries(members: dict[str, bytes]) -> None:
    del members["tile/entries/000.p/11"]


def test_a_value_that_was_changed_is_left_out(lost: Lost) -> None:
    heal(rewritten(lost.bundles["tax"], other_value), NOW)
    assert entry(lost.house.access("tax"), 9).values == {"title": None}
    assert fsck().ok


@pytest.mark.parametrize("change", [other_entry, other_note, no_entries])
def test_entries_that_were_changed_are_refused_and_nothing_is_done(
    lost: Lost, change: Callable[[dict[str, bytes]], None]
) -> None:
    with pytest.raises(RefusalError) as refused:
        heal(rewritten(lost.bundles["tax"], change), NOW)
    assert "Nothing was changed" in refused.value.text.in_language("en")
    assert lost.house.log.size == 5


def test_a_bundle_signed_by_other_keys_is_refused(lost: Lost, settings: Settings) -> None:
    settings.SIGNER = lost.folder / "another signer"
    with pytest.raises(RefusalError):
        heal(lost.bundles["tax"], NOW)
    assert lost.house.log.size == 5


def test_a_bundle_of_another_installation_is_refused(lost: Lost) -> None:
    tamper("UPDATE ledger_log SET origin = origin || '/elsewhere'")
    with pytest.raises(RefusalError, match="no log of this installation"):
        heal(lost.bundles["tax"], NOW)


@pytest.mark.parametrize("data", [b"", b"PK", b"not a bundle at all" * 99])
def test_a_file_that_is_no_bundle_is_refused(house: House, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "some.zip"
    path.write_bytes(data)
    with pytest.raises(RefusalError):
        heal(path, NOW)


def test_a_file_that_is_not_there_is_refused(house: House, tmp_path: Path) -> None:
    with pytest.raises(RefusalError, match="not readable"):
        heal(tmp_path / "nowhere.zip", NOW)


def test_an_entry_that_differs_here_is_not_papered_over(house: House, tmp_path: Path) -> None:
    house.fill(6)
    publish(house.log.id, NOW)
    path = tmp_path / "theirs.zip"
    path.write_bytes(house.bundle("tax"))
    flip_leaf(house)
    with pytest.raises(RefusalError, match="Entry 4 is different"):
        heal(path, NOW)


def test_other_alliances_are_left_alone(lost: Lost) -> None:
    other = make_house()
    other.fill(2)
    heal(lost.bundles["tax"], NOW)
    assert other.log.size == 2
