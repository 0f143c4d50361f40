"""People, positions and mandates: given by their own organization, seen by all, managed by nobody else."""

from datetime import date, timedelta

import pytest
from support.cast import NOW, make_account, make_cast

from concordia.capabilities.accounts.models import User
from concordia.capabilities.alliances import queries
from concordia.capabilities.alliances.commands import (
    appoint,
    end_appointment,
    erase_person,
    give_notice,
    grant_mandate,
    hand_over,
    invite_again,
    invite_person,
    revoke_mandate,
    take_place,
)
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError, StepUpError
from concordia.kernel.subject import Subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def other():
    return make_cast("other")


def invite(cast, by="tax", partner="tax", **changes):
    values = {
        "name": "Coordinator",
        "email": "new@example.org",
        "position": "alliance-coordinator",
        "partner_id": cast.partners[partner] if partner else None,
        "from_date": NOW.date(),
    }
    return invite_person(cast.members[by].at(), **(values | changes))


def test_a_board_member_invites_somebody_of_their_own_organization(cast):
    invited = invite(cast)

    line = queries.person(cast.social.at(), invited.person)
    assert line.invited
    assert [appointment.position for appointment in line.appointments] == ["alliance-coordinator"]


def test_an_invitation_needs_a_name(cast):
    with pytest.raises(RefusalError) as refused:
        invite(cast, name=" ")

    assert refused.value.field == "name"


def test_an_invitation_names_a_position_of_the_charter(cast):
    with pytest.raises(RefusalError) as refused:
        invite(cast, position="king")

    assert "alliance-coordinator" in refused.value.text.in_language("en")


def test_a_professional_invites_nobody(cast):
    with pytest.raises(NotAllowedError):
        invite(cast, by="clerk")


def test_nobody_invites_for_another_partner(cast):
    with pytest.raises(NotFoundError):
        invite(cast, by="social", partner="tax")


def test_an_invited_person_is_invisible_to_another_alliance(cast, other):
    invited = invite(cast)

    with pytest.raises(NotFoundError):
        queries.person(other.tax.at(), invited.person)


def test_contact_data_stays_inside_the_organization(cast):
    invited = invite(cast)

    assert queries.person(cast.tax.at(), invited.person).email == "new@example.org"
    assert queries.person(cast.social.at(), invited.person).email == ""


def test_a_second_link_ends_the_first(cast):
    invited = invite(cast)

    assert invite_again(cast.tax.at(), person_id=invited.person) != invited.token


def test_taking_a_place_gives_entrance(cast):
    invited = invite(cast)
    user = make_account("newcomer")

    key = take_place(NOW, subject=Subject("alliances.person", invited.person), user_id=user, name="Newcomer")

    access = queries.access_for(user, key, now=NOW, language="nl")
    assert access.partner == cast.partners["tax"]
    assert access.holds("alliance-coordinator")


def test_one_account_is_one_person_in_an_alliance(cast):
    invited = invite(cast)

    with pytest.raises(RefusalError):
        take_place(NOW, subject=Subject("alliances.person", invited.person), user_id=cast.tax.user)


def test_a_person_serves_in_two_alliances(cast):
    second = make_cast("second", accounts_of={"social": cast.tax.user})

    lines = queries.alliances_of(cast.tax.user, NOW)

    assert [line.key for line in lines] == ["cast", "second"]
    assert second.social.at().partner != cast.tax.at().partner


def test_an_ended_appointment_closes_the_door(cast):
    end_appointment(cast.tax.at(), appointment_id=cast.clerk.appointment)

    with pytest.raises(NotFoundError):
        cast.clerk.at(NOW + timedelta(seconds=1))


def test_ending_twice_is_refused_calmly(cast):
    end_appointment(cast.tax.at(), appointment_id=cast.clerk.appointment)

    with pytest.raises(RefusalError):
        end_appointment(cast.tax.at(), appointment_id=cast.clerk.appointment)


def test_nobody_ends_an_appointment_of_another_partner(cast):
    with pytest.raises(NotFoundError):
        end_appointment(cast.social.at(), appointment_id=cast.clerk.appointment)


def test_an_appointment_ends_after_it_starts(cast):
    with pytest.raises(RefusalError):
        appoint(
            cast.tax.at(),
            person_id=cast.clerk.person,
            position="alliance-coordinator",
            from_date=date(2026, 5, 1),
            until_date=date(2026, 4, 1),
        )


def test_notice_is_seen_by_all_partners(cast):
    give_notice(cast.tax.at(), appointment_id=cast.tax.appointment, until_date=date(2026, 6, 30))

    line = queries.person(cast.figures.at(), cast.tax.person).appointments[0]
    assert line.notice_given
    assert line.until_date == date(2026, 6, 30)


def test_notice_for_a_day_that_passed_is_refused(cast):
    with pytest.raises(RefusalError):
        give_notice(cast.tax.at(), appointment_id=cast.tax.appointment, until_date=date(2026, 1, 6))


