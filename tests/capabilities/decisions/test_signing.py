"""A vote signed with the voter's own passkey: recorded so that whoever has the bundle verifies it."""

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import transaction
from support.cast import NOW, Member
from support.deciding import LATER, card, close, opened, vote
from support.softkey import PRESENT, SoftKey

from concordia.capabilities.accounts import commands as accounts
from concordia.capabilities.accounts.queries import keys
from concordia.capabilities.alliances.commands import end_appointment, erase_person
from concordia.capabilities.alliances.models import Partner, PersonKey
from concordia.capabilities.decisions.commands import cast_ballot, grant_proxy, vote_to_sign
from concordia.capabilities.decisions.models import Ballot
from concordia.capabilities.decisions.queries.bundle import partner_bundle
from concordia.capabilities.ledger import queries as ledger
from concordia.capabilities.ledger.commands import publish
from concordia.capabilities.ledger.models import Leaf
from concordia.kernel.access import Access
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError, StepUpError
from concordia.verifier import verify

pytestmark = pytest.mark.django_db
ORIGIN = "https://concordia.example"


@pytest.fixture(autouse=True)
def address(settings) -> None:
    settings.PUBLIC_URL = ORIGIN


def key_of(member: Member, name: str = "") -> SoftKey:
    """A passkey that a person of the cast has added."""
    key = SoftKey(ORIGIN, "concordia.example")
    access = Access(NOW, user=member.user, recent=True)
    ceremony = accounts.begin_adding(access)
    accounts.add_passkey(access, accounts.NewPasskey(ceremony.state, key.create(ceremony.options), name))
    return key


def asked(access: Access, proposal: str, choice: str = "for", **more) -> dict:
    """What the browser is asked to sign for a vote."""
    return accounts.begin_signing(
        access, vote_to_sign(access, proposal_id=proposal, choice=choice, **more)
    ).options


def signed(member: Member, key: SoftKey, proposal: str, choice: str = "for", *, at=LATER, **more):
    """Sign a vote and cast it, in a session that proved nothing lately."""
    access = member.at(at, recent=False)
    answer = key.get(asked(access, proposal, choice, **more))
    return cast_ballot(access, proposal_id=proposal, choice=choice, answer=answer, **more)


def report_of(cast, folder, role="figures"):
    """What the verifier says of the bundle of a partner."""
    access = cast.members[role].at(LATER)
    publish(ledger.log_of(access).id, LATER)
    out = BytesIO()
    partner_bundle(access, out)
    path = folder / "bundle.zip"
    path.write_bytes(out.getvalue())
    return verify(path)


def test_a_signed_vote_counts_and_is_its_own_proof_of_who_one_is(cast):
    proposal = opened(cast)
    receipt = signed(cast.tax, key_of(cast.tax), proposal)

    found = card(cast, proposal, "tax")
    assert (found.choice, found.signed, found.entry) == ("for", True, receipt.entry)


def test_every_partner_verifies_it_from_its_own_bundle(cast, tmp_path):
    proposal = opened(cast)
    signed(cast.tax, key_of(cast.tax), proposal)
    vote(cast, "social", proposal)

    report = report_of(cast, tmp_path)

    assert report.intact, report.first
    assert report.logs[0].signed_votes == 1
    assert [key.person for key in report.logs[0].voter_keys] == ["Tax of rich"]


def test_the_fingerprint_in_the_register_is_the_one_the_person_sees(cast, tmp_path):
    key = key_of(cast.tax)
    signed(cast.tax, key, opened(cast))

    shown = keys(Access(NOW, user=cast.tax.user)).passkeys[0].fingerprint

    assert [line.fingerprint for line in report_of(cast, tmp_path).logs[0].voter_keys] == [shown]


def test_a_key_is_recorded_once_before_the_first_vote_it_signs(cast):
    key = key_of(cast.tax)
    first, second = opened(cast), opened(cast)
    signed(cast.tax, key, first)
    signed(cast.tax, key, second)

    kinds = list(Leaf.objects.order_by("n").values_list("kind", flat=True))
    assert kinds.count("key.recorded") == 1
    assert kinds.index("key.recorded") < kinds.index("ballot.cast")


