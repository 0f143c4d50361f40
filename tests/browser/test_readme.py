"""What the README promises of verifying is what a newcomer sees."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Person

pytestmark = pytest.mark.browser

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
PLAIN = [sys.executable, "-I", "-S"]  # a Python without any package


def blocks(language: str) -> list[str]:
    """The blocks of code of the README in a language; results have none."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return [block for name, block in found if name == language]


def say(words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one command line of the README in a folder."""
    command = [*PLAIN, *shlex.split(words, comments=True)[1:]]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def commands(starts: str) -> list[str]:
    """The command lines of the block with a word in its first; a quoted one may hold more than one line."""
    block = next(one for one in blocks("sh") if starts in one)
    return re.findall(r"^python3 (?:[^\"\n]|\"[^\"]*\")*", block, re.MULTILINE)


def results() -> list[list[str]]:
    return [block.splitlines() for block in blocks("")]


def test_the_figures_of_the_readme_are_those_of_the_example(
    person: Callable[..., Person], tmp_path: Path
) -> None:
    intact, refused, *_ = results()
    someone = person()
    someone.enter("en")
    someone.go("/a/wage-data/register/verification/")
    entries = next(word for word in intact[0].split() if word.isdigit())
    sealed = someone.page.get_by_text(f"{entries} entries recorded, all signed")
    for _ in range(60):  # a seal of each private register is taken soon after the start
        if sealed.count():
            break
        someone.page.wait_for_timeout(500)
        someone.page.reload()
    for name in ("The bundle of your organization", "The witness"):
        with someone.page.expect_download() as loading:
            someone.page.get_by_role("link", name=re.compile(name)).click()
        loading.value.save_as(tmp_path / loading.value.suggested_filename)
    someone.page.locator("summary", has_text="The keys").click()
    key = someone.page.locator("details code").first.inner_text()

    init, pin, check = commands("init my-witness")
    assert say(init, tmp_path).returncode == 0
    assert say(pin.replace("THE KEY THAT THE PAGE SHOWS", key), tmp_path).returncode == 0
    found = say(check, tmp_path)
    assert found.returncode == 0
    assert [line for line in intact if line not in found.stdout.splitlines()] == []

    flip, again = commands("^= 1")
    assert say(flip, tmp_path).returncode == 0
    found = say(again, tmp_path)
    assert found.returncode == 1
    assert refused[0] in (found.stdout + found.stderr).splitlines()
