"""Restore a backup into an empty place, then let the register itself say whether it is all there.

What was erased since the backup is erased again, everybody signs in anew, and a log that lacks entries which
were signed stands still until it is healed from a partner's bundle.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction

from concordia.domain.texts import Text, both
from concordia.kernel import keystore
from concordia.ops.backup import DESCRIPTION, FILES, FORMAT, KEYS, SECRET, SIGNER, digests
from concordia.ops.engines import Engine, engine
from concordia.ops.fsck import Report, fsck
from concordia.ops.starting import Opened, open_register


class RestoreError(Exception):
    """Nothing was restored; `text` says why and how to mend it."""

    def __init__(self, nl: str, en: str) -> None:
        self.text = both(nl, en)
        super().__init__(str(self.text))


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup of a moment, restored, and what the register then said of itself.

    `signer_is_copy` where the signer came from the copy of the keys: what it signed since that copy it does not know.
    """

    made: str
    opened: Opened
    report: Report
    signer_is_copy: bool = False

    @property
    def ok(self) -> bool:
        """Whether every log is whole and can go on."""
        return self.report.ok and not self.opened.stopped

    def lines(self, language: str) -> list[str]:
        """The outcome for people."""
        done = both(
            f"De reservekopie van {self.made} is teruggezet. Iedereen logt opnieuw in.",
            f"The backup of {self.made} was restored. Everybody signs in anew.",
        )
        heal = both(
            "Haal de ontbrekende regels terug met: concordia heal BUNDEL.zip",
            "Bring the missing entries back with: concordia heal BUNDLE.zip",
        )
        first_heal = both(
            "De ondertekenaar komt uit een kopie en weet niet wat daarna nog is ondertekend. Vraag elke partner om de "
            "nieuwste bundel en herstel daarmee (concordia heal BUNDEL.zip) voordat iemand verder werkt. Anders begint "
            "het register een tweede geschiedenis, en die weigert elke getuige.",
            "The signer comes from a copy and does not know what was signed after it. Ask every partner for its newest "
            "bundle and heal with them (concordia heal BUNDLE.zip) before anybody works on. Otherwise the register "
            "begins a second history, which every witness refuses.",
        )
        texts: list[Text] = [done]
        texts += [heal] if self.opened.stopped else []
        texts += [first_heal] if self.signer_is_copy else []
        first, *rest = [text.in_language(language) for text in texts]
        return [first, *self.report.lines(language), *self.opened.lines(language), *rest]


def restore(backup: Path, keys: Path | None = None) -> Restored:
    """Restore a backup, with the copy of the keys where those are lost too.

    Keys and signer that are here already stay as they are. Raises RestoreError before anything is changed,
    EngineError or OSError where the machine fails on the way.
    """
    target = engine()
    description = _described(backup)
    _require_fitting(backup, description, target)
    had_signer = settings.SIGNER.exists()
    if keys is not None:
        _put_keys_back(keys)
    _require_keys(signed=bool(description["signed"]))
    if (backup / FILES).exists():
        shutil.copytree(backup / FILES, default_storage.path(""), dirs_exist_ok=True)
    target.load(backup / target.file)

    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        Session.objects.all().delete()
    report = fsck()
    return Restored(
        str(description["made"]), open_register(), report, settings.SIGNER.exists() and not had_signer
    )


def _described(backup: Path) -> dict[str, object]:
    try:
        body = json.loads((backup / DESCRIPTION).read_text(encoding="utf-8"))
        if body["format"] != FORMAT or not isinstance(body["files"], dict) or "signed" not in body:
            raise ValueError(body)
    except (OSError, ValueError, KeyError, TypeError):
        raise RestoreError(
            f"{backup} is geen reservekopie van Concordia. Geef de map waarin {DESCRIPTION} staat.",
            f"{backup} is not a backup of Concordia. Give the folder that holds {DESCRIPTION}.",
        ) from None
    return dict(body)


def _require_fitting(backup: Path, description: dict[str, object], target: Engine) -> None:
    """A whole backup of the same kind of database, and an empty place."""
    if description["engine"] != target.name:
        raise RestoreError(
            f"Dit is een kopie van {description['engine']}, en hier staat {target.name} ingesteld. "
            "Stel CONCORDIA_DATABASE_URL zo in als waar de kopie vandaan komt.",
            f"This is a copy of {description['engine']}, and {target.name} is configured here. "
            "Set CONCORDIA_DATABASE_URL as where the copy comes from.",
        )
    if not target.is_empty():
        raise RestoreError(
            "Hier staat al een database, en die wordt niet overschreven. Zet eerst de oude apart, "
            "of geef met --data een lege map.",
            "There is a database here already, and it is not overwritten. First set the old one aside, "
            "or give an empty folder with --data.",
        )
    wrong = _differing(description["files"], digests(backup))
    if wrong is not None:
        raise RestoreError(
            f"De reservekopie is beschadigd: {wrong} is niet zoals het werd geschreven. Neem een andere kopie.",
            f"The backup is damaged: {wrong} is not as it was written. Take another copy.",
        )


def _differing(stated: object, found: dict[str, str]) -> str | None:
    """The first file that is missing, added or changed."""
    if not isinstance(stated, dict):
        return DESCRIPTION
    names = sorted(stated.keys() | found.keys())
    return next((name for name in names if stated.get(name) != found.get(name)), None)


def _put_keys_back(copy: Path) -> None:
    """Bring back keys that are lost. One that was destroyed on purpose stays destroyed."""
    if not (copy / KEYS).is_dir() and not (copy / SIGNER).is_dir():
        raise RestoreError(
            f"{copy} is geen kopie van sleutels. Geef de map die `backup --keys` schreef.",
            f"{copy} is not a copy of keys. Give the folder that `backup --keys` wrote.",
        )
    if not settings.SIGNER.exists():  # an older mark beside a newer one would let a log fork
        _copy(copy / SIGNER, settings.SIGNER)
    _copy(copy / KEYS, settings.KEYS)
    for subject in keystore.erased():
        keystore.destroy(subject)
    if (copy / SECRET).exists() and not os.environ.get("CONCORDIA_SECRET_KEY"):
        shutil.copy2(copy / SECRET, settings.DATA / SECRET)


def _copy(source: Path, target: Path) -> None:
    """Copy what is not there yet, for its owner's eyes only."""
    for path in sorted(source.rglob("*")):
        to = target / path.relative_to(source)
        if path.is_file() and not to.exists():
            to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copy2(path, to)


def _require_keys(*, signed: bool) -> None:
    """Without keys nothing of what was said could be read, and a new signer would start another history."""
    if not any(settings.KEYS.glob("*/*")) or (signed and not settings.SIGNER.exists()):
        raise RestoreError(
            f"De sleutels ontbreken in {settings.KEYS} of {settings.SIGNER}. "
            "Geef met --keys de map die `backup --keys` schreef.",
            f"The keys are missing in {settings.KEYS} or {settings.SIGNER}. "
            "Give with --keys the folder that `backup --keys` wrote.",
        )
