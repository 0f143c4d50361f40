"""What one may know of proposals and decisions."""

from concordia.capabilities.decisions.queries.decisions import (
    DecisionLine,
    DecisionList,
    DecisionPage,
    decision,
    decisions,
)
from concordia.capabilities.decisions.queries.proposals import (
    PaperLine,
    PositionCard,
    ProposalLine,
    ProposalList,
    ProposalPage,
    paper,
    proposal,
    proposals,
)
from concordia.capabilities.decisions.queries.waiting import Waiting, recent_decisions, waiting

__all__ = [
    "DecisionLine",
    "DecisionList",
    "DecisionPage",
    "PaperLine",
    "PositionCard",
    "ProposalLine",
    "ProposalList",
    "ProposalPage",
    "Waiting",
    "decision",
    "decisions",
    "paper",
    "proposal",
    "proposals",
    "recent_decisions",
    "waiting",
]
