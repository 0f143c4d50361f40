"""Two implementations of one format accept and refuse the same: the witness and the program of the host."""

import json
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.bundles import Partner, members_of
from support.registers import NOW, ORIGIN, Tree, bundle_of, leaf_of, signer_of, small_log

from concordia import verifier, witness
from concordia.domain.bundle import open_bundle
from concordia.domain.canonical import parse_canonical
from concordia.domain.checkpoint import Checkpoint, cosign, parse_checkpoint
from concordia.domain.faults import RegisterError
from concordia.domain.leaves import Attachment, Leaf
from concordia.domain.merkle import consistency_proof, inclusion_proof, root
from concordia.domain.notes import VerifierKey
from concordia.domain.openings import Opening, decode_openings, encode_openings
from concordia.domain.policy import parse_policy
from concordia.domain.tiles import entries_path, tile_path
from concordia.verifier import verify

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/register.json").read_text(encoding="utf-8"))
LOG = small_log()
BUNDLE = bundle_of(LOG, small_log(3))
MEMBERS = members_of(BUNDLE)


def accepts(read: Callable[[bytes], object], data: bytes) -> bool:
    try:
        read(data)
    except (RegisterError, witness.WitnessError):
        return False
    return True


PIECES = (
    [
        b"",
        b'"',
        b"\\",
        b"0",
        b"1",
        b"-1",
        b"1.0",
        b"null",
        b"true",
        b",",
        b"[]",
        b"{}",
        b" ",
        b"\n",
        b"\r",
        b"=",
    ],
    [b"9007199254740991", b"9007199254740992", b"\xc3\xa9", b"e\xcc\x81", b"\x7f", b"\\u0041", b"+", b"x 1"],
    [b"\xe2\x80\x94 ", b"\xc2\xa0", b"none", b"any", b"all", b"att/0", b'"prev":0,'],
)


