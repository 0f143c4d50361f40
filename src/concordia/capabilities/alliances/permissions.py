"""Who may do what, as data: a permission follows from the positions a person holds (C53)."""

from collections.abc import Iterable

from concordia.kernel.access import Seat

PROPOSE = "decisions.propose"  # draft something in the name of one's partner
SEND = "decisions.send"  # bring it before all partners, settle its amendments, take it back
INVOLVE = "decisions.involve"  # give or waive the impact note of one's partner
VOTE = "decisions.vote"  # bind one's partner; the mandate is checked apart
CHAIR = "decisions.chair"  # open, close, write the outcome
RECORD = "decisions.record"  # record a vote received by phone or on paper
REPORT = "decisions.report"  # tell how one's partner carries a decision out
DRAFT_CHARTER = "alliances.draft_charter"
MANAGE_PARTNER = "alliances.manage_partner"  # one's own organization's people, mandates and witness
MANAGE_ALLIANCE = "alliances.manage_alliance"  # positions of the alliance as a whole
NOTE = "decisions.note"  # keep notes that stay inside one's own organization

_STRATEGIC = frozenset({PROPOSE, SEND, INVOLVE, VOTE, REPORT, DRAFT_CHARTER, MANAGE_PARTNER, NOTE})
_TACTICAL = frozenset({PROPOSE, SEND, INVOLVE, VOTE, REPORT, NOTE})
_OPERATIONAL = frozenset({PROPOSE, NOTE})
_OF_THE_ALLIANCE = frozenset({PROPOSE, SEND, CHAIR, RECORD, DRAFT_CHARTER, MANAGE_ALLIANCE})
_COORDINATING = frozenset({"alliance-coordinator", "partner-administrator"})


def permissions_of(seats: Iterable[Seat], *, chairs: bool) -> frozenset[str]:
    """The rights that follow from the seats held now. `chairs`: whether one of them chairs a body now."""
    granted: set[str] = set()
    for seat in seats:
        if seat.partner is None:
            granted |= _OF_THE_ALLIANCE
        elif seat.level == "strategic":
            granted |= _STRATEGIC
        elif seat.level == "tactical":
            granted |= _TACTICAL
        else:
            granted |= _OPERATIONAL
        if seat.position in _COORDINATING:
            granted |= {MANAGE_PARTNER, DRAFT_CHARTER}
    if chairs:
        granted |= {CHAIR, RECORD}
    return frozenset(granted)
