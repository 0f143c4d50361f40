"""`concordia verify`: what is intact passes, and whatever is changed is found and named."""

import io
import json
import os
import random
import subprocess
import sys
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.registers import NOW, ORIGIN, Log, bundle_of, description, leaf_of, salt_of, signer_of, small_log

from concordia import verifier
from concordia.domain.bundle import open_bundle, write_bundle
from concordia.domain.checkpoint import cosign, parse_checkpoint
from concordia.domain.leaves import Attachment
from concordia.domain.notes import COSIGNATURE, VerifierKey
from concordia.domain.openings import Opening
from concordia.verifier import BadInputError, verify

PRIVATE = small_log(seed=2)
LOG = small_log()
SHARED, WHOLE = bundle_of(LOG), bundle_of(LOG, PRIVATE)
VKEYS = [str(key) for key in LOG.signer.keys]


@pytest.fixture
def check(tmp_path):
    """Verify the bytes of a bundle."""
    path = tmp_path / "bundle.zip"

    def checked(data, **given):
        path.write_bytes(data)
        return verify(path, **given)

    return checked


def members_of(data=WHOLE):
    read = open_bundle(io.BytesIO(data))
    return {name: read.read(name) for name in read.names}


def packed(members):
    """A well-formed archive of any members: what an attacker makes, as opposed to a disk that fails."""
    from concordia.domain.archive import write_archive

    out = io.BytesIO()
    write_archive(out, members)
    return out.getvalue()


def with_member(name, data):
    return packed(members_of() | {name: data})


def without(name):
    return packed({other: data for other, data in members_of().items() if other != name})


def flipped(data, place, bit=0):
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


def found(report):
    """Log, entry and kind of the first failure."""
    return report.first.log, report.first.n, report.first.kind


def long_log(size=600):
    """More entries than two rows, so that there are tiles above tiles."""
    log = Log()
    for n in range(size):
        log.record({}, obj=f"dec_{n}")
    return log


def test_an_intact_bundle_passes_with_the_pinned_keys(check):
    report = check(WHOLE, vkeys=VKEYS)
    shared, private = report.logs

    assert report.intact
    assert report.first is None
    assert (shared.origin, shared.size, shared.pinned, shared.signed_at) == (ORIGIN, 3, True, NOW)
    assert (shared.opened, shared.attachments, private.opened, private.pinned) == (5, 1, 5, False)


def test_without_a_pinned_key_it_says_whom_it_believed(check):
    report = check(WHOLE)

    assert report.intact
    assert not report.logs[0].pinned
    assert any("comes from the file itself" in line and VKEYS[0] in line for line in report.lines("en"))
    assert "Ongeschonden." in report.lines("nl")


def test_a_bundle_without_a_private_log_is_whole(check):
    assert check(bundle_of(LOG)).intact


def test_a_log_of_many_rows_is_recomputed(check):
    assert check(bundle_of(long_log())).intact
    assert check(bundle_of(long_log(512))).intact
    assert check(bundle_of(Log())).logs[0].size == 0


def test_every_changed_byte_of_the_file_is_found(tmp_path):
    path = tmp_path / "bundle.zip"
    for place in range(len(SHARED)):
        path.write_bytes(flipped(SHARED, place, place % 8))
        assert not verify(path, vkeys=VKEYS).intact, place


@pytest.mark.parametrize("name", sorted(members_of(SHARED)))
def test_every_changed_byte_is_found_even_when_the_archive_is_made_anew(tmp_path, name):
    members, path = members_of(SHARED), tmp_path / "bundle.zip"
    chance = random.Random(name)
    for place in range(len(members[name])):
        if name == "README.txt" or (name == "bundle.json" and _is_a_name(members[name], place)):
            continue
        path.write_bytes(packed(members | {name: flipped(members[name], place, chance.randrange(8))}))
        assert not verify(path, vkeys=VKEYS).intact, place


def _is_a_name(data, place):
    """Whether a byte is in one of the five texts that bundle.json only repeats for people."""
    for text in (b"all_wages", b"Loongegevens", b"org_oost", b"oost", b"Partner Oost"):
        start = data.index(b'"' + text + b'"') + 1
        if start <= place < start + len(text):
            return True
    return False


