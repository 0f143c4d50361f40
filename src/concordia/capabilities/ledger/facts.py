"""What capabilities hand over to be recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Value:
    """A text behind a commitment. `subject` (a person, partner or alliance) is whose key encrypts it."""

    text: str
    subject: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file: its lower-case hexadecimal SHA-256 and its length in bytes."""

    sha256: str
    length: int


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to `obj`, done by `org` in a `role`.

    `audience` are the partners that may open the values; `values` maps a field to its text; `refs` are the
    (entry, field) an erasure is about. Who-level metadata is plain for all readers of the log.
    """

    kind: str
    obj: str
    rev: int
    org: str
    role: str
    audience: tuple[str, ...]
    values: Mapping[str, Value] = field(default_factory=dict)
    attachments: tuple[Attached, ...] = ()
    refs: tuple[tuple[int, str], ...] = ()
