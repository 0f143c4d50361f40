"""For which voters somebody acts, how, and what their mandate covers (C21: organizations decide)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from concordia.capabilities.alliances.models import Mandate as MandateRow
from concordia.capabilities.decisions.models import Proposal, Proxy
from concordia.capabilities.decisions.queries.procedures import Ruled
from concordia.capabilities.decisions.queries.rolls import RollLine, mandate_plain
from concordia.capabilities.decisions.queries.seats import seats_before
from concordia.domain.mandates import Cover, Mandate, covers
from concordia.domain.texts import both
from concordia.kernel.access import Access


@dataclass(frozen=True, slots=True)
class Held:
    """A seat in the body through which somebody acts, with the mandates that came with it."""

    appointment: str
    mandates: tuple[Mandate, ...]


@dataclass(frozen=True, slots=True)
class Acting:
    """A voter somebody acts for: under mandates, by a proxy the voter gave them, or on their recorded word.

    `how`: mandate, proxy or recorded. `person` acts through `seats`: for a seat that votes only that one, for a
    partner or a person any that they hold in the body.
    """

    line: RollLine
    how: str
    person: str
    seats: tuple[Held, ...] = ()
    proxy: int | None = None

    def cover(self, access: Access, proposal: Proposal) -> Cover:
        """Whether this binds the voter on the proposal today, with the reason in a sentence."""
        if self.how == "proxy":
            return Cover(True, both("U stemt hier bij volmacht.", "You vote here by proxy."))
        mandates = [mandate for seat in self.seats for mandate in seat.mandates]
        found = cover_of(access, mandates, proposal)
        return found if found.ok or self.how == "mandate" else _NOT_THEIRS

    def under(self, access: Access, proposal: Proposal) -> dict[str, Any]:
        """The mandate this is done under, as the register keeps it: the one that covers it with the seat it
        belongs to, else all those of the first seat.
        """
        if self.proxy is not None:
            return {"proxy": self.proxy}
        covering = [
            Held(seat.appointment, (mandate,))
            for seat in self.seats
            for mandate in seat.mandates
            if cover_of(access, (mandate,), proposal).ok
        ]
        under = (covering or self.seats)[0]
        return {"appointment": under.appointment, "mandates": [mandate_plain(one) for one in under.mandates]}


_NOT_THEIRS = Cover(
    False,
    both(
        "Het mandaat van wie dit doorgaf dekt dit voorstel niet.",
        "The mandate of who told you this does not cover the proposal.",
    ),
)


def cover_of(access: Access, mandates: Iterable[Mandate], proposal: Proposal) -> Cover:
    """Whether mandates cover a proposal today: its subjects, its amount, the date (charter.md)."""
    return covers(mandates, proposal.subjects, proposal.amount_cents, access.today)


def acting(
    access: Access, rules: Ruled, lines: Iterable[RollLine], proxies: Iterable[Proxy] = ()
) -> tuple[Acting, ...]:
    """The voters somebody acts for now: their own first, then those that gave them a proxy."""
    by_key = {line.key: line for line in lines}
    me = access.person or ""
    own = _own(access, rules, by_key)
    held = _held(access, {appointment for through in own.values() for appointment in through})
    found = [
        Acting(by_key[key], "mandate", me, tuple(held[one] for one in through))
        for key, through in own.items()
    ]
    for proxy in proxies:
        line = by_key.get(proxy.voter)
        if proxy.to_id == access.person and line is not None and line.key not in own:
            found.append(Acting(line, "proxy", me, proxy=proxy.id))
    return tuple(found)


def mandates_of(access: Access, appointments: Iterable[str]) -> tuple[Mandate, ...]:
    """What the holders of these appointments may decide: every mandate that was not withdrawn."""
    return tuple(mandate for seat in _held(access, appointments).values() for mandate in seat.mandates)


def own_keys(access: Access, rules: Ruled, by_key: Collection[str]) -> tuple[str, ...]:
    """The voters of a roll somebody represents by a seat in the body, mandates aside."""
    return tuple(_own(access, rules, by_key))


def _own(access: Access, rules: Ruled, by_key: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The voters of a roll somebody represents, each with the appointments through which."""
    held = tuple(seat.appointment for seat in access.seats if seat.position in rules.voting_positions)
    if not held:
        return {}
    if rules.procedure.voters == "seats":
        found: dict[str, tuple[str, ...]] = {}
        for appointment, key in seats_before(access, held, by_key).items():
            found[key] = (*found.get(key, ()), appointment)
        return found
    voter = access.partner_key if rules.procedure.voters == "partners" else access.person
    return {voter: held} if voter and voter in by_key else {}


def _held(access: Access, appointments: Iterable[str]) -> dict[str, Held]:
    given: dict[str, list[Mandate]] = {appointment: [] for appointment in appointments}
    rows = MandateRow.objects.visible_to(access).filter(
        Q(revoked_at__isnull=True) | Q(revoked_at__gt=access.now), appointment_id__in=list(given)
    )
    for row in rows if given else ():
        mandate = Mandate(tuple(row.subjects), row.limit_cents, row.from_date, row.until_date)
        given[row.appointment_id].append(mandate)
    return {key: Held(key, tuple(mandates)) for key, mandates in given.items()}
