"""The main journey, from a proposal to a verified bundle, with the keyboard only."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Person
from .keys import Keys

pytestmark = pytest.mark.browser

TITLE = "Gezamenlijk meldpunt voor storingen"
OUTCOME = "Er komt een meldpunt voor storingen van alle partners."


def propose(keys: Keys, paper: Path) -> None:
    """A board member writes a proposal with a paper and sends it to the partners."""
    keys.hat("Bestuurslid Belastingdienst")
    keys.link("Voorstellen")
    keys.link("Doe een voorstel")
    keys.write("Titel", TITLE)
    keys.write("Wat vraagt u de partners te besluiten?", "Richten de partners een meldpunt in?")
    keys.choose("Bestuursbesluit")
    keys.write("Toelichting", "Nu meldt elke partner storingen bij een ander loket.")
    keys.button("Bewaar het concept")
    with keys.page.expect_file_chooser() as chosen:
        # Inside: the browser needs a moment to hand its choosers over, and reaching the field takes longer than that.
        keys.reach(keys.page.get_by_label(re.compile("^Stuk toevoegen")))
        keys.page.keyboard.press("Space")
    chosen.value.set_files(paper)
    keys.button("Voeg toe")
    keys.button("Verstuur naar alle partners")


def answer_and_vote(keys: Keys) -> None:
    """Both other partners answer, the manager opens, all three vote and the manager closes."""
    for partner in ("UWV", "CBS"):
        keys.hat(f"Ketencoördinator {partner}")
        keys.write("Wat betekent dit voor uw organisatie?", "Wij kunnen dit dragen.")
        keys.button("Geef dit antwoord aan alle partners")
    keys.hat("Ketenmanager")
    keys.button("Open de stemming")
    for partner in ("Belastingdienst", "UWV", "CBS"):
        keys.hat(f"Bestuurslid {partner}")
        keys.choose("Voor")
        keys.button("Stem")
    keys.hat("Ketenmanager")
    keys.button("Sluit de stemming")


def conclude(keys: Keys) -> None:
    """The outcome in a sentence, an owner, a day to look back, and what every partner did with it."""
    if "/decisions/" not in keys.page.url:
        keys.link("Naar het besluit")
    keys.write("Wat is er besloten, in een zin?", OUTCOME)
    keys.pick(keys.page.get_by_label(re.compile("^Wie bewaakt dit besluit")), "Bestuurslid UWV")
    keys.reach(keys.page.get_by_label(re.compile("^Wanneer kijkt u terug")))
    keys.page.keyboard.type("12122027")
    keys.button("Leg de uitkomst vast")
    for partner in ("Belastingdienst", "UWV", "CBS"):
        keys.hat(f"Bestuurslid {partner}")
        keys.open("Meld hoe ver uw organisatie is")
        keys.choose("Gereed")
        keys.write("In uw eigen woorden", f"Klaar bij {partner}.")
        keys.button("Meld")


def fetch(keys: Keys, link: str, folder: Path) -> Path:
    """Download what a link gives."""
    keys.reach(keys.page.get_by_role("link", name=link))
    with keys.page.expect_download() as download:
        keys.page.keyboard.press("Enter")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def witness(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The downloaded witness in a Python of its own, which knows nothing of this repository."""
    return subprocess.run(
        [sys.executable, "-I", str(program), *arguments],
        cwd=program.parent,
        capture_output=True,
        text=True,
        timeout=60,
    )


def flipped(bundle: Path) -> Path:
    """The bundle with one bit of one byte in its middle turned over."""
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    other = bundle.with_name(f"flipped-{bundle.name}")
    other.write_bytes(bytes(data))
    return other


def test_from_proposal_to_verified_bundle_without_a_mouse(
    person: Callable[..., Person], tmp_path: Path
) -> None:
    someone = person()
    someone.enter("nl")
    keys, paper = Keys(someone), tmp_path / "storingen.csv"
    paper.write_text("maand,storingen\njanuari,4\n")
    propose(keys, paper)
    answer_and_vote(keys)
    conclude(keys)
    said = someone.page.get_by_role("main").inner_text()
    assert OUTCOME in said
    assert all(f"Klaar bij {partner}." in said for partner in ("Belastingdienst", "UWV", "CBS"))
    assert "Bestuurslid UWV" in said
    assert "12 december 2027" in said

    keys.link("Controleer het register zelf")
    if "/verification/" not in someone.page.url:
        keys.press(someone.page.locator("main a[href$='/register/verification/']"))
    vkeys = re.findall(r"<p><code>([^<…]+)</code>", someone.page.content())
    bundle = fetch(keys, "De bundel van uw organisatie", tmp_path)
    program = fetch(keys, "De getuige", tmp_path)
    assert witness(program, "init", "w", "--name", "cbs.example/w1").returncode == 0
    assert witness(program, "--state", "w", "pin", vkeys[0]).returncode == 0
    looked = witness(program, "--state", "w", "check", bundle.name)
    assert looked.returncode == 0, looked.stdout + looked.stderr
    assert witness(program, "--state", "w", "check", flipped(bundle).name).returncode in (1, 3)
    assert someone.complaints == []
