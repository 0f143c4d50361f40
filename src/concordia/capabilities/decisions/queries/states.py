"""Where a proposal stands: derived from its moments, never stored."""

from datetime import datetime

from concordia.capabilities.decisions.models import Proposal
from concordia.kernel.access import Access

STATES = ("draft", "consultation", "ready", "voting", "closed", "decided", "withdrawn")
_SETTLED = {"adopted", "rejected"}


def state_of(row: Proposal, now: datetime, *, gate_open: bool = False, verdict: str = "") -> str:
    """One of STATES. `ready`: every partner was involved and voting may open. `closed`: the term is over or
    the vote ended without a decision (no quorum, carried over); `decided`: adopted or rejected.
    """
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.closed_at is not None:
        return "decided" if verdict in _SETTLED else "closed"
    if row.opened_at is not None:
        over = row.closes_at is not None and now >= row.closes_at
        return "closed" if over else "voting"
    if row.sent_at is not None:
        return "ready" if gate_open else "consultation"
    return "draft"


def is_own(access: Access, row: Proposal) -> bool:
    """Whether the reader speaks for who puts the proposal forward: a partner, or the alliance as a whole."""
    if row.owner_id == access.alliance:
        return access.partner is None
    return row.owner_id in {access.partner, access.person}
