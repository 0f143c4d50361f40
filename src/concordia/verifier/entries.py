"""What each entry must say, and what its openings must open."""

from collections.abc import Iterator
from hashlib import sha256

from concordia.domain.bundle import OPENINGS
from concordia.domain.canonical import ProfileError, parse_canonical
from concordia.domain.commitments import verify_opening
from concordia.domain.faults import RegisterError
from concordia.domain.leaves import ERASED, VERSION, Leaf
from concordia.domain.openings import Opening, OpeningError, decode_openings
from concordia.verifier.report import LogReport
from concordia.verifier.source import Source


class EntryChecks:
    """Checks the entries of a log in their order: form, number, log, former entry of the same object."""

    def __init__(self, origin: str, report: LogReport) -> None:
        self._origin = origin
        self._report = report
        self._last: dict[str, int] = {}
        self.erased: set[tuple[int, str]] = set()

    def check(self, n: int, data: bytes) -> None:
        """Check entry `n`."""
        try:
            body = parse_canonical(data)
        except ProfileError as error:
            self._report.fail_for(n, "form", error)
            return
        number, obj = body.get("n"), body.get("obj")
        if number != n or number is True or number is False:
            self._report.fail(n, "number", "De regel noemt een ander nummer.", "It states another number.")
        if body.get("log") != self._origin:
            self._report.fail(n, "log", "De regel is van een ander register.", "It is of another log.")
        if not isinstance(obj, str) or body.get("prev") != self._last.get(obj):
            self._fail_prev(n)
        else:
            self._last[obj] = n
        if body.get("v") != VERSION:
            self._report.unknown_versions += 1
        elif body.get("kind") == ERASED:
            self._note_erasure(n, data)

    def _fail_prev(self, n: int) -> None:
        self._report.fail(
            n,
            "prev",
            "De regel verwijst niet naar de vorige over hetzelfde.",
            "It does not refer to the former entry about the same.",
        )

    def _note_erasure(self, n: int, data: bytes) -> None:
        try:
            self.erased.update(Leaf.from_bytes(data).refs)
        except RegisterError as error:
            self._report.fail_for(n, "form", error)


class OpeningChecks:
    """Checks the openings of a log while its entries pass by; both are sorted by entry."""

    def __init__(self, source: Source, origin: str, report: LogReport) -> None:
        self._source = source
        self._origin = origin
        self._report = report
        self._files: dict[str, int | None] = {}
        self.opened: set[tuple[int, str]] = set()
        self._openings = self._read()
        self._next = next(self._openings, None)

    def check(self, n: int, data: bytes) -> None:
        """Check the openings of entry `n`, if any."""
        if self._next is None or self._next.n != n:
            return
        try:
            leaf = Leaf.from_bytes(data)
        except RegisterError as error:
            self._report.fail_for(n, "form", error)
            leaf = None
        while self._next is not None and self._next.n == n:
            if leaf is not None:
                self._check_opening(leaf, self._next)
            self._next = next(self._openings, None)

    def finish(self, size: int) -> None:
        """Refuse what is left: openings of entries beyond the `size` of the log."""
        while self._next is not None:
            if self._next.n >= size:
                self._fail(self._next.n, "Deze regel is er niet.", "There is no such entry.")
            self._next = next(self._openings, None)
        self._report.opened = len(self.opened)
        self._report.attachments = len(self._files)

    def _read(self) -> Iterator[Opening]:
        data = self._source.read(OPENINGS)
        if data is None:
            self._report.fail(None, "missing", "De openingen ontbreken.", "The openings are missing.")
            return
        try:
            yield from decode_openings(data)
        except OpeningError as error:
            self._report.fail_for(error.n, "opening", error)

    def _check_opening(self, leaf: Leaf, opening: Opening) -> None:
        n, field = opening.n, opening.field
        commitment = leaf.commitment(field)
        if commitment is None:
            self._fail(n, f"De regel heeft geen veld {field}.", f"The entry has no field {field}.")
            return
        value = opening.value.encode()
        if not verify_opening(commitment, self._origin, n, field, opening.salt, value):
            self._fail(n, f"{field} opent de vastlegging niet.", f"{field} does not open the commitment.")
            return
        self.opened.add((n, field))
        if field.startswith("att/"):
            self._check_file(leaf, opening)

    def _check_file(self, leaf: Leaf, opening: Opening) -> None:
        name = opening.value
        if name not in self._files:
            data = self._source.read(f"att/{name}")
            is_whole = data is not None and sha256(data).hexdigest() == name
            self._files[name] = len(data) if data is not None and is_whole else None
        if self._files[name] != leaf.attachments[int(opening.field[4:])].length:
            self._report.fail(
                opening.n,
                "attachment",
                f"Bestand {name} ontbreekt of is anders.",
                f"File {name} is missing or different.",
            )

    def _fail(self, n: int, nl: str, en: str) -> None:
        self._report.fail(n, "opening", nl, en)
