"""What capabilities hand over to be recorded, and the words for a log that stands still."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from concordia.domain.texts import Text, both

SUBJECTS = (
    "subjects"  # the field in which `append` keeps whose key encrypts what, for whoever must heal a log
)
HEAD_COMMITTED = "head.committed"
BEHIND, ALTERED, DIVERGED, UNSURE = "behind", "altered", "diverged", "unsure"


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

    `audience` are the parties that may open the values: partners, and the alliance itself where the people
    who work for it as a whole may too. `values` maps a field to its text; `refs` are the (entry, field) an
    erasure is about. Who-level metadata is plain for all readers of the log.
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


def stop_reason(stopped: str) -> Text | None:
    """Why a log stands still, as a sentence; None while it does not. `stopped` is a word and perhaps a number."""
    word, _, number = stopped.partition(" ")
    if word == BEHIND:
        return both(
            f"Er zijn {number} handelingen ondertekend en die zijn er nu niet allemaal: er lijkt een oude "
            "reservekopie te zijn teruggezet. De partners hebben de ontbrekende handelingen in hun bundel.",
            f"{number} entries were signed and not all of them are here now: an old backup seems to have been "
            "restored. The partners have the missing entries in their bundles.",
        )
    if word == ALTERED:
        return both(
            f"Handeling {number} is niet meer zoals die werd vastgelegd.",
            f"Entry {number} is no longer as it was recorded.",
        )
    if word == DIVERGED:
        return both(
            f"De eerste {number} handelingen zijn niet de {number} handelingen die zijn ondertekend.",
            f"The first {number} entries are not the {number} entries that were signed.",
        )
    if word:
        return both(
            "De ondertekenaar kan niet bevestigen dat het register compleet is.",
            "The signer cannot confirm that the register is complete.",
        )
    return None
