"""What people do with accounts, one intent a function."""

from concordia.capabilities.accounts.commands.attempts import (
    SlowDownError,
    claim_attempt,
    forget_attempts,
    refund_attempt,
)
from concordia.capabilities.accounts.commands.codes import (
    begin_totp,
    confirm_code,
    confirm_totp,
    new_recovery_codes,
    remove_totp,
    reseal_seeds,
)
from concordia.capabilities.accounts.commands.invitations import (
    Invited,
    Newcomer,
    Redeemed,
    accept_invitation,
    approve_return,
    first_account_code,
    invite,
    invite_back,
    join,
    return_from_console,
    return_to_account,
    revoke_invitation,
    revoke_invitations,
)
from concordia.capabilities.accounts.commands.letters import deliver_letters, write_letter
from concordia.capabilities.accounts.commands.passkeys import (
    Ceremony,
    NewPasskey,
    add_passkey,
    begin_adding,
    begin_joining,
    begin_proof,
    confirm_passkey,
    remove_passkey,
    rename_passkey,
)
from concordia.capabilities.accounts.commands.passwords import (
    change_password,
    request_reset,
    reset_password,
)
from concordia.capabilities.accounts.commands.people import (
    change_profile,
    disable_account,
    example_account,
)
from concordia.capabilities.accounts.commands.sessions import (
    end_other_sessions,
    end_session,
    keep_few_sessions,
)

__all__ = [
    "Ceremony",
    "Invited",
    "NewPasskey",
    "Newcomer",
    "Redeemed",
    "SlowDownError",
    "accept_invitation",
    "add_passkey",
    "approve_return",
    "begin_adding",
    "begin_joining",
    "begin_proof",
    "begin_totp",
    "change_password",
    "change_profile",
    "claim_attempt",
    "confirm_code",
    "confirm_passkey",
    "confirm_totp",
    "deliver_letters",
    "disable_account",
    "end_other_sessions",
    "end_session",
    "example_account",
    "first_account_code",
    "forget_attempts",
    "invite",
    "invite_back",
    "join",
    "keep_few_sessions",
    "new_recovery_codes",
    "refund_attempt",
    "remove_passkey",
    "remove_totp",
    "rename_passkey",
    "request_reset",
    "reseal_seeds",
    "reset_password",
    "return_from_console",
    "return_to_account",
    "revoke_invitation",
    "revoke_invitations",
    "write_letter",
]
