"""For which voters somebody acts, how, and what their mandate covers (C21: organizations decide)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from concordia.capabilities.alliances.models import Appointment
from concordia.capabilities.alliances.models import Mandate as MandateRow
from concordia.capabilities.decisions.models import Proposal, Proxy
from concordia.capabilities.decisions.queries.procedures import Ruled
from concordia.capabilities.decisions.queries.rolls import RollLine, mandate_plain
from concordia.domain.mandates import Cover, Mandate, covers
from concordia.domain.texts import both
from concordia.kernel.access import Access


@dataclass(frozen=True, slots=True)
class Acting:
    """A voter somebody acts for: under mandates, by a proxy the voter gave them, or on their recorded word.

    `how`: mandate, proxy or recorded. `person` holds the mandates through `appointment`.
    """

    line: RollLine
    how: str
    person: str
    appointment: str = ""
    mandates: tuple[Mandate, ...] = ()
    proxy: int | None = None

    def cover(self, access: Access, proposal: Proposal) -> Cover:
        """Whether this binds the voter on the proposal today, with the reason in a sentence."""
        if self.how == "proxy":
            return Cover(True, both("U stemt hier bij volmacht.", "You vote here by proxy."))
        found = cover_of(access, self.mandates, proposal)
        return found if found.ok or self.how == "mandate" else _NOT_THEIRS

    def under(self, access: Access, proposal: Proposal) -> dict[str, Any]:
        """The mandate this is done under, as the register keeps it: the one that covers it, else all."""
        if self.proxy is not None:
            return {"proxy": self.proxy}
        covering = [one for one in self.mandates if cover_of(access, (one,), proposal).ok]
        given = covering[:1] or list(self.mandates)
        return {"appointment": self.appointment, "mandates": [mandate_plain(one) for one in given]}


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
    found = []
    keys = own_keys(access, rules, by_key)
    if keys:
        appointments = _appointments(access, rules)
        mandates = mandates_of(access, appointments)
        me = access.person or ""
        found = [Acting(by_key[key], "mandate", me, appointments[0], mandates) for key in keys]
    own = {one.line.key for one in found}
    for proxy in proxies:
        line = by_key.get(proxy.voter)
        if proxy.to_id == access.person and line is not None and line.key not in own:
            found.append(Acting(line, "proxy", access.person or "", proxy=proxy.id))
    return tuple(found)


def mandates_of(access: Access, appointments: Iterable[str]) -> tuple[Mandate, ...]:
    """What the holders of these appointments may decide: every mandate that was not withdrawn."""
    rows = MandateRow.objects.visible_to(access).filter(
        Q(revoked_at__isnull=True) | Q(revoked_at__gt=access.now), appointment_id__in=list(appointments)
    )
    return tuple(Mandate(tuple(row.subjects), row.limit_cents, row.from_date, row.until_date) for row in rows)


def own_keys(access: Access, rules: Ruled, by_key: Collection[str]) -> tuple[str, ...]:
    """The voters of a roll somebody represents by a seat in the body, mandates aside."""
    appointments = _appointments(access, rules)
    if not appointments:
        return ()
    keys: tuple[str, ...] = tuple(filter(None, [access.partner_key]))
    if rules.procedure.voters == "people":
        keys = tuple(filter(None, [access.person]))
    if rules.procedure.voters == "seats":
        known = all(key in by_key for key in appointments)
        keys = appointments if known else _with_predecessors(access, appointments)
    return tuple(key for key in keys if key in by_key)


def _appointments(access: Access, rules: Ruled) -> tuple[str, ...]:
    return tuple(seat.appointment for seat in access.seats if seat.position in rules.voting_positions)


def _with_predecessors(access: Access, appointments: tuple[str, ...]) -> tuple[str, ...]:
    """A seat handed over while a vote runs is voted for by its new holder."""
    rows = Appointment.objects.visible_to(access).filter(id__in=appointments, succeeds_id__isnull=False)
    return (*appointments, *(key for key in rows.values_list("succeeds_id", flat=True) if key))
