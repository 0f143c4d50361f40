"""The charter as a typed document (system.md C6; white paper 3.1-3.8, 3.10, 3.18).

Everything is frozen and refuses what it does not know; what was written is given back as it was written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from concordia.domain.durations import Duration
from concordia.domain.rules.model import Threshold, Written
from concordia.domain.rules.procedure import Key, Procedure
from concordia.domain.texts import Text

Level = Literal["strategic", "tactical", "operational"]


@dataclass(frozen=True, slots=True)
class Measure:
    """An exact number such as a population or a share, as it was written (`40`, `14.5`)."""

    written: int | str

    @property
    def value(self) -> Fraction:
        """The number itself, exact."""
        return Fraction(str(self.written))

    @classmethod
    def parse(cls, given: object) -> "Measure":
        """Read a number. Raises ValueError for what is not one, or is negative."""
        if isinstance(given, Measure):
            return given
        try:
            number = Fraction(str(given)) if not isinstance(given, bool) else Fraction(-1)
        except (ValueError, ZeroDivisionError):
            raise ValueError("a measure is a number such as 40 or 14.5") from None
        if number < 0 or "/" in str(given) or "e" in str(given).lower():
            raise ValueError("a measure is a number such as 40 or 14.5, not negative")
        return cls(given if isinstance(given, int) else str(given))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Accept the written form; give it back."""
        return core_schema.no_info_plain_validator_function(
            cls.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value.written),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """JSON Schema: a number, or the same as text."""
        return {
            "oneOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
            ]
        }


class Identity(Written):
    """What the alliance is: its name, its joint objective, since when, imposed or voluntary."""

    key: Key
    name: Text
    objective: Text
    basis: Literal["imposed", "voluntary"] | None = None
    since: date | None = None
    languages: tuple[str, ...] = ()


class Partner(Written):
    """An organization that is party to the charter.

    `measures` are exact numbers that rules and settlement keys weigh by. With `competences` a partner votes
    on those subjects only.
    """

    key: Key
    name: Text
    kind: Literal["public", "private", "mixed"] | None = None
    represented_by: Text | None = None
    identifier: str | None = None
    measures: dict[Key, Measure] = Field(default_factory=dict)
    competences: tuple[Key, ...] | None = None


class Position(Written):
    """A place that people hold by appointment, for a partner or for the alliance as a whole."""

    key: Key
    name: Text | None = None
    level: Level
    per: Literal["partner", "alliance"]
    holders: Annotated[int, Field(ge=1, le=1000)] = 1
    mandate: Text | None = None
    emergency_route: Text | None = None
    appointed_by: Text | None = None

    def title(self, language: str) -> str:
        """Its name for a reader, or its key where it has none."""
        return self.name.in_language(language) if self.name else self.key.replace("-", " ")


class Seat(Written):
    """A seat in a body. `vote` false for those who take part without binding anybody."""

    position: Key
    vote: bool = True

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        """A seat may be written as the key of its position alone."""
        return {"position": given} if isinstance(given, str) else given

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """JSON Schema: the key of a position, or a seat in full."""
        made = handler(schema)
        whole = handler.resolve_ref_schema(made)
        full = dict(whole)
        whole.clear()
        whole["anyOf"] = [{"type": "string"}, full]
        return made


class Chair(Written):
    """Who chairs: the partners in turn, or the holder of a position."""

    rotates: Literal["partners"] | None = None
    every: Duration | None = None
    position: Key | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> "Chair":
        if (self.rotates is None) == (self.position is None):
            raise ValueError("a chair either rotates over the partners or is a position")
        if self.rotates and self.every is None:
            raise ValueError("a rotating chair needs `every`, for example P1Y")
        return self


class Body(Written):
    """An organ of the alliance: board, table of line managers, agency, user council."""

    key: Key
    name: Text | None = None
    level: Level
    role: Text | None = None
    seats: tuple[Seat, ...] = ()
    substitutes: bool | None = None
    chair: Chair | None = None
    rhythm: str | None = None
    papers: Duration | None = None
    advises: Key | None = None
    at_most_per: dict[Literal["partner", "employer"], Threshold] | None = None

    def title(self, language: str) -> str:
        """Its name for a reader, or its key where it has none."""
        return self.name.in_language(language) if self.name else self.key.replace("-", " ")


class Step(Written):
    """A rung of the escalation route, with the time it gets."""

    to: str
    within: Duration | None = None
    who: Text | None = None


class Reporting(Written):
    """How often each partner reports, by when, to which bodies."""

    every: Duration
    due: Duration
    to: tuple[Key, ...] = ()


