"""Who sits for a voter now, and whether a proxy still holds (charter.md: the mandate is checked)."""

from collections.abc import Collection, Iterable, Mapping

from concordia.capabilities.alliances.models import Appointment
from concordia.capabilities.alliances.queries import Representative
from concordia.capabilities.decisions.models import Ballot, Proposal, Proxy
from concordia.capabilities.decisions.queries.procedures import Ruled
from concordia.capabilities.decisions.queries.rolls import RollLine, sitting
from concordia.domain.mandates import covers
from concordia.domain.texts import Text, both
from concordia.kernel.access import Access


def seats_before(access: Access, appointments: Iterable[str], roll: Collection[str]) -> dict[str, str]:
    """The seat of a roll behind each appointment: itself, or the one that was handed over to it.

    A seat handed over while a vote runs, even more than once, is voted for by its holder of now. An appointment
    without a seat in the roll is left out.
    """
    found = {key: key for key in appointments}
    looked: set[str] = set()
    while odd := {seat for seat in found.values() if seat not in roll} - looked:
        looked |= odd
        rows = Appointment.objects.visible_to(access).filter(id__in=odd, succeeds_id__isnull=False)
        before = dict(rows.values_list("id", "succeeds_id"))
        found = {key: before.get(seat) or seat for key, seat in found.items()}
    return {key: seat for key, seat in found.items() if seat in roll}


def sitting_for(
    access: Access, rules: Ruled, lines: Iterable[RollLine]
) -> dict[str, tuple[Representative, ...]]:
    """Who holds a seat in the body now for each voter; nobody where the seat is empty."""
    held = sitting(access, rules)
    rows = list(lines)
    behind: Mapping[str, str] = {}
    if rules.procedure.voters == "seats":
        behind = seats_before(access, [one.appointment for one in held], {line.key for line in rows})

    def sits_for(one: Representative, line: RollLine) -> bool:
        if rules.procedure.voters == "seats":
            return behind.get(one.appointment) == line.key
        if rules.procedure.voters == "people":
            return one.person == line.key
        return one.partner_key == line.partner

    return {line.key: tuple(one for one in held if sits_for(one, line)) for line in rows}


def proxies_ended(
    access: Access, proposal: Proposal, rules: Ruled, lines: Iterable[RollLine], proxies: Iterable[Proxy]
) -> dict[str, Text]:
    """The voters whose proxy no longer holds, each with the reason in a sentence.

    A proxy gives on what its giver may do: it ends when they lose the seat, or the mandate that covers the
    proposal. It also ends when who received it no longer sits in the body.
    """
    rows = list(proxies)
    if not rows:
        return {}
    by_key = {line.key: line for line in lines}
    seated = sitting_for(access, rules, by_key.values())
    members = {one.person for one in sitting(access, rules)}
    found = {
        proxy.voter: _why_ended(access, proposal, proxy, seated[proxy.voter], members)
        for proxy in rows
        if proxy.voter in by_key
    }
    return {voter: reason for voter, reason in found.items() if reason is not None}


def unseated(
    access: Access, rules: Ruled, lines: Iterable[RollLine], ballots: Iterable[Ballot]
) -> tuple[str, ...]:
    """The voters for whom a proxy voted while nobody sits for them any more.

    What somebody else voted for a voter is the voter's to take back until closing. Where nobody is left to do so,
    it does not count; what a voter said itself stays.
    """
    by_proxy = {ballot.voter for ballot in ballots if ballot.how == "proxy" and ballot.replaced_at is None}
    if not by_proxy:
        return ()
    seated = sitting_for(access, rules, lines)
    return tuple(key for key, people in seated.items() if key in by_proxy and not people)


def _why_ended(
    access: Access,
    proposal: Proposal,
    proxy: Proxy,
    seated: Iterable[Representative],
    members: Collection[str],
) -> Text | None:
    given = [one for one in seated if one.person == proxy.granted_by_id]
    if not given:
        return _NO_SEAT
    mandates = [mandate for one in given for mandate in one.mandates]
    if not covers(mandates, proposal.subjects, proposal.amount_cents, access.today).ok:
        return _NO_MANDATE
    return None if proxy.to_id in members else _NO_MEMBER


_NO_SEAT = both(
    "Deze volmacht geldt niet meer: wie haar gaf, heeft deze zetel niet meer. "
    "Wie de zetel nu heeft, kan zelf stemmen of een nieuwe volmacht geven.",
    "This proxy no longer holds: who gave it no longer has this seat. "
    "Who has the seat now can vote, or give a new proxy.",
)
_NO_MANDATE = both(
    "Deze volmacht geldt niet meer: het mandaat van wie haar gaf dekt dit voorstel niet meer. "
    "Vraag die organisatie om zelf te stemmen of een nieuwe volmacht te geven.",
    "This proxy no longer holds: the mandate of who gave it no longer covers this proposal. "
    "Ask that organization to vote itself, or to give a new proxy.",
)
_NO_MEMBER = both(
    "Deze volmacht geldt niet meer: wie haar kreeg, zit niet meer in dit orgaan. "
    "Wie haar gaf, kan zelf stemmen of een nieuwe volmacht geven.",
    "This proxy no longer holds: who received it no longer sits in this body. "
    "Who gave it can vote, or give a new proxy.",
)
