"""A register without the capabilities above it: an alliance of three partners, their logs, and who asks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from django.db import transaction

from concordia.capabilities.ledger.commands import Entry, append, open_private_log, open_shared_log
from concordia.capabilities.ledger.facts import Attached, Fact, Value
from concordia.capabilities.ledger.models import Log
from concordia.capabilities.ledger.queries import write_bundle
from concordia.domain.archive import Archive, Content
from concordia.domain.bundle import Description, open_bundle
from concordia.kernel.access import Access, Seat
from concordia.kernel.ids import new_id

NOW = datetime(2026, 3, 2, 10, 0, 0, 250_000, tzinfo=UTC)  # a Monday
PARTNERS = ("tax", "social", "figures")


@dataclass(frozen=True)
class House:
    """An alliance by identifiers only; `access` is somebody of a partner, None of the alliance as a whole."""

    alliance: str
    partners: dict[str, str]

    @property
    def everybody(self) -> tuple[str, ...]:
        return (*self.partners.values(), self.alliance)

    @property
    def log(self) -> Log:
        return Log.objects.unscoped().get(owner_id=self.alliance)

    def private(self, partner: str) -> Log:
        return Log.objects.unscoped().get(owner_id=self.partners[partner])

    def access(self, partner: str | None = None, now: datetime = NOW) -> Access:
        return Access(
            now=now,
            alliance=self.alliance,
            person=f"per_{partner}",
            partner=self.partners[partner] if partner else None,
            seats=(Seat("app_1", "board", "strategic", partner and self.partners[partner]),),
            permissions=frozenset({"alliances.manage_partner"}),
            recent=True,
        )

    def system(self, now: datetime = NOW) -> Access:
        return Access(now=now, alliance=self.alliance, system=True)

    def fact(
        self,
        obj: str = "dec_a",
        *,
        by: str = "tax",
        audience: tuple[str, ...] | None = None,
        personal: dict[str, tuple[str, str]] | None = None,
        files: tuple[bytes, ...] = (),
        **texts: str,
    ) -> Fact:
        """A decision by a partner. `personal` maps a field to (person, text)."""
        from hashlib import sha256

        org = self.partners[by]
        values = {name: Value(text, org) for name, text in texts.items()}
        values |= {name: Value(text, person) for name, (person, text) in (personal or {}).items()}
        return Fact(
            kind="decision.adopted",
            obj=obj,
            rev=1,
            org=org,
            role="board",
            audience=self.everybody if audience is None else audience,
            values=values,
            attachments=tuple(Attached(sha256(data).hexdigest(), len(data)) for data in files),
        )

    def record(
        self, fact: Fact | None = None, *, private_to: str | None = None, now: datetime = NOW
    ) -> Entry:
        """Append one fact in a transaction of its own."""
        with transaction.atomic():
            return append(
                self.system(now),
                fact or self.fact(title="One declaration"),
                private_to=private_to and self.partners[private_to],
            )

    def fill(self, count: int) -> None:
        """Append `count` facts about five objects in turn."""
        with transaction.atomic():
            for i in range(count):
                append(self.system(), self.fact(f"dec_{i % 5}", title=f"Decision {i}"))

    def bundle(self, partner: str, files: Callable[[str], Content | None] = {}.get) -> bytes:
        """The bundle of a partner."""
        out = BytesIO()
        write_bundle(
            self.access(partner),
            out,
            description=Description(
                self.alliance, "Alliance", self.partners[partner], partner, partner, self.log.origin
            ),
            partners={identifier: key for key, identifier in self.partners.items()},
            attachment=files,
        )
        return out.getvalue()

    def opened_bundle(self, partner: str) -> Archive:
        return open_bundle(BytesIO(self.bundle(partner)))


def make_house() -> House:
    """A new alliance with empty logs."""
    house = House(new_id("all"), {key: new_id("par") for key in PARTNERS})
    open_shared_log(house.alliance, NOW)
    for partner in house.partners.values():
        open_private_log(house.alliance, partner, NOW)
    return house
