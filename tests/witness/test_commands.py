"""What the other commands do, and how they refuse."""

import os
import subprocess
import sys
import threading
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from support.bundles import FILE, NAME, Answer, Partner, changed, flipped
from support.registers import ORIGIN, Log, bundle_of, small_log

from concordia import witness
from concordia.domain.checkpoint import add_line, verify_checkpoint
from concordia.domain.notes import COSIGNATURE, VerifierKey


@pytest.fixture
def log() -> Log:
    return small_log()


@pytest.fixture
def checked(east: Partner, log: Log) -> Partner:
    """A partner who checked three entries."""
    assert east.pin(log).check(log).status == 0
    return east


# init and pin


def test_init_makes_a_key_and_prints_it(east: Partner):
    key = VerifierKey.parse(east.init.out)

    assert east.init.status == 0
    assert (key.name, key.kind) == (NAME, COSIGNATURE)


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_the_folder_is_for_its_owner_only(east: Partner):
    modes = {path.name: path.stat().st_mode & 0o777 for path in [east.home, *east.home.iterdir()]}

    assert modes == {"witness": 0o700, "key": 0o600, "witness.json": 0o600}


def test_init_leaves_an_existing_witness_alone(east: Partner):
    before = (east.home / "key").read_bytes()

    answer = east.run("init", str(east.home), "--name", "ander.example/w1")

    assert answer.status == 3
    assert (east.home / "key").read_bytes() == before


@pytest.mark.parametrize(
    "name",
    ["", "twee woorden", "a+b", "regel\neinde", "\u00a0x", "x" * 129, "oost\x7f", "oost\x9b2J", "oost\u202e"],
)
def test_init_refuses_names_that_no_key_can_have(tmp_path: Path, name: str):
    answer = Partner(tmp_path, name).init

    assert answer.status == 3
    assert "A name has 1 to 128 visible characters" in answer.err


def test_a_key_from_paper_may_come_in_several_lines(east: Partner, log: Log):
    text = str(log.signer.keys[0])

    answer = east.run("pin", text[:40], text[40:90], text[90:])

    assert answer.status == 0
    assert text in answer.out


def test_several_keys_are_pinned_at_once(east: Partner, log: Log):
    east.run("pin", *map(str, log.signer.keys))

    assert [str(key) for key in east.read().pins] == [str(key) for key in log.signer.keys]


@pytest.mark.parametrize(
    "key",
    [
        "geen sleutel",
        f"{ORIGIN}+4dfc0e5d+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29d",
        str(VerifierKey("x", 1, (1).to_bytes(32, "little"))),
        str(VerifierKey("x", 2, bytes(32))),
    ],
)
def test_keys_that_cannot_be_trusted_are_not_pinned(east: Partner, key: str):
    assert east.run("pin", key).status == 3
    assert east.read().pins == []


def test_a_second_key_for_a_log_is_refused_until_the_first_is_removed(east: Partner, log: Log):
    east.pin(log)
    other = str(Log(ORIGIN, seed=9).signer.keys[0])

    assert "Another key is already pinned" in east.run("pin", other).err
    assert east.run("pin", "--remove", str(log.signer.keys[0])).status == 0
    assert east.run("pin", other).status == 0


# cosign


def test_the_cosignature_is_one_that_others_verify(checked: Partner, log: Log):
    answer = checked.run("cosign")

    key = VerifierKey.parse(checked.init.out)
    verified = verify_checkpoint(add_line(log.checkpoint(), answer.out), log.signer.keys, [key])
    assert answer.status == 0
    assert [signed.key for signed in verified.cosigned] == [key]


def test_nothing_is_cosigned_before_anything_was_checked(east: Partner):
    answer = east.run("cosign")

    assert (answer.status, answer.out) == (3, "")
    assert "Begin with: check" in answer.err


def test_the_private_log_is_cosigned_on_request(east: Partner, log: Log):
    private = small_log(3)
    east.pin(log).check(log, private)

    line = east.run("cosign", "--private").out

    key = VerifierKey.parse(east.init.out)
    assert verify_checkpoint(add_line(private.checkpoint(), line), private.signer.keys, [key]).cosigned


def test_a_refused_bundle_is_not_cosigned(checked: Partner, log: Log):
    fork = Log()
    for title in "abcd":
        fork.record({"title": title})
    checked.check(fork)

    line = checked.run("cosign").out

    key = VerifierKey.parse(checked.init.out)
    assert verify_checkpoint(add_line(log.checkpoint(), line), log.signer.keys, [key]).cosigned


