"""Each act asks for its right and, where it binds, for a fresh proof: written down here by hand, act by act.

The tables of addresses hold who of the people of a charter gets what; a right that everybody there happens to have
would not be missed. Here somebody does an act with everything but that one right.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from support.cast import Cast
from support.deciding import LATER, a_draft, decided, drafted, opened, rich_cast, sent
from support.pages import state

from concordia.capabilities.alliances import commands as alliances
from concordia.capabilities.alliances.queries import charter_version, person
from concordia.capabilities.decisions import commands
from concordia.capabilities.ledger import commands as ledger
from concordia.domain.charter import dump_section
from concordia.kernel.access import Access
from concordia.kernel.errors import NotAllowedError, StepUpError

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)
RETURNING = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass
class Place:
    """An alliance in which every act can be done, by the names of what it is done to."""

    cast: Cast
    draft: str
    waiting: str
    running: str
    decision: str
    amendment: str
    version: str
    invited: str
    mandate: str

    def appoint(self, access: Access) -> object:
        return alliances.appoint(
            access, person_id=self.cast.clerk.person, position="alliance-coordinator", from_date=DAY
        )

    def change_charter(self, access: Access) -> object:
        text = dump_section(charter_version(access, self.version).charter, "alliance").replace("One", "A")
        return alliances.change_charter_section(
            access, version_id=self.version, section="alliance", text=text
        )

    def invite(self, access: Access) -> object:
        partner = access.partner
        return alliances.invite_person(
            access, name="Deputy", email="", position="professional", partner_id=partner, from_date=DAY
        )

    def hand_over(self, access: Access) -> object:
        return alliances.hand_over(
            access,
            appointment_id=self.cast.tax_coordinator.appointment,
            successor_id=self.cast.clerk.person,
            text="All of it.",
            on=DAY,
        )

    def grant(self, access: Access) -> object:
        return alliances.grant_mandate(
            access,
            appointment_id=self.cast.clerk.appointment,
            subjects=(),
            limit_cents=None,
            from_date=DAY,
            until_date=None,
        )

    def outcome(self, access: Access) -> object:
        return commands.write_outcome(
            access,
            decision_id=self.decision,
            outcome="We do it.",
            owner_id=self.cast.manager.person,
            review_date=None,
        )


@pytest.fixture
def place(db: None) -> Place:
    cast = rich_cast()
    waiting = sent(cast, title="For all")
    amended = commands.propose_amendment(
        cast.social.at(), proposal_id=waiting, paragraph=0, text="Other words.", reason=""
    )
    invited = alliances.invite_person(
        cast.tax.at(LATER),
        name="Invited",
        email="",
        position="professional",
        partner_id=cast.partners["tax"],
        from_date=LATER.date(),
    )
    board = person(cast.tax.at(LATER), cast.tax.person)
    return Place(
        cast,
        drafted(cast, title="Our own idea"),
        waiting,
        opened(cast),
        decided(cast).id,
        amended,
        alliances.draft_charter(cast.tax.at(LATER)),
        invited.person,
        next(mandate.id for row in board.appointments for mandate in row.mandates),
    )


type Act = Callable[[Place, Access], object]
# Who does it, what it takes, and the act.
RIGHTS: dict[str, tuple[str, str, Act]] = {
    "draft a proposal": (
        "tax",
        "decisions.propose",
        lambda p, a: commands.draft_proposal(a, draft=a_draft()),
    ),
    "change a draft": (
        "tax",
        "decisions.propose",
        lambda p, a: commands.change_draft(a, proposal_id=p.draft, draft=a_draft(title="Anew")),
    ),
    "begin a new round": (
        "tax",
        "decisions.propose",
        lambda p, a: commands.start_new_round(a, proposal_id=p.waiting),
    ),
    "send it": ("tax", "decisions.send", lambda p, a: commands.send_for_consultation(a, proposal_id=p.draft)),
    "take it back": (
        "tax",
        "decisions.send",
        lambda p, a: commands.withdraw_proposal(a, proposal_id=p.waiting),
    ),
    "throw a draft away": (
        "tax",
        "decisions.propose",
        lambda p, a: commands.withdraw_proposal(a, proposal_id=p.draft),
    ),
    "amend": (
        "figures",
        "decisions.involve",
        lambda p, a: commands.propose_amendment(a, proposal_id=p.waiting, paragraph=1, text="Words."),
    ),
    "settle an amendment": (
        "tax",
        "decisions.send",
        lambda p, a: commands.settle_amendment(a, amendment_id=p.amendment, outcome="rejected"),
    ),
    "answer": (
        "social",
        "decisions.involve",
        lambda p, a: commands.give_impact_note(a, proposal_id=p.waiting, note="Little."),
    ),
    "write an answer": (
        "social",
        "decisions.involve",
        lambda p, a: commands.write_impact_note(a, proposal_id=p.waiting, note="Little."),
    ),
    "give up the period": (
        "social",
        "decisions.involve",
        lambda p, a: commands.waive_involvement(a, proposal_id=p.waiting, reason="Known."),
    ),
    "note for one's own": (
        "tax",
        "decisions.note",
        lambda p, a: commands.write_partner_note(a, proposal_id=p.waiting, text="For us."),
    ),
    "record a vote": (
        "manager",
        "decisions.record",
        lambda p, a: commands.record_ballot(
            a, proposal_id=p.running, voter="social", choice="for", told_by="By phone."
        ),
    ),
    "report": (
        "tax",
        "decisions.report",
        lambda p, a: commands.report_receipt(a, decision_id=p.decision, state="done"),
    ),
    "appoint": ("tax", "alliances.manage_partner", Place.appoint),
    "hand over": ("tax", "alliances.manage_partner", Place.hand_over),
    "invite": ("tax", "alliances.manage_partner", Place.invite),
    "grant a mandate": ("tax", "alliances.manage_partner", Place.grant),
    "withdraw a mandate": (
        "tax",
        "alliances.manage_partner",
        lambda p, a: alliances.revoke_mandate(a, mandate_id=p.mandate),
    ),
    "give notice": (
        "tax",
        "alliances.manage_partner",
        lambda p, a: alliances.give_notice(
            a, appointment_id=p.cast.tax_coordinator.appointment, until_date=date(2099, 1, 1)
        ),
    ),
    "end an appointment": (
        "tax",
        "alliances.manage_partner",
        lambda p, a: alliances.end_appointment(a, appointment_id=p.cast.tax_coordinator.appointment),
    ),
    "invite again": (
        "tax",
        "alliances.manage_partner",
        lambda p, a: alliances.invite_again(a, person_id=p.invited),
    ),
    "withdraw an invitation": (
        "tax",
        "alliances.manage_partner",
        lambda p, a: alliances.withdraw_invitation(a, person_id=p.invited),
    ),
    "erase somebody": (
        "tax",
        "alliances.manage_partner",
        lambda p, a: alliances.erase_person(a, person_id=p.cast.clerk.person, ground="Asked."),
    ),
    "draft a charter": ("social", "alliances.draft_charter", lambda p, a: alliances.draft_charter(a)),
    "change a section": ("tax", "alliances.draft_charter", Place.change_charter),
    "throw a charter away": (
        "tax",
        "alliances.draft_charter",
        lambda p, a: alliances.discard_charter_draft(a, version_id=p.version),
    ),
    "register a witness": (
        "tax",
        "alliances.manage_partner",
        lambda p, a: ledger.register_witness_key(a, vkey="no key", audience=()),
    ),
}
BINDING: dict[str, tuple[str, Act]] = {
    "vote": ("social", lambda p, a: commands.cast_ballot(a, proposal_id=p.running, choice="for")),
    "record a vote": (RIGHTS["record a vote"][0], RIGHTS["record a vote"][2]),
    "step aside": ("social", lambda p, a: commands.recuse(a, proposal_id=p.running, reason="Too near.")),
    "give a proxy": (
        "social",
        lambda p, a: commands.grant_proxy(a, proposal_id=p.running, to=p.cast.figures.person),
    ),
    "give up the period": (RIGHTS["give up the period"][0], RIGHTS["give up the period"][2]),
    "open voting": ("manager", lambda p, a: commands.open_voting(a, proposal_id=p.waiting)),
    "close voting": ("manager", lambda p, a: commands.close_voting(a, proposal_id=p.running)),
    "grant a mandate": ("tax", Place.grant),
    "withdraw a mandate": (RIGHTS["withdraw a mandate"][0], RIGHTS["withdraw a mandate"][2]),
    "erase somebody": (RIGHTS["erase somebody"][0], RIGHTS["erase somebody"][2]),
    "register a witness": (RIGHTS["register a witness"][0], RIGHTS["register a witness"][2]),
}


def refused(act: Act, place: Place, access: Access) -> type[Exception] | None:
    """How an act ends: None when it is done, or refused for another reason than who asks. It is taken back."""
    with transaction.atomic():
        try:
            act(place, access)
        except (NotAllowedError, StepUpError) as error:
            return type(error)
        except Exception:
            return None
        finally:
            transaction.set_rollback(True)
    return None


def test_each_act_asks_for_its_right(place: Place) -> None:
    before, found = state(), {}
    for name, (role, right, act) in RIGHTS.items():
        access = place.cast.members[role].at(LATER)
        assert right in access.permissions, name
        without = replace(access, permissions=access.permissions - {right}, kept=None)
        found[name] = (refused(act, place, access), refused(act, place, without))
    assert {name: both for name, both in found.items() if both != (None, NotAllowedError)} == {}
    assert state() == before


def test_each_act_that_binds_asks_for_a_fresh_proof(place: Place) -> None:
    found = {}
    for name, (role, act) in BINDING.items():
        member = place.cast.members[role]
        at = LATER + timedelta(hours=1)
        found[name] = (refused(act, place, member.at(at)), refused(act, place, member.at(at, recent=False)))
    assert {name: both for name, both in found.items() if both != (None, StepUpError)} == {}