def edits(data: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with a piece replaced by a piece that means something in one of the formats."""
    pieces = st.sampled_from([piece for group in PIECES for piece in group]) | st.binary(max_size=3)

    @st.composite
    def edited(draw: st.DrawFn) -> bytes:
        low = draw(st.integers(0, len(data)))
        high = min(len(data), low + draw(st.integers(0, 8)))
        return data[:low] + draw(pieces) + data[high:]

    return edited()


ENTRY = leaf_of(
    5,
    {"title": "Titel", "votes": "{}"},
    prev=3,
    obj="dec_a",
    attachments=[Attachment(sha256(b"x").digest(), 182_345)],
).to_bytes()
ERASURE = leaf_of(5, {}, kind="opening.erased", obj="per_1", refs=[(1, "title"), (3, "text")]).to_bytes()


def reads_entry(data: bytes) -> bool:
    """Whether the witness accepts a single entry 5 of the log, in version 1."""
    return accepts(lambda data: witness.EntryReader(ORIGIN, alone=True).read(5, data), data)


def host_reads_entry(data: bytes) -> bool:
    """Whether the host's program does, or the entry is of another version that both let pass."""
    if accepts(Leaf.from_bytes, data):
        leaf = Leaf.from_bytes(data)
        return (leaf.n, leaf.log) == (5, ORIGIN)
    body = parse_canonical(data) if accepts(parse_canonical, data) else {"v": 1}
    numbers = (body.get("n"), body.get("prev", 0))
    version = body.get("v")
    if not isinstance(version, int) or isinstance(version, bool) or version < 2:
        return False
    is_whole = body.get("log") == ORIGIN and isinstance(body.get("obj"), str)
    return is_whole and numbers[0] == 5 and is_below_five(numbers[1]) and len(data) <= 16 * 1024


def is_below_five(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 5


@settings(max_examples=1500, deadline=None)
@given(data=edits(ENTRY) | edits(ERASURE))
@example(data=ENTRY)
@example(data=ERASURE)
@example(data=ENTRY.replace(b'"votes"', b'"att/0"'))
@example(data=ENTRY.replace(b'"dec_a"', b'"dec\\"a"'))
@example(data=ENTRY.replace(b"2026-11-23T", b"2026-02-30T"))
@example(data=ENTRY.replace(b"T09:00", b"T24:00"))
@example(data=ENTRY.replace(b'"rev":1', b'"rev":9007199254740991'))
@example(data=ENTRY.replace(b'"rev":1', b'"rev":9007199254740992'))
@example(data=ENTRY.replace(b'"v":1', b'"v":2'))
@example(data=ENTRY.replace(b'"v":1', b'"v":true'))
@example(data=ERASURE.replace(b'[3,"text"]', b'[5,"text"]'))
@example(data=ERASURE.replace(b'[[1,"title"],[3,"text"]]', b"[]"))
@example(data=ENTRY.replace(b'"org_noord","org_oost"', b'"org_oost","org_noord"'))
def test_entries_are_read_alike(data: bytes):
    assert reads_entry(data) == host_reads_entry(data)


@pytest.mark.parametrize("why", VECTORS["refused"])
def test_the_entries_that_the_format_refuses_are_refused(why: str):
    data = VECTORS["refused"][why].encode()

    for n in range(5):
        reader = witness.EntryReader(VECTORS["origin"], alone=True)
        assert not accepts(lambda data, reader=reader, n=n: reader.read(n, data), data)


def test_the_entries_of_the_vectors_are_read_and_give_their_roots():
    reader, hashes = witness.EntryReader(VECTORS["origin"]), []
    for n, case in enumerate(VECTORS["entries"]):
        reader.read(n, case["text"].encode())
        hashes.append(witness.leaf_hash(case["text"].encode()))

    tree = witness.Tree()
    assert [tree.root(hashes[:size]).hex() for size in range(len(hashes) + 1)] == VECTORS["roots"]


NOTE = MEMBERS["checkpoint"]


@settings(max_examples=500, deadline=None)
@given(data=edits(NOTE[:400]).map(lambda head: head + NOTE[400:]) | edits(NOTE))
def test_checkpoints_are_read_alike(data: bytes):
    assert accepts(witness.read_checkpoint, data) == accepts(parse_checkpoint, data)


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "é", "a\x7f", "\u202e", "a" * 256, "a" * 255, "!", "~"])
def test_origins_are_read_alike(origin: str):
    data = NOTE.replace(ORIGIN.encode(), origin.encode(), 1)

    assert accepts(witness.read_checkpoint, data) == accepts(parse_checkpoint, data)


@pytest.mark.parametrize("size", ["-1", "01", "1e3", "9223372036854775808", "9223372036854775807", "٣", ""])
def test_sizes_are_read_alike(size: str):
    data = NOTE.replace(b"\n3\n", f"\n{size}\n".encode(), 1)

    assert accepts(witness.read_checkpoint, data) == accepts(parse_checkpoint, data)


KEYS = [str(LOG.signer.keys[0]), str(LOG.signer.keys[1]), f"{ORIGIN}+00000000+AQ=="]


@settings(max_examples=300, deadline=None)
@given(text=st.sampled_from(KEYS).flatmap(lambda key: edits(key.encode())))
def test_keys_are_read_alike(text: bytes):
    typed = text.decode("utf-8", "replace")

    assert accepts(lambda _: witness.Key.parse(typed), b"") == accepts(
        lambda _: VerifierKey.parse(typed), b""
    )


def witness_line(name: str, seed: int) -> str:
    public = witness.ed25519_public(bytes([seed]) * 32)
    return f"witness {name} {VerifierKey(f'{name}.example/w1', witness.COSIGNATURE, public)}"


POLICY = "\n".join(
    [
        f"log {LOG.signer.keys[0]} https://example.org",
        witness_line("noord", 1),
        witness_line("oost", 2),
        witness_line("west", 3),
        "# the house",
        "group kust any noord oost",
        "group partners 2 kust west",
        "quorum partners\n",
    ]
).encode()


