"""Where everybody stands: voters as equal cards, in an order that rotates (charter.md, Positions)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from concordia.capabilities.decisions.models import Ballot, Proposal, Proxy
from concordia.capabilities.decisions.queries.acting import Acting
from concordia.capabilities.decisions.queries.rolls import RollLine, counts
from concordia.domain.mandates import Cover
from concordia.domain.texts import Text
from concordia.kernel.access import Access


@dataclass(frozen=True, slots=True)
class PastBallot:
    """An earlier position of a voter, kept."""

    choice: str
    reason: str
    how: str
    cast_by: str
    at: datetime
    until: datetime | None
    entry: int | None


@dataclass(frozen=True, slots=True)
class PositionCard:
    """Where a voter stands, as an equal card. `choice` empty: not voted yet.

    `how`: mandate, proxy or recorded; `told_by` on whose word it was recorded. `to_ratify` while a vote does
    not count yet. `eligible` false: not competent for the subject, or no longer a partner. `signed`: with the own
    key of who cast it. `proxy_ended`: why the proxy it gave no longer holds; `unseated`: a vote by proxy for whom
    nobody sits any more, which does not count.
    """

    key: str
    name: Text
    partner: str | None
    choice: str
    reason: str
    how: str
    cast_by: str
    told_by: str
    at: datetime | None
    to_ratify: bool
    ratified: bool
    eligible: bool
    own: bool
    proxy_to: str
    proxy_ended: Text | None
    unseated: bool
    changes: int
    history: tuple[PastBallot, ...]
    entry: int | None
    ballot: str
    signed: bool


@dataclass(frozen=True, slots=True)
class MyVote:
    """For whom the reader votes, under what mandate, and what they chose."""

    voter: str
    name: Text
    cover: Cover
    card: PositionCard | None
    by_proxy: bool


@dataclass(frozen=True, slots=True)
class Votes:
    """Everything that was cast on one proposal. `gone` are partners that left; `ended` proxies, each with why;
    `unseated` voters as in `PositionCard`.
    """

    lines: tuple[RollLine, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    proxies: tuple[Proxy, ...] = ()
    gone: tuple[str, ...] = ()
    ended: Mapping[str, Text] = field(default_factory=dict)
    unseated: tuple[str, ...] = ()


def cards(access: Access, votes: Votes, names: Mapping[str, str]) -> tuple[PositionCard, ...]:
    """A card per voter; which one comes first changes every day, since nobody comes first."""
    by_voter: dict[str, list[Ballot]] = {}
    for ballot in votes.ballots:
        by_voter.setdefault(ballot.voter, []).append(ballot)
    given = {proxy.voter: names.get(proxy.to_id, "") for proxy in votes.proxies}
    found = [
        _card(access, votes, line, by_voter.get(line.key, []), given.get(line.key, ""), names)
        for line in votes.lines
    ]
    turn = access.now.toordinal() % len(found) if found else 0
    return tuple(found[turn:] + found[:turn])


def my_votes(
    access: Access, proposal: Proposal, mine: Iterable[Acting], found: Iterable[PositionCard]
) -> tuple[MyVote, ...]:
    """The voters the reader acts for, with their cards."""
    by_key = {card.key: card for card in found}
    return tuple(
        MyVote(
            one.line.key,
            one.line.name,
            one.cover(access, proposal),
            by_key.get(one.line.key),
            by_proxy=one.how == "proxy",
        )
        for one in mine
        if one.line.competent
    )


def _card(
    access: Access,
    votes: Votes,
    line: RollLine,
    ballots: list[Ballot],
    proxy_to: str,
    names: Mapping[str, str],
) -> PositionCard:
    current = next((ballot for ballot in ballots if ballot.replaced_at is None), None)
    earlier = [ballot for ballot in ballots if ballot.replaced_at is not None]
    return PositionCard(
        key=line.key,
        name=line.name,
        partner=line.partner,
        choice=current.choice if current else "",
        reason=current.reason if current else "",
        how=current.how if current else "",
        cast_by=names.get(current.cast_by_id, "") if current else "",
        told_by=names.get(current.told_by_id, "") if current else "",
        at=current.cast_at if current else None,
        to_ratify=current is not None and not counts(current),
        ratified=current is not None and current.ratified_at is not None,
        eligible=line.competent and line.partner not in votes.gone,
        own=line.partner is not None and line.partner == access.partner_key,
        proxy_to=proxy_to,
        proxy_ended=votes.ended.get(line.key),
        unseated=line.key in votes.unseated,
        changes=len(earlier),
        history=tuple(_past(ballot, names) for ballot in earlier),
        entry=current.entry if current else None,
        ballot=current.id if current else "",
        signed=current is not None and current.signed,
    )


def _past(ballot: Ballot, names: Mapping[str, str]) -> PastBallot:
    return PastBallot(
        ballot.choice,
        ballot.reason,
        ballot.how,
        names.get(ballot.cast_by_id, ""),
        ballot.cast_at,
        ballot.replaced_at,
        ballot.entry,
    )
