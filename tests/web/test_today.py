"""Today tells every kind of thing that can wait, in words."""

from pathlib import Path

import pytest
from support.cast import make_cast
from support.deciding import decided, opened, sent
from support.pages import signed_in

from concordia.capabilities.decisions.commands import propose_amendment
from concordia.capabilities.decisions.queries.waiting import KINDS

TEMPLATE = Path(__file__).resolve().parents[2] / "src/concordia/web/home/templates/home/today.html"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_can_wait_has_words(kind: str) -> None:
    assert f'"{kind}": (t(' in TEMPLATE.read_text(encoding="utf-8")


@pytest.mark.django_db
def test_what_waits_is_a_list_with_what_to_do(client) -> None:
    cast = make_cast()
    waiting = sent(cast, title="Under amendment")
    propose_amendment(cast.social.at(), proposal_id=waiting, paragraph=0, text="Other words.", reason="")
    opened(cast, title="To vote on")
    decided(cast, title="To carry out")

    page = signed_in(cast.tax.user).get(f"/a/{cast.key}/").content.decode()

    for title in ("Under amendment", "To vote on", "To carry out"):
        assert title in page
    assert "Beslis over een amendement" in page or "Settle an amendment" in page
