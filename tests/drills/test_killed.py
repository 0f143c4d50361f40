"""Whoever is killed at any moment takes nothing along that was acknowledged, and nothing is signed twice."""

import shlex
import sys
from pathlib import Path

import pytest
from pytest_django import Settings
from support.house import NOW, make_house
from support.installation import Installation

from concordia.capabilities.ledger.commands import publish
from concordia.kernel.signing import SigningError
from concordia.ops.fsck import fsck

from .aftermath import acknowledged, assert_sound, drill, given, lost

KILLS = 36


def test_nothing_acknowledged_is_lost_by_processes_killed_under_load(
    place: Installation, notes: Path, tmp_path: Path
) -> None:
    answer = drill(place, notes, "load", tmp_path, "concordia", KILLS)
    assert answer.status == 0, answer.err

    deaths = (tmp_path / "deaths").read_text(encoding="utf-8").splitlines()
    assert len(deaths) >= 30
    assert len(set(deaths)) >= 4, deaths  # not all in the same place
    told = acknowledged(tmp_path)
    assert len(told) > KILLS
    assert lost(place, told) == {}
    assert len(given(notes)) > 3
    assert_sound(place, notes)


def test_a_process_killed_at_any_step_of_one_act_leaves_all_of_it_or_nothing(
    place: Installation, notes: Path, tmp_path: Path
) -> None:
    answer = drill(place, notes, "steps", tmp_path, KILLS)
    assert answer.status == 0, answer.err

    deaths = (tmp_path / "deaths").read_text(encoding="utf-8").splitlines()
    killed = [step for step in deaths if step != "lived"]
    assert len(killed) >= 30
    assert len(set(killed)) == len(killed)  # each at a step of its own
    assert lost(place, acknowledged(tmp_path)) == {}
    assert_sound(place, notes)


def test_no_note_is_kept_without_the_keys_that_prove_it(db: None, tmp_path: Path, settings: Settings) -> None:
    settings.KEYS, settings.SIGNER = tmp_path / "keys", tmp_path / "signer"
    house = make_house()
    house.fill(3)
    signer = f"exec {sys.executable} -m concordia.signer --state {settings.SIGNER}"
    script = f'case "$*" in *--vkeys*) exit 3;; esac; {signer} "$@"'
    settings.SIGNER_COMMAND = shlex.join(["sh", "-c", script, "signer"])
    with pytest.raises(SigningError):
        publish(house.log.id, NOW)
    assert fsck().ok

    settings.SIGNER_COMMAND = ""
    checkpoint = publish(house.log.id, NOW)
    assert checkpoint is not None
    assert checkpoint.note
    assert fsck().ok