def test_a_changed_entry_is_named_by_its_number(check):
    entries = members_of()["tile/entries/000.p/3"]
    for word, n in ((b"dec_1", 1), (b'"rev":2', 2), (b'"n":0', 0)):
        report = check(with_member("tile/entries/000.p/3", flipped(entries, entries.index(word) + 1)))
        assert found(report)[:2] == ("shared", n)
        assert {failure.kind for failure in report.failures} >= {"entry", "root"}


def test_a_changed_length_of_an_entry_names_that_entry(check):
    entries = members_of()["tile/entries/000.p/3"]
    second = 2 + int.from_bytes(entries[:2])

    assert found(check(with_member("tile/entries/000.p/3", flipped(entries, second + 1)))) == (
        "shared",
        1,
        "entry",
    )
    assert found(check(with_member("tile/entries/000.p/3", entries[:-1]))) == ("shared", 2, "entry")
    assert found(check(with_member("tile/entries/000.p/3", entries + b"\x00"))) == ("shared", 3, "entry")


def test_an_entry_deep_in_the_log_is_named(check):
    whole = bundle_of(long_log())
    place = whole.index(b'"obj":"dec_300"') + 9

    assert found(check(flipped(whole, place))) == ("shared", 300, "entry")


@pytest.mark.parametrize(
    ("name", "place", "n"),
    [
        ("tile/0/000", 40, 1),
        ("tile/0/001", 32 * 10, 266),
        ("tile/0/002.p/88", 0, 512),
        ("tile/1/000.p/2", 33, 256),
    ],
)
def test_a_changed_tile_is_told_from_a_changed_entry(check, name, place, n):
    members = members_of(bundle_of(long_log()))
    report = check(packed(members | {name: flipped(members[name], place)}))

    assert [(failure.n, failure.kind) for failure in report.failures] == [(n, "tile")]


def test_a_tile_that_is_too_long_or_short_is_found(check):
    tile = members_of()["tile/0/000.p/3"]
    for wrong in (tile[:-1], tile[:-32], tile + bytes(32)):
        assert found(check(with_member("tile/0/000.p/3", wrong)))[2] == "tile"


def test_consistent_changes_of_entry_and_tile_lead_to_another_root(check):
    forged = small_log()
    forged.tree = Log().tree
    for n in range(3):
        forged.tree.append(leaf_of(n, {}, obj=f"dec_{n}").to_bytes())
    members = members_of() | {name: make() for name, make in forged.contents().files.items()}

    report = check(packed(members), vkeys=VKEYS)
    assert ("shared", None, "root") in {(one.log, one.n, one.kind) for one in report.failures}


def test_a_log_signed_by_another_key_is_refused_when_the_key_is_pinned(check):
    forged = small_log()
    forged.signer = signer_of(seed=7)
    data = bundle_of(forged)

    assert check(data).intact
    kinds = {failure.kind for failure in check(data, vkeys=VKEYS).failures}
    assert kinds == {"policy", "checkpoint"}
    assert found(check(data, vkeys=VKEYS[:1]))[2] == "policy"


def test_a_key_for_another_log_does_not_count(check):
    other = [str(key) for key in PRIVATE.signer.keys]

    assert found(check(bundle_of(LOG), vkeys=other)) == ("shared", None, "checkpoint")


def test_a_policy_of_another_log_is_refused(check):
    data = with_member("policy", members_of()["private/policy"])

    assert found(check(data)) == ("shared", None, "policy")


