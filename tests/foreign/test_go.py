"""Go's x/mod, the code behind the checksum database of every Go module, judges what we make."""

import json
import os
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from .cases import LOGS, SIZES, consistencies, damage, inclusions, laid_out, log_of

pytestmark = pytest.mark.foreign

SOURCES = Path("/usr/share/gocode")
PROGRAM = Path(__file__).parent / "go/verify/main.go"


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of tests/foreign/go, built with the distribution's Go and its packaged x/mod."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("Go is not installed (package golang-go)")
    if not (SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip("x/mod is not installed (package golang-golang-x-mod-dev)")
    folder = tmp_path_factory.mktemp("go")
    places = {"GOPATH": str(SOURCES), "GOCACHE": str(folder / "cache"), "HOME": str(folder)}
    # Without modules nothing is ever fetched: the packages are those of the distribution.
    settings = {**os.environ, **places, "GO111MODULE": "off", "GOFLAGS": "", "CGO_ENABLED": "0"}
    made = folder / "verify"
    built = subprocess.run(
        [go, "build", "-o", str(made), str(PROGRAM)],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return made


@pytest.fixture
def ask(verifier: Path, tmp_path: Path):
    """Put cases before the program; its verdicts by kind."""

    def asked(**work: list[dict[str, Any]]) -> dict[str, list[str]]:
        path = tmp_path / "work.json"
        path.write_text(json.dumps(work), encoding="utf-8")
        done = subprocess.run([verifier, path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return asked


def b64(value: bytes) -> str:
    return b64encode(value).decode()


def test_it_accepts_our_inclusion_proofs_and_no_spoiled_one(ask):
    cases = list(inclusions())
    work = [
        {
            "N": one.n,
            "Size": one.size,
            "Leaf": b64(one.leaf),
            "Root": b64(one.root),
            "Proof": [*map(b64, one.proof)],
        }
        for one in cases
    ]

    verdicts = ask(Inclusion=work)["inclusion"]

    assert [verdict == "ok" for verdict in verdicts] == [one.holds for one in cases]
    assert sum(one.holds for one in cases) == sum(SIZES)


def test_it_accepts_our_consistency_proofs_and_no_spoiled_one(ask):
    cases = list(consistencies())
    work = [
        {"Old": one.old, "New": one.new, "OldRoot": b64(one.old_root), "NewRoot": b64(one.new_root)}
        | {"Proof": [*map(b64, one.proof)]}
        for one in cases
    ]

    verdicts = ask(Consistency=work)["consistency"]

    assert [verdict == "ok" for verdict in verdicts] == [one.holds for one in cases]


@pytest.mark.parametrize("size", LOGS)
def test_it_opens_our_checkpoints_and_reads_our_tiles_and_entries(ask, size: int, tmp_path: Path):
    log = log_of(size)
    folder = laid_out(log, tmp_path / "log")

    verdicts = ask(Logs=[{"Key": str(log.signer.keys[0]), "Folder": str(folder)}])["logs"]

    assert verdicts == ["ok"]


@pytest.mark.parametrize("what", ["entries/000", "0/000", "0/002.p/*", "1/000.p/*"])
def test_it_refuses_what_was_changed(ask, what: str, tmp_path: Path):
    log = log_of(700)
    folder = laid_out(log, tmp_path / "log")
    damage(folder / "tile", what)

    verdicts = ask(Logs=[{"Key": str(log.signer.keys[0]), "Folder": str(folder)}])["logs"]

    assert verdicts != ["ok"]


def test_it_refuses_a_changed_checkpoint_and_another_key(ask):
    log = log_of(2)
    note, key = log.checkpoint().decode(), str(log.signer.keys[0])
    forged = note.replace("\n2\n", "\n3\n")
    other = str(log_of(1).signer.keys[0]).replace("AY", "AZ")

    verdicts = ask(
        Notes=[{"key": key, "note": note}, {"key": key, "note": forged}, {"key": other, "note": note}]
    )["notes"]

    assert [verdict == "ok" for verdict in verdicts] == [True, False, False]
