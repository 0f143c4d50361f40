"""What every part of a contract has in common, and the forms that values take in many of them.

Names are those of the standard in snake case; each part is frozen and refuses what the standard does not know.

Documents of 3.0 are read with that version's greater freedom (`info.context["legacy"]`): it let unknown words
stand in many places and asked for no comparison in a quality check.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Annotated, Any, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

from concordia.domain.contracts.faults import MOST_FAULTS

_SHORT = r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*"
_FULL = (
    r"(?:(?:https?://)?[A-Za-z0-9._\-/]+\.yaml#)?/?"
    r"[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+(?:/[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+)*"
)


def listed(given: Any) -> Any:
    """A list as a tuple; what is none stays for the type to refuse."""
    return tuple(given) if isinstance(given, list) else given


def _whole(given: Any) -> Any:
    """JSON Schema calls 3.0 an integer too."""
    return int(given) if isinstance(given, Decimal) and given == given.to_integral_value() else given


def is_legacy(info: ValidationInfo) -> bool:
    """Whether the document names a version before 3.1."""
    return bool(info.context and info.context.get("legacy"))


def same_number(first: int | Decimal, second: int | Decimal) -> bool:
    """Whether two written numbers are one number."""
    return Decimal(first) == Decimal(second)


def _written(given: Any) -> Any:
    if given is None:
        raise PydanticCustomError("null", "nothing is written here")
    return given


_BUILT_IN = frozenset(get_args(ErrorType))

type Opt[T] = Annotated[T | None, BeforeValidator(_written)]
type Listed[T] = Annotated[tuple[T, ...], BeforeValidator(listed)]
type Number = int | Decimal
type Whole = Annotated[int, BeforeValidator(_whole)]
type Size = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
type StableId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
type Reference = Annotated[str, Field(pattern=rf"^(?:{_SHORT}|{_FULL})$")]
type References = Reference | Annotated[tuple[Reference, ...], BeforeValidator(listed), Field(min_length=1)]
type Tags = Listed[str]


class Part(BaseModel):
    """Part of a contract: frozen, strictly typed, written in camel case, refusing what it does not know.

    What a part asks of its fields together (`faults`) is told beside what is wrong with each of them.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=False
    )

    @classmethod
    def faults(cls, written: dict[str, Any], legacy: bool) -> Iterator[PydanticCustomError]:  # noqa: ARG003
        """What does not hold together in a part as it is written; nothing, where a part asks nothing."""
        yield from ()

    @model_validator(mode="wrap")
    @classmethod
    def _at_once(cls, given: Any, read: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        found: list[InitErrorDetails] = []
        if isinstance(given, dict):
            faults = cls.faults(given, is_legacy(info))
            found = [InitErrorDetails(type=fault, loc=(), input=given) for fault in faults]
        try:
            made = read(given)
        except ValidationError as error:
            found = [*_details(error), *found][:MOST_FAULTS]
        if found:
            raise ValidationError.from_exception_data(cls.__name__, found)
        return made


def _details(error: ValidationError) -> Iterator[InitErrorDetails]:
    for fault in islice(error.errors(include_url=False), MOST_FAULTS):
        kind: Any = fault["type"]
        if kind not in _BUILT_IN:
            kind = PydanticCustomError(kind, fault["msg"], fault.get("ctx", {}))
        yield InitErrorDetails(type=kind, loc=fault["loc"], input=fault["input"], ctx=fault.get("ctx", {}))


class AuthoritativeDefinition(Part):
    """Where something is defined by whoever has the last word on it."""

    id: Opt[StableId] = None
    url: str
    type: str
    description: Opt[str] = None


class CustomProperty(Part):
    """A word of the contract's own, with its value."""

    id: Opt[StableId] = None
    property: str
    value: Any
    description: Opt[str] = None
