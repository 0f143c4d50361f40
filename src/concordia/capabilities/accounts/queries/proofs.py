"""What somebody signs in with, and how fresh a proof is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from fido2.cose import CoseKey
from fido2.webauthn import RegistrationResponse

from concordia.capabilities.accounts.facts import RECENT
from concordia.capabilities.accounts.models import User
from concordia.capabilities.accounts.permissions import own_account
from concordia.domain.assertions import thumbprint, to_base64url
from concordia.kernel.access import Access

PASSKEY, TOTP, RECOVERY = (
    Authenticator.Type.WEBAUTHN,
    Authenticator.Type.TOTP,
    Authenticator.Type.RECOVERY_CODES,
)
SECOND_FACTORS = (PASSKEY, TOTP)


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key on a device of the person.

    `fingerprint` is the thumbprint under which the register knows it; empty for a key that cannot sign votes.
    """

    id: int
    name: str
    added_at: datetime
    used_at: datetime | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Everything a person can sign in with."""

    has_password: bool
    passkeys: tuple[Passkey, ...]
    totp_since: datetime | None
    recovery_left: int | None

    @property
    def enough(self) -> bool:
        """Whether there is a second factor, without which no page of an alliance opens (ASVS 6.3.3)."""
        return bool(self.passkeys) or self.totp_since is not None

    @property
    def can_lose_totp(self) -> bool:
        """Whether a passkey would remain."""
        return bool(self.passkeys)

    @property
    def can_lose_a_passkey(self) -> bool:
        """Whether another passkey, or a password with codes, would remain."""
        return len(self.passkeys) > 1 or (self.has_password and self.totp_since is not None)


def keys(access: Access) -> Keys:
    """What one signs in with."""
    user = User.objects.get(pk=own_account(access))
    kept = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk"))
    recovery = next((row for row in kept if row.type == RECOVERY), None)
    return Keys(
        has_password=user.has_usable_password(),
        passkeys=tuple(
            Passkey(row.pk, row.data["name"], row.created_at, row.last_used_at, _fingerprint(row))
            for row in kept
            if row.type == PASSKEY
        ),
        totp_since=next((row.created_at for row in kept if row.type == TOTP), None),
        recovery_left=None if recovery is None else _codes_left(recovery),
    )


def public_key(row: Authenticator) -> dict[str, str] | None:
    """The public key of a passkey as a JWK (RFC 7517, 8037); None for a kind that signs no votes.

    A key in COSE (RFC 9052, 9053) names its kind by 3 and its parts by negative numbers.
    """
    data = RegistrationResponse.from_dict(row.data["credential"]).response.attestation_object.auth_data
    key: CoseKey = data.credential_data.public_key
    if key[3] == -7:
        return {"kty": "EC", "crv": "P-256", "x": to_base64url(key[-2]), "y": to_base64url(key[-3])}
    if key[3] == -8:
        return {"kty": "OKP", "crv": "Ed25519", "x": to_base64url(key[-2])}
    if key[3] == -257:
        return {"kty": "RSA", "n": to_base64url(key[-1]), "e": to_base64url(key[-2])}
    return None


def signs_with_passkey(session: Mapping[str, object], user_id: str) -> bool:
    """Whether this session was opened, or proved itself, with a passkey: then one is at hand to sign with."""
    records = session.get("account_authentication_methods")
    if session.get("account_authentication_methods_user") != user_id or not isinstance(records, list):
        return False
    return any(_proof(record) == PASSKEY for record in records)


def _codes_left(row: Authenticator) -> int:
    """How many recovery codes work; none while they are sealed under a secret that is not configured."""
    try:
        return len(RecoveryCodes(row).get_unused_codes())
    except ValueError:
        return 0


def _fingerprint(row: Authenticator) -> str:
    jwk = public_key(row)
    return thumbprint(jwk) if jwk else ""


def has_second_factor(user_id: str) -> bool:
    """Whether this account is an example's (nobody's keys) or has a passkey or codes."""
    return (
        Authenticator.objects.filter(user_id=user_id, type__in=SECOND_FACTORS).exists()
        or User.objects.filter(pk=user_id, example=True).exists()
    )


def second_steps(user_id: str) -> frozenset[str]:
    """Which second steps somebody who gave their password can take."""
    return frozenset(Authenticator.objects.filter(user_id=user_id).values_list("type", flat=True))


def proved_recently(session: Mapping[str, object], user_id: str, now: datetime) -> bool:
    """Whether this session holds a fresh proof of who the person is (ASVS 7.5.3).

    A passkey is one; a password counts together with a code; wearing a hat of the example is one of its own.
    The records are those allauth keeps in the session when a proof is given.
    """
    records = session.get("account_authentication_methods")
    if session.get("account_authentication_methods_user") != user_id or not isinstance(records, list):
        return False
    fresh = {_proof(record) for record in records if _age(record, now) < RECENT}
    return bool(fresh & {PASSKEY, "hat"}) or ("password" in fresh and bool(fresh & {TOTP, RECOVERY}))


def _proof(record: Mapping[str, object]) -> object:
    return record.get("type") if record.get("method") == "mfa" else record.get("method")


def _age(record: Mapping[str, object], now: datetime) -> timedelta:
    at = record.get("at")
    return now - datetime.fromtimestamp(at if isinstance(at, float | int) else 0, UTC)