def test_a_stripped_lasting_signature_is_missed(check):
    note = members_of()["checkpoint"]
    stripped = b"\n".join(note.split(b"\n")[:5]) + b"\n"

    assert found(check(with_member("checkpoint", stripped))) == ("shared", None, "checkpoint")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"n": 1}, "number"),
        ({"n": 4}, "number"),
        ({"log": "concordia.example/other"}, "log"),
        ({"prev": None}, "prev"),
    ],
)
def test_a_signed_entry_that_says_something_impossible_is_named(check, changes, kind):
    log = Log()
    log.record({}, obj="dec_a")
    log.record({}, obj="dec_a", prev=0)
    leaf = leaf_of(2, {}, obj="dec_a", **({"prev": 1} | ({} if "n" in changes else changes)))
    log.tree.append(replace(leaf, **({"n": changes["n"], "prev": None} if "n" in changes else {})).to_bytes())

    report = check(bundle_of(log))
    assert (report.first.n, kind in {failure.kind for failure in report.failures}) == (2, True)


@pytest.mark.parametrize(
    "entry",
    [b"no json", b'{"n":3.0}', b"{}", b'{"log":"x","n":true}', b'{"n":3,"obj":[],"v":1}', b""],
)
def test_a_signed_entry_that_is_no_entry_is_named(check, entry):
    log = small_log()
    log.tree.append(entry)

    assert found(check(bundle_of(log)))[:2] == ("shared", 3)


@pytest.mark.parametrize(
    ("now", "wrong"),
    [
        (b'"rev":1', b'"rev":-1'),
        (b'"role":"board"', b'"role":""'),
        (b'["org_noord","org_oost","org_west"]', b'["org_oost","org_noord"]'),
        (b'"v":1', b'"v":1,"w":1'),
        (b'"v":1', b'"v":true'),
        (b"2026-11-23T", b"2026-02-30T"),
        (b'"att":[]', b'"att":["x"]'),
        (b'"c":{}', b'"c":{"x":"%s"}' % (b"A" * 16_384)),
    ],
)
def test_a_signed_entry_of_another_shape_is_named_though_nothing_of_it_is_opened(check, now, wrong):
    log = small_log()
    log.tree.append(leaf_of(3, {}, obj="dec_x").to_bytes().replace(now, wrong))

    assert found(check(bundle_of(log))) == ("shared", 3, "form")


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (b'{"log":"%s","n":3,"obj":"dec_1","prev":true,"v":2}', "prev"),
        (b'{"c":"' + b"x" * 16_384 + b'","log":"%s","n":3,"obj":"dec_x","v":2}', "form"),
    ],
)
def test_an_entry_of_a_later_version_is_held_to_its_length_and_its_former(check, entry, kind):
    log = small_log()
    log.tree.append(entry % ORIGIN.encode())

    assert found(check(bundle_of(log))) == ("shared", 3, kind)


def test_an_entry_of_a_later_version_is_counted_and_held_to_its_number(check):
    log = small_log()
    log.tree.append(b'{"log":"%s","n":3,"obj":"x","v":2}' % ORIGIN.encode())
    report = check(bundle_of(log))

    assert report.intact
    assert report.logs[0].unknown_versions == 1
    assert any("newer version" in line for line in report.lines("en"))


def test_an_opening_that_opens_nothing_is_named(check):
    for changes in ({"value": "other"}, {"salt": bytes(32)}, {"field": "text"}, {"field": "att/0"}):
        log = small_log()
        log.openings[1] = replace(log.openings[1], **changes)
        assert found(check(bundle_of(log))) == ("shared", 1, "opening")


def test_an_opening_of_an_entry_that_is_not_there_is_named(check):
    log = small_log()
    log.openings += [Opening(3, "title", bytes(32), ""), Opening(9, "title", bytes(32), "")]
    report = check(bundle_of(log))

    assert [(failure.n, failure.kind) for failure in report.failures] == [(3, "opening"), (9, "opening")]


def test_openings_out_of_form_are_named_by_their_entry(check):
    openings = members_of()["openings.jsonl"].replace(b'"n":1,', b'"n":1, ', 1)

    assert found(check(with_member("openings.jsonl", openings))) == ("shared", 1, "opening")


