"""The charter: found on it, draft a next one in private, and live under it only by decision."""

from datetime import timedelta

import pytest
from support.cast import CHARTER, FOUNDED, NOW, make_cast

from concordia.capabilities.alliances import queries
from concordia.capabilities.alliances.commands import (
    change_charter_section,
    discard_charter_draft,
    draft_charter,
    enact_charter,
    found_alliance,
    propose_charter,
    replace_charter_draft,
)
from concordia.capabilities.ledger import queries as ledger
from concordia.domain.charter import load_charter
from concordia.domain.problems import DocumentError
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError
from concordia.kernel.subject import Subject

pytestmark = pytest.mark.django_db
FOUR_TIMES = "evaluation: {every: P3M, smallest_group: 5}"


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def changed(cast):
    draft = draft_charter(cast.tax.at())
    change_charter_section(cast.tax.at(), version_id=draft, section="evaluation", text=FOUR_TIMES)
    return draft


def test_founding_brings_the_first_version_into_force(cast):
    current = queries.charter_in_force(cast.social.at())

    assert current.number == 1
    assert [partner.key for partner in queries.partners(cast.social.at())] == ["tax", "social", "figures"]


def test_founding_is_in_the_register(cast):
    kinds = [line.kind for line in ledger.register_page(cast.social.at(), before=None, limit=200).entries]

    assert {"alliance.founded", "charter.enacted", "partner.joined"} <= set(kinds)


def test_a_taken_key_is_refused(cast):
    with pytest.raises(RefusalError) as refused:
        found_alliance(FOUNDED, charter=load_charter(CHARTER.format(key="cast")))

    assert refused.value.field == "key"


def test_an_alliance_is_invisible_to_the_people_of_another(cast):
    other = make_cast("other")

    with pytest.raises(NotFoundError):
        queries.access_for(other.tax.user, "cast", now=NOW, language="nl")


def test_a_draft_is_seen_by_its_own_organization_only(cast, changed):
    assert queries.charter_version(cast.tax_coordinator.at(), changed).own
    with pytest.raises(NotFoundError):
        queries.charter_version(cast.social.at(), changed)


def test_a_professional_drafts_no_charter(cast):
    with pytest.raises(NotAllowedError):
        draft_charter(cast.clerk.at())


def test_a_faulty_section_names_every_fault_and_changes_nothing(cast, changed):
    before = queries.charter_version(cast.tax.at(), changed).content_hash

    with pytest.raises(DocumentError):
        change_charter_section(
            cast.tax.at(), version_id=changed, section="amendment", text="amendment: {procedure: nowhere}"
        )

    assert queries.charter_version(cast.tax.at(), changed).content_hash == before


def test_another_partner_cannot_change_a_draft(cast, changed):
    with pytest.raises(NotFoundError):
        change_charter_section(cast.social.at(), version_id=changed, section="evaluation", text=FOUR_TIMES)


def test_an_upload_replaces_a_draft_but_not_the_key_of_the_alliance(cast, changed):
    replace_charter_draft(cast.tax.at(), version_id=changed, text=CHARTER.format(key="cast"))

    with pytest.raises(RefusalError):
        replace_charter_draft(cast.tax.at(), version_id=changed, text=CHARTER.format(key="another"))


def test_a_discarded_draft_changes_no_more(cast, changed):
    discard_charter_draft(cast.tax.at(), version_id=changed)

    with pytest.raises(RefusalError):
        change_charter_section(cast.tax.at(), version_id=changed, section="evaluation", text=FOUR_TIMES)


def test_an_unchanged_draft_is_not_put_forward(cast):
    draft = draft_charter(cast.tax.at())

    with pytest.raises(RefusalError):
        propose_charter(cast.tax.at(), version_id=draft)


def test_a_proposed_draft_is_seen_by_all(cast, changed):
    propose_charter(cast.tax.at(), version_id=changed)

    assert queries.charter_version(cast.figures.at(), changed).number is None


def test_a_version_comes_into_force_at_its_date(cast, changed):
    propose_charter(cast.tax.at(), version_id=changed)
    begins = NOW + timedelta(days=10)

    number = enact_charter(
        cast.manager.at(), changed, decision=Subject("decisions.decision", "dec_1"), in_force_from=begins
    )

    assert number == 2
    assert queries.charter_in_force(cast.social.at()).number == 1
    assert queries.charter_in_force(cast.social.at(begins)).number == 2
    assert queries.charter_number(cast.social.at(begins), 1).number == 1


def test_a_partner_that_leaves_loses_access_at_the_date(cast):
    draft = draft_charter(cast.tax.at())
    without = CHARTER.format(key="cast").replace("  - key: figures", "  - key: elsewhere")
    replace_charter_draft(cast.tax.at(), version_id=draft, text=without)
    propose_charter(cast.tax.at(), version_id=draft)
    begins = NOW + timedelta(days=10)

    enact_charter(cast.manager.at(), draft, decision=Subject("decisions.decision", "d"), in_force_from=begins)

    assert cast.figures.at(begins - timedelta(minutes=1)).partner
    with pytest.raises(NotFoundError):
        cast.figures.at(begins + timedelta(minutes=1))
    assert "elsewhere" in [partner.key for partner in queries.partners(cast.social.at(begins))]


def test_a_list_that_holds_one_version_holds_the_newest_draft(cast, changed):
    newest = draft_charter(cast.tax.at(NOW + timedelta(minutes=1)))

    assert [line.id for line in queries.charter_versions(cast.tax.at(), limit=1)] == [newest]
    assert [line.id for line in queries.charter_versions(cast.tax.at())][:2] == [newest, changed]
