"""What a partner takes home: the bundle of everything, and the receipt of one entry."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from cryptography.exceptions import InvalidTag

from concordia.capabilities.ledger.models import Checkpoint, Cosignature, Leaf, Log, Opening, WitnessKey
from concordia.capabilities.ledger.queries.reading import log_of, may_open
from concordia.capabilities.ledger.queries.tree import (
    entries_between,
    opening_context,
    read_at_once,
    row_fetcher,
)
from concordia.capabilities.ledger.queries.verifying import newest_checkpoint
from concordia.domain import bundle, merkle
from concordia.domain.archive import Content
from concordia.domain.checkpoint import add_line, parse_checkpoint
from concordia.domain.notes import VerifierKey, encode_base64
from concordia.domain.openings import Opening as Opened
from concordia.domain.openings import encode_openings
from concordia.domain.policy import format_policy
from concordia.domain.texts import both
from concordia.domain.tiles import log_files
from concordia.kernel import keystore
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError

_RECEIPT = "c2sp.org/tlog-proof@v1"
_STEP = 1000

type Attachment = Callable[[str], Content | None]


def write_bundle(
    access: Access,
    out: BinaryIO,
    *,
    description: bundle.Description,
    partners: Mapping[str, str],
    attachment: Attachment,
) -> None:
    """Write the bundle of one's own partner: the shared log, the private one, and what it may open of both.

    `partners` gives the key of every partner of now by its id; by those keys the policy names their witnesses.
    `attachment` gives a file by its SHA-256: its bytes, or better a function that reads them when their turn
    comes; None when it is lost, which the verifier will then say. Raises NotFoundError for people of no
    partner, RefusalError before the first signature.
    """
    if access.partner is None:
        raise NotFoundError
    shared, private = log_of(access), log_of(access, private=True)
    witnesses = _witnesses(access, partners)
    threshold = min(len(witnesses), max(1, len(partners) - 1))
    contents = _contents(access, shared, witnesses, threshold, attachment)
    if contents is None:
        raise _unsigned()
    own = _contents(access, private, {}, 0, attachment)
    bundle.write_bundle(out, description, contents, own)


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That entry `n`, whose leaf has hash `leaf`, is in the log `origin` of `size` entries with root `root`.

    `hashes` lead from the leaf to the root (RFC 9162, 2.1.3); all hashes are 32 bytes. The log's keys signed
    size and root at `signed_at`.
    """

    origin: str
    n: int
    leaf: bytes
    size: int
    root: bytes
    hashes: tuple[bytes, ...]
    signed_at: datetime

    def lines(self) -> list[str]:
        """The proof as text: what a receipt says, but for the signatures and the entry itself."""
        return [
            self.origin,
            str(self.size),
            encode_base64(self.root),
            f"index {self.n}",
            f"leaf {encode_base64(self.leaf)}",
            *map(encode_base64, self.hashes),
        ]


def inclusion(access: Access, n: int) -> InclusionProof | None:
    """The proof that an entry is in the shared log; None while nobody signed it yet.

    Raises NotFoundError for an entry that is not there.
    """
    log = log_of(access)
    row = Leaf.objects.filter(log=log, n=n).first()
    if row is None:
        raise NotFoundError
    checkpoint = newest_checkpoint(log)
    if checkpoint is None or checkpoint.size <= n:
        return None
    signed = parse_checkpoint(bytes(checkpoint.note))
    proof = read_at_once(log, lambda fetch: merkle.inclusion_proof(n, signed.size, fetch))
    leaf = merkle.leaf_hash(bytes(row.bytes))
    return InclusionProof(signed.origin, n, leaf, signed.size, signed.root, tuple(proof), checkpoint.at)


