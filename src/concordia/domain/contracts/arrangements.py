"""What a contract arranges beside the data: places, people, rights, help, price and service levels."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Tag
from pydantic_core import PydanticCustomError

from concordia.domain.contracts.parts import (
    AuthoritativeDefinition,
    CustomProperty,
    Listed,
    Number,
    Opt,
    Part,
    StableId,
    Tags,
)
from concordia.domain.contracts.servers import server_faults


class Role(Part):
    """A right to the data, and who gives it."""

    id: Opt[StableId] = None
    role: str
    description: Opt[str] = None
    access: Opt[str] = None
    first_level_approvers: Opt[str] = None
    second_level_approvers: Opt[str] = None
    custom_properties: Listed[CustomProperty] = ()


class Server(Part):
    """Where the data stands. Nothing here is ever opened: it is told, and handed on as it was written."""

    model_config = ConfigDict(extra="allow")

    id: Opt[StableId] = None
    server: str
    type: str
    description: Opt[str] = None
    environment: Opt[str] = None
    roles: Listed[Role] = ()
    custom_properties: Listed[CustomProperty] = ()

    @classmethod
    def faults(cls, written: dict[str, Any], legacy: bool) -> Iterator[PydanticCustomError]:
        """Each type of server has fields of its own."""
        yield from server_faults(written, legacy)


class TeamMember(Part):
    """Somebody who works on the data."""

    id: Opt[StableId] = None
    username: Opt[str] = None
    name: Opt[str] = None
    description: Opt[str] = None
    role: Opt[str] = None
    date_in: Opt[str] = None
    date_out: Opt[str] = None
    replaced_by_username: Opt[str] = None
    tags: Tags = ()
    custom_properties: Listed[CustomProperty] = ()
    authoritative_definitions: Listed[AuthoritativeDefinition] = ()

    @classmethod
    def faults(cls, written: dict[str, Any], legacy: bool) -> Iterator[PydanticCustomError]:
        """From 3.1 on, everybody has a user name."""
        if "username" not in written and not legacy:
            yield PydanticCustomError("part_missing", "{name} is missing", {"name": "username"})


class Team(Part):
    """Who works on the data."""

    id: Opt[StableId] = None
    name: Opt[str] = None
    description: Opt[str] = None
    members: Listed[TeamMember] = ()
    tags: Tags = ()
    custom_properties: Listed[CustomProperty] = ()
    authoritative_definitions: Listed[AuthoritativeDefinition] = ()


def _form_of_team(given: Any) -> str:
    return "a list" if isinstance(given, list | tuple) else "a map"


type AnyTeam = Annotated[
    Annotated[Team, Tag("a map")] | Annotated[Listed[TeamMember], Tag("a list")], Discriminator(_form_of_team)
]


class SupportItem(Part):
    """Where users of the data get help."""

    id: Opt[StableId] = None
    channel: str
    url: Opt[str] = None
    description: Opt[str] = None
    tool: Opt[str] = None
    scope: Opt[str] = None
    invitation_url: Opt[str] = None
    custom_properties: Listed[CustomProperty] = ()


class Pricing(Part):
    """What the data costs."""

    id: Opt[StableId] = None
    price_amount: Opt[Number] = None
    price_currency: Opt[str] = None
    price_unit: Opt[str] = None


class ServiceLevel(Part):
    """What the supplier promises of availability, retention, frequency and the like."""

    id: Opt[StableId] = None
    property: str
    value: str | bool | Number | None
    value_ext: str | bool | Number | None = None
    unit: Opt[str] = None
    element: Opt[str] = None
    driver: Opt[str] = None
    description: Opt[str] = None
    scheduler: Opt[str] = None
    schedule: Opt[str] = None


class Description(Part):
    """What the data is for, and what it is not fit for. The standard lets other words stand here."""

    model_config = ConfigDict(extra="allow")

    usage: Opt[str] = None
    purpose: Opt[str] = None
    limitations: Opt[str] = None
    authoritative_definitions: Listed[AuthoritativeDefinition] = ()
    custom_properties: Listed[CustomProperty] = ()