def test_a_witness_set_back_does_not_sign_another_tree_of_a_size_it_signed(checked: Partner):
    checked.run("cosign")
    path = checked.home / "witness.json"
    other = Log()
    for title in "abc":
        other.record({"title": title})
    state = checked.read()
    state.logs[0].note = other.checkpoint().decode()
    state.save()
    before = path.read_bytes()

    answer = checked.run("cosign")

    assert (answer.status, answer.out) == (1, "")
    assert "signed for 3 entries before" in answer.err
    assert path.read_bytes() == before


def test_a_witness_does_not_sign_a_smaller_tree_than_it_signed(checked: Partner, log: Log):
    smaller = log.checkpoint(2)
    checked.run("cosign")
    state = checked.read()
    state.logs[0].note = smaller.decode()
    state.save()

    assert checked.run("cosign").status == 1


def test_the_mark_is_on_disk_before_the_signature_is_shown(checked: Partner, monkeypatch: pytest.MonkeyPatch):
    steps: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *given, real=real, name=name: (steps.append(name), real(*given)))
    shown = Noting(steps)

    with redirect_stdout(shown), redirect_stderr(StringIO()):
        witness.main(["cosign", "--state", str(checked.home)])

    assert steps == ["fsync", "replace", "fsync", "shown"]
    assert NAME in shown.getvalue()


class Noting(StringIO):
    """An output that notes when something is first written to it."""

    def __init__(self, steps: list[str]) -> None:
        super().__init__()
        self.steps = steps

    def write(self, text: str) -> int:
        self.steps.append("shown")
        return super().write(text)


def test_a_signature_that_could_not_be_shown_is_still_remembered(checked: Partner):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full to write to")
    command = [sys.executable, "-I", "-S", str(FILE), "cosign", "--state", str(checked.home)]

    with full.open("wb") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False)

    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert checked.read().log_in_use().cosigned[0] == 3


# diff


def test_the_same_checkpoint_is_the_same(checked: Partner, log: Log):
    answer = checked.run("diff", checked.write("other", log.checkpoint()))

    assert answer.status == 0
    assert "The first 3 entries are the same" in answer.out


def test_an_older_checkpoint_or_a_newer_bundle_of_another_fits(checked: Partner, log: Log):
    older = checked.write("older", log.checkpoint(2))
    log.record({"title": "Vierde"})
    newer = checked.write("newer.zip", bundle_of(log))

    assert "The first 2 entries are the same. You have 3, the other has 2." in checked.run("diff", older).out
    assert "The first 3 entries are the same. You have 3, the other has 4." in checked.run("diff", newer).out


def test_a_newer_checkpoint_alone_cannot_be_compared(checked: Partner, log: Log):
    log.record({"title": "Vierde"})

    answer = checked.run("diff", checked.write("newer", log.checkpoint()))

    assert answer.status == 3
    assert "First check a newer bundle" in answer.err


@pytest.mark.parametrize("size", [1, 2, 3])
def test_another_history_shown_to_another_partner_is_evidence(checked: Partner, size: int):
    fork = Log()
    for n in range(size):
        fork.record({"title": f"Anders {n}"})

    answer = checked.run("diff", checked.write("other", fork.checkpoint()))

    assert answer.status == 1
    assert "signed two different logs" in answer.err
    assert len(list((checked.home / "evidence").iterdir())) == 1


def test_another_history_in_a_longer_bundle_is_evidence_with_the_first_difference(checked: Partner):
    fork = Log()
    for n in range(7):
        fork.record({"title": f"Anders {n}"})

    answer = checked.run("diff", checked.write("other.zip", bundle_of(fork)))

    assert answer.status == 1
    assert "first difference is entry 0" in answer.err


def test_what_the_log_did_not_sign_proves_nothing(checked: Partner, log: Log):
    forged = log.checkpoint().replace(b"\n3\n", b"\n2\n")

    answer = checked.run("diff", checked.write("other", forged))

    assert answer.status == 3
    assert "proves nothing" in answer.err
    assert not (checked.home / "evidence").exists()


def test_a_receipt_of_another_partner_can_be_compared(checked: Partner):
    path = str(checked.folder / "one.tlog-proof")
    checked.run("receipt", "1", "--out", path)

    assert checked.run("diff", path).status == 0


def test_a_log_never_checked_cannot_be_compared(checked: Partner):
    answer = checked.run("diff", checked.write("other", small_log(3).checkpoint()))

    assert answer.status == 3
    assert "has not checked" in answer.err


# find


@pytest.mark.parametrize("words", ["gegevens", "GEGEVENS", "een gegevensset", "één", "herz een"])
def test_parts_of_words_are_found_without_accents_or_capitals(checked: Partner, words: str):
    answer = checked.run("find", words)

    assert answer.status == 0
    assert "Entry 2  2026-11-23T09:00:00Z  decision.adopted  dec_a" in answer.out
    assert "Één gegevensset, herzien" in answer.out


def test_all_words_must_occur(checked: Partner):
    assert "0 found." in checked.run("find", "gegevensset", "verlof").out


