"""A partner vouches for the log with its own witness, and everybody sees how far."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test.utils import CaptureQueriesContext
from support.house import NOW, House, make_house

from concordia.capabilities.ledger.commands import publish, record_cosignature, register_witness_key
from concordia.capabilities.ledger.models import Cosignature
from concordia.capabilities.ledger.queries import entry, verification
from concordia.domain.checkpoint import cosign, parse_checkpoint
from concordia.domain.notes import COSIGNATURE, ED25519, VerifierKey
from concordia.kernel.access import Access
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError, StepUpError


class Witness:
    """A partner's witness, with a key of its own."""

    def __init__(self, house: House, partner: str, seed: int) -> None:
        self.house, self.partner = house, partner
        self.name = f"{partner}.example/w1"
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.key = VerifierKey(self.name, COSIGNATURE, self.private.public_key().public_bytes_raw())

    def register(self) -> None:
        house = self.house
        register_witness_key(
            house.access(self.partner), vkey=f" {self.key}\n", audience=(*house.partners.values(),)
        )

    def line(self, at: datetime = NOW, size: int | None = None) -> str:
        """The line it prints for the newest checkpoint."""
        if size is None:
            publish(self.house.log.id, NOW)
            size = self.house.log.size
        note = bytes(self.house.log.checkpoints.get(size=size).note)
        return cosign(parse_checkpoint(note), self.name, self.private, int(at.timestamp()))


@pytest.fixture
def tax(house: House) -> Witness:
    witness = Witness(house, "tax", 1)
    witness.register()
    return witness


def told(house: House) -> dict[str, tuple[int, datetime | None]]:
    lines = verification(house.access("figures"), house.partners.values()).partners
    keys = {identifier: key for key, identifier in house.partners.items()}
    return {keys[line.partner]: (line.size, line.at) for line in lines}


def test_a_cosignature_tells_how_far_and_when(house: House, tax: Witness) -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert record_cosignature(house.access("tax"), line=tax.line(at)) == 1
    assert told(house) == {"tax": (1, at), "social": (0, None), "figures": (0, None)}
    state = verification(house.access("social"), house.partners.values())
    assert (state.verified, state.newest, state.signed_size) == (1, at, 1)
    assert state.partners[0].witness == "tax.example/w1"
    assert len(state.vkeys) == 2


def test_entries_since_the_last_verification_are_counted(house: House, tax: Witness) -> None:
    """So that “verified by 1 of 3” says nothing of what came later; a witness that is behind shows."""
    partners = house.partners.values()
    assert (
        verification(house.access("social"), partners).unverified == 0
    )  # no partner verified anything: said apart
    record_cosignature(house.access("tax"), line=tax.line(NOW))
    assert verification(house.access("social"), partners).unverified == 0
    house.fill(4)
    assert verification(house.access("social"), partners).unverified == 4


def test_the_newest_cosignature_of_each_partner_counts(house: House, tax: Witness) -> None:
    record_cosignature(house.access("tax"), line=tax.line())
    house.fill(3)
    later = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    record_cosignature(house.access("tax"), line=tax.line(later))
    assert told(house)["tax"] == (4, later)


def test_the_same_line_twice_is_the_same_as_once(house: House, tax: Witness) -> None:
    line = tax.line()
    assert [record_cosignature(house.access("tax"), line=line) for _ in range(2)] == [1, 1]
    assert Cosignature.objects.unscoped().count() == 1


def test_a_line_for_an_earlier_checkpoint_still_counts(house: House, tax: Witness) -> None:
    line = tax.line()
    house.fill(2)
    publish(house.log.id, NOW)
    assert record_cosignature(house.access("tax"), line=line) == 1


@pytest.mark.parametrize("line", ["", "nonsense", "— tax.example/w1 AAAA", "— a b\n— c d", "\x00", "— " * 9])
def test_a_line_that_is_none_is_refused_with_a_way_out(house: House, tax: Witness, line: str) -> None:
    tax.line()
    with pytest.raises(RefusalError) as refused:
        record_cosignature(house.access("tax"), line=line)
    assert refused.value.field == "line"
    assert "aste" in refused.value.text.in_language("en")
    assert not Cosignature.objects.unscoped().exists()


def test_a_line_over_another_tree_is_refused(house: House, tax: Witness) -> None:
    tax.line()
    other = make_house()
    other.fill(1)
    publish(other.log.id, NOW)
    forged = parse_checkpoint(bytes(other.log.checkpoints.get().note))
    with pytest.raises(RefusalError):
        record_cosignature(house.access("tax"), line=cosign(forged, tax.name, tax.private, 1_700_000_000))


