"""What a person may know of their own account, and what a link opens. Nothing here lists other people."""

from concordia.capabilities.accounts.queries.links import (
    InvitationLine,
    OpenInvitation,
    ReturnLine,
    invitations,
    is_open,
    open_invitation,
    return_waiting,
)
from concordia.capabilities.accounts.queries.people import (
    Account,
    SessionLine,
    account,
    any_account,
    example_people,
    is_id,
    resetting,
    sessions,
)
from concordia.capabilities.accounts.queries.proofs import (
    PASSKEY,
    RECOVERY,
    TOTP,
    Keys,
    Passkey,
    has_second_factor,
    keys,
    proved_recently,
    second_steps,
)

__all__ = [
    "PASSKEY",
    "RECOVERY",
    "TOTP",
    "Account",
    "InvitationLine",
    "Keys",
    "OpenInvitation",
    "Passkey",
    "ReturnLine",
    "SessionLine",
    "account",
    "any_account",
    "example_people",
    "has_second_factor",
    "invitations",
    "is_id",
    "is_open",
    "keys",
    "open_invitation",
    "proved_recently",
    "resetting",
    "return_waiting",
    "second_steps",
    "sessions",
]
