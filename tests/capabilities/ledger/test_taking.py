"""What a partner takes home is verified by programs that never saw this database."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from support.house import NOW, House, make_house

from concordia import witness
from concordia.capabilities.ledger.commands import erase_subject, publish, record_cosignature
from concordia.capabilities.ledger.models import Log
from concordia.capabilities.ledger.queries import receipt
from concordia.domain.openings import decode_openings
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.ids import new_id
from concordia.verifier import Report, verify

from .test_witnessing import Witness

PAPER = b"the text of a paper"
PAPER_NAME = hashlib.sha256(PAPER).hexdigest()


def sign(house: House, *partners: str) -> None:
    publish(house.log.id, NOW)
    for partner in partners:
        publish(house.private(partner).id, NOW)


def verified(data: bytes, tmp_path: Path, house: House) -> Report:
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    return verify(path, vkeys=house.log.vkeys.split() + house.private("tax").vkeys.split())


def opened(house: House, partner: str, path: str = "openings.jsonl") -> dict[tuple[int, str], str]:
    lines = decode_openings(house.opened_bundle(partner).read(path))
    return {(line.n, line.field): line.value for line in lines}


def keys_of(log: Log) -> list[witness.Key]:
    """The keys a partner pinned, as the witness reads them."""
    return [witness.Key.parse(key) for key in log.vkeys.split()]


@pytest.fixture
def full(house: House) -> House:
    """Two entries for all, one with a paper, one between two partners, and one of a partner's own."""
    house.fill(2)
    house.record(house.fact(title="With a paper", files=(PAPER,)))
    two = (house.partners["tax"], house.partners["social"])
    house.record(house.fact(audience=two, title="Between us two"))
    house.record(house.fact(audience=(house.partners["tax"],), title="A draft"), private_to="tax")
    sign(house, "tax")
    return house


def test_a_bundle_is_intact(full: House, tmp_path: Path) -> None:
    report = verified(full.bundle("tax", {PAPER_NAME: PAPER}.get), tmp_path, full)
    assert report.failures == ()
    assert [(log.size, log.opened) for log in report.logs] == [(4, 5), (1, 1)]
    assert report.logs[0].attachments == 1


def test_the_same_contents_give_the_same_bytes(full: House) -> None:
    assert full.bundle("tax") == full.bundle("tax")


def test_a_bundle_opens_what_its_partner_may_open_and_nothing_else(full: House) -> None:
    assert opened(full, "tax")[3, "title"] == "Between us two"
    assert opened(full, "tax", "private/openings.jsonl") == {(0, "title"): "A draft"}
    assert (3, "title") not in opened(full, "figures")
    assert len(opened(full, "figures")) == 4
    for partner in ("social", "figures"):
        data = full.bundle(partner)
        assert b"A draft" not in data
        assert full.private("tax").origin.encode() not in data


def test_an_empty_private_log_is_left_out(full: House) -> None:
    assert not [name for name in full.opened_bundle("social").names if name.startswith("private/")]


def test_a_lost_file_is_said_by_the_verifier(full: House, tmp_path: Path) -> None:
    report = verified(full.bundle("tax"), tmp_path, full)
    assert [(failure.n, failure.kind) for failure in report.failures] == [(2, "attachment")]


def test_an_erased_value_leaves_the_bundle_intact(house: House, tmp_path: Path) -> None:
    person = new_id("per")
    house.record(house.fact(title="Appointed", personal={"person": (person, "A chair")}))
    erase_subject(house.access("tax"), person, "on request")
    sign(house)
    assert "A chair" not in opened(house, "tax").values()
    report = verified(house.bundle("tax"), tmp_path, house)
    assert report.failures == ()


def test_cosignatures_and_witnesses_travel_with_the_bundle(house: House, tmp_path: Path) -> None:
    tax, social = Witness(house, "tax", 1), Witness(house, "social", 2)
    tax.register()
    social.register()
    record_cosignature(house.access("tax"), line=tax.line())
    assert not verified(house.bundle("tax"), tmp_path, house).quorum_met
    record_cosignature(house.access("social"), line=social.line())
    report = verified(house.bundle("tax"), tmp_path, house)
    assert report.failures == ()
    assert report.quorum_met
    policy = house.opened_bundle("tax").read("policy").decode()
    assert f"witness social {social.key}\n" in policy
    assert "group partners 2 social tax\n" in policy


@pytest.mark.parametrize("size", [255, 256, 257])
def test_a_bundle_of_whole_and_part_tiles_is_intact(house: House, tmp_path: Path, size: int) -> None:
    house.fill(size)
    sign(house)
    house.fill(3)
    report = verified(house.bundle("tax"), tmp_path, house)
    assert report.failures == ()
    assert report.logs[0].size == size


def test_a_bundle_reads_neighbours_together(house: House) -> None:
    house.fill(256)
    sign(house)
    with CaptureQueriesContext(connection) as captured:
        house.bundle("tax")
    assert len(captured) < 40


def test_before_the_first_signature_there_is_nothing_to_take(house: House) -> None:
    house.record()
    with pytest.raises(RefusalError, match="not signed yet"):
        house.bundle("tax")
    with pytest.raises(RefusalError, match="not signed yet"):
        receipt(house.access("tax"), 0)


def test_people_of_no_partner_and_of_others_take_nothing(full: House) -> None:
    from concordia.capabilities.ledger.queries import write_bundle
    from concordia.domain.bundle import Description

    nobody = Description("a", "b", "c", "d", "e", full.log.origin)
    for access in (full.access(None), full.system()):
        with pytest.raises(NotFoundError):
            write_bundle(access, BytesIO(), description=nobody, partners={}, attachment=lambda _: None)
    with pytest.raises(RefusalError):
        make_house().bundle("tax")


@pytest.mark.parametrize("n", range(4))
def test_a_receipt_proves_its_entry_alone(full: House, n: int) -> None:
    data = receipt(full.access("social"), n)
    keys = keys_of(full.log)
    proven = witness.verify_receipt(data, keys)
    assert proven.n == n
    assert proven.values["title"]


def test_a_receipt_opens_what_its_reader_may_open(full: House) -> None:
    keys = keys_of(full.log)
    assert witness.verify_receipt(receipt(full.access("figures"), 3), keys).values == {}
    assert witness.verify_receipt(receipt(full.access("tax"), 2), keys).values["att/0"] == PAPER_NAME
    with pytest.raises(NotFoundError):
        receipt(full.access("tax"), 4)


def test_a_receipt_of_ones_own_log(full: House) -> None:
    data = receipt(full.access("tax"), 0, private=True)
    keys = keys_of(full.private("tax"))
    assert witness.verify_receipt(data, keys).values == {"title": "A draft"}


def test_a_receipt_with_another_entry_proves_nothing(full: House) -> None:
    keys = keys_of(full.log)
    data = receipt(full.access("tax"), 1).replace(b"index 1\n", b"index 2\n")
    with pytest.raises(witness.NotIntactError):
        witness.verify_receipt(data, keys)


def test_a_receipt_costs_a_handful_of_queries(house: House) -> None:
    house.fill(200)
    sign(house)
    with CaptureQueriesContext(connection) as captured:
        receipt(house.access("tax"), 77)
    assert len(captured) <= 14