class Settlement(Written):
    """How a kind of costs or benefits is shared."""

    key: Key
    name: Text | None = None
    method: Literal["own", "equal", "shares", "usage", "fixed"]
    by: Key | None = None
    shares: dict[Key, Measure] | None = None


class Evaluation(Written):
    """The yearly look at how partners experience the collaboration; small groups stay hidden."""

    every: Duration
    smallest_group: Annotated[int, Field(ge=5, le=100)] = 5


_DAY_OF_YEAR = r"^(02-(0[1-9]|[12]\d)|(0[469]|11)-(0[1-9]|[12]\d|30)|(0[13578]|1[02])-(0[1-9]|[12]\d|3[01]))$"


class YearItem(Written):
    """Something that is due every year on a day (`03-15`). `02-29` is the last day of February, in every year.

    The model reads `02-30` too, as it once did: a charter in force keeps holding. Checking refuses it
    (`checks.problems`), and the published schema does not know it.
    """

    by: Annotated[
        str,
        Field(
            pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", json_schema_extra={"pattern": _DAY_OF_YEAR}
        ),
    ]
    what: Text
    who: Text | None = None

    @property
    def on_calendar(self) -> bool:
        """Whether some year has this day."""
        return re.fullmatch(_DAY_OF_YEAR, self.by) is not None


class Amendment(Written):
    """The procedure under which the charter itself changes."""

    procedure: Key


class Covenant(Written):
    """What a covenant says besides, for signing: considerations, obligations, how it ends."""

    considerations: tuple[Text, ...] = ()
    obligations: tuple[Text, ...] = ()
    costs: Text | None = None
    disputes: Text | None = None
    duration: Text | None = None
    termination: Text | None = None
    publication: Text | None = None


class Charter(Written):
    """What the partners agreed, as one document that the software executes.

    The members of a group are partners, or groups that lie within it.
    `names` tells what people call measures, groups and subjects, which the rest of the document names by key.
    """

    concordia: Literal["charter/1"]
    alliance: Identity
    partners: Annotated[tuple[Partner, ...], Field(min_length=2)]
    groups: dict[Key, tuple[Key, ...]] = Field(default_factory=dict)
    names: dict[Key, Text] = Field(default_factory=dict)
    positions: Annotated[tuple[Position, ...], Field(min_length=1)]
    bodies: Annotated[tuple[Body, ...], Field(min_length=1)]
    procedures: Annotated[tuple[Procedure, ...], Field(min_length=1)]
    escalation: tuple[Step, ...] = ()
    reporting: Reporting | None = None
    settlement: tuple[Settlement, ...] = ()
    evaluation: Evaluation | None = None
    year: tuple[YearItem, ...] = ()
    covenant: Covenant | None = None
    amendment: Amendment

    def called(self, key: str, language: str) -> str:
        """A measure, group or subject by its name; its key where none is given."""
        named = self.names.get(key)
        return named.in_language(language) if named else key.replace("_", " ")

    def partner(self, key: str) -> Partner:
        """A partner by its key. Raises KeyError."""
        return _by_key(self.partners, key)

    def position(self, key: str) -> Position:
        """A position by its key. Raises KeyError."""
        return _by_key(self.positions, key)

    def body(self, key: str) -> Body:
        """A body by its key. Raises KeyError."""
        return _by_key(self.bodies, key)

    def procedure(self, key: str) -> Procedure:
        """A procedure by its key. Raises KeyError."""
        return _by_key(self.procedures, key)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Every subject that competences and procedures name, in order of first mention."""
        named = [subject for procedure in self.procedures for subject in procedure.subjects]
        named += [subject for partner in self.partners for subject in partner.competences or ()]
        return tuple(dict.fromkeys(named))

    def groups_of(self, partner: str) -> frozenset[str]:
        """The groups a partner belongs to, also by way of a group within a group."""
        found, more = frozenset[str](), {partner}
        while more:
            inside = {name for name, members in self.groups.items() if more & set(members)} - found
            found |= inside
            more = inside - {
                one.key for one in self.partners
            }  # of a group and a partner of one name, the partner
        return found

    def is_competent(self, partner: Partner, subjects: tuple[str, ...]) -> bool:
        """Whether a partner votes on a proposal with these subjects."""
        if partner.competences is None or not subjects:
            return partner.competences is None or bool(partner.competences)
        return any(subject in partner.competences for subject in subjects)

    def weights(self, partner: Partner) -> Mapping[str, Fraction]:
        """What a partner weighs by each of its measures."""
        return {key: measure.value for key, measure in partner.measures.items()}


def _by_key[T: (Partner, Position, Body, Procedure)](items: tuple[T, ...], key: str) -> T:
    for item in items:
        if item.key == key:
            return item
    raise KeyError(key)