def test_a_witness_speaks_for_its_own_partner_only(house: House, tax: Witness) -> None:
    social = Witness(house, "social", 2)
    social.register()
    with pytest.raises(RefusalError):
        record_cosignature(house.access("social"), line=tax.line())
    with pytest.raises(NotFoundError):
        record_cosignature(house.access(None), line=tax.line())


def test_without_a_key_there_is_nothing_to_vouch_with(house: House) -> None:
    house.record()
    with pytest.raises(RefusalError, match="no witness key"):
        record_cosignature(house.access("tax"), line=Witness(house, "tax", 1).line())


def test_registering_a_key_is_an_entry_of_its_own(house: House, tax: Witness) -> None:
    line = entry(house.access("social"), 0)
    assert (line.kind, line.values) == ("witness.registered", {"vkey": str(tax.key)})


def test_a_new_key_retires_the_old_one(house: House, tax: Witness) -> None:
    record_cosignature(house.access("tax"), line=tax.line())
    new = Witness(house, "tax", 3)
    new.register()
    with pytest.raises(RefusalError):
        record_cosignature(house.access("tax"), line=tax.line())
    assert record_cosignature(house.access("tax"), line=new.line()) == 2


@pytest.mark.parametrize("vkey", ["", "nonsense", "a+00000000+AAAA"])
def test_a_key_that_cannot_be_read_is_refused(house: House, vkey: str) -> None:
    with pytest.raises(RefusalError):
        register_witness_key(house.access("tax"), vkey=vkey, audience=())


def test_a_key_that_is_not_of_a_witness_is_refused(house: House) -> None:
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(RefusalError, match="not the key of a witness"):
        register_witness_key(house.access("tax"), vkey=str(VerifierKey("a", ED25519, public)), audience=())


def test_two_partners_cannot_share_a_witness(house: House, tax: Witness) -> None:
    same = Witness(house, "social", 1)
    with pytest.raises(RefusalError, match="another partner"):
        same.register()


def test_two_partners_cannot_give_their_witnesses_one_name(house: House, tax: Witness) -> None:
    same = Witness(house, "social", 2)
    public = same.private.public_key().public_bytes_raw()
    vkey = str(VerifierKey(tax.name, COSIGNATURE, public))
    with pytest.raises(RefusalError, match="this name already") as refused:
        register_witness_key(house.access("social"), vkey=vkey, audience=())
    assert refused.value.field == "vkey"


@pytest.mark.parametrize("name", ["x" * 129, "tax\x7f", "tax\x9b2J", "tax\u202e", "\u00adtax", "tax\ue000"])
def test_a_name_that_breaks_what_everybody_reads_is_refused(house: House, name: str) -> None:
    public = Witness(house, "tax", 1).private.public_key().public_bytes_raw()
    with pytest.raises(RefusalError, match="name") as refused:
        register_witness_key(
            house.access("tax"), vkey=str(VerifierKey(name, COSIGNATURE, public)), audience=()
        )
    assert refused.value.field == "vkey"
    house.record()
    publish(house.log.id, NOW)
    publish(house.private("social").id, NOW)
    assert house.bundle("social")


def test_a_line_that_states_an_impossible_moment_is_refused(house: House, tax: Witness) -> None:
    publish(house.log.id, NOW)
    checkpoint = parse_checkpoint(bytes(house.log.checkpoints.get().note))
    for time in (2**62, 253_402_300_799, 253_402_300_800):
        with pytest.raises(RefusalError, match="moment") as refused:
            record_cosignature(house.access("tax"), line=cosign(checkpoint, tax.name, tax.private, time))
        assert refused.value.field == "line"
    assert not Cosignature.objects.unscoped().exists()


def test_who_may_not_speak_for_the_partner_registers_nothing(house: House) -> None:
    from dataclasses import replace

    key = str(Witness(house, "tax", 1).key)
    with pytest.raises(NotAllowedError):
        register_witness_key(replace(house.access("tax"), permissions=frozenset()), vkey=key, audience=())
    with pytest.raises(StepUpError):
        register_witness_key(replace(house.access("tax"), recent=False), vkey=key, audience=())
    with pytest.raises(NotFoundError):
        register_witness_key(Access(now=NOW), vkey=key, audience=())


def test_telling_who_verified_costs_the_same_after_years(house: House, tax: Witness) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            verification(house.access("tax"), house.partners.values())
        return len(captured)

    few = cost()
    for week in range(3):
        house.record()
        record_cosignature(house.access("tax"), line=tax.line(NOW + timedelta(weeks=week)))
    assert cost() == few == 2
