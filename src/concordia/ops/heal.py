"""Heal a register that was restored from an old backup, with the bundle of any partner."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from concordia.capabilities.ledger.commands import bring_back_entries, bring_back_openings
from concordia.capabilities.ledger.models import Log
from concordia.capabilities.ledger.queries.tree import entries_between
from concordia.domain.archive import Archive, DamagedError
from concordia.domain.bundle import CHECKPOINT, OPENINGS, PRIVATE, open_bundle
from concordia.domain.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from concordia.domain.faults import RegisterError
from concordia.domain.leaves import Leaf
from concordia.domain.merkle import RootBuilder, leaf_hash
from concordia.domain.notes import Note, VerifierKey, format_note, parse_note
from concordia.domain.openings import decode_openings
from concordia.domain.texts import Text, both
from concordia.domain.tiles import decode_entries, entries_path, widths
from concordia.kernel import signing
from concordia.kernel.errors import RefusalError
from concordia.ops.starting import open_register

type Keep = Callable[[str, bytes], None]


@dataclass(slots=True)
class Healed:
    """What came back. `entries` are those that were lost, as (log, number, kind, object)."""

    entries: list[tuple[str, int, str, str]] = field(default_factory=list)
    openings: int = 0
    files: int = 0
    stopped: tuple[tuple[str, Text], ...] = ()

    def lines(self, language: str) -> list[str]:
        """The report for people: what came back, what to do again by hand, what still stands still."""
        whole = both(
            f"Teruggekregen: {len(self.entries)} regels, {self.openings} waarden, {self.files} bestanden.",
            f"Brought back: {len(self.entries)} entries, {self.openings} values, {self.files} files.",
        )
        lines = [whole.in_language(language)]
        if self.entries:
            redo = both(
                "Deze regels staan weer in het register. Ga van elk na of de pagina's er ook naar staan, en doe "
                "over wat daar ontbreekt:",
                "These entries are in the register again. See of each whether the pages say so too, and do again "
                "what is missing there:",
            )
            lines.append(redo.in_language(language))
        lines += [f"  {origin} {n} {kind} {obj}" for origin, n, kind, obj in self.entries]
        return lines + [f"{origin}: {reason.in_language(language)}" for origin, reason in self.stopped]


def heal(bundle: Path, now: datetime, *, keep: Keep | None = None) -> Healed:
    """Bring back from a partner's bundle what the register lost; the bundle need not be trusted.

    Every entry must lead to a root that this log's own signer signed. `keep` gets each file by its SHA-256;
    without it they are put in the folder `recovered` beside the data. Run it with the bundle of each partner
    to get all values back. Raises RefusalError, and then nothing was changed.
    """
    healed = Healed()
    try:
        with bundle.open("rb") as file:
            archive = open_bundle(file)
            trees = [_Tree(archive, prefix) for prefix in ("", PRIVATE) if f"{prefix}{CHECKPOINT}" in archive]
            for tree in trees:
                tree.check()
            for tree in trees:
                tree.bring_back(healed, now, keep or _keep)
    except RegisterError as error:
        raise _refusal(f"{bundle}: {error.nl}", f"{bundle}: {error.en}") from None
    except OSError as error:
        raise _refusal(
            f"{bundle}: niet te lezen ({error.strerror}). Geef het pad van een bundel.",
            f"{bundle}: not readable ({error.strerror}). Give the path of a bundle.",
        ) from None
    healed.stopped = open_register().stopped
    return healed


class _Tree:
    """One log in a bundle, and our own log of the same origin."""

    def __init__(self, archive: Archive, prefix: str) -> None:
        self._archive, self._prefix = archive, prefix
        self._note = archive.read(f"{prefix}{CHECKPOINT}")
        self._signed: Checkpoint = parse_checkpoint(self._note)
        log = Log.objects.unscoped().filter(origin=self._signed.origin).first()
        if log is None:
            raise _refusal(
                f"{self._signed.origin} is geen register van deze installatie. Neem een bundel van hier.",
                f"{self._signed.origin} is no log of this installation. Take a bundle made here.",
            )
        self._log = log
        self._vkeys = signing.verifier_keys(log.origin)

    def check(self) -> None:
        """Refuse unless the log's signer signed this tree, it is whole, and ours is its beginning."""
        verify_checkpoint(self._note, [VerifierKey.parse(key) for key in self._vkeys])
        builder = RootBuilder()
        for low, entries in self._entries():
            ours = entries_between(self._log, low, low + len(entries))
            for n, (own, theirs) in enumerate(zip(ours, entries, strict=False), start=low):
                if own != theirs:
                    raise _refusal(
                        f"Regel {n} is hier anders dan in de bundel. Zet eerst een reservekopie terug waarin hij "
                        "klopt, en herstel dan.",
                        f"Entry {n} is different here and in the bundle. First restore a backup in which it is as "
                        "it was, then heal.",
                    )
            builder.add_all(map(leaf_hash, entries))
        if builder.root() != self._signed.root:
            raise _refusal(
                "De regels in de bundel zijn niet die van de handtekening. Neem een bundel die nagaan doorstaat.",
                "The entries in the bundle are not those that were signed. Take a bundle that verifies.",
            )

    def bring_back(self, healed: Healed, now: datetime, keep: Keep) -> None:
        """Add what we lack, one log at a time."""
        size = self._log.size
        lost = [entry for low, entries in self._entries() for entry in entries[max(0, size - low) :]]
        if lost:
            vkeys = "\n".join(self._vkeys)
            bring_back_entries(self._log.id, lost, self._signed, self._own_signatures(), vkeys, now)
        healed.entries += [_told(self._log.origin, Leaf.from_bytes(data)) for data in lost]
        openings = list(decode_openings(self._archive.read(f"{self._prefix}{OPENINGS}")))
        healed.openings += bring_back_openings(self._log.id, openings)
        for name in self._files(size):
            data = self._archive.read(f"{self._prefix}att/{name}")
            if sha256(data).hexdigest() == name:
                keep(name, data)
                healed.files += 1

    def _entries(self) -> Iterator[tuple[int, list[bytes]]]:
        """The entries in rows of at most 256, each with the number of its first."""
        for index, width in widths(self._signed.size):
            name = f"{self._prefix}{entries_path(index, width)}"
            if name not in self._archive:
                raise DamagedError(name, b"")
            yield index * 256, decode_entries(self._archive.read(name), width)

    def _files(self, size: int) -> list[str]:
        """The names of the files that belong to entries we had lost."""
        opened = decode_openings(self._archive.read(f"{self._prefix}{OPENINGS}"))
        lost = {one.value for one in opened if one.n >= size and one.field.startswith("att/")}
        return [name for name in sorted(lost) if f"{self._prefix}att/{name}" in self._archive]

    def _own_signatures(self) -> bytes:
        """The note as the signer gave it, without the lines partners added."""
        note = parse_note(self._note)
        own = tuple(line for line in note.signatures if line.name == self._signed.origin)
        return format_note(Note(note.text, own))


def _told(origin: str, entry: Leaf) -> tuple[str, int, str, str]:
    return (origin, entry.n, entry.kind, entry.obj)


def _keep(name: str, data: bytes) -> None:
    folder = Path(settings.DATA) / "recovered"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def _refusal(nl: str, en: str) -> RefusalError:
    return RefusalError(both(f"{nl} Er is niets veranderd.", f"{en} Nothing was changed."))