def test_openings_that_are_withheld_are_listed(check):
    assert (
        check(with_member("openings.jsonl", members_of()["openings.jsonl"].split(b"\n", 1)[0] + b"\n"))
        .failures[0]
        .kind
        == "extra"
    )
    log = small_log()
    log.openings, log.attachments = log.openings[:1], {}
    report = check(bundle_of(log))
    assert report.intact
    assert report.logs[0].withheld == ((1, "title"), (1, "votes"), (2, "title"), (2, "att/0"))
    assert report.to_json()["logs"][0]["withheld"][0] == [1, "title"]
    lines = report.lines("en")
    assert "that this partner may read and that are not in the file: 4. Ask for them." in lines[-6]
    assert lines[-5:-1] == [
        "    entry 1: title",
        "    entry 1: votes",
        "    entry 2: title",
        "    entry 2: att/0",
    ]


def test_what_was_erased_or_is_for_others_is_not_called_withheld(check):
    log = small_log()
    log.record({"title": "Alleen voor noord"}, audience=("org_noord",))
    log.openings = [opening for opening in log.openings if opening.n not in (1, 3)]
    refs = [(1, "title"), (1, "votes")]
    log.record({"ground": "verzoek"}, kind="opening.erased", obj="person", refs=refs, audience=())
    assert check(bundle_of(log)).logs[0].withheld == ()


def test_a_missing_or_changed_file_is_named_by_its_entry(check):
    name = sha256(b"a paper").hexdigest()

    assert found(check(without(f"att/{name}"))) == ("shared", 2, "attachment")
    assert found(check(with_member(f"att/{name}", b"a paqer"))) == ("shared", 2, "attachment")


def test_a_file_of_another_length_than_the_entry_says_is_named(check):
    log = small_log()
    leaf = log.record({}, b"second", obj="dec_x")
    wrong = replace(leaf, n=4, obj="dec_y", attachments=(Attachment(leaf.attachments[0].commitment, 9),))
    log.tree.append(wrong.to_bytes())
    log.openings.append(Opening(4, "att/0", salt_of(3, "att/0"), sha256(b"second").hexdigest()))
    first = found(check(bundle_of(log)))

    assert first == ("shared", 4, "opening")


def test_one_file_may_stand_with_two_entries_and_each_length_counts(check):
    log = small_log()
    log.record({}, b"a paper", obj="dec_x")
    assert check(bundle_of(log)).intact

    leaf = log.record({}, b"a paper", obj="dec_y")
    wrong = replace(leaf, attachments=(replace(leaf.attachments[0], length=9),))
    log.tree = _again(log, wrong)
    assert found(check(bundle_of(log))) == ("shared", 4, "attachment")


def _again(log, last):
    tree = Log().tree
    for entry in log.tree.entries[:-1]:
        tree.append(entry)
    tree.append(last.to_bytes())
    return tree


@pytest.mark.parametrize("name", sorted(members_of()))
def test_a_missing_file_is_missed(check, name):
    assert not check(without(name)).intact


@pytest.mark.parametrize(
    "name", ["tile/0/000.p/2", f"att/{'0' * 64}", "private/tile/5/000", "tile/entries/001"]
)
def test_a_file_too_many_is_named(check, name):
    report = check(with_member(name, b""))

    assert found(report) == ("bundle", None, "extra")
    assert name in report.first.sentence("en")


def test_missing_rows_and_tiles_are_named_by_their_first_entry(check):
    members = members_of(bundle_of(long_log()))
    for name, n in (("tile/entries/001", 256), ("tile/0/001", 256), ("tile/1/000.p/2", 0)):
        report = check(packed({other: data for other, data in members.items() if other != name}))
        assert found(report) == ("shared", n, "missing")


def test_the_shared_log_is_named_before_the_private_one(check):
    members = members_of()
    changed = {name: flipped(members[name], 40) for name in ("tile/0/000.p/3", "private/tile/0/000.p/3")}

    assert [failure.log for failure in check(packed(members | changed)).failures] == ["shared", "private"]


def test_a_description_of_another_log_is_refused(check):
    other = replace(description(), origin="concordia.example/other").to_bytes()

    assert found(check(with_member("bundle.json", other))) == ("bundle", None, "description")


def test_an_older_checkpoint_is_continued(check):
    report = check(WHOLE, since=LOG.checkpoint(2))
    assert report.intact
    assert report.logs[0].since == 2

    log = long_log()
    for size in (1, 255, 256, 257, 512, 600):
        assert check(bundle_of(log), since=log.checkpoint(size)).logs[0].since == size