def test_a_key_is_recorded_anew_for_a_partner_that_joined_since(cast, tmp_path):
    key = key_of(cast.tax)
    signed(cast.tax, key, opened(cast))
    Partner.objects.unscoped().filter(key="figures").update(joined_at=LATER + timedelta(minutes=1))
    signed(cast.tax, key, opened(cast), at=LATER + timedelta(minutes=2))

    kinds = list(Leaf.objects.values_list("kind", flat=True))
    assert kinds.count("key.recorded") == 2
    assert PersonKey.objects.unscoped().count() == 1
    assert report_of(cast, tmp_path, "social").logs[0].signed_votes == 2


def test_a_second_key_of_the_same_person_is_recorded_too(cast, tmp_path):
    one, two = key_of(cast.tax, "telefoon"), key_of(cast.tax, "laptop")
    signed(cast.tax, one, opened(cast))
    signed(cast.tax, two, opened(cast))

    assert len(report_of(cast, tmp_path).logs[0].voter_keys) == 2


def test_a_vote_is_changed_by_signing_another(cast, tmp_path):
    key, proposal = key_of(cast.tax), opened(cast)
    signed(cast.tax, key, proposal)
    signed(cast.tax, key, proposal, "block", reason="Wait for the auditor.\nThen again.")

    assert card(cast, proposal, "tax").choice == "block"
    report = report_of(cast, tmp_path)
    assert (report.intact, report.logs[0].signed_votes) == (True, 2)


def test_the_same_answer_sent_twice_counts_once(cast):
    key, proposal = key_of(cast.tax), opened(cast)
    access = cast.tax.at(LATER, recent=False)
    answer = key.get(asked(access, proposal))
    receipts = [cast_ballot(access, proposal_id=proposal, choice="for", answer=answer) for _ in range(3)]

    assert len(set(receipts)) == 1
    assert Ballot.objects.unscoped().count() == 1


def test_a_vote_without_a_signature_can_be_signed_afterwards_and_stays_signed(cast):
    key, proposal = key_of(cast.tax), opened(cast)
    vote(cast, "tax", proposal)
    signed(cast.tax, key, proposal)
    vote(cast, "tax", proposal)

    assert card(cast, proposal, "tax").signed
    assert Ballot.objects.unscoped().count() == 2


def test_a_signature_for_one_vote_casts_no_other(cast):
    key, proposal = key_of(cast.tax), opened(cast)
    access = cast.tax.at(LATER)
    answer = key.get(asked(access, proposal, "for"))

    for choice, reason in (("against", ""), ("for", "And a reason.")):
        with pytest.raises(RefusalError) as refused, transaction.atomic():
            cast_ballot(access, proposal_id=proposal, choice=choice, reason=reason, answer=answer)
        assert "not recorded yet" in refused.value.text.in_language("en")
    assert not Ballot.objects.unscoped().exists()
    assert not PersonKey.objects.unscoped().exists()
    assert not Leaf.objects.filter(kind="key.recorded").exists()


@pytest.mark.parametrize(
    "lies",
    [
        {"flags": PRESENT},
        {"origin": "https://evil.example"},
        {"kind": "webauthn.create"},
        {"challenge": "AAAA"},
    ],
)
def test_an_answer_that_is_no_proof_is_refused_and_nothing_kept(cast, lies):
    key, proposal = key_of(cast.tax), opened(cast)
    access = cast.tax.at(LATER)

    with pytest.raises(RefusalError), transaction.atomic():
        cast_ballot(
            access, proposal_id=proposal, choice="for", answer=key.get(asked(access, proposal), **lies)
        )

    assert not Ballot.objects.unscoped().exists()


@pytest.mark.parametrize(
    "answer", [{}, {"id": 1}, {"response": None}, {"id": "x", "response": {"userHandle": []}}]
)
def test_an_answer_that_cannot_be_read_is_refused_and_never_a_vote(cast, answer):
    key_of(cast.tax)
    proposal = opened(cast)

    with pytest.raises(RefusalError), transaction.atomic():
        cast_ballot(cast.tax.at(LATER), proposal_id=proposal, choice="for", answer=answer)

    assert not Ballot.objects.unscoped().exists()


