"""What one may know of proposals and decisions; each answers for one reader."""

from concordia.capabilities.decisions.queries.allowing import Action
from concordia.capabilities.decisions.queries.cards import MyVote, PastBallot, PositionCard
from concordia.capabilities.decisions.queries.deciding import (
    DecisionPage,
    ExplanationLine,
    ReceiptLine,
    TallyLine,
    decision,
)
from concordia.capabilities.decisions.queries.decisions import DecisionLine, DecisionList, decisions
from concordia.capabilities.decisions.queries.gates import InvolvementLine
from concordia.capabilities.decisions.queries.papers import PaperFile, PaperLine, paper, paper_file
from concordia.capabilities.decisions.queries.proposal import (
    AmendmentLine,
    Link,
    NoteLine,
    ProposalPage,
    RecordFor,
    proposal,
)
from concordia.capabilities.decisions.queries.proposals import ProposalLine, ProposalList, proposals
from concordia.capabilities.decisions.queries.states import STATES
from concordia.capabilities.decisions.queries.waiting import Waiting, recent_decisions, waiting

__all__ = [
    "STATES",
    "Action",
    "AmendmentLine",
    "DecisionLine",
    "DecisionList",
    "DecisionPage",
    "ExplanationLine",
    "InvolvementLine",
    "Link",
    "MyVote",
    "NoteLine",
    "PaperFile",
    "PaperLine",
    "PastBallot",
    "PositionCard",
    "ProposalLine",
    "ProposalList",
    "ProposalPage",
    "ReceiptLine",
    "RecordFor",
    "TallyLine",
    "Waiting",
    "decision",
    "decisions",
    "paper",
    "paper_file",
    "proposal",
    "proposals",
    "recent_decisions",
    "waiting",
]
