"""The charter on screen: trying a procedure before one lives under it, and every version to keep."""

import io
import json
import re

import pikepdf
import pytest
from support.cast import CHARTER, NOW, Cast, make_cast
from support.pages import signed_in

from concordia.capabilities.alliances.commands import (
    draft_charter,
    enact_charter,
    propose_charter,
    replace_charter_draft,
)
from concordia.capabilities.alliances.queries import charter_in_force, charter_number
from concordia.domain.charter import load_charter
from concordia.kernel.subject import Subject

pytestmark = pytest.mark.django_db
LIMITED = CHARTER.replace("measures: {{staff: 50, share: 20}}", "competences: [floods]").replace(
    "{{staff: 300, share: 40}}", "{{staff: 300, share: 40}}\n    competences: [floods, costs]"
)


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


def tried(cast: Cast, procedure: str, votes: dict[str, str], *, draft: str = "", role: str = "tax", **more):
    path = f"/a/{cast.key}/charter/procedures/{procedure}/trial/" + (f"?draft={draft}" if draft else "")
    client = signed_in(cast.members[role].user)
    return client.post(path, {**{f"vote-{key}": vote for key, vote in votes.items()}, **more})


def outcome(answer) -> str:
    found = re.search(r'<ol class="explain">.*?<span>(.*?)</span>', answer.content.decode(), re.DOTALL)
    assert found, answer.content.decode()[:2000]
    return found[1]


EVERYBODY = {"tax": "for", "social": "for", "figures": "for"}


def test_imagined_votes_give_an_outcome(cast):
    assert outcome(tried(cast, "strategic", EVERYBODY)) == "Adopted. Entitled to vote: 3."
    assert outcome(tried(cast, "strategic", EVERYBODY | {"tax": "against"})).startswith("Not adopted.")
    assert outcome(tried(cast, "strategic", EVERYBODY | {"tax": "absent"})).startswith("No valid decision")
    assert (
        outcome(tried(cast, "strategic", EVERYBODY | {"tax": "recused"})) == "Adopted. Entitled to vote: 2."
    )


@pytest.fixture
def draft(cast: Cast) -> str:
    """A draft in which one vote in favour is enough, of the tax office alone."""
    found = draft_charter(cast.tax.at(NOW))
    text = CHARTER.format(key=cast.key).replace(
        "rule: {all: [{votes: [for], at_least: 100%, of: all}]}", "rule: {votes: [for], at_least: 1}"
    )
    replace_charter_draft(cast.tax.at(NOW), version_id=found, text=text)
    return found


def test_a_rule_of_a_draft_is_tried_before_anybody_lives_under_it(cast, draft):
    page = signed_in(cast.tax.user).get(f"/a/{cast.key}/charter/drafts/{draft}/").content.decode()
    assert f'/charter/procedures/strategic/trial/?draft={draft}"' in page
    one = {"tax": "for", "social": "against", "figures": "against"}

    assert outcome(tried(cast, "strategic", one, draft=draft)) == "Adopted. Entitled to vote: 3."
    assert outcome(tried(cast, "strategic", one)).startswith("Not adopted.")


def test_a_rule_of_a_draft_is_tried_by_nobody_who_may_not_see_it(cast, draft):
    assert tried(cast, "strategic", EVERYBODY, draft=draft, role="social").status_code == 404
    propose_charter(cast.tax.at(NOW), version_id=draft)
    assert tried(cast, "strategic", EVERYBODY, draft=draft, role="social").status_code == 200


def test_on_which_subjects_a_proposal_is_decides_who_votes_in_a_trial():
    cast = make_cast(charter=LIMITED)
    votes = EVERYBODY | {"figures": "against"}

    assert outcome(tried(cast, "strategic", votes, subjects=["costs"])) == "Adopted. Entitled to vote: 2."
    assert outcome(tried(cast, "strategic", votes, subjects=["floods", "costs"])).startswith("Not adopted.")
    assert tried(cast, "strategic", votes, subjects=["gold"]).status_code == 422


def test_every_version_ever_in_force_is_read_and_kept_without_loss(cast, draft):
    propose_charter(cast.tax.at(NOW), version_id=draft)
    decision = Subject("decisions.decision", "d")
    enact_charter(cast.manager.at(NOW), draft, decision=decision, in_force_from=NOW)
    client = signed_in(cast.social.user)
    assert charter_in_force(cast.social.at(NOW)).number == 2

    for number in (1, 2):
        place = f"/a/{cast.key}/charter/versions/{number}/"
        kept = charter_number(cast.social.at(NOW), number).charter
        assert client.get(place).status_code == 200
        assert load_charter(client.get(f"{place}charter.yaml").content.decode()) == kept
        assert load_charter(json.dumps(client.get(f"{place}charter.json").json())) == kept
        pdf = pikepdf.open(io.BytesIO(client.get(f"{place}charter.pdf").content))
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang)[:2] == "en"
    assert client.get(f"/a/{cast.key}/charter/versions/3/charter.yaml").status_code == 404
    assert client.get(f"/a/{cast.key}/charter/versions/1/charter.exe").status_code == 404
    changed = client.get(f"/a/{cast.key}/charter/versions/2/difference/").content.decode()
    assert "all who may vote are for" in changed
    assert "at least 1 vote for" in changed
