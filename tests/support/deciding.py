"""Deciding, in words short enough for a test: a charter with every kind of procedure, and its steps."""

from datetime import timedelta

from support.cast import CHARTER, NOW, Cast, make_cast

from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import (
    Draft,
    cast_ballot,
    close_voting,
    draft_proposal,
    open_voting,
    send_for_consultation,
)

LATER = NOW + timedelta(days=15)  # after every period of involvement
BOARD = ("tax", "social", "figures")

PROCEDURES = """
procedures:
  - key: strategic
    body: board
    involve: {at_least: P14D, waivable: true}
    quorum: {votes: [present], at_least: 100%, of: all}
    urgency: {at_least: PT24H}
    rule: {all: [{votes: [for], at_least: 100%, of: all}]}
  - key: majority
    body: board
    proxy: true
    quorum: {votes: [present], at_least: 2/3, of: all}
    rule: {all: [{votes: [for], more_than: 50%, of: cast}]}
  - key: consent
    body: board
    rule: {all: [{votes: [block], at_most: 0}, {votes: [for], at_least: 1}]}
  - key: casting
    body: board
    rule:
      any:
        - {votes: [for], more_than: {votes: [against]}}
        - all:
            - {votes: [for], at_least: {votes: [against]}}
            - {votes: [for], at_least: 1, among: chair}
  - key: silence
    body: table
    involve: {at_least: P5D}
    term: P5D
    at_end: consent
    extend: {times: 1, by: P2D, who: voter}
    rule: {all: [{votes: [against], at_most: 0}]}
  - key: written
    body: board
    term: P5D
    at_end: refuse
    extend: {times: 2, by: P3D}
    rule: {all: [{votes: [for], at_least: 100%, of: all}]}
  - key: carried
    body: board
    term: P5D
    at_end: carry-over
    rule: {all: [{votes: [for], more_than: 50%, of: cast}]}
  - key: seats
    body: board
    voters: seats
    rule: {all: [{votes: [for], more_than: 50%, of: all}]}
  - key: people
    body: table
    voters: people
    rule: {all: [{votes: [for], more_than: 50%, of: all}]}
  - key: weighted
    body: board
    rule: {all: [{votes: [for], by: share, at_least: 60%, of: all}]}
"""


def _with_procedures(charter: str) -> str:
    """The charter of the cast with every kind of procedure."""
    start, end = charter.index("procedures:"), charter.index("escalation:")
    return charter[:start] + PROCEDURES.strip().replace("{", "{{").replace("}", "}}") + "\n" + charter[end:]


RICH = _with_procedures(CHARTER)


def rich_cast(key: str = "rich", charter: str = RICH) -> Cast:
    """The cast under a charter with every kind of procedure."""
    return make_cast(key, charter=charter)


def a_draft(procedure: str = "strategic", **changes) -> Draft:
    values = {"title": "One calendar", "question": "Do we keep one calendar?", "text": "First.\n\nSecond."}
    return Draft(procedure=procedure, **(values | changes))


def drafted(cast: Cast, procedure: str = "strategic", *, by: str = "tax", **changes) -> str:
    """A draft; its id."""
    return draft_proposal(cast.members[by].at(), draft=a_draft(procedure, **changes))


def sent(cast: Cast, procedure: str = "strategic", *, by: str = "tax", **changes) -> str:
    """A proposal all partners have; its id."""
    proposal = drafted(cast, procedure, by=by, **changes)
    send_for_consultation(cast.members[by].at(), proposal_id=proposal)
    return proposal


def opened(cast: Cast, procedure: str = "majority", **changes) -> str:
    """A proposal being voted on since LATER; its id."""
    proposal = sent(cast, procedure, **changes)
    open_voting(cast.manager.at(LATER), proposal_id=proposal)
    return proposal


def vote(cast: Cast, role: str, proposal: str, choice: str = "for", *, at=LATER, **more):
    return cast_ballot(cast.members[role].at(at), proposal_id=proposal, choice=choice, **more)


def close(cast: Cast, proposal: str, *, at=LATER):
    """The page of the decision after closing by hand."""
    decision = close_voting(cast.manager.at(at), proposal_id=proposal)
    return queries.decision(cast.social.at(at), decision)


def decided(cast: Cast, procedure: str = "majority", votes=("for", "for", "for"), **changes):
    """The page of a decision on which the board voted so."""
    proposal = opened(cast, procedure, **changes)
    for role, choice in zip(BOARD, votes, strict=True):
        if choice:
            vote(cast, role, proposal, choice)
    return close(cast, proposal)


def page(cast: Cast, proposal: str, role: str = "social", *, at=LATER):
    return queries.proposal(cast.members[role].at(at), proposal)


def card(cast: Cast, proposal: str, key: str, *, at=LATER):
    """The card of a voter."""
    return next(one for one in page(cast, proposal, at=at).positions if one.key == key)
