"""Who verified the shared log, up to where, and when: what the alliance page says of its witnesses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField, F, Max, OuterRef, QuerySet, Subquery, Value

from concordia.capabilities.ledger.facts import stop_reason
from concordia.capabilities.ledger.models import Checkpoint, Cosignature, Log, WitnessKey
from concordia.domain.texts import Text
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class PartnerVerified:
    """How far a partner's own witness vouches for the log; zero and None when it never did.

    `witness` is the name of its registered key, empty when there is none.
    """

    partner: str
    size: int
    at: datetime | None
    witness: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Who verified the shared log how far: as data for “verified by 2 of 3 partners, last Tuesday 09:00”.

    `signed_size` of the `size` entries are in a signed checkpoint; `vkeys` are the keys to pin.
    """

    origin: str
    size: int
    signed_size: int
    signed_at: datetime | None
    vkeys: tuple[str, ...]
    partners: tuple[PartnerVerified, ...]
    stopped: Text | None

    @property
    def verified(self) -> int:
        """How many partners' witnesses vouched for the log at least once."""
        return sum(1 for line in self.partners if line.at is not None)

    @property
    def unverified(self) -> int:
        """How many of the newest entries no partner's witness vouched for yet; 0 before any did for the first."""
        return self.size - max((line.size for line in self.partners), default=0) if self.verified else 0

    @property
    def newest(self) -> datetime | None:
        """The last moment at which a partner verified."""
        return max((line.at for line in self.partners if line.at), default=None)


def verification(access: Access, partners: Iterable[str]) -> Verification:
    """How far each partner's witness vouches for the shared log, in the order given."""
    newest = _signed(OuterRef("id"))
    logs = Log.objects.visible_to(access).filter(owner_id=access.require_alliance())
    log = (
        logs.annotate(
            signed_size=Subquery(newest.values("size")[:1]), signed_at=Subquery(newest.values("at")[:1])
        )
        .order_by("-epoch")
        .first()
    )
    if log is None:
        raise NotFoundError
    witnesses, seen = _witnesses(access, log)
    never = (0, None)
    lines = [
        PartnerVerified(partner, upto, when, witnesses.get(partner, ""))
        for partner in partners
        for upto, when in [seen.get(partner, never)]
    ]
    return Verification(
        origin=log.origin,
        size=log.size,
        signed_size=log.signed_size or 0,
        signed_at=log.signed_at,
        vkeys=tuple(log.vkeys.split()),
        partners=tuple(lines),
        stopped=stop_reason(log.stopped),
    )


def last_moment() -> datetime | None:
    """The moment this installation last claimed for a state of any log, None before the first. For due work."""
    return Checkpoint.objects.order_by("-pk").values_list("at", flat=True).first()


def newest_checkpoint(log: Log) -> Checkpoint | None:
    """The largest signed state of a log, None before the first."""
    return _signed(log).first()


def _signed(log: Log | OuterRef) -> QuerySet[Checkpoint]:
    return Checkpoint.objects.filter(log=log).exclude(note=b"").order_by("-size")


def _witnesses(access: Access, log: Log) -> tuple[dict[str, str], dict[str, tuple[int, datetime]]]:
    """By partner: the name of its witness, and how far and when that last vouched for the log. In one query."""
    keys = WitnessKey.objects.visible_to(access).filter(retired_at__isnull=True)
    vouched = Cosignature.objects.visible_to(access).filter(log=log).values("owner_id")
    never = Value(None, output_field=DateTimeField())
    rows = keys.values_list("owner_id", F("vkey"), Value(0), never).union(
        vouched.annotate(upto=Max("size"), when=Max("signed_at")).values_list(
            "owner_id", Value(""), "upto", "when"
        ),
        all=True,
    )
    found = list(rows)
    names = {owner: vkey.partition("+")[0] for owner, vkey, _, _ in found if vkey}
    return names, {owner: (upto, when) for owner, vkey, upto, when in found if not vkey}
