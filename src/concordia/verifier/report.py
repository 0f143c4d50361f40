"""What verifying found: for people in two languages, and as JSON."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from concordia.domain.faults import RegisterError
from concordia.domain.texts import Text, both

FAILURES_KEPT = 1000
_SHOWN = 160
_LISTED = 50
SHARED, PRIVATE, WHOLE = "shared", "private", "bundle"
_PLACES = {
    SHARED: both("gedeelde register", "shared log"),
    PRIVATE: both("eigen register", "private log"),
    WHOLE: both("bestand", "file"),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is not as it should be.

    `log` is shared, private or bundle; `n` the entry, None where it concerns the log as a whole. `kind` is
    archive, damaged, missing, extra, description, policy, checkpoint, since, root, tile, entry, form, number,
    log, prev, opening, attachment, signature or head.
    """

    log: str
    n: int | None
    kind: str
    what: Text

    def sentence(self, language: str) -> str:
        """Where and what, in one line."""
        place = _PLACES[self.log].in_language(language)
        if self.n is None:
            return f"{place} ({self.kind}): {self.what.in_language(language)}"
        entry = both(f"regel {self.n} van het {place}", f"entry {self.n} of the {place}").in_language(
            language
        )
        return f"{entry} ({self.kind}): {self.what.in_language(language)}"

    def to_json(self) -> dict[str, Any]:
        """The failure with its sentences in both languages."""
        what = {language: self.what.in_language(language) for language in ("nl", "en")}
        return {"log": self.log, "n": self.n, "kind": self.kind, "what": what}


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness's verified line: its name in the policy, and the time it states (POSIX seconds)."""

    name: str
    time: int | None


@dataclass(frozen=True, slots=True)
class VoterKey:
    """A key with which somebody signs votes: the entry that holds it, whose it says to be, its thumbprint."""

    n: int
    person: str
    fingerprint: str


@dataclass(slots=True)
class LogReport:
    """What was found of one log. `size` and `root` are what its checkpoint states; None where unread.

    `signed_votes` hold under the key of their voter; `unchecked_votes` are signed, but not enough of them is opened
    here to tell. `withheld` are places that the partner may open and cannot; `heads` what the shared log bound of its
    private log; `former` the origin of a private log that was bound before the present one began. `is_named`
    tells that the partner may open something at all.
    """

    log: str
    origin: str = ""
    size: int | None = None
    root: bytes = b""
    signed_at: int | None = None
    pinned: bool = False
    keys: tuple[str, ...] = ()
    cosigned: tuple[Cosigned, ...] = ()
    quorum: str = ""
    quorum_met: bool = False
    since: int | None = None
    opened: int = 0
    attachments: int = 0
    unknown_versions: int = 0
    signed_votes: int = 0
    unchecked_votes: int = 0
    voter_keys: list[VoterKey] = field(default_factory=list)
    erased_but_open: tuple[tuple[int, str], ...] = ()
    withheld: tuple[tuple[int, str], ...] = ()
    heads: list[tuple[int, str]] = field(default_factory=list)
    former: str = ""
    is_named: bool = False
    failures: list[Failure] = field(default_factory=list)

    def fail(self, n: int | None, kind: str, nl: str, en: str) -> None:
        """Note a failure, up to a thousand of them."""
        if len(self.failures) < FAILURES_KEPT:
            self.failures.append(Failure(self.log, n, kind, both(nl, en)))

    def fail_for(self, n: int | None, kind: str, error: RegisterError) -> None:
        """Note a failure with the sentences of a refusal."""
        self.fail(n, kind, error.nl, error.en)

    def to_json(self) -> dict[str, Any]:
        """Everything but the failures."""
        names = ("log", "origin", "size", "signed_at", "pinned", "quorum", "quorum_met", "since", "opened",
                 "attachments", "unknown_versions", "signed_votes", "unchecked_votes")  # fmt: skip
        body: dict[str, Any] = {name: getattr(self, name) for name in names}
        body["root"] = self.root.hex()
        body["keys"] = list(self.keys)
        body["cosigned"] = [{"name": line.name, "time": line.time} for line in self.cosigned]
        body["voter_keys"] = [
            {"n": key.n, "person": key.person, "fingerprint": key.fingerprint} for key in self.voter_keys
        ]
        body["erased_but_open"] = [list(place) for place in self.erased_but_open]
        body["withheld"] = [list(place) for place in self.withheld]
        return body


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found. `title` says what the bundle says it is, which nobody signed."""

    title: Text
    logs: tuple[LogReport, ...]
    failures: tuple[Failure, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing failed."""
        return not self.failures

    @property
    def first(self) -> Failure | None:
        """The first entry that fails; where no entry does, the first failure of another kind."""
        return self.failures[0] if self.failures else None

    @property
    def quorum_met(self) -> bool:
        """Whether as many partners cosigned each log as its policy asks."""
        return all(log.quorum_met for log in self.logs)

    def lines(self, language: str) -> list[str]:
        """The report for a reader, verdict last."""
        texts = [self.title, *(text for log in self.logs for text in describe(log))]
        lines = [text.in_language(language) for text in texts]
        if self.first is None:
            return [*lines, both("Ongeschonden.", "Intact.").in_language(language)]
        more = len(self.failures) - 1
        verdict = both("Niet ongeschonden. Als eerste faalt ", "Not intact. The first that fails is ")
        lines.append(verdict.in_language(language) + self.first.sentence(language))
        if more:
            lines.append(both(f"Daarna nog {more}.", f"And {more} more.").in_language(language))
        return lines

    def to_json(self) -> dict[str, Any]:
        """The report for a program."""
        return {
            "intact": self.intact,
            "quorum_met": self.quorum_met,
            "first": self.first.to_json() if self.first else None,
            "failures": [failure.to_json() for failure in self.failures],
            "logs": [log.to_json() for log in self.logs],
        }


