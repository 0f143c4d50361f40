"""What one can do with proposals and decisions; each name is the sentence a user would say."""

from concordia.capabilities.decisions.commands.amending import (
    Settled,
    promote_amendment,
    propose_amendment,
    settle_amendment,
)
from concordia.capabilities.decisions.commands.ballots import Cast
from concordia.capabilities.decisions.commands.closing import close_due, close_voting
from concordia.capabilities.decisions.commands.drafting import (
    Draft,
    change_draft,
    draft_proposal,
    propose_amended_charter,
)
from concordia.capabilities.decisions.commands.following import report_receipt, write_outcome
from concordia.capabilities.decisions.commands.involving import (
    give_impact_note,
    waive_involvement,
    write_impact_note,
    write_partner_note,
)
from concordia.capabilities.decisions.commands.opening import extend_voting, open_voting
from concordia.capabilities.decisions.commands.papers import (
    LARGEST_PAPER,
    add_paper,
    clear_stray_papers,
    remove_paper,
)
from concordia.capabilities.decisions.commands.proxies import grant_proxy, revoke_proxy
from concordia.capabilities.decisions.commands.sending import (
    send_for_consultation,
    start_new_round,
    withdraw_proposal,
)
from concordia.capabilities.decisions.commands.voting import (
    cast_ballot,
    ratify_ballot,
    record_ballot,
    recuse,
    vote_to_sign,
)

__all__ = [
    "LARGEST_PAPER",
    "Cast",
    "Draft",
    "Settled",
    "add_paper",
    "cast_ballot",
    "change_draft",
    "clear_stray_papers",
    "close_due",
    "close_voting",
    "draft_proposal",
    "extend_voting",
    "give_impact_note",
    "grant_proxy",
    "open_voting",
    "promote_amendment",
    "propose_amended_charter",
    "propose_amendment",
    "ratify_ballot",
    "record_ballot",
    "recuse",
    "remove_paper",
    "report_receipt",
    "revoke_proxy",
    "send_for_consultation",
    "settle_amendment",
    "start_new_round",
    "vote_to_sign",
    "waive_involvement",
    "withdraw_proposal",
    "write_impact_note",
    "write_outcome",
    "write_partner_note",
]
