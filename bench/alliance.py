"""An alliance as old as one likes: its people seated at its founding, its decisions taken by commands."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

from django.db import transaction

from concordia.capabilities.accounts.commands import example_account
from concordia.capabilities.alliances.commands import (
    Founded,
    end_appointment,
    found_alliance,
    invite_person,
    sit_down,
)
from concordia.capabilities.alliances.queries import access_for
from concordia.capabilities.decisions import commands
from concordia.capabilities.decisions.commands import Draft
from concordia.demo.charters import example_charter
from concordia.domain.charter import Charter
from concordia.kernel.access import Access

KEY = "wage-data"
PARTNERS = ("irs", "ssa", "cbs")
YEARS = timedelta(days=3653)
_POSITIONS = ("board-member", "alliance-coordinator", "line-manager", "professional")


@dataclass
class Stage:
    """The alliance, and its people by `partner-position` or `manager`."""

    founded: Founded
    charter: Charter
    founded_at: datetime
    users: dict[str, str]
    people: dict[str, str]

    def at(self, who: str, moment: datetime) -> Access:
        """The access of somebody at a moment of the history."""
        return access_for(self.users[who], KEY, now=moment, language="nl", recent=True)


def found(now: datetime | None = None) -> Stage:
    """Found the alliance eleven years ago, with everybody in their place."""
    start = (now or datetime.now(UTC)) - YEARS - timedelta(days=365)
    charter = example_charter(KEY)
    with transaction.atomic():
        stage = Stage(found_alliance(start, charter=charter, example=True), charter, start, {}, {})
        for partner in PARTNERS:
            for position in _POSITIONS:
                _seat(stage, f"{partner}-{position}", partner, position)
        _seat(stage, "manager", None, "key-alliance-manager")
        _seat(stage, "agency", None, "agency-staff")
    return stage


def live_through(stage: Stage, decisions: int, until: datetime | None = None) -> None:
    """Take this many decisions, evenly over the ten years before `until`, each carried out by everybody."""
    ends = until or datetime.now(UTC)
    step = YEARS / decisions
    for chunk in range(0, decisions, 50):
        with transaction.atomic():
            for number in range(chunk, min(decisions, chunk + 50)):
                _decide(stage, number, ends - YEARS - timedelta(days=60) + number * step)
    with transaction.atomic():
        for year in range(10):
            _come_and_go(stage, ends - YEARS + year * timedelta(days=365))


def under_way(stage: Stage, now: datetime | None = None) -> str:
    """One proposal being voted on and one in preparation, as on any day; the id of the first."""
    today = now or datetime.now(UTC)
    with transaction.atomic():
        running = open_vote(stage, "Kosten verdelen naar gebruik", today - timedelta(days=12))
        _sent(stage, "Een gezamenlijke begrippenlijst", today - timedelta(days=2))
    return running


def open_vote(stage: Stage, title: str, start: datetime) -> str:
    """A proposal on which the board may vote from nine days after `start`."""
    proposal = _sent(stage, title, start)
    for partner in PARTNERS[1:]:
        commands.give_impact_note(
            stage.at(f"{partner}-alliance-coordinator", start + timedelta(days=4)),
            proposal_id=proposal,
            note="Wij kunnen dit inpassen, met twee weken voorbereiding.",
        )
    commands.open_voting(stage.at("manager", start + timedelta(days=9)), proposal_id=proposal)
    return proposal


def _seat(stage: Stage, key: str, partner: str | None, position: str) -> None:
    name = key.replace("-", " ").capitalize()
    stage.users[key] = example_account(name=name, language="nl", now=stage.founded_at)
    stage.people[key], _ = sit_down(
        stage.founded,
        stage.founded_at,
        partner=partner,
        position=stage.charter.position(position),
        user_id=stage.users[key],
        name=name,
    )


def _come_and_go(stage: Stage, moment: datetime) -> None:
    """Four professionals of each partner join for a year."""
    access = stage.founded.access.at(moment)
    for partner, place in product(PARTNERS, range(4)):
        invited = invite_person(
            access,
            name=f"{partner} professional {moment.year} {place}",
            email="",
            position="professional",
            partner_id=stage.founded.partners[partner],
            from_date=moment.date(),
        )
        end_appointment(access.at(moment + timedelta(days=300)), appointment_id=invited.appointment)


def _sent(stage: Stage, title: str, start: datetime) -> str:
    draft = Draft(
        title=title,
        question=f"Stemmen de partners in met: {title.lower()}?",
        text="Nu houdt elke partner dit zelf bij.\n\nVoorstel: het ketenbureau doet het voor allen.",
        procedure="strategic",
    )
    proposal = commands.draft_proposal(stage.at("irs-board-member", start), draft=draft)
    commands.send_for_consultation(stage.at("irs-board-member", start), proposal_id=proposal)
    return proposal


def _decide(stage: Stage, number: int, start: datetime) -> None:
    proposal = open_vote(stage, f"Besluit {number} over de leverkalender", start)
    day = start + timedelta(days=10)
    for partner in PARTNERS:
        voter = stage.at(f"{partner}-board-member", day)
        commands.cast_ballot(voter, proposal_id=proposal, choice="for")
    manager = stage.at("manager", day)
    decision = commands.close_voting(manager, proposal_id=proposal)
    commands.write_outcome(
        manager,
        decision_id=decision,
        outcome="Het ketenbureau houdt de leverkalender bij.",
        owner_id=stage.people["manager"],
        review_date=None,
    )
    for partner in PARTNERS:
        carried = stage.at(f"{partner}-board-member", day + timedelta(days=20))
        commands.report_receipt(carried, decision_id=decision, state="done", word="Ingevoerd.")
