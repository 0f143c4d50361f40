"""A draft: begun and changed in private, by whoever puts it forward."""

from dataclasses import replace

import pytest
from support.cast import NOW
from support.deciding import a_draft, decided, drafted, page, sent

from concordia.capabilities.alliances.commands import change_charter_section, draft_charter
from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import change_draft, draft_proposal, propose_amended_charter
from concordia.capabilities.ledger import queries as ledger
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError

pytestmark = pytest.mark.django_db


def test_a_draft_keeps_what_was_written(cast):
    proposal = drafted(cast, title="  One \n calendar ", why="It saves days.", subjects=("costs",))

    found = page(cast, proposal, "tax_coordinator", at=NOW)
    assert (found.title, found.why, found.subjects) == ("One calendar", "It saves days.", ("costs",))
    assert found.paragraphs == ("First.", "Second.")
    assert found.state == "draft"


def test_a_draft_is_in_the_private_log_of_its_partner_only(cast):
    drafted(cast)

    private = ledger.register_page(cast.tax.at(), None, private=True).entries
    shared = ledger.register_page(cast.tax.at(), None).entries
    assert private[0].kind == "proposal.drafted"
    assert "proposal.drafted" not in {entry.kind for entry in shared}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"question": ""}, "question"),
        ({"title": "x" * 201}, "title"),
        ({"procedure": "nowhere"}, "procedure"),
        ({"subjects": ("Not a key",)}, "subjects"),
        ({"amount_cents": -1}, "amount"),
        ({"amount_cents": 2**53}, "amount"),
        ({"text": "\n\n".join(["line"] * 61)}, "text"),
        ({"text": "x" * 60_001}, "text"),
        ({"title": "half \ud800"}, "title"),
        ({"procedure": "majority", "urgent": True, "urgent_reason": "now"}, "urgent"),
        ({"urgent": True, "urgent_reason": " "}, "urgent_reason"),
    ],
)
def test_a_faulty_draft_is_refused_by_field(cast, changes, field):
    with pytest.raises(RefusalError) as refused:
        draft_proposal(cast.tax.at(), draft=replace(a_draft(), **changes))

    assert refused.value.field == field


def test_texts_are_kept_in_one_form(cast):
    proposal = drafted(cast, title="Cafe\u0301\x07", text="a\r\nb\x00")

    found = page(cast, proposal, "tax", at=NOW)
    assert found.title == "Café"
    assert found.paragraphs == ("a\nb",)


def test_a_subject_must_be_one_the_charter_names(cast, db):
    from support.deciding import RICH, rich_cast

    named = RICH.replace(
        "measures: {{staff: 300, share: 40}}", "competences: [costs]\n    measures: {{staff: 300, share: 40}}"
    )
    own = rich_cast("named", named)

    with pytest.raises(RefusalError) as refused:
        drafted(own, subjects=("data",))
    assert "costs" in refused.value.text.in_language("nl")


def test_the_same_draft_sent_twice_is_one_draft(cast):
    assert drafted(cast) == drafted(cast)
    assert drafted(cast) != drafted(cast, why="Another reason.")


def test_an_outsider_drafts_nothing_here(cast, other):
    proposal = draft_proposal(other.tax.at(), draft=a_draft("majority"))

    with pytest.raises(NotFoundError):
        queries.proposal(cast.tax.at(), proposal)


@pytest.mark.parametrize("role", ["social", "figures", "manager"])
def test_a_draft_is_invisible_to_other_partners_and_the_agency(cast, role):
    proposal = drafted(cast)

    with pytest.raises(NotFoundError):
        queries.proposal(cast.members[role].at(), proposal)
    assert queries.proposals(cast.members[role].at()).open == ()


def test_a_draft_of_the_manager_is_their_own(cast):
    proposal = drafted(cast, by="manager")

    assert page(cast, proposal, "manager", at=NOW).own
    with pytest.raises(NotFoundError):
        page(cast, proposal, "tax", at=NOW)


def test_a_colleague_changes_a_draft(cast):
    proposal = drafted(cast)

    change_draft(cast.tax_coordinator.at(), proposal_id=proposal, draft=a_draft(title="Two calendars"))

    assert page(cast, proposal, "tax", at=NOW).title == "Two calendars"


def test_a_faulty_change_leaves_the_draft_as_it_was(cast):
    proposal = drafted(cast)

    with pytest.raises(RefusalError):
        change_draft(cast.tax.at(), proposal_id=proposal, draft=a_draft(title=""))
    assert page(cast, proposal, "tax", at=NOW).title == "One calendar"


def test_a_sent_proposal_changes_no_more(cast):
    proposal = sent(cast)

    with pytest.raises(RefusalError):
        change_draft(cast.tax.at(), proposal_id=proposal, draft=a_draft())


@pytest.mark.parametrize("role", ["social", "manager"])
def test_nobody_else_changes_a_draft(cast, role):
    proposal = drafted(cast)

    with pytest.raises(NotFoundError):
        change_draft(cast.members[role].at(), proposal_id=proposal, draft=a_draft())


def test_another_partner_cannot_change_what_was_sent(cast):
    proposal = sent(cast)

    with pytest.raises(NotFoundError):
        change_draft(cast.social.at(), proposal_id=proposal, draft=a_draft())


def test_an_outsider_cannot_change_a_draft(cast, other):
    with pytest.raises(NotFoundError):
        change_draft(other.tax.at(), proposal_id=drafted(cast), draft=a_draft())


def test_only_a_decision_that_holds_can_be_replaced(cast):
    adopted, rejected = decided(cast), decided(cast, votes=("against",) * 3, title="No")

    assert drafted(cast, replaces=adopted.id)
    with pytest.raises(RefusalError):
        drafted(cast, replaces=rejected.id, title="Other")


@pytest.fixture
def charter_draft(cast):
    draft = draft_charter(cast.tax.at())
    change_charter_section(
        cast.tax.at(),
        version_id=draft,
        section="evaluation",
        text="evaluation: {every: P3M, smallest_group: 5}",
    )
    return draft


def test_a_charter_is_proposed_under_its_amendment_procedure(cast, charter_draft):
    proposal = propose_amended_charter(cast.tax.at(), version_id=charter_draft)

    found = page(cast, proposal, "tax", at=NOW)
    assert (found.procedure.key, found.subject.id) == ("strategic", charter_draft)
    assert propose_amended_charter(cast.tax.at(), version_id=charter_draft) == proposal


def test_a_charter_cannot_change_under_an_easier_procedure(cast, charter_draft):
    proposal = propose_amended_charter(cast.tax.at(), version_id=charter_draft)

    with pytest.raises(RefusalError) as refused:
        change_draft(cast.tax.at(), proposal_id=proposal, draft=a_draft("consent"))
    assert refused.value.field == "procedure"


def test_a_charter_draft_of_another_partner_is_not_to_be_proposed(cast, charter_draft):
    with pytest.raises(NotFoundError):
        propose_amended_charter(cast.social.at(), version_id=charter_draft)


def test_a_charter_in_force_is_not_to_be_proposed(cast):
    from concordia.capabilities.alliances.queries import charter_in_force

    with pytest.raises(NotFoundError):
        propose_amended_charter(cast.tax.at(), version_id=charter_in_force(cast.tax.at()).id)


def test_a_professional_may_draft_but_not_for_another(cast):
    assert draft_proposal(cast.clerk.at(), draft=a_draft())


def test_who_has_no_right_to_propose_is_told_so(cast):
    from dataclasses import replace as changed

    with pytest.raises(NotAllowedError):
        draft_proposal(changed(cast.tax.at(), permissions=frozenset()), draft=a_draft())
