"""Decision procedures as a charter names them: who decides, after what, by what rule (C21, C22)."""

from typing import Annotated, Literal

from pydantic import Field

from concordia.domain.durations import Duration
from concordia.domain.rules.model import Node, Position, Written, counts_in
from concordia.domain.texts import Text

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=60)]


class Involve(Written):
    """What must come before: the minimum period, and whether a partner may waive it for itself."""

    at_least: Duration
    waivable: bool = False


class Extend(Written):
    """How often the term may be extended, by how much, and by whom."""

    times: Annotated[int, Field(ge=1, le=10)] = 1
    by: Duration
    who: Literal["chair", "voter"] = "chair"


class Urgency(Written):
    """How an urgent proposal shortens involvement; the reason is recorded and shown."""

    at_least: Duration


class Procedure(Written):
    """A way of deciding. `at_end` says what the end of the term means for who has not voted.

    consent: whoever is absent counts as for (silence procedure); refuse: whoever is absent counts as against;
    carry-over: the matter goes to the body's next meeting; count: the rule is applied to what was cast.
    """

    key: Key
    name: Text | None = None
    description: Text | None = None
    body: Key
    voters: Literal["partners", "seats", "people"] = "partners"
    subjects: tuple[str, ...] = ()
    involve: Involve | None = None
    quorum: Node | None = None
    rule: Node
    term: Duration | None = None
    extend: Extend | None = None
    at_end: Literal["consent", "refuse", "carry-over", "count"] = "count"
    proxy: bool = False
    urgency: Urgency | None = None

    @property
    def tests_block(self) -> bool:
        """Whether the rule looks at blocks by themselves; else a block counts as against (charter.md)."""
        return any(Position.BLOCK in count.votes for count in counts_in(self.rule))

    def title(self, language: str) -> str:
        """Its name for a reader, or its key where it has none."""
        return self.name.in_language(language) if self.name else self.key
