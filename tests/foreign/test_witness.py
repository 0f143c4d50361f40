"""A witness of others, a real C2SP tlog-witness over HTTP on this machine, cosigns us and refuses our forks."""

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.bundles import Partner
from support.registers import ORIGIN, Log

from concordia.domain.checkpoint import add_line, verify_checkpoint
from concordia.domain.merkle import consistency_proof
from concordia.domain.notes import VerifierKey, encode_base64

pytestmark = pytest.mark.foreign

NAME = "toezicht.example/w1"


class Foreign:
    """The running witness, and what it answers to a checkpoint of ours."""

    def __init__(self, url: str, key: VerifierKey, store) -> None:
        self.address = urlsplit(url).netloc
        self.key = key
        self.store = store

    def add(self, log: Log, old: int) -> tuple[int, str]:
        """Offer the newest checkpoint as a continuation of size `old`; status and body of the answer."""
        size = len(log.tree.entries)
        proof = consistency_proof(old, size, log.tree.fetch) if 0 < old < size else []
        lines = "".join(f"{encode_base64(node)}\n" for node in proof)
        connection = http.client.HTTPConnection(self.address, timeout=10)
        connection.request("POST", "/add-checkpoint", f"old {old}\n{lines}\n".encode() + log.checkpoint())
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[Foreign]:
    service = pytest.importorskip("aics_witness.service", reason="the package aics-witness is not installed")
    from aics_witness.config import LogConfig
    from aics_witness.store import WitnessStore

    store = WitnessStore(tmp_path / "foreign.db", create=True)
    log = LogConfig.from_strings(ORIGIN, [str(Log().signer.keys[0])])
    witness = service.Witness(NAME, Ed25519PrivateKey.from_private_bytes(b"w" * 32), store, [log])
    server = service.make_server(witness, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Foreign(server.url, VerifierKey.parse(witness.vkey_text), store)
    server.shutdown()
    server.server_close()
    store.close()
    thread.join(10)


def grown(log: Log, size: int, title: str = "Besluit") -> Log:
    while len(log.tree.entries) < size:
        log.record({"title": f"{title} {len(log.tree.entries)}"})
    return log


def test_it_cosigns_a_log_that_grows(foreign: Foreign):
    log = Log()
    for old, size in ((0, 64), (64, 255), (255, 255), (255, 300)):
        status, line = foreign.add(grown(log, size), old)

        verified = verify_checkpoint(add_line(log.checkpoint(), line), log.signer.keys, [foreign.key])
        assert status == 200
        assert [signed.key for signed in verified.cosigned] == [foreign.key]


def test_a_stale_size_is_answered_with_the_size_it_knows(foreign: Foreign):
    log = grown(Log(), 64)
    foreign.add(log, 0)
    grown(log, 80)

    assert foreign.add(log, 32) == (409, "64\n")
    assert foreign.add(log, 64)[0] == 200


def test_a_fork_that_the_log_signed_is_refused_and_kept(foreign: Foreign):
    log, fork = grown(Log(), 64), grown(Log(), 10)
    foreign.add(log, 0)
    grown(fork, 90, "Iets anders")

    status, _ = foreign.add(fork, 64)

    assert status == 422
    [evidence] = foreign.store.evidence(ORIGIN)
    assert fork.checkpoint() in evidence.request


def test_another_tree_of_the_same_size_is_refused(foreign: Foreign):
    foreign.add(grown(Log(), 64), 0)

    assert foreign.add(grown(Log(), 64, "Iets anders"), 64)[0] == 422


def test_a_log_it_does_not_know_is_refused(foreign: Foreign):
    assert foreign.add(grown(Log("elders.example/log", 4), 3), 0)[0] == 404


def test_what_the_log_did_not_sign_is_refused(foreign: Foreign):
    log = grown(Log(), 3)
    log.notes[3] = log.checkpoint().replace(b"\n3\n", b"\n4\n")

    assert foreign.add(log, 0)[0] == 403


def test_its_cosignature_counts_in_the_witness_of_a_partner(foreign: Foreign, tmp_path: Path):
    log = grown(Log(), 64)
    log.witnesses, log.threshold = {"toezicht": foreign.key}, 1
    (tmp_path / "oost").mkdir()
    east = Partner(tmp_path / "oost").pin(log)
    assert "The policy asks for more" in east.check(log).out

    log.lines.append(foreign.add(log, 0)[1])

    answer = east.check(log)
    assert f"Cosigned by: {NAME}" in answer.out
    assert "asks for more" not in answer.out
