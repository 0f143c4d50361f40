"""Today tells every kind of thing that can wait, in words."""

import re
from pathlib import Path

import pytest
from support.cast import make_cast
from support.deciding import decided, opened, sent
from support.pages import signed_in

from concordia.capabilities.alliances.models import Person
from concordia.capabilities.decisions.commands import propose_amendment
from concordia.capabilities.decisions.queries.waiting import KINDS
from concordia.capabilities.ledger.commands import stop_log
from concordia.capabilities.ledger.facts import BEHIND
from concordia.capabilities.ledger.models import Log

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


@pytest.mark.django_db
def test_what_waits_tells_how_long_it_takes_to_read() -> None:
    cast = make_cast()
    opened(cast, title="Short")
    opened(cast, title="Long", text="word " * 1000)

    page = signed_in(cast.tax.user).get(f"/a/{cast.key}/").content.decode()

    assert re.search(r"Short</a>.*?Vote · [\d-]+ · 1 minute to read<", page, re.DOTALL)
    assert re.search(r"Long</a>.*?Vote · [\d-]+ · 5 minutes to read<", page, re.DOTALL)


@pytest.mark.django_db
def test_who_founded_an_alliance_is_led_to_inviting_the_other_partners() -> None:
    cast = make_cast()
    Person.objects.unscoped().filter(partner_id=cast.social.at().partner).update(account_id="")

    board = signed_in(cast.tax.user).get(f"/a/{cast.key}/").content.decode()
    clerk = signed_in(cast.members["clerk"].user).get(f"/a/{cast.key}/").content.decode()

    asked = "Invite the first person of every partner"
    assert re.search(
        rf'href="/a/{cast.key}/people/">{asked}</a>.*?Nobody is there now of Social security<',
        board,
        re.DOTALL,
    )
    assert "Nothing waits for you" not in board
    assert asked not in clerk


@pytest.mark.django_db
def test_a_register_that_stands_still_is_not_said_to_be_verified() -> None:
    cast = make_cast()
    log = Log.objects.unscoped().get(owner_id=cast.tax.at().require_alliance())
    board = signed_in(cast.tax.user)
    assert "Not yet verified by any partner itself." in board.get(f"/a/{cast.key}/").content.decode()

    stop_log(log.id, BEHIND, 9)

    page = board.get(f"/a/{cast.key}/").content.decode()
    assert "The register stands still." in page
    assert "verified by any partner" not in page
