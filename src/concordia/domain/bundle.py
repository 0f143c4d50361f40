"""The bundle: what a partner takes home to verify without the host (docs/register-format.md, section 7).

One ZIP file. At its root the shared log, laid out as C2SP tlog-tiles so that foreign tools read it, under
`private/` the partner's own log; beside each its policy, the openings this partner may have, and the files.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from concordia.domain.archive import Archive, ArchiveError, Content, write_archive
from concordia.domain.canonical import canonical_json, parse_canonical
from concordia.domain.faults import RegisterError
from concordia.domain.openings import Opening, encode_openings

FORMAT = "concordia-bundle/1"
CHECKPOINT = "checkpoint"
POLICY = "policy"
OPENINGS = "openings.jsonl"
DESCRIPTION = "bundle.json"
README = "README.txt"
PRIVATE = "private/"

_NAME = re.compile(
    r"bundle\.json|README\.txt|(private/)?(checkpoint|policy|openings\.jsonl|att/[0-9a-f]{64}"
    r"|tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/)*[0-9]{3}(\.p/[1-9][0-9]{0,2})?)"
)
_README = """\
Dit is het register van een alliantie, zoals een partner het meeneemt om het zelf na te gaan.
Nagaan kan zonder verbinding: concordia verify BESTAND.zip, of met het losse programma concordia_witness.py.
Bewaar dit bestand zoals het is; uitpakken mag, opnieuw inpakken geeft een ander bestand.

This is the register of an alliance, as a partner takes it home to verify it.
To verify it, offline: concordia verify FILE.zip, or with the single program concordia_witness.py.
Keep this file as it is; it may be unpacked, but packing it again makes another file.

checkpoint          the signed state of the log (C2SP tlog-checkpoint)
policy              whose signatures count (C2SP tlog-policy)
tile/               the hash tree and the entries (C2SP tlog-tiles)
openings.jsonl      what this partner may read: one value a line
att/                files, named by their SHA-256
private/            the same for the partner's own log
bundle.json         which alliance and which partner this is for; not signed
"""


class DescriptionError(RegisterError):
    """A `bundle.json` that does not describe a bundle."""


@dataclass(frozen=True, slots=True)
class Description:
    """For whom a bundle was made. It is for people to read; nothing in it is signed but the origin."""

    alliance_id: str
    alliance_name: str
    partner_id: str
    partner_key: str
    partner_name: str
    origin: str

    def to_bytes(self) -> bytes:
        """The bytes of `bundle.json`. Raises ProfileError for a name that is not in the profile."""
        return canonical_json(
            {
                "format": FORMAT,
                "alliance": {"id": self.alliance_id, "name": self.alliance_name},
                "partner": {"id": self.partner_id, "key": self.partner_key, "name": self.partner_name},
                "origin": self.origin,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Description":
        """Read `bundle.json`. Raises DescriptionError, ProfileError."""
        body = parse_canonical(data)
        try:
            alliance, partner = body["alliance"], body["partner"]
            texts = (alliance["id"], alliance["name"], partner["id"], partner["key"], partner["name"])
            description = cls(*texts, origin=body["origin"])
            is_text = all(isinstance(text, str) for text in (*texts, description.origin))
            if not is_text or description.to_bytes() != data:
                raise ValueError(data)
        except (KeyError, TypeError, ValueError):
            raise DescriptionError("bundle.json klopt niet.", "bundle.json is malformed.") from None
        return description


@dataclass(frozen=True, slots=True)
class LogContents:
    """What a bundle holds of one log: note, policy, tiles and entries by path, openings, files by SHA-256."""

    checkpoint: bytes
    policy: bytes
    files: Mapping[str, Content]
    openings: Iterable[Opening]
    attachments: Mapping[str, Content]

    def members(self) -> dict[str, Content]:
        """Every member by its path in the log. Raises OpeningError."""
        return {
            CHECKPOINT: self.checkpoint,
            POLICY: self.policy,
            OPENINGS: encode_openings(self.openings),
            **self.files,
            **{f"att/{name}": content for name, content in self.attachments.items()},
        }


def write_bundle(
    out: BinaryIO, description: Description, shared: LogContents, private: LogContents | None = None
) -> None:
    """Write a bundle; the same contents give the same bytes.

    Raises ArchiveError, OpeningError or ProfileError for contents that could not be read back.
    """
    members: dict[str, Content] = {DESCRIPTION: description.to_bytes(), README: _README.encode()}
    members |= shared.members()
    if private is not None:
        members |= {f"{PRIVATE}{name}": content for name, content in private.members().items()}
    for name in members:
        if not is_member_name(name):
            raise ArchiveError(f"{name} hoort niet in een bundel.", f"{name} does not belong in a bundle.")
    write_archive(out, members)


def open_bundle(file: BinaryIO) -> Archive:
    """A bundle to read from a seekable binary file. Raises ArchiveError for anything but a bundle."""
    archive = Archive(file, is_member_name)
    if not archive.names:
        raise ArchiveError(
            "Dit bestand is geen bundel: het is leeg.", "This file is not a bundle: it is empty."
        )
    return archive


def is_member_name(name: str) -> bool:
    """Whether a bundle may hold a file of this name; no other name is ever read."""
    return _NAME.fullmatch(name) is not None


def looks_like_a_bundle(file: BinaryIO) -> bool:
    """Whether a file that cannot be opened was a bundle before it was damaged, and not something else."""
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(4)
    file.seek(max(0, size - 65_536))
    end = file.read(65_536)  # what has no end, as some devices, is not read to it
    is_archive = start == b"PK\x03\x04" or b"PK\x05\x06" in end
    return is_archive and (b"checkpoint" in end or b"bundle.json" in end or b"PK\x05\x06" not in end)
