"""What each entry must say, and what its openings must open."""

from collections.abc import Iterator
from hashlib import sha256

from concordia.domain.bundle import OPENINGS
from concordia.domain.canonical import Json, parse_canonical
from concordia.domain.commitments import verify_opening
from concordia.domain.faults import RegisterError
from concordia.domain.leafshape import check_length, check_shape
from concordia.domain.leaves import VERSION, Leaf
from concordia.domain.openings import Opening, OpeningError, decode_openings
from concordia.verifier.heads import HEAD, HEAD_FIELD
from concordia.verifier.report import LogReport
from concordia.verifier.source import Source
from concordia.verifier.votes import KEY, VoteChecks


class EntryChecks:
    """Checks the entries of a log in their order: form, number, log, former entry of the same object."""

    def __init__(self, origin: str, report: LogReport) -> None:
        self._origin = origin
        self._report = report
        self._last: dict[str, int] = {}
        self.erased: set[tuple[int, str]] = set()

    def check(self, n: int, data: bytes) -> Json | None:
        """Check entry `n`; its members, None where they are not those of version 1."""
        try:
            check_length(data)
            body = parse_canonical(data)
        except RegisterError as error:
            self._report.fail_for(n, "form", error)
            return None
        number = body.get("n")
        if number != n or isinstance(number, bool):
            self._report.fail(n, "number", "De regel noemt een ander nummer.", "It states another number.")
        if body.get("log") != self._origin:
            self._report.fail(n, "log", "De regel is van een ander register.", "It is of another log.")
        self._check_former(n, body)
        version = body.get("v")
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            self._report.fail(n, "form", "v is geen versie.", "v is no version.")
        elif version == VERSION:
            return self._shaped(n, body)
        else:
            self._report.unknown_versions += 1
        return None

    def _check_former(self, n: int, body: Json) -> None:
        obj, former = body.get("obj"), body.get("prev")
        if isinstance(obj, str) and former == self._last.get(obj) and not isinstance(former, bool):
            self._last[obj] = n
            return
        self._report.fail(
            n,
            "prev",
            "De regel verwijst niet naar de vorige over hetzelfde.",
            "It does not refer to the former entry about the same.",
        )

    def _shaped(self, n: int, body: Json) -> Json | None:
        try:
            check_shape(body)
        except RegisterError as error:
            self._report.fail_for(n, "form", error)
            return None
        if "refs" in body:
            self.erased.update((ref, field) for ref, field in body["refs"])
        return body


class OpeningChecks:
    """Checks the openings of a log while its entries pass by; both are sorted by entry.

    `partner` is whom the bundle is for: what it may open and cannot is kept to be told.
    """

    def __init__(self, source: Source, origin: str, report: LogReport, partner: str) -> None:
        self._source = source
        self._origin = origin
        self._partner = partner
        self._report = report
        self._files: dict[str, int | None] = {}
        self._votes = VoteChecks(origin, report)
        self._unopened: list[tuple[int, str]] = []
        self.opened: set[tuple[int, str]] = set()
        self._openings = self._read()
        self._next = next(self._openings, None)

    def check(self, n: int, body: Json | None) -> None:
        """Check the openings of entry `n`, if any; `body` is None where it is no entry of version 1."""
        if body is not None and body["kind"] == KEY:
            self._votes.expect_key(n)
        is_opened = self._next is not None and self._next.n == n
        values = self._values(n, body) if is_opened else {}
        if body is not None and self._partner in body["aud"]:
            self._report.is_named = True
            self._unopened += [(n, field) for field in _fields(body) if field not in values]

    def _values(self, n: int, body: Json | None) -> dict[str, str]:
        """Check every opening of entry `n`; the values of those that hold."""
        leaf = Leaf.from_checked(body) if body else None
        if leaf is None:
            self._fail(n, "Deze regel is niet te openen.", "This entry cannot be opened.")
        values: dict[str, str] = {}
        while self._next is not None and self._next.n == n:
            if leaf is not None and self._check_opening(leaf, self._next):
                values[self._next.field] = self._next.value
            self._next = next(self._openings, None)
        if leaf is not None:
            self._votes.check(leaf, values)
            if leaf.kind == HEAD and HEAD_FIELD in values:
                self._report.heads.append((n, values[HEAD_FIELD]))
        return values

    def withheld(self, erased: set[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
        """What the partner may open, was not erased, and is not opened in the bundle."""
        return tuple(place for place in self._unopened if place not in erased)

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

    def _check_opening(self, leaf: Leaf, opening: Opening) -> bool:
        n, field = opening.n, opening.field
        commitment = leaf.commitment(field)
        if commitment is None:
            self._fail(n, f"De regel heeft geen veld {field}.", f"The entry has no field {field}.")
            return False
        value = opening.value.encode()
        if not verify_opening(commitment, self._origin, n, field, opening.salt, value):
            self._fail(n, f"{field} opent de vastlegging niet.", f"{field} does not open the commitment.")
            return False
        self.opened.add((n, field))
        if field.startswith("att/"):
            self._check_file(leaf, opening)
        return True

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


def _fields(body: Json) -> list[str]:
    """The fields of an entry that can be opened, its files among them."""
    return [*body["c"], *(f"att/{index}" for index in range(len(body["att"])))]
