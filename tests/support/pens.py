"""Voters that sign with a key of each kind, and can be told to lie; no browser and no database."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from concordia.domain.assertions import Assertion, SigningKey, to_base64url

KINDS = ("EC", "OKP", "RSA")
RP, SITE = "concordia.example", "https://concordia.example"
_RSA = rsa.generate_private_key(65537, 2048)  # slow to make: one for all


def _number(value: int, length: int = 0) -> str:
    return to_base64url(value.to_bytes(length or (value.bit_length() + 7) // 8))


@dataclass
class Pen:
    """A person with a passkey of a kind."""

    kind: str = "EC"
    person: str = "per_one"
    private: Any = field(default=None)

    def __post_init__(self) -> None:
        if self.private is None:
            made = {
                "EC": lambda: ec.generate_private_key(ec.SECP256R1()),
                "OKP": Ed25519PrivateKey.generate,
                "RSA": lambda: _RSA,
            }
            self.private = made[self.kind]()

    @property
    def jwk(self) -> dict[str, str]:
        public = self.private.public_key()
        if self.kind == "EC":
            at = public.public_numbers()
            return {"kty": "EC", "crv": "P-256", "x": _number(at.x, 32), "y": _number(at.y, 32)}
        if self.kind == "OKP":
            return {"kty": "OKP", "crv": "Ed25519", "x": to_base64url(public.public_bytes_raw())}
        return {"kty": "RSA", "n": _number(public.public_numbers().n), "e": "AQAB"}

    @property
    def key(self) -> SigningKey:
        return SigningKey(self.person, RP, SITE, self.jwk)

    def sign(self, vote: str, at: int = 0, **lies: Any) -> Assertion:
        """An assertion over a vote by the key in entry `at`; what is said of it may be a lie."""
        said = {
            "type": "webauthn.get",
            "challenge": to_base64url(hashlib.sha256(vote.encode()).digest()),
            "origin": SITE,
            "crossOrigin": False,
        } | lies.get("client", {})
        client = lies.get("text") or json.dumps({k: v for k, v in said.items() if v is not None}).encode()
        site = hashlib.sha256(lies.get("rp", RP).encode()).digest()
        data = site + bytes([lies.get("flags", 5)]) + (7).to_bytes(4)
        data = data[: lies.get("length", len(data))]
        signature = self.raw(data + hashlib.sha256(client).digest())
        return Assertion(at, client, data, lies.get("signature", signature))

    def raw(self, message: bytes) -> bytes:
        """The signature over any bytes."""
        if self.kind == "EC":
            return self.private.sign(message, ec.ECDSA(SHA256()))
        if self.kind == "OKP":
            return self.private.sign(message)
        return self.private.sign(message, padding.PKCS1v15(), SHA256())
