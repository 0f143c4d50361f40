"""Python packages of others judge what we make: aics-tlog and sigstore."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.bundles import Partner
from support.registers import NOW

from concordia.domain.checkpoint import Checkpoint, cosign, parse_checkpoint
from concordia.domain.merkle import root

from .cases import LOGS, Inclusion, consistencies, damage, inclusions, laid_out, log_of, tree

pytestmark = pytest.mark.foreign


@pytest.fixture(scope="module")
def tlog():
    return pytest.importorskip("aics_tlog", reason="the package aics-tlog is not installed")


def test_tlog_accepts_our_inclusion_proofs_and_no_spoiled_one(tlog):
    cases = list(inclusions())

    verdicts = [tlog.verify_inclusion(one.leaf, one.n, one.size, list(one.proof), one.root) for one in cases]

    assert verdicts == [one.holds for one in cases]


def test_tlog_accepts_our_consistency_proofs_and_no_spoiled_one(tlog):
    cases = list(consistencies())

    verdicts = [
        tlog.verify_consistency(one.old, one.new, one.old_root, one.new_root, list(one.proof))
        for one in cases
    ]

    assert verdicts == [one.holds for one in cases]


@pytest.mark.parametrize("size", LOGS)
def test_tlog_reads_our_checkpoint_tiles_and_entries(tlog, size: int, tmp_path: Path):
    log = log_of(size)
    folder = laid_out(log, tmp_path)
    note = tlog.parse_note((folder / "checkpoint").read_bytes())

    verified = tlog.verify_checkpoint(note, tlog.parse_vkey(str(log.signer.keys[0])))
    report = tlog.audit_tiles(tlog.FileSystemTileReader(folder), verified.size, verified.root)

    assert verified.ok
    assert (report.size, verified.root) == (size, root(size, log.tree.fetch))
    assert tlog.read_entry(tlog.FileSystemTileReader(folder), size - 1, size) == log.tree.entries[-1]


@pytest.mark.parametrize("what", ["entries/000", "0/000", "0/002.p/*", "1/000.p/*"])
def test_tlog_refuses_what_was_changed(tlog, what: str, tmp_path: Path):
    folder = laid_out(log_of(700), tmp_path)
    damage(folder / "tile", what)
    reader = tlog.FileSystemTileReader(folder)

    with pytest.raises(tlog.TileVerificationError):
        tlog.audit_tiles(reader, 700, root(700, log_of(700).tree.fetch))


def test_tlog_counts_the_cosignatures_of_the_host_and_of_the_one_file_witness(tlog, tmp_path: Path):
    log = log_of(300)
    east = Partner(tmp_path).pin(log)
    assert east.check(log).status == 0
    west = Ed25519PrivateKey.from_private_bytes(b"west" * 8)
    checkpoint = Checkpoint(log.origin, 300, root(300, log.tree.fetch))
    lines = east.run("cosign").out + cosign(checkpoint, "west.example/w1", west, NOW)
    keys = [
        tlog.parse_vkey(east.init.out.strip()),
        tlog.cosignature_vkey("west.example/w1", west.public_key()),
    ]

    note = tlog.parse_note(log.checkpoint() + lines.encode())
    verified = tlog.verify_checkpoint(note, tlog.parse_vkey(str(log.signer.keys[0])), keys, 2)

    assert verified.ok
    assert sorted(verified.witnesses) == ["oost.example/w1", "west.example/w1"]


def test_tlog_refuses_a_checkpoint_that_was_changed(tlog):
    log = log_of(2)
    key = tlog.parse_vkey(str(log.signer.keys[0]))
    forged = log.checkpoint().replace(b"\n2\n", b"\n1\n")

    assert parse_checkpoint(forged).size == 1
    assert not tlog.verify_checkpoint(tlog.parse_note(forged), key).ok


def test_our_proofs_from_tiles_are_those_of_tlog(tlog, tmp_path: Path):
    log = log_of(700)
    reader = tlog.FileSystemTileReader(laid_out(log, tmp_path))
    (tmp_path / "oost").mkdir()
    east = Partner(tmp_path / "oost").pin(log)
    east.check(log)

    state = east.read()
    with state.tiles(state.log_in_use()) as tiles:
        for n in range(0, 700, 13):
            assert tiles.inclusion(n) == tlog.inclusion_proof_from_tiles(reader, n, 700)
            assert tiles.consistency(n + 1) == tlog.consistency_proof_from_tiles(reader, n + 1, 700)


def test_sigstore_accepts_our_inclusion_proofs_and_no_spoiled_one():
    merkle = pytest.importorskip("sigstore._internal.merkle", reason="the package sigstore is not installed")
    errors = pytest.importorskip("sigstore.errors", reason="the package sigstore is not installed")

    def accepts(one: Inclusion) -> bool:
        proof = SimpleNamespace(
            log_index=one.n, tree_size=one.size, hashes=list(one.proof), root_hash=one.root
        )
        body = tree().entries[one.n] if one.leaf == merkle._hash_leaf(tree().entries[one.n]) else b"other"
        try:
            merkle.verify_merkle_inclusion(
                SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=proof, canonicalized_body=body))
            )
        except errors.VerificationError:
            return False
        return True

    cases = list(inclusions())

    assert [accepts(one) for one in cases] == [one.holds for one in cases]
