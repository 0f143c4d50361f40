"""Who would vote under a procedure, before anybody was appointed: its partners, or the places in its body."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from concordia.domain.charter.model import Body, Charter, Position
from concordia.domain.rules.procedure import Procedure
from concordia.domain.rules.roll import Voter
from concordia.domain.texts import Text

MOST_PLACES = 2_000


def example_voters(charter: Charter, subjects: tuple[str, ...] = ()) -> tuple[Voter, ...]:
    """The partners as voters who have not voted yet; the first one chairs. `subjects` asks for competence."""
    return tuple(
        Voter(
            partner.key,
            partner.name,
            chair=index == 0,
            competent=charter.is_competent(partner, subjects),
            weights=charter.weights(partner),
            groups=charter.groups_of(partner.key),
        )
        for index, partner in enumerate(charter.partners)
    )


def places(charter: Charter, procedure: Procedure, subjects: tuple[str, ...] = ()) -> tuple[Voter, ...]:
    """Who votes under a procedure when every place in its body is filled, as at the opening of a vote.

    Partners have one vote each; else each place that votes has one, with the key `partner.position`, or
    `partner.position.2` where a position has more holders; of very many the first `MOST_PLACES`.
    """
    voters = example_voters(charter, subjects)
    if procedure.voters == "partners":
        return voters
    return tuple(islice(_places(charter, procedure, voters), MOST_PLACES))


def chair_votes(charter: Charter, procedure: Procedure) -> bool:
    """Whether who chairs the body can be among the voters of a procedure."""
    body = charter.body(procedure.body)
    if body.chair is None:
        return False
    voting = _voting(charter, body)
    if body.chair.position is None:
        return any(position.per == "partner" for position in voting)
    of_partners = procedure.voters == "partners"
    chairs = [position for position in voting if position.key == body.chair.position]
    return any(position.per == "partner" or not of_partners for position in chairs)


def _places(charter: Charter, procedure: Procedure, voters: tuple[Voter, ...]) -> Iterator[Voter]:
    body = charter.body(procedure.body)
    by_key = {voter.key: voter for voter in voters}
    for position in _voting(charter, body):
        owners = (
            [by_key[partner.key] for partner in charter.partners] if position.per == "partner" else [None]
        )
        for owner in owners:
            for number in range(1, position.holders + 1):
                yield _place(body, position, owner, number)


def _voting(charter: Charter, body: Body) -> list[Position]:
    """The positions that vote in a body, those left out that the charter does not have."""
    known = {position.key: position for position in charter.positions}
    return [known[seat.position] for seat in body.seats if seat.vote and seat.position in known]


def _place(body: Body, position: Position, partner: Voter | None, number: int) -> Voter:
    several = str(number) if position.holders > 1 else ""
    keys = (partner.key if partner else "", position.key, several)
    titles = {}
    for lang in ("nl", "en"):
        of = partner.name.in_language(lang) if partner else ""
        title = " ".join(filter(None, (position.title(lang), several)))
        titles[lang] = ", ".join(filter(None, (of, title)))
    turn = body.chair is not None and body.chair.position is None and partner is not None and partner.chair
    named = body.chair is not None and body.chair.position == position.key and number == 1
    shape = partner or Voter("", Text.of(titles))
    return replace(shape, key=".".join(filter(None, keys)), name=Text.of(titles), chair=turn or named)
