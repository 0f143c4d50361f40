"""Append an entry: in the transaction of the act it records, as the last thing written there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from concordia.capabilities.ledger.facts import Fact, Value
from concordia.capabilities.ledger.models import Leaf, Log, Node, Opening
from concordia.capabilities.ledger.queries.tree import fetcher, peaks
from concordia.domain import leaves, merkle
from concordia.domain.commitments import commit
from concordia.domain.texts import both
from concordia.kernel import keystore
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError


@dataclass(frozen=True, slots=True)
class Entry:
    """Where something stands in the register: entry `n` of a log, at the host's claim of the moment."""

    log_id: str
    n: int
    at: datetime
    origin: str


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    salt: bytes
    text: bytes
    subject: str


def append(access: Access, fact: Fact, *, private_to: str | None = None) -> Entry:
    """Append a fact to the shared log, or to the private log of partner `private_to`.

    The caller holds a transaction and has written its own rows first (one lock order). Raises RefusalError
    when the log is stopped: the act is then not done at all.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an entry is appended in the transaction of what it records")
    log = _hold(access.require_alliance(), private_to or access.require_alliance())
    n = log.size

    fields = _fields(log, n, fact.values) + _attached(fact)
    leaf = leaves.build_leaf(
        log=log.origin,
        n=n,
        at=access.now,
        kind=fact.kind,
        obj=fact.obj,
        rev=fact.rev,
        org=fact.org,
        role=fact.role,
        audience=fact.audience,
        commitments={
            field.name: commit(log.origin, n, field.name, field.salt, field.text)
            for field in fields
            if not field.name.startswith("att/")
        },
        attachments=[
            leaves.Attachment(
                commit(log.origin, n, field.name, field.salt, field.text), fact.attachments[i].length
            )
            for i, field in enumerate(field for field in fields if field.name.startswith("att/"))
        ],
        prev=_previous(log, fact.obj),
        refs=fact.refs,
    )

    _store(log, leaf, fields, access.now)
    return Entry(log.id, n, access.now.astimezone(UTC).replace(microsecond=0), log.origin)


def _hold(alliance_id: str, owner_id: str) -> Log:
    rows = Log.objects.unscoped().filter(alliance_id=alliance_id, owner_id=owner_id)
    log = rows.select_for_update().order_by("-epoch").first()
    if log is None:
        raise RuntimeError(f"no log of {owner_id} in {alliance_id}")
    if log.stopped:
        raise RefusalError(
            both(
                f"Het register staat stil: {log.stopped} Er is niets vastgelegd; lezen kan wel. "
                "Vraag de beheerder om het te herstellen.",
                f"The register is stopped: {log.stopped} Nothing was recorded; reading goes on. "
                "Ask the administrator to heal it.",
            )
        )
    return log


def _fields(log: Log, n: int, values: Mapping[str, Value]) -> list[_Field]:
    return [
        _Field(name, os.urandom(32), value.text.encode(), value.subject) for name, value in values.items()
    ]


def _attached(fact: Fact) -> list[_Field]:
    return [
        _Field(f"att/{i}", os.urandom(32), attached.sha256.encode(), fact.org)
        for i, attached in enumerate(fact.attachments)
    ]


def _previous(log: Log, obj: str) -> int | None:
    return Leaf.objects.filter(log=log, obj=obj).order_by("-n").values_list("n", flat=True).first()


def _store(log: Log, leaf: leaves.Leaf, fields: list[_Field], at: datetime) -> None:
    data = leaf.to_bytes()
    hashed = merkle.leaf_hash(data)
    nodes = merkle.completed_nodes(leaf.n, hashed, fetcher(log, peaks(leaf.n)))
    Opening.objects.bulk_create(
        Opening(
            log=log,
            n=leaf.n,
            field=field.name,
            salt=field.salt,
            subject=field.subject,
            sealed=keystore.seal(field.subject, field.text, opening_context(log.origin, leaf.n, field.name)),
        )
        for field in fields
    )
    Leaf.objects.create(log=log, n=leaf.n, bytes=data, kind=leaf.kind, obj=leaf.obj, at=at)
    Node.objects.bulk_create(Node(log=log, level=level, index=i, hash=value) for level, i, value in nodes)
    Log.objects.unscoped().filter(id=log.id).update(size=leaf.n + 1)
    log.size = leaf.n + 1


def opening_context(origin: str, n: int, field: str) -> bytes:
    """What an encrypted opening is bound to: it can stand nowhere else."""
    return f"{origin}\n{n}\n{field}".encode()
