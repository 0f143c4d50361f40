"""Reading the register: pages of it, one entry, everything about an object."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag

from concordia.capabilities.ledger.facts import SUBJECTS, stop_reason
from concordia.capabilities.ledger.models import Leaf, Log, Opening
from concordia.capabilities.ledger.queries.tree import opening_context
from concordia.domain.leaves import Leaf as Entry
from concordia.domain.texts import Text
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
    """Entries, newest first. `older` is where the next page starts, None at the beginning of the log.

    `stopped` is the sentence that says why nothing can be recorded now, None while all is well.
    """

    origin: str
    size: int
    entries: tuple[EntryLine, ...]
    older: int | None
    stopped: Text | None
    private: bool


def log_of(access: Access, *, private: bool = False) -> Log:
    """The shared log, or the private one of one's own partner. Raises NotFoundError."""
    owner = access.partner if private else access.require_alliance()
    if not owner:
        raise NotFoundError
    return access.keep(f"log of {owner}", lambda: _newest_log(access, owner))


def register_page(
    access: Access, before: int | None = None, limit: int = PAGE, *, private: bool = False
) -> RegisterPage:
    """A page of entries below index `before`, newest first, with what the reader may open."""
    log = log_of(access, private=private)
    upper = log.size if before is None else max(0, min(before, log.size))
    rows = list(Leaf.objects.filter(log=log, n__lt=upper, n__gte=max(0, upper - limit)).order_by("-n"))
    lines = _lines(access, log, rows)
    older = rows[-1].n if rows and rows[-1].n > 0 else None
    return RegisterPage(log.origin, log.size, lines, older, stop_reason(log.stopped), private)


def entry(access: Access, n: int, *, private: bool = False) -> EntryLine:
    """One entry. Raises NotFoundError."""
    log = log_of(access, private=private)
    rows = list(Leaf.objects.filter(log=log, n=n))
    if not rows:
        raise NotFoundError
    return _lines(access, log, rows)[0]


def entries_of(access: Access, *objects: str, limit: int = 100) -> tuple[EntryLine, ...]:
    """What the shared log says of these objects, oldest first; of very much the latest."""
    log = log_of(access)
    latest = Leaf.objects.filter(log=log, obj__in=objects).order_by("-n")[:limit]
    return _lines(access, log, list(reversed(latest)))


def may_open(access: Access, org: str, audience: Iterable[str]) -> bool:
    """Whether the reader is of a party that an entry names, or of the one that made it.

    Who works for the alliance as a whole opens what names the alliance itself.
    """
    party = access.partner or access.require_alliance()
    return party == org or party in audience


def opened(log: Log, rows: Iterable[Opening]) -> dict[int, dict[str, str | None]]:
    """The texts behind commitments by entry and field, None for what was erased."""
    unseal = keystore.unsealer()
    found: dict[int, dict[str, str | None]] = {}
    for row in rows:
        context = opening_context(log.origin, row.n, row.field)
        try:
            text = unseal(row.subject, bytes(row.sealed), context).decode()
        except (keystore.ErasedError, InvalidTag):
            text = None
        found.setdefault(row.n, {})[row.field] = text
    return found


def _newest_log(access: Access, owner: str) -> Log:
    log = Log.objects.visible_to(access).filter(owner_id=owner).order_by("-epoch").first()
    if log is None:
        raise NotFoundError
    return log


def _lines(access: Access, log: Log, rows: list[Leaf]) -> tuple[EntryLine, ...]:
    entries = [(row.at, Entry.from_bytes(bytes(row.bytes))) for row in rows]
    may = {leaf.n for _, leaf in entries if may_open(access, leaf.org, leaf.audience)}
    openings = Opening.objects.filter(log=log, n__in=may).exclude(field=SUBJECTS).order_by("field")
    texts = opened(log, openings)
    return tuple(
        EntryLine(
            leaf.n,
            leaf.kind,
            leaf.obj,
            at,
            leaf.org,
            leaf.role,
            _values(leaf, texts.get(leaf.n, {})) if leaf.n in may else {},
        )
        for at, leaf in entries
    )


def _values(leaf: Entry, texts: dict[str, str | None]) -> dict[str, str | None]:
    """Every committed field, None where the opening is gone."""
    fields = [*leaf.commitments, *(f"att/{i}" for i in range(len(leaf.attachments)))]
    return {field: texts.get(field) for field in fields if field != SUBJECTS}