def test_a_rewritten_history_is_refused(check):
    fork = Log()
    for n in range(3):
        fork.record({}, obj=f"other_{n}")

    assert found(check(WHOLE, since=fork.checkpoint(2))) == ("shared", None, "since")
    assert found(check(WHOLE, since=fork.checkpoint(3))) == ("shared", None, "since")


def test_a_log_that_became_shorter_is_refused(check):
    longer = small_log()
    longer.record({})

    assert found(check(WHOLE, since=longer.checkpoint(4))) == ("shared", None, "since")


def test_an_older_checkpoint_has_to_be_signed_and_of_this_log(check):
    other = small_log(seed=3)
    forged = small_log()
    forged.signer = signer_of(seed=8)

    assert found(check(WHOLE, since=other.checkpoint(2))) == ("bundle", None, "since")
    assert found(check(WHOLE, since=forged.checkpoint(2))) == ("shared", None, "since")


def test_an_older_checkpoint_of_the_private_log_counts_there(check):
    report = check(WHOLE, since=PRIVATE.checkpoint(1))

    assert [log.since for log in report.logs] == [None, 1]


def test_partners_that_cosigned_are_counted_against_the_policy(check):
    log = small_log()
    checkpoint = parse_checkpoint(log.checkpoint())
    for name in ("noord", "oost", "west"):
        private = Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))
        key = VerifierKey(f"{name}.example/w1", COSIGNATURE, private.public_key().public_bytes_raw())
        log.witnesses[name] = key
        if name != "west":
            log.lines.append(cosign(checkpoint, key.name, private, NOW + 60))
    log.threshold = 2

    met = check(bundle_of(log))
    assert met.intact
    assert met.quorum_met
    assert [line.name for line in met.logs[0].cosigned] == ["noord", "oost"]
    log.threshold = 3
    short = check(bundle_of(log))
    assert short.intact
    assert not short.quorum_met
    assert any("asks for more" in line for line in short.lines("en"))


def test_an_erased_value_that_is_still_open_is_told(check):
    log = small_log()
    log.tree.append(leaf_of(3, {}, kind="opening.erased", refs=[(1, "votes"), (1, "gone")]).to_bytes())
    report = check(bundle_of(log))

    assert report.intact
    assert report.logs[0].erased_but_open == ((1, "votes"),)
    assert any("erased values are still open" in line for line in report.lines("en"))


def test_an_erasure_out_of_form_is_named(check):
    log = small_log()
    erased = leaf_of(3, {}, kind="opening.erased", refs=[(1, "votes")]).to_bytes()
    log.tree.append(erased.replace(b'[[1,"votes"]]', b'[[1,"votes"],2]'))

    assert found(check(bundle_of(log))) == ("shared", 3, "form")


def test_a_checkpoint_with_an_impossible_size_ends_quickly(check):
    note = members_of()["checkpoint"].replace(b"\n3\n", b"\n9000000000000000000\n", 1)

    assert found(check(with_member("checkpoint", note))) == ("shared", 0, "missing")


@pytest.mark.parametrize("name", ["checkpoint", "policy"])
def test_a_checkpoint_or_policy_that_cannot_be_read_is_named(check, name):
    report = check(with_member(name, b"\xff"))

    assert found(report) == ("shared", None, name)
    assert not any(failure.kind == "extra" for failure in report.failures)
    assert any(line.startswith("Not intact.") for line in report.lines("en"))


def test_what_fails_first_is_followed_by_how_many_more(check):
    tile = members_of()["tile/0/000.p/3"]
    one = check(with_member("tile/0/000.p/3", flipped(tile, 40)))
    two = check(with_member("tile/0/000.p/3", flipped(flipped(tile, 40), 70)))

    assert one.lines("en")[-1].startswith("Not intact. The first that fails is entry 1")
    assert two.lines("en")[-1] == "And 1 more."


def test_the_same_files_packed_by_another_tool_are_not_the_bundle(check):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as other:
        for name, data in members_of().items():
            other.writestr(name, data)

    assert found(check(out.getvalue())) == ("bundle", None, "archive")