def test_a_position_is_handed_over_with_what_the_next_should_know(cast):
    following = hand_over(
        cast.tax.at(),
        appointment_id=cast.tax_coordinator.appointment,
        successor_id=cast.clerk.person,
        text="Ask the agency for the calendar.",
        on=NOW.date(),
    )

    held = {line.id: line.position for line in queries.person(cast.tax.at(), cast.clerk.person).appointments}
    assert held[following] == "alliance-coordinator"


def test_nobody_hands_over_to_themselves(cast):
    with pytest.raises(RefusalError):
        hand_over(
            cast.tax.at(),
            appointment_id=cast.tax.appointment,
            successor_id=cast.tax.person,
            text="x",
            on=NOW.date(),
        )


def test_a_vacancy_shows_until_somebody_is_appointed(cast):
    end_appointment(cast.tax.at(), appointment_id=cast.tax_coordinator.appointment)
    later = cast.social.at(NOW + timedelta(days=1))

    vacancies = {(row.position, row.partner) for row in queries.people(later).vacancies}

    assert ("alliance-coordinator", cast.partners["tax"]) in vacancies
    assert ("alliance-coordinator", cast.partners["social"]) not in vacancies


def grant(cast, by="tax", **changes):
    values = {
        "appointment_id": cast.tax.appointment,
        "subjects": ("costs",),
        "limit_cents": 250_000_00,
        "from_date": date(2026, 1, 5),
        "until_date": date(2026, 12, 31),
    }
    return grant_mandate(cast.members[by].at(), **(values | changes))


def test_a_mandate_is_seen_by_all_partners(cast):
    mandate = grant(cast)

    line = queries.person(cast.figures.at(), cast.tax.person).appointments[0]
    assert mandate in [row.id for row in line.mandates]


def test_a_mandate_with_a_negative_limit_is_refused(cast):
    with pytest.raises(RefusalError):
        grant(cast, limit_cents=-1)


def test_a_mandate_is_given_by_the_own_organization_only(cast):
    with pytest.raises(NotFoundError):
        grant(cast, by="social")


def test_a_mandate_is_not_given_by_a_professional(cast):
    with pytest.raises(NotAllowedError):
        grant(cast, by="clerk")


def test_a_revoked_mandate_no_longer_binds(cast):
    mandate = grant(cast)

    revoke_mandate(cast.tax.at(), mandate_id=mandate)

    mine = next(
        row for row in queries.representatives(cast.tax.at(), "board") if row.person == cast.tax.person
    )
    assert len(mine.mandates) == 1
    with pytest.raises(RefusalError):
        revoke_mandate(cast.tax.at(), mandate_id=mandate)


def test_another_partner_cannot_revoke_a_mandate(cast):
    mandate = grant(cast)

    with pytest.raises(NotFoundError):
        revoke_mandate(cast.social.at(), mandate_id=mandate)


def test_erasing_needs_a_ground_and_a_recent_proof(cast):
    with pytest.raises(RefusalError):
        erase_person(cast.tax.at(), person_id=cast.clerk.person, ground=" ")
    with pytest.raises(StepUpError):
        erase_person(cast.tax.at(recent=False), person_id=cast.clerk.person, ground="At own request")


def test_an_erased_person_is_a_dash_and_is_gone(cast):
    erase_person(cast.tax.at(), person_id=cast.clerk.person, ground="At own request")

    assert queries.person_names(cast.social.at(), [cast.clerk.person]) == {cast.clerk.person: "—"}
    with pytest.raises(NotFoundError):
        cast.clerk.at(NOW + timedelta(seconds=1))


def test_the_account_of_an_erased_person_goes_with_them(cast):
    erase_person(cast.tax.at(), person_id=cast.clerk.person, ground="At own request")

    assert not User.objects.filter(id=cast.clerk.user).exists()


def test_the_account_of_an_erased_person_stays_for_their_place_elsewhere(cast):
    second = make_cast("second", accounts_of={"social": cast.clerk.user})

    erase_person(cast.tax.at(), person_id=cast.clerk.person, ground="At own request")

    assert second.social.at().holds("board-member")


def test_nobody_takes_a_place_with_an_account_that_is_gone(cast):
    invited = invite(cast)

    with pytest.raises(NotFoundError):
        take_place(NOW, subject=Subject("alliances.person", invited.person), user_id="usr_gone")


def test_nobody_erases_a_person_of_another_partner(cast):
    with pytest.raises(NotFoundError):
        erase_person(cast.social.at(), person_id=cast.clerk.person, ground="At own request")


def test_who_left_over_a_year_ago_is_no_longer_listed(cast):
    end_appointment(cast.tax.at(), appointment_id=cast.clerk.appointment)

    def listed(now):
        return cast.clerk.person in {line.id for line in queries.people(cast.social.at(now)).people}

    assert listed(NOW + timedelta(days=364))
    assert not listed(NOW + timedelta(days=366))
    assert queries.person(cast.social.at(NOW + timedelta(days=366)), cast.clerk.person).name
