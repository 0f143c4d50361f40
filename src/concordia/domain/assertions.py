"""A vote signed by the voter: a passkey's assertion over exactly what was said (WebAuthn level 2, section 7.2).

The challenge of the assertion is the SHA-256 of the vote as the register commits to it, so that whoever has the
opening verifies it offline: the host can neither make such a vote nor change it (trust.md, T-A6 and 4.1). Key and
assertion are canonical JSON, opened values of their entries (docs/register-format.md, section 9).
"""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from concordia.domain.canonical import canonical_json, parse_canonical, parse_json
from concordia.domain.curve import is_sound_key
from concordia.domain.faults import RegisterError

PART_LIMIT = 8192  # bytes of one part of an assertion
_PRESENT, _VERIFIED = 0x01, 0x04
_EXPONENT = 65537
_WORD = re.compile(r"[!-~]{1,255}")
_MEMBERS = {"EC": {"kty", "crv", "x", "y"}, "OKP": {"kty", "crv", "x"}, "RSA": {"kty", "n", "e"}}


class AssertionFaultError(RegisterError):
    """A key that cannot sign votes, or a signature that does not hold."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key with which a person signs votes in one alliance.

    `person` is the identifier of the person, `rp` and `origin` the name and address for which the passkey was
    made, `jwk` the key (RFC 7517): P-256 (ES256), Ed25519 (EdDSA) or RSA of 2048 to 4096 bits (RS256).
    """

    person: str
    rp: str
    origin: str
    jwk: Mapping[str, str]

    def __post_init__(self) -> None:
        """Raises AssertionFaultError for what is no such key."""
        if not all(_is_word(text) for text in (self.person, self.rp, self.origin)):
            raise _bad_key()
        _public(self.jwk)

    @property
    def fingerprint(self) -> str:
        """What a person compares."""
        return thumbprint(self.jwk)

    def to_json(self) -> str:
        """The value as it is committed to."""
        body = {"jwk": dict(self.jwk), "origin": self.origin, "person": self.person, "rp": self.rp}
        return canonical_json(body).decode()

    @classmethod
    def from_json(cls, text: str) -> "SigningKey":
        """Read what `to_json` wrote. Raises AssertionFaultError."""
        body = _body(text, {"jwk", "origin", "person", "rp"})
        if not isinstance(body["jwk"], dict):
            raise _bad_key()
        return cls(body["person"], body["rp"], body["origin"], body["jwk"])


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a passkey answered: `key` is the entry of the register that holds its public key."""

    key: int
    client_data: bytes
    authenticator_data: bytes
    signature: bytes

    def to_json(self) -> str:
        """The value as it is committed to; bytes in base64url without padding (RFC 4648, section 5)."""
        body = {
            "authenticatorData": to_base64url(self.authenticator_data),
            "clientDataJSON": to_base64url(self.client_data),
            "key": self.key,
            "signature": to_base64url(self.signature),
        }
        return canonical_json(body).decode()

    @classmethod
    def from_json(cls, text: str) -> "Assertion":
        """Read what `to_json` wrote. Raises AssertionFaultError."""
        body = _body(text, {"authenticatorData", "clientDataJSON", "key", "signature"})
        key = body["key"]
        if not isinstance(key, int) or isinstance(key, bool) or key < 0:
            raise _malformed()
        names = ("clientDataJSON", "authenticatorData", "signature")
        return cls(key, *(_part(body[name]) for name in names))


def check(key: SigningKey, assertion: Assertion, vote: str) -> None:
    """Refuse unless the key signed exactly this vote, by a person who proved to be there.

    `vote` is the opened value. Raises AssertionFaultError, which says what does not fit.
    """
    client = _client_data(assertion.client_data)
    expected = to_base64url(challenge(vote))
    if client.get("type") != "webauthn.get" or client.get("challenge") != expected:
        raise AssertionFaultError(
            "De handtekening is van iets anders dan deze stem.",
            "The signature is of something other than this vote.",
        )
    data = assertion.authenticator_data
    named = hashlib.sha256(key.rp.encode()).digest()
    if client.get("origin") != key.origin or client.get("crossOrigin", False) is not False:
        raise _elsewhere()
    if len(data) < 37 or data[:32] != named:
        raise _elsewhere()
    if data[32] & (_PRESENT | _VERIFIED) != _PRESENT | _VERIFIED:
        raise AssertionFaultError(
            "De sleutel tekende zonder vinger, gezicht of pincode.",
            "The key signed without finger, face or PIN.",
        )
    if not _verifies(key.jwk, assertion.signature, data + hashlib.sha256(assertion.client_data).digest()):
        raise AssertionFaultError(
            "De handtekening onder deze stem klopt niet.", "The signature under this vote does not hold."
        )


def challenge(vote: str) -> bytes:
    """What a passkey is asked to sign for a vote: 32 bytes."""
    return hashlib.sha256(vote.encode()).digest()


def thumbprint(jwk: Mapping[str, str]) -> str:
    """The JWK thumbprint: SHA-256 of its members in their one order, in base64url (RFC 7638)."""
    return to_base64url(hashlib.sha256(canonical_json(dict(jwk))).digest())


def to_base64url(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def from_base64url(text: object) -> bytes:
    """The bytes of base64url without padding, in its one form. Raises AssertionFaultError."""
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise _malformed()
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise _malformed() from None
    if to_base64url(data) != text:
        raise _malformed()
    return data


def _verifies(jwk: Mapping[str, str], signature: bytes, message: bytes) -> bool:
    public = _public(jwk)
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, message, ec.ECDSA(SHA256()))
        elif isinstance(public, Ed25519PublicKey):
            public.verify(signature, message)
        else:
            public.verify(signature, message, padding.PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _public(
    jwk: Mapping[str, Any],
) -> ec.EllipticCurvePublicKey | Ed25519PublicKey | rsa.RSAPublicKey:
    kind = jwk.get("kty")
    if not isinstance(kind, str) or set(jwk) != _MEMBERS.get(kind):
        raise _bad_key()
    parts = {name: from_base64url(jwk[name]) for name in ("x", "y", "n", "e") if name in jwk}
    if kind == "EC" and jwk["crv"] == "P-256" and len(parts["x"]) == len(parts["y"]) == 32:
        return _on_curve(int.from_bytes(parts["x"]), int.from_bytes(parts["y"]))
    if kind == "OKP" and jwk["crv"] == "Ed25519" and is_sound_key(parts["x"]):
        return Ed25519PublicKey.from_public_bytes(parts["x"])
    if kind == "RSA" and parts["n"][0] and parts["e"] == _EXPONENT.to_bytes(3):
        modulus = int.from_bytes(parts["n"])
        if 2048 <= modulus.bit_length() <= 4096 and modulus & 1:
            return rsa.RSAPublicNumbers(_EXPONENT, modulus).public_key()
    raise _bad_key()


def _on_curve(x: int, y: int) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError:
        raise _bad_key() from None


def _client_data(data: bytes) -> Mapping[str, Any]:
    try:
        return parse_json(data)
    except RegisterError:
        raise _malformed() from None


def _body(text: str, members: set[str]) -> dict[str, Any]:
    try:
        body = parse_canonical(text.encode())
    except RegisterError:
        raise _malformed() from None
    if set(body) != members:
        raise _malformed()
    return dict(body)


def _part(text: object) -> bytes:
    data = from_base64url(text)
    if len(data) > PART_LIMIT:
        raise _malformed()
    return data


def _is_word(text: object) -> bool:
    return isinstance(text, str) and _WORD.fullmatch(text) is not None


def _elsewhere() -> AssertionFaultError:
    return AssertionFaultError(
        "De handtekening is gezet voor een andere site dan waarvoor de sleutel is.",
        "The signature was made for another site than the key is for.",
    )


def _malformed() -> AssertionFaultError:
    return AssertionFaultError(
        "De handtekening onder deze stem is niet te lezen.", "The signature under this vote cannot be read."
    )


def _bad_key() -> AssertionFaultError:
    return AssertionFaultError(
        "Met deze sleutel kan geen stem worden ondertekend.", "No vote can be signed with this key."
    )
