"""A log that grew is signed once for each size, whatever happens in between (trust.md T-A5)."""

import sys
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings
from support.house import NOW, House

from concordia.capabilities.ledger.commands import append, publish, unpublished_logs
from concordia.capabilities.ledger.models import Checkpoint
from concordia.capabilities.ledger.queries.tree import stored_root
from concordia.domain.checkpoint import verify_checkpoint
from concordia.domain.notes import VerifierKey
from concordia.kernel import signing
from concordia.kernel.errors import RefusalError
from concordia.kernel.signing import SigningError
from concordia.ops.publishing import publish_due

LATER = NOW + timedelta(minutes=1)


def test_a_checkpoint_says_size_and_root_and_is_signed_twice(house: House) -> None:
    house.fill(5)
    checkpoint = publish(house.log.id, NOW)
    assert checkpoint is not None
    keys = [VerifierKey.parse(key) for key in house.log.vkeys.split()]
    verified = verify_checkpoint(bytes(checkpoint.note), keys)
    assert (verified.checkpoint.size, verified.checkpoint.origin) == (5, house.log.origin)
    assert verified.checkpoint.root == stored_root(house.log, 5)
    assert len(verified.signed) == 2


def test_publishing_again_gives_the_same_note_and_asks_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.fill(2)
    first = publish(house.log.id, NOW)
    monkeypatch.setattr(signing, "sign", None)
    again = publish(house.log.id, LATER)
    assert first is not None
    assert again is not None
    assert (again.id, bytes(again.note)) == (first.id, bytes(first.note))


def test_a_log_that_grew_is_signed_with_a_proof_from_before(house: House) -> None:
    for size in (1, 4, 9):
        house.fill(size - house.log.size)
        publish(house.log.id, NOW)
    assert signing.mark(house.log.origin)[0] == 9
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [1, 4, 9]


def test_an_empty_log_has_nothing_to_sign(house: House) -> None:
    assert publish(house.log.id, NOW) is None
    assert unpublished_logs() == []


def test_what_grew_is_due_until_it_is_signed(house: House) -> None:
    house.fill(2)
    house.record(private_to="tax")
    assert set(unpublished_logs()) == {house.log.id, house.private("tax").id}
    publish(house.log.id, NOW)
    assert unpublished_logs() == [house.private("tax").id]
    house.record()
    assert set(unpublished_logs()) == {house.log.id, house.private("tax").id}


def test_a_signer_killed_before_its_answer_was_kept_repeats_it(house: House) -> None:
    house.fill(3)
    root = stored_root(house.log, 3)
    note = signing.sign(house.log.origin, 3, root, [], NOW)
    checkpoint = publish(house.log.id, LATER)
    assert checkpoint is not None
    assert bytes(checkpoint.note) == note


def test_a_log_that_grew_after_such_a_kill_goes_on_from_the_mark(house: House) -> None:
    house.fill(3)
    signing.sign(house.log.origin, 3, stored_root(house.log, 3), [], NOW)
    house.fill(4)
    checkpoint = publish(house.log.id, LATER)
    assert checkpoint is not None
    assert checkpoint.size == 7


def test_a_signer_that_does_not_answer_leaves_the_row_for_the_next_try(
    house: House, settings: Settings
) -> None:
    house.fill(2)
    settings.SIGNER_COMMAND = f"{sys.executable} -c raise(SystemExit(3))"
    with pytest.raises(SigningError):
        publish(house.log.id, NOW)
    assert unpublished_logs() == [house.log.id]
    settings.SIGNER_COMMAND = ""
    checkpoint = publish(house.log.id, LATER)
    assert checkpoint is not None
    assert checkpoint.note


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let somebody else do something just before the signer is asked the first time."""
    sign, acts = signing.sign, [act]

    def slow_sign(*arguments: object) -> bytes:
        while acts:
            acts.pop()()
        return sign(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(signing, "sign", slow_sign)


def test_of_two_that_publish_at_once_the_slower_gets_the_same_note(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.fill(2)
    notes: list[bytes] = []
    meanwhile(monkeypatch, lambda: notes.append(bytes(publish(house.log.id, NOW).note)))  # type: ignore[union-attr]
    checkpoint = publish(house.log.id, NOW)
    assert checkpoint is not None
    assert [bytes(checkpoint.note)] == notes
    assert Checkpoint.objects.count() == 1


def test_a_publisher_overtaken_by_one_with_more_entries_follows(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.fill(2)
    meanwhile(monkeypatch, lambda: (house.fill(3), publish(house.log.id, NOW)))
    checkpoint = publish(house.log.id, NOW)
    assert checkpoint is not None
    assert checkpoint.size == 5
    assert not house.log.stopped


def test_a_log_shorter_than_what_was_signed_is_stopped(house: House) -> None:
    house.fill(2)
    signing.sign(house.log.origin, 9, b"9" * 32, [], NOW)
    with pytest.raises(SigningError, match="9 entries"):
        publish(house.log.id, NOW)
    assert house.log.stopped == "behind 9"
    with pytest.raises(RefusalError), transaction.atomic():
        append(house.system(), house.fact(title="x"))
    assert unpublished_logs() == []


def test_a_log_other_than_what_was_signed_is_stopped(house: House) -> None:
    house.fill(4)
    signing.sign(house.log.origin, 3, b"3" * 32, [], NOW)
    with pytest.raises(SigningError):
        publish(house.log.id, NOW)
    assert house.log.stopped == "diverged 3"
    assert signing.mark(house.log.origin) == (3, b64encode(b"3" * 32).decode())


def test_one_log_that_cannot_be_signed_holds_up_no_other(house: House, settings: Settings) -> None:
    house.fill(2)
    house.record(private_to="tax")
    signing.sign(house.log.origin, 9, b"9" * 32, [], NOW)
    assert publish_due(NOW) == 1
    assert Checkpoint.objects.exclude(note=b"").get().log_id == house.private("tax").id


def test_the_signer_is_a_command_of_its_own(house: House, settings: Settings, tmp_path: Path) -> None:
    state = tmp_path / "elsewhere"
    settings.SIGNER_COMMAND = f"{sys.executable} -m concordia.signer --state {state}"
    house.fill(1)
    publish(house.log.id, NOW)
    assert state.is_dir()
    assert not Path(settings.SIGNER).exists()
