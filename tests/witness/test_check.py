"""`check`: what it accepts, what it refuses, and what it says about it."""

import json
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.bundles import Partner, changed, flipped, members_of, packed, without
from support.registers import ORIGIN, Log, bundle_of, small_log

from concordia import witness
from concordia.domain.checkpoint import Checkpoint, cosign
from concordia.domain.merkle import root, verify_consistency, verify_inclusion
from concordia.domain.notes import COSIGNATURE, VerifierKey


def test_a_whole_bundle_is_intact(east: Partner):
    log, private = small_log(), small_log(3)

    answer = east.pin(log).check(log, private)

    assert answer.status == 0
    assert answer.out.endswith("Intact.\n")
    assert answer.err == ""


def test_what_is_new_is_told(east: Partner):
    log = small_log()
    east.pin(log).check(log)
    log.record({"title": "Een vierde"})

    answer = east.check(log)

    assert "4 entries, 1 new; the 3 that you knew are in it, unchanged." in answer.out


def test_a_log_without_entries_is_intact_and_may_grow(east: Partner):
    log = Log()
    assert east.pin(log).check(log).status == 0
    log.record({"title": "De eerste"})

    assert "1 entries, 1 new; the 0 that you knew" in east.check(log).out


@pytest.mark.parametrize("size", [255, 256, 257, 512, 700])
def test_logs_of_many_rows_continue_from_every_size(east: Partner, size: int):
    log = Log()
    for n in range(size):
        log.record({"title": f"Besluit {n}"})
        if n in (0, 99, 255, 256, 511):
            assert east.pin(log).check(log).status == 0

    assert east.check(log).status == 0


def test_without_a_pinned_key_nothing_is_verified(east: Partner):
    answer = east.check(small_log())

    assert answer.status == 3
    assert f"No key is pinned for {ORIGIN}" in answer.err


def test_another_key_than_was_pinned_is_refused(east: Partner):
    other = Log(ORIGIN, seed=9)

    answer = east.pin(other).check(small_log())

    assert answer.status == 1
    assert "policy names another key than is pinned" in answer.err


def test_a_stripped_lasting_signature_is_refused(east: Partner):
    log = small_log()
    bundle = changed(bundle_of(log), "checkpoint", lambda note: note[: note.rindex("— ".encode())])

    answer = east.pin(log).check(bundle)

    assert answer.status == 1
    assert f"The signature of {ORIGIN} is missing" in answer.err


def test_the_lasting_key_is_learned_and_then_needed(east: Partner):
    log, other = small_log(), small_log(9)
    assert "comes from the bundle" in east.pin(log).check(log).out
    swapped = str(other.signer.keys[1]).replace(other.origin, ORIGIN)

    answer = east.check(
        changed(bundle_of(log), "policy", lambda _: f"log {log.signer.keys[0]}\nquorum none\n".encode())
    )

    assert answer.status == 1
    assert "another key than is pinned" in answer.err
    assert swapped not in answer.out


def test_a_pinned_lasting_key_alone_is_enough_where_it_can_be_verified(east: Partner):
    log = small_log()
    east.run("pin", str(log.signer.keys[1]))

    assert east.check(log).status == 0


def test_a_pinned_lasting_key_alone_is_not_trusted_unverified(east: Partner, monkeypatch: pytest.MonkeyPatch):
    log = small_log()
    east.run("pin", str(log.signer.keys[1]))
    monkeypatch.setattr(witness, "ml_dsa_verify", lambda *_: None)

    answer = east.check(log)

    assert answer.status == 3
    assert "None of your keys can be verified here" in answer.err


def test_the_first_entry_that_fails_is_named(east: Partner):
    log = small_log()
    bundle = changed(
        bundle_of(log), "tile/entries/000.p/3", lambda data: data.replace(b'"rev":2', b'"rev":3')
    )

    answer = east.pin(log).check(bundle)

    assert answer.status == 1
    assert "Entry 2" in answer.err


def test_a_changed_history_with_its_tiles_is_named_against_ones_own_copy(east: Partner):
    log, forged = small_log(), Log()
    assert east.pin(log).check(log).status == 0
    for n, title in enumerate(("Eén gegevensset", "Iets anders", "Drie")):
        forged.record({"title": title}, obj="dec_a" if n == 0 else f"dec_{n}")
    note = log.checkpoint()

    answer = east.check(changed(bundle_of(forged), "checkpoint", lambda _: note))

    assert answer.status == 1
    assert "another root than the register signed" in answer.err
    assert "entry 1" in answer.err


