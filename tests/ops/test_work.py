"""What is due is done for everybody, also beside a log that is damaged; what an upload left goes at the start."""

import os
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from support.house import NOW, House

from concordia.capabilities.ledger.models import Checkpoint
from concordia.ops.backup import _copy_files
from concordia.ops.publishing import publish_due
from concordia.ops.starting import open_register

from .test_fsck import tamper


def _damage(house: House, owner: str) -> None:
    """Take the tree of a partner's private log away."""
    tamper("DELETE FROM ledger_node WHERE log_id = %s", house.private(owner).id)


def test_a_damaged_log_keeps_no_other_from_being_signed(house: House) -> None:
    house.fill(2)
    for owner in ("tax", "social", "figures"):
        house.record(private_to=owner)
    _damage(house, "social")

    assert publish_due(NOW) == 3
    assert set(Checkpoint.objects.values_list("log__owner_id", flat=True)) == {
        house.alliance,
        house.partners["tax"],
        house.partners["figures"],
    }


def test_a_damaged_private_log_keeps_no_head_of_another_alliance_waiting(house: House) -> None:
    house.fill(1)
    house.record(private_to="tax")
    _damage(house, "tax")

    assert publish_due(NOW + timedelta(days=8)) >= 1
    assert Checkpoint.objects.filter(log__owner_id=house.alliance).exists()


def test_a_file_that_no_paper_names_goes_at_the_next_start(db: None) -> None:
    name = default_storage.save("papers/pap_left", ContentFile(b"cut off"))
    long_ago = 1_000_000_000
    os.utime(default_storage.path(name), (long_ago, long_ago))

    open_register()

    assert not default_storage.exists(name)


def test_a_file_that_was_half_written_when_a_backup_began_is_copied_whole(db: None, tmp_path) -> None:
    name = default_storage.save("papers/pap_slow", ContentFile(b"whole"))
    (tmp_path / "papers").mkdir()
    (tmp_path / name).write_bytes(b"who")

    _copy_files(tmp_path)

    assert (tmp_path / name).read_bytes() == b"whole"
    default_storage.delete(name)
