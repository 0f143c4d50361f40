"""Who may vote on a proposal: copied when voting opens, so that later changes do not touch it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from concordia.capabilities.alliances.queries import Representative, Seated, partners, representatives, seated
from concordia.capabilities.alliances.queries.charters import charter_in_force
from concordia.capabilities.decisions.models import Ballot, Proposal
from concordia.capabilities.decisions.queries.procedures import Ruled
from concordia.domain.charter import Charter, chair_partner
from concordia.domain.mandates import Mandate
from concordia.domain.rules.model import Position
from concordia.domain.rules.roll import Voter
from concordia.domain.texts import Text
from concordia.kernel.access import Access

_VOTES = {choice: Position(choice) for choice in ("for", "against", "abstain", "block")}


@dataclass(frozen=True, slots=True)
class RollLine:
    """One voter of a roll. `key` is a partner's key, an appointment (a seat) or a person.

    `partner` is the key of its organization, None for a seat of the alliance as a whole. `weights` are exact,
    as text. `holders` are who could bind the voter when the roll was made, with their mandates.
    """

    key: str
    name: Text
    partner: str | None
    weights: Mapping[str, str]
    groups: tuple[str, ...]
    competent: bool
    chair: bool
    holders: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "RollLine":
        """Read what `plain` wrote."""
        return cls(
            plain["key"],
            Text.of(plain["name"]),
            plain["partner"],
            plain["weights"],
            tuple(plain["groups"]),
            plain["competent"],
            plain["chair"],
            tuple(plain.get("holders", ())),
        )

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "key": self.key,
            "name": self.name.plain(),
            "partner": self.partner,
            "weights": dict(self.weights),
            "groups": list(self.groups),
            "competent": self.competent,
            "chair": self.chair,
            "holders": [dict(holder) for holder in self.holders],
        }


def sitting(access: Access, rules: Ruled) -> tuple[Representative, ...]:
    """Who holds a voting seat in the body now, also where the charter changed since."""
    held = representatives(access, _known_body(access, rules))
    return tuple(one for one in held if one.position in rules.voting_positions)


def members(access: Access, rules: Ruled) -> tuple[Seated, ...]:
    """The same people by name only."""
    held = seated(access, _known_body(access, rules))
    return tuple(one for one in held if one.position in rules.voting_positions)


def _known_body(access: Access, rules: Ruled) -> str | None:
    """The body where the charter of now still has it: else everybody who sits anywhere is looked through."""
    body = rules.procedure.body
    return body if any(one.key == body for one in charter_in_force(access).charter.bodies) else None


def roll_of(access: Access, proposal: Proposal, rules: Ruled) -> tuple[RollLine, ...]:
    """The copy made at opening; before that, the roll as it would be if voting opened now."""
    if proposal.roll is not None:
        return tuple(RollLine.of(plain) for plain in proposal.roll)
    return make_roll(access, rules, tuple(proposal.subjects), sitting(access, rules))


def make_roll(
    access: Access, rules: Ruled, subjects: tuple[str, ...], held: Iterable[Representative]
) -> tuple[RollLine, ...]:
    """The voters of a body now: its partners, its filled seats, or the people in them."""
    here = {partner.key for partner in partners(access)}
    holders = [one for one in held if one.partner_key is None or one.partner_key in here]
    if rules.procedure.voters == "partners":
        keys = [partner.key for partner in rules.charter.partners if partner.key in here]
        lines = [
            _line(access, rules, subjects, key, key, [one for one in holders if one.partner_key == key])
            for key in keys
        ]
        return tuple(lines)
    by_key: dict[str, list[Representative]] = {}
    handed_over = {
        one.succeeds for one in holders
    }  # both sit there on the day of a hand-over; it is one seat
    for one in (one for one in holders if one.appointment not in handed_over):
        by_key.setdefault(one.appointment if rules.procedure.voters == "seats" else one.person, []).append(
            one
        )
    lines = [_line(access, rules, subjects, key, ones[0].partner_key, ones) for key, ones in by_key.items()]
    return tuple(_told_apart(lines))


def voters_of(
    lines: Iterable[RollLine],
    ballots: Iterable[Ballot],
    gone: Collection[str] = (),
    unseated: Collection[str] = (),
) -> tuple[Voter, ...]:
    """The voters with what they did; those of the partners in `gone` are out of the whole.

    A vote given subject to ratification counts once it is ratified, not before; one by proxy not for the voters
    in `unseated`, for whom nobody sits any more.
    """
    cast = {ballot.voter: ballot for ballot in ballots}
    return tuple(
        _voter(line, cast.get(line.key), counted=line.key not in unseated)
        for line in lines
        if line.partner not in gone
    )


def counts(ballot: Ballot) -> bool:
    """Whether a ballot counts as it stands."""
    return not ballot.to_ratify or ballot.ratified_at is not None


def gone_since(access: Access, lines: Iterable[RollLine]) -> tuple[str, ...]:
    """The partners of a roll that are no longer party to the charter."""
    here = {partner.key for partner in partners(access)}
    named = dict.fromkeys(line.partner for line in lines if line.partner is not None)
    return tuple(key for key in named if key not in here)


def mandate_plain(mandate: Mandate) -> dict[str, Any]:
    """A mandate as plain values, open ends left out."""
    found: dict[str, Any] = {"subjects": list(mandate.subjects), "from": str(mandate.from_date)}
    if mandate.limit_cents is not None:
        found["limit_cents"] = mandate.limit_cents
    if mandate.until_date is not None:
        found["until"] = str(mandate.until_date)
    return found


def _voter(line: RollLine, ballot: Ballot | None, *, counted: bool) -> Voter:
    said = ballot.choice if ballot is not None else ""
    choice = said if counted and ballot is not None and counts(ballot) else ""
    return Voter(
        key=line.key,
        name=line.name,
        vote=_VOTES.get(choice),
        unheard=None if choice else _VOTES.get(said),
        present=choice == "present",
        recused=choice == "recused",
        competent=line.competent,
        chair=line.chair,
        weights={key: Fraction(value) for key, value in line.weights.items()},
        groups=frozenset(line.groups),
    )


def _line(
    access: Access,
    rules: Ruled,
    subjects: tuple[str, ...],
    key: str,
    partner_key: str | None,
    held: list[Representative],
) -> RollLine:
    charter = rules.charter
    known = {partner.key: partner for partner in charter.partners}
    partner = known.get(partner_key or "")
    return RollLine(
        key=key,
        name=partner.name if partner and key == partner_key else _seat_name(charter, held[0]),
        partner=partner_key,
        weights={name: str(value) for name, value in charter.weights(partner).items()} if partner else {},
        groups=tuple(sorted(charter.groups_of(partner.key))) if partner else (),
        competent=charter.is_competent(partner, subjects) if partner else True,
        chair=_chairs(access, rules, partner_key, held),
        holders=tuple(
            {
                "person": one.person,
                "appointment": one.appointment,
                "mandates": [mandate_plain(mandate) for mandate in one.mandates],
            }
            for one in held
        ),
    )


def _chairs(access: Access, rules: Ruled, partner: str | None, held: list[Representative]) -> bool:
    chair = rules.charter.body(rules.procedure.body).chair
    if chair is None:
        return False
    if chair.position is not None:
        return any(one.position == chair.position for one in held)
    return partner is not None and partner == chair_partner(rules.charter, rules.procedure.body, access.today)


def _seat_name(charter: Charter, one: Representative) -> Text:
    """A seat is named by its position and partner, never by a person: names can be erased, rolls stay."""
    position = next((item for item in charter.positions if item.key == one.position), None)
    titles = {lang: position.title(lang) if position else one.position for lang in ("nl", "en")}
    partner = next((item for item in charter.partners if item.key == one.partner_key), None)
    if partner is None:
        return Text.of(titles)
    return Text.of({lang: f"{title}, {partner.name.in_language(lang)}" for lang, title in titles.items()})


def _told_apart(lines: list[RollLine]) -> Iterable[RollLine]:
    """Seats with the same name get a number."""
    times = Counter(str(line.name) for line in lines)
    seen: Counter[str] = Counter()
    for line in lines:
        name = str(line.name)
        seen[name] += 1
        if times[name] == 1:
            yield line
            continue
        numbered = {lang: f"{line.name.in_language(lang)} {seen[name]}" for lang in ("nl", "en")}
        yield RollLine.of(line.plain() | {"name": numbered})