def test_a_fork_with_a_valid_signature_is_refused_and_the_evidence_kept(east: Partner):
    log, fork = small_log(), small_log()
    log.record({"title": "Vierde"})
    fork.record({"title": "Een andere vierde"})
    fork.record({"title": "Vijfde"})
    assert east.pin(log).check(log).status == 0

    answer = east.check(fork)

    assert answer.status == 1
    assert "signed two different logs" in answer.err
    assert "first difference is entry 3" in answer.err
    assert east.read().log_in_use().checkpoint.size == 4
    assert_proves_a_fork(east, log, fork)


def assert_proves_a_fork(east: Partner, log: Log, fork: Log):
    """Verify the evidence with the other implementation."""
    [path] = (east.home / "evidence").iterdir()
    evidence = json.loads(path.read_text(encoding="utf-8"))
    smaller, larger = evidence["smaller"], evidence["larger"]
    at_smaller = witness.decode(larger["root_at_smaller_size"])
    proof = [witness.decode(node) for node in larger["consistency_proof"]]

    assert smaller["note"].encode() == log.checkpoint()
    assert larger["note"].encode() == fork.checkpoint()
    assert smaller["root"] != larger["root_at_smaller_size"]
    assert verify_consistency(
        smaller["size"], larger["size"], at_smaller, witness.decode(larger["root"]), proof
    )
    for tree in ("smaller", "larger"):
        place, side = evidence[tree], evidence["first_difference"][tree]
        leaf = witness.leaf_hash(side["entry"].encode())
        nodes = [witness.decode(node) for node in side["inclusion_proof"]]
        n = evidence["first_difference"]["n"]
        assert verify_inclusion(n, place["size"], leaf, nodes, witness.decode(place["root"]))


def test_a_fork_is_refused_even_when_ones_own_copy_is_lost(east: Partner):
    log, fork = small_log(), small_log()
    log.record({"title": "Vierde"})
    fork.record({"title": "Een andere vierde"})
    east.pin(log).check(log)
    [copy] = east.home.glob("*.zip")
    copy.unlink()

    answer = east.check(fork)

    assert answer.status == 1
    assert "signed two different logs" in answer.err


def test_an_older_bundle_is_refused(east: Partner):
    log = small_log()
    older = bundle_of(log)
    log.record({"title": "Vierde"})
    east.pin(log).check(log)

    answer = east.check(older)

    assert answer.status == 1
    assert "3 entries; you checked 4 before" in answer.err
    assert not (east.home / "evidence").exists()


def test_an_older_bundle_that_is_also_a_fork_leaves_evidence(east: Partner):
    log, fork = small_log(), Log()
    fork.record({"title": "Iets anders"})
    east.pin(log).check(log)

    answer = east.check(fork)

    assert answer.status == 1
    assert "first difference is entry 0" in answer.err
    assert_proves_a_fork(east, fork, log)


def test_a_restored_server_that_went_on_is_refused(east: Partner):
    log, restored = small_log(), small_log()
    for n in range(5):
        log.record({"title": f"Verloren {n}"})
    east.pin(log).check(log)
    for n in range(9):
        restored.record({"title": f"Nieuw {n}"})

    answer = east.check(restored)

    assert answer.status == 1
    assert "first difference is entry 3" in answer.err


def test_a_server_healed_from_a_bundle_is_accepted(east: Partner):
    log = small_log()
    log.record({"title": "Teruggehaald"})
    east.pin(log).check(log)
    healed = small_log()
    healed.record({"title": "Teruggehaald"})
    healed.record({"title": "Verder"})

    assert east.check(healed).status == 0


def test_a_bundle_of_another_partner_is_refused(east: Partner):
    log = small_log()
    east.pin(log).check(log)
    bundle = changed(bundle_of(log), "bundle.json", lambda data: data.replace(b"org_oost", b"org_west"))

    answer = east.check(bundle)

    assert answer.status == 3
    assert "for org_west; this witness belongs to org_oost" in answer.err


def test_the_private_log_is_verified_likewise(east: Partner):
    log, private = small_log(), small_log(3)
    bundle = changed(
        bundle_of(log, private), "private/openings.jsonl", lambda data: data.replace(b"Verlof", b"Verlot")
    )

    answer = east.pin(log, private).check(bundle)

    assert answer.status == 1
    assert "Entry 1 of your private log: The value of title is not what was recorded" in answer.err


def test_a_private_log_that_disappears_is_noticed(east: Partner):
    log, private = small_log(), small_log(3)
    east.pin(log).check(log, private)

    answer = east.check(log)

    assert answer.status == 1
    assert "private log is missing" in answer.err


