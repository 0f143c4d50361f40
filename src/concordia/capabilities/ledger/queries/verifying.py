"""Who verified the shared log, up to where, and when: what the alliance page says of its witnesses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from concordia.capabilities.ledger.facts import stop_reason
from concordia.capabilities.ledger.models import Checkpoint, Cosignature, Log, WitnessKey
from concordia.capabilities.ledger.queries.reading import log_of
from concordia.domain.texts import Text
from concordia.kernel.access import Access


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
    def newest(self) -> datetime | None:
        """The last moment at which a partner verified."""
        return max((line.at for line in self.partners if line.at), default=None)


def verification(access: Access, partners: Iterable[str]) -> Verification:
    """How far each partner's witness vouches for the shared log, in the order given."""
    log = log_of(access)
    newest = newest_checkpoint(log)
    keys = WitnessKey.objects.visible_to(access).filter(retired_at__isnull=True)
    witnesses = {row.owner_id: row.vkey.partition("+")[0] for row in keys}
    rows = Cosignature.objects.visible_to(access).filter(log=log).values("owner_id")
    newest_of = rows.annotate(upto=Max("size"), when=Max("signed_at")).values_list("owner_id", "upto", "when")
    seen = {owner: (upto, when) for owner, upto, when in newest_of}
    lines = [
        PartnerVerified(partner, *seen.get(partner, (0, None)), witnesses.get(partner, ""))
        for partner in partners
    ]
    return Verification(
        origin=log.origin,
        size=log.size,
        signed_size=newest.size if newest else 0,
        signed_at=newest.at if newest else None,
        vkeys=tuple(log.vkeys.split()),
        partners=tuple(lines),
        stopped=stop_reason(log.stopped),
    )


def newest_checkpoint(log: Log) -> Checkpoint | None:
    """The largest signed state of a log, None before the first."""
    return Checkpoint.objects.filter(log=log).exclude(note=b"").order_by("-size").first()