def test_the_private_log_is_searched_too(east: Partner, log: Log):
    private = Log(small_log(3).origin, 3)
    private.record({"note": "Alleen wij weten dit"})
    east.pin(log).check(log, private)

    assert "Entry 0 (private log)" in east.run("find", "alleen").out


def test_signs_that_a_terminal_would_obey_are_not_printed(east: Partner):
    log = Log()
    log.record({"title": "rood \x1b[31m en \u202eomgekeerd"})
    east.pin(log).check(log)

    out = east.run("find", "rood").out

    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "rood \ufffd[31m en \ufffdomgekeerd" in out


# receipt


@pytest.fixture
def receipt(checked: Partner) -> bytes:
    path = checked.folder / "2.tlog-proof"
    assert checked.run("receipt", "2", "--out", str(path)).status == 0
    return path.read_bytes()


def verify(checked: Partner, data: bytes, *keys: str) -> Answer:
    return checked.run("verify-receipt", checked.write("given.tlog-proof", data), *keys)


@pytest.fixture
def stranger(tmp_path: Path) -> Partner:
    """Somebody who never saw the log."""
    (tmp_path / "elsewhere").mkdir()
    return Partner(tmp_path / "elsewhere")


def test_a_receipt_verifies_alone_with_the_key_of_the_log(stranger: Partner, log: Log, receipt: bytes):
    answer = verify(stranger, receipt, "--key", str(log.signer.keys[0]))

    assert answer.status == 0
    assert f"this is entry 2 of {ORIGIN}" in answer.out
    assert "title: Één gegevensset, herzien" in answer.out


def test_a_receipt_needs_a_key_that_is_trusted(stranger: Partner, receipt: bytes):
    answer = verify(stranger, receipt)

    assert answer.status == 3
    assert "There is no key for" in answer.err


@pytest.mark.usefixtures("fast_keys")
def test_every_changed_byte_of_a_receipt_is_refused(checked: Partner, log: Log, receipt: bytes):
    keys = [witness.Key.parse(str(key)) for key in log.signer.keys]

    accepted = []
    for place in range(len(receipt)):
        try:
            witness.verify_receipt(flipped(receipt, place), keys)
            accepted.append(place)
        except witness.WitnessError:
            pass
    assert accepted == []


def test_a_receipt_opens_only_the_fields_asked_for(checked: Partner, log: Log):
    path = checked.folder / "title.tlog-proof"

    checked.run("receipt", "1", "--field", "title", "--out", str(path))

    keys = [witness.Key.parse(str(log.signer.keys[0]))]
    assert witness.verify_receipt(path.read_bytes(), keys).values == {"title": "Verlof"}


@pytest.mark.parametrize(
    ("entry", "sentence"), [("3", "There is no entry 3"), ("-1", "There is no entry -1")]
)
def test_a_receipt_of_no_entry_is_refused(checked: Partner, entry: str, sentence: str):
    answer = checked.run("receipt", "--out", str(checked.folder / "x"), "--", entry)

    assert answer.status == 3
    assert sentence in answer.err


def test_a_receipt_of_a_field_that_is_not_open_is_refused(checked: Partner):
    answer = checked.run("receipt", "0", "--field", "votes", "--out", str(checked.folder / "x"))

    assert answer.status == 3
    assert "no value votes" in answer.err


def test_a_receipt_never_replaces_a_file(checked: Partner):
    path = checked.write("kept", b"mine")

    answer = checked.run("receipt", "0", "--out", path)

    assert answer.status == 3
    assert Path(path).read_bytes() == b"mine"


@pytest.mark.parametrize("data", [b"", b"c2sp.org/tlog-proof@v2\n", b"\x00" * 100])
def test_what_is_no_receipt_is_bad_input(checked: Partner, data: bytes):
    assert verify(checked, data).status == 3


@pytest.mark.parametrize("data", [b"c2sp.org/tlog-proof@v1\n", b"c2sp.org/tlog-proof@v1\nindex 0\n\n"])
def test_half_a_receipt_is_not_intact(checked: Partner, data: bytes):
    assert verify(checked, data).status == 1


# words


COMMANDS = ["init", "pin", "check", "cosign", "diff", "find", "receipt", "verify-receipt"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("language", "heading"), [("nl", "Gebruik: "), ("en", "Usage: ")])
def test_every_command_explains_itself(east: Partner, command: str, language: str, heading: str):
    answer = east.run(command, "--help", language=language)

    assert answer.status == 0
    assert answer.out.startswith(heading)
    assert "--state" in answer.out


