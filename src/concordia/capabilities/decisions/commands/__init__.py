"""What one can do with proposals and decisions; each name is the sentence a user would say."""

from concordia.capabilities.decisions.commands.closing import close_due, close_voting
from concordia.capabilities.decisions.commands.drafting import (
    Draft,
    add_paper,
    change_draft,
    draft_proposal,
    propose_amended_charter,
    remove_paper,
    send_for_consultation,
    start_new_round,
    withdraw_proposal,
)
from concordia.capabilities.decisions.commands.following import report_receipt, write_outcome
from concordia.capabilities.decisions.commands.involving import (
    give_impact_note,
    propose_amendment,
    settle_amendment,
    waive_involvement,
    write_impact_note,
    write_partner_note,
)
from concordia.capabilities.decisions.commands.voting import (
    Cast,
    cast_ballot,
    extend_voting,
    grant_proxy,
    open_voting,
    ratify_ballot,
    record_ballot,
    recuse,
    revoke_proxy,
)

__all__ = [
    "Cast",
    "Draft",
    "add_paper",
    "cast_ballot",
    "change_draft",
    "close_due",
    "close_voting",
    "draft_proposal",
    "extend_voting",
    "give_impact_note",
    "grant_proxy",
    "open_voting",
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
    "waive_involvement",
    "withdraw_proposal",
    "write_impact_note",
    "write_outcome",
    "write_partner_note",
]
