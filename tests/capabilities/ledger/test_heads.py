"""Every week the shared log binds the heads of private logs, alike for the busy and the idle."""

from datetime import timedelta

from support.house import NOW, House

from concordia.capabilities.ledger.commands import commit_heads, heads_due
from concordia.capabilities.ledger.queries import entry, register_page
from concordia.capabilities.ledger.queries.tree import stored_root
from concordia.domain.checkpoint import Checkpoint, parse_body
from concordia.domain.merkle import EMPTY_ROOT
from concordia.ops.publishing import publish_due

NEXT_WEEK = NOW + timedelta(days=7)


def test_a_head_is_due_from_monday_on(house: House) -> None:
    sunday = NOW + timedelta(days=6, hours=13)
    assert heads_due(sunday) == []
    assert heads_due(NEXT_WEEK - timedelta(hours=10)) == [house.alliance]


def test_each_private_log_gets_one_entry_also_when_nothing_happened(house: House) -> None:
    house.record(private_to="tax")
    assert commit_heads(house.alliance, NEXT_WEEK) == 3
    lines = register_page(house.access(None)).entries
    assert [(line.kind, line.org) for line in lines] == [("head.committed", house.alliance)] * 3
    assert {line.obj for line in lines} == {house.private(key).id for key in house.partners}


def test_entries_of_the_busy_and_the_idle_differ_in_nothing_but_names(house: House) -> None:
    for _ in range(9):
        house.record(private_to="tax")
    commit_heads(house.alliance, NEXT_WEEK)
    from concordia.capabilities.ledger.queries.tree import entries_between

    assert len({len(data) for data in entries_between(house.log, 0, 3)}) == 1


def head_of(house: House, partner: str) -> tuple[int, Checkpoint]:
    """The number of the newest head of a partner's private log, and what it says."""
    identifier = house.private(partner).id
    n = max(line.n for line in register_page(house.access(partner)).entries if line.obj == identifier)
    head = entry(house.access(partner), n).values["head"]
    assert head is not None
    return n, parse_body(head)


def test_only_the_partner_reads_its_head(house: House) -> None:
    house.record(private_to="tax")
    publish_due(NEXT_WEEK)
    private = house.private("tax")
    n, told = head_of(house, "tax")
    assert (told.origin, told.size, told.root) == (private.origin, 1, stored_root(private, 1))
    assert entry(house.access("social"), n).values == {}


def test_a_head_binds_only_what_was_signed(house: House) -> None:
    house.record(private_to="tax")
    publish_due(NOW)
    house.record(private_to="tax")
    commit_heads(house.alliance, NEXT_WEEK)
    assert head_of(house, "tax")[1].size == 1
    _, told = head_of(house, "social")
    assert (told.size, told.root) == (0, EMPTY_ROOT)


def test_a_week_has_one_beat(house: House) -> None:
    assert commit_heads(house.alliance, NEXT_WEEK) == 3
    assert commit_heads(house.alliance, NEXT_WEEK + timedelta(days=6)) == 0
    assert heads_due(NEXT_WEEK + timedelta(days=6)) == []
    assert heads_due(NEXT_WEEK + timedelta(days=7)) == [house.alliance]


def test_due_work_commits_heads_and_signs_them(house: House) -> None:
    assert publish_due(NEXT_WEEK) == 1
    assert house.log.size == 3
    assert publish_due(NEXT_WEEK) == 0
