"""Who just proved who they are, and sends what each form asks, still gets no further than proved.yaml says.

access.yaml holds what an empty form gives; there a binding act ends in the question who one is. Here it is answered.
`CONCORDIA_WRITE_ACCESS=1` writes the table anew; read the difference before it is committed.
"""

import os
from pathlib import Path

import pytest
import yaml
from django.contrib.auth import SESSION_KEY
from django.test import Client

from concordia.capabilities.alliances.queries import way_in
from concordia.web.accounts import clock

from .calls import path_of, rewrite, send
from .scene import ROLES, VARIANTS, Scene, inside, make_scene

TABLE = Path(__file__).with_name("proved.yaml")
pytestmark = pytest.mark.django_db
# What a form must hold to be read at all; the rest of the forms may be empty.
FILLED = {
    "amendment-new": {"text": "Other words for this."},
    "amendment-settlement": {"outcome": "rejected"},
    "appointment-mandate": {"from_date": "2026-11-01"},
    "appointment-notice": {"until_date": "2099-01-01"},
    "person-appointment": {"position": "board-member", "from_date": "2026-11-01"},
    "person-erasure": {"ground": "Left, and asked for it."},
    "decision-receipt": {"state": "done"},
    "proposal-ballot": {"choice": "for"},
    "proposal-ballot-signature": {"choice": "for"},
    "proposal-impact": {"act": "give", "note": "Little."},
    "proposal-notes": {"text": "For us only."},
    "proposal-recorded": {"voter": "social", "choice": "for"},
    "proposal-recusal": {"recusal-reason": "Too near to this."},
    "proposal-waiver": {"waiver-reason": "Known already."},
}
PRIVATE_TO_TAX = ("other-board", "manager")


@pytest.fixture
def scene(db: None) -> Scene:
    made = make_scene()
    for role, client in made.clients.items():
        if role != "anonymous":
            prove(client)
    return made


def prove(client: Client) -> None:
    """Let the session hold a passkey's proof of a moment ago."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "webauthn", "at": clock.now().timestamp()}
    ]
    session["account_authentication_methods_user"] = session[SESSION_KEY]
    session.save()


def asked(scene: Scene) -> str:
    """The way back that the board member asked for, for the clerk."""
    access = scene.cast.tax_coordinator.at(clock.now())
    found = way_in(access, scene.cast.clerk.person).asked
    return found.id if found else ""


def filled(scene: Scene, name: str) -> dict[str, str]:
    """What is sent to an address. Some forms choose from people, whose identifiers are new each time."""
    people = {
        "appointment-handover": {"successor": scene.cast.tax.person, "text": "All.", "on": "2026-11-01"},
        "decision-outcome": {"outcome": "We do it.", "owner": scene.cast.manager.person},
        "proposal-proxy": {"to": scene.cast.figures.person},
        "person-return-approval": {"asked": asked(scene)},
    }
    return FILLED.get(name) or people.get(name) or {"x": "1"}


def acts(scene: Scene) -> dict[str, tuple[str, str]]:
    """The line of each act: its address, and the path with the identifiers of a variant."""
    found = {}
    for name, keys in sorted(inside().items()):
        for variant in VARIANTS:
            rows = [key for key in keys if key.endswith("_id")]
            if rows and all(key in getattr(scene, variant) for key in keys):
                found[f"{name} {variant}"] = (name, path_of(scene, name, keys, variant))
    return found


def answers(scene: Scene) -> dict[str, str]:
    found = {}
    for key, (name, path) in acts(scene).items():
        row = []
        for role in ROLES:
            answer, changed = send(scene, role, path, filled(scene, name))
            asked = "account/confirm" in answer.get("Location", "")
            row.append("proof" if asked else f"{answer.status_code}{'+' if changed else ''}")
        if set(row) != {"405"}:
            found[key] = " ".join(row)
    return found


def table() -> dict[str, dict[str, str]]:
    written = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {key: dict(zip(ROLES, row.split(), strict=True)) for key, row in written.items()}


def test_everybody_who_proved_themselves_gets_what_the_table_says(scene: Scene) -> None:
    found = answers(scene)
    if os.environ.get("CONCORDIA_WRITE_ACCESS"):
        rewrite(TABLE, found)
    known = {key: " ".join(row.values()) for key, row in table().items()}
    assert sorted(known) == sorted(found), "an act is not in the table, or is there no more"
    assert {key: (known[key], row) for key, row in found.items() if known[key] != row} == {}


def test_nobody_is_asked_to_prove_themselves_twice() -> None:
    assert not [key for key, row in table().items() if "proof" in row.values()]


def test_what_is_refused_changes_nothing_and_nothing_breaks() -> None:
    for key, row in table().items():
        for role, cell in row.items():
            assert not cell.startswith("5"), (key, role)
            assert not (cell.startswith("4") and cell.endswith("+")), (key, role)


def test_a_proof_opens_nothing_to_outsiders_and_strangers() -> None:
    for key, row in table().items():
        assert row["anonymous"] == "302", key
        assert row["outsider"] == "404", key


def test_a_proof_opens_nothing_of_what_another_partner_keeps_to_itself() -> None:
    private = {key: row for key, row in table().items() if key.endswith(" private")}
    private = {key: row for key, row in private.items() if not key.startswith("person")}
    assert len(private) > 20
    for key, row in private.items():
        assert {row[role] for role in PRIVATE_TO_TAX} == {"404"}, key


@pytest.mark.parametrize(
    ("act", "who"),
    [
        ("proposal-ballot shared", {"board", "other-board"}),
        ("proposal-recusal shared", {"board", "other-board"}),
        ("proposal-closing shared", {"board", "manager"}),
        ("proposal-recorded shared", {"board", "manager"}),
        ("appointment-mandate shared", {"coordinator", "board"}),
        ("mandate-withdrawal shared", {"coordinator", "board"}),
        ("person-erasure shared", {"coordinator", "board"}),
        ("person-return shared", {"coordinator", "board"}),
        ("person-return-approval shared", {"coordinator"}),
        ("person-invitation-withdrawal private", {"coordinator", "board"}),
    ],
)
def test_only_who_may_bind_does(act: str, who: set[str]) -> None:
    assert {role for role, cell in table()[act].items() if cell.endswith("+")} <= who
    assert any(cell.endswith("+") for cell in table()[act].values()), f"nobody can do {act}"
