"""A security key in software, that can also be told to lie."""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftKey:
    """Makes and uses one credential (WebAuthn level 2, sections 6.1 and 7). Counts from 1."""

    def __init__(self, origin: str, rp_id: str) -> None:
        self.origin, self.rp_id, self.counter = origin, rp_id, 0
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(16)
        self.user_handle = ""

    def create(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED) -> dict[str, Any]:
        """The answer to a request to make a key."""
        asked = options["publicKey"]
        self.user_handle = asked["user"]["id"]
        public = ES256.from_cryptography_key(self.private.public_key())
        attested = AttestedCredentialData.create(b"\0" * 16, self.credential_id, public)
        data = self._data(flags | ATTESTED, attested)
        response = {
            "clientDataJSON": self._client("webauthn.create", asked["challenge"]),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._answer(response)

    def get(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED, **lies: str) -> dict[str, Any]:
        """A proof; `challenge`, `origin`, `handle` and `kind` may be told otherwise than they are."""
        self.counter += 1
        data = self._data(flags)
        challenge = lies.get("challenge", options["publicKey"]["challenge"])
        client = self._client(lies.get("kind", "webauthn.get"), challenge, lies.get("origin"))
        signed = data + hashlib.sha256(websafe_decode(client)).digest()
        response = {
            "clientDataJSON": client,
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(self.private.sign(signed, ec.ECDSA(SHA256()))),
            "userHandle": lies.get("handle", self.user_handle),
        }
        return self._answer(response)

    def _data(self, flags: int, attested: AttestedCredentialData | bytes = b"") -> AuthenticatorData:
        hashed = hashlib.sha256(self.rp_id.encode()).digest()
        return AuthenticatorData.create(hashed, flags, self.counter, attested)

    def _client(self, kind: str, challenge: str, origin: str | None = None) -> str:
        said = {"type": kind, "challenge": challenge, "origin": origin or self.origin}
        return websafe_encode(json.dumps(said).encode())

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        name = websafe_encode(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}
