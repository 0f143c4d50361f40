"""What a contract demands of values: quality checks with their norms, and references."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from concordia.domain.contracts.parts import (
    AuthoritativeDefinition,
    CustomProperty,
    Listed,
    Number,
    Opt,
    Part,
    References,
    StableId,
    Tags,
    listed,
    same_number,
)

OPERATORS = (
    "must_be",
    "must_not_be",
    "must_be_greater_than",
    "must_be_greater_or_equal_to",
    "must_be_less_than",
    "must_be_less_or_equal_to",
    "must_be_between",
    "must_not_be_between",
)
METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")


def _two_ends(given: Any) -> Any:
    if isinstance(given, list | tuple) and len(given) == 2:
        first, second = given
        numbers = all(isinstance(end, int | Decimal) and not isinstance(end, bool) for end in given)
        if numbers and same_number(first, second):
            raise PydanticCustomError("two_ends", "a range has two different ends")
    return given


type Dimension = Literal[
    "accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"
]
type Ends = Annotated[tuple[Number, Number], BeforeValidator(_two_ends), BeforeValidator(listed)]


class Quality(Part):
    """A check: by the library of the standard, by SQL, by an engine of one's own, or only in words.

    A comparison (`must_be_...`) is the norm that the metric, or the number the query gives, is held against.
    """

    id: Opt[StableId] = None
    name: Opt[str] = None
    description: Opt[str] = None
    type: Literal["text", "library", "sql", "custom"] = "library"
    dimension: Opt[Dimension] = None
    method: Opt[str] = None
    severity: Opt[str] = None
    business_impact: Opt[str] = None
    unit: Opt[str] = None
    schedule: Opt[str] = None
    scheduler: Opt[str] = None
    tags: Tags = ()
    authoritative_definitions: Listed[AuthoritativeDefinition] = ()
    custom_properties: Listed[CustomProperty] = ()
    metric: Opt[str] = None
    rule: Opt[str] = None
    arguments: Opt[dict[str, Any]] = None
    query: Opt[str] = None
    engine: Opt[str] = None
    implementation: Opt[str | dict[str, Any]] = None
    must_be: Any = None
    must_not_be: Any = None
    must_be_greater_than: Opt[Number] = None
    must_be_greater_or_equal_to: Opt[Number] = None
    must_be_less_than: Opt[Number] = None
    must_be_less_or_equal_to: Opt[Number] = None
    must_be_between: Opt[Ends] = None
    must_not_be_between: Opt[Ends] = None

    @property
    def operator(self) -> str | None:
        """The comparison that is written, in snake case; None where there is none."""
        return next((name for name in OPERATORS if name in self.model_fields_set), None)

    @property
    def measured(self) -> str | None:
        """The metric of the library: `metric`, or `rule` as 3.0 called it."""
        return self.metric or self.rule

    @classmethod
    def faults(cls, written: dict[str, Any], legacy: bool) -> Iterator[PydanticCustomError]:
        """A check of the library names its metric, one by SQL its query, each with one comparison."""
        if legacy:
            return
        kind = written.get("type")
        library, sql, custom = kind == "library" or "metric" in written, kind == "sql", kind == "custom"
        needed = {"metric": library, "query": sql, "engine": custom, "implementation": custom}
        for name, is_needed in needed.items():
            if is_needed and name not in written:
                yield PydanticCustomError("part_missing", "{name} is missing", {"name": name})
        if isinstance(written.get("metric"), str) and written["metric"] not in METRICS:
            known = ", ".join(METRICS)
            yield PydanticCustomError("not_one_of", "{name}: {known}", {"name": "metric", "known": known})
        operators = [to_camel(name) for name in OPERATORS]
        if (library or sql) and sum(name in written for name in operators) != 1:
            yield PydanticCustomError("one_operator", "exactly one comparison")
        belongs = {
            **needed,
            "rule": library,
            "arguments": library,
            **dict.fromkeys(operators, library or sql),
        }
        for name, is_allowed in belongs.items():
            if name in written and not is_allowed:
                yield PydanticCustomError("not_of_kind", "{name} does not belong here", {"name": name})


class Relationship(Part):
    """What a value must be found in: another column, here or in another delivery or list (foreign key)."""

    type: Opt[Literal["foreignKey"]] = None
    to: References
    custom_properties: Listed[CustomProperty] = ()


class ObjectRelationship(Relationship):
    """A relationship of several columns together."""

    from_: Annotated[References, Field(alias="from")]

    @classmethod
    def faults(cls, written: dict[str, Any], legacy: bool) -> Iterator[PydanticCustomError]:  # noqa: ARG003
        """Both ends name one column, or both name as many."""
        if "from" in written and "to" in written:
            ends = written["from"], written["to"]
            if isinstance(ends[0], str) is not isinstance(ends[1], str):
                yield PydanticCustomError("equal_ends", "both ends one column, or both a list")
