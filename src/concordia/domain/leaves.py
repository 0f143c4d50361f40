"""Entries of a log: the bytes that are hashed, for ever (docs/register-format.md, section 3).

An entry shows who-level metadata only; every value and every person sits behind a commitment. Bytes that
were once written are never migrated: a new shape is a new `v`.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from concordia.domain.canonical import Json, canonical_json, parse_canonical
from concordia.domain.leafshape import (
    ERASED,
    LENGTH_LIMIT,
    VERSION,
    LeafError,
    check_length,
    check_shape,
    is_origin,
    refuse,
)

__all__ = [
    "ERASED",
    "LENGTH_LIMIT",
    "VERSION",
    "Attachment",
    "Leaf",
    "LeafError",
    "build_leaf",
    "is_origin",
    "moment",
]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file behind a commitment: 32 bytes to its SHA-256, and its length in bytes."""

    commitment: bytes
    length: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry.

    `log` is the origin, `n` the index in it, `t` the host's claim of the moment (UTC, whole seconds), `prev`
    the index of the object's former entry, `audience` the parties that may open the fields, `commitments`
    the 32 bytes per field, `refs` the (n, field) whose openings this entry declares erased.
    """

    log: str
    n: int
    t: str
    kind: str
    obj: str
    rev: int
    org: str
    role: str
    audience: tuple[str, ...]
    commitments: Mapping[str, bytes]
    attachments: tuple[Attachment, ...] = ()
    prev: int | None = None
    refs: tuple[tuple[int, str], ...] = ()
    v: int = VERSION

    def to_bytes(self) -> bytes:
        """The bytes that are hashed: RFC 8785, at most 16 KiB. Raises LeafError or ProfileError."""
        data = canonical_json(self._json())
        check_length(data)
        check_shape(parse_canonical(data))
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> "Leaf":
        """Read an entry. Raises LeafError or ProfileError for anything `to_bytes` would not write."""
        check_length(data)
        body = parse_canonical(data)
        check_shape(body)
        return cls.from_checked(body)

    @classmethod
    def from_checked(cls, body: Json) -> "Leaf":
        """The entry in a parsed body that `check_shape` let pass."""
        return cls(
            log=body["log"],
            n=body["n"],
            t=body["t"],
            kind=body["kind"],
            obj=body["obj"],
            rev=body["rev"],
            org=body["by"]["org"],
            role=body["by"]["role"],
            audience=tuple(body["aud"]),
            commitments={field: b64decode(text) for field, text in body["c"].items()},
            attachments=tuple(Attachment(b64decode(item["c"]), item["len"]) for item in body["att"]),
            prev=body.get("prev"),
            refs=tuple((n, field) for n, field in body.get("refs", ())),
        )

    def commitment(self, field: str) -> bytes | None:
        """The commitment of a field, `att/<i>` for attachment i; None when the entry has no such field."""
        if not field.startswith("att/"):
            return self.commitments.get(field)
        names = [f"att/{index}" for index in range(len(self.attachments))]
        return self.attachments[names.index(field)].commitment if field in names else None

    def _json(self) -> Json:
        body: Json = {
            "v": self.v,
            "log": self.log,
            "n": self.n,
            "t": self.t,
            "kind": self.kind,
            "obj": self.obj,
            "rev": self.rev,
            "by": {"org": self.org, "role": self.role},
            "aud": list(self.audience),
            "c": {field: _b64(value) for field, value in self.commitments.items()},
            "att": [{"c": _b64(item.commitment), "len": item.length} for item in self.attachments],
        }
        if self.prev is not None:
            body["prev"] = self.prev
        if self.refs:
            body["refs"] = [list(ref) for ref in self.refs]
        return body


def build_leaf(
    *,
    log: str,
    n: int,
    at: datetime,
    kind: str,
    obj: str,
    rev: int,
    org: str,
    role: str,
    audience: Iterable[str],
    commitments: Mapping[str, bytes],
    attachments: Iterable[Attachment] = (),
    prev: int | None = None,
    refs: Iterable[tuple[int, str]] = (),
) -> Leaf:
    """An entry in the one form it can have: parties and references sorted, the moment in UTC.

    `at` must know its time zone. Raises LeafError or ProfileError where the format does not allow the entry.
    """
    leaf = Leaf(
        log=log,
        n=n,
        t=moment(at),
        kind=kind,
        obj=obj,
        rev=rev,
        org=org,
        role=role,
        audience=tuple(sorted(set(audience))),
        commitments=dict(sorted(commitments.items())),
        attachments=tuple(attachments),
        prev=prev,
        refs=tuple(sorted(set(refs))),
    )
    leaf.to_bytes()
    return leaf


def moment(at: datetime) -> str:
    """A moment as entries write it: `2026-11-23T09:15:02Z`; parts of a second are dropped."""
    if at.tzinfo is None:
        refuse("t", "het tijdstip heeft geen tijdzone", "the moment has no time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _b64(value: bytes) -> str:
    return b64encode(value).decode()
