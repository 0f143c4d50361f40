"""The signer: one note per size, whatever is killed, restored, damaged or started twice."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from base64 import b64encode

import pytest
from support.registers import ORIGIN, Tree

from concordia import signer
from concordia.domain.checkpoint import parse_checkpoint, verify_checkpoint
from concordia.domain.merkle import EMPTY_ROOT, consistency_proof, root
from concordia.domain.notes import VerifierKey

NOW = 1_795_424_400
TREE = Tree(bytes([n]) for n in range(40))
FORK = Tree([b"another", *(bytes([n]) for n in range(1, 40))])
DIE_BEFORE_THE_ANSWER = """
import os, signal, sys
from concordia import signer
signer._print = lambda answer: os.kill(os.getpid(), signal.SIGKILL)
signer.main(sys.argv[1:])
"""


def request(size, /, old=0, tree=TREE, **changes):
    """The JSON request to sign the first `size` entries, with the proof from `old`."""
    proof = consistency_proof(old, size, tree.fetch) if old and old <= size else []
    body = {
        "origin": ORIGIN,
        "size": size,
        "root": b64encode(root(size, tree.fetch)).decode(),
        "proof": [b64encode(node).decode() for node in proof],
        "time": NOW,
    }
    return json.dumps(body | changes).encode()


def start(state, *words, code=("-m", "concordia.signer")):
    return subprocess.Popen(
        [sys.executable, *code, "--state", state, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C"},
    )


def run(state, data=b"", *words):
    """Exit status, output and reason of one run of the command."""
    process = start(state, *words)
    output, reason = process.communicate(data)
    return process.returncode, output, reason.decode()


def ask(state, data):
    """The same in this process."""
    with signer._alone_in(state):
        return signer.sign(state, signer.read_request(data))


def refusal(state, data):
    with pytest.raises(ValueError, match=r"Nothing was signed|malformed") as refused:
        ask(state, data)
    return str(refused.value)


def files_of(state):
    return {path: path.read_bytes() for path in state.rglob("*.json")}


def test_a_log_is_signed_as_it_grows(tmp_path):
    status, first, _ = run(tmp_path, request(3))
    assert status == 0
    status, second, _ = run(tmp_path, request(7, old=3))
    assert status == 0

    keys = [VerifierKey.parse(line) for line in run(tmp_path, b"", "--vkeys", ORIGIN)[1].decode().split()]
    assert [key.kind for key in keys] == [0x01, 0x06]
    assert [verify_checkpoint(note, keys).checkpoint.size for note in (first, second)] == [3, 7]
    assert json.loads(run(tmp_path, b"", "--mark", ORIGIN)[1]) == {
        "origin": ORIGIN,
        "size": 7,
        "root": b64encode(root(7, TREE.fetch)).decode(),
    }


def test_the_same_tree_gives_the_same_note_again(tmp_path):
    first = ask(tmp_path, request(3))

    assert ask(tmp_path, request(3, time=NOW + 60)) == first
    assert ask(tmp_path, request(3, proof=[b64encode(bytes(32)).decode()])) == first


def test_an_empty_log_can_be_signed_and_then_grows(tmp_path):
    assert parse_checkpoint(ask(tmp_path, request(0))).root == EMPTY_ROOT
    assert parse_checkpoint(ask(tmp_path, request(2))).size == 2
    refusal(tmp_path / "other", request(0, root=b64encode(bytes(32)).decode()))
    refusal(tmp_path / "third", request(2, proof=[b64encode(bytes(32)).decode()]))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (request(4), "had 5 entries before and would now have 4"),
        (request(5, tree=FORK), "do not contain the 5 entries"),
        (request(9, old=5, tree=FORK), "do not contain the 5 entries"),
        (request(9), "do not contain the 5 entries"),
        (request(9, old=4), "do not contain the 5 entries"),
        (request(0), "had 5 entries before"),
    ],
)
def test_what_does_not_continue_the_mark_is_not_signed(tmp_path, data, reason):
    ask(tmp_path, request(5))
    before = files_of(tmp_path)

    status, output, said = run(tmp_path, data)

    assert (status, output) == (3, b"")
    assert reason in said
    assert files_of(tmp_path) == before


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        request(3)[:-1],
        request(3, more=1),
        request(3, size=-1),
        request(3, size=True),
        request(3, size="3"),
        request(3, size=2**53),
        request(3, size=3.0),
        request(3, time=-1),
        request(3, time=None),
        request(3, root=""),
        request(3, root="AAAA"),
        request(3, root=5),
        request(3, root=b64encode(bytes(32)).decode() + "\nextension"),
        request(3, proof="x"),
        request(3, proof=[1]),
        request(3, proof=["*"]),
        request(3, origin=""),
        request(3, origin="a b"),
        request(3, origin="a\n1"),
        request(3, origin="a" * 256),
        request(3, origin=7),
        request(3).replace(b'"size": 3', b'"size": 3, "size": 4'),
    ],
)
def test_a_malformed_request_signs_nothing_and_makes_no_keys(tmp_path, data):
    with pytest.raises(ValueError, match=r"\w"):
        ask(tmp_path, data)
    assert files_of(tmp_path) == {}


def test_a_request_without_end_is_cut_off(tmp_path):
    status, output, said = run(tmp_path, b" " * (signer.REQUEST_LIMIT + 1))

    assert (status, output) == (3, b"")
    assert "malformed" in said


def test_words_it_does_not_know_end_with_three(tmp_path):
    assert run(tmp_path, b"", "--unknown")[0] == 3
    assert run(tmp_path, b"", "--mark", "a b")[0] == 3


def test_reasons_are_in_dutch_for_a_dutch_operator(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("LC_ALL", "nl_NL.UTF-8")

    assert signer.main(["--state", str(tmp_path), "--mark", "a b"]) == 3
    assert "De naam van het register klopt niet" in capfd.readouterr().err


def test_asking_for_the_mark_makes_no_keys(tmp_path):
    status, output, _ = run(tmp_path, b"", "--mark", ORIGIN)

    assert (status, json.loads(output)["size"]) == (0, 0)
    assert files_of(tmp_path) == {}


def test_each_log_has_its_own_keys_and_mark(tmp_path):
    ask(tmp_path, request(5))
    other = "concordia.example/alliance/other/shared/1"

    assert parse_checkpoint(ask(tmp_path, request(2, origin=other))).origin == other
    assert len(files_of(tmp_path)) == 4


def test_only_the_signer_reads_its_keys(tmp_path):
    state = tmp_path / "state"
    run(state, request(3))

    assert state.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in files_of(state)} == {0o600}


def test_keys_that_others_can_read_are_not_used(tmp_path):
    ask(tmp_path, request(3))
    keys = next(path for path in files_of(tmp_path) if path.name == "keys.json")
    keys.chmod(0o644)

    assert f"chmod 600 {keys}" in refusal(tmp_path, request(3))


@pytest.mark.parametrize("size", [0, 3])
@pytest.mark.parametrize("name", ["keys.json", "mark.json"])
def test_a_damaged_state_is_refused_and_left_as_it_is(tmp_path, name, size):
    ask(tmp_path, request(size)) if size else run(tmp_path, b"", "--vkeys", ORIGIN)
    path = next(path for path in files_of(tmp_path) if path.name == name)
    whole = path.read_bytes()
    step = max(1, len(whole) // 150)

    for place in (*range(0, len(whole) - 1, step), len(whole) - 2):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        assert f"{name} is damaged or missing" in refusal(tmp_path, request(5, old=size))
        assert path.read_bytes() == damaged
    path.write_bytes(whole)
    assert ask(tmp_path, request(5, old=size))


@pytest.mark.parametrize("name", ["keys.json", "mark.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"[]", b'{"note":5}'])
def test_a_lost_or_emptied_state_file_is_never_made_anew(tmp_path, name, content):
    ask(tmp_path, request(3))
    path = next(path for path in files_of(tmp_path) if path.name == name)
    path.write_bytes(content) if content is not None else path.unlink()

    status, output, said = run(tmp_path, request(3))

    assert (status, output) == (3, b"")
    assert "from its own backup" in said
    assert not path.exists() or path.read_bytes() == content


def test_a_mark_of_another_log_is_refused(tmp_path):
    ask(tmp_path, request(3))
    ask(tmp_path, request(4, origin="concordia.example/other"))
    ours, theirs = (tmp_path / signer._name(log) / "mark.json" for log in (ORIGIN, "concordia.example/other"))
    theirs.write_bytes(ours.read_bytes())

    assert "is damaged or missing" in refusal(tmp_path, request(5, old=4, origin="concordia.example/other"))


def test_a_state_that_cannot_be_written_is_said_calmly(tmp_path):
    (tmp_path / "file").write_text("in the way")

    status, output, said = run(tmp_path / "file" / "state", request(3))

    assert (status, output) == (3, b"")
    assert "Nothing was signed." in said


def test_killed_between_writing_and_answering_it_repeats_its_note(tmp_path):
    process = start(tmp_path, code=("-c", DIE_BEFORE_THE_ANSWER))
    output, _ = process.communicate(request(6))
    assert (process.returncode, output) == (-signal.SIGKILL, b"")

    mark = json.loads(run(tmp_path, b"", "--mark", ORIGIN)[1])
    assert mark["size"] == 6
    refusal(tmp_path, request(6, tree=FORK))
    assert ask(tmp_path, request(6)) == ask(tmp_path, request(6, time=NOW + 5))


@pytest.mark.drill
def test_killed_at_any_moment_it_gives_one_note_per_size(tmp_path):
    chance, notes = random.Random(7), {}
    for size in range(1, 31):
        mark = json.loads(run(tmp_path, b"", "--mark", ORIGIN)[1])["size"]
        process = start(tmp_path)
        threading.Timer(chance.uniform(0.02, 0.16), process.kill).start()
        output, _ = process.communicate(request(size, old=mark, time=NOW + size))
        if output.endswith(b"\n"):
            notes[size] = output
        again = run(tmp_path, request(size, old=mark, time=NOW + 1000 + size))[1]
        assert notes.setdefault(size, again) == again

    assert sorted(notes) == list(range(1, 31))


def test_two_started_at_once_give_one_note(tmp_path):
    processes = [start(tmp_path) for _ in range(4)]
    for number, process in enumerate(processes):
        process.stdin.write(request(5, time=NOW + number))
        process.stdin.close()
    notes = {process.stdout.read() for process in processes}

    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    assert len(notes) == 1


def test_two_that_want_different_trees_of_one_size_never_both_get_a_note(tmp_path):
    ask(tmp_path, request(1))
    processes = [start(tmp_path) for _ in range(2)]
    for process, tree in zip(processes, (TREE, Tree([bytes([0]), b"other"])), strict=True):
        process.stdin.write(request(2, old=1, tree=tree))
        process.stdin.close()

    assert sorted(process.wait() for process in processes) == [0, 3]


def test_half_made_keys_of_a_killed_start_are_not_used(tmp_path):
    folder = tmp_path / f".{signer._name(ORIGIN)}.new"
    folder.mkdir()
    (folder / "keys.json").write_text("half")

    assert parse_checkpoint(ask(tmp_path, request(3))).size == 3
    assert not folder.exists()


def test_the_mark_is_on_disk_before_the_note_is_given(tmp_path, monkeypatch):
    order = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("sync"), fsync(handle)))
    monkeypatch.setattr(signer.Path, "replace", lambda self, to: (order.append(to.name), replace(self, to)))
    monkeypatch.setattr(signer, "_print", lambda answer: order.append("answer"))
    ask(tmp_path, request(3))
    order.clear()

    monkeypatch.setattr(sys, "stdin", type("In", (), {"buffer": _Reader(request(5, old=3))}))
    assert signer.main(["--state", str(tmp_path)]) == 0
    assert order == ["sync", "mark.json", "sync", "answer"]


class _Reader:
    def __init__(self, data):
        self.data = data

    def read(self, limit):
        return self.data[:limit]


def test_it_starts_fast_enough_to_start_for_every_publication(tmp_path):
    run(tmp_path, request(3))
    modules = subprocess.run(
        [sys.executable, "-c", "import sys, concordia.signer; print(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()

    assert not {"django", "pydantic", "asyncio", "ssl", "socket", "yaml"} & set(modules)