def test_dutch_help_has_no_english_in_it(east: Partner):
    words = {word for command in COMMANDS for word in east.run(command, "--help", language="nl").out.split()}

    assert not words & {"the", "show", "usage:", "options:", "arguments:", "positional", "your", "exit"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "nl_BE"}, "nl"),
        ({"LANG": "nl_NL", "LC_MESSAGES": "C"}, "en"),
    ],
)
def test_the_language_is_that_of_the_reader(names: dict, expected: str, monkeypatch: pytest.MonkeyPatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)

    assert witness._language([]) == expected


@pytest.mark.parametrize("words", [(), ("nonsense",), ("check",), ("receipt", "one"), ("pin", "--wrong")])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_is_no_command_is_bad_input(east: Partner, words: tuple, language: str):
    assert east.run(*words, language=language).status == 3


def test_without_any_word_it_explains_itself(capsys: pytest.CaptureFixture):
    assert witness.main([]) == 3
    assert "verify-receipt" in capsys.readouterr().out


# bad input


@pytest.mark.parametrize("data", [b"", b"PK", b"hello", b"PK\x05\x06" + bytes(18), b"\x00" * 5000])
def test_what_is_no_bundle_is_bad_input(east: Partner, data: bytes):
    answer = east.pin(small_log()).check(data)

    assert answer.status == 3
    assert "is not a whole bundle" in answer.err


def test_a_file_that_is_not_there_is_bad_input(east: Partner):
    answer = east.run("check", str(east.folder / "none.zip"))

    assert answer.status == 3
    assert "none.zip is not there." in answer.err


def test_a_folder_instead_of_a_file_is_bad_input(east: Partner):
    assert east.run("check", str(east.folder)).status == 3


def test_a_folder_without_a_witness_is_bad_input(east: Partner, tmp_path: Path):
    answer = east.run("cosign", "--state", str(tmp_path))

    assert answer.status == 3
    assert "No witness lives in" in answer.err


@pytest.mark.parametrize("name", ["key", "witness.json"])
@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"null", b'{"format": 1}'])
def test_a_damaged_folder_is_told_and_left_alone(checked: Partner, name: str, data: bytes):
    (checked.home / name).write_bytes(data)

    answer = checked.run("cosign")

    assert (answer.status, answer.out) == (3, "")
    assert "Put it back from your backup" in answer.err
    assert (checked.home / name).read_bytes() == data


def test_a_damaged_copy_is_told(checked: Partner, log: Log):
    [copy] = checked.home.glob("*.zip")
    copy.write_bytes(flipped(copy.read_bytes(), 2000))

    answer = checked.run("receipt", "0", "--out", str(checked.folder / "x"))

    assert answer.status == 3
    assert "Your copy" in answer.err


def test_an_unforeseen_fault_is_a_sentence_too(checked: Partner, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(witness, "read_checkpoint", lambda _: 1 / 0)

    answer = checked.run("cosign")

    assert answer.status == 3
    assert "ZeroDivisionError" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("fault", [KeyboardInterrupt, MemoryError, PermissionError(13, "denied", "x")])
def test_stopping_and_lack_of_means_are_sentences(checked: Partner, fault, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(witness, "check_bundle", fail)

    answer = checked.check(small_log())

    assert answer.status == 3
    assert answer.err.strip()


def test_a_crash_between_copy_and_mark_is_mended_by_checking_again(
    checked: Partner, log: Log, monkeypatch: pytest.MonkeyPatch
):
    log.record({"title": "Vierde"})
    with monkeypatch.context() as patch:
        patch.setattr(witness.State, "save", lambda _: (_ for _ in ()).throw(OSError(28, "disk full")))
        assert checked.check(log).status == 3
    assert checked.read().log_in_use().checkpoint.size == 3

    assert "1 new; the 3 that you knew" in checked.check(log).out
    assert checked.run("find", "vierde").status == 0


def test_a_full_disk_while_copying_leaves_the_old_copy(
    checked: Partner, log: Log, monkeypatch: pytest.MonkeyPatch
):
    before = checked.copy()
    log.record({"title": "Vierde"})
    monkeypatch.setattr(
        witness.Writer, "finish", lambda _: (_ for _ in ()).throw(OSError(28, "No space left"))
    )

    assert "No space left" in checked.check(log).err
    assert checked.copy() == before
    assert not list(checked.home.glob("*.new"))


def test_two_at_once_wait_for_each_other(checked: Partner):
    order: list[str] = []
    with witness.State.opened(str(checked.home)):
        second = threading.Thread(target=lambda: (checked.read(), order.append("second")))
        second.start()
        second.join(0.2)
        order.append("first")
    second.join(10)

    assert order == ["first", "second"]


def test_a_bundle_with_a_changed_description_is_not_another_alliance(checked: Partner, log: Log):
    bundle = changed(bundle_of(log), "bundle.json", lambda data: data.replace(b"shared/1", b"shared/2"))

    answer = checked.check(bundle)

    assert answer.status == 1
    assert "another log than the checkpoint" in answer.err
