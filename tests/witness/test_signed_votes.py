"""Votes that their voters signed, in whole bundles: what a host forges with its own keys is still refused."""

import hashlib
from pathlib import Path

import pytest
from support.bundles import Partner, here, run_alone
from support.pens import KINDS, Pen
from support.registers import Log, bundle_of

from concordia.domain.canonical import canonical_json
from concordia.verifier import verify

CAST = {"kind": "ballot.cast", "obj": "pro_a"}


def said(log: Log, rev: int = 1, choice: str = "for", **more: object) -> str:
    """What a vote of the east says."""
    body = {"log": log.origin, "decision": "pro_a", "rev": rev, "voter": "oost", "choice": choice}
    return canonical_json(body | more).decode()


def record_key(log: Log, pen: Pen) -> int:
    """Record a key; its entry."""
    values = {
        "public-key": pen.key.to_json(),
        "person": "Bestuurslid",
        "subjects": '{"person":"per_one","public-key":"per_one"}',
    }
    return log.record(values, kind="key.recorded", obj=f"key_{len(log.tree.entries)}").n


def record_vote(log: Log, vote: str, assertion: str = "", **changes: object) -> None:
    """Record a vote, by the person the pens belong to unless told otherwise."""
    extra = {name: changes.pop(name) for name in ("reason",) if name in changes}
    subjects = changes.pop("subjects", '{"person":"per_one"}')
    values = {"vote": vote, "person": "Bestuurslid", "how": "mandate", "subjects": subjects, **extra}
    if assertion:
        values["assertion"] = assertion
    log.record(values, **(CAST | changes))


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def partner(tmp_path: Path, log: Log) -> Partner:
    return Partner(tmp_path).pin(log)


def verdicts(log: Log, partner: Partner) -> tuple[int, bool, str]:
    """The witness's status, whether the host's verifier finds it intact, and what the witness said."""
    answer = partner.check(log)
    path = Path(partner.write("again.zip", bundle_of(log)))
    report = verify(path)
    assert not report.failures or {failure.kind for failure in report.failures} == {"signature"}
    return answer.status, report.intact, answer.out + answer.err


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_vote_is_verified_with_the_key_that_the_log_recorded(log, partner, kind):
    pen = Pen(kind)
    at = record_key(log, pen)
    vote = said(log)
    record_vote(log, vote, pen.sign(vote, at).to_json())

    status, intact, told = verdicts(log, partner)

    assert (status, intact) == (0, True)
    assert "a signature of the voter's own, which holds: 1" in told
    assert f"{at}: Bestuurslid, {pen.key.fingerprint}" in told


def test_votes_without_a_signature_are_not_spoken_of(log, partner):
    record_vote(log, said(log))

    status, intact, told = verdicts(log, partner)

    assert (status, intact) == (0, True)
    assert "signature of the voter" not in told


def test_a_host_that_changes_a_signed_vote_in_a_log_of_its_own_making_is_caught(log, partner):
    pen = Pen()
    at = record_key(log, pen)
    assertion = pen.sign(said(log, choice="against"), at).to_json()
    record_vote(log, said(log, choice="for"), assertion)

    status, intact, told = verdicts(log, partner)

    assert (status, intact) == (1, False)
    assert "Entry 1: The signature is of something other than this vote." in told


FORGERIES = {
    "a vote of another decision": ({"obj": "pro_b"}, "belongs to another entry"),
    "a vote of another round": ({"rev": 2}, "belongs to another entry"),
    "another person's": ({"subjects": '{"person":"per_two"}'}, "by another person"),
    "nobody's": ({"subjects": "{}"}, "by another person"),
    "with a reason that was not signed": ({"reason": "Because."}, "reason is another"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_signature_is_good_for_one_vote_of_one_person_in_one_place(log, partner, forgery):
    changes, why = FORGERIES[forgery]
    pen = Pen()
    at = record_key(log, pen)
    vote = said(log)
    record_vote(log, vote, pen.sign(vote, at).to_json(), **changes)

    status, intact, told = verdicts(log, partner)

    assert (status, intact) == (1, False)
    assert why in told


@pytest.mark.parametrize(("reason", "intact"), [("Too soon.", True), ("Never.", False)])
def test_a_reason_is_signed_with_the_vote(log, partner, reason, intact):
    pen = Pen()
    at = record_key(log, pen)
    vote = said(log, **{"reason-hash": hashlib.sha256(b"Too soon.").hexdigest()})
    record_vote(log, vote, pen.sign(vote, at).to_json(), reason=reason)

    found = verdicts(log, partner)

    assert found[1] is intact
    assert ("reason is another" in found[2]) is not intact


def test_an_earlier_signed_vote_cannot_be_put_back_over_a_later_one(log, partner):
    pen = Pen()
    at = record_key(log, pen)
    first, second = said(log, 1, "for"), said(log, 2, "against")
    record_vote(log, first, pen.sign(first, at).to_json())
    record_vote(log, second, pen.sign(second, at).to_json(), rev=2, prev=1)
    assert verdicts(log, partner)[:2] == (0, True)

    record_vote(log, first, pen.sign(first, at).to_json(), rev=1, prev=2)

    status, intact, told = verdicts(log, partner)
    assert (status, intact) == (1, False)
    assert "had signed a later vote" in told


def test_a_signature_that_names_no_key_or_a_later_one_is_refused(log, partner):
    pen = Pen()
    vote = said(log)
    record_vote(log, vote, pen.sign(vote, 1).to_json())
    record_key(log, pen)

    status, intact, told = verdicts(log, partner)

    assert (status, intact) == (1, False)
    assert "names no key that was recorded before" in told


def test_a_partner_that_may_not_open_the_key_is_told_and_calls_nothing_wrong(log, partner):
    """Whoever joined after the key was recorded is not among its parties."""
    pen = Pen()
    values = {
        "public-key": pen.key.to_json(),
        "person": "Bestuurslid",
        "subjects": '{"person":"per_one","public-key":"per_one"}',
    }
    at = log.record(values, kind="key.recorded", obj="key_a", audience=("org_noord",)).n
    log.openings = []
    vote = said(log)
    record_vote(log, vote, pen.sign(vote, at).to_json())

    status, intact, told = verdicts(log, partner)

    assert (status, intact) == (0, True)
    assert "Signed, but not to be checked here: 1" in told


def test_what_was_erased_or_is_held_back_is_told_and_not_called_wrong(log, partner):
    pen = Pen()
    at = record_key(log, pen)
    vote = said(log)
    record_vote(log, vote, pen.sign(vote, at).to_json())
    log.openings = [one for one in log.openings if one.field not in ("public-key", "assertion")]

    status, intact, told = verdicts(log, partner)

    assert (status, intact) == (0, True)
    assert "Signed, but not to be checked here: 1" in told


def test_the_file_alone_verifies_signed_votes_without_any_package(log, partner):
    """The standard library has no such signatures: the witness brings its own arithmetic."""
    for kind in KINDS:
        pen = Pen(kind, person=f"per_{kind.lower()}")
        at = record_key(log, pen)
        vote = said(log, decision=f"pro_{kind.lower()}")
        subjects = canonical_json({"person": pen.person}).decode()
        record_vote(log, vote, pen.sign(vote, at).to_json(), subjects=subjects, obj=f"pro_{kind.lower()}")
    path = partner.write("bundle.zip", bundle_of(log))

    answer = run_alone(here(), "--state", str(partner.home), "check", path)

    assert answer.status == 0, answer.err
    assert "which holds: 3" in answer.out