@settings(max_examples=500, deadline=None)
@given(data=edits(POLICY))
@example(data=POLICY)
@example(data=POLICY.replace(b"2 kust", b"3 kust"))
@example(data=POLICY.replace(b"2 kust", b"0 kust"))
@example(data=POLICY.replace(b"kust west", b"kust oost"))
@example(data=POLICY.replace(b"quorum partners", b"quorum noord"))
@example(data=POLICY.replace(b"quorum partners", b"quorum none"))
@example(data=POLICY + b"quorum none\n")
@example(data=POLICY.replace(b"group kust", b"group none"))
def test_policies_are_read_alike(data: bytes):
    theirs = accepts(parse_policy, data) and bool(parse_policy(data).logs)

    assert accepts(witness.Policy, data) == theirs


@given(names=st.sets(st.sampled_from(["noord", "oost", "west"])))
def test_quorums_are_counted_alike(names: set[str]):
    ours, theirs = witness.Policy(POLICY), parse_policy(POLICY)

    mine = ours.is_met({ours.witnesses[name] for name in names})

    assert mine == theirs.is_met({theirs.witnesses[name] for name in names})
    assert mine == ("west" in names and len(names) > 1)


OPENINGS = encode_openings(
    [
        Opening(1, "text", bytes(32), 'regel\n"twee" \\ \x7f é \u2028'),
        Opening(1, "title", b"\xff" * 32, "Gewoon"),
        Opening(12, "att/0", bytes(range(32)), "0" * 64),
    ]
)


@settings(max_examples=800, deadline=None)
@given(data=edits(OPENINGS))
@example(data=OPENINGS)
@example(data=OPENINGS[:-1])
@example(data=OPENINGS * 2)
@example(data=OPENINGS.replace(b"Gewoon", b"\xed\xa0\x80"))
@example(data=OPENINGS.replace(b"Gewoon", b"\\ud800"))
@example(data=OPENINGS.replace(b"Gewoon", b"\\u0041"))
def test_openings_are_read_alike(data: bytes):
    assert accepts(lambda data: list(witness.read_openings(BytesIO(data))), data) == accepts(
        lambda data: list(decode_openings(data)), data
    )


def test_openings_give_the_same_values():
    ours = [(o.n, o.field, o.value.decode()) for o in witness.read_openings(BytesIO(OPENINGS))]

    assert ours == [(o.n, o.field, o.value) for o in decode_openings(OPENINGS)]


@settings(max_examples=500, deadline=None)
@given(data=edits(BUNDLE[-1200:]).map(lambda tail: BUNDLE[:-1200] + tail) | edits(BUNDLE[:200]))
def test_archives_are_opened_alike(data: bytes):
    assert accepts(lambda data: witness.Archive(BytesIO(data)), data) == accepts(
        lambda data: open_bundle(BytesIO(data)), data
    )


def zipped(members: dict[str, bytes]) -> bytes:
    """What any other tool would make."""
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