def test_a_fork_of_the_private_log_is_refused(east: Partner):
    log, private, fork = small_log(), small_log(3), Log(small_log(3).origin, 3)
    east.pin(log).check(log, private)
    for title in "abc":
        fork.record({"title": title})

    assert "signed two different logs" in east.check(log, fork).err


def test_openings_that_are_held_back_are_listed_and_kept(east: Partner):
    log = small_log()
    east.pin(log).check(log)
    log.openings = [opening for opening in log.openings if opening.field != "votes"]

    answer = east.check(log)

    assert answer.status == 0
    assert "the host holds back values that you may read: 1. Ask for them." in answer.out
    assert "entry 1: votes" in answer.out
    assert "you still have 1 yourself" in answer.out
    assert b'"field":"votes"' in east.copy()["openings.jsonl"]
    assert "entry 1: votes" in east.check(log).out


def test_openings_never_given_are_listed_too(east: Partner):
    log = small_log()
    log.openings = [opening for opening in log.openings if opening.n != 2]
    log.attachments = {}

    answer = east.pin(log).check(log)

    assert answer.status == 0
    assert "holds back values that you may read: 2" in answer.out
    assert re.search(r"entry 2: att/0\n +entry 2: title", answer.out)


def test_values_meant_for_others_are_not_held_back(east: Partner):
    log = small_log()
    log.record({"title": "Alleen voor noord"}, audience=("org_noord",))
    log.openings = [opening for opening in log.openings if opening.n != 3]

    assert "holds back" not in east.pin(log).check(log).out


def test_the_file_of_a_value_held_back_is_kept(east: Partner):
    log = small_log()
    east.pin(log).check(log)
    [file] = [name for name in east.copy() if name.startswith("att/")]
    log.openings = [opening for opening in log.openings if opening.field != "att/0"]
    log.attachments = {}

    assert "entry 2: att/0" in east.check(log).out
    assert east.copy()[file] == b"a paper"


def erase(log: Log, n: int, field: str) -> None:
    log.openings = [opening for opening in log.openings if (opening.n, opening.field) != (n, field)]
    log.record({"ground": "verzoek"}, kind="opening.erased", obj="person", refs=[(n, field)], audience=())


def test_what_was_erased_is_deleted_from_ones_own_store(east: Partner):
    log = small_log()
    east.pin(log).check(log)
    erase(log, 1, "title")

    answer = east.check(log)

    assert answer.status == 0
    assert "Erased, and now deleted from your folder too: 1" in answer.out
    assert "entry 1: title" in answer.out
    assert "holds back" not in answer.out
    assert b"Verlof" not in b"".join(path.read_bytes() for path in east.home.rglob("*") if path.is_file())


def test_an_erased_file_is_deleted_too(east: Partner):
    log = small_log()
    east.pin(log).check(log)
    erase(log, 2, "att/0")
    log.attachments = {}

    assert east.check(log).status == 0
    assert not [name for name in east.copy() if name.startswith("att/")]


def test_erased_values_that_the_host_still_gives_are_not_kept(east: Partner):
    log = small_log()
    kept = list(log.openings)
    erase(log, 1, "title")
    log.openings += [opening for opening in kept if (opening.n, opening.field) == (1, "title")]

    answer = east.pin(log).check(log)

    assert "Erased, but still open in this bundle: 1" in answer.out
    assert b"Verlof" not in east.copy()["openings.jsonl"]


def test_the_copy_that_is_kept_is_itself_a_bundle(east: Partner):
    log, private = small_log(), small_log(3)
    east.pin(log).check(log, private)

    assert packed(east.copy()) == bundle_of(log, private)


def with_witnesses(log: Log, signers: dict[str, Ed25519PrivateKey], threshold: int) -> Log:
    log.witnesses = {
        name: VerifierKey(f"{name}.example/w1", COSIGNATURE, key.public_key().public_bytes_raw())
        for name, key in signers.items()
    }
    log.threshold = threshold
    return log


def cosigned_by(log: Log, name: str, key: Ed25519PrivateKey, at: int = 1_795_500_000) -> None:
    size = len(log.tree.entries)
    checkpoint = Checkpoint(log.origin, size, root(size, log.tree.fetch))
    log.lines.append(cosign(checkpoint, f"{name}.example/w1", key, at))


def test_who_cosigned_is_told_and_whether_it_is_enough(east: Partner):
    signers = {name: Ed25519PrivateKey.from_private_bytes(name.encode() * 8) for name in ("west", "zuid")}
    log = with_witnesses(small_log(), signers, 2)
    cosigned_by(log, "west", signers["west"])

    answer = east.pin(log).check(log)

    assert "Cosigned by: west.example/w1 (2026-11-24 06:00 UTC)" in answer.out
    assert "The policy asks for more." in answer.out
    cosigned_by(log, "zuid", signers["zuid"])
    assert "asks for more" not in east.check(log).out


