"""Reading the register: pages of it, one entry with its proof, and who verified how far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag

from concordia.capabilities.ledger.models import Checkpoint, Cosignature, Leaf, Log, Opening, WitnessKey
from concordia.domain.leaves import Leaf as Entry
from concordia.kernel import keystore
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError

PAGE = 50


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry in a list. `values` are what the reader may open; an erased one is None."""

    n: int
    kind: str
    obj: str
    at: datetime
    org: str
    role: str
    values: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Entries, newest first. `older` is where the next page starts, None at the beginning of the log."""

    origin: str
    size: int
    entries: tuple[EntryLine, ...]
    older: int | None
    stopped: str
    private: bool


@dataclass(frozen=True, slots=True)
class PartnerVerified:
    """How far a partner's own witness vouches for the log; zero and None when it never did."""

    partner: str
    size: int
    at: datetime | None
    witness: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Who verified the shared log how far: as data for “verified by 2 of 3 partners”."""

    size: int
    signed_size: int
    signed_at: datetime | None
    partners: tuple[PartnerVerified, ...]
    stopped: str

    @property
    def verified(self) -> int:
        """How many partners' witnesses vouched for the log at least once."""
        return sum(1 for line in self.partners if line.at is not None)

    @property
    def newest(self) -> datetime | None:
        """The last moment at which a partner verified."""
        return max((line.at for line in self.partners if line.at), default=None)


def log_of(access: Access, *, private: bool = False) -> Log:
    """The shared log, or the private one of one's own partner. Raises NotFoundError."""
    owner = access.partner if private else access.require_alliance()
    log = Log.objects.visible_to(access).filter(owner_id=owner).order_by("-epoch").first() if owner else None
    if log is None:
        raise NotFoundError
    return log


def register_page(
    access: Access, before: int | None = None, limit: int = PAGE, *, private: bool = False
) -> RegisterPage:
    """A page of entries below index `before`, newest first, with what the reader may open."""
    log = log_of(access, private=private)
    upper = log.size if before is None else max(0, min(before, log.size))
    rows = list(Leaf.objects.filter(log=log, n__lt=upper, n__gte=max(0, upper - limit)).order_by("-n"))
    lines = _lines(access, log, rows)
    older = rows[-1].n if rows and rows[-1].n > 0 else None
    return RegisterPage(log.origin, log.size, lines, older, log.stopped, private)


def entry(access: Access, n: int, *, private: bool = False) -> EntryLine:
    """One entry. Raises NotFoundError."""
    log = log_of(access, private=private)
    rows = list(Leaf.objects.filter(log=log, n=n))
    if not rows:
        raise NotFoundError
    return _lines(access, log, rows)[0]


def entries_of(access: Access, obj: str, limit: int = 100) -> tuple[EntryLine, ...]:
    """Everything the shared log says of an object, oldest first."""
    log = log_of(access)
    return _lines(access, log, list(Leaf.objects.filter(log=log, obj=obj).order_by("n")[:limit]))


def verification(access: Access, partners: Iterable[str]) -> Verification:
    """How far each partner's witness vouches for the shared log, in the order given."""
    log = log_of(access)
    newest = Checkpoint.objects.filter(log=log).exclude(note=b"").order_by("-size").first()
    keys = WitnessKey.objects.visible_to(access).filter(retired_at__isnull=True)
    witnesses = {row.owner_id: row.vkey.split("+")[0] for row in keys}
    seen: dict[str, tuple[int, datetime]] = {}
    rows = Cosignature.objects.visible_to(access).filter(log=log).order_by("size")
    for owner, size, at in rows.values_list("owner_id", "size", "signed_at"):
        seen[owner] = (size, at)
    lines = [
        PartnerVerified(partner, *seen.get(partner, (0, None)), witnesses.get(partner, ""))
        for partner in partners
    ]
    return Verification(
        log.size, newest.size if newest else 0, newest.at if newest else None, tuple(lines), log.stopped
    )


def opened(log: Log, rows: Iterable[Opening]) -> dict[tuple[int, str], str | None]:
    """The texts behind commitments, None for what was erased."""
    found: dict[tuple[int, str], str | None] = {}
    for row in rows:
        context = f"{log.origin}\n{row.n}\n{row.field}".encode()
        try:
            found[row.n, row.field] = keystore.unseal(row.subject, bytes(row.sealed), context).decode()
        except (keystore.ErasedError, InvalidTag):
            found[row.n, row.field] = None
    return found


def _lines(access: Access, log: Log, rows: list[Leaf]) -> tuple[EntryLine, ...]:
    entries = [(row, Entry.from_bytes(bytes(row.bytes))) for row in rows]
    may = [leaf.n for _, leaf in entries if may_open(access, leaf)]
    texts = opened(log, Opening.objects.filter(log=log, n__in=may).order_by("field"))
    return tuple(
        EntryLine(
            leaf.n,
            leaf.kind,
            leaf.obj,
            row.at,
            leaf.org,
            leaf.role,
            {field: text for (n, field), text in texts.items() if n == leaf.n},
        )
        for row, leaf in entries
    )


def may_open(access: Access, leaf: Entry) -> bool:
    """Whether the reader is among the parties an entry names; people of the alliance as a whole may."""
    return access.partner is None or access.partner in leaf.audience or access.partner == leaf.org
