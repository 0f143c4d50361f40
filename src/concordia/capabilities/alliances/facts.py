"""What happened to an alliance, as the register keeps it: past tense, people only behind commitments."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from concordia.capabilities.ledger.facts import Fact, Value
from concordia.kernel.access import Access


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact about `obj`. `texts` belong to the actor's organization, `personal` to the person they name."""

    kind: str
    obj: str
    texts: Mapping[str, str] = field(default_factory=dict)
    personal: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def recorded_by(self, access: Access, audience: tuple[str, ...]) -> Fact:
        """The entry of the register: who acted in which role, who may open it, and the committed values.

        `personal` maps a field to (person, text): the key of that person encrypts it, so that erasing the
        person leaves every proof valid (trust.md 4.1).
        """
        org = access.partner or access.require_alliance()
        values = {name: Value(text, org) for name, text in self.texts.items()}
        values |= {name: Value(text, person) for name, (person, text) in self.personal.items()}
        role = access.seats[0].position if access.seats else ("host" if access.system else "founder")
        return Fact(kind=self.kind, obj=self.obj, rev=1, org=org, role=role, audience=audience, values=values)


def alliance_founded(alliance: str, name: str, objective: str) -> Happened:
    """An alliance came into being under its first charter."""
    return Happened("alliance.founded", alliance, {"name": name, "objective": objective})


def charter_enacted(version: str, number: int, content_hash: str, adopted_by: str, source: str) -> Happened:
    """A version of the charter got its date of coming into force.

    The whole text is behind the commitment when it fits an entry; its hash always is.
    """
    texts = {"number": str(number), "content": content_hash, "adopted_by": adopted_by or "founding"}
    return Happened("charter.enacted", version, texts | {"charter": source})


def charter_proposed(version: str, content_hash: str) -> Happened:
    """A draft of the charter was put before the partners."""
    return Happened("charter.proposed", version, {"content": content_hash})


def partner_joined(partner: str, key: str) -> Happened:
    """An organization became party to the charter."""
    return Happened("partner.joined", partner, {"key": key})


def partner_left(partner: str, key: str) -> Happened:
    """An organization is no longer party to the charter."""
    return Happened("partner.left", partner, {"key": key})


def person_appointed(appointment: str, person: str, name: str, position: str, period: str) -> Happened:
    """A person got a position for a period."""
    return Happened(
        "person.appointed", appointment, {"position": position, "period": period}, {"person": (person, name)}
    )


def key_recorded(identifier: str, person: str, name: str, key: str) -> Happened:
    """A person began to sign with a key. All of it is personal: it goes when the person is erased."""
    return Happened("key.recorded", identifier, {}, {"person": (person, name), "public-key": (person, key)})


def appointment_ended(appointment: str, day: str) -> Happened:
    """A person no longer holds a position from a day on."""
    return Happened("appointment.ended", appointment, {"from": day})


def notice_given(appointment: str, day: str) -> Happened:
    """A partner told in time that somebody will leave a position."""
    return Happened("appointment.notice_given", appointment, {"until": day})


def handed_over(appointment: str, successor: str, text: str) -> Happened:
    """A position went from one person to the next, with what the next one should know."""
    return Happened("appointment.handed_over", appointment, {"successor": successor, "text": text})


def mandate_granted(mandate: str, appointment: str, scope: str) -> Happened:
    """A partner told what a holder may decide for it. `scope` is canonical JSON."""
    return Happened("mandate.granted", mandate, {"appointment": appointment, "scope": scope})


def mandate_revoked(mandate: str) -> Happened:
    """A mandate ended before its time."""
    return Happened("mandate.revoked", mandate)


def person_joined(person: str, name: str) -> Happened:
    """A person accepted the invitation and can sign in."""
    return Happened("person.joined", person, {}, {"person": (person, name)})


def person_let_back(person: str) -> Happened:
    """Two colleagues gave a person who lost every key a way back in."""
    return Happened("person.let_back", person)


def person_erased(person: str) -> Happened:
    """A person's data was erased on request."""
    return Happened("person.erased", person)
