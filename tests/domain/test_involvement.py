"""No partner is confronted with a decision: the gate opens on answers, waivers, or the end of the period."""

from datetime import UTC, datetime, timedelta

import pytest
from support.rolls import procedure

from concordia.domain.involvement import Gate, Involved, gate, minimum_period

SENT = datetime(2026, 6, 1, 10, tzinfo=UTC)
RULE = "{votes: [for], at_least: 1}"
USUAL = procedure(RULE, involve={"at_least": "P14D"}, urgency={"at_least": "PT48H"})


def after(days: float, *partners: Involved, urgent: bool = False, rules=USUAL) -> Gate:
    now = SENT + timedelta(days=days)
    return gate(rules, partners, sent_at=SENT, now=now, urgent=urgent)


def test_nothing_opens_before_the_papers_are_sent():
    found = gate(USUAL, [Involved("a", SENT)], sent_at=None, now=SENT + timedelta(days=99))
    assert not found.open
    assert found.until is None


def test_the_gate_names_who_is_still_to_answer_and_until_when():
    found = after(3, Involved("a", SENT), Involved("b"), Involved("c"))
    assert (found.open, found.waiting_for) == (False, ("b", "c"))
    assert found.until == SENT + timedelta(days=14)


def test_answers_and_waivers_of_all_open_the_gate_before_the_end():
    assert after(1, Involved("a", answered_at=SENT), Involved("b", waived_at=SENT)).open


def test_one_partner_that_waives_opens_nothing_for_another():
    found = after(1, Involved("a", waived_at=SENT), Involved("b"))
    assert (found.open, found.waiting_for) == (False, ("b",))


@pytest.mark.parametrize(("days", "opened"), [(13.999, False), (14, True), (15, True)])
def test_the_end_of_the_period_opens_the_gate_to_the_minute(days, opened):
    found = after(days, Involved("a"))
    assert (found.open, found.waiting_for) == (opened, ("a",))


@pytest.mark.parametrize(
    ("days", "urgent", "opened"), [(2, True, True), (1.9, True, False), (2, False, False)]
)
def test_urgency_shortens_the_period_where_the_charter_allows_it(days, urgent, opened):
    assert after(days, Involved("a"), urgent=urgent).open is opened


def test_urgency_shortens_nothing_where_the_charter_does_not_allow_it():
    slow = procedure(RULE, involve={"at_least": "P14D"})
    assert str(minimum_period(slow, urgent=True)) == "P14D"
    assert not after(2, Involved("a"), urgent=True, rules=slow).open


def test_a_procedure_without_involvement_asks_for_no_period():
    found = after(0, Involved("a"), rules=procedure(RULE))
    assert (found.open, found.until, found.waiting_for) == (True, None, ("a",))


@pytest.mark.parametrize("partners", [(Involved("a"),), (Involved("a", SENT),)])
def test_the_reason_is_there_in_both_languages(partners):
    reason = after(1, *partners).reason.plain()
    assert set(reason) == {"nl", "en"}
    assert reason["nl"] != reason["en"]
