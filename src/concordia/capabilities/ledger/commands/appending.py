"""Append an entry: in the transaction of the act it records, as the last thing written there."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from concordia.capabilities.ledger.commands.logs import hold_log
from concordia.capabilities.ledger.facts import SUBJECTS, Fact, Value
from concordia.capabilities.ledger.models import Leaf, Log, Node, Opening
from concordia.capabilities.ledger.queries.tree import opening_context, read_at_once
from concordia.domain import leaves, merkle
from concordia.domain.canonical import canonical_json
from concordia.domain.commitments import commit
from concordia.domain.faults import RegisterError
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
    """What stands behind one commitment; `sealed` under the key of `subject`."""

    name: str
    salt: bytes
    subject: str
    commitment: bytes
    sealed: bytes


def append(access: Access, fact: Fact, *, private_to: str | None = None) -> Entry:
    """Append a fact to the shared log, or to the private log of partner `private_to`.

    The caller holds a transaction and has written its own rows first (one lock order). Raises RefusalError
    when the log is stopped, when the entry would be too long, or when it speaks of an erased person: the act
    is then not done at all.
    """
    alliance = access.require_alliance()
    log = hold_log(alliance, private_to or alliance)
    at = access.now.astimezone(UTC).replace(microsecond=0)
    try:
        fields = [_field(log, name, value) for name, value in _values(fact).items()]
        leaf = _leaf(log, fact, at, fields)
    except RegisterError as error:
        raise _unfit(error) from None
    except keystore.ErasedError:
        raise _erased() from None

    _store(log, leaf, fields, at)
    return Entry(log.id, leaf.n, at, log.origin)


def _values(fact: Fact) -> dict[str, Value]:
    """Every value to commit to: the fact's own, whose keys encrypt them, and the hashes of its files."""
    values = dict(fact.values)
    others = {name: value.subject for name, value in values.items() if value.subject != fact.org}
    if others:
        values[SUBJECTS] = Value(canonical_json(others).decode(), fact.org)
    return values | {
        f"att/{i}": Value(attached.sha256, fact.org) for i, attached in enumerate(fact.attachments)
    }


def _field(log: Log, name: str, value: Value) -> _Field:
    salt, text = os.urandom(32), value.text.encode()
    commitment = commit(log.origin, log.size, name, salt, text)
    sealed = keystore.seal(value.subject, text, opening_context(log.origin, log.size, name))
    return _Field(name, salt, value.subject, commitment, sealed)


def _leaf(log: Log, fact: Fact, at: datetime, fields: Iterable[_Field]) -> leaves.Leaf:
    commitments = {field.name: field.commitment for field in fields}
    return leaves.build_leaf(
        log=log.origin,
        n=log.size,
        at=at,
        kind=fact.kind,
        obj=fact.obj,
        rev=fact.rev,
        org=fact.org,
        role=fact.role,
        audience=fact.audience,
        attachments=[
            leaves.Attachment(commitments.pop(f"att/{i}"), attached.length)
            for i, attached in enumerate(fact.attachments)
        ],
        commitments=commitments,
        prev=_previous(log, fact.obj),
        refs=fact.refs,
    )


def _previous(log: Log, obj: str) -> int | None:
    return Leaf.objects.filter(log=log, obj=obj).order_by("-n").values_list("n", flat=True).first()


def _store(log: Log, leaf: leaves.Leaf, fields: list[_Field], at: datetime) -> None:
    data = leaf.to_bytes()
    whole = merkle.leaf_hash(data)
    nodes = read_at_once(log, lambda fetch: merkle.completed_nodes(leaf.n, whole, fetch))
    Opening.objects.bulk_create(
        Opening(
            log=log, n=leaf.n, field=field.name, salt=field.salt, subject=field.subject, sealed=field.sealed
        )
        for field in fields
    )
    Leaf.objects.create(log=log, n=leaf.n, bytes=data, kind=leaf.kind, obj=leaf.obj, at=at)
    Node.objects.bulk_create(Node(log=log, level=level, index=i, hash=value) for level, i, value in nodes)
    Log.objects.unscoped().filter(id=log.id).update(size=leaf.n + 1)
    log.size = leaf.n + 1


def _unfit(error: RegisterError) -> RefusalError:
    return RefusalError(
        both(
            f"Dit past niet in het register, en is daarom niet gedaan. {error.nl}",
            f"This does not fit the register, so it was not done. {error.en}",
        )
    )


def _erased() -> RefusalError:
    return RefusalError(
        both(
            "Dit gaat over iemand van wie de gegevens zijn gewist. Kies een ander; er is niets gedaan.",
            "This is about somebody whose data was erased. Choose somebody else; nothing was done.",
        )
    )
