"""Whose signatures a checkpoint needs (C2SP tlog-policy): logs, witnesses, and the quorum among them."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from concordia.domain.faults import RegisterError
from concordia.domain.notes import COSIGNATURE, ED25519, ML_DSA_44, NoteError, VerifierKey

LENGTH_LIMIT = 200_000
NONE = "none"
PARTNERS = "partners"

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class PolicyError(RegisterError):
    """A policy that cannot be read; the sentence names the line."""


@dataclass(frozen=True, slots=True)
class Group:
    """Counts as having cosigned when at least `threshold` of `members` (witnesses, groups) have."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Log keys, witness keys by name, groups by name, and the name that must have cosigned (or `none`)."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str

    def is_met(self, cosigned: Collection[VerifierKey]) -> bool:
        """Whether the witnesses whose keys are in `cosigned` make the quorum."""
        return self.quorum == NONE or self._has_witnessed(self.quorum, cosigned)

    def _has_witnessed(self, name: str, cosigned: Collection[VerifierKey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in cosigned
        group = self.groups[name]
        return sum(self._has_witnessed(member, cosigned) for member in group.members) >= group.threshold


def format_policy(logs: Sequence[VerifierKey], witnesses: Mapping[str, VerifierKey], threshold: int) -> bytes:
    """The policy of a log: the partners' witnesses by name, of which `threshold` must have cosigned.

    A threshold of 0 asks for no cosignature. Raises PolicyError where the policy could not be read back.
    """
    # A partner may be called what has a meaning of its own here; no key of a partner ends with a point.
    named = {f"{name}." if name in {NONE, PARTNERS} else name: key for name, key in witnesses.items()}
    lines = [f"log {key}" for key in logs]
    lines += [f"witness {name} {named[name]}" for name in sorted(named)]
    if threshold:
        lines.append(f"group {PARTNERS} {threshold} {' '.join(sorted(named))}")
    lines.append(f"quorum {PARTNERS if threshold else NONE}")
    data = "".join(f"{line}\n" for line in lines).encode()
    parse_policy(data)
    return data


def parse_policy(data: bytes) -> Policy:
    """Read a policy of at most 200 kB. Raises PolicyError with the number of the line that is wrong."""
    reading = _Reading()
    for number, line in enumerate(_lines(data), start=1):
        words = [word for word in line.replace("\t", " ").split(" ") if word]
        if words and not words[0].startswith("#"):
            try:
                reading.take(words)
            except (ValueError, IndexError, KeyError):
                raise PolicyError(
                    f"Het beleid klopt niet in regel {number}.", f"Line {number} of the policy is malformed."
                ) from None
    if reading.quorum is None:
        raise PolicyError("Het beleid noemt geen quorum.", "The policy names no quorum.")
    return Policy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


@dataclass(slots=True)
class _Reading:
    """What the lines so far said. A faulty line raises ValueError, IndexError or KeyError in `take`."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str | None = None
    grouped: set[str] = field(default_factory=set)

    def take(self, words: Sequence[str]) -> None:
        {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum}[words[0]](
            words[1:]
        )

    def _log(self, words: Sequence[str]) -> None:
        _expect(1 <= len(words) <= 2)
        key = VerifierKey.parse(words[0])
        _expect(key.kind in (ED25519, ML_DSA_44))
        _expect(key.public not in {known.public for known in self.logs})
        self.logs.append(key)

    def _witness(self, words: Sequence[str]) -> None:
        _expect(2 <= len(words) <= 3)
        key = VerifierKey.parse(words[1])
        _expect(key.kind in (COSIGNATURE, ML_DSA_44))
        _expect(key.public not in {known.public for known in self.witnesses.values()})
        self._name(words[0])
        self.witnesses[words[0]] = key

    def _group(self, words: Sequence[str]) -> None:
        name, asked, *members = words
        _expect(len(members) > 0 and len(set(members)) == len(members))
        for member in members:
            _expect(member in self.witnesses or member in self.groups)
            _expect(member not in self.grouped)
        threshold = {"any": 1, "all": len(members)}.get(asked) or _decimal(asked)
        _expect(1 <= threshold <= len(members))
        self._name(name)
        self.grouped.update(members)
        self.groups[name] = Group(threshold, tuple(members))

    def _quorum(self, words: Sequence[str]) -> None:
        _expect(self.quorum is None and len(words) == 1)
        _expect(words[0] == NONE or words[0] in self.witnesses or words[0] in self.groups)
        self.quorum = words[0]

    def _name(self, name: str) -> None:
        _expect(name != NONE and name not in self.witnesses and name not in self.groups)


def _lines(data: bytes) -> list[str]:
    if len(data) > LENGTH_LIMIT:
        raise PolicyError("Het beleid is te groot.", "The policy is too large.")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise PolicyError("Het beleid is geen UTF-8.", "The policy is not UTF-8.") from None
    if _CONTROL.search(text):
        raise PolicyError("Er staat een stuurteken in het beleid.", "The policy holds a control character.")
    return text.split("\n")


def _decimal(text: str) -> int:
    _expect(text.isascii() and text.isdigit() and len(text) < 4)
    return int(text)


def _expect(holds: bool) -> None:
    if not holds:
        raise NoteError("Dit past hier niet.", "This does not fit here.")
