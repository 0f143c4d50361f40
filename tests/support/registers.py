"""Small logs made on the spot: trees in memory, keys, entries."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from concordia.domain.archive import Content
from concordia.domain.bundle import Description, LogContents, write_bundle
from concordia.domain.checkpoint import Checkpoint, LogSigner, add_line
from concordia.domain.commitments import commit
from concordia.domain.leaves import Attachment, Leaf, build_leaf
from concordia.domain.merkle import completed_nodes, leaf_hash, root
from concordia.domain.notes import VerifierKey
from concordia.domain.openings import Opening
from concordia.domain.policy import format_policy
from concordia.domain.tiles import log_files

ORIGIN = "concordia.example/alliance/wages/shared/1"
NINE = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)
NOW = 1_795_424_400


class Tree:
    """A log in memory: its entries and the complete subtrees that storage would keep."""

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        self.entries: list[bytes] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        for entry in entries:
            self.append(entry)

    def append(self, entry: bytes) -> None:
        for level, index, node in completed_nodes(len(self.entries), leaf_hash(entry), self.fetch):
            self.nodes[level, index] = node
        self.entries.append(entry)

    def fetch(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]


def signer_of(origin: str = ORIGIN, seed: int = 1) -> LogSigner:
    """A signer whose keys depend on the seed only."""
    ed25519 = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return LogSigner(origin, ed25519, MLDSA44PrivateKey.from_seed_bytes(bytes([seed + 100]) * 32))


def salt_of(n: int, field: str) -> bytes:
    """Any 32 bytes that differ per field."""
    return (field.encode() + n.to_bytes(8)).ljust(32, b"s")[:32]


def leaf_of(n: int, values: dict[str, str], origin: str = ORIGIN, **changes: object) -> Leaf:
    """Entry `n` of a decision of the board, with commitments to `values`."""
    given = {
        "log": origin,
        "n": n,
        "at": NINE,
        "kind": "decision.adopted",
        "obj": f"dec_{n}",
        "rev": 1,
        "org": "org_noord",
        "role": "board",
        "audience": ("org_noord", "org_oost", "org_west"),
        "commitments": {
            field: commit(origin, n, field, salt_of(n, field), value.encode())
            for field, value in values.items()
        },
    }
    return build_leaf(**(given | changes))


class Log:
    """A log in memory with its openings and files, signed at its size: what a bundle is made of."""

    def __init__(self, origin: str = ORIGIN, seed: int = 1) -> None:
        self.signer = signer_of(origin, seed)
        self.origin = origin
        self.tree = Tree()
        self.openings: list[Opening] = []
        self.attachments: dict[str, bytes] = {}
        self.files: dict[str, Content] = {}
        self.witnesses: dict[str, VerifierKey] = {}
        self.threshold = 0
        self.lines: list[str] = []
        self.notes: dict[int, bytes] = {}

    def record(self, values: dict[str, str], attached: bytes | None = None, **changes: object) -> Leaf:
        """Append an entry with these values, and perhaps one file."""
        n = len(self.tree.entries)
        if attached is not None:
            name = sha256(attached).hexdigest()
            salt = salt_of(n, "att/0")
            commitment = commit(self.origin, n, "att/0", salt, name.encode())
            changes["attachments"] = [Attachment(commitment, len(attached))]
            self.openings.append(Opening(n, "att/0", salt, name))
            self.attachments[name] = attached
        leaf = leaf_of(n, values, self.origin, **changes)
        self.tree.append(leaf.to_bytes())
        self.openings += [Opening(n, field, salt_of(n, field), value) for field, value in values.items()]
        return leaf

    def checkpoint(self, size: int | None = None) -> bytes:
        """The signed note at `size`, or of the whole log with its cosignatures."""
        whole = len(self.tree.entries)
        upto = whole if size is None else size
        # The lasting signature is made with fresh randomness, so the note of a size is kept.
        if upto not in self.notes:
            checkpoint = Checkpoint(self.origin, upto, root(upto, self.tree.fetch))
            self.notes[upto] = self.signer.sign(checkpoint, NOW)
        note = self.notes[upto]
        for line in self.lines if size is None else ():
            note = add_line(note, line)
        return note

    def contents(self) -> LogContents:
        """All of it as a bundle holds it."""
        entries = self.tree.entries
        files = log_files(len(entries), self.tree.fetch, lambda low, high: entries[low:high])
        return LogContents(
            checkpoint=self.checkpoint(),
            policy=format_policy(self.signer.keys, self.witnesses, self.threshold),
            files={**files, **self.files},
            openings=self.openings,
            attachments=self.attachments,
        )


BUNDLE_MEMBERS = {
    "README.txt",
    "bundle.json",
    "checkpoint",
    "openings.jsonl",
    "policy",
    "tile/0/000.p/3",
    "tile/entries/000.p/3",
    f"att/{sha256(b'a paper').hexdigest()}",
}


def small_log(seed: int = 1, files: dict[str, Content] | None = None) -> Log:
    """Three entries, the last about the object of the first, with a file."""
    log = Log(ORIGIN if seed == 1 else f"concordia.example/alliance/wages/org/{seed}/1", seed)
    log.record({"title": "Eén gegevensset"}, obj="dec_a")
    log.record({"title": "Verlof", "votes": '{"noord":"for"}'})
    log.record({"title": "Één gegevensset, herzien"}, b"a paper", obj="dec_a", rev=2, prev=0)
    log.files = dict(files or {})
    return log


def description() -> Description:
    """Of a bundle for the partner in the east."""
    return Description("all_wages", "Loongegevens", "org_oost", "oost", "Partner Oost", ORIGIN)


def bundle_of(shared: Log, private: Log | None = None) -> bytes:
    """The bytes of the bundle."""
    out = BytesIO()
    write_bundle(out, description(), shared.contents(), private.contents() if private else None)
    return out.getvalue()
