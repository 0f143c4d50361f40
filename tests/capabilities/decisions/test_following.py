"""After a decision: the chair says in a sentence what it is, each partner for itself how far it is (C23)."""

from datetime import timedelta

import pytest
from support.deciding import LATER, decided

from concordia.capabilities.decisions import queries
from concordia.capabilities.decisions.commands import report_receipt, write_outcome
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError

pytestmark = pytest.mark.django_db
REVIEW = LATER.date() + timedelta(days=90)


def write(cast, decision, *, by="manager", at=LATER, **changes):
    values = {
        "outcome": "We keep one calendar.",
        "owner_id": cast.social.person,
        "review_date": REVIEW,
    }
    write_outcome(cast.members[by].at(at), decision_id=decision, **(values | changes))


def report(cast, decision, *, by="social", state="started", word="Half way.", at=LATER):
    report_receipt(cast.members[by].at(at), decision_id=decision, state=state, word=word)


def seen(cast, decision, role="figures", at=LATER):
    return queries.decision(cast.members[role].at(at), decision)


def kinds(cast, decision):
    return [entry.kind for entry in seen(cast, decision).entries]


def lamps(cast, decision):
    return {line.partner.key: (line.state, line.word) for line in seen(cast, decision).receipts}


def test_an_outcome_has_a_sentence_an_owner_and_a_day_to_look_back(cast):
    decision = decided(cast).id
    write(cast, decision)

    found = seen(cast, decision)
    assert (found.outcome, found.owner, found.review_date) == (
        "We keep one calendar.",
        "Social of rich",
        REVIEW,
    )
    assert kinds(cast, decision).count("outcome.written") == 1


def test_looking_back_waits_on_its_day_for_who_sees_to_it_and_who_chairs_and_not_for_others(cast):
    write(cast, decided(cast).id)

    def asked(role, day):
        at = LATER + timedelta(days=day)
        return [item.kind for item in queries.waiting(cast.members[role].at(at)) if item.kind == "review"]

    assert [asked(role, 90) for role in ("social", "manager", "tax", "figures", "clerk")] == [
        ["review"],  # sees to it
        ["review"],  # serves the bodies
        ["review"],  # chairs this year
        [],
        [],
    ]
    assert asked("manager", 89) == []


def test_the_same_outcome_twice_is_one_and_another_keeps_both_in_the_register(cast):
    decision = decided(cast).id
    for outcome in ("We keep one.", "We keep one.", "We keep two."):
        write(cast, decision, outcome=outcome)

    assert seen(cast, decision).outcome == "We keep two."
    assert kinds(cast, decision).count("outcome.written") == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"outcome": "  "}, "outcome"),
        ({"outcome": "x" * 2001}, "outcome"),
        ({"owner_id": "per_nobody"}, "owner"),
        ({"review_date": LATER.date()}, "review_date"),
    ],
)
def test_a_faulty_outcome_is_refused_and_nothing_changes(cast, changes, field):
    decision = decided(cast).id

    with pytest.raises(RefusalError) as refused:
        write(cast, decision, **changes)

    assert refused.value.field == field
    assert not seen(cast, decision).outcome
    assert "outcome.written" not in kinds(cast, decision)


def test_only_who_chairs_writes_the_outcome(cast):
    decision = decided(cast).id

    for role in ("social", "clerk"):
        with pytest.raises(NotAllowedError):
            write(cast, decision, by=role)
    write(cast, decision, by="tax")  # chairs this year


def test_an_outsider_finds_no_decision_to_write_or_report_on(cast, other):
    decision = decided(cast).id

    with pytest.raises(NotFoundError):
        write_outcome(
            other.manager.at(LATER),
            decision_id=decision,
            outcome="x",
            owner_id=other.tax.person,
            review_date=None,
        )
    with pytest.raises(NotFoundError):
        report_receipt(other.tax.at(LATER), decision_id=decision, state="done")


def test_a_partner_lights_its_own_lamp_and_no_other(cast):
    decision = decided(cast).id
    report(cast, decision)
    report(cast, decision, state="done", word="In use.")
    report(cast, decision, by="tax", state="adopted", word="")

    assert lamps(cast, decision) == {
        "tax": ("adopted", ""),
        "social": ("done", "In use."),
        "figures": ("waiting", ""),
    }
    social = next(line for line in seen(cast, decision).receipts if line.partner.key == "social")
    assert [(state, word) for state, word, _ in social.earlier] == [("started", "Half way.")]


def test_the_same_word_twice_is_one(cast):
    decision = decided(cast).id
    for _ in range(2):
        report(cast, decision)

    assert kinds(cast, decision).count("receipt.reported") == 1


@pytest.mark.parametrize(("state", "word", "field"), [("ready", "", "state"), ("done", "x" * 1001, "word")])
def test_a_faulty_word_is_refused_and_nothing_changes(cast, state, word, field):
    decision = decided(cast).id

    with pytest.raises(RefusalError) as refused:
        report(cast, decision, state=state, word=word)

    assert refused.value.field == field
    assert lamps(cast, decision)["social"] == ("waiting", "")


def test_what_was_not_adopted_is_not_carried_out(cast):
    decision = decided(cast, votes=("against", "against", "for")).id

    with pytest.raises(RefusalError):
        report(cast, decision)


def test_who_does_not_speak_for_a_partner_reports_nothing(cast):
    decision = decided(cast).id

    for role in ("clerk", "manager"):
        with pytest.raises(NotAllowedError):
            report(cast, decision, by=role)
