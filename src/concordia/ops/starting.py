"""Before anybody comes in: clear what is no longer to be here, and find out whether the register is all there.

The marks of the signer survive the restore of an old database. A log that no longer holds what was signed is
stopped: it is read as before, and nothing is added to it until it is healed (trust.md 4.1, Crash recovery).
"""

import logging
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from concordia.capabilities.decisions.commands import clear_stray_papers
from concordia.capabilities.ledger.commands import replay_erasures, resume_log, stop_log
from concordia.capabilities.ledger.facts import ALTERED, BEHIND, DIVERGED, UNSURE, stop_reason
from concordia.capabilities.ledger.models import Checkpoint, Log
from concordia.capabilities.ledger.queries.tree import stored_root
from concordia.domain.texts import Text, both
from concordia.kernel import signing

_log = logging.getLogger("concordia.register")


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found at the start: logs in all, those that stand still, openings that were erased again."""

    logs: int
    stopped: tuple[tuple[str, Text], ...]
    erased_again: int

    def lines(self, language: str) -> list[str]:
        """What to print or log."""
        lines = [f"{origin}: {reason.in_language(language)}" for origin, reason in self.stopped]
        if self.erased_again:
            again = both(
                f"{self.erased_again} gewiste waarden zijn opnieuw gewist.",
                f"{self.erased_again} erased values were erased again.",
            )
            lines.append(again.in_language(language))
        return lines


def open_register() -> Opened:
    """Run this before the application serves anything, and after every restore.

    Raises RuntimeError when the database does not promise that what is committed is on disk.
    """
    _log.info("the register is kept in %s", database_version())
    _require_durability()
    erased = replay_erasures()
    clear_stray_papers(datetime.now(UTC))
    logs = list(Log.objects.unscoped().order_by("origin"))
    marks = _marks([log.origin for log in logs])
    for log in logs:
        _judge(log, marks.get(log.origin))
    halted = Log.objects.unscoped().exclude(stopped="").order_by("origin")
    stopped = [(log.origin, stop_reason(log.stopped)) for log in halted]
    found = Opened(
        len(logs), tuple((origin, reason) for origin, reason in stopped if reason is not None), erased
    )
    for line in found.lines("en"):
        _log.error("%s", line)
    return found


def _marks(origins: Sequence[str]) -> dict[str, signing.Mark]:
    """The signer's marks; without its answer nobody knows whether the register is all there."""
    try:
        return signing.marks(origins)
    except signing.SigningError as error:
        _log.error("the signer told no marks: %s", error)
        return {}


def _judge(log: Log, mark: signing.Mark | None) -> None:
    reason = _reason(log, mark)
    word = log.stopped.partition(" ")[0]
    if reason:
        stop_log(log.id, *reason)
    elif word and word != ALTERED:  # what fsck found, only fsck takes back
        resume_log(log.id)


def _reason(log: Log, mark: signing.Mark | None) -> tuple[str, int | None] | None:
    """Why a log may not go on, None when it holds everything that was signed."""
    if mark is None:
        return (UNSURE, None)
    size, root = mark
    if size > log.size:
        return (BEHIND, size)
    newest = Checkpoint.objects.filter(log=log, size__lte=log.size).order_by("-size").first()
    try:
        if size and b64encode(stored_root(log, size)).decode() != root:
            return (DIVERGED, size)
        if newest and stored_root(log, newest.size) != bytes(newest.root):
            return (DIVERGED, newest.size)
        stored_root(log, log.size)
    except KeyError:  # a subtree is missing
        return (ALTERED, 0)
    return None


def _require_durability() -> None:
    """A commit that was acknowledged is on disk: asked of the database itself (trust.md T-D6)."""
    sqlite = connection.vendor == "sqlite"
    for question in ("PRAGMA synchronous",) if sqlite else ("SHOW synchronous_commit", "SHOW fsync"):
        with connection.cursor() as cursor:
            cursor.execute(question)
            (answer,) = cursor.fetchone()
        if answer in (0, 1, "off"):
            raise RuntimeError(
                f"Commits are not synced to disk: {question} says {answer}. Set it to FULL or on."
            )


def database_version() -> str:
    """The database and its version, so that a log file tells what was running (trust.md 0.2)."""
    version = connection.get_database_version()
    return f"{connection.display_name} {'.'.join(map(str, version))}"
