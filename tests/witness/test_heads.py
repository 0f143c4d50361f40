"""What the shared log bound of a private log, and what a host does that would rather show another one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.bundles import Answer, Partner
from support.registers import Log, bundle_of, small_log

from concordia.domain.checkpoint import Checkpoint
from concordia.domain.merkle import EMPTY_ROOT, root
from concordia.verifier import Report, verify

Verify = Callable[[bytes], Report]


@pytest.fixture
def verified(tmp_path: Path) -> Verify:
    path = tmp_path / "verified.zip"

    def report(data: bytes) -> Report:
        path.write_bytes(data)
        return verify(path)

    return report


def bound(private: Log, size: int | None = None) -> Log:
    """A shared log that binds the private log at a size, in entry 3."""
    shared = small_log()
    count = len(private.tree.entries) if size is None else size
    bind(shared, Checkpoint(private.origin, count, root(count, private.tree.fetch)).body())
    return shared


def bind(shared: Log, head: str) -> None:
    shared.record({"head": head}, kind="head.committed", obj="log_oost", audience=("org_oost",))


def other(private: Log) -> Log:
    """A private log of the same origin and keys in which another thing stands."""
    made = Log(private.origin, 3)
    for n in range(4):
        made.record({"title": f"Anders {n}"})
    return made


def assert_refused(answer: Answer, report: Report) -> None:
    """Both name entry 3, which binds what is not there."""
    assert answer.status == 1
    assert "Entry 3: here 3 entries of your private log were bound" in answer.err
    assert report.first is not None
    assert (report.first.log, report.first.n, report.first.kind) == ("shared", 3, "head")


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_a_private_log_that_holds_what_was_bound_is_intact(east: Partner, verified: Verify, size: int):
    private = small_log(3)
    shared = bound(private, size)

    assert east.pin(shared).check(shared, private).status == 0
    assert verified(bundle_of(shared, private)).intact


def test_a_long_private_log_is_compared_at_every_size_that_was_bound(east: Partner, verified: Verify):
    private, shared = Log(small_log(3).origin, 3), small_log()
    for n in range(600):
        private.record({}, obj=f"dec_{n}")
    for last, size in enumerate((1, 255, 256, 257, 511, 512, 599, 600)):
        head = Checkpoint(private.origin, size, root(size, private.tree.fetch)).body()
        place = {"prev": 2 + last} if last else {}
        shared.record({"head": head}, kind="head.committed", obj="log_oost", audience=("org_oost",), **place)

    assert east.pin(shared).check(shared, private).status == 0
    assert verified(bundle_of(shared, private)).intact


def test_a_private_log_written_anew_is_refused_though_nobody_saw_the_first(east: Partner, verified: Verify):
    shared, forged = bound(small_log(3)), other(small_log(3))

    assert_refused(east.pin(shared).check(shared, forged), verified(bundle_of(shared, forged)))


def test_a_private_log_that_lost_its_end_is_refused(east: Partner, verified: Verify):
    shared, shorter = bound(small_log(3)), Log(small_log(3).origin, 3)
    shorter.record({"title": "Eén gegevensset"}, obj="dec_a")

    assert_refused(east.pin(shared).check(shared, shorter), verified(bundle_of(shared, shorter)))


def test_a_private_log_of_another_name_is_refused(east: Partner, verified: Verify):
    shared, renamed = bound(small_log(3)), small_log(4)

    assert_refused(east.pin(shared).check(shared, renamed), verified(bundle_of(shared, renamed)))


def test_a_private_log_that_is_left_out_is_refused(east: Partner, verified: Verify):
    shared = bound(small_log(3))

    assert_refused(east.pin(shared).check(shared), verified(bundle_of(shared)))


def test_a_private_log_of_which_nothing_was_signed_yet_may_be_absent(east: Partner, verified: Verify):
    shared = small_log()
    bind(shared, Checkpoint(small_log(3).origin, 0, EMPTY_ROOT).body())

    assert east.pin(shared).check(shared).status == 0
    assert verified(bundle_of(shared)).intact


@pytest.mark.parametrize("head", ["", "niets", "a\nb\nc\n", f"{small_log(3).checkpoint().decode()[:40]}\nx"])
def test_a_head_that_is_none_is_named(east: Partner, verified: Verify, head: str):
    private, shared = small_log(3), small_log()
    bind(shared, head)

    answer = east.pin(shared).check(shared, private)
    report = verified(bundle_of(shared, private))

    assert answer.status == 1
    assert answer.err.startswith("Entry 3: ")
    assert report.first is not None
    assert (report.first.n, report.first.kind) == (3, "head")


def test_the_head_of_a_former_epoch_is_told_and_not_called_wrong(east: Partner, verified: Verify):
    old, shared = small_log(3), bound(small_log(3))
    new = Log(old.origin.removesuffix("/1") + "/2", 3)
    new.record({"title": "Opnieuw begonnen"})

    answer = east.pin(shared).check(shared, new)
    report = verified(bundle_of(shared, new))

    assert answer.status == 0
    assert f"A former private log is not in this bundle: {old.origin}" in answer.out
    assert report.intact
    assert f"  A former private log is not in this file: {old.origin}." in report.lines("en")


def test_a_witness_takes_another_private_log_only_with_its_key_from_paper(east: Partner):
    shared, first, second = small_log(), small_log(3), small_log(4)
    east.pin(shared).check(shared, first)

    refused = east.check(shared, second)
    assert refused.status == 1
    assert f"Your private log was {first.origin} and is {second.origin} here." in refused.err
    assert east.check(shared, first).status == 0

    assert east.pin(second).check(shared, second).status == 0


def test_the_shared_log_is_not_taken_for_a_private_one(east: Partner, verified: Verify):
    shared = small_log()

    assert "The private log is the shared one." in east.pin(shared).check(shared, shared).err
    assert not verified(bundle_of(shared, shared)).intact


def test_a_bundle_in_which_nothing_is_for_this_partner_says_so(east: Partner, verified: Verify):
    shared = small_log()
    stranger = Log()
    for n in range(2):
        stranger.record({"title": "Voor anderen"}, obj=f"dec_{n}", audience=("org_noord",))

    answer = east.pin(shared).check(stranger)
    assert answer.status == 0
    assert "no entry names org_oost among those that may read it" in answer.out
    assert "Is this file for this partner?" in "\n".join(verified(bundle_of(stranger)).lines("en"))
    assert "Is this file" not in "\n".join(verified(bundle_of(shared)).lines("en"))
