"""A vote signed with the voter's own key: whoever has the bundle verifies it without trusting the host.

Source: trust.md, T-A6 and 4.1 (Votes); WebAuthn level 2, section 7.2.
"""

from collections.abc import Mapping
from typing import Any

from concordia.capabilities.accounts.commands import Signed, confirm_signing
from concordia.capabilities.alliances.commands import record_key
from concordia.domain.assertions import Assertion, SigningKey, challenge, check
from concordia.domain.faults import RegisterError
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError


def signed_by(access: Access, answer: Mapping[str, Any], said: str) -> Signed:
    """The signature of the reader under what a vote says. Raises RefusalError; nothing is kept then."""
    try:
        return confirm_signing(access, answer, challenge(said))
    except RefusalError as refusal:
        if refusal.field != "passkey":
            raise
        nl, en = refusal.text.in_language("nl"), refusal.text.in_language("en")
        raise RefusalError(
            both(
                f"{nl} Uw stem is nog niet vastgelegd; wat u invulde staat er nog.",
                f"{en} Your vote is not recorded yet; what you filled in is still there.",
            )
        ) from None


def recorded(access: Access, signed: Signed, said: str) -> str:
    """The assertion as it goes into the register, once the key it names stands there.

    What a verifier would refuse is refused here, and never recorded.
    """
    try:
        key = SigningKey(access.person or "", signed.rp, signed.origin, signed.jwk)
        parts = (signed.client_data, signed.authenticator_data, signed.signature)
        check(key, Assertion(0, *parts), said)
    except RegisterError as error:
        raise RefusalError(both(error.nl, error.en)) from None
    return Assertion(record_key(access, key), *parts).to_json()