def test_the_key_of_a_colleague_signs_nothing(cast):
    theirs, proposal = key_of(cast.social), opened(cast)
    key_of(cast.tax)
    access = cast.tax.at(LATER)

    with pytest.raises(RefusalError), transaction.atomic():
        cast_ballot(access, proposal_id=proposal, choice="for", answer=theirs.get(asked(access, proposal)))


def test_who_has_no_passkey_is_told_what_to_do(cast):
    proposal = opened(cast)

    with pytest.raises(RefusalError) as refused:
        asked(cast.tax.at(LATER), proposal)
    assert "Mijn sleutels" in refused.value.text.in_language("nl")


def test_what_a_vote_would_be_refused_for_is_refused_before_anything_is_signed(cast):
    key_of(cast.tax)
    proposal = opened(cast, "consent")

    with pytest.raises(RefusalError):
        asked(cast.tax.at(LATER), proposal, "block")
    with pytest.raises(RefusalError):
        asked(cast.tax.at(LATER), proposal, "yes")
    close(cast, proposal)
    with pytest.raises(RefusalError):
        asked(cast.tax.at(LATER), proposal)


def test_who_has_no_vote_has_nothing_to_sign(cast):
    proposal = opened(cast)

    with pytest.raises(NotAllowedError):
        vote_to_sign(cast.clerk.at(LATER), proposal_id=proposal, choice="for")
    with pytest.raises(NotFoundError):
        vote_to_sign(replace(cast.tax.at(LATER), alliance="all_other"), proposal_id=proposal, choice="for")


def test_asking_what_to_sign_keeps_nothing(cast):
    key_of(cast.tax)
    proposal = opened(cast)
    before = Leaf.objects.count()

    asked(cast.tax.at(LATER), proposal)

    assert Leaf.objects.count() == before
    assert not Ballot.objects.unscoped().exists()


def test_without_a_signature_a_stale_session_is_asked_first(cast):
    with pytest.raises(StepUpError):
        cast_ballot(cast.tax.at(LATER, recent=False), proposal_id=opened(cast), choice="for")


def test_the_decision_tells_which_votes_were_signed(cast):
    proposal = opened(cast)
    signed(cast.tax, key_of(cast.tax), proposal)
    vote(cast, "social", proposal)

    tally = close(cast, proposal).tally

    assert {str(line.partner): line.signed for line in tally} == {
        "tax": True,
        "social": False,
        "figures": False,
    }


def test_a_proxy_signs_with_the_key_of_who_votes(cast, tmp_path):
    proposal = opened(cast)
    grant_proxy(cast.social.at(LATER), proposal_id=proposal, to=cast.tax.person)
    signed(cast.tax, key_of(cast.tax), proposal, voter="social")

    assert card(cast, proposal, "social").signed
    report = report_of(cast, tmp_path)
    assert (report.intact, report.logs[0].signed_votes) == (True, 1)


def test_a_mandate_that_ended_between_signing_and_sending_is_refused(cast):
    key, proposal = key_of(cast.tax), opened(cast)
    access = cast.tax.at(LATER)
    answer = key.get(asked(access, proposal))
    end_appointment(access, appointment_id=cast.tax.appointment)

    with pytest.raises((RefusalError, NotAllowedError, NotFoundError)), transaction.atomic():
        cast_ballot(cast.tax.at(LATER), proposal_id=proposal, choice="for", answer=answer)


def test_who_is_erased_leaves_the_vote_and_every_proof_but_not_the_key(cast, tmp_path):
    key, proposal = key_of(cast.tax), opened(cast)
    signed(cast.tax, key, proposal)
    erase_person(cast.tax.at(LATER), person_id=cast.tax.person, ground="Op verzoek")

    report = report_of(cast, tmp_path)

    assert report.intact, report.first
    assert (report.logs[0].signed_votes, report.logs[0].unchecked_votes) == (0, 1)
    assert report.logs[0].voter_keys == []
    assert not PersonKey.objects.unscoped().exists()


def test_the_register_shows_what_was_signed(cast):
    proposal = opened(cast)
    entry = signed(cast.tax, key_of(cast.tax), proposal).entry

    values = ledger.entry(cast.social.at(LATER), entry).values

    assert json.loads(values["assertion"])["key"] == entry - 1
    assert (
        json.loads(ledger.entry(cast.social.at(LATER), entry - 1).values["public-key"])["person"]
        == cast.tax.person
    )
