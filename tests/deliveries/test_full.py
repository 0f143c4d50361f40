"""A disk that fills and a reader that is killed: status four, a calm sentence, and nothing left behind."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from support.deliveries import contract_of

from concordia.domain.contracts.reading import dump_contract

COLUMNS = (
    {"name": "id", "logicalType": "integer", "unique": True},
    {"name": "name", "logicalType": "string"},
)
RECORD = [{"property": "xmlRecord", "value": "/m/r"}]
LINES = "id;name\n" + "".join(f"{number};some words {number * 7919}\n" for number in range(60_000))
WRONG = LINES.replace(";some", "x;some")
XML = "<m>" + "".join(f"<r><id>{n}</id><name>{n * 7919:x}</name></r>" for n in range(60_000)) + "</m>"


@pytest.fixture
def space(tmp_path) -> Path:
    """The folder for temporary files."""
    (tmp_path / "space").mkdir()
    return tmp_path / "space"


def call(folder: Path, *words: object) -> list[str]:
    contract = folder / "contract.yaml"
    contract.write_text(dump_contract(contract_of(*COLUMNS, customProperties=RECORD)), encoding="utf-8")
    return [sys.executable, "-m", "concordia", "check", str(contract), *map(str, words), "--language", "en"]


def limited(command: list[str], size: int) -> list[str]:
    """A command that writes no file beyond a size."""
    limit = f"import os, resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({size}, {size}))"
    return [sys.executable, "-c", f"{limit}; os.execv({command[0]!r}, {command!r})"]


def on_small_disk(command: list[str], folder: Path) -> list[str]:
    """A command for which a folder is a disk of half a megabyte. Skips where no process may mount one."""
    unshare = shutil.which("unshare")
    mount = f'mount -t tmpfs -o size=512k none "{folder}"'
    outer = [unshare or "", "--mount", "--map-root-user", "sh", "-c"]
    if not unshare or subprocess.run([*outer, mount], capture_output=True, check=False).returncode:
        pytest.skip("nobody may mount a small disk here")
    return [*outer, f'{mount} && "$@"; status=$?; ls -A "{folder}" >&2; exit $status', "sh", *command]


def run(command: list[str], space: Path) -> subprocess.CompletedProcess[str]:
    # Python keeps what it compiles also where only the first half of it could be written
    environment = os.environ | {"TMPDIR": str(space), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)


def zipped(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "lines.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lines.csv", LINES)
    return folder / "lines.zip"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


GIVEN = {
    "what a zip unpacks to": lambda folder: [zipped(folder)],
    "the table of an XML message": lambda folder: [written(folder / "lines.xml", XML)],
    "the failing rows": lambda folder: [
        written(folder / "lines.csv", WRONG),
        "--quarantine",
        folder / "aside.csv",
    ],
}


@pytest.mark.parametrize("what", GIVEN)
@pytest.mark.parametrize("how", ["a limit", "a small disk"])
def test_a_disk_that_fills_ends_calmly_with_four_and_leaves_nothing(tmp_path, space, what, how):
    command = call(tmp_path, *GIVEN[what](tmp_path))
    before = sorted(tmp_path.iterdir())
    wrapped = limited(command, 100_000) if how == "a limit" else on_small_disk(command, space)
    answer = run(wrapped, space)
    assert (answer.returncode, answer.stdout) == (4, "")
    assert answer.stderr.strip() == (
        "The check could not be finished: there is no room left on the disk. "
        "Make room, or name a folder on another disk with TMPDIR, and try again."
    )
    assert sorted(tmp_path.iterdir()) == before
    assert not any(space.iterdir())


def test_failing_rows_that_do_not_fit_where_they_go_are_not_kept_at_all(tmp_path, space):
    target = tmp_path / "target"
    target.mkdir()
    words = [written(tmp_path / "lines.csv", WRONG), "--quarantine", target / "aside.csv"]
    answer = run(on_small_disk(call(tmp_path, *words), target), space)
    assert (answer.returncode, answer.stdout) == (4, "")
    assert answer.stderr.strip() == (
        f"{target / 'aside.csv'} could not be written: No space left on device. Nothing of it was kept. "
        "Make room or choose another place."
    )


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_a_report_that_does_not_fit_is_not_written_at_all(tmp_path, space, option):
    files = [written(tmp_path / "lines.csv", WRONG)]
    out = written(tmp_path / "report", "of last month\n")
    answer = run(limited(call(tmp_path, *files, option, out), 2_000), space)
    assert answer.returncode == 4
    assert "Nothing of it was kept." in answer.stderr
    assert out.read_text(encoding="utf-8") == "of last month\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "contract.yaml",
        "lines.csv",
        "report",
        "space",
    ]


def test_a_folder_for_temporary_files_that_cannot_be_made_is_told(tmp_path, space):
    command = call(tmp_path, written(tmp_path / "lines.csv", LINES))
    space.rmdir()
    space.write_text("no folder")
    code = f"import tempfile, runpy, sys; tempfile.tempdir = {str(space)!r}; sys.argv = {command[2:]!r}; "
    code += "runpy.run_module('concordia', run_name='__main__', alter_sys=True)"
    answer = run([sys.executable, "-c", code], tmp_path)
    assert answer.returncode == 4
    assert "No folder for temporary files could be made" in answer.stderr


def test_a_reader_that_is_killed_ends_with_four_and_leaves_nothing(tmp_path, space):
    packed = tmp_path / "lines.csv.gz"
    packed.write_bytes(gzip.compress(("id;name\n" + LINES[8:] * 60).encode(), 1))
    words = [packed, "--quarantine", tmp_path / "aside.csv", "--json", tmp_path / "out.json"]
    environment = os.environ | {"TMPDIR": str(space)}
    process = subprocess.Popen(
        call(tmp_path, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    os.kill(_reader_of(process.pid), signal.SIGKILL)
    out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (4, "")
    assert "stopped from outside (signal 9)" in said
    assert "Traceback" not in said
    assert not any(space.iterdir())
    assert not (tmp_path / "aside.csv").exists()
    assert not (tmp_path / "out.json").exists()


def _reader_of(process: int) -> int:
    """The process that reads, once it is there."""
    for _ in range(600):
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            if b"deliveries.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        time.sleep(0.05)
    raise AssertionError("nobody reads")


def test_failing_rows_replace_those_of_last_month_and_are_told(tmp_path, space):
    lines = written(tmp_path / "lines.csv", "id;name\n1;a\nx;b\ny;c\n")
    old = written(tmp_path / "aside.jsonl", "of last month\n")
    answer = run([*call(tmp_path, lines), "--quarantine", str(old), "--quarantine-rows", "1"], space)
    assert answer.returncode == 2
    assert f"The first 1 failing rows are in {old}; there are more." in answer.stdout
    (row,) = map(json.loads, old.read_text(encoding="utf-8").splitlines())
    assert (row["_row"], row["id"], row["name"]) == (2, "x", "b")
    answer = run([*call(tmp_path, lines), "--quarantine", str(old)], space)
    assert f"Failing rows put aside: 2, in {old}." in answer.stdout


@pytest.mark.parametrize("place", ["aside.txt", "none/aside.csv", "lines.csv"])
def test_a_place_for_failing_rows_that_will_not_do_is_told_before_anything_is_read(tmp_path, space, place):
    lines = written(tmp_path / "lines.csv", "id;name\nx;a\n")
    answer = run([*call(tmp_path, lines), "--quarantine", str(tmp_path / place)], space)
    assert answer.returncode == 3
    assert answer.stderr.strip()
    assert lines.read_text(encoding="utf-8") == "id;name\nx;a\n"
