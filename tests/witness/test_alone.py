"""The witness is one file that any Python from 3.9 runs, with nothing installed and nothing of this repository."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.bundles import FILE, run_alone
from support.registers import bundle_of, small_log

SOURCE = FILE.read_text(encoding="utf-8")
OLDER = [f"3.{minor}" for minor in range(9, 12)]


def imported() -> dict[str, list[ast.stmt]]:
    """The top-level packages that are imported anywhere in the file, and where."""
    found: dict[str, list[ast.stmt]] = {}
    for node in ast.walk(ast.parse(SOURCE)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module or ""]
        for name in names:
            found.setdefault(name.split(".")[0], []).append(node)
    return found


def test_only_the_standard_library_is_imported():
    assert set(imported()) - sys.stdlib_module_names == {"cryptography"}


def test_the_one_package_that_may_help_is_asked_for_inside_a_try():
    tried = [
        statement
        for node in ast.walk(ast.parse(SOURCE))
        if isinstance(node, ast.Try)
        for statement in node.body
    ]
    lines = {statement.lineno for statement in tried}

    assert {node.lineno for node in imported()["cryptography"]} <= lines


def test_nothing_that_could_use_the_network_is_imported():
    assert not set(imported()) & {
        "socket",
        "ssl",
        "http",
        "urllib",
        "ftplib",
        "smtplib",
        "asyncio",
        "subprocess",
    }


def test_the_text_is_python_3_9():
    ast.parse(SOURCE, feature_version=(3, 9))


def find_python(version: str) -> str:
    """An interpreter of that version, or a skip that says there is none."""
    folders = sorted((Path.home() / ".pyenv/versions").glob(f"{version}.*/bin"))
    candidates = [str(folder / "python") for folder in folders] + [f"python{version}"]
    for candidate in candidates:
        path = shutil.which(candidate)
        asked = path and subprocess.run(
            [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            check=False,
        )
        if path and asked and asked.stdout.decode().strip() == version:
            return path
    pytest.skip(f"there is no Python {version} on this machine")


@pytest.mark.parametrize("version", OLDER)
def test_an_older_python_without_packages_runs_every_command(version: str, tmp_path: Path):
    run_every_command(find_python(version), tmp_path)


def test_the_python_of_the_tests_runs_every_command_without_packages(tmp_path: Path):
    run_every_command(sys.executable, tmp_path)


def run_every_command(python: str, folder: Path) -> None:
    log, private = small_log(), small_log(3)
    (folder / "bundle.zip").write_bytes(bundle_of(log, private))
    (folder / "other").write_bytes(log.checkpoint())
    home, receipt = str(folder / "witness"), str(folder / "1.tlog-proof")
    state = ("--state", home)
    commands = [
        ("init", home, "--name", "oost.example/w1"),
        ("pin", str(log.signer.keys[0]), *state),
        ("check", str(folder / "bundle.zip"), *state),
        ("cosign", *state),
        ("cosign", "--private", *state),
        ("diff", str(folder / "other"), *state),
        ("find", "gegeven", *state),
        ("receipt", "1", "--out", receipt, *state),
        ("verify-receipt", receipt, *state),
        ("verify-receipt", receipt, "--key", str(log.signer.keys[0])),
        ("--help",),
    ]
    for words in commands:
        answer = run_alone(python, *words)
        assert answer.status == 0, (words, answer)
        assert "Traceback" not in answer.err


def test_a_fork_is_refused_by_an_older_python_too(tmp_path: Path):
    python = find_python("3.9")
    home = str(tmp_path / "witness")
    log, fork = small_log(), small_log()
    log.record({"title": "Vierde"})
    fork.record({"title": "Andere vierde"})
    (tmp_path / "a.zip").write_bytes(bundle_of(log))
    (tmp_path / "b.zip").write_bytes(bundle_of(fork))
    run_alone(python, "init", home, "--name", "oost.example/w1")
    run_alone(python, "pin", str(log.signer.keys[0]), "--state", home)

    assert run_alone(python, "check", str(tmp_path / "a.zip"), "--state", home).status == 0
    assert run_alone(python, "check", str(tmp_path / "b.zip"), "--state", home).status == 1


@pytest.mark.parametrize(
    "settings", [{"LANG": "C"}, {"LANG": "C", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONUTF8": "0"}]
)
def test_a_poor_terminal_still_gets_a_whole_signature(settings: dict, tmp_path: Path):
    log = small_log()
    (tmp_path / "bundle.zip").write_bytes(bundle_of(log))
    home = str(tmp_path / "witness")
    run_alone(sys.executable, "init", home, "--name", "oost.example/w1")
    run_alone(sys.executable, "pin", str(log.signer.keys[0]), "--state", home)
    run_alone(sys.executable, "check", str(tmp_path / "bundle.zip"), "--state", home)

    done = subprocess.run(
        [sys.executable, "-S", str(FILE), "cosign", "--state", home],
        capture_output=True,
        env=settings,
        check=False,
    )

    assert done.returncode == 0
    assert done.stdout.decode().startswith("— oost.example/w1 ")
