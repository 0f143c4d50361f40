"""The hash tree against RFC 6962's own tree, 96 foreign proof vectors, and itself under every bit flip."""

import base64
import json
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.registers import Tree
from support.shared import shared_data

from concordia.domain.merkle import (
    EMPTY_ROOT,
    RootBuilder,
    complete_root,
    completed_nodes,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

SIZES = st.integers(1, 130)
quietly = settings(deadline=None, max_examples=60)


def tree_of(size):
    return Tree(str(n).encode() for n in range(size))


def reference_root(leaves):
    """The definition of RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + reference_root(leaves[:split]) + reference_root(leaves[split:])).digest()


def flips(data):
    """Every copy of `data` with one bit changed."""
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def vectors(name):
    return sorted(shared_data("merkle").joinpath(name).rglob("*.json"))


def decoded(text):
    return base64.b64decode(text) if text else b""


def test_the_tree_of_rfc_6962_has_its_nine_roots():
    known = json.loads(shared_data("merkle/rfc6962_reference_tree.json").read_text())
    entries = [bytes.fromhex(text) for text in known["leaf_inputs_hex"]]
    roots = [bytes.fromhex(text) for text in known["root_hash_hex_by_tree_size"]]
    tree = Tree(entries)

    assert len(roots) == 9
    for size, expected in enumerate(roots):
        assert root(size, tree.fetch) == expected == reference_root(entries[:size])


def test_every_inclusion_vector_has_its_verdict():
    paths = vectors("inclusion")
    for path in paths:
        case = json.loads(path.read_text())
        proof = [decoded(text) for text in case["proof"] or []]
        verdict = verify_inclusion(
            case["leafIdx"], case["treeSize"], decoded(case["leafHash"]), proof, decoded(case["root"])
        )
        assert verdict is not case["wantErr"], path
    assert len(paths) + len(vectors("consistency")) == 96


def test_every_consistency_vector_has_its_verdict():
    for path in vectors("consistency"):
        case = json.loads(path.read_text())
        proof = [decoded(text) for text in case["proof"] or []]
        verdict = verify_consistency(
            case["size1"], case["size2"], decoded(case["root1"]), decoded(case["root2"]), proof
        )
        assert verdict is not case["wantErr"], path


@given(st.lists(st.binary(max_size=40), max_size=80))
@quietly
def test_the_root_is_that_of_the_definition(entries):
    assert root(len(entries), Tree(entries).fetch) == reference_root(entries)


@given(SIZES, st.data())
@quietly
def test_every_inclusion_proof_verifies(size, data):
    n = data.draw(st.integers(0, size - 1))
    tree = tree_of(size)
    proof = inclusion_proof(n, size, tree.fetch)

    assert verify_inclusion(n, size, leaf_hash(tree.entries[n]), proof, root(size, tree.fetch))
    assert len(proof) <= (size - 1).bit_length()


@given(SIZES, st.data())
@quietly
def test_every_consistency_proof_verifies(new, data):
    old = data.draw(st.integers(1, new))
    tree = tree_of(new)
    proof = consistency_proof(old, new, tree.fetch)

    assert verify_consistency(old, new, root(old, tree.fetch), root(new, tree.fetch), proof)


@pytest.mark.parametrize(("n", "size"), [(0, 1), (0, 2), (4, 7), (6, 7), (5, 8), (2, 13)])
def test_one_flipped_bit_anywhere_breaks_an_inclusion_proof(n, size):
    tree = tree_of(size)
    leaf, top, proof = (
        leaf_hash(tree.entries[n]),
        root(size, tree.fetch),
        inclusion_proof(n, size, tree.fetch),
    )

    assert not any(verify_inclusion(n, size, wrong, proof, top) for wrong in flips(leaf))
    assert not any(verify_inclusion(n, size, leaf, proof, wrong) for wrong in flips(top))
    for place, node in enumerate(proof):
        for wrong in flips(node):
            assert not verify_inclusion(n, size, leaf, [*proof[:place], wrong, *proof[place + 1 :]], top)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 7), (6, 8), (8, 8), (7, 13)])
def test_one_flipped_bit_anywhere_breaks_a_consistency_proof(old, new):
    tree = tree_of(new)
    before, after = root(old, tree.fetch), root(new, tree.fetch)
    proof = consistency_proof(old, new, tree.fetch)

    assert not any(verify_consistency(old, new, wrong, after, proof) for wrong in flips(before))
    assert not any(verify_consistency(old, new, before, wrong, proof) for wrong in flips(after))
    for place, node in enumerate(proof):
        for wrong in flips(node):
            changed = [*proof[:place], wrong, *proof[place + 1 :]]
            assert not verify_consistency(old, new, before, after, changed)


@given(SIZES, st.data())
@quietly
def test_a_proof_of_the_wrong_length_is_refused(size, data):
    n = data.draw(st.integers(0, size - 1))
    tree = tree_of(size)
    proof, top = inclusion_proof(n, size, tree.fetch), root(size, tree.fetch)
    leaf = leaf_hash(tree.entries[n])

    for wrong in ([*proof, top], [top, *proof], proof[:-1] if proof else [b""]):
        assert not verify_inclusion(n, size, leaf, wrong, top)


def test_a_short_hash_never_verifies():
    assert not verify_inclusion(0, 1, b"", [], b"")
    assert not verify_consistency(1, 1, b"", b"", [])
    assert not verify_inclusion(0, 2, leaf_hash(b"a"), [b"\x00" * 31], EMPTY_ROOT)


def test_nothing_is_consistent_with_the_empty_tree():
    top = leaf_hash(b"a")

    assert not verify_consistency(0, 1, EMPTY_ROOT, top, [])
    assert not verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not verify_consistency(0, 1, EMPTY_ROOT, top, [top])


def test_a_log_never_shrinks():
    tree = tree_of(5)

    assert not verify_consistency(5, 4, root(5, tree.fetch), root(4, tree.fetch), [])
    assert not verify_consistency(-1, 4, root(5, tree.fetch), root(4, tree.fetch), [])


@pytest.mark.parametrize("call", [lambda f: inclusion_proof(3, 3, f), lambda f: inclusion_proof(-1, 3, f)])
def test_no_inclusion_proof_outside_the_tree(call):
    with pytest.raises(ValueError, match="is not in a tree of 3 entries"):
        call(tree_of(3).fetch)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_no_consistency_proof_from_nothing_or_backwards(old, new):
    with pytest.raises(ValueError, match=f"from {old} to {new}"):
        consistency_proof(old, new, tree_of(3).fetch)


@given(st.integers(0, 300))
@quietly
def test_appending_completes_exactly_the_subtrees_that_end_there(n):
    tree = tree_of(n)
    nodes = completed_nodes(n, leaf_hash(b"new"), tree.fetch)

    assert [level for level, _, _ in nodes] == list(range(len(nodes)))
    assert all((index + 1) << level == n + 1 for level, index, _ in nodes)
    assert (n + 1) % (1 << len(nodes)) != 0


@given(st.integers(0, 700))
@settings(deadline=None, max_examples=25)
def test_append_equals_recomputation(size):
    tree = tree_of(size)
    builder = RootBuilder()
    builder.add_all(leaf_hash(entry) for entry in tree.entries)

    assert builder.size == size
    assert builder.root() == root(size, tree.fetch)


def test_a_builder_gives_every_root_on_the_way():
    tree, builder = tree_of(600), RootBuilder()

    assert builder.root() == EMPTY_ROOT
    for size, entry in enumerate(tree.entries, start=1):
        builder.add(leaf_hash(entry))
        assert builder.root() == root(size, tree.fetch)


def test_a_complete_row_folds_into_its_root():
    hashes = [leaf_hash(bytes([n])) for n in range(4)]

    assert complete_root(hashes) == node_hash(node_hash(*hashes[:2]), node_hash(*hashes[2:]))
    with pytest.raises(ValueError, match="shorter"):
        complete_root(hashes[:3])
