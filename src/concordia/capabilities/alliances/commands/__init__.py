"""What one can do to an alliance; each name is the sentence a user would say."""

from concordia.capabilities.alliances.commands.appointments import (
    appoint,
    end_appointment,
    give_notice,
    hand_over,
)
from concordia.capabilities.alliances.commands.charters import (
    change_charter_section,
    discard_charter_draft,
    draft_charter,
    enact_charter,
    propose_charter,
    replace_charter_draft,
)
from concordia.capabilities.alliances.commands.founding import Founded, found_alliance, with_free_key
from concordia.capabilities.alliances.commands.joining import first_position, found_and_join, sit_down
from concordia.capabilities.alliances.commands.mandates import grant_mandate, revoke_mandate
from concordia.capabilities.alliances.commands.people import (
    Invited,
    erase_person,
    invite_again,
    invite_person,
    take_place,
    withdraw_invitation,
)
from concordia.capabilities.alliances.commands.returning import approve_return, ask_return
from concordia.capabilities.alliances.commands.signing import record_key

__all__ = [
    "Founded",
    "Invited",
    "appoint",
    "approve_return",
    "ask_return",
    "change_charter_section",
    "discard_charter_draft",
    "draft_charter",
    "enact_charter",
    "end_appointment",
    "erase_person",
    "first_position",
    "found_alliance",
    "found_and_join",
    "give_notice",
    "grant_mandate",
    "hand_over",
    "invite_again",
    "invite_person",
    "propose_charter",
    "record_key",
    "replace_charter_draft",
    "revoke_mandate",
    "sit_down",
    "take_place",
    "with_free_key",
    "withdraw_invitation",
]
