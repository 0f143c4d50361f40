"""Recompute the whole register, name what is not as it was recorded, and stop the logs it concerns."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections

from concordia.capabilities.ledger.commands import resume_log, stop_log
from concordia.capabilities.ledger.facts import ALTERED
from concordia.capabilities.ledger.models import Log
from concordia.capabilities.ledger.queries.checking import Fault, check_log
from concordia.domain.texts import Text, both
from concordia.kernel.snapshots import snapshot

_FAULTS_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Report:
    """What was read and what was wrong. `faults` name the first of many, in the order of each log."""

    logs: int
    entries: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is as it was recorded."""
        return not self.faults

    def lines(self, language: str) -> list[str]:
        """The report for people; the first fault first."""
        whole = both(
            f"{self.logs} registers met {self.entries} regels nagerekend: alles is zoals het werd vastgelegd.",
            f"{self.logs} logs with {self.entries} entries recomputed: all is as it was recorded.",
        )
        if self.ok:
            return [whole.in_language(language)]
        mend = both(
            "Deze registers staan nu stil. Zet een reservekopie terug, of herstel ze uit de bundel van een partner.",
            "These logs are stopped now. Restore a backup, or heal them from a partner's bundle.",
        )
        return [*(fault.sentence(language) for fault in self.faults), mend.in_language(language)]


def fsck(using: str = DEFAULT_DB_ALIAS, *, stop: bool = True) -> Report:
    """Recompute every log of a database. With `stop`, a faulty log is stopped and a mended one goes on."""
    entries, faults = 0, list(_database(using))
    logs = Log.objects.unscoped().using(using).order_by("origin")
    identifiers = list(logs.values_list("id", flat=True))
    for identifier in identifiers:
        with snapshot(using):
            log = logs.get(id=identifier)
            found = list(check_log(log))
        if stop:
            _stop_or_resume(log, found)
        entries += log.size
        faults += found
    return Report(len(identifiers), entries, tuple(faults[:_FAULTS_KEPT]))


def _stop_or_resume(log: Log, faults: list[Fault]) -> None:
    word = log.stopped.partition(" ")[0]
    if faults:
        stop_log(log.id, ALTERED, next((fault.n for fault in faults if fault.n is not None), 0))
    elif word == ALTERED:
        resume_log(log.id)


def _database(using: str) -> Iterator[Fault]:
    """What SQLite itself says of its file."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(20)")
        for (line,) in cursor.fetchall():
            if line != "ok":
                yield Fault("SQLite", None, Text.of(str(line)))