def receipt(access: Access, n: int, *, private: bool = False) -> bytes:
    """The proof of one entry: a C2SP tlog-proof whose extra data is the entry and what one may open of it.

    Whoever has the log's keys verifies it alone, for ever (trust.md T-A4). Raises NotFoundError for an entry
    that is not there, RefusalError for one that is not signed yet.
    """
    log = log_of(access, private=private)
    row = Leaf.objects.filter(log=log, n=n).first()
    if row is None:
        raise NotFoundError
    checkpoint = newest_checkpoint(log)
    if checkpoint is None or checkpoint.size <= n:
        raise _unsigned()
    size = checkpoint.size
    proof = read_at_once(log, lambda fetch: merkle.inclusion_proof(n, size, fetch))
    extra = bytes(row.bytes) + b"\n" + encode_openings(_openings(access, log, n, n + 1))
    lines = [f"extra {encode_base64(extra)}", f"index {n}", *map(encode_base64, proof)]
    return "\n".join([_RECEIPT, *lines, "", ""]).encode() + _cosigned(checkpoint)


def _contents(
    access: Access, log: Log, witnesses: Mapping[str, VerifierKey], threshold: int, attachment: Attachment
) -> bundle.LogContents | None:
    """A log as a bundle holds it, up to its newest signed state; None before the first."""
    checkpoint = newest_checkpoint(log)
    if checkpoint is None:
        return None
    openings = list(_openings(access, log, 0, checkpoint.size))
    keys = [VerifierKey.parse(key) for key in log.vkeys.split()]
    return bundle.LogContents(
        checkpoint=_cosigned(checkpoint),
        policy=format_policy(keys, witnesses, threshold),
        files=log_files(checkpoint.size, row_fetcher(log), lambda low, high: entries_between(log, low, high)),
        openings=openings,
        attachments=_files(openings, attachment),
    )


def _files(openings: list[Opened], attachment: Attachment) -> dict[str, Content]:
    """The files behind opened attachments, each once."""
    names = {opening.value for opening in openings if opening.field.startswith("att/")}
    found = {name: attachment(name) for name in sorted(names)}
    return {name: content for name, content in found.items() if content is not None}


def _openings(access: Access, log: Log, low: int, high: int) -> Iterator[Opened]:
    """What the reader may open of entries low to high - 1, in the order of a bundle."""
    unseal = keystore.unsealer()
    for start in range(low, high, _STEP):
        end = min(high, start + _STEP)
        may = _openable(access, log, start, end)
        for row in Opening.objects.filter(log=log, n__gte=start, n__lt=end).order_by("n", "field"):
            if row.n not in may:
                continue
            context = opening_context(log.origin, row.n, row.field)
            try:
                text = unseal(row.subject, bytes(row.sealed), context).decode()
            except (keystore.ErasedError, InvalidTag):
                continue
            yield Opened(row.n, row.field, bytes(row.salt), text)


def _openable(access: Access, log: Log, low: int, high: int) -> set[int]:
    """Of entries low to high - 1, those that name the reader's party."""
    bodies = map(json.loads, entries_between(log, low, high))
    return {body["n"] for body in bodies if may_open(access, body["by"]["org"], body["aud"])}


def _witnesses(access: Access, partners: Mapping[str, str]) -> dict[str, VerifierKey]:
    rows = WitnessKey.objects.visible_to(access).filter(retired_at__isnull=True, owner_id__in=partners)
    return {partners[row.owner_id]: VerifierKey.parse(row.vkey) for row in rows}


def _cosigned(checkpoint: Checkpoint) -> bytes:
    """The note with the lines of every partner whose witness countersigned this very state."""
    note = bytes(checkpoint.note)
    rows = Cosignature.objects.unscoped().filter(log_id=checkpoint.log_id, size=checkpoint.size)
    for line in rows.order_by("owner_id").values_list("line", flat=True):
        note = add_line(note, line)
    return note


def _unsigned() -> RefusalError:
    return RefusalError(
        both(
            "Dit is nog niet ondertekend. Dat gebeurt binnen een halve minuut; probeer het dan opnieuw.",
            "This is not signed yet. That happens within half a minute; then try again.",
        )
    )
