"""What people do with accounts, one intent a function."""

from concordia.capabilities.accounts.commands.attempts import (
    SlowDownError,
    claim_attempt,
    refund_attempt,
)
from concordia.capabilities.accounts.commands.closing import (
    close_account,
    erase_account,
    hold_account,
    reopen_account,
)
from concordia.capabilities.accounts.commands.codes import (
    begin_totp,
    confirm_code,
    confirm_totp,
    new_recovery_codes,
    remove_totp,
    reseal_seeds,
    totp_url,
)
from concordia.capabilities.accounts.commands.invitations import (
    Invited,
    Newcomer,
    Redeemed,
    accept_invitation,
    create_first_account,
    invite,
    join,
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
    check_password,
    request_reset,
    reset_password,
)
from concordia.capabilities.accounts.commands.people import (
    change_email,
    change_profile,
    example_account,
    forget_old,
)
from concordia.capabilities.accounts.commands.returning import (
    approve_return,
    invite_back,
    refuse_return,
    return_from_console,
    return_to_account,
    revoke_returns,
)
from concordia.capabilities.accounts.commands.sessions import (
    end_other_sessions,
    end_session,
    keep_few_sessions,
)
from concordia.capabilities.accounts.commands.signing import Signed, begin_signing, confirm_signing

__all__ = [
    "Ceremony",
    "Invited",
    "NewPasskey",
    "Newcomer",
    "Redeemed",
    "Signed",
    "SlowDownError",
    "accept_invitation",
    "add_passkey",
    "approve_return",
    "begin_adding",
    "begin_joining",
    "begin_proof",
    "begin_signing",
    "begin_totp",
    "change_email",
    "change_password",
    "change_profile",
    "check_password",
    "claim_attempt",
    "close_account",
    "confirm_code",
    "confirm_passkey",
    "confirm_signing",
    "confirm_totp",
    "create_first_account",
    "deliver_letters",
    "end_other_sessions",
    "end_session",
    "erase_account",
    "example_account",
    "forget_old",
    "hold_account",
    "invite",
    "invite_back",
    "join",
    "keep_few_sessions",
    "new_recovery_codes",
    "refund_attempt",
    "refuse_return",
    "remove_passkey",
    "remove_totp",
    "rename_passkey",
    "reopen_account",
    "request_reset",
    "reseal_seeds",
    "reset_password",
    "return_from_console",
    "return_to_account",
    "revoke_invitations",
    "revoke_returns",
    "totp_url",
    "write_letter",
]