def test_a_cosignature_that_fails_refuses_the_bundle(east: Partner):
    signers = {"west": Ed25519PrivateKey.from_private_bytes(b"west" * 8)}
    log = with_witnesses(small_log(), signers, 1)
    cosigned_by(log, "west", signers["west"])
    bundle = bundle_of(log)
    note = members_of(bundle)["checkpoint"]
    line = log.lines[0].encode()
    head, value = line.rsplit(b" ", 1)
    raw = bytearray(witness.decode(value.decode().strip()))
    raw[-1] ^= 1
    forged = head + b" " + witness.encode(bytes(raw)).encode() + b"\n"

    answer = east.pin(log).check(
        changed(bundle, "checkpoint", lambda _: note.replace(line.strip() + b"\n", forged))
    )

    assert answer.status == 1
    assert "A signature of west.example/w1 does not belong" in answer.err


def test_another_key_for_a_pinned_witness_is_refused(east: Partner):
    key = Ed25519PrivateKey.from_private_bytes(b"west" * 8)
    log = with_witnesses(small_log(), {"west": key}, 1)
    east.pin(log)
    other = VerifierKey(
        "west.example/w1",
        COSIGNATURE,
        Ed25519PrivateKey.from_private_bytes(b"fake" * 8).public_key().public_bytes_raw(),
    )
    east.run("pin", str(other))

    answer = east.check(log)

    assert answer.status == 1
    assert "another key for witness west.example/w1 than you pinned" in answer.err


def test_a_change_of_who_must_sign_is_told(east: Partner):
    log = small_log()
    east.pin(log).check(log)
    with_witnesses(log, {"west": Ed25519PrivateKey.from_private_bytes(b"west" * 8)}, 1)

    answer = east.check(log)

    assert answer.status == 0
    assert "Who must sign has changed" in answer.out
    assert "- quorum none" in answer.out
    assert "+ group partners 1 west" in answer.out


def test_lines_of_unknown_keys_are_ignored(east: Partner):
    log = small_log()
    stranger = Ed25519PrivateKey.from_private_bytes(b"vage" * 8)
    cosigned_by(log, "vreemd", stranger)

    answer = east.pin(log).check(log)

    assert answer.status == 0
    assert "vreemd" not in answer.out


@pytest.mark.parametrize("name", members_of(bundle_of(small_log())))
def test_every_member_is_needed(east: Partner, name: str):
    log = small_log()

    assert east.pin(log).check(without(bundle_of(log), name)).status == 1


@pytest.mark.parametrize("name", ["att/" + 64 * "0", "tile/1/000.p/1", "private/policy", "tile/0/000.p/2"])
def test_no_member_may_be_left_over(east: Partner, name: str):
    log = small_log()

    answer = east.pin(log).check(packed({**members_of(bundle_of(log)), name: b"stray"}))

    assert answer.status == 1


def test_a_refused_bundle_changes_nothing(east: Partner):
    log = small_log()
    east.pin(log).check(log)
    before = {path: path.read_bytes() for path in east.home.iterdir() if path.is_file()}
    log.record({"title": "Vierde"})

    east.check(flipped(bundle_of(log), 4000))

    assert {path: path.read_bytes() for path in east.home.iterdir() if path.is_file()} == before


def test_without_the_package_the_lasting_signature_is_told_as_not_checked(
    east: Partner, monkeypatch: pytest.MonkeyPatch
):
    log = small_log()
    monkeypatch.setattr(witness, "ml_dsa_verify", lambda *_: None)

    answer = east.pin(log).check(log)

    assert answer.status == 0
    assert "Ed25519 verified, ML-DSA-44 not checked here" in answer.out
    assert "comes from the bundle" not in answer.out


def test_a_newer_version_of_an_entry_is_counted_and_not_read(east: Partner):
    log = Log()
    log.record({})
    newer = log.tree.entries[0].replace(b'"v":1', b'"v":2')
    log.tree.__init__([newer])

    answer = east.pin(log).check(log)

    assert answer.status == 0
    assert "1 entries are of a newer version" in answer.out


def test_dutch_is_spoken(east: Partner):
    log = small_log()

    answer = east.pin(log).check(log, language="nl")

    assert "3 regels, voor het eerst gecontroleerd" in answer.out
    assert "Ed25519 klopt" in answer.out
