"""Signing with a passkey: the same ceremony as a proof, over something that was agreed on beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse

from allauth.mfa.models import Authenticator
from django.conf import settings
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticationResponse, UserVerificationRequirement

from concordia.capabilities.accounts.commands.passkeys import Ceremony, begin_proof, confirm_passkey
from concordia.capabilities.accounts.permissions import own_account
from concordia.capabilities.accounts.queries import PASSKEY, public_key
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError


@dataclass(frozen=True, slots=True)
class Signed:
    """What a passkey of the person signed: its public key as a JWK (RFC 7517), and the assertion whole.

    `rp` and `origin` are the name and address of this installation, for which the key was made.
    """

    jwk: Mapping[str, str]
    rp: str
    origin: str
    client_data: bytes
    authenticator_data: bytes
    signature: bytes


def begin_signing(access: Access, challenge: bytes) -> Ceremony:
    """Ask the browser to sign a challenge of 32 bytes with a passkey. Raises RefusalError without one."""
    user_id = own_account(access)
    if not Authenticator.objects.filter(user_id=user_id, type=PASSKEY).exists():
        raise RefusalError(
            both(
                "U hebt geen toegangssleutel om mee te tekenen. Voeg er een toe bij Mijn sleutels, "
                "of stem zonder handtekening.",
                "You have no passkey to sign with. Add one under My keys, or vote without a signature.",
            ),
            field="passkey",
        )
    return begin_proof(user_id, challenge=challenge)


def confirm_signing(access: Access, answer: Mapping[str, Any], challenge: bytes) -> Signed:
    """Check a browser's answer: one of this person's own keys signed this challenge. Raises RefusalError.

    The challenge says all there is to sign, so an answer that is sent again says only the same again; what it is
    kept with must count once.
    """
    user_id = own_account(access)
    state = {
        "challenge": websafe_encode(challenge),
        "user_verification": UserVerificationRequirement.REQUIRED,
    }

    _, number = confirm_passkey(state, answer, user_id=user_id, now=access.now)
    jwk = public_key(Authenticator.objects.get(pk=number, user_id=user_id))
    if jwk is None:
        raise RefusalError(
            both(
                "Met dit soort sleutel kan nog niet worden ondertekend. Stem zonder handtekening; "
                "uw stem telt evengoed.",
                "This kind of key cannot sign yet. Vote without a signature; your vote counts all the same.",
            ),
            field="passkey",
        )

    response = AuthenticationResponse.from_dict(answer).response
    public = urlparse(settings.PUBLIC_URL)
    return Signed(
        jwk,
        public.hostname or "",
        f"{public.scheme}://{public.netloc}",
        bytes(response.client_data),
        bytes(response.authenticator_data),
        bytes(response.signature),
    )
