"""A partner's witness speaks several times at the same moment, as an impatient hand makes it: kept once."""

import json
from pathlib import Path

import pytest
from support.workers import Workers, workers_in

pytestmark = pytest.mark.django_db(transaction=True)

PRELUDE = """
import json
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.house import NOW, House, make_house
from concordia.capabilities.ledger.commands import publish, record_cosignature, register_witness_key
from concordia.capabilities.ledger.models import Cosignature, Leaf, WitnessKey
from concordia.domain.checkpoint import cosign, parse_checkpoint
from concordia.domain.notes import COSIGNATURE, VerifierKey
kept = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".", "kept")
def house():
    return House(**json.loads(kept.read_text())["house"])
def private(seed):
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
def register(it, seed, partner="tax"):
    public = private(seed).public_key().public_bytes_raw()
    vkey = str(VerifierKey(partner + ".example/w1", COSIGNATURE, public))
    register_witness_key(it.access(partner), vkey=vkey, audience=(*it.partners.values(),))
"""
BEGIN = """
it = make_house()
print(json.dumps({"house": {"alliance": it.alliance, "partners": it.partners}}))
"""
BEGIN_WITH_LINE = """
it = make_house()
register(it, 1)
note = bytes(publish(it.log.id, NOW).note)
line = cosign(parse_checkpoint(note), "tax.example/w1", private(1), 1_780_000_000)
print(json.dumps({"house": {"alliance": it.alliance, "partners": it.partners}, "line": line}))
"""
COUNT = """
print(json.dumps({
    "keys": WitnessKey.objects.unscoped().count(),
    "in use": WitnessKey.objects.unscoped().filter(retired_at__isnull=True).count(),
    "entries": Leaf.objects.filter(kind="witness.registered").count(),
    "cosignatures": Cosignature.objects.unscoped().count(),
}))
"""


@pytest.fixture
def workers(tmp_path: Path) -> Workers:
    return workers_in(tmp_path, PRELUDE)


def begun(workers: Workers, script: str) -> None:
    """Do what comes first; what it prints is kept for the workers."""
    (workers.folder / "kept").write_text(workers.run(script))


def test_one_key_sent_several_times_at_once_is_one_key_and_one_entry(workers: Workers) -> None:
    begun(workers, BEGIN)

    assert sum(workers.at_once("it = house(); together(); tries(lambda: register(it, 1), 5)")) == 20

    assert json.loads(workers.run(COUNT)) == {"keys": 1, "in use": 1, "entries": 1, "cosignatures": 0}


def test_of_several_keys_sent_at_once_one_is_in_use(workers: Workers) -> None:
    begun(workers, BEGIN)
    scripts = [f"it = house(); together(); tries(lambda: register(it, {seed}))" for seed in (1, 2, 3, 4)]

    assert workers.at_once(*scripts) == [1, 1, 1, 1]

    assert json.loads(workers.run(COUNT)) == {"keys": 4, "in use": 1, "entries": 4, "cosignatures": 0}


def test_of_two_partners_who_send_one_key_at_once_one_is_refused(workers: Workers) -> None:
    begun(workers, BEGIN)
    scripts = [
        f"it = house(); together(); tries(lambda: register(it, 1, {partner!r}))"
        for partner in ("tax", "social")
    ]

    assert sorted(workers.at_once(*scripts)) == [0, 1]

    assert json.loads(workers.run(COUNT)) == {"keys": 1, "in use": 1, "entries": 1, "cosignatures": 0}


def test_one_line_sent_several_times_at_once_is_kept_once(workers: Workers) -> None:
    begun(workers, BEGIN_WITH_LINE)
    send = """
it, line = house(), json.loads(kept.read_text())["line"]
together()
tries(lambda: record_cosignature(it.access("tax"), line=line), 5)
"""

    assert sum(workers.at_once(send)) == 20

    assert json.loads(workers.run(COUNT))["cosignatures"] == 1
