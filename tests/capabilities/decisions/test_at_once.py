"""Two requests of one person at the same moment, as an impatient hand makes them: done once."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from support.cast import NOW
from support.deciding import LATER, a_draft, decided, rich_cast, sent

from concordia.capabilities.decisions.commands import (
    draft_proposal,
    propose_amendment,
    start_new_round,
    write_partner_note,
)
from concordia.capabilities.decisions.models import PartnerNote, Proposal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    if connection.vendor == "sqlite":
        pytest.skip(
            "SQLite lets one write at a time, which kernel/test_sqlite.py shows; this asks PostgreSQL"
        )
    return rich_cast()


def at_once(act: Callable[[], object], times: int = 4) -> list[object]:
    """What an act gave each of several who did it at the same moment."""
    together, found = Barrier(times), []

    def run() -> None:
        try:
            together.wait()
            found.append(act())
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == times
    return found


def test_a_draft_sent_several_times_at_once_is_one_draft(cast):
    access = cast.tax.at()

    assert len(set(at_once(lambda: draft_proposal(access, draft=a_draft())))) == 1
    assert Proposal.objects.unscoped().count() == 1


def test_a_round_begun_several_times_at_once_is_one_round(cast):
    found, access = decided(cast), cast.tax.at(LATER)

    assert len(set(at_once(lambda: start_new_round(access, proposal_id=found.proposal)))) == 1


def test_a_note_sent_several_times_at_once_is_one_note(cast):
    proposal, access = sent(cast), cast.social.at(NOW)

    at_once(lambda: write_partner_note(access, proposal_id=proposal, text="Ask them."))

    assert PartnerNote.objects.unscoped().count() == 1


def test_an_amendment_sent_several_times_at_once_is_one_amendment(cast):
    proposal, access = sent(cast), cast.social.at(NOW)
    values = {"proposal_id": proposal, "paragraph": 0, "text": "Better."}

    assert len(set(at_once(lambda: propose_amendment(access, **values)))) == 1