OTHER_FILES = {
    "nothing": b"",
    "a note": b"a note",
    "the first bytes": BUNDLE[:4],
    "the first half": BUNDLE[: len(BUNDLE) // 2],
    "without its end": BUNDLE[:-1],
    "something before it": b"x" + BUNDLE,
    "something after it": BUNDLE + b"x",
    "an empty archive": b"PK\x05\x06" + bytes(18),
    "another archive": zipped({"word/document.xml": b""}),
    "packed by another tool": zipped(MEMBERS),
    "a directory of two": BUNDLE + BUNDLE,
}


@pytest.mark.parametrize("what", OTHER_FILES)
def test_what_is_no_bundle_is_told_from_a_damaged_one_alike(what: str, tmp_path: Path):
    """One says 1 (not intact) where the other does, and 3 (nothing to verify) where the other does."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(OTHER_FILES[what])
    try:
        theirs = verifier.NOT_INTACT if verify(path).failures else verifier.INTACT
    except verifier.BadInputError:
        theirs = verifier.BAD_INPUT

    with pytest.raises(witness.WitnessError) as refusal:
        witness.Archive(BytesIO(OTHER_FILES[what]))

    assert refusal.value.status == theirs


@pytest.mark.parametrize("version", [b"true", b'"2"', b"0", b"-1", b"[]", b"2", b"1"])
def test_versions_are_told_alike(version: bytes, tmp_path: Path):
    log = small_log()
    log.openings, log.attachments = [], {}
    log.tree.append(b'{"log":"%s","n":3,"obj":"x","v":%s}' % (ORIGIN.encode(), version))
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle_of(log))

    assert verify(path).intact == (version == b"2")
    assert Partner(tmp_path).pin(log).check(log).status == (0 if version == b"2" else 1)


def test_bundles_are_written_alike():
    out = BytesIO()
    writer = witness.Writer(out)
    for name, data in MEMBERS.items():
        writer.add(name, [data[:5], data[5:]])
    writer.finish()

    assert out.getvalue() == BUNDLE


@settings(max_examples=200)
@given(level=st.integers(0, 63), index=st.integers(0, 10**10), width=st.integers(1, 256))
def test_tiles_are_found_at_the_same_paths(level: int, index: int, width: int):
    assert witness.member_path(str(level), index, width) == tile_path(level, index, width)
    assert witness.member_path("entries", index, width) == entries_path(index, width)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_trees_and_proofs_are_the_same(data: st.DataObject):
    size = data.draw(st.integers(1, 700))
    n, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    tree = grown(700)

    tiles = InMemory(size)

    assert tiles.root_at(size) == root(size, tree.fetch)
    assert tiles.root_at(old) == root(old, tree.fetch)
    assert tiles.inclusion(n) == inclusion_proof(n, size, tree.fetch)
    assert tiles.consistency(old) == consistency_proof(old, size, tree.fetch)
    leaf = witness.leaf_hash(tree.entries[n])
    assert witness.root_from(n, size, leaf, tiles.inclusion(n)) == tiles.root_at(size)
    assert witness.root_from(n, size, leaf, [*tiles.inclusion(n), leaf]) is None


def grown(size: int, known: dict[int, Tree] = {}) -> Tree:  # noqa: B006
    if size not in known:
        known[size] = Tree(b"entry %d" % n for n in range(size))
    return known[size]


class InMemory(witness.Tiles):
    """The tiles of a tree in memory, as the host's program would lay them out."""

    def __init__(self, size: int) -> None:
        self.checkpoint = witness.Checkpoint(ORIGIN, size, b"")
        self.tree = grown(700)

    def _tile(self, level: int, index: int) -> bytes:
        width = min(256, (self.checkpoint.size >> 8 * level) - 256 * index)
        return b"".join(self.tree.fetch(8 * level, 256 * index + place) for place in range(width))


@settings(max_examples=50, deadline=None)
@given(sizes=st.lists(st.integers(0, 600), min_size=2, max_size=2))
def test_a_tree_grown_by_rows_gives_every_root(sizes: list[int]):
    old, size = sorted(sizes)
    hashes = [witness.leaf_hash(entry) for entry in grown(700).entries[:size]]
    tree, found = witness.Tree(), None
    for low in range(0, size, 256):
        row = hashes[low : low + 256]
        if low <= old <= low + len(row):
            found = tree.root(row[: old - low])
        tree.add(row)

    assert tree.root() == root(size, grown(700).fetch)
    assert found == (root(old, grown(700).fetch) if size else None)


def test_cosignatures_are_the_same():
    checkpoint = Checkpoint(ORIGIN, 3, bytes(32))
    theirs = cosign(checkpoint, "oost.example/w1", Ed25519PrivateKey.from_private_bytes(b"s" * 32), NOW)
    ours = witness.cosignature("oost.example/w1", b"s" * 32, witness.Checkpoint(ORIGIN, 3, bytes(32)), NOW)

    assert ours == theirs


def test_both_signatures_of_the_log_are_verified():
    note = signer_of().sign(Checkpoint(ORIGIN, 3, bytes(32)), NOW)

    found = witness.verify_note(note, [witness.Key.parse(str(key)) for key in signer_of().keys])

    assert len(found.verified) == 2
    assert found.lasting is True
