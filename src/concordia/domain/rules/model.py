"""The rule tree as a charter writes it: `all`, `any` and `not` over tests on counted votes.

The written form is kept exactly (`100%`, `2/3`, `720`), so that a document survives reading and writing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s?%")
_FRACTION = re.compile(r"(\d{1,6})/(\d{1,6})")

CHAIR = "chair"  # the group of one that a casting vote looks at


class Position(StrEnum):
    """What a voter can stand for, as tests count it."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    BLOCK = "block"
    ABSENT = "absent"
    PRESENT = "present"


class Written(BaseModel):
    """Part of a document: frozen, refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number to reach: a count or weight (`720`), or a share of a whole (`100%`, `2/3`)."""

    written: str | int
    value: Fraction
    share: bool

    @classmethod
    def parse(cls, given: object) -> "Threshold":
        """Read a threshold. Raises ValueError for negative, endless or floating-point numbers."""
        if isinstance(given, Threshold):
            return given
        if isinstance(given, bool) or not isinstance(given, int | str | float):
            raise ValueError("a threshold is a number, a percentage such as 60% or a fraction such as 2/3")
        text = str(given).strip()
        written = given if isinstance(given, int) else text
        if match := _SHARE.fullmatch(text):
            return cls(written, _whole(Fraction(match[1]) / 100), share=True)
        if match := _FRACTION.fullmatch(text):
            if int(match[2]) == 0:
                raise ValueError("a fraction cannot be divided by zero")
            return cls(written, _whole(Fraction(int(match[1]), int(match[2]))), share=True)
        if _NUMBER.fullmatch(text):
            return cls(written, Fraction(text), share=False)
        raise ValueError("a threshold is a number, a percentage such as 60% or a fraction such as 2/3")

    def __str__(self) -> str:
        return str(self.written)

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
        """JSON Schema: a number that is not negative, or a share as text."""
        share = r"^(\d{1,12}(\.\d{1,6})?|\d{1,3}(\.\d{1,6})?\s?%|\d{1,6}/\d{1,6})$"
        return {"oneOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": share}]}


def _whole(share: Fraction) -> Fraction:
    if share > 1:
        raise ValueError("a share cannot be more than the whole (100%)")
    return share


class Count(Written):
    """Which votes are counted: their positions, what one voter weighs, and among whom."""

    votes: Annotated[tuple[Position, ...], Field(min_length=1)]
    by: str = "heads"
    among: str = "all"


def _threshold_kind(value: Any) -> str:
    return "count" if isinstance(value, dict | Count) else "threshold"


Bound = Annotated[
    Annotated[Threshold, Tag("threshold")] | Annotated[Count, Tag("count")], Discriminator(_threshold_kind)
]
COMPARISONS = ("at_least", "more_than", "at_most", "fewer_than")


def _given(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": [name], "properties": {name: schema}}


class Test(Count):
    """A count held against a threshold, or against another count."""

    of: Literal["all", "present", "cast"] | None = None
    at_least: Bound | None = None
    more_than: Bound | None = None
    at_most: Bound | None = None
    fewer_than: Bound | None = None

    @model_validator(mode="after")
    def _has_one_comparison(self) -> "Test":
        given = [name for name in COMPARISONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise PydanticCustomError(
                "one_comparison", "a test has exactly one of {names}", {"names": COMPARISONS}
            )
        share = isinstance(self.bound, Threshold) and self.bound.share
        if share and self.of is None:
            raise PydanticCustomError("share_of", "a share needs `of`: all, present or cast")
        if not share and self.of is not None:
            raise PydanticCustomError("of_share", "`of` belongs to a share such as 60% or 2/3")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """JSON Schema: one comparison, and `of` with a share only."""
        made = handler(schema)
        whole = handler.resolve_ref_schema(made)
        share = {"type": "string", "pattern": "[%/]"}
        whole["oneOf"] = [_given(name, {"not": {"type": "null"}}) for name in COMPARISONS]
        whole["if"] = {"anyOf": [_given(name, share) for name in COMPARISONS]}
        whole["then"] = _given("of", {"type": "string"})
        whole["else"] = {"not": _given("of", {"type": "string"})}
        return made

    @property
    def comparison(self) -> str:
        """The one comparison that is given."""
        return next(name for name in COMPARISONS if getattr(self, name) is not None)

    @property
    def bound(self) -> Threshold | Count:
        """What the count is held against."""
        found: Threshold | Count = getattr(self, self.comparison)
        return found


class AllOf(Written):
    """Holds when every part holds."""

    all: Annotated[tuple["Node", ...], Field(min_length=1)]


class AnyOf(Written):
    """Holds when at least one part holds."""

    any: Annotated[tuple["Node", ...], Field(min_length=1)]


class Not(Written):
    """Holds when its part does not."""

    not_: Annotated["Node", Field(alias="not")]


def _node_kind(value: Any) -> str:
    if isinstance(value, AllOf | AnyOf | Not | Test):
        return {AllOf: "all", AnyOf: "any", Not: "not", Test: "test"}[type(value)]
    if isinstance(value, dict):
        return next((key for key in ("all", "any", "not") if key in value), "test")
    return "test"


Node = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[Test, Tag("test")],
    Discriminator(_node_kind),
]
for _model in (AllOf, AnyOf, Not):
    _model.model_rebuild()


def counts_in(node: "Node | None") -> Iterator[Count]:
    """Every count a rule looks at, those it compares with included."""
    match node:
        case AllOf(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from counts_in(part)
        case Not(not_=part):
            yield from counts_in(part)
        case Test():
            yield node
            if isinstance(node.bound, Count):
                yield node.bound