@pytest.mark.parametrize("data", [b"", b"a note", b"%PDF-1.7 and more than twenty-two bytes"])
def test_what_is_no_bundle_is_bad_input(check, data):
    with pytest.raises(BadInputError, match="not a bundle"):
        check(data)


def test_a_key_or_older_checkpoint_that_cannot_be_read_is_bad_input(check, tmp_path):
    with pytest.raises(BadInputError, match="--vkey"):
        check(WHOLE, vkeys=["x"])
    with pytest.raises(BadInputError, match="--since"):
        check(WHOLE, since=b"x")
    with pytest.raises(BadInputError, match="cannot be read"):
        verify(tmp_path / "absent.zip")
    with pytest.raises(BadInputError, match="cannot be read"):
        verify(tmp_path)


def test_a_thousand_failures_are_enough(check):
    members = members_of(bundle_of(long_log(1500)))
    changed = {name: bytes(len(data)) for name, data in members.items() if name.startswith("tile/0/")}
    report = check(packed(members | changed))

    assert len(report.failures) == 1000
    assert found(report) == ("shared", 0, "tile")


class TestCommand:
    """Exit status and what is printed."""

    def run(self, tmp_path, capsys, data, *words):
        (tmp_path / "b.zip").write_bytes(data)
        status = verifier.main([str(tmp_path / "b.zip"), *words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    def test_zero_for_intact(self, tmp_path, capsys):
        status, out, _ = self.run(tmp_path, capsys, WHOLE, "--vkey", VKEYS[0], "--language", "en")
        assert (status, out.splitlines()[-1]) == (0, "Intact.")
        assert "Bundle of Loongegevens for Partner Oost." in out

    def test_one_for_changed_with_the_first_entry_in_both_languages(self, tmp_path, capsys):
        data = flipped(SHARED, SHARED.index(b"dec_1") + 4)
        status, out, _ = self.run(tmp_path, capsys, data, "--language", "en")
        assert status == 1
        assert "The first that fails is entry 1 of the shared log (entry)" in out
        assert "regel 1 van het gedeelde register" in self.run(tmp_path, capsys, data, "--language", "nl")[1]

    def test_json_for_programs(self, tmp_path, capsys):
        status, out, _ = self.run(tmp_path, capsys, flipped(SHARED, SHARED.index(b"dec_1") + 4), "--json")
        body = json.loads(out)
        assert (status, body["intact"], body["first"]["n"]) == (1, False, 1)
        assert body["logs"][0]["size"] == 3
        assert set(body["first"]["what"]) == {"nl", "en"}

    def test_three_for_bad_input(self, tmp_path, capsys):
        assert self.run(tmp_path, capsys, b"x")[0] == 3
        status, _, err = self.run(tmp_path, capsys, WHOLE, "--since", str(tmp_path / "absent"))
        assert (status, "absent" in err) == (3, True)
        with pytest.raises(SystemExit) as ended:
            self.run(tmp_path, capsys, WHOLE, "--unknown")
        assert ended.value.code == 3

    def test_an_older_checkpoint_from_a_file(self, tmp_path, capsys):
        (tmp_path / "old").write_bytes(LOG.checkpoint(2))
        status, out, _ = self.run(
            tmp_path, capsys, WHOLE, "--since", str(tmp_path / "old"), "--language", "en"
        )
        assert status == 0
        assert "2 entries of the older checkpoint are in it" in out

    def test_a_quorum_can_be_asked_for(self, tmp_path, capsys):
        log = small_log()
        private = Ed25519PrivateKey.from_private_bytes(bytes(32))
        log.witnesses["noord"] = VerifierKey(
            "n.example", COSIGNATURE, private.public_key().public_bytes_raw()
        )
        log.threshold = 1
        data = bundle_of(log)
        assert self.run(tmp_path, capsys, data)[0] == 0
        status, out, _ = self.run(tmp_path, capsys, data, "--quorum", "--language", "en")
        assert (status, out.splitlines()[-1]) == (1, "Too few partners have cosigned.")

    def test_the_language_follows_the_terminal(self, tmp_path, capsys, monkeypatch):
        monkeypatch.setenv("LC_ALL", "nl_NL.UTF-8")
        assert self.run(tmp_path, capsys, WHOLE)[1].endswith("Ongeschonden.\n")

    def test_a_terminal_is_not_commanded_by_a_name(self, tmp_path, capsys):
        log = small_log()
        private = Ed25519PrivateKey.from_private_bytes(bytes(32))
        key = VerifierKey("n.example", COSIGNATURE, private.public_key().public_bytes_raw())
        log.witnesses["noord\x9b2J"] = key
        log.lines.append(cosign(parse_checkpoint(log.checkpoint()), key.name, private, 2**62))
        out = self.run(tmp_path, capsys, bundle_of(log), "--language", "en")[1]
        assert "noord\ufffd2J (–)" in out


class TestProcess:
    """The command as a process of its own, whatever its output and its words are."""

    def run(self, tmp_path, data, *words, stdout=subprocess.PIPE, encoding="utf-8"):
        (tmp_path / "b.zip").write_bytes(data)
        return subprocess.run(
            [sys.executable, "-m", "concordia", "verify", tmp_path / "b.zip", *words],
            env=os.environ | {"PYTHONIOENCODING": encoding, "LC_ALL": "C.UTF-8"},
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )

    @pytest.mark.parametrize("words", [(), ("--json",)])
    def test_a_terminal_that_lacks_letters_is_told_all_the_same(self, tmp_path, words):
        done = self.run(tmp_path, WHOLE, *words, encoding="ascii")

        assert (done.returncode, done.stderr) == (0, b"")
        assert b"ntact" in done.stdout

    @pytest.mark.parametrize(("data", "status"), [(WHOLE, 0), (SHARED[:-1], 1)])
    def test_the_verdict_stands_also_when_nobody_reads_it(self, tmp_path, data, status):
        reading, writing = os.pipe()
        os.close(reading)
        done = self.run(tmp_path, data, stdout=writing)
        os.close(writing)

        assert (done.returncode, done.stderr) == (status, b"")

    def test_a_verdict_that_cannot_be_written_is_none(self, tmp_path):
        with Path("/dev/full").open("wb") as full:
            done = self.run(tmp_path, WHOLE, stdout=full)

        assert done.returncode == 3
        assert b"could not be shown" in done.stderr
        assert b"Traceback" not in done.stderr

    def test_a_key_of_broken_bytes_is_bad_input(self, tmp_path):
        done = self.run(tmp_path, WHOLE, "--vkey", b"\xff" + VKEYS[0].encode())

        assert done.returncode == 3
        assert b"Traceback" not in done.stderr

    @pytest.mark.parametrize("path", ["/dev/zero", "/dev/stdin"])
    def test_what_has_no_end_or_no_beginning_is_bad_input(self, path):
        done = subprocess.run(
            [sys.executable, "-m", "concordia.verifier", path],
            stdin=subprocess.PIPE,
            capture_output=True,
            timeout=60,
            check=False,
        )

        assert done.returncode == 3
        assert b"Traceback" not in done.stderr
        assert b"None" not in done.stderr


def test_what_no_one_foresaw_is_a_sentence_too(tmp_path, capsys, monkeypatch):
    (tmp_path / "b.zip").write_bytes(WHOLE)
    for error, sentence in ((MemoryError(), "too little memory"), (KeyError("x"), "otherwise than foreseen")):

        def fails(*_, error=error, **__):
            raise error

        monkeypatch.setattr(verifier, "verify", fails)
        assert verifier.main([str(tmp_path / "b.zip"), "--language", "en"]) == 3
        assert sentence in capsys.readouterr().err


def test_write_and_verify_meet(tmp_path):
    with (tmp_path / "b.zip").open("wb") as out:
        write_bundle(out, description(), LOG.contents(), PRIVATE.contents())

    assert (tmp_path / "b.zip").read_bytes() == WHOLE
    assert verify(tmp_path / "b.zip", vkeys=VKEYS).intact
