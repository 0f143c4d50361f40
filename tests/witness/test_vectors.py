"""Vectors and a signed log of others, read by the witness."""

import json

import pytest
from support.shared import FOLDER, shared_data

from concordia import witness

INCLUSION = sorted((FOLDER / "merkle/inclusion").rglob("*.json"))


@pytest.mark.skipif(not INCLUSION, reason="the real inputs ../shared/data/merkle are not here")
@pytest.mark.parametrize("path", INCLUSION, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_inclusion_proofs_of_others_are_judged_as_they_say(path):
    case = json.loads(path.read_text(encoding="utf-8"))
    leaf, root = witness.base64.b64decode(case["leafHash"]), witness.base64.b64decode(case["root"])
    proof = [witness.base64.b64decode(node) for node in case["proof"] or ()]

    holds = witness.root_from(case["leafIdx"], case["treeSize"], leaf, proof) == root

    assert holds is not case["wantErr"]


def test_the_reference_tree_has_every_root_of_the_standard():
    known = json.loads(shared_data("merkle/rfc6962_reference_tree.json").read_text(encoding="utf-8"))
    hashes = [witness.leaf_hash(bytes.fromhex(entry)) for entry in known["leaf_inputs_hex"]]

    roots = [witness.Tree().root(hashes[:size]).hex() for size in range(len(hashes) + 1)]

    assert roots == known["root_hash_hex_by_tree_size"]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_signed_log_of_others_leads_to_its_root(size: int):
    log = shared_data("merkle/tessera_log")
    note = (log / f"checkpoint.{size}").read_bytes()
    key = witness.Key.parse((log / "VERIFIER_KEY.txt").read_text(encoding="utf-8"))
    entries = witness.split_entries((log / witness.member_path("entries", 0, size)).read_bytes())
    hashes = [witness.leaf_hash(entry) for entry in entries]

    assert witness.verify_note(note, [key]).verified == {key}
    assert b"".join(hashes) == (log / witness.member_path("0", 0, size)).read_bytes()
    assert witness.Tree().root(hashes) == witness.read_checkpoint(note).root


def test_the_example_of_the_specification_verifies():
    key = witness.Key.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    signature = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    note = f"This is an example message.\n\n— example.com/foo {signature}\n".encode()

    assert witness.verify_note(note, [key]).verified == {key}


def note_with(*lines: str) -> bytes:
    return "".join(["text\n\n", *(f"{line}\n" for line in lines)]).encode()


LINE = "— stranger.example AAAAAAA="


@pytest.mark.parametrize("count", [1, 16, 17, 128])
def test_many_signature_lines_are_read(count: int):
    assert len(witness.parse_note(note_with(*[LINE] * count))[1]) == count


@pytest.mark.parametrize(
    "note",
    [
        note_with(*[LINE] * 129),
        note_with(),
        note_with(LINE).replace(b"\n", b"\r\n"),
        note_with(LINE)[:-1],
        note_with(LINE.replace("—", "-")),
        note_with("— stranger.example AAAAAAB="),
        note_with("— stranger.example AAAA"),
        note_with("— two words AAAAAAA="),
        note_with("— a+b AAAAAAA="),
        note_with("—  AAAAAAA="),
        b"text\n",
        b"\xff\n\n" + LINE.encode() + b"\n",
        b"x" * 1_000_000 + note_with(LINE),
    ],
)
def test_malformed_notes_are_refused(note: bytes):
    with pytest.raises(witness.FormatError):
        witness.parse_note(note)
