"""Who may vote on a proposal: copied when voting opens, so that later changes do not touch it."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from concordia.capabilities.alliances.queries import (
    CharterInForce,
    Representative,
    chair,
    charter_version,
    representatives,
)
from concordia.capabilities.decisions.models import Ballot, Proposal
from concordia.domain.rules.model import Position
from concordia.domain.rules.procedure import Procedure
from concordia.domain.rules.roll import Voter
from concordia.domain.texts import Text
from concordia.kernel.access import Access

_VOTES = {choice: Position(choice) for choice in ("for", "against", "abstain", "block")}


def make_roll(access: Access, proposal: Proposal, procedure: Procedure) -> list[dict[str, Any]]:
    """The voters as plain values: key, name, partner, exact weights as text, groups, competence, chair."""
    version = charter_version(access, proposal.charter_version)
    people = representatives(access, procedure.body)
    chairing = chair(access, procedure.body).partner_key
    if procedure.voters == "partners":
        return [_partner(version, partner.key, proposal, chairing) for partner in version.charter.partners]
    return [_person(version, row, proposal, chairing, procedure.voters) for row in people]


def voters_of(proposal: Proposal, ballots: Iterable[Ballot]) -> tuple[Voter, ...]:
    """The voters of an opened proposal with what they did. A vote to be ratified counts once it is."""
    cast = {ballot.voter: ballot for ballot in ballots}
    return tuple(_voter(row, cast.get(row["key"])) for row in proposal.roll or [])


def _voter(row: Mapping[str, Any], ballot: Ballot | None) -> Voter:
    counts = ballot is not None and (not ballot.to_ratify or ballot.ratified_at is not None)
    choice = ballot.choice if ballot is not None else ""
    return Voter(
        key=row["key"],
        name=Text.of(row["name"]),
        vote=_VOTES.get(choice) if counts else None,
        present=choice == "present",
        recused=choice == "recused",
        competent=row["competent"],
        chair=row["chair"],
        weights={key: Fraction(value) for key, value in row["weights"].items()},
        groups=frozenset(row["groups"]),
    )


def _partner(version: CharterInForce, key: str, proposal: Proposal, chairing: str | None) -> dict[str, Any]:
    charter = version.charter
    partner = charter.partner(key)
    return {
        "key": key,
        "partner": key,
        "name": partner.name.plain(),
        "weights": {name: str(value) for name, value in charter.weights(partner).items()},
        "groups": sorted(charter.groups_of(key)),
        "competent": charter.is_competent(partner, tuple(proposal.subjects)),
        "chair": key == chairing,
    }


def _person(
    version: CharterInForce, row: Representative, proposal: Proposal, chairing: str | None, kind: str
) -> dict[str, Any]:
    key = row.appointment if kind == "seats" else row.person
    if row.partner_key is None:
        own = {"weights": {}, "groups": [], "competent": True, "chair": False}
    else:
        own = _partner(version, row.partner_key, proposal, chairing)
    return own | {"key": key, "partner": row.partner_key, "name": row.name}
