"""Going and coming back: positions that end, people that are erased, partners that leave, return or are renamed."""

from datetime import date, timedelta

import pytest
from support.cast import CHARTER, NOW, Cast, make_account, make_cast

from concordia.capabilities.alliances import queries
from concordia.capabilities.alliances.commands import (
    appoint,
    draft_charter,
    enact_charter,
    end_appointment,
    erase_person,
    hand_over,
    invite_person,
    propose_charter,
    replace_charter_draft,
    take_place,
)
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.subject import Subject

pytestmark = pytest.mark.django_db
SUMMER = NOW + timedelta(days=120)
DECISION = Subject("decisions.decision", "d")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def appointed(cast: Cast, first: date, last: date | None = None) -> str:
    return appoint(
        cast.tax.at(), person_id=cast.clerk.person, position="board-member", from_date=first, until_date=last
    )


def enacted(cast: Cast, text: str, *, now=NOW, at=NOW) -> None:
    """A charter that came into force."""
    draft = draft_charter(cast.tax.at(now))
    replace_charter_draft(cast.tax.at(now), version_id=draft, text=text)
    propose_charter(cast.tax.at(now), version_id=draft)
    enact_charter(cast.manager.at(now), draft, decision=DECISION, in_force_from=at)


WHOLE = CHARTER.format(key="cast")
RENAMED = WHOLE.replace("en: Statistics, nl: Statistiek", "en: Figures, nl: Cijfers")
WITHOUT_FIGURES = WHOLE.replace("  - key: figures", "  - key: elsewhere")


def test_somebody_with_a_position_still_to_come_can_be_erased(cast: Cast) -> None:
    appointment = appointed(cast, date(2026, 9, 1))

    erase_person(cast.tax.at(), person_id=cast.clerk.person, ground="Asked.")

    assert not queries.appointment(cast.tax.at(SUMMER + timedelta(days=90)), appointment).runs


def test_what_was_held_before_keeps_its_last_day_when_it_is_ended_or_erased(cast: Cast) -> None:
    appointment = appointed(cast, date(2026, 1, 5), date(2026, 2, 1))

    end_appointment(cast.tax.at(), appointment_id=appointment)
    erase_person(cast.tax.at(), person_id=cast.clerk.person, ground="Asked.")

    assert queries.appointment(cast.tax.at(), appointment).until_date == date(2026, 2, 1)


def test_handing_over_gives_nobody_a_longer_term(cast: Cast) -> None:
    appointment = appointed(cast, date(2026, 1, 5), date(2026, 2, 1))

    hand_over(
        cast.tax.at(),
        appointment_id=appointment,
        successor_id=cast.tax_coordinator.person,
        text="All of it.",
        on=date(2026, 6, 1),
    )

    assert queries.appointment(cast.tax.at(), appointment).until_date == date(2026, 2, 1)


def test_a_position_is_handed_over_once(cast: Cast) -> None:
    values = {
        "appointment_id": appointed(cast, date(2026, 1, 5)),
        "successor_id": cast.tax_coordinator.person,
        "text": "All of it.",
        "on": date(2026, 6, 1),
    }
    hand_over(cast.tax.at(), **values)

    with pytest.raises(RefusalError) as refused:
        hand_over(cast.tax.at(), **values)
    assert "handed over" in refused.value.text.in_language("en")


def test_a_partner_that_is_renamed_has_its_new_name_everywhere(cast: Cast) -> None:
    enacted(cast, RENAMED)

    assert [str(partner.name) for partner in queries.partners(cast.tax.at())][2] == "Figures"


def test_a_partner_that_comes_back_is_party_again(cast: Cast) -> None:
    enacted(cast, WITHOUT_FIGURES)
    assert "figures" not in [partner.key for partner in queries.partners(cast.tax.at())]

    enacted(cast, WHOLE, now=SUMMER, at=SUMMER)

    assert "figures" in [partner.key for partner in queries.partners(cast.tax.at(SUMMER))]
    kinds = [entry.kind for entry in ledger.entries_of(cast.tax.at(SUMMER), cast.partners["figures"])]
    assert kinds == ["partner.joined", "partner.left", "partner.joined"]


def test_a_partner_that_stays_after_all_never_left_and_keeps_its_people(cast: Cast) -> None:
    enacted(cast, WITHOUT_FIGURES, at=SUMMER)

    enacted(cast, WHOLE, at=SUMMER - timedelta(days=1))

    assert cast.figures.at(SUMMER + timedelta(days=1)).holds("board-member")


def test_people_of_a_partner_that_comes_back_are_appointed_anew(cast: Cast) -> None:
    enacted(cast, WITHOUT_FIGURES)
    enacted(cast, WHOLE, now=SUMMER, at=SUMMER)

    with pytest.raises(NotFoundError):
        cast.figures.at(SUMMER)


def test_a_draft_begun_while_an_adopted_charter_waits_starts_from_that_one(cast: Cast) -> None:
    enacted(cast, RENAMED, at=SUMMER)

    draft = queries.charter_version(cast.tax.at(), draft_charter(cast.tax.at()))

    assert "Cijfers" in draft.source


def test_nobody_takes_the_place_of_somebody_who_was_erased(cast: Cast) -> None:
    invited = invite_person(
        cast.tax.at(),
        name="Newcomer",
        email="",
        position="professional",
        partner_id=cast.partners["tax"],
        from_date=NOW.date(),
    )
    erase_person(cast.tax.at(), person_id=invited.person, ground="Asked.")
    subject = Subject("alliances.person", invited.person)

    with pytest.raises(NotFoundError):
        take_place(NOW, subject=subject, user_id=make_account("newcomer"), name="Newcomer")

    assert queries.person(cast.tax.at(), invited.person).name == "—"