def ordered(failures: list[Failure]) -> tuple[Failure, ...]:
    """Failures in the order to name them: shared before private, entries by number before the rest."""
    places = (SHARED, PRIVATE, WHOLE)
    return tuple(sorted(failures, key=lambda one: (one.n is None, places.index(one.log), one.n or 0)))


def describe(log: LogReport) -> list[Text]:
    """What was found of a log, a sentence each."""
    if log.size is None:
        return []
    place = _PLACES[log.log]
    nl, en = place.in_language("nl"), place.in_language("en")
    signed = date(log.signed_at)
    texts = [
        both(
            f"Het {nl} {log.origin}: lengte {log.size}, ondertekend {signed}.",
            f"The {en} {log.origin}: length {log.size}, signed {signed}.",
        ),
        _of_keys(log),
        both(
            f"  Geopend en vergeleken: waarden {log.opened}, bestanden {log.attachments}.",
            f"  Opened and compared: values {log.opened}, files {log.attachments}.",
        ),
        _of_cosigners(log),
    ]
    if log.since is not None:
        texts.append(
            both(
                f"  De {log.since} regels van de oudere stand staan er ongewijzigd in.",
                f"  The {log.since} entries of the older checkpoint are in it, unchanged.",
            )
        )
    return texts + _remarks(log)


def _of_keys(log: LogReport) -> Text:
    if log.pinned:
        return both("  Gecontroleerd met de sleutel die u gaf.", "  Checked with the key you gave.")
    # A lasting key fills a screen; its name and id are what paper holds, and --json has the whole.
    keys = "".join(f"\n    {key if len(key) < _SHOWN else key[:_SHOWN] + '…'}" for key in log.keys)
    return both(
        f"  De sleutel komt uit het bestand zelf. Vergelijk hem met wat u op papier hebt, en geef hem "
        f"voortaan mee met --vkey:{keys}",
        f"  The key comes from the file itself. Compare it with what you have on paper, and give it "
        f"with --vkey from now on:{keys}",
    )


def _of_cosigners(log: LogReport) -> Text:
    names = ", ".join(f"{line.name} ({date(line.time)})" for line in log.cosigned)
    nl, en = f"  Medeondertekend door: {names or 'nog niemand'}.", f"  Cosigned by: {names or 'nobody yet'}."
    if log.quorum_met:
        return both(nl, en)
    return both(f"{nl} Het beleid vraagt er meer.", f"{en} The policy asks for more.")


def _of_votes(log: LogReport) -> list[Text]:
    if not log.signed_votes and not log.unchecked_votes:
        return []
    nl = f"  Stemmen met een handtekening van de stemmer zelf, die klopt: {log.signed_votes}."
    en = f"  Votes with a signature of the voter's own, which holds: {log.signed_votes}."
    if log.unchecked_votes:
        nl += f" Hier niet te controleren: {log.unchecked_votes}."
        en += f" Not to be checked here: {log.unchecked_votes}."
    keys = "".join(f"\n    {key.n}: {key.person}, {key.fingerprint}" for key in log.voter_keys[:_LISTED])
    if not keys:
        return [both(nl, en)]
    return [
        both(
            f"{nl}\n  De sleutels waarmee mensen tekenen; ieder vindt de eigen vingerafdruk bij Mijn sleutels:{keys}",
            f"{en}\n  The keys with which people sign; each finds their own fingerprint under My keys:{keys}",
        )
    ]


def _remarks(log: LogReport) -> list[Text]:
    remarks = _of_votes(log)
    if log.unknown_versions:
        remarks.append(
            both(
                f"  {log.unknown_versions} regels zijn van een nieuwere versie: hun bewijs klopt, hun inhoud "
                f"kent dit programma niet.",
                f"  {log.unknown_versions} entries are of a newer version: their proof holds, their contents "
                f"are not known to this program.",
            )
        )
    if log.erased_but_open:
        count = len(log.erased_but_open)
        remarks.append(
            both(
                f"  {count} gewiste waarden staan nog open in dit bestand. Meld het de beheerder en wis "
                f"het bestand.",
                f"  {count} erased values are still open in this file. Tell the host, and delete the file.",
            )
        )
    if log.former:
        remarks.append(
            both(
                f"  Een vroeger eigen register zit niet in dit bestand: {log.former}.",
                f"  A former private log is not in this file: {log.former}.",
            )
        )
    if log.log == SHARED and not log.is_named:
        remarks.append(
            both(
                "  Let op: geen regel noemt deze partner bij wie hem mag lezen. Is dit bestand wel voor deze partner?",
                "  Note: no entry names this partner among those that may read it. Is this file for this partner?",
            )
        )
    return [*remarks, *_of_withheld(log)]


def _of_withheld(log: LogReport) -> list[Text]:
    if not log.withheld:
        return []
    count, rest = len(log.withheld), len(log.withheld) - _LISTED
    listed = [(f"    regel {n}: {name}", f"    entry {n}: {name}") for n, name in log.withheld[:_LISTED]]
    if rest > 0:
        listed.append((f"    en nog {rest}", f"    and {rest} more"))
    told = (
        f"  Let op: waarden die deze partner mag lezen en die niet in het bestand staan: {count}. Vraag ernaar.",
        f"  Note: values that this partner may read and that are not in the file: {count}. Ask for them.",
    )
    return [both(nl, en) for nl, en in [told, *listed]]


def date(time: int | None) -> str:
    """A POSIX time as people write it, in UTC; a dash where there is none or it has no date."""
    try:
        return "–" if time is None else f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return "–"
