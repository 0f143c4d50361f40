"""What came of holding XML messages against their schema: which do not follow it, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from concordia.domain.texts import Text, both


@dataclass(frozen=True, slots=True)
class Place:
    """A place where a message does not follow its schema: its file, line (1 is the first), path, and what is wrong."""

    file: str
    line: int
    path: str
    words: Text

    def plain(self) -> dict[str, Any]:
        """The form it has in a document."""
        return {"file": self.file, "line": self.line, "path": self.path, "words": self.words.plain()}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Place":
        """What `plain` wrote."""
        return cls(plain["file"], plain["line"], plain["path"], Text.of(plain["words"]))


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """A file of a schema, by its name below the folder of the schema, with the SHA-256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SchemaCheck:
    """What the messages of a delivery have that their schema has not.

    `files` are those of the schema, the main one first: none where no schema was given. `failed` counts the messages
    that do not follow it, `found` the places that were looked for; `more` tells that there are others. `places` are
    the first of them. `seconds` is the processor time it took.
    """

    messages: int
    files: tuple[SchemaFile, ...] = ()
    failed: int = 0
    found: int = 0
    more: bool = False
    places: tuple[Place, ...] = ()
    seconds: float = 0.0

    @property
    def words(self) -> Text:
        """How many messages follow the schema, and at how many places they do not."""
        nl, en = ("bericht", "message") if self.messages == 1 else ("berichten", "messages")
        if not self.failed:
            return both(f"Getoetst: {self.messages} {nl}.", f"Held against it: {self.messages} {en}.")
        more = ("meer dan ", "more than ") if self.more else ("", "")
        places = ("plaats", "place") if self.found == 1 else ("plaatsen", "places")
        return both(
            f"{self.failed} van {self.messages} {nl} niet, op {more[0]}{self.found} {places[0]}.",
            f"{self.failed} of {self.messages} {en} not, at {more[1]}{self.found} {places[1]}.",
        )


def follows(name: str) -> Text:
    """What the rule says."""
    return both(
        f"Elk bericht volgt het XML-schema “{name}”.", f"Each message follows the XML Schema “{name}”."
    )


def not_given(name: str) -> Text:
    """Why it was not checked, and how to mend that."""
    return both(
        f"Het schema “{name}” is niet meegegeven. Geef het met --schema BESTAND.xsd.",
        f"The schema “{name}” was not given. Give it with --schema FILE.xsd.",
    )


NO_MESSAGE = both(
    "Deze levering is geen XML; een XML-schema zegt er niets over.",
    "This delivery is no XML; an XML Schema says nothing of it.",
)


def spread(places: Sequence[Place], most: int) -> tuple[Place, ...]:
    """So many places, of as many files as can be, in the order in which they were found."""
    seen: dict[str, int] = {}
    ranked = []
    for number, place in enumerate(places):
        nth = seen[place.file] = seen.get(place.file, 0) + 1
        ranked.append((nth, number))
    return tuple(places[number] for number in sorted(number for _, number in sorted(ranked)[:most]))
