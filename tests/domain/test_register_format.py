"""The test vectors that the description of the format points at, recomputed from their inputs."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from support.registers import Tree

from concordia.domain.checkpoint import (
    LogSigner,
    add_line,
    cosign,
    cosigned_message,
    parse_body,
    verify_checkpoint,
)
from concordia.domain.commitments import commit
from concordia.domain.faults import RegisterError
from concordia.domain.leaves import Leaf
from concordia.domain.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from concordia.domain.notes import VerifierKey, parse_note
from concordia.domain.openings import decode_openings

HERE = Path(__file__).parents[1]
VECTORS = json.loads((HERE / "vectors/register.json").read_text())
DOCUMENT = (HERE.parent / "docs/register-format.md").read_text()
TREE = Tree(entry["text"].encode() for entry in VECTORS["entries"])


def hashes(texts):
    return [bytes.fromhex(text) for text in texts]


@pytest.mark.parametrize("entry", VECTORS["entries"], ids=lambda entry: entry["hash"][:8])
def test_each_entry_has_its_bytes_and_hash(entry):
    data = entry["text"].encode()

    assert Leaf.from_bytes(data).to_bytes() == data
    assert leaf_hash(data).hex() == sha256(b"\x00" + data).hexdigest() == entry["hash"]


@pytest.mark.parametrize("why", VECTORS["refused"])
def test_each_refused_entry_is_refused(why):
    with pytest.raises(RegisterError):
        Leaf.from_bytes(VECTORS["refused"][why].encode())


@pytest.mark.parametrize("opening", VECTORS["openings"], ids=lambda opening: opening["field"])
def test_each_opening_opens_its_commitment(opening):
    n, field, salt = opening["n"], opening["field"], bytes.fromhex(opening["salt"])
    commitment = commit(opening["origin"], n, field, salt, opening["value"].encode())
    (read,) = decode_openings(opening["line"].encode())

    assert commitment.hex() == opening["commitment"]
    assert Leaf.from_bytes(TREE.entries[n]).commitment(field) == commitment
    assert (read.n, read.field, read.salt, read.value) == (n, field, salt, opening["value"])


def test_the_attachment_is_the_file():
    attached = VECTORS["attachment"]
    content = attached["content"].encode()
    value = next(opening["value"] for opening in VECTORS["openings"] if opening["field"] == "att/0")

    assert sha256(content).hexdigest() == value
    assert Leaf.from_bytes(TREE.entries[attached["n"]]).attachments[attached["index"]].length == len(content)


def test_the_tree_has_its_roots_and_proofs():
    roots = hashes(VECTORS["roots"])

    assert [root(size, TREE.fetch) for size in range(5)] == roots
    for case in VECTORS["inclusion"]:
        n, size, proof = case["n"], case["size"], hashes(case["proof"])
        assert inclusion_proof(n, size, TREE.fetch) == proof
        assert verify_inclusion(n, size, TREE.fetch(0, n), proof, roots[size])
    for case in VECTORS["consistency"]:
        old, new, proof = case["old"], case["new"], hashes(case["proof"])
        assert consistency_proof(old, new, TREE.fetch) == proof
        assert verify_consistency(old, new, roots[old], roots[new], proof)


def test_the_keys_follow_from_their_seeds():
    keys, given = log_signer().keys, VECTORS["log_keys"]["vkeys"]

    assert [str(key) for key in keys] == given
    assert [VerifierKey.parse(text) for text in given] == list(keys)


def test_the_checkpoint_is_signed_as_written():
    given = VECTORS["checkpoint"]
    checkpoint, note = parse_body(given["body"]), given["note"].encode()
    signed = log_signer().sign(checkpoint, given["time"])

    assert checkpoint.root.hex() == VECTORS["roots"][4]
    assert verify_checkpoint(note, log_signer().keys).checkpoint == checkpoint
    assert parse_note(signed).signatures[0] == parse_note(note).signatures[0]
    assert cosigned_message(VECTORS["origin"], checkpoint, given["time"]).hex() == given["cosigned_message"]


def test_the_witness_cosigns_as_written():
    given, note = VECTORS["witness"], VECTORS["checkpoint"]["note"].encode()
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given["ed25519_seed"]))
    checkpoint = parse_body(VECTORS["checkpoint"]["body"])
    key = VerifierKey.parse(given["vkey"])
    cosigned = verify_checkpoint(add_line(note, given["line"]), log_signer().keys, [key]).cosigned

    assert cosign(checkpoint, given["name"], private, given["time"]) == given["line"]
    assert [(line.key, line.time) for line in cosigned] == [(key, given["time"])]


def test_the_document_shows_these_vectors():
    assert "tests/vectors/register.json" in DOCUMENT
    first, opening = VECTORS["entries"][0], VECTORS["openings"][0]
    for shown in (first["text"], first["hash"], opening["line"].strip(), opening["commitment"]):
        assert shown in DOCUMENT
    for shown in (VECTORS["log_keys"]["vkeys"][0], VECTORS["witness"]["line"].strip()):
        assert shown in DOCUMENT
    indented = "".join(f"    {line}\n" for line in VECTORS["checkpoint"]["body"].splitlines())
    assert indented in DOCUMENT


def log_signer():
    seeds = VECTORS["log_keys"]
    return LogSigner(
        VECTORS["origin"],
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seeds["ed25519_seed"])),
        MLDSA44PrivateKey.from_seed_bytes(bytes.fromhex(seeds["ml_dsa_44_seed"])),
    )
