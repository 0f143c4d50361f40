"""The register from a terminal, on a whole installation in a folder of its own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker
from support.installation import Installation

CHARTER = Path(__file__).resolve().parents[2] / "examples" / "charters" / "wage-data.yaml"


@pytest.fixture(scope="module")
def founded(
    installed: Installation, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Installation]:
    """An installation with one alliance; no test of this module changes what is in it."""
    with django_db_blocker.unblock():
        made = installed.copy(tmp_path_factory.mktemp("register") / "data")
        answer = made.run("import", CHARTER)
        assert answer.status == 0, answer.err
        yield made
        made.drop()


def bundled(place: Installation, folder: Path, partner: str = "cbs") -> Path:
    out = folder / f"{partner}.zip"
    answer = place.run("bundle", "wage-data", "--partner", partner, "--out", out)
    assert answer.status == 0, answer.err
    return out


def test_a_partner_takes_its_bundle_and_finds_it_intact(founded, tmp_path):
    answer = founded.run("verify", bundled(founded, tmp_path))

    assert answer.status == 0
    assert answer.out.splitlines()[-1] == "Intact."


def test_one_flipped_byte_names_the_entry_that_fails(founded, tmp_path):
    bundle = bundled(founded, tmp_path)
    data = bytearray(bundle.read_bytes())
    data[data.find(b"alliance.founded")] ^= 1
    bundle.write_bytes(data)

    answer = founded.run("verify", bundle)

    assert answer.status == 1
    assert "entry 0" in answer.out


@pytest.mark.parametrize(
    "words",
    [("nowhere", "--partner", "cbs"), ("wage-data", "--partner", "nobody")],
)
def test_an_unknown_alliance_or_partner_gets_a_sentence_and_no_file(founded, tmp_path, words):
    answer = founded.run("bundle", *words, "--out", tmp_path / "none.zip")

    assert answer.status == 3
    assert "Nothing was written" in answer.err
    assert not (tmp_path / "none.zip").exists()


def test_a_place_that_is_not_there_gets_a_sentence(founded, tmp_path):
    answer = founded.run("bundle", "wage-data", "--partner", "cbs", "--out", tmp_path / "no" / "b.zip")

    assert answer.status == 3
    assert "choose another place" in answer.err


@pytest.mark.parametrize("content", [b"", b"hello"])
def test_what_is_no_bundle_is_bad_input(founded, tmp_path, content):
    file = tmp_path / "file.zip"
    file.write_bytes(content)

    answer = founded.run("verify", file)

    assert answer.status == 3
    assert "Traceback" not in answer.err


def test_recomputing_the_whole_register_tells_that_it_is_as_recorded(founded):
    answer = founded.run("fsck")

    assert answer.status == 0
    assert "all is as it was recorded" in answer.out


def test_healing_what_lacks_nothing_brings_nothing_back(founded, tmp_path):
    answer = founded.run("heal", bundled(founded, tmp_path))

    assert answer.status == 0
    assert "0 entries" in answer.out


def test_healing_from_something_else_changes_nothing(founded, tmp_path):
    file = tmp_path / "file.zip"
    file.write_bytes(b"hello")

    answer = founded.run("heal", file)

    assert answer.status == 3
    assert "Nothing was changed" in answer.err


def test_the_charter_that_was_imported_is_exported_without_loss(founded, tmp_path):
    first = founded.run("export", "wage-data")
    (tmp_path / "again.yaml").write_text(first.out, encoding="utf-8")

    assert founded.run("charter", "check", tmp_path / "again.yaml").status == 0
    assert founded.run("export", "nowhere").status == 3


def test_a_second_alliance_with_the_same_key_is_refused(founded):
    answer = founded.run("import", CHARTER)

    assert answer.status == 1
    assert "alliance.key" in answer.err


def test_a_disk_that_does_not_work_is_told_and_not_traced(founded: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"where a folder should be")

    answer = replace(founded, data=tmp_path / "file").run("fsck")

    assert answer.status == 3
    assert answer.err.startswith("The disk or the database does not work now: ")
    assert answer.err.count("\n") == 1
