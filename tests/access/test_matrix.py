"""Every address x method x role x audience answers as access.yaml says; an address that is not there fails.

`CONCORDIA_WRITE_ACCESS=1` writes the table anew from what happens; read the difference before it is committed.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from .calls import ask, path_of, rewrite, variants
from .scene import METHODS, ROLES, Scene, inside, make_scene, outside

TABLE = Path(__file__).with_name("access.yaml")
pytestmark = pytest.mark.django_db
OUTSIDE_ALLIANCES = "outside alliances"
SIGNING = {"register-bundle GET", "register-receipt GET"}  # they let the signer sign what is recorded already


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def table() -> dict:
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))


def lines(scene: Scene) -> Iterator[tuple[str, str, str]]:
    """The key of each line of the table, with its method and path."""
    for name, keys in sorted(inside().items()):
        found = variants(scene, keys)
        assert found, f"{name}: the scene has no {keys}"
        for variant in found:
            for method in METHODS:
                suffix = "" if len(found) == 1 and variant == "shared" else f" {variant}"
                yield f"{name}{suffix} {method}", method, path_of(scene, name, keys, variant)


def answers(scene: Scene) -> dict[str, str]:
    """What everybody gets: the statuses in the order of ROLES, with a + where something changed."""
    found = {}
    for key, method, path in lines(scene):
        cells = []
        for role in ROLES:
            answer, changed = ask(scene, role, method, path)
            cells.append(f"{answer.status_code}{'+' if changed else ''}")
        found[key] = " ".join(cells)
    return found


def test_everybody_gets_what_the_table_says(scene: Scene) -> None:
    found = answers(scene)
    if os.environ.get("CONCORDIA_WRITE_ACCESS"):
        kept = table() if TABLE.exists() else {}
        written = {
            OUTSIDE_ALLIANCES: kept.get(OUTSIDE_ALLIANCES, {}),
            "roles": " ".join(ROLES),
            "inside": found,
        }
        rewrite(TABLE, written)
    known = table()["inside"]
    assert sorted(known) == sorted(found), "an address is not in the table, or is there no more"
    differing = {key: (known[key], cells) for key, cells in found.items() if known[key] != cells}
    assert differing == {}


def cells() -> list[tuple[str, dict[str, str]]]:
    known = table()
    return [(key, dict(zip(ROLES, row.split(), strict=True))) for key, row in known["inside"].items()]


def test_who_is_not_signed_in_is_asked_to_and_changes_nothing() -> None:
    assert {row["anonymous"] for _, row in cells()} <= {"302", "405"}


def test_an_outsider_finds_nothing_anywhere() -> None:
    assert {row["outsider"] for _, row in cells()} <= {"404", "405"}


def test_another_partner_finds_nothing_of_what_is_private() -> None:
    private = [row for key, row in cells() if " private " in key and not key.startswith("person")]
    assert private
    assert {row[role] for row in private for role in ("other-board", "manager")} <= {"404", "405"}


def test_nothing_ever_breaks_and_only_a_post_changes_something() -> None:
    for key, row in cells():
        for cell in row.values():
            assert not cell.startswith("5"), key
            refused = not cell.startswith(("2", "3"))
            looking = key.endswith("GET") and key not in SIGNING
            assert not (cell.endswith("+") and (looking or refused)), key


def test_a_professional_binds_nobody() -> None:
    changing = {key for key, row in cells() if row["clerk"].endswith("+")}
    assert not any(
        word in key for key in changing for word in ("voting", "closing", "ballot", "mandate", "charter")
    )


def test_every_other_address_is_classified() -> None:
    known = table()[OUTSIDE_ALLIANCES]
    there = {name for name, who in known.items() if who != "example only"}
    assert sorted(there) == sorted(outside())
    assert set(known.values()) <= {"public", "signed in", "holder of the link", "example only"}


def test_what_is_for_the_signed_in_asks_to_sign_in(client) -> None:
    from django.urls import reverse

    for name, who in table()[OUTSIDE_ALLIANCES].items():
        if who == "signed in" and not outside()[name]:
            for method in (client.get, client.post):
                answer = method(reverse(name))
                assert answer.status_code in {302, 403, 405}, name
                if answer.status_code == 302:
                    assert reverse("account_login") in answer["Location"], name


@pytest.mark.parametrize("method", METHODS)
def test_what_belongs_to_another_alliance_is_not_found_under_ones_own(scene: Scene, method: str) -> None:
    for name, keys in inside().items():
        rows = [key for key in keys if key.endswith("_id")]
        if not rows:
            continue
        path = path_of(scene, name, keys, "elsewhere")
        for role in ("board", "manager"):
            answer, changed = ask(scene, role, method, path)
            assert answer.status_code in {404, 405}, (name, role, answer.status_code)
            assert not changed


def test_other_methods_are_refused(scene: Scene) -> None:
    for name, keys in inside().items():
        path = path_of(scene, name, keys, variants(scene, keys)[0])
        for method in ("PUT", "DELETE", "PATCH", "TRACE"):
            answer, changed = ask(scene, "board", method, path)
            assert answer.status_code == 405, (name, method, answer.status_code)
            assert not changed


def test_head_answers_as_get_without_a_body(scene: Scene) -> None:
    for name, keys in inside().items():
        path = path_of(scene, name, keys, variants(scene, keys)[0])
        got, _ = ask(scene, "board", "GET", path)
        head, _ = ask(scene, "board", "HEAD", path)
        assert head.status_code == got.status_code, name
