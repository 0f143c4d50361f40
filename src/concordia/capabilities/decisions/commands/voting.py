"""Voting: under one's own mandate, by proxy, or recorded by the agency; changeable until closing."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.commands.ballots import (
    Cast,
    Vote,
    current_ballot,
    keep,
    ratified,
    require_choice,
    to_sign,
)
from concordia.capabilities.decisions.commands.opening import running
from concordia.capabilities.decisions.commands.voters import (
    acting_for,
    line_of,
    on_whose_word,
    require_cover,
    subject_to_ratification,
)
from concordia.capabilities.decisions.models import Proposal
from concordia.capabilities.decisions.permissions import RECORD, VOTE
from concordia.capabilities.decisions.queries.acting import Acting, cover_of, mandates_of
from concordia.capabilities.decisions.queries.procedures import ruled
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError


@transaction.atomic
def cast_ballot(
    access: Access,
    *,
    proposal_id: str,
    choice: str,
    reason: str = "",
    ratify: bool = False,
    voter: str = "",
    answer: Mapping[str, Any] | None = None,
) -> Cast:
    """Take position for the voter one represents, or for `voter` by proxy. The same vote twice counts once.

    Who has several seats that each vote, or several proxies, says for which. Beyond one's mandate the vote is
    refused, unless given subject to ratification (`ratify`): then it counts when the partner ratifies it.
    `answer` is the browser's when a passkey signed what `vote_to_sign` gave; it is the proof of who one is, too.
    Raises RefusalError, NotAllowedError, StepUpError.
    """
    proposal = running(access, proposal_id)
    me = acting_for(access, proposal, ruled(access, proposal), voter)
    if answer is None:
        access.require_recent()

    return keep(access, proposal, _vote(access, proposal, me, choice, reason, ratify=ratify, answer=answer))


@transaction.atomic
def vote_to_sign(
    access: Access, *, proposal_id: str, choice: str, reason: str = "", ratify: bool = False, voter: str = ""
) -> bytes:
    """What a passkey is asked to sign for this vote: 32 bytes. Refuses what `cast_ballot` would; keeps nothing."""
    proposal = running(access, proposal_id)
    me = acting_for(access, proposal, ruled(access, proposal), voter)
    return to_sign(access, proposal, _vote(access, proposal, me, choice, reason, ratify=ratify, answer={}))


@transaction.atomic
def record_ballot(
    access: Access,
    *,
    proposal_id: str,
    voter: str,
    choice: str,
    reason: str = "",
    told_by: str = "",
    ratify: bool = False,
) -> Cast:
    """Record a vote received by phone or on paper, or that a voter is `present`. The principal may change it.

    `told_by` is the person on whose word; their mandate is checked as if they voted here. Left out, it is the
    only one who can bind the voter.
    """
    proposal = running(access, proposal_id)
    access.require(RECORD)
    rules = ruled(access, proposal)
    support.require_chair(access, rules)
    access.require_recent()
    line = line_of(access, proposal, rules, voter)
    if choice != "present":
        require_choice(choice, reason)
    principal = on_whose_word(access, rules, line, told_by)

    binds = choice != "present"
    to_ratify = binds and subject_to_ratification(principal, access, proposal, allowed=ratify)

    return keep(access, proposal, Vote(principal, choice, reason, to_ratify=to_ratify))


@transaction.atomic
def recuse(access: Access, *, proposal_id: str, reason: str, voter: str = "") -> Cast:
    """Step aside: the voter leaves the eligible whole. Voting after all, until closing, takes it back."""
    proposal = running(access, proposal_id)
    me = acting_for(access, proposal, ruled(access, proposal), voter, own=True)
    access.require_recent()
    needed = both("Schrijf op waarom u zich terugtrekt.", "Write why you step aside.")
    text = support.clean(reason, field="reason", longest=2000, needed=needed)

    require_cover(me.cover(access, proposal))

    return keep(access, proposal, Vote(me, "recused", text))


@transaction.atomic
def ratify_ballot(access: Access, *, proposal_id: str, voter: str = "", ballot_id: str = "") -> None:
    """Make a vote count that was given subject to ratification, by somebody whose mandate covers it.

    `ballot_id` is the vote the reader saw: when it was changed meanwhile, nothing is ratified unseen.
    """
    proposal = running(access, proposal_id)
    access.require(VOTE)
    access.require_recent()
    rules = ruled(access, proposal)
    line = line_of(access, proposal, rules, voter or access.partner_key or "")
    if line.partner is None or line.partner != access.partner_key:
        raise NotFoundError
    ballot = current_ballot(access, proposal, line.key)
    _require_seen(ballot_id, ballot.id if ballot else "")
    if ballot is None or not ballot.to_ratify or ballot.ratified_at is not None:
        return

    mandates = mandates_of(access, [seat.appointment for seat in access.seats if seat.partner])
    require_cover(cover_of(access, mandates, proposal))

    ratified(access, proposal, ballot)


def _vote(
    access: Access,
    proposal: Proposal,
    me: Acting,
    choice: str,
    reason: str,
    *,
    ratify: bool,
    answer: Mapping[str, Any] | None,
) -> Vote:
    require_choice(choice, reason)
    to_ratify = subject_to_ratification(me, access, proposal, allowed=ratify)
    return Vote(me, choice, reason, to_ratify=to_ratify, answer=answer)


def _require_seen(seen: str, current: str) -> None:
    if seen and seen != current:
        raise RefusalError(
            both(
                "Deze stem is intussen gewijzigd. Bekijk de nieuwe stem en bekrachtig die als u het eens bent.",
                "This vote was changed meanwhile. Look at the new one and ratify it if you agree.",
            )
        )
